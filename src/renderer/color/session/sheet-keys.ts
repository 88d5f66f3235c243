import type { KeyboardEvent } from 'react'
import { moveActive } from '../../ui/grid-model.ts'
import type { ActiveCell } from '../../ui/grid-view.ts'

/** What the keyboard may do to a sheet. */
export interface KeyedSheet {
  readonly active: ActiveCell
  readonly size: { readonly lines: number; readonly columns: number; readonly page: number }
  readonly hasSelection: boolean
  setActive(cell: ActiveCell): void
  /** Selects from where the selection began to a line. */
  extendTo(line: number): void
  selectLine(line: number): void
  selectAll(): void
  selectNone(): void
  /** Begins to edit the active cell; null with what stands there, else with the letter typed. */
  edit(letter: string | null): void
  /** Opens or folds the group of the active row. */
  turn(opens: boolean): void
  clear(): void
  copy(): void
  menu(): void
  /** Keys that mean something to the desk around the sheet. */
  pass(event: KeyboardEvent): boolean
}

function move(event: KeyboardEvent, sheet: KeyedSheet): boolean {
  const next = moveActive(event.key, sheet.active, sheet.size)
  if (!next) return false
  const line = Math.max(0, next.line)
  if (event.shiftKey && line !== sheet.active.line) sheet.extendTo(line)
  else if (line !== sheet.active.line && sheet.hasSelection) sheet.selectNone()
  sheet.setActive({ line, column: next.column })
  return true
}

/** Tab goes on in the row and leaves the sheet at either end, so that the keyboard is never caught in it. */
function tab(event: KeyboardEvent, { active, size, setActive }: KeyedSheet): boolean {
  const column = active.column + (event.shiftKey ? -1 : 1)
  if (column < 0 || column >= size.columns) return false
  setActive({ line: active.line, column })
  return true
}

function withControl(event: KeyboardEvent, sheet: KeyedSheet): boolean {
  const { active, size, setActive } = sheet
  const key = event.key.toLowerCase()
  if (key === 'a') sheet.selectAll()
  else if (key === 'c') sheet.copy()
  else if (event.key === 'ArrowLeft') setActive({ ...active, column: 0 })
  else if (event.key === 'ArrowRight') setActive({ ...active, column: size.columns - 1 })
  else if (event.key === 'ArrowUp' || event.key === 'Home') setActive({ ...active, line: 0 })
  else if (event.key === 'ArrowDown' || event.key === 'End') setActive({ ...active, line: size.lines - 1 })
  else return false
  return true
}

function plain(event: KeyboardEvent, sheet: KeyedSheet): boolean {
  const { active, size } = sheet
  if (event.key === 'Escape') {
    if (!sheet.hasSelection) return false
    sheet.selectNone()
  } else if (event.key === 'Enter') {
    sheet.setActive({ ...active, line: Math.max(0, Math.min(size.lines - 1, active.line + (event.shiftKey ? -1 : 1))) })
  } else if (event.key === 'Tab') return tab(event, sheet)
  else if (event.key === 'F2') sheet.edit(null)
  else if (event.key === 'Backspace') sheet.clear()
  else if (event.key === ' ' && !event.shiftKey) sheet.selectLine(active.line)
  else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) sheet.menu()
  else if (move(event, sheet)) return true
  else if (event.key.length === 1) sheet.edit(event.key)
  else return false
  return true
}

function answer(event: KeyboardEvent, sheet: KeyedSheet): boolean {
  if (sheet.pass(event)) return true
  if (event.ctrlKey || event.metaKey) return withControl(event, sheet)
  if (!event.altKey) return plain(event, sheet)
  if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return false
  sheet.turn(event.key === 'ArrowRight')
  return true
}

/** Answers a key in a sheet; one that means nothing here goes on to the page. */
export function pressSheetKey(event: KeyboardEvent, sheet: KeyedSheet): void {
  if (event.target !== event.currentTarget || event.nativeEvent.isComposing || !answer(event, sheet)) return
  event.preventDefault()
  event.stopPropagation()
}
