import { type DemoLine, demoLine } from '../../demo/book.ts'
import { DEMO_VENUE, DEMO_ZONE } from '../../demo/instruments.ts'
import { civilOf, dateOfDay, dayIn, dayOfDate, fromWallClock, weekdayOf } from '../../kit/calendar.ts'
import { instrumentId } from '../../kit/ids.ts'
import { mixText } from '../../kit/random.ts'
import { type EpochMicros, type IsoDate, MICROS_PER_DAY, MICROS_PER_MINUTE } from '../../kit/time.ts'
import { crudeOptionExpiry, gasOptionExpiry, strip } from '../../market/contracts.ts'
import { nthWeekday } from '../../market/holidays.ts'
import type { Exercise } from '../chain.ts'
import { occSymbol } from '../occ-symbol.ts'
import type { SurfaceCharacter } from './surface.ts'

/** Underlyings whose options the demo market lists. */
export const DEMO_OPTION_ROOTS = ['SPY', 'CL', 'NG'] as const
export type DemoOptionRoot = (typeof DEMO_OPTION_ROOTS)[number]

/** One contract; `key` is its OCC symbol. */
export interface DemoOption {
  readonly key: string
  readonly expiry: IsoDate
  readonly settlesAt: EpochMicros
  readonly strike: number
  readonly side: 1 | -1
  /** Place of its expiry in the listing. */
  readonly expiryIndex: number
  /** Fixes everything random about it. */
  readonly seed: number
}

/** One expiry and the stretch of rows that it has. */
export interface DemoOptionExpiry {
  readonly date: IsoDate
  readonly settlesAt: EpochMicros
  /** What it is exercised into: the fund, or the future of its month. */
  readonly line: DemoLine
  readonly from: number
  readonly to: number
}

/** Everything that is listed on one underlying at an instant; contracts are sorted as the rows of a chain. */
export interface DemoOptionListing {
  readonly root: DemoOptionRoot
  readonly exercise: Exercise
  readonly multiplier: number
  readonly tickSize: number
  readonly character: SurfaceCharacter
  /** Continuously compounded; the yield of a future is the rate. */
  readonly rate: number
  readonly yieldRate: number
  /** Line whose quote is the underlying's: the fund, or the nearest future that has options. */
  readonly line: DemoLine
  readonly expiries: readonly DemoOptionExpiry[]
  readonly contracts: readonly DemoOption[]
  readonly rowOf: ReadonlyMap<string, number>
}

interface RootTerms {
  readonly exercise: Exercise
  readonly multiplier: number
  readonly tickSize: number
  /** Minute of the New York day at which options settle. */
  readonly settleMinute: number
  readonly yieldRate: number
  readonly character: SurfaceCharacter
}

const RATE = 0.042

const TERMS: Readonly<Record<DemoOptionRoot, RootTerms>> = {
  SPY: {
    exercise: 'american',
    multiplier: 100,
    tickSize: 0.01,
    settleMinute: 16 * 60,
    // Rate less yield is the carry of the demo market's ES contracts.
    yieldRate: 0.012,
    character: { rho: -0.66, eta: 1.02, longVol: 0.178, reversion: 4, leverage: 4 },
  },
  CL: {
    exercise: 'european',
    multiplier: 1000,
    tickSize: 0.01,
    settleMinute: 14 * 60 + 30,
    yieldRate: RATE,
    character: { rho: -0.22, eta: 1.1, longVol: 0.3, reversion: 1.5, leverage: 1.2 },
  },
  NG: {
    exercise: 'european',
    multiplier: 10_000,
    tickSize: 0.001,
    settleMinute: 14 * 60 + 30,
    yieldRate: RATE,
    character: { rho: 0.2, eta: 1.1, longVol: 0.42, reversion: 2, leverage: -0.8 },
  },
}

