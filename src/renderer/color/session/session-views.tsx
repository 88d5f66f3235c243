import { Menu } from '@mantine/core'
import { type KeyboardEvent, type RefObject, useEffect, useState } from 'react'
import type { ConditionWire } from '../../../contract/color.ts'
import type { Preset } from '../../../contract/color-rules.ts'
import type { SessionView } from '../../../contract/color-sessions.ts'
import { useDesk } from '../../desk.tsx'
import { useFormat } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { notifyFault } from '../../ui/notice-fault.ts'
import { useText } from '../../ui/text.ts'
import type { SessionViewName } from './row-book.ts'
import css from './session.module.css'
import { useEditedCount } from './use-edited-count.ts'

/** Which rows of a view are shown. */
export interface Filter {
  readonly text: string
  readonly when: ConditionWire | null
  /** What the condition is called. */
  readonly name: string | null
}

const ORDER: readonly SessionViewName[] = ['working', 'parents', 'problems', 'edited', 'excluded', 'deleted']
/** Typing rests so long before rows are asked for. */
const REST_MS = 180

/** The views of a session with their counts, and what is looked for in them. */
export function SessionViews({
  statistics,
  view,
  shown,
  session,
  filter,
  onView,
  onFilter,
  search,
  onLeave,
}: {
  statistics: SessionView['statistics']
  view: SessionViewName
  shown: number | null
  session: SessionView
  filter: Filter
  onView(view: SessionViewName): void
  onFilter(filter: Filter): void
  search: RefObject<HTMLInputElement | null>
  onLeave(): void
}) {
  const { t } = useText()
  const format = useFormat()
  const edited = useEditedCount(session)
  const counts: Readonly<Record<SessionViewName, number | null>> = {
    working: statistics.working,
    parents: statistics.parents,
    problems: statistics.marked + statistics.errors,
    edited,
    excluded: statistics.excluded,
    deleted: statistics.deleted,
  }
  const isFiltered = filter.text !== '' || filter.when !== null
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (by === 0) return
    event.preventDefault()
    const next = ORDER[(ORDER.indexOf(view) + by + ORDER.length) % ORDER.length]!
    onView(next)
    event.currentTarget.querySelector<HTMLElement>(`[data-view="${next}"]`)?.focus()
  }
  return (
    <div className={css.views}>
      <div role="tablist" aria-label={t('colorSession.views')} className={css.tabs} onKeyDown={press}>
        {ORDER.map(name => (
          <button
            key={name}
            type="button"
            role="tab"
            data-view={name}
            aria-selected={view === name}
            tabIndex={view === name ? 0 : -1}
            title={t(`colorSession.view.${name}.about`)}
            onClick={() => onView(name)}
          >
            {t(`colorSession.view.${name}`)}{' '}
            <span className={css.count}>{counts[name] === null ? '' : format.whole(counts[name])}</span>
          </button>
        ))}
      </div>
      <span className={css.push} />
      {isFiltered ? (
        <span className={css.hits} role="status">
          {t('colorSession.hits', { count: shown ?? 0 })}
        </span>
      ) : null}
      {filter.when ? (
        <button
          type="button"
          className={css.chip}
          title={t('colorSession.clearCondition')}
          onClick={() => onFilter({ ...filter, when: null, name: null })}
        >
          {filter.name} <Icon name="close" size={9} />
        </button>
      ) : null}
      <Presets onChoose={preset => onFilter({ ...filter, when: preset.when, name: preset.name })} />
      <FilterText value={filter.text} onChange={text => onFilter({ ...filter, text })} search={search} onLeave={onLeave} />
    </div>
  )
}

function FilterText({
  value,
  onChange,
  search,
  onLeave,
}: {
  value: string
  onChange(text: string): void
  search: RefObject<HTMLInputElement | null>
  onLeave(): void
}) {
  const { t } = useText()
  const [typed, setTyped] = useState(value)
  useEffect(() => setTyped(value), [value])
  useEffect(() => {
    if (typed === value) return
    const timer = setTimeout(() => onChange(typed), REST_MS)
    return () => clearTimeout(timer)
  })
  return (
    <label className={css.search}>
      <Icon name="search" size={12} />
      <span className="visually-hidden">{t('colorSession.filter')}</span>
      <input
        ref={search}
        type="search"
        value={typed}
        maxLength={200}
        placeholder={t('colorSession.filterHint')}
        onChange={event => setTyped(event.currentTarget.value)}
        onKeyDown={event => {
          if (event.key !== 'Escape' && event.key !== 'Enter' && event.key !== 'ArrowDown') return
          event.preventDefault()
          event.stopPropagation()
          if (event.key === 'Escape') setTyped('')
          if (event.key === 'Escape' && value !== '') onChange('')
          else if (typed !== value) onChange(typed)
          onLeave()
        }}
      />
    </label>
  )
}

/** Presets are read when they are asked for: the list is short and changes elsewhere. */
function Presets({ onChoose }: { onChoose(preset: Preset): void }) {
  const desk = useDesk()
  const { t } = useText()
  const [presets, setPresets] = useState<readonly Preset[] | null>(null)
  const read = () => void desk.color.rules.list().then(book => setPresets(book.presets), notifyFault)
  return (
    <Menu position="bottom-end" withinPortal onOpen={read}>
      <Menu.Target>
        <button type="button" className={css.tool}>
          {t('colorSession.presets')} <Icon name="down" size={10} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {presets === null || presets.length === 0 ? (
          <Menu.Label>{t(presets === null ? 'state.loading' : 'colorSession.noPresets')}</Menu.Label>
        ) : (
          presets.map(preset => (
            <Menu.Item key={preset.id} onClick={() => onChoose(preset)}>
              {preset.name}
            </Menu.Item>
          ))
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
