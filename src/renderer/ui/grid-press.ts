import type { PointerEvent as Press } from 'react'
import { followPointer } from './grid-drag.ts'
import type { KeyedGrid } from './grid-keys.ts'

function choose(press: Press, grid: KeyedGrid, line: number, key: string): void {
  if (press.shiftKey) {
    grid.setSelected(new Set(grid.rowsBetween(grid.anchor.current, line)))
    return
  }
  grid.anchor.current = line
  if (press.ctrlKey || press.metaKey) {
    const next = new Set(grid.selected)
    if (!next.delete(key)) next.add(key)
    grid.setSelected(next)
  } else if (grid.selected.size > 0 && !grid.selected.has(key)) grid.setSelected(new Set())
}

/** Marks the row before which dragged rows would land; null clears the mark. */
function markDrop(body: HTMLElement, row: Element | null): void {
  for (const marked of body.querySelectorAll<HTMLElement>('[data-drop]')) if (marked !== row) delete marked.dataset.drop
  if (row instanceof HTMLElement) row.dataset.drop = 'true'
}

/** Answers a press on the body of a grid: a row is made active, added to the selection, or dragged to another place. */
export function pressRow(
  press: Press,
  grid: KeyedGrid,
  body: HTMLElement,
  onActive: ((row: string, by: 'pointer') => void) | undefined,
): void {
  if (press.button !== 0 || !grid.view) return
  const at = grid.view.lineOf(press.target)
  const line = grid.lines[at]
  if (!line) return
  if (line.kind === 'group') {
    grid.setActive({ line: at, column: 0 }, 'pointer')
    grid.toggleGroup(line.name)
    return
  }
  const { key } = line
  const isPlain = !press.shiftKey && !press.ctrlKey && !press.metaKey
  const wasActive = grid.active.line === at
  choose(press, grid, at, key)
  grid.setActive({ line: at, column: grid.view.columnOf(press.target) }, 'pointer')
  if (isPlain && wasActive) onActive?.(key, 'pointer') // the active row may have been reached without being meant
  if (!isPlain) return
  let before: string | null | undefined
  followPointer(press.nativeEvent, {
    move(event) {
      if (!grid.canMoveRows) return
      const over = grid.view?.lineOf(document.elementFromPoint(event.clientX, event.clientY)) ?? -1
      const target = grid.lines[over]
      before = target?.kind === 'row' ? target.key : null
      markDrop(body, over < 0 ? null : (document.elementFromPoint(event.clientX, event.clientY)?.closest('[data-slot]') ?? null))
    },
    end(wasDrag) {
      markDrop(body, null)
      if (wasDrag && before !== undefined) grid.moveRows(grid.selected.has(key) ? grid.chosen() : [key], before)
      else if (!wasDrag && grid.selected.size > 0 && grid.selected.has(key)) grid.setSelected(new Set())
    },
  })
}
