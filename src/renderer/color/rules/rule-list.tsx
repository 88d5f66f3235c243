import { type KeyboardEvent, type Ref, useId, useImperativeHandle, useLayoutEffect, useRef } from 'react'
import { IconButton } from '../../ui/form.tsx'
import { useFormat } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { useText } from '../../ui/text.ts'
import css from './rules.module.css'

/** A rule or preset as it stands in the list. */
export interface ListItem {
  readonly id: string
  readonly name: string
  /** Null for a preset, which is neither on nor off. */
  readonly active: boolean | null
  readonly isDirty: boolean
  readonly isNew: boolean
  readonly findings: number
  /** Rows that it met in the last dry run; null where there was none. */
  readonly hits: number | null
}

export interface ListHandle {
  focus(): void
}

/** Rules by priority, or presets by name; the arrows go through them and single keys do the rest. */
export function RuleList({
  label,
  items,
  chosen,
  canEdit,
  onChoose,
  onOpen,
  onNew,
  onToggle,
  onMove,
  onDuplicate,
  onRemove,
  handle,
}: {
  label: string
  items: readonly ListItem[]
  chosen: string | null
  canEdit: boolean
  onChoose(id: string): void
  onOpen(): void
  onNew(): void
  onToggle(id: string): void
  onMove(id: string, by: -1 | 1): void
  onDuplicate(id: string): void
  onRemove(id: string): void
  handle: Ref<ListHandle>
}) {
  const { t } = useText()
  const format = useFormat()
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const at = items.findIndex(item => item.id === chosen)
  useImperativeHandle(handle, () => ({ focus: () => list.current?.focus() }))
  useLayoutEffect(() => {
    if (at >= 0) list.current?.children[at]?.scrollIntoView({ block: 'nearest' })
  }, [at])
  const go = (to: number) => {
    const item = items[Math.min(items.length - 1, Math.max(0, to))]
    if (item) onChoose(item.id)
  }
  function answer(event: KeyboardEvent): boolean {
    const item = items[at]
    if (event.ctrlKey || event.metaKey) return false
    if (event.altKey) {
      const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0
      if (by === 0 || !item || !canEdit || item.active === null || item.isNew) return false
      onMove(item.id, by)
      return true
    }
    if (event.key === 'ArrowDown') go(at + 1)
    else if (event.key === 'ArrowUp') go(at < 0 ? 0 : at - 1)
    else if (event.key === 'Home') go(0)
    else if (event.key === 'End') go(items.length - 1)
    else if (event.key === 'Enter' && item) onOpen()
    else if (!canEdit) return false
    else if (event.key.toLowerCase() === 'n') onNew()
    else if (!item) return false
    else if (event.key === ' ' && item.active !== null && !item.isNew) onToggle(item.id)
    else if (event.key.toLowerCase() === 'd') onDuplicate(item.id)
    else if (event.key === 'Delete') onRemove(item.id)
    else return false
    return true
  }
  return (
    <>
      <div
        ref={list}
        role="listbox"
        tabIndex={0}
        className={css.list}
        aria-label={label}
        aria-describedby={`${id}-keys`}
        aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
        onKeyDown={event => {
          if (event.target !== event.currentTarget || !answer(event)) return
          event.preventDefault()
          event.stopPropagation()
        }}
      >
        {items.map((item, k) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus as a whole and names the row
          <div
            key={item.id}
            id={`${id}-${k}`}
            role="option"
            aria-selected={k === at}
            className={css.item}
            data-off={item.active === false || undefined}
            onPointerDown={() => onChoose(item.id)}
            onDoubleClick={onOpen}
          >
            {item.active === null ? null : <span className={css.place}>{k + 1}</span>}
            <span className={css.itemName} title={item.name}>
              {item.name}
            </span>
            {item.isDirty ? (
              <span className={css.unsaved} title={t('colorRules.unsaved')}>
                <span className="visually-hidden">{t('colorRules.unsaved')}</span>●
              </span>
            ) : null}
            {item.findings > 0 ? (
              <span className={css.badge} title={t('colorRules.findingCount', { count: item.findings })}>
                <Icon name="warning" size={10} />
                {item.findings}
              </span>
            ) : null}
            {item.hits === null ? null : (
              <span className={css.hits} title={t('colorRules.hitsHint')}>
                {format.whole(item.hits)}
              </span>
            )}
            {item.active === null ? null : (
              <span className={css.state}>{t(item.active ? 'colorRules.on' : 'colorRules.off')}</span>
            )}
          </div>
        ))}
      </div>
      <span id={`${id}-keys`} className="visually-hidden">
        {t('colorRules.listKeys')}
      </span>
    </>
  )
}

/** The same as the keys of the list, for the mouse. */
export function ListTools({
  item,
  isFirst,
  isLast,
  canEdit,
  ...acts
}: {
  item: ListItem | null
  isFirst: boolean
  isLast: boolean
  canEdit: boolean
  onNew(): void
  onToggle(id: string): void
  onMove(id: string, by: -1 | 1): void
  onDuplicate(id: string): void
  onRemove(id: string): void
}) {
  const { t } = useText()
  const cannotMove = !canEdit || !item || item.active === null || item.isNew
  const cannot = !canEdit || !item
  return (
    <div className={css.tools} role="toolbar" aria-label={t('colorRules.listTools')}>
      <IconButton icon="plus" label={t('colorRules.newKey')} disabled={!canEdit} onClick={acts.onNew} />
      <IconButton
        icon="copy"
        label={t('colorRules.duplicateKey')}
        disabled={cannot}
        onClick={() => item && acts.onDuplicate(item.id)}
      />
      <span className={css.flipped}>
        <IconButton
          icon="down"
          label={t('colorRules.upKey')}
          disabled={cannotMove || isFirst}
          onClick={() => item && acts.onMove(item.id, -1)}
        />
      </span>
      <IconButton
        icon="down"
        label={t('colorRules.downKey')}
        disabled={cannotMove || isLast}
        onClick={() => item && acts.onMove(item.id, 1)}
      />
      <IconButton
        icon={item?.active ? 'pause' : 'play'}
        label={t(item?.active ? 'colorRules.turnOffKey' : 'colorRules.turnOnKey')}
        disabled={cannotMove}
        onClick={() => item && acts.onToggle(item.id)}
      />
      <IconButton
        icon="close"
        label={t('colorRules.removeKey')}
        disabled={cannot}
        onClick={() => item && acts.onRemove(item.id)}
      />
    </div>
  )
}
