import { ruleRowOf } from '../../src/core/color/color-fields.ts'
import type { ColorRow } from '../../src/core/color/color-row.ts'
import { type Condition, inOrder, type Rule, type Test } from '../../src/core/rules/condition.ts'

// The same work as somebody would write it who has objects and no database: rules as functions of a row, a map of groups, a sort of
// each. Numbers are doubles, which these prices of two to four places allow; texts are put into small letters once for each row.

/** A color as the plain loop has it. */
export interface PlainColor {
  readonly id: number
  readonly row: ColorRow
  readonly values: Readonly<Record<string, string | number | null>>
}

const NUMBERS = new Set(['PRICE_LEVEL', 'BID', 'ASK', 'PX', 'RANK', 'COV_PRICE', 'PERCENT_DIFF', 'PRICE_DIFF', 'CONFIDENCE'])
const TEXTS = ['MESSAGE_ID', 'TICKER', 'SECTOR', 'CUSIP', 'SOURCE', 'BIAS', 'DIFF_STATUS'] as const

/** Numbers are read here, outside of what is timed, as the store has read its decimals before. */
export function plainColor(row: ColorRow, id: number): PlainColor {
  const cells = ruleRowOf(row)
  const values: Record<string, string | number | null> = { DATE: cells.DATE, DATE_1: cells.DATE_1 }
  for (const name of NUMBERS) {
    const text = cells[name as 'PX']
    values[name] = text === null ? null : Number(text)
  }
  for (const name of TEXTS) values[name] = cells[name]
  return { id, row, values }
}

type Values = Record<string, string | number | null>
type Meets = (values: Values) => boolean

const COMPARE: Readonly<Record<string, (a: never, b: never) => boolean>> = {
  equal: (a, b) => a === b,
  'not-equal': (a, b) => a !== b,
  less: (a, b) => a < b,
  greater: (a, b) => a > b,
  'at-most': (a, b) => a <= b,
  'at-least': (a, b) => a >= b,
  is: (a, b) => a === b,
  'is-not': (a, b) => a !== b,
  contains: (a: string, b: string) => a.includes(b),
  'starts-with': (a: string, b: string) => a.startsWith(b),
  'ends-with': (a: string, b: string) => a.endsWith(b),
}

function testOf({ field, operator, value, value2 }: Test): Meets {
  const read = (text: string) => (NUMBERS.has(field) ? Number(text) : text.trim().toLowerCase())
  const [from, to] = [read(value), read(value2 ?? value)]
  if (operator === 'between')
    return values => {
      const found = values[field] as number | null
      return found !== null && found >= (from as number) && found <= (to as number)
    }
  const meets = COMPARE[operator] as (a: unknown, b: unknown) => boolean
  return values => {
    const found = values[field]
    return found !== null && found !== undefined && meets(found, from)
  }
}

function meetsOf(condition: Condition): Meets {
  if (condition.kind === 'test') return testOf(condition)
  if (condition.kind === 'not') {
    const inner = meetsOf(condition.of)
    return values => !inner(values)
  }
  const parts = condition.of.map(meetsOf)
  return condition.kind === 'all' ? values => parts.every(part => part(values)) : values => parts.some(part => part(values))
}

/** Answers by row: numbers of rules and rows, NaN where there is none. */
export interface Answers {
  readonly rule: Float64Array
  readonly parent: Float64Array
  readonly place: Float64Array
  readonly children: Float64Array
}

export function emptyAnswers(rows: number): Answers {
  const column = () => new Float64Array(rows).fill(Number.NaN)
  return { rule: column(), parent: column(), place: column(), children: column() }
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function inRank(a: PlainColor, b: PlainColor): number {
  const [x, y] = [a.values.PX as number | null, b.values.PX as number | null]
  return (
    byText(b.row.date, a.row.date) ||
    a.row.rank - b.row.rank ||
    (x === null || y === null ? Number(x === null) - Number(y === null) : y - x) ||
    byText(b.row.date1, a.row.date1) ||
    b.row.confidence - a.row.confidence ||
    a.row.received - b.row.received ||
    byText(a.row.rowId, b.row.rowId)
  )
}

/** Excludes by rules, ranks by the highest price and groups by CUSIP. */
export function processPlainly(colors: readonly PlainColor[], rules: readonly Rule[]): Answers {
  const answers = emptyAnswers(colors.length)
  const asked = inOrder(rules.filter(({ active }) => active)).map(({ when }) => meetsOf(when))
  const groups = new Map<string, PlainColor[]>()
  for (const color of colors) {
    const values: Values = { ...color.values }
    for (const name of TEXTS) values[name] = (values[name] as string | null)?.trim().toLowerCase() ?? null
    const rule = asked.findIndex(meets => meets(values))
    if (rule >= 0) answers.rule[color.id] = rule
    else {
      const group = groups.get(color.row.cusip)
      if (group) group.push(color)
      else groups.set(color.row.cusip, [color])
    }
  }
  const ordered = [...groups.values()].map(group => {
    group.sort(inRank)
    const parent = group.find(({ values }) => values.PX !== null) ?? (group[0] as PlainColor)
    return { parent, children: group.filter(one => one !== parent) }
  })
  ordered.sort((a, b) => byText(a.parent.row.sector, b.parent.row.sector) || byText(a.parent.row.cusip, b.parent.row.cusip))
  let place = 0
  for (const { parent, children } of ordered) {
    answers.place[parent.id] = place++
    answers.children[parent.id] = children.length
    for (const { id } of children) {
      answers.parent[id] = parent.id
      answers.place[id] = place++
      answers.children[id] = 0
    }
  }
  return answers
}