/** Dailies, then Fridays, then third Fridays, then quarterly ones far out: 14 expiries. */
const DAILIES = 5
const WEEKLIES = 4
const MONTHLIES = 3
const LEAPS = 2
const LEAPS_AFTER_DAYS = 240
const FUTURES_EXPIRIES = 8
/** Strikes that came into reach stay listed for so many days after the price has left. */
const REACH_DAYS = 6
const FRIDAY = 5
const KEPT_LISTINGS = 12
const DAYS_PER_YEAR = 365

const listings = new Map<string, DemoOptionListing>()

/** Instant at which the options of a date settle. */
function settleInstant(date: IsoDate, root: DemoOptionRoot): EpochMicros {
  const wall = dayOfDate(date) * MICROS_PER_DAY + TERMS[root].settleMinute * MICROS_PER_MINUTE
  return fromWallClock(wall, DEMO_ZONE, 'later')
}

/** The options on one underlying that have not expired; the list changes at midnight of New York and when an expiry settles. */
export function demoOptionListing(seed: number, root: DemoOptionRoot, at: number): DemoOptionListing {
  const today = dayIn(at, DEMO_ZONE)
  const isSettled = at >= settleInstant(dateOfDay(today), root)
  const key = `${seed} ${root} ${today} ${isSettled}`
  const known = listings.get(key)
  if (known) return known
  const made = root === 'SPY' ? fundListing(seed, today, isSettled) : futureListing(seed, root, today, isSettled)
  if (listings.size >= KEPT_LISTINGS) listings.delete(listings.keys().next().value as string)
  listings.set(key, made)
  return made
}

interface Ladder {
  readonly date: IsoDate
  readonly line: DemoLine
  readonly strikes: readonly number[]
}

function assemble(root: DemoOptionRoot, seed: number, line: DemoLine, ladders: readonly Ladder[]): DemoOptionListing {
  const contracts: DemoOption[] = []
  const expiries = ladders.map((ladder, expiryIndex): DemoOptionExpiry => {
    const from = contracts.length
    const settlesAt = settleInstant(ladder.date, root)
    for (const strike of ladder.strikes) {
      for (const side of [1, -1] as const) {
        const key = occSymbol({ root, expiry: ladder.date, side, strike })
        contracts.push({ key, expiry: ladder.date, settlesAt, strike, side, expiryIndex, seed: mixText(seed, key) })
      }
    }
    return { date: ladder.date, settlesAt, line: ladder.line, from, to: contracts.length }
  })
  const { exercise, multiplier, tickSize, character, yieldRate } = TERMS[root]
  const rowOf = new Map(contracts.map(({ key }, row) => [key, row]))
  return { root, exercise, multiplier, tickSize, character, rate: RATE, yieldRate, line, expiries, contracts, rowOf }
}

function fundListing(seed: number, today: number, isSettled: boolean): DemoOptionListing {
  const line = demoLine(seed, instrumentId(`SPY.${DEMO_VENUE}`))
  const reach = reachOf(line, today)
  const days = fundExpiries(today + (isSettled ? 1 : 0))
  const ladders = days.map((day): Ladder => ({ date: dateOfDay(day), line, strikes: fundStrikes(day - today, reach) }))
  return assemble('SPY', seed, line, ladders)
}

/** Days of the expiries, the nearest first. The demo market trades every day, so a daily expiry is never far. */
function fundExpiries(first: number): number[] {
  const days = new Set<number>()
  for (let k = 0; k < DAILIES; k += 1) days.add(first + k)
  for (let day = first + DAILIES, left = WEEKLIES; left > 0; day += 1) {
    if (weekdayOf(day) !== FRIDAY) continue
    days.add(day)
    left -= 1
  }
  const last = Math.max(...days)
  const { year, month } = civilOf(first)
  let monthlies = 0
  let leaps = 0
  for (let step = 0; leaps < LEAPS; step += 1) {
    const index = year * 12 + month - 1 + step
    const of = (index % 12) + 1
    const day = nthWeekday(Math.floor(index / 12), of, FRIDAY, 3)
    if (day > last && monthlies < MONTHLIES) {
      days.add(day)
      monthlies += 1
    } else if (day > first + LEAPS_AFTER_DAYS && (of === 1 || of === 6)) {
      days.add(day)
      leaps += 1
    }
  }
  return [...days].sort((a, b) => a - b)
}

