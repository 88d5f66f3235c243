import { americanGreeks } from './american.ts'
import { AMERICAN_STATUS } from './american-put.ts'
import type { AmericanSchemeName } from './american-scheme.ts'
import { priceBachelier } from './bachelier.ts'
import { type BatchField, type BatchKind, type BatchLayout, bare, sideOf } from './batch-columns.ts'
import type { GreekColumns } from './columns.ts'
import { priceBlack76 } from './european.ts'
import { priceEuropeanSimd } from './european-simd.ts'
import { IMPLIED_STATUS, impliedBachelier, impliedBlack76 } from './implied.ts'
import { impliedAmerican } from './implied-american.ts'
import { DAYS_PER_YEAR } from './screen-units.ts'

/** How the rows of a file are to be answered. */
export interface BatchPlan {
  readonly kind: BatchKind
  readonly layout: BatchLayout
  readonly scheme: AmericanSchemeName
  /** Bachelier for every row; without it only where forward or strike is not above zero. */
  readonly isNormal: boolean
  /** The prices to be inverted are those of American options. */
  readonly isAmerican?: boolean
}

/** A row that cannot be read: its line, counted from 0 among those given, and the field that is in the way. */
export interface BatchProblem {
  readonly line: number
  readonly field: BatchField
  readonly text: string
}

/** Answers to some lines: one line each, in order, and how many had which status. */
export interface BatchAnswer {
  readonly text: string
  readonly rows: number
  readonly byStatus: Readonly<Record<string, number>>
  /** The first rows that cannot be read; NOT_A_NUMBER counts them all. */
  readonly problems: readonly BatchProblem[]
}

/** No person reads more of them. */
export const MOST_PROBLEMS = 100

/** The first line of an answer. */
export function batchHeader(kind: BatchKind): string {
  return kind === 'iv' ? 'vol,status,model,reason' : 'value,delta,gamma,vega,theta,rho,status,model,reason'
}

interface Rows {
  readonly count: number
  readonly columns: Readonly<Record<Exclude<BatchField, 'side' | 'days'>, Float64Array>>
  readonly side: Int8Array
  /** Why a row cannot be read; empty for the others. */
  readonly reasons: string[]
  readonly problems: BatchProblem[]
}

const READ = ['spot', 'forward', 'strike', 'tteYears', 'vol', 'rate', 'yieldRate', 'price'] as const
/** What is zero where the file has no such column. */
const OPTIONAL: readonly BatchField[] = ['rate', 'yieldRate', 'vol', 'price', 'spot', 'forward']

/** Whether a line is a row: not empty, and no comment. */
export function isBatchRow(line: string): boolean {
  return line !== '' && line.charCodeAt(0) !== 35 && line.trim() !== ''
}

/** Rows of lines without a header; lines that start with # and empty ones are none. */
function readRows(lines: readonly string[], { kind, layout }: BatchPlan): Rows {
  const data = lines.filter(isBatchRow)
  const n = data.length
  const columns = Object.fromEntries(READ.map(field => [field, new Float64Array(n)])) as Record<
    (typeof READ)[number],
    Float64Array
  >
  const side = new Int8Array(n)
  const reasons: string[] = new Array(n).fill('')
  const problems: BatchProblem[] = []
  // Lines that are no rows are rare, so where a row stood is counted only for the few that are told of.
  const refuse = (row: number, field: BatchField, text: string) => {
    if (reasons[row] !== '') return
    reasons[row] = `${field} is '${text.slice(0, 40)}'`
    if (problems.length < MOST_PROBLEMS) problems.push({ line: lineOf(lines, row), field, text: text.slice(0, 40) })
  }
  const hasDays = layout.tteYears < 0
  const unused: BatchField = kind === 'iv' ? 'vol' : 'price'
  data.forEach((line, i) => {
    const fields = line.split(layout.delimiter)
    for (const field of READ) {
      const at = field === 'tteYears' && hasDays ? layout.days : layout[field]
      if (at < 0 || field === unused) {
        if (!OPTIONAL.includes(field)) columns[field][i] = Number.NaN
        continue
      }
      const text = bare(fields[at] ?? '')
      const value = text === '' ? Number.NaN : Number(text)
      columns[field][i] = field === 'tteYears' && hasDays ? value / DAYS_PER_YEAR : value
      if (!Number.isFinite(value)) refuse(i, field === 'tteYears' && hasDays ? 'days' : field, text)
    }
    const word = bare(fields[layout.side] ?? '')
    side[i] = sideOf(word)
    if (side[i] === 0) refuse(i, 'side', word)
  })
  return { count: n, columns, side, reasons, problems }
}

