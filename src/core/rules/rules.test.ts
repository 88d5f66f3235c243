import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Condition, Rule, Test } from './condition.ts'
import { describeCondition } from './describe.ts'
import { compileCondition, compileRules, explain, problemOf } from './evaluate.ts'
import { comparable, normalText, type RuleField } from './field.ts'
import { readFlat } from './flat.ts'
import { OPERATORS, type OperatorName, operatorByAlias } from './operators.ts'
import { readRulesFile, writeRulesFile } from './rules-file.ts'

const FIELDS: readonly RuleField[] = [
  { name: 'MESSAGE_ID', type: 'id' },
  { name: 'CUSIP', type: 'id' },
  { name: 'SECTOR', type: 'text' },
  { name: 'PX', type: 'decimal' },
  { name: 'RANK', type: 'integer' },
  { name: 'DATE', type: 'date' },
]

const one = (field: string, operator: OperatorName, value: string, value2?: string): Test => ({
  kind: 'test',
  field,
  operator,
  value,
  ...(value2 === undefined ? {} : { value2 }),
})
const meets = (condition: Condition, row: Record<string, string | null>) => compileCondition(condition, FIELDS)(row)
const rule = (id: string, when: Condition, priority = 1): Rule => ({ id, name: id, priority, active: true, when })

describe('the twelve operators', () => {
  // Field, operator, operand(s), then values: met, not met, on the boundary with its answer, of the wrong type.
  const TABLE: readonly [string, OperatorName, string, string | undefined, string, string, readonly [string, boolean], string][] =
    [
      ['PX', 'equal', '99.5', undefined, '99.50', '99.6', ['99.500000000000', true], 'n/a'],
      ['PX', 'not-equal', '99.5', undefined, '99.6', '99.50', ['99.500000000001', true], 'n/a'],
      ['PX', 'less', '100', undefined, '99.999999999999', '101', ['100', false], 'par'],
      ['PX', 'greater', '100', undefined, '100.000000000001', '99', ['100.0', false], 'par'],
      ['PX', 'at-most', '100', undefined, '99', '100.000000000001', ['100', true], 'par'],
      ['PX', 'at-least', '100', undefined, '101', '99.999999999999', ['100', true], 'par'],
      ['PX', 'between', '98', '99', '98.5', '97', ['99', true], 'par'],
      ['RANK', 'between', '2', '4', '3', '5', ['2', true], '2.5'],
      ['DATE', 'between', '2026-01-01', '2026-01-31', '2026-01-15', '2026-02-01', ['2026-01-31', true], '31/01/2026'],
      ['SECTOR', 'is', 'CLO 2.0', undefined, ' clo 2.0 ', 'CLO', ['CLO 2.0', true], ''],
      ['SECTOR', 'is-not', 'CLO 2.0', undefined, 'ABS', 'clo 2.0', ['CLO 2.00', true], ''],
      ['SECTOR', 'contains', 'mezz', undefined, 'CLO 2.0 MEZZ', 'CLO senior', ['mezz', true], ''],
      ['SECTOR', 'starts-with', 'euro', undefined, 'European ABS', 'US Euro', ['euro', true], ''],
      ['SECTOR', 'ends-with', 'aaa', undefined, 'CLO AAA', 'AAA CLO', ['aaa', true], ''],
    ]

  test('stand in the table, seven for numbers and dates and five for words', () => {
    expect(OPERATORS.map(({ family }) => family).filter(family => family === 'order')).toHaveLength(7)
    expect(OPERATORS.map(({ family }) => family).filter(family => family === 'words')).toHaveLength(5)
    expect(new Set(TABLE.map(([, operator]) => operator))).toEqual(new Set(OPERATORS.map(({ name }) => name)))
  })

  test.each(TABLE)('%s %s %s %s', (field, operator, value, value2, match, miss, [edge, onEdge], wrong) => {
    const answer = (given: string | null) => meets(one(field, operator, value, value2), { [field]: given })
    expect([answer(match), answer(miss), answer(edge)]).toEqual([true, false, onEdge])
    // Missing and unreadable values meet no test, the negative ones no less.
    expect([answer(null), answer(''), answer('  '), answer(wrong)]).toEqual([false, false, false, false])
  })

  test('a field that nobody knows, an operator that does not fit and an operand that cannot be read are no rule', () => {
    expect(problemOf(one('SECTR', 'is', 'CLO'), FIELDS)).toBe('unknown-field')
    expect(problemOf(one('SECTOR', 'less', '5'), FIELDS)).toBe('operator-does-not-fit')
    expect(problemOf(one('PX', 'contains', '5'), FIELDS)).toBe('operator-does-not-fit')
    expect(problemOf(one('PX', 'less', 'five'), FIELDS)).toBe('value-unreadable')
    expect(problemOf(one('DATE', 'less', '2026-02-30'), FIELDS)).toBe('value-unreadable')
    expect(problemOf(one('PX', 'between', '5'), FIELDS)).toBe('value-missing')
    expect(problemOf(one('PX', 'between', '6', '5'), FIELDS)).toBe('between-reversed')
    expect(problemOf(one('sector', 'is', 'CLO'), FIELDS)).toBeNull()
    expect(() => compileCondition(one('SECTR', 'is-not', 'X'), FIELDS)).toThrow('unknown-field')
  })

  test('ids are text: they are neither numbers nor doubles', () => {
    expect(meets(one('CUSIP', 'is', '12345E10'), { CUSIP: '1234500000000000' })).toBe(false)
    expect(meets(one('CUSIP', 'is', '0012'), { CUSIP: '12' })).toBe(false)
    // Two ids beyond 2^53 that are the same double.
    expect(meets(one('MESSAGE_ID', 'is', '90071992547409930'), { MESSAGE_ID: '90071992547409931' })).toBe(false)
    expect(Number('90071992547409930')).toBe(Number('90071992547409931'))
  })

  test('decimals compare exactly, where doubles would not', () => {
    expect(meets(one('PX', 'equal', '0.3'), { PX: '0.300000000000' })).toBe(true)
    expect(meets(one('PX', 'greater', '9007199254740993.1'), { PX: '9007199254740993.2' })).toBe(true)
    expect(comparable('decimal', '1e5')).toBeNull()
  })

  test('text is compared composed, trimmed and without case, letter by letter', () => {
    expect(normalText('  CAFE\u0301\u00a0')).toBe('café')
    expect(meets(one('SECTOR', 'is', 'España'), { SECTOR: 'ESPAN\u0303A' })).toBe(true)
    expect(normalText('ΑΣ')).toBe('ασ')
  })
})