interface Reach {
  readonly low: number
  readonly high: number
}

/** Where the price opened on the days until today. */
function reachOf(line: DemoLine, today: number): Reach {
  let low = Number.POSITIVE_INFINITY
  let high = 0
  for (let day = Math.max(line.first, today - REACH_DAYS); day <= today; day += 1) {
    const open = line.dayBar(day).open / line.ticksPerUnit
    low = Math.min(low, open)
    high = Math.max(high, open)
  }
  return { low, high }
}

/** Small steps near the money, wider outside; the reach grows with the root of time and is wider below, as crashes are. */
function fundStrikes(days: number, { low, high }: Reach): number[] {
  const deviation = 0.17 * Math.sqrt(Math.max(days, 1) / DAYS_PER_YEAR)
  const inner = days > 200 ? 10 : days > 40 ? 5 : days > 7 ? 2 : 1
  const outer = days > 40 ? 10 : 5
  return ladder({ low, high }, [
    {
      step: inner,
      below: Math.min(0.14, Math.max(0.03, 1.6 * deviation)),
      above: Math.min(0.11, Math.max(0.025, 1.3 * deviation)),
    },
    { step: outer, below: Math.min(0.24, 4.2 * deviation), above: Math.min(0.2, 2.8 * deviation) },
    { step: 25, below: Math.min(0.55, 6 * deviation), above: Math.min(0.4, 3.6 * deviation) },
  ])
}

interface Rung {
  readonly step: number
  readonly below: number
  readonly above: number
}

function ladder({ low, high }: Reach, rungs: readonly Rung[]): number[] {
  const strikes = new Set<number>()
  for (const { step, below, above } of rungs) {
    const from = Math.ceil((low * (1 - below)) / step)
    const to = Math.floor((high * (1 + above)) / step)
    // Multiples of a step such as 0.05 are rounded to the decimal that is printed.
    for (let k = Math.max(1, from); k <= to; k += 1) strikes.add(Math.round(k * step * 1e4) / 1e4)
  }
  return [...strikes].sort((a, b) => a - b)
}

function futureListing(seed: number, root: 'CL' | 'NG', today: number, isSettled: boolean): DemoOptionListing {
  const first = dateOfDay(today + (isSettled ? 1 : 0))
  const expiryOf = root === 'CL' ? crudeOptionExpiry : gasOptionExpiry
  const contracts = strip(root, dateOfDay(today), FUTURES_EXPIRIES + 3)
    .map(contract => ({ contract, date: expiryOf(contract) }))
    .filter(({ date }) => date >= first)
    .slice(0, FUTURES_EXPIRIES)
  const ladders = contracts.map(({ contract, date }): Ladder => {
    const line = demoLine(seed, instrumentId(`${contract.symbol}.${DEMO_VENUE}`))
    return { date, line, strikes: futureStrikes(root, dayOfDate(date) - today, reachOf(line, today)) }
  })
  return assemble(root, seed, ladders[0]!.line, ladders)
}

function futureStrikes(root: 'CL' | 'NG', days: number, reach: Reach): number[] {
  const deviation = (root === 'CL' ? 0.32 : 0.5) * Math.sqrt(Math.max(days, 2) / DAYS_PER_YEAR)
  const [inner, outer] = root === 'CL' ? [0.5, 2.5] : [0.05, 0.25]
  return ladder(reach, [
    { step: inner, below: Math.min(0.2, 1.6 * deviation), above: Math.min(0.25, 1.8 * deviation) },
    { step: outer, below: Math.min(0.5, 3 * deviation), above: Math.min(0.9, 3.5 * deviation) },
  ])
}
