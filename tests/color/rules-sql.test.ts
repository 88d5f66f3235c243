import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Condition, Rule, Test } from '../../src/core/rules/condition.ts'
import { compileRules } from '../../src/core/rules/evaluate.ts'
import { comparable, type RuleField, type RuleRow } from '../../src/core/rules/field.ts'
import { OPERATORS } from '../../src/core/rules/operators.ts'
import { normalSql, rulesSql } from '../../src/core/rules/to-sql.ts'

const FIELDS: readonly RuleField[] = [
  { name: 'MESSAGE_ID', type: 'id' },
  { name: 'SECTOR', type: 'text' },
  { name: 'SOURCE', type: 'text' },
  { name: 'PX', type: 'decimal' },
  { name: 'RANK', type: 'integer' },
  { name: 'DATE', type: 'date' },
]
const TYPES = { id: 'varchar', text: 'varchar', integer: 'hugeint', decimal: 'decimal(38, 12)', date: 'date' } as const

// Values that meet each other often, and that two systems could compare differently.
const WORDS = [
  'clo',
  'CLO',
  ' Clo\u00a0',
  'CLO 2.0',
  'cl',
  'lo',
  'España',
  'ESPAN\u0303A',
  'ΑΣ',
  'ας',
  'İ',
  'ß',
  'ẞ',
  "d'Or",
  '%',
  '_',
  'ﬁ',
  '',
]
const VALUES: Readonly<Record<RuleField['type'], readonly string[]>> = {
  id: ['12345E10', '1234500000000000', '0012', '12', '90071992547409930', '90071992547409931', '037833100', ' 037833100'],
  text: WORDS,
  integer: ['-1', '0', '1', '2', '3', '+3', '4', '9007199254740993', '2.5', 'n/a'],
  decimal: ['0', '-0', '98.75', '98.750', '99', '99.000000000001', '-1.5', '9007199254740993.1', '1e5', 'par', '.5'],
  date: ['2026-01-01', '2026-01-02', '2026-02-28', '2026-02-30', '2024-02-29', '31/01/2026'],
}
const usable = (field: RuleField) => VALUES[field.type].filter(value => comparable(field.type, value) !== null)

const rowOf = fc.record(
  Object.fromEntries(FIELDS.map(({ name, type }) => [name, fc.option(fc.constantFrom(...VALUES[type]), { nil: null, freq: 5 })])),
) as fc.Arbitrary<RuleRow>
const testOf: fc.Arbitrary<Test> = fc.constantFrom(...FIELDS).chain(field => {
  const family = field.type === 'text' || field.type === 'id' ? 'words' : 'order'
  return fc
    .tuple(
      fc.constantFrom(...OPERATORS.filter(one => one.family === family)),
      fc.constantFrom(...usable(field)),
      fc.constantFrom(...usable(field)),
    )
    .map(([{ name, operands }, value, value2]) => ({
      kind: 'test' as const,
      field: field.name,
      operator: name,
      value,
      ...(operands === 2 ? { value2 } : {}),
    }))
})
const { condition: conditionOf } = fc.letrec<{ condition: Condition }>(tie => ({
  condition: fc.oneof(
    { depthSize: 'medium' },
    testOf,
    fc.record({ kind: fc.constantFrom('all' as const, 'any' as const), of: fc.array(tie('condition'), { maxLength: 4 }) }),
    fc.record({ kind: fc.constant('not' as const), of: tie('condition') }),
  ),
}))

let duck: DuckDBInstance
let db: DuckDBConnection
beforeAll(async () => {
  duck = await DuckDBInstance.create(':memory:')
  db = await duck.connect()
})
afterAll(() => {
  db.closeSync()
  duck.closeSync()
})

/** Puts rows into a table as the engine does: words as they came, numbers and dates only where they are some. */
async function load(rows: readonly RuleRow[]): Promise<void> {
  await db.run('drop table if exists colors')
  await db.run(`create table colors (n integer, ${FIELDS.map(({ name, type }) => `"${name}" ${TYPES[type]}`).join(', ')})`)
  const cells = rows.map((row, n) => {
    const values = FIELDS.map(({ name, type }) => {
      const text = row[name]
      if (text === null || text === undefined) return 'null'
      if (type !== 'id' && type !== 'text' && comparable(type, text) === null) return 'null'
      return `'${text.replaceAll("'", "''")}'::${TYPES[type]}`
    })
    return `(${n}, ${values.join(', ')})`
  })
  await db.run(`insert into colors values ${cells.join(', ')}`)
}

const columnOf = ({ name, type }: RuleField) => (type === 'id' || type === 'text' ? `"${name}_n"` : `"${name}"`)
const NORMAL = FIELDS.filter(({ type }) => type === 'id' || type === 'text').map(
  ({ name }) => `${normalSql(`"${name}"`)} as "${name}_n"`,
)

async function fromSql(rules: readonly Rule[]): Promise<(string | null)[]> {
  const sql = `with prepared as materialized (select *, ${NORMAL.join(', ')} from colors)
    select ${rulesSql(rules, FIELDS, columnOf)} from prepared order by n`
  return (await db.runAndReadAll(sql)).getRows().map(([id]) => id as string | null)
}

test('SQL and the pure rules agree on 10,000 random trees x random rows, which rule is credited too', async () => {
  const rows = fc.sample(rowOf, { numRuns: 60, seed: 7 })
  await load(rows)
  const trees = fc.sample(conditionOf, { numRuns: 10_000, seed: 11 })
  let hits = 0
  // Many rules a statement: parsing, not comparing, is what a statement costs.
  for (let from = 0; from < trees.length; from += 40) {
    const group = trees.slice(from, from + 40)
    const single = group.map((when, k): Rule => ({ id: `r${from + k}`, name: '', priority: k, active: true, when }))
    const expected = single.map(rule => rows.map(compileRules([rule], FIELDS)))
    const sql = `with prepared as materialized (select *, ${NORMAL.join(', ')} from colors)
      select ${single.map(rule => rulesSql([rule], FIELDS, columnOf)).join(', ')} from prepared order by n`
    const found = (await db.runAndReadAll(sql)).getRows()
    for (const [k, { id, when }] of single.entries()) {
      const answers = found.map(row => row[k])
      if (JSON.stringify(answers) !== JSON.stringify(expected[k]))
        expect({ id, when, answers }).toEqual({ id, when, answers: expected[k] })
      hits += answers.filter(answer => answer !== null).length
    }
  }
  // The trees must not all be always true or never: the comparison would then say little.
  expect(hits / (trees.length * rows.length)).toBeGreaterThan(0.2)
  expect(hits / (trees.length * rows.length)).toBeLessThan(0.8)
}, 120_000)

test('of many rules at once both credit the same one', async () => {
  const rows = fc.sample(rowOf, { numRuns: 200, seed: 3 })
  await load(rows)
  const sets = fc.sample(
    fc.array(fc.tuple(conditionOf, fc.integer({ min: 1, max: 5 }), fc.boolean()), { minLength: 1, maxLength: 20 }),
    {
      numRuns: 60,
      seed: 5,
    },
  )
  for (const set of sets) {
    const rules = set.map(
      ([when, priority, active], k): Rule => ({ id: `r${String(k).padStart(2, '0')}`, name: '', priority, active, when }),
    )
    expect(await fromSql(rules)).toEqual(rows.map(compileRules(rules, FIELDS)))
  }
}, 60_000)
