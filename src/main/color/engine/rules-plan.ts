import { COLOR_FIELDS, type ColorColumn } from '../../../core/color/color-columns.ts'
import { STORED_NAMES } from '../../../core/color/run-columns.ts'
import { type Condition, inOrder, type Rule, type Test, testsOf } from '../../../core/rules/condition.ts'
import { fieldOf } from '../../../core/rules/evaluate.ts'
import { normalText, type RuleField } from '../../../core/rules/field.ts'
import { normalSql, testSql, treeSql } from '../../../core/rules/to-sql.ts'

/** Bits of a word of answers. */
const WORD = 64

/** Columns with a value or two for each tranche or message: looking those up costs more than asking them. */
const MANY_VALUES: ReadonlySet<string> = new Set([
  'MESSAGE_ID',
  'TICKER',
  'CUSIP',
  'SECURITY_NAME',
  'BWIC_COVER',
] satisfies ColorColumn[])

/**
 * Rules as parts of one query.
 *
 * Texts are asked once for each value that there is, not once for each row: a dictionary of a column holds the answers of all tests
 * of it as bits, and a row looks its own up. So 200 rules cost a row some comparisons of whole numbers.
 */
export interface RulesPlan {
  /** Columns of the table of rows that tests ask. */
  readonly columns: readonly string[]
  /** Common table expressions over a relation `scope` that has those columns. */
  readonly dictionaries: readonly string[]
  /** What is selected out of `scope` and the joins: answers of texts, and numbers in the types in which they compare. */
  readonly answers: readonly string[]
  readonly joins: string
  /** Place, in the order of crediting and from 0, of the active rule that excludes a row; null where none does. */
  excludedSql(rules: readonly Rule[]): string
  /** Whether a condition is met; it may be null for not met. */
  metSql(condition: Condition): string
}

interface Dictionary {
  readonly column: string
  /** Tests by what they ask, in the order of their bits. */
  readonly tests: Map<string, Test>
}

const isText = ({ type }: RuleField) => type === 'text' || type === 'id'
const keyOf = ({ operator, value }: Test) => `${operator} ${normalText(value)}`
const columnOf = ({ name }: RuleField) => STORED_NAMES[name as ColorColumn]

/**
 * Plans the tests of conditions; conditions made of other tests cannot be asked of it.
 *
 * Fails: RangeError for a test that cannot be used.
 */
export function planRules(conditions: readonly Condition[]): RulesPlan {
  const dictionaries = new Map<string, Dictionary>()
  const plain = new Map<string, RuleField>()
  for (const test of conditions.flatMap(testsOf)) {
    const field = fieldOf(COLOR_FIELDS, test.field)
    if (!field) throw new RangeError(`${test.field} is no column of a color`)
    if (!isText(field) || MANY_VALUES.has(field.name)) plain.set(field.name, field)
    else {
      const dictionary = dictionaries.get(field.name) ?? { column: columnOf(field), tests: new Map<string, Test>() }
      dictionaries.set(field.name, dictionary)
      dictionary.tests.set(keyOf(test), test)
    }
  }
  const bits = new Map(
    [...dictionaries].map(([name, { tests }]) => [name, new Map([...tests.keys()].map((key, at) => [key, at]))]),
  )
  const testOf = (test: Test, isNegated: boolean): string => {
    const field = fieldOf(COLOR_FIELDS, test.field) as RuleField
    if (isText(field) && !MANY_VALUES.has(field.name)) {
      const bit = bits.get(field.name)?.get(keyOf(test))
      if (bit === undefined) throw new RangeError(`${test.field} ${test.operator} ${test.value} was not planned`)
      return `(${wordName(columnOf(field), Math.floor(bit / WORD))} & ${bitSql(bit)}) <> 0`
    }
    const asked = testSql(test, COLOR_FIELDS, one => `${columnOf(one)}_plain`)
    return isNegated ? `coalesce(${asked}, false)` : asked
  }
  const metSql = (condition: Condition) => treeSql(condition, testOf)
  return {
    columns: [...[...dictionaries.values()].map(({ column }) => column), ...[...plain.values()].map(columnOf)],
    dictionaries: [...dictionaries.values()].map(dictionarySql),
    answers: [...[...dictionaries.values()].flatMap(answersSql), ...[...plain.values()].map(plainSql)],
    joins: [...dictionaries.values()]
      .map(({ column }) => `left join words_${column} on words_${column}.word = scope.${column}`)
      .join(' '),
    metSql,
    excludedSql(rules) {
      const active = inOrder(rules.filter(rule => rule.active))
      const cases = active.map(({ when }, at) => `when ${metSql(when)} then ${at}`)
      return cases.length === 0 ? 'null::integer' : `case ${cases.join(' ')} end`
    },
  }
}

const wordName = (column: string, word: number) => `${column}_${word}`
const bitSql = (bit: number) => `${2n ** BigInt(bit % WORD)}::ubigint`

/** Each value of a column with the answers of its tests. */
function dictionarySql({ column, tests }: Dictionary): string {
  const asked = [...tests.values()].map((test, bit) => ({
    word: Math.floor(bit / WORD),
    sql: `case when ${testSql(test, COLOR_FIELDS, () => 'plain')} then ${bitSql(bit)} else 0::ubigint end`,
  }))
  const words = wordsOf(tests.size).map(
    word =>
      `${asked
        .filter(one => one.word === word)
        .map(({ sql }) => sql)
        .join(' | ')} as ${wordName('bits', word)}`,
  )
  return `words_${column} as (select word, ${words.join(', ')}
    from (select word, ${normalSql('word')} as plain from (select distinct ${column} as word from scope)) where plain is not null)`
}

const wordsOf = (tests: number) => Array.from({ length: Math.ceil(tests / WORD) }, (_, word) => word)

function answersSql({ column, tests }: Dictionary): readonly string[] {
  return wordsOf(tests.size).map(
    word => `coalesce(words_${column}.${wordName('bits', word)}, 0::ubigint) as ${wordName(column, word)}`,
  )
}

/** A column as it is compared: whole numbers as HUGEINT, as their operands are written. */
function plainSql(field: RuleField): string {
  const column = `scope.${columnOf(field)}`
  const plain = isText(field) ? normalSql(column) : field.type === 'integer' ? `${column}::hugeint` : column
  return `${plain} as ${columnOf(field)}_plain`
}
