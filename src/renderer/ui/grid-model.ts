/** How a cell stands out; a tone is never the only bearer of a meaning: the text has a sign or a word as well. */
export type Tone = 'plain' | 'up' | 'down' | 'dim' | 'quiet' | 'warn' | 'bad' | 'strong'

/** What a cell says. */
export interface GridCell {
  readonly text: string
  readonly tone?: Tone
  /** Words shown on hover and read out after the text. */
  readonly hint?: string
  /** Compared with the number before it to tell the direction of a change. */
  readonly number?: number
}

/** One column of a grid; rows are known by their keys. */
export interface GridColumn {
  readonly key: string
  readonly title: string
  /** What the column means, on hover of its header. */
  readonly hint?: string
  /** Pixels. */
  readonly width: number
  readonly align: 'start' | 'end' | 'center'
  /** Shown until the person chooses otherwise. */
  readonly usual: boolean
  /** Stays at the left edge while the others scroll; only the first shown column may be. */
  readonly pinned?: boolean
  /** A change of the number flashes and leaves its sign. */
  readonly flashes?: boolean
  cell(row: string): GridCell
  /** What a copy of the row holds, where that is not the text shown. */
  copy?(row: string): string
  /** What it is sorted by; a missing number is NaN and comes last in either direction. */
  sort?(row: string): number | string
  /** Draws what text cannot, such as a bar, into an element of the cell that keeps its size. */
  draw?(element: HTMLElement, row: string): void
}

/** What a person arranged; plain JSON, kept with the panel. */
export interface GridLayout {
  /** Keys of the columns shown, in order. */
  readonly shown?: readonly string[]
  readonly widths?: Readonly<Record<string, number>>
  readonly sort?: GridSort | null
  /** Names of the groups that are folded. */
  readonly collapsed?: readonly string[]
}

export interface GridSort {
  readonly column: string
  readonly direction: 'up' | 'down'
}

/** One line of the drawn table: a row, or the head of a group. */
export type GridLine =
  | { readonly kind: 'row'; readonly key: string }
  | { readonly kind: 'group'; readonly name: string; readonly count: number; readonly folded: boolean }

export const MIN_COLUMN = 36
export const MAX_COLUMN = 900

/** The columns to draw, in the person's order; keys that no longer exist are passed over. */
export function shownColumns(columns: readonly GridColumn[], shown: readonly string[] | undefined): GridColumn[] {
  if (!shown) return columns.filter(column => column.usual)
  const known = new Map(columns.map(column => [column.key, column]))
  const chosen = shown.flatMap(key => known.get(key) ?? [])
  return chosen.length > 0 ? chosen : columns.filter(column => column.usual)
}

export function widthOf(column: GridColumn, widths: GridLayout['widths']): number {
  return Math.min(MAX_COLUMN, Math.max(MIN_COLUMN, Math.round(widths?.[column.key] ?? column.width)))
}

/** Pixels at the right end of the head that belong to the button there. */
export const CHOOSER = 24
/** What a cell has free beside its text. */
const CELL_PADDING = 8
/** A column of words that is cut can be read from so many pixels on. */
const READABLE = 120

/**
 * The first column that does not fit before `view.width`: of it only a stub would be seen, a number without its last digits
 * or the start of a word. From it on nothing is drawn.
 *
 * A column stays where enough of its words is in view, or where it is all there is to see; the count where all fit.
 */
export function firstStub(
  columns: readonly GridColumn[],
  widths: readonly number[],
  view: { readonly left: number; readonly width: number },
): number {
  const edge = view.left + view.width
  let start = 0
  for (const [at, width] of widths.entries()) {
    const end = start + width
    if (start >= edge) return at
    if (end - CELL_PADDING > edge) {
      const inView = edge - Math.max(start, view.left)
      const isAlone = at === 0 || (at === 1 && columns[0]?.pinned) || start <= view.left
      const isRead = columns[at]?.align === 'start' && (inView >= READABLE || inView >= 0.6 * width)
      if (!isAlone && !isRead) return at
    }
    start = end
  }
  return widths.length
}

function compareValues(a: number | string, b: number | string, sign: 1 | -1): number {
  const aMissing = a === '' || (typeof a === 'number' && Number.isNaN(a))
  const bMissing = b === '' || (typeof b === 'number' && Number.isNaN(b))
  if (aMissing || bMissing) return Number(aMissing) - Number(bMissing)
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b || 0)
  return sign * String(a).localeCompare(String(b), undefined, { numeric: true })
}

function sorterOf(columns: readonly GridColumn[], sort: GridSort | null | undefined) {
  const column = sort && columns.find(known => known.key === sort.column)
  const value = column?.sort?.bind(column)
  return sort && value ? { value, sign: sort.direction === 'up' ? (1 as const) : (-1 as const) } : null
}

