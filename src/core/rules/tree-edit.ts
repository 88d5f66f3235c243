import type { Condition, Test } from './condition.ts'

interface EditBase {
  /** Stays the same while the node is edited and moved. */
  readonly id: number
  /** How often it is negated; more than once only where a file says so. */
  readonly nots: number
}
/** A test in the tree. */
export interface EditTest extends EditBase {
  readonly kind: 'test'
  readonly test: Test
}
/** A group in the tree; what it holds may be none. */
export interface EditGroup extends EditBase {
  readonly kind: 'all' | 'any'
  readonly of: readonly EditNode[]
}
/** A part of a condition with a name, so that a page can follow it through edits. */
export type EditNode = EditTest | EditGroup

/** A condition while it is edited: the root is a group, so that there is always a place to add to. */
export interface EditTree {
  readonly root: EditGroup
  /** Number of the next node that is made. */
  readonly next: number
}

/** A tree after an edit, and the node that the keyboard goes to. */
export interface Edited {
  readonly tree: EditTree
  readonly at: number
}

/** One row of the tree as it is read from above. */
export interface TreeLine {
  readonly node: EditNode
  readonly depth: number
  /** Null for the root. */
  readonly parent: EditGroup | null
  readonly place: number
}

/** A test that says nothing yet. */
export const BLANK_TEST: Test = { kind: 'test', field: '', operator: 'is', value: '' }

/** The tree of a condition; a test alone stands in a group of its own, which means the same. */
export function treeOf(condition: Condition): EditTree {
  const numbered = numbering(1)
  const read = numbered.nodeOf(condition)
  const root: EditGroup = read.kind === 'test' ? { id: 0, kind: 'all', nots: 0, of: [read] } : read
  return { root, next: numbered.next() }
}

function numbering(first: number) {
  let next = first
  const nodeOf = (condition: Condition, nots = 0): EditNode => {
    if (condition.kind === 'not') return nodeOf(condition.of, nots + 1)
    const id = next++
    if (condition.kind === 'test') return { id, kind: 'test', nots, test: condition }
    return { id, kind: condition.kind, nots, of: condition.of.map(part => nodeOf(part)) }
  }
  return { nodeOf, next: () => next }
}

const made = new WeakMap<EditNode, Condition>()

/** The condition of a node. Unchanged parts of a tree give the very same object again, so that an edit costs its own path only. */
export function conditionOf(node: EditNode): Condition {
  const known = made.get(node)
  if (known) return known
  let condition: Condition = node.kind === 'test' ? node.test : { kind: node.kind, of: node.of.map(conditionOf) }
  for (let k = 0; k < node.nots; k++) condition = { kind: 'not', of: condition }
  made.set(node, condition)
  return condition
}

/** The rows of a tree; what stands under a folded group is left out. */
export function treeLines(tree: EditTree, folded: ReadonlySet<number>): readonly TreeLine[] {
  const lines: TreeLine[] = []
  const walk = (node: EditNode, depth: number, parent: EditGroup | null, place: number) => {
    lines.push({ node, depth, parent, place })
    if (node.kind === 'test' || folded.has(node.id)) return
    for (let k = 0; k < node.of.length; k++) walk(node.of[k]!, depth + 1, node, k)
  }
  walk(tree.root, 0, null, 0)
  return lines
}

/** The groups from the root down to a node, the node last; null where it is not in the tree. */
export function wayTo(tree: EditTree, id: number): readonly EditNode[] | null {
  const walk = (node: EditNode): EditNode[] | null => {
    if (node.id === id) return [node]
    if (node.kind === 'test') return null
    for (const part of node.of) {
      const found = walk(part)
      if (found) return [node, ...found]
    }
    return null
  }
  return walk(tree.root)
}

