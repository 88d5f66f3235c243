import { projectSvi } from '../../src/core/options/svi-project.ts'
import type { SmilePoints } from '../../src/core/options/svi-search.ts'

/** A fit by the peer: weighted sum of squares, and how often the linear part was solved. */
export interface SimplexFit {
  readonly cost: number
  readonly evaluations: number
}

/** The linear part of a slice for a given bend by plain normal equations, with its weighted sum of squares. */
function linearCost({ k, variance, weight }: SmilePoints, m: number, sigma: number): number {
  const a = [0, 0, 0, 0, 0, 0]
  const b = [0, 0, 0]
  let squares = 0
  for (let i = 0; i < k.length; i++) {
    const w = weight[i]! * weight[i]!
    const y = (k[i]! - m) / sigma
    const z = Math.sqrt(y * y + 1)
    a[0]! += w
    a[1]! += w * y
    a[2]! += w * z
    a[3]! += w * y * y
    a[4]! += w * y * z
    a[5]! += w * z * z
    b[0]! += w * variance[i]!
    b[1]! += w * y * variance[i]!
    b[2]! += w * z * variance[i]!
    squares += w * variance[i]! * variance[i]!
  }
  const [s, y, z, yy, yz, zz] = a as [number, number, number, number, number, number]
  const determinant = s * (yy * zz - yz * yz) - y * (y * zz - yz * z) + z * (y * yz - yy * z)
  if (!(Math.abs(determinant) > 1e-12 * s * yy * zz)) return squares
  const [p, q, r] = b as [number, number, number]
  const x0 = (p * (yy * zz - yz * yz) - y * (q * zz - yz * r) + z * (q * yz - yy * r)) / determinant
  const x1 = (s * (q * zz - r * yz) - p * (y * zz - yz * z) + z * (y * r - q * z)) / determinant
  const x2 = (s * (yy * r - q * yz) - y * (y * r - q * z) + p * (y * yz - yy * z)) / determinant
  return Math.max(0, squares - x0 * p - x1 * q - x2 * r)
}

/**
 * Raw SVI as the quasi-explicit method is usually written: Nelder and Mead's simplex over place and width of the bend.
 *
 * Source: Zeliade (2009); Nelder and Mead (1965) with the usual coefficients.
 */
export function simplexSvi(points: SmilePoints): SimplexFit {
  let evaluations = 0
  const f = ([m, log]: readonly [number, number]) => {
    evaluations += 1
    return linearCost(points, m, Math.exp(log))
  }
  let corners = (
    [
      [0, Math.log(0.1)],
      [0.05, Math.log(0.1)],
      [0, Math.log(0.2)],
    ] as [number, number][]
  ).map(at => ({ at, cost: f(at) }))
  for (let round = 0; round < 400; round++) {
    corners = corners.toSorted((x, y) => x.cost - y.cost)
    const [best, middle, worst] = corners as [(typeof corners)[0], (typeof corners)[0], (typeof corners)[0]]
    if (Math.abs(worst.at[0] - best.at[0]) + Math.abs(worst.at[1] - best.at[1]) < 1e-7) break
    const centre: [number, number] = [0.5 * (best.at[0] + middle.at[0]), 0.5 * (best.at[1] + middle.at[1])]
    const along = (t: number) => {
      const at: [number, number] = [centre[0] + t * (worst.at[0] - centre[0]), centre[1] + t * (worst.at[1] - centre[1])]
      return { at, cost: f(at) }
    }
    const turned = along(-1)
    let next = turned
    if (turned.cost < best.cost) {
      const far = along(-2)
      if (far.cost < turned.cost) next = far
    } else if (turned.cost >= middle.cost) next = along(turned.cost < worst.cost ? -0.5 : 0.5)
    if (next.cost < worst.cost) corners = [best, middle, next]
    else
      corners = corners.map(({ at }, i) => {
        const nearer: [number, number] = [0.5 * (at[0] + best.at[0]), 0.5 * (at[1] + best.at[1])]
        return i === 0 ? best : { at: nearer, cost: f(nearer) }
      })
  }
  const [best] = corners.toSorted((x, y) => x.cost - y.cost)
  // Its normal equations know no cost below rounding: the cost at the bend that was found is worked out anew.
  const { k, variance: w, weight } = points
  const exact = projectSvi({ k, w, weight }, { m: best!.at[0], logSigma: best!.at[1] })
  return { cost: exact ? Math.max(exact.cost, best!.cost) : best!.cost, evaluations }
}
