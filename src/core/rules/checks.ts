import { type Condition, inOrder, type Rule, testsOf } from './condition.ts'
import { problemOf, type TestProblem } from './evaluate.ts'
import type { RuleField } from './field.ts'
import { canBeMet, implies } from './satisfiable.ts'

/** Something about a rule that a person should know before it is saved. */
export interface RuleFinding {
  readonly rule: string
  readonly kind:
    | TestProblem
    /** The rule has no test at all. */
    | 'empty'
    /** No row can meet it: its tests contradict each other. */
    | 'never-met'
    /** Every row meets it, those without a value too. */
    | 'always-met'
    /** A part adds nothing: the rest of its group says it already, or makes it impossible. */
    | 'dead-part'
    /** Every row that it would exclude is excluded by an earlier rule, so that it is never credited. */
    | 'shadowed'
    /** It excludes exactly the rows of another one. */
    | 'duplicate'
    | 'same-name'
  /** Numbers of the parts on the way to what is meant, from the rule's own condition down; empty for the whole. */
  readonly path: readonly number[]
  /** The other rule, for shadowed, duplicate and same-name. */
  readonly other: string | null
}

/** What is wrong with rules, without a row: everything that can be told from the rules alone. */
export function checkRules(rules: readonly Rule[], fields: readonly RuleField[]): readonly RuleFinding[] {
  const ordered = inOrder(rules)
  const single = new Map(ordered.map(rule => [rule.id, checkRule(rule, fields)]))
  // Comparing with a rule that cannot be used itself would say nothing.
  const usable = ordered.filter(({ id }) => single.get(id)!.every(({ kind }) => kind === 'dead-part'))
  return [...[...single.values()].flat(), ...sameNames(ordered), ...compared(usable, fields)]
}

function checkRule(rule: Rule, fields: readonly RuleField[]): readonly RuleFinding[] {
  const finding = (kind: RuleFinding['kind'], path: readonly number[] = []): RuleFinding => ({
    rule: rule.id,
    kind,
    path,
    other: null,
  })
  if (testsOf(rule.when).length === 0) return [finding('empty')]
  const unusable = unusableParts(rule.when, fields)
  if (unusable.length > 0) return unusable.map(({ problem, path }) => finding(problem, path))
  if (canBeMet(rule.when, fields) === 'no') return [finding('never-met')]
  if (canBeMet({ kind: 'not', of: rule.when }, fields) === 'no') return [finding('always-met')]
  return deadParts(rule.when, fields, []).map(path => finding('dead-part', path))
}

/** The tests of a condition that cannot be used, with the way to each: numbers of the parts from the condition down. */
export function unusableParts(
  condition: Condition,
  fields: readonly RuleField[],
  path: readonly number[] = [],
): readonly { readonly problem: TestProblem; readonly path: readonly number[] }[] {
  if (condition.kind === 'test') {
    const problem = problemOf(condition, fields)
    return problem ? [{ problem, path }] : []
  }
  const parts = condition.kind === 'not' ? [condition.of] : condition.of
  return parts.flatMap((part, at) => unusableParts(part, fields, [...path, at]))
}

/** Parts that could be taken out without changing which rows meet the whole. */
function deadParts(condition: Condition, fields: readonly RuleField[], path: readonly number[]): readonly (readonly number[])[] {
  if (condition.kind === 'test') return []
  if (condition.kind === 'not') return deadParts(condition.of, fields, [...path, 0])
  const { kind, of } = condition
  const dead: (readonly number[])[] = []
  const left = of.map((part, at) => ({ part, at }))
  // From the last one on, so that of two equal parts the later is named.
  for (const one of left.toReversed()) {
    const others = left.filter(other => other !== one).map(({ part }) => part)
    if (others.length === 0 || !isDead(one.part, { kind, of: others }, fields)) continue
    dead.push([...path, one.at])
    left.splice(left.indexOf(one), 1)
  }
  return [...dead, ...left.flatMap(({ part, at }) => deadParts(part, fields, [...path, at]))]
}

function isDead(part: Condition, others: Extract<Condition, { kind: 'all' | 'any' }>, fields: readonly RuleField[]): boolean {
  return others.kind === 'all' ? implies(others, part, fields) : implies(part, others, fields)
}

function sameNames(rules: readonly Rule[]): readonly RuleFinding[] {
  const first = new Map<string, string>()
  return rules.flatMap(({ id, name }): RuleFinding[] => {
    const plain = name.normalize('NFC').trim().toLowerCase()
    const other = first.get(plain)
    if (other === undefined) {
      first.set(plain, id)
      return []
    }
    return [{ rule: id, kind: 'same-name', path: [], other }]
  })
}

/** Each active rule against the earlier ones. */
function compared(usable: readonly Rule[], fields: readonly RuleField[]): readonly RuleFinding[] {
  const active = usable.filter(rule => rule.active)
  return active.flatMap((rule, at): RuleFinding[] => {
    const earlier = active.slice(0, at)
    const same = earlier.find(({ when }) => implies(rule.when, when, fields) && implies(when, rule.when, fields))
    if (same) return [{ rule: rule.id, kind: 'duplicate', path: [], other: same.id }]
    const wider = earlier.find(({ when }) => implies(rule.when, when, fields))
    if (wider) return [{ rule: rule.id, kind: 'shadowed', path: [], other: wider.id }]
    // Several together may cover what none covers alone.
    const together = sharing(rule, earlier)
    return together.length > 1 && implies(rule.when, { kind: 'any', of: together.map(({ when }) => when) }, fields)
      ? [{ rule: rule.id, kind: 'shadowed', path: [], other: together[0]!.id }]
      : []
  })
}

/** Rules that can take rows from this one at all: they speak about a field of it. */
function sharing(rule: Rule, others: readonly Rule[]): readonly Rule[] {
  const mine = new Set(testsOf(rule.when).map(({ field }) => field.toLowerCase()))
  return others.filter(({ when }) => testsOf(when).some(({ field }) => mine.has(field.toLowerCase())))
}
