import { expect, test } from 'vitest'
import { fairChain } from '../../../tests/options/fair-chain.ts'
import { MICROS_PER_SECOND } from '../../core/kit/time.ts'
import { analyseChain } from '../../core/options/analyse-chain.ts'
import { type OptionChain, ROW_STATUS } from '../../core/options/chain.ts'
import { manualClock } from '../../platform/clock.ts'
import { silentLog } from '../../platform/log.ts'
import { createMetrics } from '../../platform/metrics.ts'
import type { ChainFeed, ChainSink, ListedOption, OptionQuote } from './chain-feed.ts'
import { type Analyse, createLiveChains } from './chain-live.ts'
import type { AnalysedChain } from './chain-service.ts'

const FAIR = fairChain({ hours: [6, 40] })
const KEY = 'SPY.FEED'

function contractsOf(chain: OptionChain, scale = 1): ListedOption[] {
  return chain.expiries.flatMap(({ date, settlesAt, from, to }) =>
    Array.from({ length: to - from }, (_, k) => {
      const [strike, side] = [chain.strike[from + k]! * scale, chain.side[from + k] as 1 | -1]
      return { key: `${date} ${strike} ${side}`, expiry: date, settlesAt, strike, side }
    }),
  )
}
function quotesOf(chain: OptionChain, eventTime: number): OptionQuote[] {
  const { bid, ask, bidSize, askSize, last, volume, openInterest } = chain
  return contractsOf(chain).map(({ key }, row) => ({
    ...{ key, bid: bid[row]!, ask: ask[row]!, bidSize: bidSize[row]!, askSize: askSize[row]!, last: last[row]! },
    ...{ volume: volume[row]!, openInterest: openInterest[row]!, eventTime },
  }))
}

/** A feed whose every word the test says, on a clock that the test moves. */
function opened({ analyse, over = {} }: { analyse?: Analyse; over?: Partial<ChainFeed> } = {}) {
  const clock = manualClock(FAIR.asOf)
  const heard: string[] = []
  const analysed: AnalysedChain[] = []
  const refused: { reason: string; raw: string }[] = []
  const sinks: ChainSink[] = []
  const streamed: (readonly string[])[] = []
  const state = { isOn: true, isOpen: true }
  const feed: ChainFeed = {
    ...{ name: 'feed', gives: 'live', lines: 1000, pollSize: 0, pollEverySeconds: 1, staleSeconds: 10 },
    ...{ underlyings: ['SPY'], findsAny: true },
    open({ sink }) {
      heard.push('open')
      sinks.push(sink)
      return {
        follow: symbol => void heard.push(`follow ${symbol}`),
        unfollow: symbol => void heard.push(`unfollow ${symbol}`),
        stream: (_, keys) => void streamed.push(keys),
        poll: () => {},
        close: async () => void heard.push('close'),
      }
    },
    ...over,
  }
  const live = createLiveChains({
    ...{ feeds: [feed], clock, log: silentLog, metrics: createMetrics(), cacheFolder: '', fetch, seed: 1 },
    isEnabled: () => state.isOn,
    refused: frame => void refused.push(frame),
    analyse: analyse ?? (async (chain, staleSeconds) => analyseChain(chain, { usualRate: 0, staleSeconds, scheme: 'fast' })),
    ...{ staleSeconds: () => 0, mostLines: () => 1000, nameOf: () => null, isQuoting: () => state.isOpen },
    onAnalysed: chain => void analysed.push(chain),
  })
  const sink = () => sinks.at(-1)!
  const list = (contracts = contractsOf(FAIR)) =>
    sink().listing({ underlying: 'SPY', exercise: 'american', multiplier: 100, tickSize: 0.01, contracts })
  const quote = (quotes = quotesOf(FAIR, clock.now())) => sink().quotes('SPY', quotes)
  const spot = (eventTime = clock.now()) => sink().spot('SPY', { bid: 600.19, ask: 600.21, eventTime })
  /** Lets passes that were begun come to their end. */
  const settle = async () => {
    for (let k = 0; k < 20; k++) await Promise.resolve()
  }
  const start = async () => {
    const leave = live.follow(KEY)
    sink().phase('SPY', 'up')
    list()
    spot()
    quote()
    await settle()
    clock.advance(1)
    await settle()
    return leave
  }
  /** Moves time in steps, so that passes and beats come as they would. */
  const wait = async (seconds: number) => {
    for (let k = 0; k < seconds; k++) {
      clock.advance(1)
      await settle()
    }
  }
  return { clock, live, heard, analysed, refused, streamed, state, sink, list, quote, spot, settle, start, wait }
}

const statusOf = ({ analysis }: AnalysedChain) => {
  const counts: Record<string, number> = {}
  for (const code of analysis.status) counts[ROW_STATUS[code]!] = (counts[ROW_STATUS[code]!] ?? 0) + 1
  return counts
}
const shown = (chain: AnalysedChain | null) => chain && [chain.provenance.state, chain.provenance.reason]

