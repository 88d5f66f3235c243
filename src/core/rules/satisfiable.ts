import type { Condition, Test } from './condition.ts'
import { fieldOf } from './evaluate.ts'
import { comparable, type RuleField } from './field.ts'
import { operatorOf } from './operators.ts'

/** A test that has to be met, or that must not be. */
interface Literal {
  readonly test: Test
  readonly field: RuleField
  readonly positive: boolean
}

/** More ways to meet a condition than this are not looked at one by one. */
const MOST_WAYS = 4000

class TooMany extends Error {}

/** The ways to meet a condition, each a list of literals that hold together: its disjunctive normal form. */
function waysOf(condition: Condition, fields: readonly RuleField[], positive: boolean): readonly (readonly Literal[])[] {
  if (condition.kind === 'test') {
    const field = fieldOf(fields, condition.field)
    // Nothing can be said of a field that is not known, and another check says so.
    return field ? [[{ test: condition, field, positive }]] : [[]]
  }
  if (condition.kind === 'not') return waysOf(condition.of, fields, !positive)
  const parts = condition.of.map(part => waysOf(part, fields, positive))
  const isProduct = (condition.kind === 'all') === positive
  if (!isProduct) return limited(parts.flat())
  return parts.reduce<readonly (readonly Literal[])[]>(
    (ways, part) => limited(ways.flatMap(way => part.map(next => [...way, ...next]))),
    [[]],
  )
}

function limited<T>(ways: readonly T[]): readonly T[] {
  if (ways.length > MOST_WAYS) throw new TooMany()
  return ways
}

/**
 * Whether some row can meet a condition: `no` is certain, `yes` means that no contradiction was found, `unknown` that it has too
 * many ways to be met.
 */
export function canBeMet(condition: Condition, fields: readonly RuleField[]): 'yes' | 'no' | 'unknown' {
  try {
    return waysOf(condition, fields, true).some(way => isConsistent(way)) ? 'yes' : 'no'
  } catch (fault) {
    if (fault instanceof TooMany) return 'unknown'
    throw fault
  }
}

/** Whether every row that meets `a` meets `b`; false also where that cannot be told. */
export function implies(a: Condition, b: Condition, fields: readonly RuleField[]): boolean {
  return canBeMet({ kind: 'all', of: [a, { kind: 'not', of: b }] }, fields) === 'no'
}

function isConsistent(way: readonly Literal[]): boolean {
  const byField = new Map<string, Literal[]>()
  for (const literal of way) {
    const list = byField.get(literal.field.name)
    if (list) list.push(literal)
    else byField.set(literal.field.name, [literal])
  }
  return [...byField.values()].every(literals => {
    // A missing value meets no test, so it is what meets only negated ones.
    if (!literals.some(({ positive }) => positive)) return true
    const { type, values } = literals[0]!.field
    const possible = values?.map(value => comparable(type, value)).filter(value => value !== null)
    if (possible) return possible.some(value => literals.every(literal => holds(literal, value)))
    return type === 'text' || type === 'id' ? wordsAgree(literals) : numbersAgree(literals)
  })
}

type Value = bigint | string

function operandsOf({ test, field }: Literal): readonly [Value, Value] {
  const value = comparable(field.type, test.value) as Value
  return [value, test.value2 === undefined ? value : (comparable(field.type, test.value2) as Value)]
}

function holds(literal: Literal, value: Value): boolean {
  const [first, second] = operandsOf(literal)
  const { test } = operatorOf(literal.test.operator) as { test: (...values: unknown[]) => boolean }
  return test(value, first, second) === literal.positive
}

/**
 * Numbers and dates: a set of values is looked through that has one in every stretch between the ends that the tests name, so that
 * where none of them holds, no value does.
 */
function numbersAgree(literals: readonly Literal[]): boolean {
  const { type } = literals[0]!.field
  const ends = [...new Set(literals.flatMap(literal => [...operandsOf(literal)]))]
  if (type === 'date') {
    const dates = (ends as string[]).sort()
    return candidateDates(dates).some(date => literals.every(literal => holds(literal, date)))
  }
  const numbers = (ends as bigint[]).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const near = numbers.flatMap(end => [end - 1n, end, end + 1n])
  return near.some(number => literals.every(literal => holds(literal, number)))
}

/** Each end with the days beside it. */
function candidateDates(dates: readonly string[]): readonly string[] {
  const shifted = (date: string, days: number) => {
    const [year, month, day] = date.split('-').map(Number) as [number, number, number]
    return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10)
  }
  return dates.flatMap(date => [shifted(date, -1), date, shifted(date, 1)])
}

/** Texts: contradictions between whole words, beginnings, ends and parts; where none is found there is taken to be a text. */
function wordsAgree(literals: readonly Literal[]): boolean {
  const exact = literals.filter(({ test, positive }) => positive === (test.operator === 'is') && isWhole(test))
  const wanted = exact.map(literal => operandsOf(literal)[0] as string)
  if (wanted.length > 0) return literals.every(literal => holds(literal, wanted[0] as string))
  const parts = (operator: Test['operator']) =>
    literals.filter(({ test, positive }) => positive && test.operator === operator).map(one => operandsOf(one)[0] as string)
  const [starts, ends, insides] = [parts('starts-with'), parts('ends-with'), parts('contains')]
  const longest = (texts: readonly string[]) => texts.reduce((best, text) => (text.length > best.length ? text : best), '')
  const [start, end] = [longest(starts), longest(ends)]
  if (!starts.every(text => start.startsWith(text)) || !ends.every(text => end.endsWith(text))) return false
  // What every such text has: its beginning, its end, and each part. A test that forbids what is there anyway is a contradiction.
  return literals
    .filter(({ test, positive }) => !positive && !isWhole(test))
    .every(literal => {
      const forbidden = operandsOf(literal)[0] as string
      if (literal.test.operator === 'starts-with') return !start.startsWith(forbidden)
      if (literal.test.operator === 'ends-with') return !end.endsWith(forbidden)
      return ![start, end, ...insides].some(text => text.includes(forbidden))
    })
}

const isWhole = ({ operator }: Test) => operator === 'is' || operator === 'is-not'
