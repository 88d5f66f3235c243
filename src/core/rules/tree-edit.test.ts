import { describe, expect, test } from 'vitest'
import { createRandom } from '../kit/random.ts'
import type { Condition, Test } from './condition.ts'
import { historyOf, redone, stepped, undone } from './edit-history.ts'
import { judgeCases } from './rule-cases.ts'
import {
  addGroup,
  addTest,
  conditionOf,
  type EditNode,
  type EditTree,
  indent,
  insertCondition,
  moveNode,
  nodeAt,
  outdent,
  placeNode,
  removeNode,
  setKind,
  setTest,
  toggleNot,
  treeLines,
  treeOf,
  wayTo,
} from './tree-edit.ts'

const is = (field: string, value: string): Test => ({ kind: 'test', field, operator: 'is', value })
const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(value => is('SECTOR', value)) as [Test, Test, Test, Test]
const all = (...of: Condition[]): Condition => ({ kind: 'all', of })
const any = (...of: Condition[]): Condition => ({ kind: 'any', of })
const not = (of: Condition): Condition => ({ kind: 'not', of })
const NONE: ReadonlySet<number> = new Set()

const idOf = (tree: EditTree, value: string) =>
  treeLines(tree, NONE).find(({ node }) => node.kind === 'test' && node.test.value === value)!.node.id
const whole = (tree: EditTree) => conditionOf(tree.root)
/** The tree in short, as `all(a any(b c))`. */
function short(condition: Condition): string {
  if (condition.kind === 'test') return condition.value || '_'
  if (condition.kind === 'not') return `!${short(condition.of)}`
  return `${condition.kind}(${condition.of.map(short).join(' ')})`
}
const inShort = (edited: { tree: EditTree }) => short(whole(edited.tree))

