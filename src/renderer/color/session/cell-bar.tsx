import { useStore } from 'zustand'
import { useFormat } from '../../ui/format.ts'
import { useText } from '../../ui/text.ts'
import type { CommandQueue } from './command-queue.ts'
import type { PlaceStore } from './place-store.ts'
import css from './session.module.css'
import { columnWords } from './session-words.ts'
import { cellWords, isEditable } from './sheet-columns.ts'

/** Everything about the cell with the keyboard in words, what is selected, and whether all of it is kept. */
export function CellBar({
  places,
  queue,
  selected,
  isLeftOut,
  mayChange,
  mayWrite,
  waiting,
  keptAt,
  onRemove,
}: {
  places: PlaceStore
  queue: CommandQueue
  selected: number
  isLeftOut: boolean
  mayChange: boolean
  mayWrite: boolean
  waiting: number
  keptAt: number | null
  onRemove(): void
}) {
  const { t } = useText()
  const { place } = useStore(places)
  const state = place ? queue.cell(place.row.rowId, place.column) : undefined
  const format = useFormat()
  const words = place ? cellWords(place.row, place.column, state, t) : []
  if (place && mayChange && !isLeftOut && !isEditable(place.column)) words.push(t('colorSession.computed'))
  const value = state?.kind === 'pending' || state?.kind === 'kept' ? state.text : (place?.row.cells[place.column] ?? '')
  return (
    <div className={css.cellBar}>
      <span className={css.cellName}>{place ? columnWords(place.column) : ''}</span>
      <span className={css.cellValue}>{value}</span>
      <span className={css.cellWords} aria-live="polite" title={words.join(' · ')}>
        {words.join(' · ')}
      </span>
      {selected > 0 ? (
        <span className={css.selected}>
          {t('colorSession.selected', { count: selected })}
          {mayChange ? (
            <button type="button" className={css.link} onClick={onRemove}>
              {isLeftOut ? `${t('colorSession.bringBack')} (B)` : `${t('colorSession.delete')} (Del)`}
            </button>
          ) : null}
        </span>
      ) : null}
      <span className={css.kept} role="status">
        {waiting > 0
          ? t('colorSession.keeping', { count: waiting })
          : keptAt !== null
            ? t('colorSession.kept', { at: format.instant(keptAt, 'second') })
            : mayWrite
              ? ''
              : t('colorSession.readOnlyShort')}
      </span>
    </div>
  )
}
