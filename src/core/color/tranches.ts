import { createRandom, mixSeed } from '../kit/random.ts'
import { cusipCheckDigit } from './cusip.ts'

/** What tranches of one kind trade like. Prices are in percent of par. */
export interface TrancheClass {
  readonly name: string
  readonly sector: string
  /** Price around which tranches of the class lie, and how far from it. */
  readonly center: number
  readonly spread: number
  /** Usual half of the distance between bid and offer. */
  readonly half: number
  /** Hundredths of a point in which it is quoted. */
  readonly tick: number
  readonly low: number
  readonly high: number
}

/** An invented tranche. */
export interface Tranche {
  readonly cusip: string
  readonly ticker: string
  readonly kind: TrancheClass
  readonly seed: number
  readonly base: number
}

/** Where a tranche stands on a day: what it is worth, and what the desk last said that it is worth. */
export interface TrancheLevel {
  readonly mid: number
  /** Null where the desk has not evaluated it. */
  readonly evaluated: string | null
}

type Line = readonly [name: string, sector: string, center: number, spread: number, half: number, tick: number]

/** Debt that is quoted far from these prices is a slip of a pen. */
const DEBT = { low: 10, high: 105 }
const EQUITY = { low: 3, high: 130 }

function classOf([name, sector, center, spread, half, tick]: Line): TrancheClass {
  return { name, sector, center, spread, half, tick, ...(sector.endsWith('EQUITY') ? EQUITY : DEBT) }
}

const CLASSES_PER_DEAL = 6

/** Six classes of each kind of deal; the levels are those of quiet years, rounded. */
const DEALS: readonly (readonly TrancheClass[])[] = (
  [
    [
      ['A', 'US CLO 2.0 AAA', 99.8, 0.4, 0.08, 1],
      ['B', 'US CLO 2.0 AA', 99.4, 0.6, 0.12, 1],
      ['C', 'US CLO 2.0 A', 98.8, 1, 0.2, 5],
      ['D', 'US CLO 2.0 MEZZ', 96.5, 2, 0.35, 5],
      ['E', 'US CLO 2.0 BB', 91.5, 3.5, 0.6, 25],
      ['SUB', 'US CLO EQUITY', 48, 12, 1.2, 25],
    ],
    [
      ['A1', 'MM CLO SENIOR', 99.6, 0.5, 0.12, 1],
      ['A2', 'MM CLO SENIOR', 99.2, 0.6, 0.15, 5],
      ['B', 'MM CLO SENIOR', 98.7, 0.9, 0.2, 5],
      ['C', 'MM CLO MEZZ', 97.4, 1.5, 0.35, 5],
      ['D', 'MM CLO MEZZ', 95.2, 2.2, 0.5, 25],
      ['SUB', 'MM CLO EQUITY', 62, 10, 1.5, 25],
    ],
    [
      ['A', 'EUROPEAN CLO SENIOR', 99.7, 0.5, 0.1, 1],
      ['B', 'EUROPEAN CLO SENIOR', 99.1, 0.8, 0.15, 5],
      ['C', 'EUROPEAN CLO MEZZ', 98.1, 1.3, 0.25, 5],
      ['D', 'EUROPEAN CLO MEZZ', 95.8, 2.2, 0.4, 5],
      ['E', 'EUROPEAN CLO MEZZ', 90.7, 3.5, 0.7, 25],
      ['SUB', 'EUROPEAN CLO EQUITY', 52, 11, 1.3, 25],
    ],
    [
      ['A2', 'AUTO ABS', 100.1, 0.3, 0.05, 1],
      ['A3', 'AUTO ABS', 99.9, 0.6, 0.06, 1],
      ['A4', 'AUTO ABS', 99.6, 0.8, 0.08, 1],
      ['B', 'AUTO ABS', 99.2, 1, 0.12, 1],
      ['C', 'AUTO ABS', 98.6, 1.3, 0.2, 5],
      ['D', 'AUTO ABS', 97.5, 1.8, 0.3, 5],
    ],
    [
      ['A1', 'AIRCRAFT ABS', 94, 2.5, 0.4, 5],
      ['A2', 'AIRCRAFT ABS', 92.5, 3, 0.45, 5],
      ['B1', 'AIRCRAFT ABS', 86, 5, 0.75, 25],
      ['B2', 'AIRCRAFT ABS', 84, 5, 0.75, 25],
      ['C', 'AIRCRAFT ABS', 71, 8, 1.25, 25],
      ['D', 'AIRCRAFT ABS', 58, 9, 1.5, 25],
    ],
  ] as const
).map(lines => lines.map(classOf))

