import type { Test } from '../../../core/rules/condition.ts'
import { operatorOf } from '../../../core/rules/operators.ts'
import type { EditNode, TreeLine } from '../../../core/rules/tree-edit.ts'

/** The parts of a test that are filled in one after the other. */
export type Cell = 'field' | 'operator' | 'value' | 'value2'

/** Where the keyboard is in a tree: on a row, on a cell of it, or typing into that cell. */
export interface TreeCursor {
  readonly at: number
  readonly cell: Cell | null
  /** What the cell begins with; null while nothing is typed. */
  readonly typing: { readonly text: string | null } | null
}

export function cellsOf(test: Test): readonly Cell[] {
  return operatorOf(test.operator)?.operands === 2 ? ['field', 'operator', 'value', 'value2'] : ['field', 'operator', 'value']
}

/** The cell beside one of a test; null where there is none. */
export function besideCell(test: Test, cell: Cell, by: -1 | 1): Cell | null {
  const cells = cellsOf(test)
  return cells[cells.indexOf(cell) + by] ?? null
}

/** What a key asks of a tree. */
export type TreeWish =
  | { readonly do: 'go'; readonly by: number }
  | {
      readonly do:
        | 'first'
        | 'last'
        | 'in'
        | 'out'
        | 'add'
        | 'group'
        | 'indent'
        | 'outdent'
        | 'all'
        | 'any'
        | 'not'
        | 'remove'
        | 'up'
        | 'down'
        | 'edit'
        | 'undo'
        | 'redo'
        | 'leave'
    }
  | { readonly do: 'type'; readonly text: string }

interface Press {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

const PLAIN: Readonly<Record<string, TreeWish['do']>> = {
  ArrowRight: 'in',
  ArrowLeft: 'out',
  Home: 'first',
  End: 'last',
  Enter: 'add',
  Tab: 'indent',
  Delete: 'remove',
  Backspace: 'remove',
  F2: 'edit',
  Escape: 'leave',
}
const LETTERS: Readonly<Record<string, TreeWish['do']>> = { a: 'all', o: 'any', '!': 'not' }
const LOOKS: ReadonlySet<TreeWish['do']> = new Set(['in', 'out', 'first', 'last', 'leave'])

const wish = (what: TreeWish['do'] | undefined): TreeWish | null => (what ? ({ do: what } as TreeWish) : null)

/** What a key press asks of the tree; null where it is no business of the tree. On a cell, letters are typed into it. */
export function wishOf(event: Press, onCell: boolean, page: number): TreeWish | null {
  const { key, shiftKey } = event
  if (event.ctrlKey || event.metaKey) {
    const letter = key.toLowerCase()
    if (letter === 'z') return wish(shiftKey ? 'redo' : 'undo')
    return letter === 'y' ? wish('redo') : null
  }
  if (event.altKey) return key === 'ArrowUp' ? wish('up') : key === 'ArrowDown' ? wish('down') : null
  if (key === 'Enter' && shiftKey) return wish('group')
  if (key === 'Tab' && shiftKey) return wish('outdent')
  if (key === 'ArrowUp' || key === 'ArrowDown') return { do: 'go', by: key === 'ArrowUp' ? -1 : 1 }
  if (key === 'PageUp' || key === 'PageDown') return { do: 'go', by: key === 'PageUp' ? -page : page }
  if (PLAIN[key]) return wish(PLAIN[key])
  if (key.length !== 1 || key === ' ') return null
  const letter = onCell ? undefined : LETTERS[key.toLowerCase()]
  return letter ? wish(letter) : { do: 'type', text: key }
}

/** Whether a wish changes nothing, so that a person without the right may have it. */
export function isLooking({ do: what }: TreeWish): boolean {
  return what === 'go' || LOOKS.has(what)
}

/** Where a wish that only looks takes the cursor, and which group it folds or unfolds. */
export function lookFrom(
  lines: readonly TreeLine[],
  cursor: TreeCursor,
  wished: TreeWish,
  folded: ReadonlySet<number>,
): { readonly cursor?: TreeCursor; readonly fold?: number } {
  const at = Math.max(
    0,
    lines.findIndex(({ node }) => node.id === cursor.at),
  )
  const line = lines[at]!
  const row = (node: EditNode | null | undefined): { cursor?: TreeCursor } =>
    node ? { cursor: { at: node.id, cell: null, typing: null } } : {}
  if (wished.do === 'go') return row(lines[Math.min(lines.length - 1, Math.max(0, at + wished.by))]?.node)
  if (wished.do === 'first') return row(lines[0]?.node)
  if (wished.do === 'last') return row(lines.at(-1)?.node)
  const { node, parent } = line
  if (node.kind !== 'test') {
    const isFolded = folded.has(node.id)
    if (wished.do === 'in') return isFolded ? { fold: node.id } : row(node.of[0])
    return isFolded || node.of.length === 0 ? row(parent) : { fold: node.id }
  }
  const cell = wished.do === 'in' ? nextCell(node.test, cursor.cell) : previousCell(node.test, cursor.cell)
  return cell === 'row' ? (cursor.cell === null ? row(parent) : row(node)) : { cursor: { at: node.id, cell, typing: null } }
}

function nextCell(test: Test, cell: Cell | null): Cell {
  return cell === null ? 'field' : (besideCell(test, cell, 1) ?? cell)
}

function previousCell(test: Test, cell: Cell | null): Cell | 'row' {
  return cell === null ? 'row' : (besideCell(test, cell, -1) ?? 'row')
}
