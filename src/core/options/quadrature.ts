/** Nodes in (-1, 1) and weights of a quadrature. */
export interface Quadrature {
  readonly nodes: Float64Array
  readonly weights: Float64Array
}

/**
 * Gauss-Legendre quadrature of n nodes, exact for polynomials of degree 2n - 1.
 *
 * Source: Newton's method on the recurrence of Legendre's polynomials.
 */
export function gaussLegendre(n: number): Quadrature {
  const nodes = new Float64Array(n)
  const weights = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5))
    let slope = 1
    for (let round = 0; round < 50; round++) {
      let before = 1
      let now = x
      for (let k = 2; k <= n; k++) {
        const next = ((2 * k - 1) * x * now - (k - 1) * before) / k
        before = now
        now = next
      }
      if (n === 1) before = 1
      slope = (n * (x * now - before)) / (x * x - 1)
      const step = now / slope
      x -= step
      if (Math.abs(step) < 1e-16) break
    }
    nodes[n - 1 - i] = x
    weights[n - 1 - i] = 2 / ((1 - x * x) * slope * slope)
  }
  return { nodes, weights }
}

/** The n + 1 Chebyshev points of the second kind in rising order, -1 and 1 among them. */
export function chebyshevPoints(n: number): Float64Array {
  return Float64Array.from({ length: n + 1 }, (_, i) => -Math.cos((i * Math.PI) / n))
}

/** Values at x of the Lagrange polynomials of the n + 1 Chebyshev points, by the barycentric formula. */
export function chebyshevBasis(n: number, x: number): Float64Array {
  const points = chebyshevPoints(n)
  const row = new Float64Array(n + 1)
  const hit = points.findIndex(point => Math.abs(point - x) < 1e-15)
  if (hit >= 0) {
    row[hit] = 1
    return row
  }
  let sum = 0
  points.forEach((point, j) => {
    const weight = (j % 2 === 0 ? 1 : -1) * (j === 0 || j === n ? 0.5 : 1)
    row[j] = weight / (x - point)
    sum += row[j]!
  })
  return row.map(value => value / sum)
}
