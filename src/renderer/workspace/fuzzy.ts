/**
 * How well a text answers what was typed, from 0 (not at all) to 1 (the same).
 *
 * Every typed letter must occur in order. What starts a word counts for more than what lies inside one, letters that follow
 * each other for more than scattered ones, and a short text for more than a long one. Case and accents do not matter.
 */
export function fuzzy(text: string, typed: string): number {
  const query = plain(typed).replaceAll(' ', '')
  const target = plain(text)
  if (query === '') return 0.5
  if (target === query) return 1
  const whole = target.indexOf(query)
  if (whole === 0) return 0.9 + 0.09 * (query.length / target.length)
  let score = 0
  let at = -1
  for (const letter of query) {
    const next = target.indexOf(letter, at + 1)
    if (next < 0) return 0
    const startsWord = next === 0 || /[\s._:/-]/.test(target[next - 1] ?? '')
    score += next === at + 1 ? 1 : startsWord ? 0.8 : 0.2
    at = next
  }
  const found = whole > 0 ? 0.15 : 0
  return Math.min(0.89, 0.7 * (score / query.length) + found + 0.04 * (query.length / target.length))
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
