import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { dateOfDay } from '../../src/core/kit/calendar.ts'
import { epochMicros, MICROS_PER_SECOND } from '../../src/core/kit/time.ts'
import { analyseChain } from '../../src/core/options/analyse-chain.ts'
import { butterflies, calendars } from '../../src/core/options/arbitrage.ts'
import { buildChain, type ChainRow } from '../../src/core/options/build-chain.ts'
import { type OptionChain, ROW_STATUS } from '../../src/core/options/chain.ts'
import type { ChainAnalysis } from '../../src/core/options/chain-analysis.ts'
import { readChainFile } from '../../src/workers/jobs/chain-file.ts'
import { optionsJobs } from '../../src/workers/jobs/options.ts'

const folder = join(process.env.CONTANGO_RECORDED ?? resolve(import.meta.dirname, '../../../shared/data'), 'options')
const hasChains = existsSync(folder)
if (!hasChains)
  console.log(`no recorded chains at ${folder}: tests that read them are skipped; CONTANGO_RECORDED names the folder above`)

const GOOG = 'derived/goog_chain_20151224_1100.csv.gz'
const SPY = 'spy/2020-08-02_SPY_Options_Data_25_expiries.csv'
const OPTIONS = { usualRate: 0.04, staleSeconds: Number.POSITIVE_INFINITY, scheme: 'fast' } as const

function chainIn(path: string): OptionChain {
  const found = readChainFile({ path: join(folder, path), fixed: {} }, () => undefined)
  if (found.kind !== 'chain' || !found.reading.chain) throw new Error(`${path} was taken for ${found.kind}`)
  return found.reading.chain
}

const counts = ({ status }: ChainAnalysis) => {
  const by: Record<string, number> = {}
  for (const code of status) by[ROW_STATUS[code]!] = (by[ROW_STATUS[code]!] ?? 0) + 1
  return by
}

/** Share of the quotes out of the money, within so many deviations, between whose bid and ask the smile lies. */
function insideSpread({ chain, expiries, fitVol, bidVol, askVol, status }: ChainAnalysis, deviations: number): number {
  let [seen, inside] = [0, 0]
  expiries.forEach(({ smile, forward, atmVol, tteYears }, e) => {
    if (!smile) return
    const sd = atmVol * Math.sqrt(tteYears)
    for (let i = chain.expiries[e]!.from; i < chain.expiries[e]!.to; i++) {
      const k = Math.log(chain.strike[i]! / forward)
      if (ROW_STATUS[status[i]!] !== 'OK' || chain.side[i]! * k < 0 || Math.abs(k) > deviations * sd) continue
      seen += 1
      // Within half a volatility point of the quotes counts: a tick of the underlying is worth as much.
      if (fitVol[i]! > bidVol[i]! - 0.0025 && fitVol[i]! < askVol[i]! + 0.0025) inside += 1
    }
  })
  expect(seen).toBeGreaterThan(300)
  return inside / seen
}

test.skipIf(!hasChains)(
  'GOOG, 24 December 2015: near forwards within 748.5 and 749.7, a yield of nearly nothing, skewed smiles',
  () => {
    const analysis = analyseChain(chainIn(GOOG), OPTIONS)
    const near = analysis.expiries.filter(({ tteYears }) => tteYears < 45 / 365)
    expect(near.length).toBe(7)
    for (const { date, forward, source, lowest, highest } of near) {
      expect(source, date).toBe('parity')
      expect(forward, date).toBeGreaterThan(748.5)
      expect(forward, date).toBeLessThan(749.7)
      expect(forward, date).toBeGreaterThanOrEqual(lowest)
      expect(forward, date).toBeLessThanOrEqual(highest)
    }
    // Calls that all cost two dollars more would show: parity is not read off the spot.
    const { chain } = analysis
    const dear = (column: Float64Array) => column.map((price, i) => price + (chain.side[i]! > 0 && price > 0 ? 2 : 0))
    const moved = analyseChain({ ...chain, bid: dear(chain.bid), ask: dear(chain.ask) }, OPTIONS).expiries
    for (const { date, forward } of moved.filter(one => one.tteYears < 45 / 365)) expect(forward, date).toBeGreaterThan(749.7)
    // GOOG paid nothing, and a year cost 0.65 % then; a sign turned in parity would give minus that, twice.
    for (const { date, tteYears, rate, yieldRate } of analysis.expiries.filter(one => one.tteYears > 0.2)) {
      expect(Math.abs(yieldRate), date).toBeLessThan(0.01)
      expect(Math.abs(rate - 0.0085), `${date} ${tteYears}`).toBeLessThan(0.006)
    }
    for (const { date, skew, atmVol, smile } of analysis.expiries.filter(({ smile: one }) => one !== null)) {
      expect(smile, date).not.toBeNull()
      expect(skew, date).toBeLessThan(0)
      expect(atmVol, date).toBeGreaterThan(0.13)
      expect(atmVol, date).toBeLessThan(0.35)
    }
    expect(insideSpread(analysis, 2)).toBeGreaterThan(0.9)
    const by = counts(analysis)
    expect(by.OK!).toBeGreaterThan(750)
    expect(Object.values(by).reduce((sum, n) => sum + n)).toBe(2192)
  },
)