const SHELVES = ['ALDMR', 'BRKWT', 'CNDHL', 'DUNMR', 'ELMSK', 'FENWK', 'GRNTH', 'HOLLM', 'INGLW', 'KESTN', 'LARKD', 'MERDW']
const FIRST_VINTAGE = 2013
const VINTAGES = 13

/** CUSIPs have no I and no O. */
const LETTERS = '0123456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const ISSUERS = 1_000 * LETTERS.length
/** Prime to the number of issuers, so that every deal up to it has an issuer of its own. */
const ISSUER_STEP = 7_919
/** Tranches that can be told apart. */
const MOST_TRANCHES = ISSUERS * CLASSES_PER_DEAL * Math.floor(LETTERS.length ** 2 / CLASSES_PER_DEAL)

/**
 * The CUSIP of an invented tranche, valid in its check digit.
 *
 * Its issuer is one of those ending in 990 to 999 and 99A to 99Z, which the CUSIP system leaves to its users: no bond has it.
 */
function inventedCusip(seed: number, number: number): string {
  const deal = Math.floor(number / CLASSES_PER_DEAL)
  const issuer = ((deal % ISSUERS) * ISSUER_STEP + (mixSeed(seed, 1) >>> 0)) % ISSUERS
  const issue = Math.floor(deal / ISSUERS) * CLASSES_PER_DEAL + (number % CLASSES_PER_DEAL)
  const group = String(Math.floor(issuer / LETTERS.length)).padStart(3, '0')
  const last = (value: number) => LETTERS[value % LETTERS.length] as string
  const body = `${group}99${last(issuer)}${last(Math.floor(issue / LETTERS.length))}${last(issue)}`
  return `${body}${cusipCheckDigit(body)}`
}

/** A standard normal that is never wilder than two. */
export function tamed(normal: number): number {
  return Math.max(-2, Math.min(2, normal))
}

/**
 * The tranche with a number, under a seed: six of one deal follow each other.
 *
 * Fails: RangeError for a number that is none or beyond the CUSIPs that there are.
 */
export function trancheOf(seed: number, number: number): Tranche {
  if (!Number.isInteger(number) || number < 0 || number >= MOST_TRANCHES)
    throw new RangeError(`a tranche has a number from 0 to ${MOST_TRANCHES - 1}, was ${number}`)
  const deal = Math.floor(number / CLASSES_PER_DEAL)
  const dealSeed = mixSeed(mixSeed(seed, 2), deal)
  const classes = DEALS[(dealSeed >>> 0) % DEALS.length] as readonly TrancheClass[]
  const kind = classes[number % CLASSES_PER_DEAL] as TrancheClass
  const shelf = SHELVES[deal % SHELVES.length] as string
  const vintage = FIRST_VINTAGE + (Math.floor(deal / SHELVES.length) % VINTAGES)
  const series = 1 + Math.floor(deal / (SHELVES.length * VINTAGES))
  const own = mixSeed(mixSeed(seed, 3), number)
  const room = 5 * kind.half
  const wanted = kind.center + kind.spread * tamed(createRandom(own).normal())
  const base = Math.max(kind.low + room, Math.min(kind.high - room, wanted))
  return { cusip: inventedCusip(seed, number), ticker: `${shelf} ${vintage}-${series} ${kind.name}`, kind, seed: own, base }
}

const DAYS_PER_WEEK = 7
/** How far a week takes a price, and the desk is from it, in the half distance of bid and offer. */
const WEEK_MOVE = 1.5
const EVALUATION_SLIP = 0.6
const NOT_EVALUATED = 0.04

/** Where a tranche stands on a day: between the levels of two weeks, so that any day is worked out without those before it. */
export function trancheLevel({ seed, base, kind }: Tranche, day: number): TrancheLevel {
  const week = Math.floor(day / DAYS_PER_WEEK)
  const share = day / DAYS_PER_WEEK - week
  const levelIn = (at: number) => tamed(createRandom(mixSeed(seed, at)).normal())
  const move = WEEK_MOVE * kind.half * (levelIn(week) * (1 - share) + levelIn(week + 1) * share)
  const room = 4 * kind.half
  const mid = Math.max(kind.low + room, Math.min(kind.high - room, base + move))
  const desk = createRandom(mixSeed(mixSeed(seed, 4), day))
  const isEvaluated = desk.uniform() >= NOT_EVALUATED
  return { mid, evaluated: isEvaluated ? (mid + EVALUATION_SLIP * kind.half * tamed(desk.normal())).toFixed(4) : null }
}