function lineOf(lines: readonly string[], row: number): number {
  for (let line = 0, seen = -1; line < lines.length; line++) if (isBatchRow(lines[line]!) && ++seen === row) return line
  return -1
}

/** A field of the answer; reasons quote what a person wrote. */
function quoted(text: string): string {
  return /[",;\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const isWhole = (layout: BatchLayout) => layout.forward >= 0

/**
 * Answers to lines of a batch file: for each row one line, never fewer, with full precision (the shortest digits that read back
 * as the same double).
 *
 * A row that cannot be read has empty values, the status NOT_A_NUMBER and a reason.
 */
export function answerBatch(lines: readonly string[], plan: BatchPlan): BatchAnswer {
  const rows = readRows(lines, plan)
  const write =
    plan.kind === 'iv' ? impliedLines(rows, plan) : plan.kind === 'american' ? americanLines(rows, plan) : priceLines(rows, plan)
  const byStatus: Record<string, number> = {}
  const out: string[] = new Array(rows.count)
  for (let i = 0; i < rows.count; i++) {
    const { values, status, model, reason } = write(i)
    byStatus[status] = (byStatus[status] ?? 0) + 1
    out[i] = `${values},${status},${model},${quoted(reason)}\n`
  }
  return { text: out.join(''), rows: rows.count, byStatus, problems: rows.problems }
}

interface Line {
  readonly values: string
  readonly status: string
  readonly model: string
  readonly reason: string
}

const NO_GREEKS = ',,,,,'

function unread(i: number, { reasons }: Rows, values: string): Line | null {
  return reasons[i] ? { values, status: 'NOT_A_NUMBER', model: '', reason: reasons[i]! } : null
}

function greekFields(i: number, { price, delta, gamma, vega, theta, rho }: GreekColumns): string {
  return `${price[i]},${delta[i]},${gamma[i]},${vega[i]},${theta[i]},${rho[i]}`
}

const NOT_POSITIVE = 'spot or strike or vol is below zero'

function priceLines(rows: Rows, { layout, isNormal }: BatchPlan): (i: number) => Line {
  const { columns, side } = rows
  const { spot, forward, strike, tteYears, vol, rate, yieldRate } = columns
  const onForward = isWhole(layout)
  const futures = { forward, strike, tteYears, vol, rate, side }
  const usual =
    isNormal && onForward
      ? null
      : onForward
        ? priceBlack76(futures)
        : priceEuropeanSimd({ spot, strike, tteYears, vol, rate, yieldRate, side })
  const needsNormal = onForward && (isNormal || forward.some((value, i) => value <= 0 || strike[i]! <= 0))
  const normal = needsNormal ? priceBachelier(futures) : null
  return i => {
    const isBachelier = normal !== null && (isNormal || forward[i]! <= 0 || strike[i]! <= 0)
    const answer = isBachelier ? normal : usual!
    const model = isBachelier ? 'bachelier' : onForward ? 'black-76' : 'black-scholes-merton'
    const bad = unread(i, rows, NO_GREEKS)
    if (bad) return bad
    if (Number.isNaN(answer.price[i]!)) return { values: NO_GREEKS, status: 'NOT_POSITIVE', model, reason: NOT_POSITIVE }
    const isOver = tteYears[i]! <= 0
    return {
      values: greekFields(i, answer),
      status: isOver ? 'EXPIRED' : 'OK',
      model,
      reason: isOver ? 'no time is left: the intrinsic value' : '',
    }
  }
}

const HOW: Readonly<Record<string, string>> = {
  EXERCISE: 'to be exercised now',
  EUROPEAN: 'never exercised early',
  NO_DIFFUSION: 'no diffusion to speak of',
  FINITE_DIFFERENCES: 'two exercise boundaries: by finite differences',
  EXPIRED: 'no time is left: the intrinsic value',
}

function americanLines(rows: Rows, { layout, scheme }: BatchPlan): (i: number) => Line {
  const { columns, side } = rows
  const { spot, forward, strike, tteYears, vol, rate, yieldRate } = columns
  const onForward = isWhole(layout)
  // A row that cannot be read must not cost a solution, nor one below zero.
  const given = rows.reasons.some(reason => reason !== '') ? vol.map((value, i) => (rows.reasons[i] ? Number.NaN : value)) : vol
  const options = {
    spot: onForward ? forward : spot,
    strike,
    tteYears,
    vol: given,
    rate,
    yieldRate: onForward ? rate : yieldRate,
    side,
  }
  const answer = americanGreeks(options, scheme, { holdsForward: onForward })
  return i => {
    const bad = unread(i, rows, NO_GREEKS)
    if (bad) return bad
    const how = AMERICAN_STATUS[answer.status[i]!]!
    if (how === 'NOT_A_NUMBER') return { values: NO_GREEKS, status: 'NOT_POSITIVE', model: 'american', reason: NOT_POSITIVE }
    return { values: greekFields(i, answer), status: how === 'EXPIRED' ? how : 'OK', model: 'american', reason: HOW[how] ?? '' }
  }
}

const WHY: Readonly<Record<string, string>> = {
  BELOW_INTRINSIC: 'the price is below the discounted intrinsic value',
  ABOVE_MAXIMUM: 'the price is at or above the most that the option can be worth',
  NO_TIME_VALUE: 'the price is the intrinsic value: no volatility can be told from it',
  EXPIRED: 'no time is left',
  NOT_A_NUMBER: 'a value is missing or not finite',
  NOT_POSITIVE: 'spot and strike must be above zero',
  NO_SOLUTION: 'the search ended without an answer',
}

function impliedAmericanLines(rows: Rows, { layout, scheme }: BatchPlan): (i: number) => Line {
  const { spot, forward, strike, tteYears, rate, yieldRate, price } = rows.columns
  const onForward = isWhole(layout)
  const given = price.map((value, i) => (rows.reasons[i] ? Number.NaN : value))
  const prices = {
    price: given,
    spot: onForward ? forward : spot,
    strike,
    tteYears,
    rate,
    yieldRate: onForward ? rate : yieldRate,
    side: rows.side,
  }
  const { vol, status } = impliedAmerican(prices, scheme)
  return i => {
    const name = IMPLIED_STATUS[status[i]!]!
    return (
      unread(i, rows, '') ?? {
        values: name === 'OK' ? String(vol[i]) : '',
        status: name,
        model: 'american',
        reason: WHY[name] ?? '',
      }
    )
  }
}

function impliedLines(rows: Rows, plan: BatchPlan): (i: number) => Line {
  if (plan.isAmerican) return impliedAmericanLines(rows, plan)
  const { layout, isNormal } = plan
  const { columns, side } = rows
  const { spot, strike, tteYears, rate, yieldRate, price } = columns
  const onForward = isWhole(layout)
  const forward = onForward
    ? columns.forward
    : spot.map((value, i) => value * Math.exp((rate[i]! - yieldRate[i]!) * Math.max(0, tteYears[i]!)))
  const prices = { price, forward, strike, tteYears, rate, side }
  const usual = isNormal ? null : impliedBlack76(prices)
  const needsNormal = isNormal || (onForward && forward.some((value, i) => value <= 0 || strike[i]! <= 0))
  const normal = needsNormal ? impliedBachelier(prices) : null
  return i => {
    const bad = unread(i, rows, '')
    if (bad) return bad
    const isBachelier = normal !== null && (isNormal || forward[i]! <= 0 || strike[i]! <= 0)
    const { vol, status } = isBachelier ? normal : usual!
    const name = IMPLIED_STATUS[status[i]!]!
    return {
      values: name === 'OK' ? String(vol[i]) : '',
      status: name,
      model: isBachelier ? 'bachelier' : onForward ? 'black-76' : 'black-scholes-merton',
      reason: WHY[name] ?? '',
    }
  }
}
