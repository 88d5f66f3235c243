import type { KeyboardEvent } from 'react'
import { type GridColumn, type GridLine, moveActive, typeAhead } from './grid-model.ts'
import type { ActiveCell, GridView } from './grid-view.ts'

/** What the keyboard and the pointer may do to a grid. */
export interface KeyedGrid {
  readonly lines: readonly GridLine[]
  readonly order: readonly string[]
  readonly columns: readonly GridColumn[]
  readonly active: ActiveCell
  readonly selected: ReadonlySet<string>
  /** Line where a selection with Shift began. */
  readonly anchor: { current: number }
  /** Letters typed in one go, with the moment of the last (event time, milliseconds). */
  readonly typed: { current: { text: string; at: number } }
  readonly view: GridView | null
  readonly canMoveRows: boolean
  setActive(cell: ActiveCell, by: 'pointer' | 'keyboard'): void
  setSelected(rows: ReadonlySet<string>): void
  nameOf(row: string): string
  chosen(): string[]
  copy(): void
  resort(): void
  toggleGroup(name: string): void
  open(row: string): void
  remove(rows: readonly string[]): void
  moveRows(rows: readonly string[], before: string | null): void
  sortBy(column: GridColumn): void
  moveColumn(column: GridColumn, by: 1 | -1): void
  widen(column: GridColumn, by: number): void
  menu(): void
  rowsBetween(from: number, to: number): string[]
}

/** Letters further apart than this begin a new word. */
const TYPING_MS = 800
const WIDEN_STEP = 8

function pressInHeader(event: KeyboardEvent, grid: KeyedGrid): boolean {
  const column = grid.columns[grid.active.column]
  if (!column) return false
  const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
  if (by !== 0 && event.altKey) grid.moveColumn(column, by)
  else if (by !== 0 && event.shiftKey) grid.widen(column, by * WIDEN_STEP)
  else if (event.key === 'Enter' || event.key === ' ') grid.sortBy(column)
  else return false
  return true
}

/** Alt with an arrow puts the chosen rows one place up or down. */
function moveChosen(grid: KeyedGrid, by: 1 | -1): void {
  const keys = grid.chosen()
  if (!grid.canMoveRows || keys.length === 0) return
  const moving = new Set(keys)
  const first = grid.order.indexOf(keys[0]!)
  const last = grid.order.indexOf(keys.at(-1)!)
  const rest = (from: number) => grid.order.slice(from).find(key => !moving.has(key)) ?? null
  if (by < 0) {
    if (first === 0) return
    grid.moveRows(keys, grid.order[first - 1]!)
  } else {
    if (last === grid.order.length - 1) return
    grid.moveRows(keys, rest(last + 2))
  }
  grid.setActive({ ...grid.active, line: Math.min(grid.lines.length - 1, Math.max(0, grid.active.line + by)) }, 'keyboard')
}

function type(event: KeyboardEvent, grid: KeyedGrid): boolean {
  const isFresh = event.timeStamp - grid.typed.current.at > TYPING_MS
  const before = isFresh ? '' : grid.typed.current.text
  const isRepeat = before.length > 0 && [...before].every(letter => letter === event.key)
  const text = isRepeat ? event.key : before + event.key
  grid.typed.current = { text: before + event.key, at: event.timeStamp }
  const line = typeAhead(grid.lines, grid.nameOf, text, Math.max(0, grid.active.line))
  if (line >= 0) grid.setActive({ line, column: grid.active.column }, 'keyboard')
  return true
}

function pressWithControl(event: KeyboardEvent, grid: KeyedGrid): boolean {
  const lastColumn = Math.max(0, grid.columns.length - 1)
  if (event.key === 'c') grid.copy()
  else if (event.key === 'a') grid.setSelected(new Set(grid.order))
  else if (event.key === 'Enter') grid.resort()
  else if (event.key === 'ArrowLeft') grid.setActive({ ...grid.active, column: 0 }, 'keyboard')
  else if (event.key === 'ArrowRight') grid.setActive({ ...grid.active, column: lastColumn }, 'keyboard')
  else return false
  return true
}

function pressOnLine(event: KeyboardEvent, grid: KeyedGrid): boolean {
  const line = grid.lines[grid.active.line]
  if (line?.kind === 'group') {
    const folds = event.key === 'ArrowLeft' && !line.folded
    const unfolds = event.key === 'ArrowRight' && line.folded
    if (folds || unfolds || event.key === 'Enter' || event.key === ' ') {
      grid.toggleGroup(line.name)
      return true
    }
    return false
  }
  if (!line) return false
  if (event.key === 'Enter') grid.open(line.key)
  else if (event.key === ' ' && event.timeStamp - grid.typed.current.at > TYPING_MS) {
    const next = new Set(grid.selected)
    if (!next.delete(line.key)) next.add(line.key)
    grid.setSelected(next)
    grid.anchor.current = grid.active.line
  } else if (event.key === 'Delete') grid.remove(grid.chosen())
  else return false
  return true
}

function move(event: KeyboardEvent, grid: KeyedGrid): boolean {
  const size = { lines: grid.lines.length, columns: grid.columns.length, page: grid.view?.pageSize() ?? 10 }
  const next = moveActive(event.key, grid.active, size)
  if (!next) return false
  if (event.shiftKey && next.line >= 0 && next.line !== grid.active.line) {
    if (grid.selected.size === 0) grid.anchor.current = grid.active.line
    grid.setSelected(new Set(grid.rowsBetween(grid.anchor.current, next.line)))
  } else if (next.line !== grid.active.line) {
    grid.anchor.current = Math.max(0, next.line)
    if (grid.selected.size > 0) grid.setSelected(new Set())
  }
  grid.setActive(next, 'keyboard')
  return true
}

function answer(event: KeyboardEvent, grid: KeyedGrid): boolean {
  if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
    grid.menu()
    return true
  }
  if (grid.active.line === -1 && pressInHeader(event, grid)) return true
  if (event.ctrlKey || event.metaKey) return pressWithControl(event, grid)
  if (event.altKey) {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0
    if (by !== 0 && grid.canMoveRows) moveChosen(grid, by)
    return by !== 0 && grid.canMoveRows
  }
  if (event.key === 'Escape') {
    if (grid.selected.size === 0) return false
    grid.setSelected(new Set())
    return true
  }
  if (pressOnLine(event, grid) || move(event, grid)) return true
  return event.key.length === 1 ? type(event, grid) : false
}

/** Answers a key; one that means nothing here goes on to the page. */
export function pressKey(event: KeyboardEvent, grid: KeyedGrid): void {
  if (event.target !== event.currentTarget || !answer(event, grid)) return
  event.preventDefault()
  event.stopPropagation()
}