test.skipIf(!hasChains)(
  'SPY, close of 31 July 2020: volatility at the money from 12 to 25 %, rising in time; put skew; the dividend in the forwards',
  () => {
    const analysis = analyseChain(chainIn(SPY), OPTIONS)
    const { expiries } = analysis
    expect(expiries.filter(({ smile }) => smile !== null)).toHaveLength(25)
    for (const { date, atmVol, skew, riskReversal25, fitError } of expiries) {
      expect(atmVol, date).toBeGreaterThan(0.12)
      expect(atmVol, date).toBeLessThan(0.35)
      expect(skew, date).toBeLessThan(-0.3)
      expect(riskReversal25, date).toBeLessThan(-0.015)
      expect(fitError, date).toBeLessThan(0.005)
    }
    const at = (date: string) => expiries.find(one => one.date === date)!
    expect(at('2021-01-15').atmVol).toBeGreaterThan(at('2020-08-21').atmVol)
    // SPY closed at 326.52 and paid 1.339 on 18 September, 1.58 on 18 December 2020; three months cost 0.1 % then.
    expect(Math.abs(at('2020-08-07').forward - 326.47)).toBeLessThan(0.1)
    expect(Math.abs(at('2020-09-11').forward - at('2020-09-18').forward - 1.339)).toBeLessThan(0.25)
    expect(Math.abs(at('2020-11-20').forward - at('2020-12-18').forward - 1.58)).toBeLessThan(0.5)
    for (const { date, rate } of expiries) expect(Math.abs(rate - 0.001), date).toBeLessThan(0.006)
    expect(insideSpread(analysis, 2)).toBeGreaterThan(0.85)
  },
)

test.skipIf(!hasChains)('what is said of arbitrage in a recorded surface is all there is among its quotes near the money', () => {
  const { expiries, arbitrage } = analyseChain(chainIn(SPY), OPTIONS)
  const known = (kind: string, date: string) =>
    arbitrage.some(one => one.kind === kind && (one.expiry === date || one.later === date))
  expiries.forEach(({ date, smile, atmVol, tteYears }, e) => {
    const sd = atmVol * Math.sqrt(tteYears)
    if (!smile) return
    if (butterflies(smile, date, { from: -3 * sd, to: 3 * sd }).length > 0) expect(known('butterfly', date), date).toBe(true)
    const before = expiries[e - 1]
    if (!before?.smile) return
    const least = 3 * before.atmVol * Math.sqrt(before.tteYears)
    const crossed = calendars({ date: before.date, slice: before.smile }, { date, slice: smile }, { from: -least, to: least })
    if (crossed.length > 0) expect(known('calendar', date), date).toBe(true)
  })
})

test.skipIf(!hasChains)('a thread analyses as the process does, to the last bit', () => {
  const chain = chainIn(GOOG)
  const here = analyseChain(chain, OPTIONS)
  const there = optionsJobs['options.analyse']({ chain: structuredClone(chain), options: OPTIONS })
  for (const name of ['vol', 'bidVol', 'askVol', 'fitVol'] as const) expect(there[name]).toEqual(here[name])
  expect(there.greeks).toEqual(here.greeks)
  expect(there.second).toEqual(here.second)
  expect(there.expiries).toEqual(here.expiries)
  // And a chain that was analysed before leaves nothing behind.
  analyseChain(chainIn(SPY), OPTIONS)
  expect(analyseChain(chain, OPTIONS).greeks).toEqual(here.greeks)
})

interface YahooContract {
  readonly strike: number
  readonly bid?: number
  readonly ask?: number
  readonly lastTradeDate?: number
}

/** Yahoo's answer as a chain, every quote as it stands there. */
function yahooChain(name: string): { chain: OptionChain; quoted: number } {
  const [result] = JSON.parse(readFileSync(join(folder, 'yahoo_aapl_2025', name), 'utf8')).optionChain.result
  const rows: ChainRow[] = result.options.flatMap(
    ({ expirationDate, calls, puts }: { expirationDate: number; calls: YahooContract[]; puts: YahooContract[] }) =>
      [calls, puts].flatMap((list, k) =>
        list.map(({ strike, bid, ask }) => ({
          expiry: dateOfDay(Math.floor(expirationDate / 86_400)),
          strike,
          side: k === 0 ? 1 : -1,
          bid: bid ?? Number.NaN,
          ask: ask ?? Number.NaN,
        })),
      ),
  )
  const { bid, ask, regularMarketTime } = result.quote
  const header = {
    underlying: 'AAPL',
    asOf: epochMicros(regularMarketTime * MICROS_PER_SECOND),
    exercise: 'american',
    multiplier: 100,
    tickSize: 0.01,
    spotBid: bid ?? Number.NaN,
    spotAsk: ask ?? Number.NaN,
    spotTime: Number.NaN,
    isHalted: false,
    settlement: 'equity-close',
  } as const
  return { chain: buildChain(header, rows).chain, quoted: rows.length }
}

test.skipIf(!hasChains)(
  'AAPL from Yahoo: after hours with both sides at zero every row says NO_QUOTE, and nothing is invented',
  () => {
    const { chain, quoted } = yahooChain('options_v7_AAPL_1757030400.json')
    expect(quoted).toBe(97)
    const usual = analyseChain(chain, OPTIONS)
    expect(usual.expiries[0]!.atmVol).toBeGreaterThan(0.1)
    expect(usual.expiries[0]!.atmVol).toBeLessThan(0.6)
    const zeros = new Float64Array(chain.bid.length)
    const { expiries, status, vol, fitVol, greeks } = analyseChain({ ...chain, bid: zeros, ask: zeros }, OPTIONS)
    expect(new Set(status)).toEqual(new Set([ROW_STATUS.indexOf('NO_QUOTE')]))
    expect([...vol, ...fitVol, ...greeks.price].every(Number.isNaN)).toBe(true)
    expect(expiries[0]).toMatchObject({ smile: null, reason: 'too-few-quotes' })
  },
)
