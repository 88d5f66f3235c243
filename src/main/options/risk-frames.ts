import type { FlowFrame, GammaFrame, LegQuote, NamedLeg, PositionFrame } from '../../contract/options-risk.ts'
import { dateOfDay, dayIn } from '../../core/kit/calendar.ts'
import type { IsoDate } from '../../core/kit/time.ts'
import { addTradingDays, CALENDARS } from '../../core/market/sessions.ts'
import type { ChainAnalysis } from '../../core/options/chain-analysis.ts'
import { flowCoverage } from '../../core/options/flow.ts'
import type { GammaExposure, GammaOrder } from '../../core/options/gamma-exposure.ts'
import { DAYS_PER_YEAR } from '../../core/options/screen-units.ts'
import type { AnalysedChain } from './chain-service.ts'
import type { FlowPoint, KeptFlow } from './flow-keeper.ts'

const LARGEST = 30

const finite = (value: number | undefined): number | null => (value !== undefined && Number.isFinite(value) ? value : null)

/** Gamma exposure as the wire has it. */
export function gammaFrame(chain: AnalysedChain, order: GammaOrder, found: GammaExposure): GammaFrame {
  const { byStrike, byExpiry, profile } = found
  return {
    underlying: chain.key,
    symbol: chain.symbol,
    asOf: found.asOf,
    provenance: chain.provenance,
    convention: found.convention,
    addsVolume: order.addsVolume,
    openInterestOf: clearingDayBefore(chain.analysis),
    spot: finite(found.spot),
    spotSource: found.spotSource,
    calls: found.calls,
    puts: found.puts,
    net: found.net,
    callWall: finite(found.callWall),
    putWall: finite(found.putWall),
    flip: finite(found.flip),
    flips: [...found.flips],
    byStrike: {
      strike: byStrike.map(({ strike }) => strike),
      calls: byStrike.map(({ calls }) => calls),
      puts: byStrike.map(({ puts }) => puts),
      net: byStrike.map(({ net }) => net),
    },
    byExpiry: byExpiry.map(one => ({ ...one })),
    profile: { spots: [...profile.spots], total: [...profile.total], today: [...profile.today] },
    counted: found.counted,
    left: { ...found.left },
    signedShare: finite(found.signedShare),
  }
}

/** Open interest is counted over night: what a chain shows is that of the trading date before its own. */
function clearingDayBefore({ chain }: ChainAnalysis): IsoDate {
  const calendar = chain.isOnFuture ? CALENDARS['cme-energy'] : CALENDARS.nyse
  return dateOfDay(addTradingDays(dayIn(chain.asOf, calendar.zone), -1, calendar))
}

/** A flow as the wire has it, with the points from a place on. */
export function flowFrame({ chain, state, session, points }: KeptFlow, kind: FlowFrame['kind'], from: number): FlowFrame {
  const shown = points.slice(from)
  const column = (name: keyof FlowPoint) => shown.map(point => point[name])
  const { premium, classified, contracts } = state.totals
  return {
    underlying: chain.key,
    symbol: chain.symbol,
    kind,
    session: { ...session },
    since: state.since,
    at: state.at,
    provenance: chain.provenance,
    points: {
      time: column('time'),
      calls: column('calls'),
      puts: column('puts'),
      net: column('net'),
      netToday: column('netToday'),
      hedgeCalls: column('hedgeCalls'),
      hedgePuts: column('hedgePuts'),
      hedgeToday: column('hedgeToday'),
      spot: column('spot').map(finite),
    },
    premium,
    classified,
    coverage: finite(flowCoverage(state.totals)),
    contracts: { ...contracts },
    resets: state.resets,
    largest: largestOf(state.memory),
  }
}

