import type { IsoDate } from '../../core/kit/time.ts'
import type { ChainExpiry } from '../../core/options/chain.ts'

/** What the plan must know of one followed underlying; rows are those of its book. */
export interface LinedChain {
  readonly key: string
  readonly expiries: readonly ChainExpiry[]
  readonly strike: Float64Array
  /** NaN while nobody has said it. */
  readonly spot: number
  /** Expiries that somebody looks at. */
  readonly shown: ReadonlySet<IsoDate>
  /** Rows that must be streamed before others, as those of open alerts. */
  readonly watched: readonly number[]
  /** Strike around which each expiry was planned last. */
  readonly centres: ReadonlyMap<IsoDate, number>
}

/** Which stretch of a chain is streamed: strikes to each side of the centre, of the nearest expiries. */
export interface LineShape {
  readonly strikes: number
  readonly expiries: number
}

export const USUAL_SHAPE: LineShape = { strikes: 20, expiries: 4 }

/**
 * How far the spot may leave the centre before the plan follows, in steps between strikes.
 *
 * Half a step is where another strike becomes the nearest; without the other quarter a spot that hovers there would change lines
 * with every cent.
 */
const HOLD_STEPS = 0.75

/**
 * Strike around which lines of an expiry lie: the one before while the spot stays near it, else the nearest to the spot.
 *
 * Without a spot it is the one before, or the middle of the list.
 */
export function centreOf(strikes: readonly number[], spot: number, before: number | undefined): number {
  const held = before === undefined ? -1 : strikes.indexOf(before)
  if (Number.isNaN(spot)) return held >= 0 ? strikes[held]! : (strikes[strikes.length >> 1] ?? Number.NaN)
  if (held >= 0) {
    const centre = strikes[held]!
    const neighbour = strikes[held + (spot > centre ? 1 : -1)]
    // Beyond the last strike there is nothing to follow the spot to.
    if (neighbour === undefined || Math.abs(spot - centre) <= HOLD_STEPS * Math.abs(neighbour - centre)) return centre
  }
  let best = strikes[0] ?? Number.NaN
  for (const strike of strikes) if (Math.abs(strike - spot) < Math.abs(best - spot)) best = strike
  return best
}

/** Strikes of an expiry, each once, ascending. */
export function strikesOf({ from, to }: Pick<ChainExpiry, 'from' | 'to'>, strike: Float64Array): number[] {
  const strikes: number[] = []
  for (let row = from; row < to; row++) if (strike[row] !== strikes.at(-1)) strikes.push(strike[row]!)
  return strikes
}

/** Centres of all expiries that have not settled. */
export function centresOf(chain: LinedChain, now: number): Map<IsoDate, number> {
  const centres = new Map<IsoDate, number>()
  for (const expiry of chain.expiries)
    if (expiry.settlesAt > now)
      centres.set(expiry.date, centreOf(strikesOf(expiry, chain.strike), chain.spot, chain.centres.get(expiry.date)))
  return centres
}

interface Candidate {
  readonly chain: number
  readonly row: number
  /** 0 watched, 1 near the money of a shown expiry, 2 of a near one, 3 the rest of a shown one, 4 all others. */
  readonly tier: number
  /** Strikes away from the centre. */
  readonly distance: number
  /** Number of the expiry among those that have not settled. */
  readonly expiry: number
}

function candidatesOf(chain: LinedChain, at: number, now: number, shape: LineShape): Candidate[] {
  const watched = new Set(chain.watched)
  const centres = centresOf(chain, now)
  const found: Candidate[] = []
  let number = 0
  for (const expiry of chain.expiries) {
    const centre = centres.get(expiry.date)
    if (centre === undefined) continue
    const isShown = chain.shown.has(expiry.date)
    const strikes = strikesOf(expiry, chain.strike)
    const middle = strikes.indexOf(centre)
    let place = 0
    for (let row = expiry.from; row < expiry.to; row++) {
      while (strikes[place] !== chain.strike[row]) place++
      const distance = Math.abs(place - middle)
      const isNear = distance <= shape.strikes
      const tier = watched.has(row) ? 0 : isShown ? (isNear ? 1 : 3) : isNear && number < shape.expiries ? 2 : 4
      found.push({ chain: at, row, tier, distance, expiry: number })
    }
    number++
  }
  return found
}