describe('a tree of conditions while it is edited', () => {
  test('a condition comes back as it was, with every negation', () => {
    for (const condition of [all(a, not(any(b, not(c)))), any(not(not(a)), not(not(not(all(b))))), all(), not(all(a))])
      expect(whole(treeOf(condition))).toEqual(condition)
    expect(short(whole(treeOf(a)))).toBe('all(a)')
    expect(short(whole(treeOf(not(a))))).toBe('all(!a)')
  })

  test('a new test stands below the row where the keyboard is', () => {
    const tree = treeOf(all(a, any(b, c)))
    expect(inShort(addTest(tree, idOf(tree, 'a')))).toBe('all(a _ any(b c))')
    expect(inShort(addTest(tree, tree.root.id))).toBe('all(_ a any(b c))')
    const added = addTest(tree, idOf(tree, 'b'))
    expect(inShort(added)).toBe('all(a any(b _ c))')
    expect(wayTo(added.tree, added.at)?.at(-1)).toMatchObject({ kind: 'test', test: { field: '' } })
  })

  test('a new group is of the other kind than the one around it, with a test to fill', () => {
    const tree = treeOf(all(a, any(b)))
    expect(inShort(addGroup(tree, idOf(tree, 'a')))).toBe('all(a any(_) any(b))')
    expect(inShort(addGroup(tree, idOf(tree, 'b')))).toBe('all(a any(b all(_)))')
  })

  test('indenting wraps a row, or joins it to the group before it; lifting takes that back', () => {
    const tree = treeOf(all(a, b, any(c), d))
    const wrapped = indent(tree, idOf(tree, 'b'))
    expect(inShort(wrapped)).toBe('all(a any(b) any(c) d)')
    expect(inShort(outdent(wrapped.tree, wrapped.at))).toBe('all(a b any(c) d)')
    const joined = indent(tree, idOf(tree, 'd'))
    expect(inShort(joined)).toBe('all(a b any(c d))')
    expect(inShort(outdent(joined.tree, joined.at))).toBe('all(a b any(c) d)')
    expect(outdent(tree, idOf(tree, 'a')).tree).toBe(tree)
    expect(indent(tree, tree.root.id).tree).toBe(tree)
  })

  test('the kind of a row is that of its group, and negation is its own', () => {
    const tree = treeOf(all(a, any(b, c)))
    expect(inShort(setKind(tree, idOf(tree, 'b'), 'all'))).toBe('all(a all(b c))')
    expect(inShort(setKind(tree, tree.root.id, 'any'))).toBe('any(a any(b c))')
    const negated = toggleNot(tree, idOf(tree, 'b'))
    expect(inShort(negated)).toBe('all(a any(!b c))')
    expect(inShort(toggleNot(negated.tree, negated.at))).toBe('all(a any(b c))')
  })

  test('removing takes empty groups along and leaves the keyboard beside', () => {
    const tree = treeOf(all(a, any(all(b)), c))
    const removed = removeNode(tree, idOf(tree, 'b'))
    expect(inShort(removed)).toBe('all(a c)')
    expect(removed.at).toBe(idOf(tree, 'c'))
    expect(removeNode(tree, idOf(tree, 'c')).at).toBe(nodeAt(tree, [1]).id)
    expect(inShort(removeNode(tree, tree.root.id))).toBe('all()')
  })

  test('moving passes neighbours and leaves a group at its end', () => {
    const tree = treeOf(all(a, any(b, c), d))
    expect(inShort(moveNode(tree, idOf(tree, 'd'), -1))).toBe('all(a d any(b c))')
    expect(inShort(moveNode(tree, idOf(tree, 'b'), 1))).toBe('all(a any(c b) d)')
    expect(inShort(moveNode(tree, idOf(tree, 'b'), -1))).toBe('all(a b any(c) d)')
    expect(inShort(moveNode(tree, idOf(tree, 'c'), 1))).toBe('all(a any(b) c d)')
    expect(moveNode(tree, idOf(tree, 'a'), -1).tree).toBe(tree)
  })

  test('dragging puts a row anywhere but into itself', () => {
    const tree = treeOf(all(a, any(b, c), d))
    const group = nodeAt(tree, [1]).id
    expect(inShort(placeNode(tree, idOf(tree, 'a'), group, 'into'))).toBe('all(any(a b c) d)')
    expect(inShort(placeNode(tree, idOf(tree, 'd'), idOf(tree, 'b'), 'before'))).toBe('all(a any(d b c))')
    expect(inShort(placeNode(tree, group, idOf(tree, 'd'), 'after'))).toBe('all(a d any(b c))')
    expect(placeNode(tree, group, idOf(tree, 'b'), 'after').tree).toBe(tree)
    expect(placeNode(tree, tree.root.id, idOf(tree, 'b'), 'after').tree).toBe(tree)
  })

  test('a pasted part gets names of its own', () => {
    const tree = treeOf(all(a))
    const pasted = insertCondition(tree, idOf(tree, 'a'), not(any(b, a)))
    expect(inShort(pasted)).toBe('all(a !any(b a))')
    const ids = treeLines(pasted.tree, NONE).map(({ node }) => node.id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('a finding points at the row that it is about, past negations', () => {
    const tree = treeOf(all(a, not(any(b, not(c)))))
    expect(nodeAt(tree, [1, 0, 1, 0])).toMatchObject({ kind: 'test', test: { value: 'c' } })
    expect(nodeAt(tree, [1, 0, 0])).toMatchObject({ kind: 'test', test: { value: 'b' } })
    expect(nodeAt(tree, [1])).toMatchObject({ kind: 'any' })
    expect(nodeAt(tree, [])).toBe(tree.root)
  })

  test('an edit makes only the way to it anew', () => {
    const tree = treeOf(all(any(a, b), any(c, d)))
    const { tree: edited } = setTest(tree, idOf(tree, 'a'), { value: 'e' })
    expect(edited.root.of[1]).toBe(tree.root.of[1])
    expect(conditionOf(edited.root.of[1]!)).toBe(conditionOf(tree.root.of[1]!))
    expect(inShort({ tree: edited })).toBe('all(any(e b) any(c d))')
  })

  test('5,000 edits by chance keep names apart and groups filled', () => {
    const random = createRandom(7)
    let tree = treeOf(all(a, any(b, c), d))
    const pick = <T>(from: readonly T[]) => from[Math.floor(random.uniform() * from.length)]!
    for (let turn = 0; turn < 5000; turn++) {
      const nodes = treeLines(tree, NONE).map(({ node }) => node)
      const one = pick(nodes).id
      const edits = [
        () => addTest(tree, one, pick([a, b, c])),
        () => addGroup(tree, one),
        () => indent(tree, one),
        () => outdent(tree, one),
        () => moveNode(tree, one, pick([-1, 1] as const)),
        () => toggleNot(tree, one),
        () => setKind(tree, one, pick(['all', 'any'] as const)),
        () => placeNode(tree, one, pick(nodes).id, pick(['before', 'after', 'into'] as const)),
        ...(nodes.length > 4 ? [() => removeNode(tree, one === tree.root.id ? nodes.at(-1)!.id : one)] : []),
      ]
      const counted = nodes.filter(({ kind }) => kind === 'test').length
      const choice = nodes.length > 80 ? edits.length - 1 : Math.floor(random.uniform() * edits.length)
      const edited = edits[choice]!()
      tree = edited.tree
      const lines = treeLines(tree, NONE)
      expect(new Set(lines.map(({ node }) => node.id)).size).toBe(lines.length)
      expect(wayTo(tree, edited.at)).not.toBeNull()
      const isHollow = ({ node }: { node: EditNode }) => node.kind !== 'test' && node.of.length === 0 && node !== tree.root
      expect(lines.some(isHollow)).toBe(false)
      // Only adding and removing change how many tests there are.
      const tests = lines.filter(({ node }) => node.kind === 'test').length
      if (choice >= 2 && choice < 8) expect(tests).toBe(counted)
      expect(whole(treeOf(whole(tree)))).toEqual(whole(tree))
    }
  })
})

describe('going back', () => {
  test('every step comes back and goes forth again', () => {
    let history = historyOf(0)
    for (let k = 1; k <= 2000; k++) history = stepped(history, k)
    for (let k = 0; k < 2000; k++) history = undone(history)
    expect(history.present).toBe(0)
    expect(undone(history)).toBe(history)
    for (let k = 0; k < 2000; k++) history = redone(history)
    expect(history.present).toBe(2000)
  })
  test('the letters of a word are one step, and a new step ends what was undone', () => {
    let history = stepped(stepped(stepped(historyOf(''), 'm', 'value 1'), 'me', 'value 1'), 'mez', 'value 1')
    history = stepped(history, 'mez 5', 'value 2')
    expect(undone(history).present).toBe('mez')
    expect(undone(undone(history)).present).toBe('')
    expect(redone(stepped(undone(history), 'other')).present).toBe('other')
  })
})

describe('cases of a rule', () => {
  const fields = [
    { name: 'SECTOR', type: 'text' },
    { name: 'PX', type: 'decimal' },
  ] as const
  test('says what the rule makes of each, and which tests none of them meets', () => {
    const dear: Test = { kind: 'test', field: 'PX', operator: 'greater', value: '100' }
    const verdicts = judgeCases(
      all(a, not(any(dear, b))),
      [
        { SECTOR: 'a', PX: '90' },
        { SECTOR: 'A', PX: '101' },
      ],
      fields,
    )
    expect(verdicts).toEqual({ excluded: [true, false], tests: 3, unmet: [2] })
  })
  test('says nothing while the rule cannot be used', () => {
    expect(judgeCases(all(is('NOPE', 'x')), [{}], fields)).toEqual({ excluded: [null], tests: 0, unmet: [] })
  })
})