describe('groups', () => {
  test('and, or and not combine to any depth', () => {
    const condition: Condition = {
      kind: 'any',
      of: [
        { kind: 'all', of: [one('SECTOR', 'is', 'CLO'), { kind: 'not', of: one('RANK', 'at-most', '2') }] },
        one('PX', 'less', '10'),
      ],
    }
    expect(meets(condition, { SECTOR: 'clo', RANK: '3', PX: '99' })).toBe(true)
    expect(meets(condition, { SECTOR: 'clo', RANK: '2', PX: '99' })).toBe(false)
    expect(meets(condition, { SECTOR: 'abs', RANK: '3', PX: '9.99' })).toBe(true)
    // Without a rank the row is not at most 2.
    expect(meets(condition, { SECTOR: 'clo', RANK: null, PX: null })).toBe(true)
  })

  test('an empty all is met by every row, an empty any by none', () => {
    expect(meets({ kind: 'all', of: [] }, {})).toBe(true)
    expect(meets({ kind: 'any', of: [] }, {})).toBe(false)
  })
})

const operandOf = (type: RuleField['type']) =>
  type === 'date'
    ? fc.constantFrom('2026-01-01', '2026-01-02', '2026-03-31')
    : type === 'integer'
      ? fc.integer({ min: -3, max: 6 }).map(String)
      : type === 'decimal'
        ? fc.constantFrom('0', '98.75', '99', '99.00', '99.000000000001', '-1.5')
        : fc.constantFrom('clo', 'CLO 2.0', 'AAA', 'a', '0012', '12345E10', 'é')
const rowOf = fc.record(
  Object.fromEntries(FIELDS.map(({ name, type }) => [name, fc.option(operandOf(type), { nil: null })])),
) as fc.Arbitrary<Record<string, string | null>>
const testOf: fc.Arbitrary<Test> = fc
  .constantFrom(...FIELDS)
  .chain(field =>
    fc
      .tuple(
        fc.constantFrom(
          ...OPERATORS.filter(({ family }) => family === (field.type === 'text' || field.type === 'id' ? 'words' : 'order')),
        ),
        operandOf(field.type),
        operandOf(field.type),
      )
      .map(([operator, value, value2]) => one(field.name, operator.name, value, operator.operands === 2 ? value2 : undefined)),
  )
