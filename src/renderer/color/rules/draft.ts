import type { KeptRule, Preset, RuleBook, RuleCase } from '../../../contract/color-rules.ts'
import type { Condition, Rule } from '../../../core/rules/condition.ts'
import { conditionOf, type EditTree, treeOf } from '../../../core/rules/tree-edit.ts'

/** A rule or a preset as it is kept; a preset has no cases and is never active by itself. */
export interface Entity {
  readonly of: 'rule' | 'preset'
  readonly id: string
  readonly name: string
  readonly active: boolean
  readonly priority: number
  readonly when: Condition
  readonly cases: readonly RuleCase[]
  readonly revision: number
}

/** What of a rule is edited, as the panel keeps it until it is saved; plain JSON. */
export interface Draft {
  readonly of: Entity['of']
  readonly id: string
  readonly name: string
  readonly when: Condition
  readonly cases: readonly RuleCase[]
  /** The rule when the draft began; null for one that was never saved. */
  readonly base: Entity | null
}

/** A draft while it is edited. */
export interface EditState {
  readonly name: string
  readonly tree: EditTree
  readonly cases: readonly RuleCase[]
}

const ruleEntity = (rule: KeptRule): Entity => ({ of: 'rule', ...rule })
const presetEntity = (preset: Preset): Entity => ({ of: 'preset', active: false, priority: 0, cases: [], ...preset })

/** The rule or preset of that id; null where there is none any more. */
export function entityOf(book: RuleBook, id: string): Entity | null {
  const rule = book.rules.find(one => one.id === id)
  if (rule) return ruleEntity(rule)
  const preset = book.presets.find(one => one.id === id)
  return preset ? presetEntity(preset) : null
}

export function newDraft(of: Entity['of'], id: string, name: string, when?: Condition, cases: readonly RuleCase[] = []): Draft {
  return { of, id, name, when: when ?? { kind: 'all', of: [] }, cases, base: null }
}

export function draftOf(entity: Entity): Draft {
  return { of: entity.of, id: entity.id, name: entity.name, when: entity.when, cases: entity.cases, base: entity }
}

export function stateOf(draft: Draft): EditState {
  return { name: draft.name, tree: treeOf(draft.when), cases: draft.cases }
}

/** The draft with what was edited. */
export function withState(draft: Draft, { name, tree, cases }: EditState): Draft {
  return { ...draft, name, when: conditionOf(tree.root), cases }
}

type Content = Pick<Entity, 'name' | 'when' | 'cases'>

/** A value as text, the same in whichever order its parts were written: what came over the wire has an order of its own. */
export function plainText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

const texts = new WeakMap<Condition, string>()

/** The text of a condition. Parts are known by what they are, so that after an edit only the way to it is written anew. */
function conditionText(when: Condition): string {
  const known = texts.get(when)
  if (known !== undefined) return known
  const text =
    when.kind === 'test'
      ? JSON.stringify([when.field, when.operator, when.value, when.value2 ?? null])
      : `${when.kind}(${when.kind === 'not' ? conditionText(when.of) : when.of.map(conditionText).join()})`
  texts.set(when, text)
  return text
}

/** A test alone as the tree has it: in a group of its own. */
function grouped(when: Condition): Condition {
  let inner = when
  while (inner.kind === 'not') inner = inner.of
  return inner.kind === 'test' ? { kind: 'all', of: [when] } : when
}

/** Whether two conditions are the same, part for part. */
export function isSameCondition(a: Condition, b: Condition): boolean {
  return a === b || conditionText(grouped(a)) === conditionText(grouped(b))
}

/** Whether two say the same, whatever revision they have. */
export function isSameContent(a: Content, b: Content): boolean {
  return (
    a.name === b.name && isSameCondition(a.when, b.when) && (a.cases === b.cases || plainText(a.cases) === plainText(b.cases))
  )
}

/** Whether saving would change something. */
export function isDirty(draft: Draft): boolean {
  return draft.base === null || !isSameContent(draft, draft.base)
}

/** Whether the rule says another thing than when the draft began; its place and being on or off do not count. */
export function isConflict(draft: Draft, kept: Entity | null): boolean {
  return draft.base !== null && kept !== null && kept.revision !== draft.base.revision && !isSameContent(kept, draft.base)
}

/** Where a rule that was never saved comes: behind all others. */
function lastPriority(book: RuleBook): number {
  return Math.min(1_000_000, 1 + book.rules.reduce((most, { priority }) => Math.max(most, priority), 0))
}

/** The rule as a draft would save it. */
export function ruleOf(draft: Draft, book: RuleBook): KeptRule {
  const kept = book.rules.find(({ id }) => id === draft.id)
  return {
    id: draft.id,
    name: draft.name.trim(),
    priority: kept?.priority ?? lastPriority(book),
    active: kept?.active ?? true,
    when: draft.when,
    cases: [...draft.cases],
    revision: kept?.revision ?? 0,
  }
}

/** All rules as they would be with these drafts saved. */
export function rulesWith(book: RuleBook, drafts: readonly Draft[]): readonly Rule[] {
  const changed = new Map(drafts.filter(({ of }) => of === 'rule').map(draft => [draft.id, draft]))
  const kept = book.rules.map(rule => {
    const draft = changed.get(rule.id)
    return plainRule(draft ? ruleOf(draft, book) : rule)
  })
  const made = [...changed.values()].filter(({ id }) => !book.rules.some(rule => rule.id === id))
  return [...kept, ...made.map((draft, k) => ({ ...plainRule(ruleOf(draft, book)), priority: lastPriority(book) + k }))]
}

/** A rule without its cases and revision: what files and the engine see. */
export function plainRule({ id, name, priority, active, when }: Rule): Rule {
  return { id, name: name.trim() || '?', priority, active, when }
}

/**
 * New priorities that put a rule one place up or down; only of those rules that need another one.
 *
 * Priorities that are all different are handed on, so that gaps that a person left stay.
 */
export function movedPriorities(
  rules: readonly Pick<Rule, 'id' | 'priority'>[],
  id: string,
  by: -1 | 1,
): readonly { readonly id: string; readonly priority: number }[] {
  const place = rules.findIndex(rule => rule.id === id)
  const to = place + by
  if (place < 0 || to < 0 || to >= rules.length) return []
  const ids = rules.map(rule => rule.id)
  ids[place] = rules[to]!.id
  ids[to] = id
  const given = rules.map(({ priority }) => priority)
  const isApart = given.every((priority, k) => k === 0 || priority > given[k - 1]!)
  const before = new Map(rules.map(rule => [rule.id, rule.priority]))
  return ids
    .map((one, k) => ({ id: one, priority: isApart ? given[k]! : k + 1 }))
    .filter(({ id: one, priority }) => before.get(one) !== priority)
}
