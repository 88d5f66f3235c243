import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkRules, type RuleFinding } from './checks.ts'
import type { Condition, Rule } from './condition.ts'
import { compileCondition } from './evaluate.ts'
import type { RuleField } from './field.ts'
import { readFlat } from './flat.ts'
import { canBeMet } from './satisfiable.ts'

const FIELDS: readonly RuleField[] = [
  { name: 'CUSIP', type: 'id' },
  { name: 'SECTOR', type: 'text' },
  { name: 'SOURCE', type: 'text' },
  { name: 'BIAS', type: 'text', values: ['BID', 'OFFER', 'BWIC TALK', 'BWIC COVER', 'VALUATION'] },
  { name: 'PX', type: 'decimal' },
  { name: 'RANK', type: 'integer' },
  { name: 'DATE', type: 'date' },
]

const OPERATORS: Readonly<Record<string, string>> = {
  '=': 'equal',
  '!=': 'not equal',
  '<': 'less than',
  '>': 'greater than',
  '<=': 'lte',
  '>=': 'gte',
}

/** `SECTOR is CLO`, `PX < 5`, `PX between 1 2`, and `not …`. */
function atom(text: string): Condition {
  const [, not, field, word, rest] = /^(not )?(\S+) (between|is not|is|contains|starts with|ends with|!=|<=|>=|=|<|>) (.*)$/.exec(
    text.trimStart(),
  )!
  const [value, value2] = word === 'between' ? rest!.split(' ') : [rest!]
  const operator = OPERATORS[word as string] ?? (word === 'is' ? 'equal to' : word === 'is not' ? 'not equal to' : word!)
  const { condition, problems } = readFlat(
    [{ type: 'where', column: field!, operator, value: value!, ...(value2 ? { value2 } : {}) }],
    FIELDS,
  )
  // What the flat reader refuses is still a rule that somebody may have written.
  const read: Condition = condition ?? {
    kind: 'test',
    field: field!,
    operator: operator === 'contains' ? 'contains' : 'less',
    value: value!,
  }
  if (problems.length > 0 && condition !== null) throw new Error(text)
  return not ? { kind: 'not', of: read } : read
}

/** Alternatives by `|`, each of tests by `&`. */
function condition(text: string): Condition {
  const ways = text.split('|').map((way): Condition => {
    const tests = way.split('&').map(atom)
    return tests.length === 1 ? tests[0]! : { kind: 'all', of: tests }
  })
  return ways.length === 1 ? ways[0]! : { kind: 'any', of: ways }
}

const setOf = (...texts: readonly string[]): Rule[] =>
  texts.map((text, at) => {
    const [name, rest] = text.includes(': ') ? (text.split(': ') as [string, string]) : [`rule ${at}`, text]
    return { id: `r${at}`, name, priority: at, active: true, when: condition(rest) }
  })
const found = (rules: readonly Rule[]) => checkRules(rules, FIELDS).map(({ kind }) => kind)