/** The node at a path of a finding, which counts negations as steps. */
export function nodeAt(tree: EditTree, path: readonly number[]): EditNode {
  let node: EditNode = tree.root
  let passed = 0
  for (const step of path) {
    if (passed < node.nots) {
      passed++
      continue
    }
    const next: EditNode | undefined = node.kind === 'test' ? undefined : node.of[step]
    if (!next) return node
    node = next
    passed = 0
  }
  return node
}

type Change = (node: EditNode) => EditNode | null | readonly EditNode[]

/** Puts something else in the place of a node; null takes it out. Only the groups above it are made anew. */
function replaced(tree: EditTree, id: number, change: Change): EditTree {
  const walk = (node: EditNode): readonly EditNode[] => {
    if (node.id === id) {
      const next = change(node)
      return next === null ? [] : Array.isArray(next) ? next : [next as EditNode]
    }
    if (node.kind === 'test') return [node]
    let isSame = true
    const of: EditNode[] = []
    for (const part of node.of) {
      const next = walk(part)
      if (next.length !== 1 || next[0] !== part) isSame = false
      of.push(...next)
    }
    return [isSame ? node : { ...node, of }]
  }
  const [root] = walk(tree.root)
  return root && root.kind !== 'test' && root !== tree.root ? { ...tree, root } : tree
}

/** Adds nodes below a node: in a group as its first parts, else behind it. */
function addBelow(tree: EditTree, id: number, nodes: readonly EditNode[]): EditTree {
  return replaced(tree, id, node => (node.kind === 'test' ? [node, ...nodes] : { ...node, of: [...nodes, ...node.of] }))
}

/** A new test below a node. */
export function addTest(tree: EditTree, id: number, test: Test = BLANK_TEST): Edited {
  const node: EditTest = { id: tree.next, kind: 'test', nots: 0, test }
  return { tree: addBelow({ ...tree, next: tree.next + 1 }, id, [node]), at: node.id }
}

const other = (kind: EditGroup['kind']): EditGroup['kind'] => (kind === 'all' ? 'any' : 'all')

/** A new group with a new test below a node; of the other kind than the group around it, since of the same it would say nothing. */
export function addGroup(tree: EditTree, id: number): Edited {
  const way = wayTo(tree, id)
  const around = way?.findLast(node => node.kind !== 'test') as EditGroup | undefined
  const test: EditTest = { id: tree.next + 1, kind: 'test', nots: 0, test: BLANK_TEST }
  const group: EditGroup = { id: tree.next, kind: other(around?.kind ?? 'all'), nots: 0, of: [test] }
  return { tree: addBelow({ ...tree, next: tree.next + 2 }, id, [group]), at: test.id }
}

/** The kind of a group, or of the group around a test. */
export function setKind(tree: EditTree, id: number, kind: EditGroup['kind']): Edited {
  const group = wayTo(tree, id)?.findLast(node => node.kind !== 'test')
  return { tree: group ? replaced(tree, group.id, node => ({ ...(node as EditGroup), kind })) : tree, at: id }
}

/** Negates a node, or takes a negation from it. */
export function toggleNot(tree: EditTree, id: number): Edited {
  return { tree: replaced(tree, id, node => ({ ...node, nots: node.nots === 0 ? 1 : node.nots - 1 })), at: id }
}

/** Changes parts of a test. */
export function setTest(tree: EditTree, id: number, patch: Partial<Omit<Test, 'kind'>>): Edited {
  const change: Change = node => (node.kind === 'test' ? { ...node, test: { ...node.test, ...patch } } : node)
  return { tree: replaced(tree, id, change), at: id }
}

/** Takes a node out, with the groups that are empty without it. The root only loses what it holds. */
export function removeNode(tree: EditTree, id: number): Edited {
  const way = wayTo(tree, id)
  if (!way) return { tree, at: id }
  if (way.length === 1) return { tree: replaced(tree, id, root => ({ ...(root as EditGroup), of: [] })), at: id }
  // The highest group that holds nothing else goes as a whole.
  let k = way.length - 1
  while (k > 1 && (way[k - 1] as EditGroup).of.length === 1) k--
  const parent = way[k - 1] as EditGroup
  const place = parent.of.indexOf(way[k]!)
  const next = parent.of[place + 1] ?? parent.of[place - 1] ?? parent
  return { tree: replaced(tree, way[k]!.id, () => null), at: next.id }
}

