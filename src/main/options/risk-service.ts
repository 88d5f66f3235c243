import type { FlowFrame, GammaFrame, NamedLeg, PositionFrame } from '../../contract/options-risk.ts'
import type { IsoDate } from '../../core/kit/time.ts'
import type { AmericanSchemeName } from '../../core/options/american-scheme.ts'
import type { GammaOrder } from '../../core/options/gamma-exposure.ts'
import type { Leg, ScenarioGrid } from '../../core/options/portfolio.ts'
import { ladders, makeStrategy, type StrategyLeg, type StrategyName } from '../../core/options/strategy.ts'
import type { Clock } from '../../platform/clock.ts'
import type { WorkerPool } from '../../platform/worker-pool.ts'
import type { Jobs } from '../../workers/jobs.ts'
import { fail } from '../fail.ts'
import { endable } from '../market/stream.ts'
import type { HostBus } from '../topics.ts'
import type { AnalysedChain, ChainService, ContractPlace } from './chain-service.ts'
import { createFlowKeeper, type KeptFlow } from './flow-keeper.ts'
import { flowFrame, gammaFrame, positionFrame } from './risk-frames.ts'

/** What a scenario is asked with. */
export interface ScenarioOrder {
  readonly legs: readonly Leg[]
  readonly spots: readonly number[]
  readonly volShifts: readonly number[]
  readonly ahead: readonly number[]
  readonly scheme: AmericanSchemeName
}

/** Gamma, flow and positions over the chains that the desk analyses. */
export interface RiskService {
  /** Fails: UNDERLYING_UNKNOWN. */
  gamma(key: string, order: GammaOrder, signal?: AbortSignal): AsyncGenerator<GammaFrame, void, undefined>
  /** Fails: SNAPSHOT_UNKNOWN, STORE_UNAVAILABLE. */
  gammaOf(id: string, order: GammaOrder): Promise<GammaFrame>
  /** Fails: UNDERLYING_UNKNOWN. */
  flow(key: string, signal?: AbortSignal): AsyncGenerator<FlowFrame, void, undefined>
  /** Fails: UNDERLYING_UNKNOWN. */
  position(key: string, legs: readonly NamedLeg[], signal?: AbortSignal): AsyncGenerator<PositionFrame, void, undefined>
  /** Fails: UNDERLYING_UNKNOWN. */
  strikes(key: string, expiry: IsoDate): { readonly strikes: readonly number[]; readonly forward: number }
  /** Fails: UNDERLYING_UNKNOWN, STRATEGY_NO_STRIKES, STRATEGY_NO_LATER, STRATEGY_NO_FORWARD. */
  strategy(key: string, name: StrategyName, expiry: IsoDate): readonly StrategyLeg[]
  scenario(order: ScenarioOrder, signal?: AbortSignal): Promise<ScenarioGrid & { readonly seconds: number }>
  close(): void
}

export interface RiskParts {
  readonly chains: Pick<ChainService, 'underlyings' | 'latest' | 'onAnalysed' | 'follow' | 'watch' | 'open'>
  readonly bus: HostBus
  readonly pool: Pick<WorkerPool<Jobs>, 'run'>
  readonly clock: Clock
}

/** Pictures that eyes read: gamma and flow once a second, the quotes of a few legs four times. */
const PICTURE_SECONDS = 1
const QUOTES_SECONDS = 0.25

const REFUSED = {
  'too-few-strikes': 'STRATEGY_NO_STRIKES',
  'no-later-expiry': 'STRATEGY_NO_LATER',
  'no-forward': 'STRATEGY_NO_FORWARD',
} as const

