import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createFlashes, type DrawnCell, type Flashes, writeCell } from './grid-cell.ts'
import type { GridColumn } from './grid-model.ts'

/** A cell without a document; `writes` are the changes of its flash in order. */
function bareCell() {
  const writes: (string | null)[] = []
  const dataset = new Proxy({} as DOMStringMap, {
    set(kept, name, value) {
      if (name === 'flash') writes.push(value)
      return Reflect.set(kept, name, value)
    },
    deleteProperty(kept, name) {
      if (name === 'flash') writes.push(null)
      return Reflect.deleteProperty(kept, name)
    },
  })
  const cell = {
    element: { dataset, removeAttribute() {} },
    text: { data: '' },
    art: null,
    shown: '',
    tone: 'plain',
    hint: '',
    number: Number.NaN,
    turn: null,
    flash: null,
    lit: 0,
  } as unknown as DrawnCell
  return { cell, writes }
}

let value = 0
const column = { key: 'last', flashes: true, cell: () => ({ text: String(value), number: value }) } as unknown as GridColumn
let flashes: Flashes

function write(cell: DrawnCell, next: number, isSameRow = true): void {
  value = next
  writeCell(cell, column, 'A', isSameRow, flashes)
}

beforeEach(() => {
  vi.useFakeTimers()
  flashes = createFlashes()
})
afterEach(() => {
  flashes.close()
  vi.useRealTimers()
})

test('a change flashes, grows weaker and goes out, and leaves its direction', () => {
  const { cell, writes } = bareCell()
  write(cell, 10)
  expect(writes).toEqual([])
  write(cell, 11)
  vi.advanceTimersByTime(1000)
  expect(writes).toEqual(['up', 'up-end', null])
  expect(cell.element.dataset.turn).toBe('up')
  expect(vi.getTimerCount()).toBe(0)
})

test('a cell that changes the same way again and again is written once', () => {
  const { cell, writes } = bareCell()
  for (let k = 0; k < 50; k++) {
    write(cell, k)
    vi.advanceTimersByTime(50)
  }
  expect(writes).toEqual(['up'])
  write(cell, 3)
  expect(writes).toEqual(['up', 'down'])
})

test('another row in the same cell neither flashes nor keeps a direction', () => {
  const { cell, writes } = bareCell()
  write(cell, 1)
  write(cell, 2)
  write(cell, 9, false)
  expect(writes).toEqual(['up', null])
  expect(cell.element.dataset.turn).toBeUndefined()
})

test('a frame that is drawn anyway takes the beat along before the timer', () => {
  const { cell, writes } = bareCell()
  write(cell, 1)
  write(cell, 2)
  vi.advanceTimersByTime(90)
  flashes.ride()
  vi.advanceTimersByTime(90)
  flashes.ride()
  expect(writes).toEqual(['up', 'up-end'])
})
