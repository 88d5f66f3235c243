import { type KeyboardEvent, useRef } from 'react'
import type { ColorLogEntry } from '../../../contract/color-log.ts'
import { useFormat } from '../../ui/format.ts'
import { useText } from '../../ui/text.ts'
import css from './log.module.css'
import { changeWords, fieldWords } from './log-words.ts'

/** So many fields are told in a line; the side has them all. */
const TOLD = 3

/** A field with the words that were taken out and put in. */
export function FieldChange({ change }: { change: ColorLogEntry['changes'][number] }) {
  const { t } = useText()
  return (
    <span className={css.change}>
      <i>{fieldWords(change.field)}</i>{' '}
      {changeWords(change, t).map(({ kind, text }, k) => {
        const Mark = kind === 'added' ? 'ins' : kind === 'removed' ? 'del' : 'span'
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one field stay in their places
        return <Mark key={k}>{text}</Mark>
      })}
    </span>
  )
}

/** Which other entry took a change back, or which one it takes back. */
export function RevertMark({ entry: { reverts, revertedBy } }: { entry: ColorLogEntry }) {
  const { t } = useText()
  if (revertedBy !== null) return <em className={css.mark}>{t('colorLog.revertedBy', { entry: revertedBy })}</em>
  if (reverts !== null) return <em className={css.mark}>{t('colorLog.reverts', { entry: reverts })}</em>
  return null
}

/** Lines of the log; the arrows go through all of a panel's lists, Enter opens one. */
export function LogLines({
  label,
  entries,
  showsModule,
  chosen,
  onChoose,
}: {
  label: string
  entries: readonly ColorLogEntry[]
  showsModule: boolean
  chosen: number | null
  onChoose(entry: number): void
}) {
  const list = useRef<HTMLUListElement>(null)
  const step = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    // Modules stand under each other, and a person steps from the last of one to the first of the next.
    const all = [...(list.current?.closest('[data-lines]')?.querySelectorAll<HTMLButtonElement>('button[data-entry]') ?? [])]
    const at = all.indexOf(document.activeElement as HTMLButtonElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key]
    if (at < 0 || to === undefined) return
    event.preventDefault()
    const next = all[Math.max(0, Math.min(all.length - 1, to))]!
    next.focus()
    if (chosen !== null) onChoose(Number(next.dataset.entry))
  }
  return (
    <ul ref={list} className={css.lines} aria-label={label} onKeyDown={step}>
      {entries.map(entry => (
        <li key={entry.entry}>
          <Line entry={entry} showsModule={showsModule} isChosen={entry.entry === chosen} onChoose={onChoose} />
        </li>
      ))}
    </ul>
  )
}

function Line({
  entry,
  showsModule,
  isChosen,
  onChoose,
}: {
  entry: ColorLogEntry
  showsModule: boolean
  isChosen: boolean
  onChoose(entry: number): void
}) {
  const { t } = useText()
  const format = useFormat()
  // What was made or removed has its name already in the line.
  const fields = entry.changes.filter(({ field, before, after }) => field !== 'name' || (before !== null && after !== null))
  const told = fields.slice(0, TOLD)
  const rest = fields.length - told.length
  return (
    <button
      type="button"
      className={css.line}
      data-entry={entry.entry}
      data-module={showsModule || undefined}
      data-taken={entry.revertedBy !== null || undefined}
      aria-expanded={isChosen}
      onClick={() => onChoose(entry.entry)}
    >
      <span className={css.number}>#{entry.entry}</span>
      <time>{format.instant(entry.at, 'dateSecond')}</time>
      <span className={css.who}>{entry.user}</span>
      {showsModule ? <span>{t(`colorLog.module.${entry.module}`)}</span> : null}
      <span data-action={entry.action}>{t(`colorLog.action.${entry.action}`)}</span>
      <strong title={entry.name}>{entry.name}</strong>
      <span className={css.changes}>
        <RevertMark entry={entry} />
        {told.map(change => (
          <FieldChange key={change.field} change={change} />
        ))}
        {rest > 0 ? <span className={css.quiet}>{t('colorLog.moreFields', { count: rest })}</span> : null}
      </span>
    </button>
  )
}
