import { chebyshevBasis, chebyshevPoints, gaussLegendre } from './quadrature.ts'

/** How finely an exercise boundary is made and integrated; named as in Andersen, Lake and Offengenden (2016). */
export interface AmericanScheme {
  /** l: nodes of each integral in a step of the boundary. */
  readonly boundaryNodes: number
  /** m: steps of the boundary. */
  readonly steps: number
  /** n: Chebyshev points of the boundary in √time. */
  readonly points: number
  /** p: nodes of the integral for the price. */
  readonly priceNodes: number
}

/**
 * The schemes by name; errors are root mean squares of the relative difference to american_qdfp_1000.csv, prices from 0.50 on.
 *
 * The integrals in the angle need half the nodes that Andersen, Lake and Offengenden took for the same accuracy.
 */
export const AMERICAN_SCHEMES = {
  /** For a whole chain at every tick: 3e-6. */
  fast: { boundaryNodes: 6, steps: 2, points: 6, priceNodes: 13 },
  /** For a price that is shown or stored: 5e-7. */
  accurate: { boundaryNodes: 12, steps: 4, points: 9, priceNodes: 25 },
  /** For comparisons: 3e-8, within the uncertainty of the reference itself. */
  precise: { boundaryNodes: 32, steps: 10, points: 20, priceNodes: 80 },
} as const satisfies Record<string, AmericanScheme>
export type AmericanSchemeName = keyof typeof AMERICAN_SCHEMES
export const AMERICAN_SCHEME_NAMES = ['fast', 'accurate', 'precise'] as const satisfies readonly AmericanSchemeName[]

/**
 * What a scheme needs and no option changes.
 *
 * With √u = √τ cos φ the time u in an integral over [0, τ] and the time left τ - u both have smooth roots, so the square-root
 * ends of the boundary and of the kernel vanish together, and the arguments of the interpolation do not depend on τ.
 */
export interface SchemeTables {
  readonly scheme: AmericanScheme
  /** √(τ_i/T) of the Chebyshev points; the first is 0. */
  readonly rootShare: Float64Array
  readonly sine: Float64Array
  readonly cosine: Float64Array
  /** Weights in φ. */
  readonly weight: Float64Array
  /** Lagrange rows [(i - 1) l + k][j - 1] of points i and j from 1 on; the boundary's transform is 0 at point 0. */
  readonly basis: Float64Array
  readonly priceSine: Float64Array
  readonly priceWeight: Float64Array
  /** Lagrange rows [k][j - 1] for the integral of the price. */
  readonly priceBasis: Float64Array
}

function quarterCircle(n: number) {
  const { nodes, weights } = gaussLegendre(n)
  const angle = nodes.map(x => (Math.PI / 4) * (1 + x))
  return { sine: angle.map(Math.sin), cosine: angle.map(Math.cos), weight: weights.map(w => (w * Math.PI) / 4) }
}

/** Tables of a scheme. */
export function schemeTables(scheme: AmericanScheme): SchemeTables {
  const { boundaryNodes, points: n, priceNodes } = scheme
  const rootShare = chebyshevPoints(n).map(z => 0.5 * (1 + z))
  const { sine, cosine, weight } = quarterCircle(boundaryNodes)
  const price = quarterCircle(priceNodes)
  const rowsAt = (shares: readonly number[]) =>
    Float64Array.from(shares.flatMap(share => [...chebyshevBasis(n, 2 * share - 1).slice(1)]))
  const inner = [...rootShare.slice(1)].flatMap(root => [...cosine].map(c => root * c))
  return {
    scheme,
    rootShare,
    sine,
    cosine,
    weight,
    basis: rowsAt(inner),
    priceSine: price.sine,
    priceWeight: price.weight,
    priceBasis: rowsAt([...price.cosine]),
  }
}