test('nothing is opened until somebody follows; what is followed twice is left with the second', async () => {
  const { live, heard, clock, settle } = opened()
  clock.advance(3600)
  expect(heard).toEqual([])
  expect(live.state(KEY)).toMatchObject({ state: 'none', reason: 'reason.nothing-asked', contracts: 0, asOf: null })
  const leave = [live.follow(KEY), live.follow(KEY)]
  leave[0]!()
  leave[0]!()
  expect(heard).toEqual(['open', 'follow SPY'])
  leave[1]!()
  expect(heard.at(-1)).toBe('unfollow SPY')
  clock.advance(11)
  await settle()
  expect(heard.at(-1)).toBe('close')
  expect(live.state(KEY).reason).toBe('reason.nothing-asked')
})

test('quotes become volatilities, with the receipt of the newest, and the state says what the feed gives', async () => {
  const { live, start, analysed } = opened()
  await start()
  const chain = live.latest(KEY)!
  expect(shown(chain)).toEqual(['live', null])
  expect(chain.newestReceipt).toBe(FAIR.asOf)
  expect(statusOf(chain).OK).toBeGreaterThan(60)
  expect(chain.analysis.expiries.every(({ smile }) => smile !== null)).toBe(true)
  expect(chain.analysis.expiries[0]!.forward).toBeCloseTo(600.2, 1)
  expect(analysed.at(-1)).toBe(chain)
  expect(live.state(KEY)).toMatchObject({ state: 'live', expiries: 2, contracts: FAIR.strike.length })
})

test('a feed that falls silent: rows grow stale, the state says so, and neither invents anything', async () => {
  const { live, start, wait, quote, clock } = opened()
  await start()
  await wait(9)
  expect(shown(live.latest(KEY))).toEqual(['live', null])
  await wait(8)
  const silent = live.latest(KEY)!
  expect(shown(silent)).toEqual(['stale', 'reason.silent'])
  expect(Object.keys(statusOf(silent)).sort()).toEqual(['ONE_SIDED', 'STALE'].filter(name => statusOf(silent)[name]))
  expect(statusOf(silent).OK).toBeUndefined()
  expect(silent.analysis.expiries.every(({ smile }) => smile === null)).toBe(true)
  expect(silent.analysis.vol.every(Number.isNaN)).toBe(true)
  expect([...silent.analysis.chain.quoteTime].every(time => time === FAIR.asOf)).toBe(true)
  quote(quotesOf(FAIR, clock.now()))
  await wait(1)
  expect(shown(live.latest(KEY))).toEqual(['live', null])
  expect(statusOf(live.latest(KEY)!).OK).toBeGreaterThan(60)
})

test('while its market is closed old quotes are no fault', async () => {
  const { live, start, wait, state } = opened()
  await start()
  state.isOpen = false
  await wait(130)
  expect(shown(live.latest(KEY))).toEqual(['live', null])
  expect(statusOf(live.latest(KEY)!).OK).toBeGreaterThan(60)
  // Once a minute all the same: time runs out.
  expect(live.latest(KEY)!.analysis.chain.asOf).toBeGreaterThan(FAIR.asOf + 60 * MICROS_PER_SECOND)
})

test('an expiry that settles while it is shown is marked from that instant; one that is missing is simply not there', async () => {
  const { live, start, clock, spot, quote, settle, list, wait } = opened()
  await start()
  const [near, far] = FAIR.expiries
  clock.advance((near!.settlesAt - clock.now()) / MICROS_PER_SECOND)
  spot()
  quote(quotesOf(FAIR, clock.now()))
  await wait(6)
  const after = live.latest(KEY)!.analysis
  expect([...after.status.subarray(near!.from, near!.to)].every(code => ROW_STATUS[code] === 'EXPIRED')).toBe(true)
  expect(after.expiries[0]).toMatchObject({ smile: null, reason: 'expired' })
  expect(after.expiries[1]!.smile).not.toBe(null)
  expect(live.state(KEY).expiries).toBe(1)
  // The next listing has the later expiry alone.
  list(contractsOf(FAIR).filter(({ expiry }) => expiry === far!.date))
  await wait(6)
  await settle()
  expect(live.latest(KEY)!.analysis.chain.expiries.map(({ date }) => date)).toEqual([far!.date])
})

test('after a split the old quotes belong to no contract; the new ones are taken', async () => {
  const { live, start, list, wait, sink, clock, refused } = opened()
  await start()
  list(contractsOf(FAIR, 0.5))
  await wait(1)
  expect(statusOf(live.latest(KEY)!)).toEqual({ NO_QUOTE: FAIR.strike.length })
  sink().quotes('SPY', [{ ...quotesOf(FAIR, clock.now())[0]!, last: Number.NaN }])
  expect(refused.map(({ reason }) => reason)).toEqual(['its contract is not listed'])
  expect(JSON.parse(refused[0]!.raw)).toMatchObject({ last: 'NaN' })
})

