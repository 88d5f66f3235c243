/** A stream of random numbers that its seed fixes for good. */
export interface Random {
  /** In (0, 1). */
  uniform(): number
  /** Standard normal. */
  normal(): number
  /** Exponential with mean 1. */
  exponential(): number
}

/**
 * A stream of random numbers made from a 32-bit seed.
 *
 * The same seed gives the same numbers on every machine that runs V8: only additions, multiplications and V8's own log, sin and
 * cos are used.
 * Source: mulberry32 (T. Ettinger), Box and Muller (1958) for normals.
 */
export function createRandom(seed: number): Random {
  let state = seed | 0
  let spare = Number.NaN

  function uniform(): number {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    // Half a step up, so that neither 0 nor 1 comes out and logarithms stay finite.
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4_294_967_296
  }

  function normal(): number {
    if (!Number.isNaN(spare)) {
      const kept = spare
      spare = Number.NaN
      return kept
    }
    const radius = Math.sqrt(-2 * Math.log(uniform()))
    const angle = 2 * Math.PI * uniform()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }

  return { uniform, normal, exponential: () => -Math.log(uniform()) }
}

/**
 * A seed made of another seed and a number, such as a day; neighbours give unrelated seeds.
 *
 * Source: the finaliser of MurmurHash3.
 */
export function mixSeed(seed: number, value: number): number {
  let h = Math.imul(seed ^ Math.imul(value | 0, 0x9e3779b1), 0x85ebca6b) ^ (seed >>> 13)
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) | 0
}

/** A seed made of another seed and a text, such as an instrument. */
export function mixText(seed: number, text: string): number {
  let h = seed
  for (let k = 0; k < text.length; k += 1) h = mixSeed(h, text.charCodeAt(k) + 31 * k)
  return h
}