/** Sets that somebody wrote wrong, with what is wrong in them. */
const DEFECTIVE: readonly (readonly [RuleFinding['kind'], ...string[]])[] = [
  // Contradictions.
  ['never-met', 'PX < 10 & PX > 20'],
  ['never-met', 'PX < 10 & PX >= 10'],
  ['never-met', 'PX = 5 & PX != 5.0'],
  ['never-met', 'PX = 5 & PX = 6'],
  ['never-met', 'PX between 1 2 & PX between 3 4'],
  ['never-met', 'RANK > 2 & RANK < 3'],
  ['never-met', 'RANK between 2 3 & RANK != 2 & RANK != 3'],
  ['never-met', 'DATE > 2026-01-01 & DATE < 2026-01-02'],
  ['never-met', 'DATE = 2026-01-01 & DATE = 2026-01-02'],
  ['never-met', 'SECTOR is CLO & SECTOR is ABS'],
  ['never-met', 'SECTOR is CLO & SECTOR is not clo'],
  ['never-met', 'SECTOR is CLO & SECTOR contains mezz'],
  ['never-met', 'SECTOR is CLO & SECTOR starts with A'],
  ['never-met', 'SECTOR is CLO & SECTOR ends with AAA'],
  ['never-met', 'SECTOR starts with CLO & SECTOR starts with ABS'],
  ['never-met', 'SECTOR ends with AAA & SECTOR ends with BBB'],
  ['never-met', 'SECTOR starts with CLO & not SECTOR starts with CL'],
  ['never-met', 'SECTOR contains mezz & not SECTOR contains ez'],
  ['never-met', 'SECTOR ends with AAA & not SECTOR contains A'],
  ['never-met', 'BIAS is COLOR'],
  ['never-met', 'BIAS contains BWIC & BIAS is BID'],
  ['never-met', 'BIAS is not BID & BIAS is not OFFER & not BIAS contains BWIC & BIAS is not VALUATION'],
  ['never-met', 'CUSIP is 037833100 & CUSIP is 594918104'],
  ['never-met', 'PX < 5 & SECTOR is CLO & PX > 6 | RANK = 1 & RANK = 2'],
  // Rules that exclude everything.
  ['always-met', 'PX < 5 | not PX < 5'],
  ['always-met', 'not SECTOR is CLO | not SECTOR is ABS'],
  ['always-met', 'not PX > 5 | PX > 4'],
  // Parts that add nothing.
  ['dead-part', 'PX < 5 & PX < 10'],
  ['dead-part', 'PX < 5 | PX < 10'],
  ['dead-part', 'PX between 1 10 | PX between 2 3'],
  ['dead-part', 'SECTOR is CLO & SECTOR contains CL'],
  ['dead-part', 'SECTOR starts with CLO | SECTOR is CLO 2.0'],
  ['dead-part', 'SECTOR is CLO | SECTOR is clo'],
  ['dead-part', 'RANK > 2 & RANK >= 3'],
  ['dead-part', 'SECTOR is CLO & PX < 5 | SECTOR is CLO'],
  ['dead-part', 'SECTOR is CLO | PX < 5 & PX > 6'],
  ['dead-part', 'BIAS contains BWIC | BIAS is BWIC TALK'],
  ['dead-part', 'DATE >= 2026-01-01 & DATE > 2025-01-01'],
  ['dead-part', 'SECTOR is CLO & SECTOR is not ABS'],
  // Rules that another one makes idle.
  ['shadowed', 'PX < 10', 'PX < 5'],
  ['shadowed', 'SECTOR is CLO', 'SECTOR is CLO & PX < 5'],
  ['shadowed', 'SECTOR contains mezz', 'SECTOR is CLO mezz'],
  ['shadowed', 'PX < 10 | RANK > 5', 'RANK = 6'],
  ['shadowed', 'PX < 10', 'PX >= 10', 'PX between 5 15'],
  ['shadowed', 'BIAS contains BWIC', 'BIAS is BWIC COVER & PX < 90'],
  ['shadowed', 'RANK >= 4', 'RANK = 5', 'PX < 1'],
  ['shadowed', 'DATE < 2026-01-01', 'DATE between 2025-01-01 2025-06-30'],
  ['duplicate', 'PX < 10', 'PX < 10.00'],
  ['duplicate', 'SECTOR is CLO', 'SECTOR is clo'],
  ['duplicate', 'RANK > 3', 'RANK >= 4'],
  ['duplicate', 'SECTOR is CLO & PX < 5', 'PX < 5 & SECTOR is CLO'],
  ['duplicate', 'PX between 1 2', 'PX >= 1 & PX <= 2'],
  ['same-name', 'No talk: RANK > 4', 'no talk: PX < 5'],
  // Slips of the pen.
  ['unknown-field', 'SECTR is CLO'],
  ['unknown-field', 'PX < 5 & RNK > 2'],
  ['operator-does-not-fit', 'PX contains 5'],
  ['value-unreadable', 'PX < five'],
  ['value-unreadable', 'DATE > 2026-02-30'],
  ['between-reversed', 'PX between 10 5'],
  ['value-missing', 'SECTOR is  '],
]

/** Sets as a desk has them. */
const CLEAN: readonly (readonly string[])[] = [
  ['PX < 10'],
  ['PX > 105'],
  ['PX < 10 | PX > 105'],
  ['PX between 10 105'],
  ['RANK > 4', 'PX < 10'],
  ['RANK = 5', 'RANK = 6'],
  ['SECTOR is CLO', 'SECTOR is ABS'],
  ['SECTOR is CLO & PX < 50'],
  ['SECTOR contains mezz & PX > 105'],
  ['SECTOR starts with Euro', 'SECTOR ends with AAA'],
  ['SECTOR starts with Euro & SECTOR ends with AAA'],
  ['SECTOR contains mezz | SECTOR contains senior'],
  ['SECTOR is not CLO & PX < 50'],
  ['SOURCE is DEALER A', 'SOURCE is DEALER B', 'SOURCE is DEALER C'],
  ['SOURCE contains test', 'SOURCE contains demo'],
  ['SOURCE starts with demo', 'SOURCE contains test'],
  ['BIAS is VALUATION'],
  ['BIAS is BWIC TALK & PX > 100'],
  ['BIAS contains BWIC & PX < 20'],
  ['BIAS is not BID'],
  ['BIAS is OFFER | BIAS is VALUATION'],
  ['BIAS is BID & PX < 1', 'BIAS is OFFER & PX > 150'],
  ['DATE < 2020-01-01'],
  ['DATE between 2026-01-01 2026-01-31'],
  ['DATE < 2020-01-01', 'DATE > 2030-01-01'],
  ['DATE > 2026-01-01 & DATE < 2026-01-03'],
  ['RANK > 2 & RANK < 4'],
  ['RANK between 2 3 & RANK != 2'],
  ['RANK != 3'],
  ['RANK >= 4 & SECTOR is CLO', 'RANK >= 5 & SECTOR is ABS'],
  ['CUSIP is 037833100'],
  ['CUSIP starts with 0378', 'CUSIP starts with 5949'],
  ['CUSIP starts with 0378 & PX < 5'],
  ['CUSIP ends with 00 | CUSIP ends with 04'],
  ['not SECTOR is CLO & PX < 10'],
  ['not PX < 10'],
  ['not SECTOR contains mezz'],
  ['not BIAS is BID & RANK > 3'],
  ['PX < 10 & RANK > 2', 'PX < 10 & SECTOR is CLO'],
  ['PX < 10 & RANK > 2', 'PX < 20 & RANK > 3'],
  ['PX < 10', 'PX < 20'],
  ['SECTOR is CLO & PX < 5', 'SECTOR is CLO'],
  ['PX between 1 10 | PX between 20 30'],
  ['PX between 1 10 | PX between 5 30'],
  ['PX <= 0', 'PX > 200'],
  ['PX = 0'],
  ['PX = 0 | PX = 100'],
  ['PX != 100 & SECTOR is CLO'],
  ['SECTOR is CLO & SOURCE is DEALER A | SECTOR is ABS & SOURCE is DEALER B'],
  ['SECTOR is CLO & SOURCE is DEALER A', 'SECTOR is CLO & SOURCE is DEALER B'],
  ['SECTOR is not CLO & SECTOR is not ABS'],
  ['SECTOR starts with CLO & SECTOR is not CLO 2.0'],
  ['SECTOR contains mezz & not SECTOR contains US'],
  ['SECTOR starts with CLO & not SECTOR starts with CLO 2'],
  ['SECTOR contains A & SECTOR contains B'],
  ['RANK > 4 & DATE < 2026-01-01 | PX < 1'],
  ['PX < 10 & RANK = 3 | PX > 100 & RANK = 4'],
  ['BIAS is BWIC COVER & RANK > 2', 'BIAS is BID & RANK > 3', 'BIAS is VALUATION'],
  ['PX >= 10 & PX < 20', 'PX >= 20 & PX < 30', 'PX >= 30 & PX < 40'],
  ['low: PX < 10', 'lower: PX < 5 & RANK > 2 | SECTOR is CLO'],
]