test('a source that is turned off ends the session and says so; turned on it begins anew', async () => {
  const { live, start, heard, state, settle, wait } = opened()
  await start()
  state.isOn = false
  live.sourcesChanged()
  await settle()
  expect(heard.at(-1)).toBe('close')
  expect(shown(live.latest(KEY))).toEqual(['stale', 'reason.source-off'])
  expect(live.state(KEY)).toMatchObject({ state: 'stale', reason: 'reason.source-off' })
  state.isOn = true
  live.sourcesChanged()
  await wait(1)
  expect(heard.filter(word => word === 'open')).toHaveLength(2)
  expect(heard.filter(word => word === 'follow SPY')).toHaveLength(2)
})

test('a feed that gives an underlying up is asked again, more and more seldom; its reason is shown meanwhile', async () => {
  const { live, heard, sink, wait } = opened()
  live.follow(KEY)
  const asked = () => heard.filter(word => word === 'follow SPY').length
  for (const [failures, seconds] of [
    [1, 1],
    [2, 2],
    [3, 4],
  ] as const) {
    sink().phase('SPY', 'failed', 'the venue knows no SPY')
    expect(live.state(KEY)).toMatchObject({ state: 'none', reason: 'the venue knows no SPY' })
    await wait(seconds - 1)
    expect(asked()).toBe(failures)
    await wait(1)
    expect(asked()).toBe(failures + 1)
  }
})

test('a feed that throws at its opening is opened again after a pause', async () => {
  let times = 0
  const { live, wait } = opened({
    over: {
      open({ sink }) {
        if (++times < 3) throw new Error('no route to the venue')
        sink.phase('SPY', 'up')
        return { follow() {}, unfollow() {}, stream() {}, poll() {}, close: async () => {} }
      },
    },
  })
  live.follow(KEY)
  expect(live.state(KEY)).toMatchObject({ state: 'none', reason: 'no route to the venue' })
  await wait(3)
  expect(times).toBe(3)
  expect(live.state(KEY).reason).toBe('reason.waiting')
})

test('a pass that is lost costs that pass and no more', async () => {
  let passes = 0
  const { live, start, wait } = opened({
    async analyse(chain, staleSeconds) {
      if (++passes <= 2) throw Object.assign(new Error('the thread ended'), { name: 'ThreadDied' })
      return analyseChain(chain, { usualRate: 0, staleSeconds, scheme: 'fast' })
    },
  })
  await start()
  await wait(3)
  expect(passes).toBeGreaterThan(2)
  expect(statusOf(live.latest(KEY)!).OK).toBeGreaterThan(60)
})

test('a spot that is older than the options is told as it is, and the options go on', async () => {
  const { live, start, wait, quote, clock } = opened()
  await start()
  await wait(40)
  quote(quotesOf(FAIR, clock.now()))
  await wait(1)
  const { chain, expiries } = live.latest(KEY)!.analysis
  expect(chain.spotTime).toBe(FAIR.asOf)
  expect(expiries[0]!.forward).toBeCloseTo(600.2, 1)
})

test('what is watched in the background is followed without anybody reading it', async () => {
  const { live, heard, clock, settle } = opened()
  live.setBackground(KEY, true)
  expect(heard).toEqual(['open', 'follow SPY'])
  const leave = live.follow(KEY)
  leave()
  clock.advance(60)
  expect(heard).not.toContain('unfollow SPY')
  live.setBackground(KEY, false)
  clock.advance(11)
  await settle()
  expect(heard.slice(-2)).toEqual(['unfollow SPY', 'close'])
})

test('what alerts watch is streamed first, then what somebody looks at, within the lines of the feed', () => {
  const { live, list, spot, streamed, sink } = opened({ over: { lines: 10 } })
  const [near, far] = FAIR.expiries
  const undo = live.watch(KEY, [{ expiry: near!.date, strike: 585, side: -1 }])
  const leave = live.follow(KEY, [far!.date])
  sink().phase('SPY', 'up')
  spot()
  list()
  const lines = streamed.at(-1)!
  expect(lines).toHaveLength(10)
  expect(lines[0]).toBe(`${near!.date} 585 -1`)
  expect(lines.slice(1).every(key => key.startsWith(far!.date))).toBe(true)
  expect(live.lines(KEY)).toEqual({ streamed: 10, allowed: 10, turnSeconds: Number.NaN })
  undo()
  expect(streamed.at(-1)).not.toContain(`${near!.date} 585 -1`)
  leave()
})

test('closing ends passes, timers and sessions', async () => {
  const { live, start, analysed, wait, heard, quote } = opened()
  await start()
  const before = analysed.length
  await live.close()
  expect(heard.at(-1)).toBe('close')
  quote()
  await wait(20)
  expect(analysed).toHaveLength(before)
})
