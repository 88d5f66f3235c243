import { MICROS_PER_HOUR } from '../kit/time.ts'
import { priceAmerican } from '../options/american.ts'
import type { OptionColumns } from '../options/columns.ts'
import { emptyGreeks, type GreekColumns } from '../options/columns.ts'
import { priceEuropean } from '../options/european.ts'
import type { DemoOptionExpiry, DemoOptionListing } from './option-listing.ts'
import { demoMinuteClose } from './option-spot.ts'
import { atmVariance, type DemoSurface, demoSurfaceAt, demoVol } from './option-surface.ts'

const MICROS_PER_YEAR = 365 * 24 * MICROS_PER_HOUR
/** Nodes of the premium of early exercise, in standard deviations of the log of strike over spot. */
const FIRST_NODE = -4
const LAST_NODE = 7
const NODES_PER_DEVIATION = 4
const NODES = (LAST_NODE - FIRST_NODE) * NODES_PER_DEVIATION + 1
const KEPT_TABLES = 160

/** Premium of early exercise over the strike, at even steps of ln(strike / spot). */
interface PremiumTable {
  readonly step: number
  readonly tteYears: number
  readonly premium: Float64Array
}

const tables = new Map<string, PremiumTable>()

/** Years from an instant to the settlement of an expiry, ACT/365F. */
export function yearsTo(settlesAt: number, at: number): number {
  return Math.max(0, settlesAt - at) / MICROS_PER_YEAR
}

/** Options to be priced; the columns have a row for each of `rows`. */
export interface FairInputs {
  readonly listing: DemoOptionListing
  /** Places in the listing. */
  readonly rows: ArrayLike<number>
  /** Price of what is exercised into, and when; NaN gives no price. */
  readonly spot: ArrayLike<number>
  readonly at: ArrayLike<number>
  readonly surface: readonly DemoSurface[]
  /** Instant whose hour's table gives the premium of early exercise. */
  readonly tableAt: number
}

/**
 * Fair price and Greeks of rows of a listing.
 *
 * Shapes: the answer has a row for each of `rows`.
 * Range: European prices are free of arbitrage because the surface is; an American one adds the premium of early exercise from
 * a table that is made each hour with core/options, and is never below what exercise gives.
 */
export function fairPrices({ listing, rows, spot, at, surface, tableAt }: FairInputs): GreekColumns {
  const n = rows.length
  const columns = optionColumns(n)
  const { contracts, rate, yieldRate, exercise } = listing
  for (let i = 0; i < n; i += 1) {
    const { strike, side, settlesAt } = contracts[rows[i]!]!
    const s = spot[i]!
    const t = yearsTo(settlesAt, at[i]!)
    columns.spot[i] = s
    columns.strike[i] = strike
    columns.tteYears[i] = t
    columns.rate[i] = rate
    columns.yieldRate[i] = yieldRate
    columns.side[i] = side
    columns.vol[i] = t > 0 ? demoVol(surface[i]!, t, Math.log(strike / s) - (rate - yieldRate) * t) : 0
  }
  const out = priceEuropean(columns, emptyGreeks(n))
  if (exercise === 'european') return out
  for (let i = 0; i < n; i += 1) {
    const { strike, side, expiryIndex } = contracts[rows[i]!]!
    const s = spot[i]!
    const table = premiumTable(listing, listing.expiries[expiryIndex]!, side, tableAt)
    // What early exercise gains is interest, so it shrinks with the time that is left.
    const premium = table.tteYears > 0 ? (premiumAt(table, Math.log(strike / s)) * columns.tteYears[i]!) / table.tteYears : 0
    out.price[i] = Math.max(side * (s - strike), out.price[i]! + strike * premium)
  }
  return out
}

function optionColumns(n: number): OptionColumns {
  const column = () => new Float64Array(n)
  return {
    spot: column(),
    strike: column(),
    tteYears: column(),
    vol: column(),
    rate: column(),
    yieldRate: column(),
    side: new Int8Array(n),
  }
}

function premiumTable(listing: DemoOptionListing, expiry: DemoOptionExpiry, side: 1 | -1, at: number): PremiumTable {
  const hour = Math.floor(at / MICROS_PER_HOUR)
  const key = `${expiry.line.seed} ${expiry.settlesAt} ${side} ${hour}`
  const known = tables.get(key)
  if (known) return known
  const made = makeTable(listing, expiry, side, hour * MICROS_PER_HOUR)
  if (tables.size >= KEPT_TABLES) tables.delete(tables.keys().next().value as string)
  tables.set(key, made)
  return made
}

/** Premiums at the beginning of an hour. They depend on strike over spot alone, so the spot of that moment does no harm later. */
function makeTable(listing: DemoOptionListing, { line, settlesAt }: DemoOptionExpiry, side: 1 | -1, at: number): PremiumTable {
  const { rate, yieldRate, character } = listing
  const surface = demoSurfaceAt(line, character, at)
  const t = yearsTo(settlesAt, at)
  const s = demoMinuteClose(line, at)
  const step = Math.sqrt(atmVariance(surface, t)) / NODES_PER_DEVIATION
  const columns = optionColumns(NODES)
  for (let k = 0; k < NODES; k += 1) {
    const x = (FIRST_NODE * NODES_PER_DEVIATION + k) * step
    columns.spot[k] = s
    columns.strike[k] = s * Math.exp(x)
    columns.tteYears[k] = t
    columns.vol[k] = t > 0 ? demoVol(surface, t, x - (rate - yieldRate) * t) : 0
    columns.rate[k] = rate
    columns.yieldRate[k] = yieldRate
    columns.side[k] = side
  }
  const european = priceEuropean(columns).price
  const { price } = priceAmerican(columns, 'fast')
  const premium = price.map((value, k) => Math.max(0, value - european[k]!) / columns.strike[k]!)
  return { step, tteYears: t, premium }
}

/** By a cubic through four nodes; beyond the ends the last one holds, and there the intrinsic value decides or nothing does. */
function premiumAt({ step, premium }: PremiumTable, x: number): number {
  const place = x / step - FIRST_NODE * NODES_PER_DEVIATION
  if (!(place > 0)) return premium[0]!
  if (place >= NODES - 1) return premium[NODES - 1]!
  const k = Math.min(NODES - 3, Math.max(1, Math.floor(place)))
  const u = place - k
  const [a, b, c, d] = [premium[k - 1]!, premium[k]!, premium[k + 1]!, premium[k + 2]!]
  const value = b + (u * (c - a + u * (2 * a - 5 * b + 4 * c - d + u * (3 * (b - c) + d - a)))) / 2
  return Math.max(0, value)
}