describe('a seeded suite of rule sets', () => {
  test('has 60 that are wrong and 60 that are right', () => {
    expect([DEFECTIVE.length, CLEAN.length]).toEqual([60, 60])
  })

  test('at least 58 of the wrong ones are found, each by its kind', () => {
    const missed = DEFECTIVE.filter(([kind, ...texts]) => !found(setOf(...texts)).includes(kind))
    expect(missed).toEqual([])
  })

  test.each(CLEAN.map(texts => [texts] as const))('nothing is found in %s', texts => {
    expect(checkRules(setOf(...texts), FIELDS)).toEqual([])
  })
})

describe('what is said of a rule', () => {
  test('names the part and the other rule', () => {
    expect(checkRules(setOf('SECTOR is CLO & PX < 5 | SECTOR is CLO'), FIELDS)).toEqual([
      { rule: 'r0', kind: 'dead-part', path: [0], other: null },
    ])
    expect(checkRules(setOf('PX < 10', 'RANK = 1', 'PX < 5'), FIELDS)).toEqual([
      { rule: 'r2', kind: 'shadowed', path: [], other: 'r0' },
    ])
    expect(checkRules([{ ...setOf('PX < 1')[0]!, when: { kind: 'any', of: [] } }], FIELDS)).toMatchObject([{ kind: 'empty' }])
  })

  test('a rule that is off makes no other idle', () => {
    const [wide, narrow] = setOf('PX < 10', 'PX < 5') as [Rule, Rule]
    expect(checkRules([{ ...wide, active: false }, narrow], FIELDS)).toEqual([])
  })

  test('a rule with more ways to be met than can be looked at is let pass, in no time', () => {
    const many: Condition = {
      kind: 'all',
      of: Array.from({ length: 20 }, (_, k) => ({
        kind: 'any' as const,
        of: [condition(`PX < ${k}`), condition(`RANK > ${k}`)],
      })),
    }
    expect(canBeMet(many, FIELDS)).toBe('unknown')
    expect(checkRules([{ id: 'x', name: 'x', priority: 1, active: true, when: many }], FIELDS)).toEqual([])
  })
})

test('what cannot be met is met by no row of any kind', () => {
  const VALUES: Record<string, readonly string[]> = {
    CUSIP: ['037833100', '594918104'],
    SECTOR: ['CLO', 'CLO 2.0', 'ABS', 'CLO mezz'],
    SOURCE: ['DEALER A', 'demo'],
    BIAS: FIELDS.find(({ name }) => name === 'BIAS')!.values!,
    PX: ['0', '4.999999999999', '5', '9', '10', '10.000000000001', '200'],
    RANK: ['1', '2', '3', '4', '5', '6'],
    DATE: ['2025-12-31', '2026-01-01', '2026-01-02'],
  }
  const rowOf = fc.record(Object.fromEntries(Object.entries(VALUES).map(([name, all]) => [name, fc.constantFrom(null, ...all)])))
  const unmet = DEFECTIVE.filter(([kind]) => kind === 'never-met').map(([, text]) => condition(text as string))
  fc.assert(
    fc.property(rowOf, row => {
      for (const one of unmet) expect(compileCondition(one, FIELDS)(row)).toBe(false)
    }),
    { numRuns: 300 },
  )
})