/** The rows in the chosen order. Rows that compare equal keep the order they came in. */
export function sortRows(rows: readonly string[], columns: readonly GridColumn[], sort: GridSort | null | undefined): string[] {
  const sorter = sorterOf(columns, sort)
  if (!sorter) return [...rows]
  return rows
    .map((key, at) => ({ key, at, value: sorter.value(key) }))
    .sort((a, b) => compareValues(a.value, b.value, sorter.sign) || a.at - b.at)
    .map(entry => entry.key)
}

/** Whether the rows still stand in the chosen order, though their values went on changing. */
export function isInOrder(rows: readonly string[], columns: readonly GridColumn[], sort: GridSort | null | undefined): boolean {
  const sorter = sorterOf(columns, sort)
  if (!sorter) return true
  let before = rows.length > 0 ? sorter.value(rows[0]!) : 0
  for (let at = 1; at < rows.length; at++) {
    const value = sorter.value(rows[at]!)
    if (compareValues(before, value, sorter.sign) > 0) return false
    before = value
  }
  return true
}

/** Lines of a table: groups in the order of their names, rows of a folded group left out. */
export function linesOf(
  rows: readonly string[],
  groupOf: ((row: string) => string) | null,
  collapsed: readonly string[] = [],
): GridLine[] {
  if (!groupOf) return rows.map(key => ({ kind: 'row', key }))
  const groups = new Map<string, string[]>()
  for (const key of rows) {
    const name = groupOf(key)
    const members = groups.get(name)
    if (members) members.push(key)
    else groups.set(name, [key])
  }
  const folded = new Set(collapsed)
  return [...groups]
    .sort(([a], [b]) => a.localeCompare(b))
    .flatMap(([name, members]): GridLine[] => [
      { kind: 'group', name, count: members.length, folded: folded.has(name) },
      ...(folded.has(name) ? [] : members.map((key): GridLine => ({ kind: 'row', key }))),
    ])
}

/** Next direction of a column's sort: first up, then down, then the order the rows came in. */
export function nextSort(sort: GridSort | null | undefined, column: string): GridSort | null {
  if (sort?.column !== column) return { column, direction: 'up' }
  return sort.direction === 'up' ? { column, direction: 'down' } : null
}

/** A column put before another one; `before` null puts it last. */
export function moveColumn(shown: readonly string[], column: string, before: string | null): string[] {
  if (column === before) return [...shown]
  const rest = shown.filter(key => key !== column)
  const at = before === null ? rest.length : rest.indexOf(before)
  rest.splice(at < 0 ? rest.length : at, 0, column)
  return rest
}

const clean = (text: string) => text.replace(/[\t\r\n]+/g, ' ')

/** Rows with a head line as tab-separated text, as spreadsheets take it. */
export function tsvOf(rows: readonly string[], columns: readonly GridColumn[]): string {
  const head = columns.map(column => clean(column.title)).join('\t')
  return [head, ...rows.map(row => columns.map(column => clean(column.copy?.(row) ?? column.cell(row).text)).join('\t'))].join(
    '\n',
  )
}

/** Line of the first row after `from` whose name starts with what was typed; wraps around, -1 where there is none. */
export function typeAhead(lines: readonly GridLine[], nameOf: (row: string) => string, typed: string, from: number): number {
  const wanted = typed.toLocaleLowerCase()
  // While one letter is typed again and again it steps through the names; a longer text refines where it stands.
  const start = typed.length > 1 ? from : from + 1
  for (let k = 0; k < lines.length; k++) {
    const at = (((start + k) % lines.length) + lines.length) % lines.length
    const line = lines[at]!
    if (line.kind === 'row' && nameOf(line.key).toLocaleLowerCase().startsWith(wanted)) return at
  }
  return -1
}

/** Keys of the rows between two lines, both included. */
export function rowsBetween(lines: readonly GridLine[], a: number, b: number): string[] {
  return lines.slice(Math.max(0, Math.min(a, b)), Math.max(a, b) + 1).flatMap(line => (line.kind === 'row' ? [line.key] : []))
}

/** Where a key leads from a cell; `line` -1 is the header. Null where the key moves nothing. */
export function moveActive(
  key: string,
  from: { readonly line: number; readonly column: number },
  size: { readonly lines: number; readonly columns: number; readonly page: number },
): { line: number; column: number } | null {
  const lastLine = size.lines - 1
  const lastColumn = size.columns - 1
  const line = (to: number) => ({ line: Math.max(-1, Math.min(lastLine, to)), column: from.column })
  const rowLine = (to: number) => ({ line: Math.max(lastLine < 0 ? -1 : 0, Math.min(lastLine, to)), column: from.column })
  const column = (to: number) => ({ line: from.line, column: Math.max(0, Math.min(lastColumn, to)) })
  const moves: Readonly<Record<string, () => { line: number; column: number }>> = {
    ArrowDown: () => line(from.line + 1),
    ArrowUp: () => line(from.line - 1),
    ArrowRight: () => column(from.column + 1),
    ArrowLeft: () => column(from.column - 1),
    PageDown: () => rowLine(from.line + size.page),
    PageUp: () => rowLine(from.line - size.page),
    Home: () => rowLine(0),
    End: () => rowLine(lastLine),
  }
  return moves[key]?.() ?? null
}
