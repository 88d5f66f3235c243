import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  firstStub,
  type GridColumn,
  isInOrder,
  linesOf,
  moveActive,
  moveColumn,
  nextSort,
  rowsBetween,
  shownColumns,
  sortRows,
  tsvOf,
  typeAhead,
  widthOf,
} from './grid-model.ts'

const VALUES: Record<string, number> = { a: 3, b: -1, c: Number.NaN, d: 3, e: 0 }
const name: GridColumn = {
  key: 'name',
  title: 'Name',
  width: 80,
  align: 'start',
  usual: true,
  cell: row => ({ text: row }),
  sort: row => row,
}
const value: GridColumn = {
  key: 'value',
  title: 'Value',
  width: 70,
  align: 'end',
  usual: true,
  cell: row => ({ text: String(VALUES[row]) }),
  sort: row => VALUES[row] ?? Number.NaN,
}
const note: GridColumn = {
  key: 'note',
  title: 'Note',
  width: 70,
  align: 'start',
  usual: false,
  cell: () => ({ text: 'x\ty\nz' }),
}
const columns = [name, value, note]

describe('order of rows', () => {
  test('a missing value comes last whichever way the column is sorted, and equals keep their order', () => {
    expect(sortRows(['a', 'b', 'c', 'd', 'e'], columns, { column: 'value', direction: 'up' })).toEqual(['b', 'e', 'a', 'd', 'c'])
    expect(sortRows(['a', 'b', 'c', 'd', 'e'], columns, { column: 'value', direction: 'down' })).toEqual([
      'a',
      'd',
      'e',
      'b',
      'c',
    ])
  })

  test('symbols with numbers in them sort as a person reads them', () => {
    expect(sortRows(['CL10', 'CL9', 'CL1'], columns, { column: 'name', direction: 'up' })).toEqual(['CL1', 'CL9', 'CL10'])
  })

  test('whatever was sorted is found to be in order, and a swap of two unequal neighbours is noticed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noDefaultInfinity: true }), { minLength: 2, maxLength: 40 }),
        fc.boolean(),
        (numbers, up) => {
          const column: GridColumn = { ...value, sort: row => numbers[Number(row)]! }
          const sort = { column: 'value', direction: up ? 'up' : 'down' } as const
          const sorted = sortRows(
            numbers.map((_, at) => String(at)),
            [column],
            sort,
          )
          expect(isInOrder(sorted, [column], sort)).toBe(true)
          const at = sorted.findIndex(
            (row, k) =>
              k > 0 && numbers[Number(row)]! !== numbers[Number(sorted[k - 1])]! && !Number.isNaN(numbers[Number(row)]!),
          )
          if (at < 1) return
          const swapped = sorted.with(at, sorted[at - 1]!).with(at - 1, sorted[at]!)
          expect(isInOrder(swapped, [column], sort)).toBe(false)
        },
      ),
    )
  })

  test('a column is sorted up, then down, then not at all', () => {
    const up = nextSort(null, 'value')
    const down = nextSort(up, 'value')
    expect([up, down, nextSort(down, 'value')]).toEqual([
      { column: 'value', direction: 'up' },
      { column: 'value', direction: 'down' },
      null,
    ])
  })
})

describe('groups', () => {
  const groupOf = (row: string) => (row < 'c' ? 'first' : 'second')
  test('a folded group shows its head with the count and none of its rows', () => {
    expect(linesOf(['d', 'a', 'c', 'b'], groupOf, ['second'])).toEqual([
      { kind: 'group', name: 'first', count: 2, folded: false },
      { kind: 'row', key: 'a' },
      { kind: 'row', key: 'b' },
      { kind: 'group', name: 'second', count: 2, folded: true },
    ])
  })
  test('a range over a group head takes only rows', () => {
    expect(rowsBetween(linesOf(['a', 'c'], groupOf), 3, 0)).toEqual(['a', 'c'])
  })
})

describe('columns', () => {
  test('the person sees what they chose in their order; a column that is gone is passed over', () => {
    expect(shownColumns(columns, ['note', 'gone', 'name']).map(column => column.key)).toEqual(['note', 'name'])
    expect(shownColumns(columns, undefined).map(column => column.key)).toEqual(['name', 'value'])
    expect(shownColumns(columns, ['gone']).map(column => column.key)).toEqual(['name', 'value'])
  })
  test('a column can be put before another one or last', () => {
    expect(moveColumn(['a', 'b', 'c'], 'c', 'a')).toEqual(['c', 'a', 'b'])
    expect(moveColumn(['a', 'b', 'c'], 'a', null)).toEqual(['b', 'c', 'a'])
    expect(moveColumn(['a', 'b', 'c'], 'b', 'b')).toEqual(['a', 'b', 'c'])
  })
  test('a width stays within what can be read and grabbed', () => {
    expect(widthOf(value, { value: 2 })).toBe(36)
    expect(widthOf(value, { value: 9999 })).toBe(900)
  })
})

describe('keys', () => {
  const size = { lines: 100, columns: 3, page: 20 }
  test.each([
    ['ArrowDown', { line: 99, column: 0 }, { line: 99, column: 0 }],
    ['ArrowUp', { line: 0, column: 1 }, { line: -1, column: 1 }],
    ['PageDown', { line: 90, column: 1 }, { line: 99, column: 1 }],
    ['PageUp', { line: 5, column: 1 }, { line: 0, column: 1 }],
    ['Home', { line: 50, column: 2 }, { line: 0, column: 2 }],
    ['End', { line: -1, column: 2 }, { line: 99, column: 2 }],
    ['ArrowRight', { line: 3, column: 2 }, { line: 3, column: 2 }],
  ])('%s from %o leads to %o', (key, from, to) => {
    expect(moveActive(key, from, size)).toEqual(to)
  })
  test('in an empty table no key leaves the header', () => {
    expect(moveActive('End', { line: -1, column: 0 }, { lines: 0, columns: 2, page: 10 })).toEqual({ line: -1, column: 0 })
  })
  test('a letter typed again steps through the names, a longer text refines', () => {
    const lines = linesOf(['SPY', 'CLF27', 'CLZ26', 'CVX'], null)
    const named = (row: string) => row
    expect(typeAhead(lines, named, 'c', 0)).toBe(1)
    expect(typeAhead(lines, named, 'c', 1)).toBe(2)
    expect(typeAhead(lines, named, 'cv', 1)).toBe(3)
    expect(typeAhead(lines, named, 's', 3)).toBe(0)
    expect(typeAhead(lines, named, 'x', 0)).toBe(-1)
  })
})

test('copied text keeps its columns though a cell holds a tab or a line break', () => {
  expect(tsvOf(['a'], [name, note])).toBe('Name\tNote\na\tx y z')
})

describe('the first column that does not fit', () => {
  const columns = [{ ...name, pinned: true }, value, value, { ...name, key: 'note' }]
  const widths = [80, 60, 60, 300]
  const at = (width: number, left = 0) => firstStub(columns, widths, { left, width })
  test('a number that is not in view as a whole is a stub; its padding may be missing', () => {
    expect([at(192), at(191), at(150), at(140)]).toEqual([3, 2, 2, 2])
  })
  test('words are kept from a readable width on', () => {
    expect([at(205), at(319), at(320), at(499), at(500)]).toEqual([3, 3, 4, 4, 4])
  })
  test('what has been scrolled to counts, and what fills the view stays', () => {
    expect([at(150, 60), at(100), at(110, 200)]).toEqual([3, 2, 4])
  })
})
