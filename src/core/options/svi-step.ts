const factor = new Float64Array(25)

/**
 * Solution of a few damped normal equations by Cholesky's factors, null where they are not positive.
 *
 * Shapes: `normal` is n by n by rows, of which the lower triangle counts; `right` is length n; n up to 5.
 * The damping multiplies the diagonal (Marquardt 1963), so that the units of the unknowns do not matter.
 */
export function solveDamped(normal: Float64Array, right: Float64Array, n: number, damping: number): Float64Array | null {
  const answer = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = normal[i * n + j]!
      if (i === j) sum *= 1 + damping
      for (let l = 0; l < j; l++) sum -= factor[i * n + l]! * factor[j * n + l]!
      if (i !== j) {
        factor[i * n + j] = sum / factor[j * n + j]!
        continue
      }
      // A column without any slope moves nothing: it is held.
      if (normal[i * n + i] === 0) {
        factor[i * n + i] = 1
        continue
      }
      if (!(sum > 0)) return null
      factor[i * n + i] = Math.sqrt(sum)
    }
  }
  for (let i = 0; i < n; i++) {
    let sum = right[i]!
    for (let l = 0; l < i; l++) sum -= factor[i * n + l]! * answer[l]!
    answer[i] = sum / factor[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = answer[i]!
    for (let l = i + 1; l < n; l++) sum -= factor[l * n + i]! * answer[l]!
    answer[i] = sum / factor[i * n + i]!
  }
  return answer
}
