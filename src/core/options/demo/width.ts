import type { GreekColumns } from '../columns.ts'
import type { DemoOptionListing } from './listing.ts'

/** Uncertainty of volatility that a maker is paid for, per √year: so much at once, and more for each year. */
const VOL_WIDTH = 0.0005
const VOL_WIDTH_A_YEAR = 0.002
/** Of the underlying's price, for what hedging costs and for what nobody trades deep in the money. */
const HEDGE_WIDTH = 0.000012
const DEEP_WIDTH = 0.0011

/** Usual distance of bid and ask in price: by the volatility it is worth, the hedge it takes, and how deep it is in the money. */
export function quotedWidth(listing: DemoOptionListing, tteYears: number, fair: GreekColumns, k: number): number {
  const { tickSize, root } = listing
  const delta = Math.abs(fair.delta[k]!)
  const vega = Math.max(0, fair.vega[k]!)
  const deep = Math.max(0, delta - 0.75) * 4
  const scale = root === 'SPY' ? 1 : 6
  const width = vega * (VOL_WIDTH + VOL_WIDTH_A_YEAR * tteYears) * scale
  const price = fair.price[k]!
  return (
    tickSize + width + HEDGE_WIDTH * delta * 700 * (root === 'SPY' ? 1 : root === 'CL' ? 0.5 : 0.05) + DEEP_WIDTH * deep * price
  )
}
