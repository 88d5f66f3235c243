import { COLOR_COLUMNS } from '../../../core/color/color-columns.ts'
import { useText } from '../../ui/text.ts'
import css from './rules.module.css'

/** A color by the names of its columns, in written form. */
export type Cells = Readonly<Record<string, string | null>>

/** What tells one color from another at a glance. */
export function cellsTitle(cells: Cells): string {
  return [cells.CUSIP, cells.TICKER, cells.BIAS, cells.PX].filter(Boolean).join(' · ') || '—'
}

/** The columns that rules of a set speak about come first. */
function columnsFor(used: ReadonlySet<string>): readonly string[] {
  const names = COLOR_COLUMNS.map(({ name }) => name as string)
  return [...names.filter(name => used.has(name)), ...names.filter(name => !used.has(name))]
}

/** A row that can be typed over, column by column. */
export function RowCells({
  cells,
  used,
  canEdit,
  onCells,
}: {
  cells: Cells
  used: ReadonlySet<string>
  canEdit: boolean
  onCells(cells: Cells): void
}) {
  const { t } = useText()
  return (
    <div className={css.cells}>
      {columnsFor(used).map(name => (
        <label key={name} data-used={used.has(name) || undefined}>
          <span>{name}</span>
          <input
            value={cells[name] ?? ''}
            placeholder={t('colorRules.noValue')}
            readOnly={!canEdit}
            spellCheck={false}
            onChange={event => onCells({ ...cells, [name]: event.currentTarget.value === '' ? null : event.currentTarget.value })}
          />
        </label>
      ))}
    </div>
  )
}