function largestOf(memory: KeptFlow['state']['memory']): FlowFrame['largest'] {
  const rows = Array.from(memory.signedPremium, (_, i) => i).filter(i => memory.premium[i]! > 0)
  const size = (i: number) => Math.abs(memory.signedPremium[i]!)
  return rows
    .sort((a, b) => size(b) - size(a))
    .slice(0, LARGEST)
    .map(i => ({
      expiry: memory.expiries.find(({ from, to }) => i >= from && i < to)!.date,
      strike: memory.strike[i]!,
      kind: memory.side[i]! > 0 ? 'call' : 'put',
      signedPremium: memory.signedPremium[i]!,
      premium: memory.premium[i]!,
      bought: memory.bought[i]!,
      sold: memory.sold[i]!,
      hedged: memory.hedged[i]!,
    }))
}

/** What a chain says of some legs. */
export function positionFrame(chain: AnalysedChain, legs: readonly NamedLeg[]): PositionFrame {
  const { analysis } = chain
  const { asOf, multiplier, tickSize, exercise } = analysis.chain
  const isOnFuture = analysis.chain.isOnFuture === true
  return {
    underlying: chain.key,
    symbol: chain.symbol,
    asOf,
    provenance: chain.provenance,
    spot: priceFor(analysis, legs),
    isOnFuture,
    multiplier,
    tickSize,
    isAmerican: exercise === 'american',
    expiries: analysis.expiries.flatMap(({ date, tteYears }) => (tteYears > 0 ? [{ date, days: tteYears * DAYS_PER_YEAR }] : [])),
    quotes: legs.map(leg => legQuote(analysis, leg)),
  }
}

/** The price that a position is reckoned in: the underlying's, or that of the future under the leg that ends first. */
function priceFor({ chain, expiries }: ChainAnalysis, legs: readonly NamedLeg[]): number | null {
  const known = expiries.filter(({ forward }) => forward > 0)
  const first = known.find(({ date }) => legs.some(({ expiry }) => expiry === date)) ?? known[0]
  const mid = chain.isOnFuture ? Number.NaN : (chain.spotBid + chain.spotAsk) / 2
  return finite(mid) ?? finite(first?.forward)
}

function legQuote(analysis: ChainAnalysis, leg: NamedLeg): LegQuote {
  const { chain, expiries, fitVol, vol, greeks } = analysis
  if (leg.kind === 'underlying') {
    const [bid, ask] = [finite(chain.spotBid), finite(chain.spotAsk)]
    const spot = { bid, ask, last: null, model: null, fitVol: null, vol: null, delta: 1 }
    return {
      isListed: true,
      ...spot,
      quoteTime: instant(chain.spotTime),
      forward: null,
      tteYears: null,
      rate: null,
      yieldRate: null,
    }
  }
  const row = rowOf(analysis, leg)
  const expiry = expiries.find(({ date }) => date === leg.expiry)
  const life = {
    forward: finite(expiry?.forward),
    tteYears: finite(expiry?.tteYears),
    rate: finite(expiry?.rate),
    yieldRate: finite(expiry?.yieldRate),
  }
  if (row < 0)
    return {
      isListed: false,
      bid: null,
      ask: null,
      last: null,
      model: null,
      fitVol: null,
      vol: null,
      delta: null,
      quoteTime: null,
      ...life,
    }
  return {
    isListed: true,
    bid: finite(chain.bid[row]),
    ask: finite(chain.ask[row]),
    last: finite(chain.last[row]),
    model: finite(greeks.price[row]),
    fitVol: finite(fitVol[row]) ?? finite(vol[row]),
    vol: finite(vol[row]),
    delta: finite(greeks.delta[row]),
    quoteTime: instant(chain.quoteTime[row]!),
    ...life,
  }
}

const instant = (value: number) => (Number.isFinite(value) ? Math.round(value) : null)

function rowOf({ chain }: ChainAnalysis, { kind, expiry, strike }: NamedLeg): number {
  const place = chain.expiries.find(({ date }) => date === expiry)
  if (!place) return -1
  const side = kind === 'call' ? 1 : -1
  for (let i = place.from; i < place.to; i++) if (chain.strike[i] === strike && chain.side[i] === side) return i
  return -1
}
