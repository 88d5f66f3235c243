import { Switch } from '@mantine/core'
import { type KeyboardEvent, useRef } from 'react'
import type { DeliveryView, OutputsView, OutputTargetView } from '../../../contract/color-outputs.ts'
import { useFormat } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { Empty } from '../../ui/states.tsx'
import { type Translate, useText } from '../../ui/text.ts'
import { StateMark } from './delivery-state.tsx'
import css from './outputs.module.css'
import { placeText, type TARGET_KINDS } from './target-drafts.ts'
import { TargetForm } from './target-form.tsx'
import { type TargetDraft, useOutputActions, useOutputRights } from './use-outputs.ts'

/** The targets, with the form of the one that is being written beside them. */
export function TargetsView({
  view,
  editing,
  chosen,
  onChoose,
  onEdit,
  onNew,
}: {
  view: OutputsView
  editing: TargetDraft | null
  chosen: string | null
  onChoose(target: string | null): void
  onEdit(draft: TargetDraft | null): void
  onNew(kind: (typeof TARGET_KINDS)[number]): void
}) {
  const { t } = useText()
  const { maySetUp } = useOutputRights()
  const open = editing ?? draftOf(view.targets.find(({ id }) => id === chosen))
  const close = () => {
    onEdit(null)
    onChoose(null)
  }
  const choose = (id: string) => {
    onEdit(null)
    onChoose(id)
  }
  return (
    <div className={css.body} data-side={open ? true : undefined}>
      <div className={css.main}>
        {view.targets.length > 0 ? (
          <Targets view={view} chosen={editing ? null : chosen} onChoose={choose} />
        ) : (
          <Empty
            title={t('outputs.none')}
            action={maySetUp && !open ? { label: t('outputs.addFolder'), run: () => onNew('folder') } : undefined}
          >
            {t('outputs.noneWords')}
          </Empty>
        )}
      </div>
      {open ? (
        <TargetForm
          key={`${open.id} ${open.revision} ${open.target.kind}`}
          draft={open}
          hasSecret={view.targets.find(({ id }) => id === open.id)?.hasSecret ?? false}
          onSaved={choose}
          onClose={close}
        />
      ) : null}
    </div>
  )
}

function draftOf(one: OutputTargetView | undefined): TargetDraft | null {
  return one ? { id: one.id, revision: one.revision, name: one.name, target: one.target } : null
}

/** The table; the arrows go through it, Enter opens one. */
function Targets({ view, chosen, onChoose }: { view: OutputsView; chosen: string | null; onChoose(id: string): void }) {
  const { t } = useText()
  const body = useRef<HTMLTableSectionElement>(null)
  const step = (event: KeyboardEvent) => {
    const buttons = [...(body.current?.querySelectorAll<HTMLButtonElement>('button[data-target]') ?? [])]
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key]
    if (at < 0 || to === undefined) return
    event.preventDefault()
    buttons[Math.max(0, Math.min(buttons.length - 1, to))]?.focus()
  }
  return (
    <table className={css.table} aria-label={t('outputs.view.targets')}>
      <thead>
        <tr>
          <th scope="col">{t('outputs.col.name')}</th>
          <th scope="col">{t('outputs.col.place')}</th>
          <th scope="col">{t('outputs.col.when')}</th>
          <th scope="col">{t('outputs.col.last')}</th>
          <th scope="col" className={css.onOff}>
            {t('outputs.col.on')}
          </th>
        </tr>
      </thead>
      <tbody ref={body} onKeyDown={step}>
        {view.targets.map(one => (
          <Row
            key={one.id}
            one={one}
            last={view.deliveries.find(({ target }) => target === one.id)}
            isChosen={one.id === chosen}
            onChoose={onChoose}
          />
        ))}
      </tbody>
    </table>
  )
}

function Row({
  one,
  last,
  isChosen,
  onChoose,
}: {
  one: OutputTargetView
  last: DeliveryView | undefined
  isChosen: boolean
  onChoose(id: string): void
}) {
  const { t } = useText()
  const format = useFormat()
  const actions = useOutputActions()
  const { maySetUp } = useOutputRights()
  const { id, name, target } = one
  const place = placeText(target)
  return (
    <tr data-chosen={isChosen || undefined} data-off={!target.enabled || undefined} onClick={() => onChoose(id)}>
      <th scope="row">
        <button type="button" className={css.name} data-target={id} aria-expanded={isChosen} onClick={() => onChoose(id)}>
          {name}
        </button>
        <span>{t(`outputs.kind.${target.kind}`)}</span>
      </th>
      <td title={place}>
        {place}
        {one.hasSecret ? null : (
          <span className={css.warn}>
            <Icon name="warning" size={11} /> {t('outputs.noSecret')}
          </span>
        )}
      </td>
      <td>
        {whenText(target, t)}
        <span className={css.under}>{withText(target, t)}</span>
      </td>
      <td>
        {last ? (
          <>
            <StateMark delivery={last} />
            <span className={css.under}>
              #{last.number} · {format.instant(last.ended ?? last.planned, 'dateMinute')}
            </span>
          </>
        ) : (
          <span className={css.quiet}>{t('outputs.never')}</span>
        )}
      </td>
      <td className={css.onOff}>
        <Switch
          size="xs"
          checked={target.enabled}
          disabled={!maySetUp}
          aria-label={t(target.enabled ? 'outputs.turnOff' : 'outputs.turnOn', { name })}
          onClick={event => event.stopPropagation()}
          onChange={event => actions.enable(one, event.currentTarget.checked)}
        />
      </td>
    </tr>
  )
}

function whenText({ onAutomated, onManual }: OutputTargetView['target'], t: Translate): string {
  const which = onAutomated ? (onManual ? 'both' : 'automated') : onManual ? 'manual' : 'none'
  return t(`outputs.when.${which}`)
}

function withText(target: OutputTargetView['target'], t: Translate): string {
  const parts = [
    ...(target.kind === 'database' ? [] : [target.format]),
    ...(target.attachExcluded && target.kind !== 'database' ? [t('outputs.with.excluded')] : []),
    ...(target.attachDifference && target.kind !== 'database' ? [t('outputs.with.difference')] : []),
  ]
  return parts.join(' · ')
}
