// Makes src/core/options/mills-table.ts: node scripts/tables/mills.mjs
//
// Mills' ratio M(x) = N(-x)/n(x) in 384-bit fixed point, from its own series and continued fraction, and from it the
// coefficients of a piecewise polynomial in y = C/(C+x). Nothing here is needed at run time; a test makes the table
// anew and compares.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { project } from '../run.mjs'

const BITS = 384n
const ONE = 1n << BITS
const mul = (a, b) => (a * b) >> BITS
const div = (a, b) => (a << BITS) / b
const whole = n => BigInt(n) << BITS

function sqrtFixed(value) {
  const target = value << BITS
  let guess = 1n << (BigInt(target.toString(2).length + 1) / 2n)
  for (;;) {
    const next = (guess + target / guess) >> 1n
    if (next >= guess) return guess
    guess = next
  }
}

/** Machin's formula. */
function pi() {
  const arctan = n => {
    let term = ONE / BigInt(n)
    let sum = term
    const square = BigInt(n * n)
    for (let k = 3n; term !== 0n; k += 2n) {
      term = -term / square
      sum += term / k
    }
    return sum
  }
  return 4n * (4n * arctan(5) - arctan(239))
}

function expFixed(value) {
  const halvings = 40n
  const reduced = value >> halvings
  let term = ONE
  let sum = ONE
  for (let k = 1n; term !== 0n; k++) {
    term = mul(term, reduced) / k
    sum += term
  }
  for (let k = 0n; k < halvings; k++) sum = mul(sum, sum)
  return sum
}

const ROOT_HALF_PI = sqrtFixed(pi() / 2n)

/** M(x) for x >= 0 as a fixed-point number. */
export function mills(x) {
  if (x < whole(8)) {
    // sqrt(pi/2) exp(x²/2) minus the sum of x^(2k+1)/(2k+1)!!: cancels 14 digits at 8, of 115.
    const square = mul(x, x)
    let term = x
    let sum = x
    for (let k = 3n; term !== 0n; k += 2n) {
      term = mul(term, square) / k
      sum += term
    }
    return mul(ROOT_HALF_PI, expFixed(square >> 1n)) - sum
  }
  let tail = x
  for (let k = 900; k >= 1; k--) tail = x + div(whole(k), tail)
  return div(ONE, tail)
}

export const CELLS = 128
export const DEGREE = 6
export const SCALE = 4

/** Argument of a place y in (0, 1]. */
const argument = y => div(whole(SCALE), y) - whole(SCALE)

/** M(x)/y, smooth over (0, 1]; its limit at 0 is 1/C. */
const millsHeld = y => div(mills(argument(y)), y)

/** P(x)/y² with P(x) = 1 - x M(x) = -M'(x), smooth over (0, 1]; its limit at 0 is 1/C². */
function slopeHeld(y) {
  const x = argument(y)
  return div(div(ONE - mul(x, mills(x)), y), y)
}

/** Fixed point to the nearest double. */
function toDouble(value) {
  const negative = value < 0n
  let size = negative ? -value : value
  if (size === 0n) return 0
  const shift = BigInt(Math.max(0, size.toString(2).length - 64))
  size >>= shift
  const result = Number(size) * 2 ** Number(shift - BITS)
  return negative ? -result : result
}

function cosine(angle) {
  let term = ONE
  let sum = ONE
  const square = mul(angle, angle)
  for (let k = 1n; term !== 0n; k += 2n) {
    term = -mul(term, square) / (k * (k + 1n))
    sum += term
  }
  return sum
}

/** Power coefficients in t in [-1, 1] of the polynomial through the Chebyshev nodes of one cell. */
function cell(index, held) {
  const n = DEGREE + 1
  const nodes = Array.from({ length: n }, (_, k) => cosine((pi() * BigInt(2 * k + 1)) / BigInt(2 * n)))
  const values = nodes.map(t => held((whole(2 * index + 1) + t) / BigInt(2 * CELLS)))
  // Newton's divided differences, then expanded to powers.
  const difference = [...values]
  for (let level = 1; level < n; level++)
    for (let k = n - 1; k >= level; k--) difference[k] = div(difference[k] - difference[k - 1], nodes[k] - nodes[k - level])
  let powers = [difference[n - 1]]
  for (let k = n - 2; k >= 0; k--) {
    const next = [0n, ...powers]
    powers.forEach((coefficient, i) => {
      next[i] -= mul(coefficient, nodes[k])
    })
    next[0] += difference[k]
    powers = next
  }
  return powers.map(toDouble)
}

export function table(held) {
  return Array.from({ length: CELLS }, (_, index) => cell(index, held)).flat()
}

export const TABLES = { MILLS_TABLE: () => table(millsHeld), SLOPE_TABLE: () => table(slopeHeld) }

function written(name, values) {
  const lines = []
  for (let i = 0; i < values.length; i += DEGREE + 1) lines.push(`  ${values.slice(i, i + DEGREE + 1).join(', ')},`)
  return `// biome-ignore format: a table\nexport const ${name}: Float64Array = new Float64Array([\n${lines.join('\n')}\n])\n`
}

if (process.argv[1]?.endsWith('mills.mjs')) {
  const text = `// Made by scripts/tables/mills.mjs; do not edit.

/** Cells of equal width in y = C/(C + x) over (0, 1]. */
export const MILLS_CELLS = ${CELLS}
/** C: half of the cells lie below x = C. */
export const MILLS_SCALE = ${SCALE}

/** Power coefficients of M(x)/y in t in [-1, 1], lowest first, seven to a cell; M is Mills' ratio N(-x)/n(x). */
${written('MILLS_TABLE', TABLES.MILLS_TABLE())}
/** The same of P(x)/y², where P(x) = 1 - x M(x). */
${written('SLOPE_TABLE', TABLES.SLOPE_TABLE())}`
  writeFileSync(process.argv[2] ?? join(project, 'src/core/options/mills-table.ts'), text)
}
