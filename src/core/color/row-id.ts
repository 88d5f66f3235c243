const SEEDS = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35] as const
const PRIME = 0x01000193

/** An id that is a function of the contents of a row: 128 bits as 32 hexadecimal digits, the same in every order of the input. */
export function rowIdOf(parts: readonly string[]): string {
  // A separator that no cell has: neighbours must not flow into each other.
  const text = parts.join('\u0000')
  // FNV-1a over UTF-16 units with four starts at once. Whole numbers of 32 bits all along: a sum beyond them costs five times as much.
  const [s0, s1, s2, s3] = SEEDS
  let [a, b, c, d] = [s0 | 0, s1 | 0, s2 | 0, s3 | 0]
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    a = (Math.imul(a ^ unit, PRIME) + s0) | 0
    b = (Math.imul(b ^ unit, PRIME) + s1) | 0
    c = (Math.imul(c ^ unit, PRIME) + s2) | 0
    d = (Math.imul(d ^ unit, PRIME) + s3) | 0
  }
  return finished(a) + finished(b) + finished(c) + finished(d)
}

/** As MurmurHash3 ends, so that near texts come out far apart. */
function finished(sum: number): string {
  let state = sum
  state ^= state >>> 16
  state = Math.imul(state, 0x85ebca6b)
  state ^= state >>> 13
  state = Math.imul(state, 0xc2b2ae35)
  state ^= state >>> 16
  return (state >>> 0).toString(16).padStart(8, '0')
}
