import type { EpochMicros } from '../kit/time.ts'
import type { ChainExpiry, OptionChain } from './chain.ts'
import { expiresToday } from './zero-dte.ts'

/**
 * How a print came by its sign, in the order in which they are tried.
 *
 * `quote`: on its side of the middle of the quote before it (Lee and Ready 1991). `tick`: at the middle, by the last change of the
 * price. `none`: without a sound quote before it, or without a price.
 */
export const FLOW_RULES = ['quote', 'tick', 'none'] as const
export type FlowRule = (typeof FLOW_RULES)[number]

/** What is remembered of each contract between two looks, in the order of the chain's rows. */
export interface FlowMemory {
  /** The rows it belongs to: the same contracts stand at the same places. */
  readonly strike: Float64Array
  readonly side: Int8Array
  readonly expiries: readonly ChainExpiry[]
  /** Contracts traded when last looked; NaN before the first look. */
  readonly volume: Float64Array
  /** The quote of the last look: what a print that came since is held against. */
  readonly bid: Float64Array
  readonly ask: Float64Array
  readonly last: Float64Array
  /** 1 after a rise of the price, -1 after a fall, 0 before either. */
  readonly tick: Int8Array
  /** Sums of the session, in contracts and in currency. */
  readonly bought: Float64Array
  readonly sold: Float64Array
  readonly signedPremium: Float64Array
  readonly premium: Float64Array
  readonly classifiedPremium: Float64Array
  /** Currency of the underlying that hedging the classified contracts moved: above zero it was bought. */
  readonly hedged: Float64Array
}

/** Sums over all contracts since the session's reset, in the chain's currency. */
export interface FlowTotals {
  readonly calls: number
  readonly puts: number
  /** Calls less puts: above zero the premium is on the rising side. */
  readonly net: number
  readonly hedgeCalls: number
  readonly hedgePuts: number
  /** The part of `net` and of both hedges that is in options of the day itself. */
  readonly netToday: number
  readonly hedgeToday: number
  /** Premium that changed hands, and the part of it that has a sign. */
  readonly premium: number
  readonly classified: number
  /** Contracts by how they were classified. */
  readonly contracts: Readonly<Record<FlowRule, number>>
}

/** Everything that is known of the flow of one chain after a look at it. */
export interface FlowState {
  /** Names the session that the sums belong to; another one starts them at zero. */
  readonly session: string
  readonly since: EpochMicros
  readonly at: EpochMicros
  readonly memory: FlowMemory
  readonly totals: FlowTotals
  /** Looks at which some volume had fallen: the venue's own day began anew. */
  readonly resets: number
}

const NO_TOTALS: FlowTotals = {
  calls: 0,
  puts: 0,
  net: 0,
  hedgeCalls: 0,
  hedgePuts: 0,
  netToday: 0,
  hedgeToday: 0,
  premium: 0,
  classified: 0,
  contracts: { quote: 0, tick: 0, none: 0 },
}

/** A look at a chain: its rows, what one unit of each option moves with the underlying, and the session it lies in. */
export interface FlowLook {
  readonly chain: OptionChain
  readonly delta: Float64Array
  readonly spot: number
  readonly session: string
}

/**
 * The state after another look at the chain.
 *
 * What was traded since the last look is its volume now less its volume then, at its last price: that one print stands for all of
 * them. Its sign is that of Lee and Ready: against the quote of the look before, else by the last change of price. A volume that
 * fell is a new day at the venue and counts for nothing. The first look at a contract only remembers it.
 *
 * Units: premium and hedges in the chain's currency (price x multiplier, delta x spot x multiplier).
 * Source: Lee and Ready (1991), Inferring Trade Direction from Intraday Data, J. Finance 46(2).
 */
export function lookAtFlow(before: FlowState | null, look: FlowLook): FlowState {
  const { chain, session } = look
  const isNew = before === null || before.session !== session
  const memory = workingMemory(before?.memory ?? null, chain, isNew)
  const totals = { ...(isNew ? NO_TOTALS : before.totals) }
  const contracts = { ...totals.contracts }
  let hasFallen = false
  chain.expiries.forEach(({ from, to, settlesAt }) => {
    const isToday = expiresToday(chain.asOf, settlesAt)
    for (let i = from; i < to; i++) {
      const then = memory.volume[i]!
      const now = chain.volume[i]!
      if (now < then) hasFallen = true
      if (now > then) {
        const one = classify(memory, chain, i)
        add(totals, contracts, memory, look, { i, traded: now - then, isToday, ...one })
      }
      remember(memory, chain, i)
    }
  })
  totals.net = totals.calls - totals.puts
  return {
    session,
    since: isNew ? chain.asOf : before.since,
    at: chain.asOf,
    memory,
    totals: { ...totals, contracts },
    resets: (isNew ? 0 : before.resets) + (hasFallen ? 1 : 0),
  }
}

/** Share of the premium that has a sign; NaN before anything was traded. */
export function flowCoverage({ premium, classified }: Pick<FlowTotals, 'premium' | 'classified'>): number {
  return premium > 0 ? classified / premium : Number.NaN
}

