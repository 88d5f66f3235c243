import type { Boundary } from './american-boundary.ts'
import type { SchemeTables } from './american-scheme.ts'
import { mills, ONE_OVER_ROOT_TWO_PI } from './mills.ts'

/** Value of the right to exercise a put with strike 1 early, with its first two derivatives in the spot. */
export interface Premium {
  value: number
  delta: number
  gamma: number
}

/**
 * Premium of early exercise over the European put, at a spot above the boundary.
 *
 * Units: strike 1; spot as a share of it.
 * Source: Kim (1990), the interest gained less the yield lost while below the boundary.
 */
export function premiumOf(tables: SchemeTables, boundary: Boundary, spot: number, out: Premium, withGreeks: boolean): void {
  const { priceSine, priceWeight } = tables
  const { rate: r, yieldRate: q, vol, tteYears, logs, levels, discounts, carries } = boundary
  const rootT = Math.sqrt(tteYears)
  const logSpot = Math.log(spot)
  const drift = r - q + 0.5 * vol * vol
  let value = 0
  let delta = 0
  let gamma = 0
  for (let k = 0; k < priceWeight.length; k++) {
    const s = priceSine[k]!
    const sd = vol * rootT * s
    const z = tteYears * s * s
    const d1 = (logSpot - logs[k]! + drift * z) / sd
    const d2 = d1 - sd
    // spot e^{-qz} n(d1) = B e^{-rz} n(d2): one exponential for both.
    const density2 = discounts[k]! * ONE_OVER_ROOT_TWO_PI * Math.exp(-0.5 * d2 * d2)
    const density1 = density2 * levels[k]!
    const tail2 = density2 * mills(Math.abs(d2))
    const tail1 = density1 * mills(Math.abs(d1))
    const paid = d2 > 0 ? tail2 : discounts[k]! - tail2
    const held = d1 > 0 ? tail1 : spot * carries[k]! - tail1
    const w = 2 * priceWeight[k]! * s * Math.sqrt(1 - s * s) * tteYears
    value += w * (r * paid - q * held)
    if (!withGreeks) continue
    delta += w * ((q * density1 - r * density2) / sd - q * held)
    gamma += (w * (r * density2 * (1 + d2 / sd) + q * density1 * (1 - d1 / sd))) / sd
  }
  out.value = value
  out.delta = delta / spot
  out.gamma = gamma / (spot * spot)
}