const { condition: conditionOf } = fc.letrec<{ condition: Condition }>(tie => ({
  condition: fc.oneof(
    { depthSize: 'small' },
    testOf,
    fc.record({ kind: fc.constantFrom('all' as const, 'any' as const), of: fc.array(tie('condition'), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('not' as const), of: tie('condition') }),
  ),
}))

describe('rules together', () => {
  test('their order never changes which rows survive, only which rule is credited', () => {
    fc.assert(
      fc.property(
        fc.array(conditionOf, { minLength: 1, maxLength: 5 }),
        fc.array(rowOf, { maxLength: 8 }),
        (conditions, rows) => {
          const rules = conditions.map((when, at) => rule(`r${at}`, when, at))
          const reversed = conditions.map((when, at) => rule(`r${at}`, when, -at))
          const [a, b] = [compileRules(rules, FIELDS), compileRules(reversed, FIELDS)]
          for (const row of rows) expect(a(row) === null).toBe(b(row) === null)
        },
      ),
      { numRuns: 500 },
    )
  })

  test('the lowest priority number is credited, and rules that are off count for nothing', () => {
    const low = one('PX', 'less', '50')
    const rules = [rule('late', low, 9), rule('early', low, 1), { ...rule('off', low, 0), active: false }]
    expect(compileRules(rules, FIELDS)({ PX: '10' })).toBe('early')
    expect(compileRules([], FIELDS)({ PX: '10' })).toBeNull()
  })

  test('the explanation of a row says of each test what it saw, and agrees with the rule', () => {
    fc.assert(
      fc.property(conditionOf, rowOf, (condition, row) => {
        expect(explain(condition, row, FIELDS).met).toBe(meets(condition, row))
      }),
      { numRuns: 500 },
    )
    const trace = explain(
      { kind: 'all', of: [one('PX', 'less', '50'), one('SECTOR', 'is', 'CLO')] },
      { PX: ' 40.5 ', SECTOR: null },
      FIELDS,
    )
    expect(trace).toMatchObject({
      met: false,
      of: [
        { met: true, actual: '40.5' },
        { met: false, actual: null },
      ],
    })
  })
})

describe('flat chains of older systems', () => {
  const link = (type: 'where' | 'and' | 'or', column: string, operator: string, value: string) => ({
    type,
    column,
    operator,
    value,
  })
  const [a, b, c] = [one('SECTOR', 'is', 'CLO'), one('RANK', 'greater', '3'), one('PX', 'less', '10')]
  const links: Readonly<Record<string, [string, string, string]>> = {
    a: ['sector', 'Equal to', 'CLO'],
    b: ['Rank', 'gt', '3'],
    c: ['PX', 'less_than', '10'],
  }

  test('combine from left to right without precedence', () => {
    const chain = (...parts: ['where' | 'and' | 'or', 'a' | 'b' | 'c'][]) =>
      readFlat(
        parts.map(([type, key]) => link(type, ...links[key]!)),
        FIELDS,
      ).condition
    expect(chain(['where', 'a'], ['and', 'b'], ['or', 'c'])).toEqual({ kind: 'any', of: [{ kind: 'all', of: [a, b] }, c] })
    expect(chain(['where', 'a'], ['or', 'b'], ['and', 'c'])).toEqual({ kind: 'all', of: [{ kind: 'any', of: [a, b] }, c] })
    expect(chain(['where', 'a'], ['and', 'b'], ['and', 'c'])).toEqual({ kind: 'all', of: [a, b, c] })
  })

  test('a later where begins anew, and says what it made void', () => {
    const read = readFlat([link('where', ...links.a!), link('and', ...links.b!), link('where', ...links.c!)], FIELDS)
    expect(read).toMatchObject({ condition: c, discarded: [0, 1], problems: [] })
  })

  test('aliases are known by the type of the column; what is not known is a problem with its place', () => {
    expect(operatorByAlias('Equal to', 'decimal')?.name).toBe('equal')
    expect(operatorByAlias('Equal to', 'id')?.name).toBe('is')
    expect(operatorByAlias('less_than_equal_to', 'date')?.name).toBe('at-most')
    expect(readFlat([link('where', 'SECTOR', 'does not contain', 'mezz')], FIELDS).condition).toEqual({
      kind: 'not',
      of: one('SECTOR', 'contains', 'mezz'),
    })
    expect(readFlat([link('where', 'NOPE', 'is', 'x'), link('and', 'PX', 'contains', '1')], FIELDS).problems).toEqual([
      { link: 0, kind: 'unknown-field' },
      { link: 1, kind: 'operator-does-not-fit' },
    ])
  })
})

describe('a file of rules', () => {
  test('gives back what was written', () => {
    fc.assert(
      fc.property(fc.array(conditionOf, { maxLength: 4 }), conditions => {
        const rules = conditions.map((when, at) => rule(`r${at}`, when, at))
        expect(readRulesFile(writeRulesFile(rules), FIELDS)).toEqual({ rules, problems: [] })
      }),
      { numRuns: 200 },
    )
  })

  test('reads flat chains, and names the place of everything that it does not understand', () => {
    const flat = JSON.stringify([
      { name: 'No talk', conditions: [{ type: 'where', column: 'RANK', operator: 'Greater than', value: 4 }] },
    ])
    expect(readRulesFile(flat, FIELDS)).toEqual({
      rules: [rule('rule-1', one('RANK', 'greater', '4'))].map(one => ({ ...one, name: 'No talk' })),
      problems: [],
    })
    const paths = (value: unknown) =>
      readRulesFile(JSON.stringify(value), FIELDS).problems.map(({ path, kind }) => `${path} ${kind}`)
    expect(readRulesFile('{', FIELDS).problems[0]?.kind).toBe('not-json')
    expect(paths({ rules: 5 })).toEqual([' not-rules'])
    expect(paths({ format: 'contango.rules', version: 2, rules: [] })).toEqual(['version newer'])
    expect(paths([{ id: 'x', when: {} }])).toEqual(['rules[0].name missing', 'rules[0].when.kind missing'])
    const bad = [
      { id: 'a', name: 'A', when: { kind: 'all', of: [{ kind: 'test', field: 'NOPE', operator: 'is', value: 'x' }] } },
      { id: 'a', name: 'B', active: 'yes', when: { kind: 'test', field: 'PX', operator: 'roughly', value: 5 } },
      { id: 'c', name: 'C', when: { kind: 'test', field: 'PX', operator: 'between', value: 5 } },
      { id: 'd', name: 'D', when: { kind: 'test', field: 'MESSAGE_ID', operator: 'is', value: 1e21 } },
    ]
    expect(paths(bad)).toEqual([
      'rules[0].when.of[0].field unknown-field',
      'rules[1].active wrong-type',
      'rules[1].when.operator operator-does-not-fit',
      'rules[2].when.value2 missing',
      'rules[3].when.value wrong-type',
    ])
  })

  test('that is nested beyond all use is refused, not followed', () => {
    const inner = JSON.stringify(one('PX', 'less', '5'))
    const when = `${'{"kind":"not","of":'.repeat(5000)}${inner}${'}'.repeat(5000)}`
    expect(readRulesFile(`[{"name":"deep","when":${when}}]`, FIELDS).problems).toMatchObject([{ kind: 'too-deep' }])
  })
})

test('a condition is said in words, with brackets where groups stand inside groups', () => {
  const operators = Object.fromEntries(
    OPERATORS.map(({ name, operands }) => [name, `{field} ${name} {value}${operands === 2 ? ' and {value2}' : ''}`]),
  ) as Record<OperatorName, string>
  const words = {
    and: 'and',
    or: 'or',
    not: 'not {condition}',
    everything: 'always',
    nothing: 'never',
    operators,
    field: (name: string) => name,
  }
  const [a, b, c] = [one('SECTOR', 'is', 'CLO'), one('PX', 'between', '1', '2'), one('RANK', 'greater', '3')]
  expect(describeCondition({ kind: 'any', of: [{ kind: 'all', of: [a, b] }, c] }, words)).toBe(
    '(SECTOR is CLO and PX between 1 and 2) or RANK greater 3',
  )
  expect(describeCondition({ kind: 'not', of: { kind: 'any', of: [a, c] } }, words)).toBe('not (SECTOR is CLO or RANK greater 3)')
  expect(describeCondition({ kind: 'all', of: [{ kind: 'all', of: [a] }] }, words)).toBe('SECTOR is CLO')
})
