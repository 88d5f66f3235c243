import type { EpochMicros, IsoDate } from '../../core/kit/time.ts'
import { MICROS_PER_SECOND } from '../../core/kit/time.ts'
import { CALENDARS, sessionAt } from '../../core/market/sessions.ts'
import type { OptionChain } from '../../core/options/chain.ts'
import { dealerSigns, type FlowState, lookAtFlow } from '../../core/options/flow.ts'
import type { AnalysedChain } from './chain-service.ts'

/** Sums at the end of one second. */
export interface FlowPoint {
  readonly time: number
  readonly calls: number
  readonly puts: number
  readonly net: number
  readonly netToday: number
  readonly hedgeCalls: number
  readonly hedgePuts: number
  readonly hedgeToday: number
  readonly spot: number
}

/** The flow of one chain in the session that its newest look lies in. */
export interface KeptFlow {
  readonly chain: AnalysedChain
  readonly state: FlowState
  readonly session: { readonly date: IsoDate; readonly open: EpochMicros; readonly close: EpochMicros }
  /** One a second in which it was looked at, oldest first. */
  readonly points: readonly FlowPoint[]
  /** Grows when older points were thinned or dropped, so that a reader must take them all anew. */
  readonly generation: number
}

/** Flows of all chains that are analysed, whether or not somebody looks at them. */
export interface FlowKeeper {
  take(chain: AnalysedChain): void
  of(key: string): KeptFlow | null
  /** Dealers' side of each row of that chain; NaN for rows without classified flow. */
  signs(key: string, chain: OptionChain): Float64Array | null
}

/** As many as a frame may carry; the older half then keeps every other one. */
const MOST_POINTS = 18_000

export function createFlowKeeper(): FlowKeeper {
  const flows = new Map<string, { -readonly [K in keyof KeptFlow]: KeptFlow[K] } & { points: FlowPoint[] }>()
  return {
    take(chain) {
      // A file is one moment: there is nothing between its looks.
      if (chain.isFile) return
      const { key, analysis } = chain
      const before = flows.get(key)
      const session = sessionOf(chain)
      const spot = (analysis.chain.spotBid + analysis.chain.spotAsk) / 2
      const state = lookAtFlow(before?.state ?? null, {
        chain: analysis.chain,
        delta: analysis.greeks.delta,
        spot: Number.isFinite(spot) ? spot : (analysis.expiries[0]?.forward ?? Number.NaN),
        session: session.date,
      })
      const isNew = before === undefined || before.state.session !== state.session
      const kept = isNew
        ? { chain, state, session, points: [], generation: (before?.generation ?? 0) + 1 }
        : Object.assign(before, { chain, state, session })
      flows.set(key, kept)
      const point = pointOf(state, spot)
      if (kept.points.at(-1)?.time === point.time) kept.points[kept.points.length - 1] = point
      else kept.points.push(point)
      if (kept.points.length > MOST_POINTS) {
        const half = MOST_POINTS / 2
        kept.points = [...kept.points.slice(0, half).filter((_, k) => k % 2 === 1), ...kept.points.slice(half)]
        kept.generation++
      }
    },
    of: key => flows.get(key) ?? null,
    signs(key, chain) {
      const kept = flows.get(key)
      return kept ? dealerSigns(kept.state.memory, chain) : null
    },
  }
}

function sessionOf({ isDemo, analysis }: AnalysedChain): KeptFlow['session'] {
  const { chain } = analysis
  const calendar = isDemo ? CALENDARS.demo : chain.isOnFuture ? CALENDARS['cme-energy'] : CALENDARS.nyse
  const { date, regularOpen, regularClose } = sessionAt(chain.asOf, calendar)
  return { date, open: regularOpen, close: regularClose }
}

function pointOf({ at, totals }: FlowState, spot: number): FlowPoint {
  const { calls, puts, net, netToday, hedgeCalls, hedgePuts, hedgeToday } = totals
  const time = Math.floor(at / MICROS_PER_SECOND) * MICROS_PER_SECOND
  return { time, calls, puts, net, netToday, hedgeCalls, hedgePuts, hedgeToday, spot }
}
