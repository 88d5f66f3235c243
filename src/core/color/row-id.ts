const SEEDS = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35] as const

/** An id that is a function of the contents of a row: 128 bits as 32 hexadecimal digits, the same in every order of the input. */
export function rowIdOf(parts: readonly string[]): string {
  // A separator that no cell has: neighbours must not flow into each other.
  const text = parts.join('\u0000')
  return SEEDS.map(seed => mixed(text, seed)).join('')
}

/** FNV-1a over UTF-16 units with another start, finished as MurmurHash3 does, so that near texts come out far apart. */
function mixed(text: string, seed: number): string {
  let state = seed
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193) + seed
  state ^= state >>> 16
  state = Math.imul(state, 0x85ebca6b)
  state ^= state >>> 13
  state = Math.imul(state, 0xc2b2ae35)
  state ^= state >>> 16
  return (state >>> 0).toString(16).padStart(8, '0')
}
