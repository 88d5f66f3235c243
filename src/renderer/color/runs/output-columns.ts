import type { PlacedColorWire } from '../../../contract/color.ts'
import { COLOR_COLUMNS } from '../../../core/color/color-columns.ts'
import { type Format, MISSING } from '../../ui/format.ts'
import type { GridCell, GridColumn } from '../../ui/grid-model.ts'
import type { Translate } from '../../ui/text.ts'

/** A row of the output by its id, with the row of its parent. */
export interface OutputRows {
  find(row: string): PlacedColorWire
  /** The row itself where it is a parent. */
  parentOf(row: string): PlacedColorWire
  isOpen(row: string): boolean
  /** Every row there is. */
  all(): Iterable<PlacedColorWire>
}

const USUAL: ReadonlySet<string> = new Set([
  ...['CUSIP', 'TICKER', 'SECTOR', 'DATE', 'BIAS', 'RANK', 'PX', 'BID', 'ASK', 'COV_PRICE', 'PRICE_DIFF', 'SOURCE'],
])
/** What is looked at first comes first; ids and the rest after. */
const FIRST = ['CUSIP', 'PX', 'BIAS', 'RANK', 'SOURCE', 'TICKER', 'SECTOR', 'DATE', 'BID', 'ASK', 'COV_PRICE', 'PRICE_DIFF']
const WIDTHS: Readonly<Record<string, number>> = {
  ...{ CUSIP: 118, TICKER: 132, SECTOR: 150, SOURCE: 168, BIAS: 124, RANK: 52, MESSAGE_ID: 156, DATE: 88, DATE_1: 88 },
  ...{ SECURITY_NAME: 160, DIFF_STATUS: 150, CONFIDENCE: 76 },
}
/** Most places that a column of prices shows; it has as many as the longest of its prices, so that all line up. */
const DECIMALS = 4
/** As wide as the sign of a group, and not swallowed at the start of a line. */
const INDENT = '\u2003'

/** Columns of an output: sorting goes by parents, so that every group stays together in its order. */
export function outputColumns(rows: OutputRows, t: Translate, format: Format): readonly GridColumn[] {
  const known = new Map<string, (typeof COLOR_COLUMNS)[number]>(COLOR_COLUMNS.map(column => [column.name, column]))
  const names = [...FIRST, ...COLOR_COLUMNS.map(({ name }) => name).filter(name => !FIRST.includes(name))]
  const longestOf = new Map<string, number>()
  const placesOf = (name: string) => {
    const places = longestOf.get(name) ?? longest(rows.all(), name)
    longestOf.set(name, places)
    return places
  }
  const columns = names.map((name): GridColumn => {
    const { type } = known.get(name)!
    const isNumber = type === 'decimal' || type === 'integer'
    return {
      ...(name === 'COV_PRICE' ? { hint: t('colorRuns.hint.eval') } : {}),
      ...{
        key: name,
        title: name === 'COV_PRICE' ? t('colorRuns.col.eval') : name,
        width: WIDTHS[name] ?? 80,
        align: isNumber ? 'end' : 'start',
        usual: USUAL.has(name),
      },
      ...(name === 'CUSIP' ? { pinned: true } : {}),
      cell: row =>
        name === 'CUSIP'
          ? cusipCell(rows, row, t)
          : cellOf(rows.find(row), name, type === 'decimal' ? placesOf(name) : null, format),
      copy: row => rows.find(row).cells[name] ?? '',
      sort: row => {
        const value = rows.parentOf(row).cells[name] ?? null
        return isNumber ? (value === null ? Number.NaN : Number(value)) : (value ?? '')
      },
    }
  })
  const children: GridColumn = {
    ...{ key: 'children', title: t('colorRuns.col.childrenCount'), width: 66, align: 'end', usual: true },
    cell: row => {
      const { parentRowId, childrenCount } = rows.find(row)
      return parentRowId === null ? { text: format.whole(childrenCount), tone: 'quiet' } : { text: '' }
    },
    sort: row => rows.parentOf(row).childrenCount,
  }
  return [columns[0]!, children, ...columns.slice(1)]
}

/** The group: a parent shows whether its children are open, a child stands in a little. */
function cusipCell(rows: OutputRows, row: string, t: Translate): GridCell {
  const { cells, parentRowId, childrenCount } = rows.find(row)
  const cusip = cells.CUSIP ?? MISSING
  if (parentRowId !== null) return { text: `${INDENT}${INDENT}${cusip}`, tone: 'dim' }
  const sign = childrenCount === 0 ? INDENT : rows.isOpen(row) ? '▾' : '▸'
  return { text: `${sign}\u00a0${cusip}`, tone: 'strong', hint: t('colorRuns.children', { count: childrenCount }) }
}

/** Places of the longest decimal of a column, at least two. */
function longest(rows: Iterable<PlacedColorWire>, name: string): number {
  let most = 2
  for (const { cells } of rows) most = Math.max(most, cells[name]?.split('.')[1]?.length ?? 0)
  return Math.min(DECIMALS, most)
}

function cellOf({ cells, parentRowId }: PlacedColorWire, name: string, places: number | null, format: Format): GridCell {
  const value = cells[name] ?? null
  const tone = parentRowId === null ? 'plain' : 'quiet'
  if (value === null) return { text: MISSING, tone: 'dim' }
  if (places === null) return { text: value, tone }
  return { text: format.number(Number(value), places), tone, number: Number(value) }
}