/** Puts a node into the group before it, or into a new group of its own. */
export function indent(tree: EditTree, id: number): Edited {
  const way = wayTo(tree, id)
  if (!way || way.length === 1) return { tree, at: id }
  const node = way.at(-1)!
  const parent = way.at(-2) as EditGroup
  const before = parent.of[parent.of.indexOf(node) - 1]
  if (before && before.kind !== 'test') {
    const without = replaced(tree, id, () => null)
    return { tree: replaced(without, before.id, group => ({ ...(group as EditGroup), of: [...before.of, node] })), at: id }
  }
  const group: EditGroup = { id: tree.next, kind: other(parent.kind), nots: 0, of: [node] }
  return { tree: replaced({ ...tree, next: tree.next + 1 }, id, () => group), at: id }
}

/** Lifts a node out of its group, behind it; a group that is empty then goes. */
export function outdent(tree: EditTree, id: number): Edited {
  const way = wayTo(tree, id)
  if (!way || way.length < 3) return { tree, at: id }
  return { tree: lifted(tree, way, 'after'), at: id }
}

function lifted(tree: EditTree, way: readonly EditNode[], side: 'before' | 'after'): EditTree {
  const node = way.at(-1)!
  const parent = way.at(-2) as EditGroup
  const of = parent.of.filter(part => part !== node)
  const rest: readonly EditNode[] = of.length === 0 ? [] : [{ ...parent, of }]
  return replaced(tree, parent.id, () => (side === 'before' ? [node, ...rest] : [...rest, node]))
}

/** Moves a node one place up or down; from the end of its group it leaves the group. */
export function moveNode(tree: EditTree, id: number, by: -1 | 1): Edited {
  const way = wayTo(tree, id)
  if (!way || way.length === 1) return { tree, at: id }
  const node = way.at(-1)!
  const parent = way.at(-2) as EditGroup
  const place = parent.of.indexOf(node)
  const to = place + by
  if (to < 0 || to >= parent.of.length)
    return { tree: way.length < 3 ? tree : lifted(tree, way, by < 0 ? 'before' : 'after'), at: id }
  const of = [...parent.of]
  of[place] = of[to]!
  of[to] = node
  return { tree: replaced(tree, parent.id, group => ({ ...(group as EditGroup), of })), at: id }
}

/** Puts a node before or behind another one, or into a group; nothing happens where that would be inside of itself. */
export function placeNode(tree: EditTree, id: number, target: number, where: 'before' | 'after' | 'into'): Edited {
  const way = wayTo(tree, target)
  const node = wayTo(tree, id)?.at(-1)
  if (!way || !node || id === tree.root.id || way.some(one => one.id === id)) return { tree, at: id }
  if (way.length === 1 && where !== 'into') return { tree, at: id }
  const kept = removeNode(tree, id).tree
  // Its old group may be gone with it, and the target in it.
  if (!wayTo(kept, target)) return { tree, at: id }
  const change: Change = one => {
    if (where === 'into' && one.kind !== 'test') return { ...one, of: [node, ...one.of] }
    return where === 'before' ? [node, one] : [one, node]
  }
  return { tree: replaced(kept, target, change), at: id }
}

/** Adds a condition from elsewhere below a node. */
export function insertCondition(tree: EditTree, id: number, condition: Condition): Edited {
  const numbered = numbering(tree.next)
  const node = numbered.nodeOf(condition)
  return { tree: addBelow({ ...tree, next: numbered.next() }, id, [node]), at: node.id }
}