/** Dealers' side of the flow of each row of a chain, from -1 to 1: what customers bought, dealers sold. NaN without classified flow. */
export function dealerSigns(memory: FlowMemory, chain: OptionChain): Float64Array {
  return Float64Array.from(placesIn(memory, chain), place => {
    const [bought, sold] = [memory.bought[place] ?? 0, memory.sold[place] ?? 0]
    return bought + sold > 0 ? (sold - bought) / (bought + sold) : Number.NaN
  })
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const SUMS = ['bought', 'sold', 'signedPremium', 'premium', 'classifiedPremium', 'hedged'] as const
const LOOKED = ['volume', 'bid', 'ask', 'last'] as const

/** A memory of the chain's rows that may be written on: the old one's values where the contracts were known. */
function workingMemory(old: FlowMemory | null, chain: OptionChain, isNew: boolean): FlowMemory {
  const n = chain.strike.length
  const places = old ? placesIn(old, chain) : null
  const isSame = old !== null && old.strike.length === n && places?.every((place, i) => place === i) === true
  const carry = (column: Float64Array | undefined, missing: number): Float64Array =>
    column === undefined || places === null
      ? new Float64Array(n).fill(missing)
      : isSame
        ? column.slice()
        : Float64Array.from(places, place => (place < 0 ? missing : column[place]!))
  const memory: Mutable<Partial<FlowMemory>> = { strike: chain.strike, side: chain.side, expiries: chain.expiries }
  for (const name of LOOKED) memory[name] = carry(old?.[name], Number.NaN)
  for (const name of SUMS) memory[name] = isNew ? new Float64Array(n) : carry(old?.[name], 0)
  memory.tick = places === null ? new Int8Array(n) : Int8Array.from(places, place => (place < 0 ? 0 : old!.tick[place]!))
  return memory as FlowMemory
}

/** Where each row of the chain stood; -1 for a contract that is new. */
function placesIn(old: FlowMemory, chain: OptionChain): Int32Array {
  const n = chain.strike.length
  const places = new Int32Array(n).fill(-1)
  const known = new Map(old.expiries.map(expiry => [expiry.date, expiry]))
  for (const { date, from, to } of chain.expiries) {
    const was = known.get(date)
    if (!was) continue
    // Both are sorted by strike, calls before puts: one walk finds them all.
    for (let i = from, k = was.from; i < to && k < was.to; ) {
      const apart = chain.strike[i]! - old.strike[k]! || old.side[k]! - chain.side[i]!
      if (apart === 0) places[i++] = k++
      else if (apart < 0) i++
      else k++
    }
  }
  return places
}

interface Classified {
  readonly sign: 1 | -1 | 0
  readonly rule: FlowRule
}

function classify({ bid, ask, last, tick }: FlowMemory, chain: OptionChain, i: number): Classified {
  const price = chain.last[i]!
  const isSound = bid[i]! >= 0 && ask[i]! > 0 && bid[i]! <= ask[i]!
  if (!(price > 0) || !isSound) return { sign: 0, rule: 'none' }
  const mid = (bid[i]! + ask[i]!) / 2
  if (price !== mid) return { sign: price > mid ? 1 : -1, rule: 'quote' }
  const turn = price > last[i]! ? 1 : price < last[i]! ? -1 : tick[i]!
  return turn === 0 ? { sign: 0, rule: 'none' } : { sign: turn > 0 ? 1 : -1, rule: 'tick' }
}

interface Print extends Classified {
  readonly i: number
  readonly traded: number
  readonly isToday: boolean
}

function add(
  totals: Mutable<FlowTotals>,
  contracts: Record<FlowRule, number>,
  memory: FlowMemory,
  { chain, delta, spot }: FlowLook,
  { i, traded, isToday, sign, rule }: Print,
): void {
  const price = chain.last[i]!
  const premium = price > 0 ? traded * price * chain.multiplier : 0
  contracts[rule] += traded
  totals.premium += premium
  memory.premium[i]! += premium
  if (sign === 0) return
  const hedge = sign * traded * chain.multiplier * delta[i]! * spot
  const isCall = chain.side[i]! > 0
  totals.classified += premium
  memory.classifiedPremium[i]! += premium
  memory.signedPremium[i]! += sign * premium
  if (sign > 0) memory.bought[i]! += traded
  else memory.sold[i]! += traded
  totals[isCall ? 'calls' : 'puts'] += sign * premium
  if (isToday) totals.netToday += (isCall ? 1 : -1) * sign * premium
  // Without a delta the premium still counts; the hedge cannot be told.
  if (!Number.isFinite(hedge)) return
  memory.hedged[i]! += hedge
  totals[isCall ? 'hedgeCalls' : 'hedgePuts'] += hedge
  if (isToday) totals.hedgeToday += hedge
}

function remember({ volume, bid, ask, last, tick }: FlowMemory, chain: OptionChain, i: number): void {
  const price = chain.last[i]!
  if (price > last[i]!) tick[i] = 1
  else if (price < last[i]!) tick[i] = -1
  if (Number.isFinite(price)) last[i] = price
  if (Number.isFinite(chain.volume[i]!)) volume[i] = chain.volume[i]!
  bid[i] = chain.bid[i]!
  ask[i] = chain.ask[i]!
}