/**
 * Rows to stream of each chain, ascending: never more than the budget over all of them, the most wanted first.
 *
 * Watched contracts come first, then those near the money of shown expiries, of near ones, then what else is shown, then everything
 * that there is room for; within each the nearest to the money first, over all chains alike.
 */
export function planLines(
  chains: readonly LinedChain[],
  { budget, now, shape = USUAL_SHAPE }: { readonly budget: number; readonly now: number; readonly shape?: LineShape },
): readonly (readonly number[])[] {
  const candidates = chains.flatMap((chain, at) => candidatesOf(chain, at, now, shape))
  if (candidates.length > budget)
    candidates.sort(
      (a, b) => a.tier - b.tier || a.distance - b.distance || a.expiry - b.expiry || a.chain - b.chain || a.row - b.row,
    )
  const rows = chains.map((): number[] => [])
  for (const { chain, row } of candidates.slice(0, Math.max(0, budget))) rows[chain]!.push(row)
  return rows.map(list => list.sort((a, b) => a - b))
}

/** What the rotation must know of one followed underlying. */
export interface PolledChain {
  readonly expiries: readonly ChainExpiry[]
  readonly shown: ReadonlySet<IsoDate>
  /** 1 where a row is streamed, and so is not asked for. */
  readonly isStreamed: Uint8Array
  /** When each row was last asked for, in any unit that grows; 0 for never. */
  readonly asked: Float64Array
}

/** How a feed may be asked. */
export interface PollTerms {
  /** Contracts of one poll. */
  readonly size: number
  /** Whether a poll may name contracts of several expiries. */
  readonly isAcross: boolean
  readonly now: number
}

interface Waiting {
  readonly chain: number
  readonly isShown: boolean
  readonly rows: readonly number[]
  readonly oldest: number
}

/** Rows that are to be asked for, together where one poll may name them, and how long the first of each has waited. */
function waitingOf(chains: readonly PolledChain[], { now, isAcross }: PollTerms): Waiting[] {
  const groups = new Map<string, { chain: number; isShown: boolean; rows: number[]; oldest: number }>()
  for (const [chain, { expiries, shown, isStreamed, asked }] of chains.entries())
    for (const { date, settlesAt, from, to } of expiries) {
      if (settlesAt <= now) continue
      const isShown = shown.has(date)
      const name = isAcross ? `${chain} ${isShown}` : `${chain} ${date}`
      const group = groups.get(name) ?? { chain, isShown, rows: [], oldest: Number.POSITIVE_INFINITY }
      for (let row = from; row < to; row++) {
        if (isStreamed[row]) continue
        group.rows.push(row)
        group.oldest = Math.min(group.oldest, asked[row]!)
      }
      if (group.rows.length > 0) groups.set(name, group)
    }
  return [...groups.values()]
}

/**
 * The contracts to ask for next: those that were asked for the longest ago, of one chain, and of one expiry where the feed answers so.
 *
 * With `prefersShown` an expiry that somebody looks at goes first; a caller who alternates gives shown ones every other turn.
 */
export function nextPoll(
  chains: readonly PolledChain[],
  terms: PollTerms & { readonly prefersShown: boolean },
): { readonly chain: number; readonly rows: readonly number[] } | null {
  const all = waitingOf(chains, terms)
  const wanted = all.filter(one => one.isShown === terms.prefersShown)
  let best: Waiting | null = null
  for (const one of wanted.length > 0 ? wanted : all) if (!best || one.oldest < best.oldest) best = one
  if (!best || terms.size < 1) return null
  const { asked } = chains[best.chain]!
  const rows = [...best.rows].sort((a, b) => asked[a]! - asked[b]! || a - b).slice(0, terms.size)
  return { chain: best.chain, rows }
}

/** Polls after which every contract that is not streamed was asked for, where the caller alternates as `nextPoll` says. */
export function pollsPerTurn(chains: readonly PolledChain[], terms: PollTerms): number {
  let [shown, others] = [0, 0]
  for (const { isShown, rows } of waitingOf(chains, terms)) {
    if (isShown) shown += Math.ceil(rows.length / terms.size)
    else others += Math.ceil(rows.length / terms.size)
  }
  return shown > 0 && others > 0 ? 2 * Math.max(shown, others) : shown + others
}
