import { MICROS_PER_HOUR } from '../../kit/time.ts'
import { priceAmerican } from '../american.ts'
import { emptyGreeks, type GreekColumns, type OptionColumns } from '../columns.ts'
import { priceEuropean } from '../european.ts'
import type { DemoOptionExpiry, DemoOptionListing } from './listing.ts'
import { demoMinuteClose } from './spot.ts'
import { atmVariance, type DemoSurface, demoSurfaceAt, demoVol, tilted } from './surface.ts'

const MICROS_PER_YEAR = 365 * 24 * MICROS_PER_HOUR
/** Nodes of a premium of early exercise, in standard deviations of the log of strike over spot. */
interface NodePlan {
  readonly first: number
  readonly last: number
  readonly perDeviation: number
}
/**
 * A put's premium bends where exercise begins, so the nodes of far expiries, where it is worth dollars, lie close. Calls are hardly
 * ever exercised early while the rate is above the yield.
 */
const FAR_PUT: NodePlan = { first: -3, last: 3, perDeviation: 12 }
const NEAR_PUT: NodePlan = { first: -4, last: 6, perDeviation: 7 }
const CALL: NodePlan = { first: -5, last: 2, perDeviation: 3 }
const FAR_YEARS = 10 / 365
const KEPT_TABLES = 160

/** Volatility moves within the hour of a table by less than this part of it; the slope is taken over so much. */
const VOL_STEP = 0.02

/** Premium of early exercise over the strike, at even steps of ln(strike / spot). */
interface PremiumTable {
  readonly first: number
  readonly step: number
  readonly tteYears: number
  readonly surface: DemoSurface
  readonly premium: Float64Array
  /** Its change with volatility; null where the premium is too small for that to matter. */
  readonly slope: Float64Array | null
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
  /** Planted change of the correlation in those surfaces; 0 where nothing is said. */
  readonly tilt?: ArrayLike<number>
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
export function fairPrices({ listing, rows, spot, at, surface, tilt, tableAt }: FairInputs): GreekColumns {
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
  const near: (PremiumTable | undefined)[] = []
  for (let i = 0; i < n; i += 1) {
    const { strike, side, expiryIndex } = contracts[rows[i]!]!
    const place = 2 * expiryIndex + (side > 0 ? 1 : 0)
    const by = tilt?.[i] ?? 0
    const kept = by === 0 ? near[place] : undefined
    const table = kept ?? premiumTable(listing, listing.expiries[expiryIndex]!, { side, at: tableAt, tilt: by })
    if (by === 0) near[place] = table
    const s = spot[i]!
    const x = Math.log(strike / s)
    let premium = valueAt(table, table.premium, x)
    if (table.slope) {
      const then = demoVol(table.surface, table.tteYears, x - (rate - yieldRate) * table.tteYears)
      premium += valueAt(table, table.slope, x) * (columns.vol[i]! - then)
    }
    // What early exercise gains is interest, so it shrinks with the time that is left.
    const left = table.tteYears > 0 ? columns.tteYears[i]! / table.tteYears : 0
    out.price[i] = Math.max(side * (s - strike), out.price[i]! + strike * Math.max(0, premium) * left)
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

interface TableOf {
  readonly side: 1 | -1
  readonly at: number
  readonly tilt: number
}

function premiumTable(listing: DemoOptionListing, expiry: DemoOptionExpiry, { side, at, tilt }: TableOf): PremiumTable {
  const hour = Math.floor(at / MICROS_PER_HOUR)
  const key = `${expiry.line.seed} ${expiry.settlesAt} ${side} ${hour} ${tilt}`
  const known = tables.get(key)
  if (known) return known
  const made = makeTable(listing, expiry, { side, at: hour * MICROS_PER_HOUR, tilt })
  if (tables.size >= KEPT_TABLES) tables.delete(tables.keys().next().value as string)
  tables.set(key, made)
  return made
}

/** Premiums at the beginning of an hour. They depend on strike over spot alone, so the spot of that moment does no harm later. */
function makeTable(listing: DemoOptionListing, { line, settlesAt }: DemoOptionExpiry, { side, at, tilt }: TableOf): PremiumTable {
  const { rate, yieldRate, character } = listing
  const plain = demoSurfaceAt(line, character, at)
  const surface = tilt === 0 ? plain : tilted(plain, tilt)
  const t = yearsTo(settlesAt, at)
  const s = demoMinuteClose(line, at)
  const plan = side > 0 ? CALL : t > FAR_YEARS ? FAR_PUT : NEAR_PUT
  const step = Math.sqrt(atmVariance(surface, t)) / plan.perDeviation
  const first = plan.first * plan.perDeviation
  const nodes = plan.last * plan.perDeviation - first + 1
  const columns = optionColumns(nodes)
  for (let k = 0; k < nodes; k += 1) {
    const x = (first + k) * step
    columns.spot[k] = s
    columns.strike[k] = s * Math.exp(x)
    columns.tteYears[k] = t
    columns.vol[k] = t > 0 ? demoVol(surface, t, x - (rate - yieldRate) * t) : 0
    columns.rate[k] = rate
    columns.yieldRate[k] = yieldRate
    columns.side[k] = side
  }
  const premium = premiums(columns)
  if (plan !== FAR_PUT) return { first, step, tteYears: t, surface, premium, slope: null }
  const more = premiums({ ...columns, vol: columns.vol.map(vol => vol * (1 + VOL_STEP)) })
  const slope = more.map((value, k) => (value - premium[k]!) / (VOL_STEP * columns.vol[k]!))
  return { first, step, tteYears: t, surface, premium, slope }
}

/** What American prices are above European ones, per 1.00 of strike. */
function premiums(columns: OptionColumns): Float64Array {
  const european = priceEuropean(columns).price
  const { price } = priceAmerican(columns, 'fast')
  return price.map((value, k) => Math.max(0, value - european[k]!) / columns.strike[k]!)
}

/** By a cubic through four nodes; below them it fades as between the first two, above them the intrinsic value decides. */
function valueAt({ first, step }: PremiumTable, column: Float64Array, x: number): number {
  const place = x / step - first
  const last = column.length - 1
  if (!(place > 0)) return column[0]! * Math.min(1, Math.max(0, column[0]! / column[1]!) || 0) ** -place
  if (place >= last) return column[last]!
  const k = Math.min(last - 2, Math.max(1, Math.floor(place)))
  const u = place - k
  const [a, b, c, d] = [column[k - 1]!, column[k]!, column[k + 1]!, column[k + 2]!]
  return b + (u * (c - a + u * (2 * a - 5 * b + 4 * c - d + u * (3 * (b - c) + d - a)))) / 2
}