export function createRiskService({ chains, bus, pool, clock }: RiskParts): RiskService {
  const flows = createFlowKeeper()
  const leave = bus.on('chains', chain => flows.take(chain))
  const newest = (key: string): AnalysedChain => chains.latest(key) ?? fail('UNDERLYING_UNKNOWN', { underlying: key })

  /** Refused before a stream begins: over HTTP an answer that has begun has its status already. */
  const streamOf = <T>(
    key: string,
    outer: AbortSignal | undefined,
    run: (signal: AbortSignal) => AsyncGenerator<T, void, undefined>,
  ) => (chains.underlyings().some(one => one.key === key) ? endable(outer, run) : fail('UNDERLYING_UNKNOWN', { underlying: key }))

  /** The newest analysis of a chain now and after each pass, at most once in so many seconds; followed meanwhile. */
  async function* passes(key: string, wish: Wish, signal: AbortSignal): AsyncGenerator<AnalysedChain, void, undefined> {
    const undo = [chains.follow(key, wish.expiries ?? [])]
    if (wish.contracts) undo.push(chains.watch(key, wish.contracts))
    let wake = () => {}
    undo.push(chains.onAnalysed(chain => chain.key === key && wake()))
    const onAbort = () => wake()
    signal.addEventListener('abort', onAbort)
    try {
      for (let shown: AnalysedChain | null = null; !signal.aborted; ) {
        const chain = chains.latest(key)
        if (chain && chain !== shown) {
          shown = chain
          yield chain
          await clock.sleep(wish.everySeconds, signal).catch(() => {})
        } else
          await new Promise<void>(done => {
            wake = done
          })
      }
    } finally {
      signal.removeEventListener('abort', onAbort)
      for (const one of undo) one()
    }
  }

  return {
    gamma: (key, order, outer) =>
      streamOf(key, outer, async function* (signal) {
        for await (const chain of passes(key, { everySeconds: PICTURE_SECONDS }, signal)) {
          const flowSign = order.convention === 'flow-signed' ? flows.signs(key, chain.analysis.chain) : null
          const input = { analysis: chain.analysis, order: { ...order, flowSign } }
          yield gammaFrame(chain, order, await pool.run('options.gamma', input))
        }
      }),
    async gammaOf(id, order) {
      const chain = await chains.open(id)
      return gammaFrame(chain, order, await pool.run('options.gamma', { analysis: chain.analysis, order }))
    },
    flow: (key, outer) =>
      streamOf(key, outer, async function* (signal) {
        let sent: { flow: KeptFlow; generation: number; points: number } | null = null
        for await (const chain of passes(key, { everySeconds: PICTURE_SECONDS }, signal)) {
          const flow = flows.of(key) ?? firstLook(chain)
          if (!flow) continue
          const isOn = sent !== null && sent.flow === flow && sent.generation === flow.generation
          // The last point that was sent may have grown since.
          const from = isOn ? Math.max(0, sent!.points - 1) : 0
          const frame = flowFrame(flow, isOn ? 'delta' : 'snapshot', from)
          // Noted before it goes: the flow grows while the reader has the frame.
          sent = { flow, generation: flow.generation, points: flow.points.length }
          yield frame
        }
      }),
    position: (key, legs, outer) =>
      streamOf(key, outer, async function* (signal) {
        const contracts = legs.flatMap(({ kind, expiry, strike }): ContractPlace[] =>
          kind === 'underlying' || expiry === null ? [] : [{ expiry: expiry as IsoDate, strike, side: kind === 'call' ? 1 : -1 }],
        )
        const expiries = [...new Set(contracts.map(({ expiry }) => expiry))]
        for await (const chain of passes(key, { everySeconds: QUOTES_SECONDS, expiries, contracts }, signal))
          yield positionFrame(chain, legs)
      }),
    strikes(key, expiry) {
      const ladder = ladders(newest(key).analysis).find(one => one.expiry === expiry)
      return { strikes: ladder?.strikes ?? [], forward: ladder?.forward ?? Number.NaN }
    },
    strategy(key, name, expiry) {
      const { analysis } = newest(key)
      const answer = makeStrategy(name, ladders(analysis), expiry, analysis.chain.multiplier)
      return answer.ok ? answer.legs : fail(REFUSED[answer.kind], { expiry })
    },
    async scenario({ legs, spots, volShifts, ahead, scheme }, signal) {
      const started = clock.monotonic()
      const axes = {
        spots: Float64Array.from(spots),
        volShifts: Float64Array.from(volShifts),
        ahead: Float64Array.from(ahead),
      }
      const grid = await pool.run('options.scenario', { legs, axes, scheme }, signal ? { signal } : {})
      return { ...grid, seconds: clock.monotonic() - started }
    },
    close: leave,
  }
}

interface Wish {
  readonly everySeconds: number
  readonly expiries?: readonly IsoDate[]
  readonly contracts?: readonly ContractPlace[]
}

/** The flow of a chain that nothing was heard of since: that of a file, which never has any. */
function firstLook(chain: AnalysedChain): KeptFlow | null {
  if (!chain.isFile) return null
  const keeper = createFlowKeeper()
  keeper.take({ ...chain, isFile: false })
  return keeper.of(chain.key)
}
