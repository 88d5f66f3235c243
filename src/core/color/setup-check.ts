import { type BiasRanks, plainType } from './bias-rank.ts'
import { unitsOf } from './color-row.ts'
import type { SectorLimit } from './sector-limits.ts'

/** A quote type with its rank and the other words that mean it. */
export interface RankedType {
  readonly type: string
  readonly rank: number
  readonly words: readonly string[]
}

/** Ranks that a table may give; what no table names ranks behind all of them. */
export const WORST_RANK = 98

/** What is wrong with what is set up, and in which line of it; null for the whole of it. */
export interface SetupProblem {
  readonly line: number | null
  readonly kind:
    | 'type-missing'
    | 'type-twice'
    | 'word-twice'
    | 'rank-unfit'
    | 'bid-offer-missing'
    | 'word-missing'
    | 'word-hidden'
    | 'bounds-unfit'
    | 'bounds-crossed'
    | 'tolerance-unfit'
    | 'class-missing'
    | 'class-twice'
    | 'column-needed'
    | 'column-unknown'
}

/** The table as lines, best rank first. */
export function typesOf({ ranks, sameAs }: Pick<BiasRanks, 'ranks' | 'sameAs'>): RankedType[] {
  const words = (type: string) => Object.keys(sameAs).filter(word => sameAs[word] === type)
  return Object.entries(ranks)
    .map(([type, rank]) => ({ type, rank, words: words(type) }))
    .sort((a, b) => a.rank - b.rank || (a.type < b.type ? -1 : 1))
}

/** Lines as the table that quotes are ranked by. */
export function ranksOf(types: readonly RankedType[]): Pick<BiasRanks, 'ranks' | 'sameAs'> {
  return {
    ranks: Object.fromEntries(types.map(({ type, rank }) => [plainType(type), rank])),
    sameAs: Object.fromEntries(types.flatMap(({ type, words }) => words.map(word => [plainType(word), plainType(type)]))),
  }
}

/** What keeps a table of ranks from being used. */
export function rankProblems(types: readonly RankedType[]): readonly SetupProblem[] {
  const problems: SetupProblem[] = []
  const seen = new Set<string>()
  for (const [line, { type, rank }] of types.entries()) {
    const plain = plainType(type)
    if (plain === '') problems.push({ line, kind: 'type-missing' })
    else if (seen.has(plain)) problems.push({ line, kind: 'type-twice' })
    seen.add(plain)
    if (!Number.isInteger(rank) || rank < 1 || rank > WORST_RANK) problems.push({ line, kind: 'rank-unfit' })
  }
  // A quote without a type is one of both.
  if (!seen.has('BID') || !seen.has('OFFER')) problems.push({ line: null, kind: 'bid-offer-missing' })
  for (const [line, { words }] of types.entries())
    for (const word of words.map(plainType)) {
      if (seen.has(word)) problems.push({ line, kind: 'word-twice' })
      seen.add(word)
    }
  return problems
}

/** What keeps limits from being used, or one of them from ever counting. */
export function limitProblems(sectors: readonly SectorLimit[]): readonly SetupProblem[] {
  return sectors.flatMap(({ word, bounds, tolerancePercent }, line): SetupProblem[] => {
    const kinds: SetupProblem['kind'][] = []
    const before = sectors.slice(0, line).map(other => other.word.trim().toLowerCase())
    const plain = word.trim().toLowerCase()
    if (plain === '') kinds.push('word-missing')
    // The first that fits counts: behind `mezz` nothing reaches `mezzanine`.
    else if (before.some(earlier => earlier !== '' && plain.includes(earlier))) kinds.push('word-hidden')
    if (bounds) {
      const [lowest, highest] = [unitsOf(bounds.lowest), unitsOf(bounds.highest)]
      if (lowest === null || highest === null) kinds.push('bounds-unfit')
      else if (lowest > highest) kinds.push('bounds-crossed')
    }
    const tolerance = unitsOf(tolerancePercent)
    if (tolerance === null || tolerance < 0n) kinds.push('tolerance-unfit')
    return kinds.map(kind => ({ line, kind }))
  })
}
