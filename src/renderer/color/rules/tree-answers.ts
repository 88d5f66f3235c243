import { COLOR_FIELDS } from '../../../core/color/color-columns.ts'
import { explain, type Trace } from '../../../core/rules/evaluate.ts'
import { conditionOf, type EditNode, type EditTree } from '../../../core/rules/tree-edit.ts'
import type { Cells } from './row-cells.tsx'
import type { Answer } from './tree-row.tsx'

/** What each row of the tree says of a row of data; null where the rule cannot be used as it stands. */
export function answersOf(tree: EditTree, cells: Cells): ReadonlyMap<number, Answer> | null {
  const answers = new Map<number, Answer>()
  const walk = (node: EditNode, trace: Trace): void => {
    // Negations stand around the row in the answer, and on the row in the tree.
    let inner = trace
    for (let k = 0; k < node.nots && inner.kind === 'not'; k++) inner = inner.of[0]!
    answers.set(node.id, { met: trace.met, actual: inner.kind === 'test' ? inner.actual : undefined })
    if (node.kind === 'test' || inner.kind === 'test') return
    for (const [k, part] of node.of.entries()) walk(part, inner.of[k]!)
  }
  try {
    walk(tree.root, explain(conditionOf(tree.root), cells, COLOR_FIELDS))
    return answers
  } catch (fault) {
    if (fault instanceof RangeError) return null
    throw fault
  }
}
