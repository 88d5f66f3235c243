import { describe, expect, test } from 'vitest'
import { dayIn, startOfDay } from '../kit/calendar.ts'
import { instrumentId } from '../kit/ids.ts'
import { epochMicros, fromMillis, MICROS_PER_DAY, MICROS_PER_MINUTE } from '../kit/time.ts'
import { aggregate } from '../market/aggregate.ts'
import { type Bars, TIMEFRAMES, type Timeframe } from '../market/bars.ts'
import { isOnTick } from '../market/quality.ts'
import { CALENDARS, sessionOn } from '../market/sessions.ts'
import { bucketStart } from '../market/timeframes.ts'
import { demoLine } from './book.ts'
import { DEMO_FIRST_DAY, demoBars, demoInstrument, demoInstruments, demoTicks } from './market.ts'

const seed = 20_261_121
const at = (text: string) => fromMillis(Date.parse(text))
const now = at('2026-11-20T19:12:34.500Z')
const CLF27 = instrumentId('CLF27.DEMO')
const CLG27 = instrumentId('CLG27.DEMO')
const FAR = instrumentId('NGX28.DEMO')
const SPY = instrumentId('SPY.DEMO')
const NEW_YORK = 'America/New_York'

function bars(instrument: typeof SPY, timeframe: Timeframe, from: number, to: number): Bars {
  return demoBars({ seed, instrument, timeframe, from, to })
}

function logReturns(prices: Float64Array): number[] {
  return Array.from(prices.subarray(1), (price, k) => Math.log(price / prices[k]!))
}

function mean(x: readonly number[]): number {
  return x.reduce((sum, v) => sum + v, 0) / x.length
}

function correlation(x: readonly number[], y: readonly number[]): number {
  const mx = mean(x)
  const my = mean(y)
  const cov = mean(x.map((v, k) => (v - mx) * (y[k]! - my)))
  return cov / Math.sqrt(mean(x.map(v => (v - mx) ** 2)) * mean(y.map(v => (v - my) ** 2)))
}

function deviation(x: readonly number[]): number {
  const m = mean(x)
  return Math.sqrt(mean(x.map(v => (v - m) ** 2)))
}

function kurtosis(x: readonly number[]): number {
  const m = mean(x)
  return mean(x.map(v => (v - m) ** 4)) / mean(x.map(v => (v - m) ** 2)) ** 2
}

describe('what is traded', () => {
  test('strips of 24 WTI and Henry Hub months, two ES quarters, SPY and a dozen shares', () => {
    const list = demoInstruments(now)
    const count = (start: string) =>
      list.filter(({ symbol, assetClass }) => assetClass === 'future' && symbol.startsWith(start)).length
    expect([count('CL'), count('NG'), count('ES')]).toEqual([24, 24, 2])
    expect(list.filter(({ assetClass }) => assetClass === 'equity')).toHaveLength(13)
    expect(list.every(({ venue, source, id }) => venue === 'DEMO' && source === 'demo' && id.endsWith('.DEMO'))).toBe(true)
    expect(new Set(list.map(({ id }) => id)).size).toBe(list.length)
  })

  test('the front WTI contract rolls the day after its last trade date', () => {
    const front = (text: string) => demoInstruments(at(text)).find(({ symbol }) => symbol.startsWith('CL'))?.symbol
    expect(front('2026-11-20T18:00:00Z')).toBe('CLZ26')
    expect(front('2026-11-21T18:00:00Z')).toBe('CLF27')
  })

  test('an expired contract keeps its history and has nothing after it; an unknown one is refused', () => {
    const expired = instrumentId('CLZ25.DEMO')
    expect(demoInstrument(expired)?.lastTradeDate).toBe('2025-11-20')
    const history = bars(expired, '1d', at('2025-11-01T00:00:00Z'), now)
    expect(dayIn(history.time.at(-1)!, NEW_YORK)).toBe(dayIn(at('2025-11-20T12:00:00Z'), NEW_YORK))
    expect(demoTicks({ seed, instrument: expired, from: now, to: now + 60e6 }).quotes).toHaveLength(0)
    expect(demoInstrument(instrumentId('CLZ26.NYMEX'))).toBeNull()
    expect(() => bars(instrumentId('NOPE.DEMO'), '1d', 0, now)).toThrow('no instrument NOPE.DEMO')
  })
})

describe('replay', () => {
  test('the same seed gives the same ticks and bars bit for bit, in one piece or many, in any order', async () => {
    const from = at('2026-11-20T15:00:00Z')
    const pieces = [3, 1, 0, 2].map(k => ({
      k,
      ticks: demoTicks({ seed, instrument: CLF27, from: from + k * 37e6, to: from + (k + 1) * 37e6 }),
    }))
    const whole = demoTicks({ seed, instrument: CLF27, from, to: from + 4 * 37e6 })
    const joined = pieces.toSorted((a, b) => a.k - b.k)
    expect(joined.flatMap(({ ticks }) => ticks.quotes)).toEqual(whole.quotes)
    expect(joined.flatMap(({ ticks }) => ticks.trades)).toEqual(whole.trades)
    const before = bars(CLF27, '1m', from, now)
    for (let other = 0; other < 6; other += 1) demoBars({ seed: other, instrument: SPY, timeframe: '1d', from, to: now })
    expect(bars(CLF27, '1m', from, now)).toEqual(before)
  })

  test('these very values have not changed', () => {
    const [close] = bars(SPY, '1d', at('2026-11-18T05:00:00Z'), at('2026-11-19T05:00:00Z')).close
    expect(close).toMatchInlineSnapshot(`751.27`)
    const { quotes } = demoTicks({ seed, instrument: CLF27, from: now, to: now + 2e6 })
    expect(quotes[0]).toMatchInlineSnapshot(`
      {
        "ask": 68.4,
        "askSize": 6,
        "bid": 68.38,
        "bidSize": 8,
        "eventTime": 1795201954556893,
        "instrument": "CLF27.DEMO",
        "seq": 16747424,
      }
    `)
  })

  test('another seed is another market', () => {
    const close = (other: number) =>
      demoBars({ seed: other, instrument: SPY, timeframe: '1d', from: at('2020-01-01T00:00:00Z'), to: now }).close
    expect(Math.abs(correlation(logReturns(close(1)), logReturns(close(2))))).toBeLessThan(0.1)
  })
})

describe('bars of every length agree', () => {
  test.each([
    [CLF27, '2026-03-01', '2026-03-16'],
    [SPY, '2026-10-26', '2026-11-09'],
    [FAR, '2026-10-26', '2026-11-09'],
  ])('%s from %s to %s, clock changes included', (instrument, from, to) => {
    const begin = startOfDay(dayIn(at(`${from}T12:00:00Z`), NEW_YORK), NEW_YORK)
    const end = startOfDay(dayIn(at(`${to}T12:00:00Z`), NEW_YORK), NEW_YORK)
    const minutes = bars(instrument, '1m', begin, end)
    expect(minutes.time.length).toBeGreaterThan(100)
    for (const timeframe of TIMEFRAMES) {
      const start = bucketStart(begin, timeframe, CALENDARS.demo)
      if (start < begin) continue
      expect(bars(instrument, timeframe, begin, end)).toEqual(aggregate(minutes, timeframe, CALENDARS.demo))
    }
  })

  test.each([CLF27, SPY, FAR])('the trades of %s give exactly its minutes', instrument => {
    const from = at('2026-11-19T14:00:00Z')
    const to = from + 4 * 60 * MICROS_PER_MINUTE
    const { trades, bad, lost } = demoTicks({ seed, instrument, from, to })
    const planted = new Set(bad.map(({ seq }) => seq))
    const good = [...trades.filter(({ seq }) => !planted.has(seq)), ...lost.flatMap(run => run.trades)].sort(
      (a, b) => a.seq - b.seq,
    )
    const price = Float64Array.from(good, trade => trade.price)
    const made = aggregate(
      {
        time: Float64Array.from(good, trade => trade.eventTime),
        open: price,
        high: price,
        low: price,
        close: price,
        volume: Float64Array.from(good, trade => trade.size),
      },
      '1m',
      CALENDARS.demo,
    )
    expect(made).toEqual(bars(instrument, '1m', from, to))
  })

  test('the bar that is not over knows what traded so far and nothing of what comes', () => {
    const start = at('2026-11-20T19:12:00Z')
    const open = bars(CLF27, '1m', start, now)
    const { trades, bad, lost } = demoTicks({ seed, instrument: CLF27, from: start, to: now })
    expect(bad).toHaveLength(0)
    expect(open.volume[0]).toBe([...trades, ...lost.flatMap(run => run.trades)].reduce((sum, { size }) => sum + size, 0))
    expect(open.close[0]).toBe(trades.at(-1)!.price)
    for (const timeframe of TIMEFRAMES) {
      const last = bars(CLF27, timeframe, bucketStart(now, timeframe, CALENDARS.demo), now)
      expect(last.close.at(-1)).toBe(open.close[0])
    }
  })

  test('a stretch asked from the middle of a bar starts with the next bar', () => {
    const hours = bars(SPY, '1h', at('2026-11-20T15:00:00Z'), now)
    expect(hours.time[0]).toBe(at('2026-11-20T15:30:00Z'))
  })
})

describe('it looks like a market', () => {
  const from = startOfDay(DEMO_FIRST_DAY, NEW_YORK)
  const spy = bars(SPY, '1d', from, now)

  test('tails are fat, returns do not repeat themselves, their sizes do', () => {
    const returns = logReturns(spy.close)
    const sizes = returns.map(Math.abs)
    expect(returns.length).toBeGreaterThan(7000)
    expect(kurtosis(returns)).toBeGreaterThan(4)
    // Three standard errors of a correlation over 7,600 days are 0.034; clustering of volatility widens them.
    expect(Math.abs(correlation(returns.slice(1), returns.slice(0, -1)))).toBeLessThan(0.06)
    expect(correlation(sizes.slice(1), sizes.slice(0, -1))).toBeGreaterThan(0.1)
    expect(correlation(sizes.slice(5), sizes.slice(0, -5))).toBeGreaterThan(0.05)
    const perYear = deviation(returns) * Math.sqrt(365.25)
    expect(perYear).toBeGreaterThan(0.08)
    expect(perYear).toBeLessThan(0.25)
  })

  test('levels stay sane for twenty years and never turn negative', () => {
    for (const { id, assetClass } of demoInstruments(now)) {
      const { low, high, open, close, volume } = bars(id, '1w', from, now)
      for (const column of [low, high, open, close, volume]) expect(column.every(Number.isFinite)).toBe(true)
      expect(Math.min(...low)).toBeGreaterThan(0)
      if (assetClass === 'future') expect(Math.max(...high) / Math.min(...low)).toBeLessThan(8)
      else expect(Math.max(...high) / close.at(-1)!).toBeLessThan(8)
    }
  })

  test('neighbouring WTI months move together, near ones more than far ones', () => {
    const since = at('2025-06-01T04:00:00Z')
    const returns = (id: string) => logReturns(bars(instrumentId(id), '1d', since, now).close)
    expect(correlation(returns('CLF27.DEMO'), returns('CLG27.DEMO'))).toBeGreaterThan(0.9)
    expect(correlation(returns('CLF27.DEMO'), returns('CLF28.DEMO'))).toBeLessThan(
      correlation(returns('CLF27.DEMO'), returns('CLG27.DEMO')),
    )
    expect(deviation(returns('CLF27.DEMO'))).toBeGreaterThan(deviation(returns('CLU28.DEMO')))
    expect(correlation(returns('SPY.DEMO'), returns('ESZ26.DEMO'))).toBeGreaterThan(0.99)
    expect(correlation(returns('SPY.DEMO'), returns('NVDA.DEMO'))).toBeGreaterThan(0.3)
  })

  test('the spread between neighbouring months is steady within a day too', () => {
    const day = at('2026-11-19T14:30:00Z')
    const front = bars(CLF27, '30m', day, day + 390 * MICROS_PER_MINUTE)
    const next = bars(CLG27, '30m', day, day + 390 * MICROS_PER_MINUTE)
    const spreads = [...front.close].map((close, k) => close - next.close[k]!)
    expect(deviation(spreads)).toBeLessThan(deviation([...front.close]) / 3)
  })

  test('gas is dearer for January than for the April after it', () => {
    const price = (id: string) => bars(instrumentId(id), '1d', now - 3 * MICROS_PER_DAY, now).close.at(-1)!
    expect(price('NGF27.DEMO')).toBeGreaterThan(price('NGJ27.DEMO'))
  })

  test('open and close of the regular session are busier and wilder than noon', () => {
    const volume = new Map<number, number[]>()
    const range = new Map<number, number[]>()
    const blocks = bars(SPY, '30m', at('2026-06-01T04:00:00Z'), at('2026-11-01T04:00:00Z'))
    for (const [k, time] of blocks.time.entries()) {
      const slot = Math.round((time - startOfDay(dayIn(time, NEW_YORK), NEW_YORK)) / (30 * MICROS_PER_MINUTE))
      volume.set(slot, [...(volume.get(slot) ?? []), blocks.volume[k]!])
      range.set(slot, [...(range.get(slot) ?? []), blocks.high[k]! - blocks.low[k]!])
    }
    for (const table of [volume, range]) {
      expect(mean(table.get(19)!)).toBeGreaterThan(1.3 * mean(table.get(25)!))
      expect(mean(table.get(31)!)).toBeGreaterThan(1.3 * mean(table.get(25)!))
      expect(mean(table.get(25)!)).toBeGreaterThan(mean(table.get(2)!))
    }
  })

  test('sizes of trades are heavy-tailed, prices on tick, quotes neither crossed nor wide but where planted', () => {
    const from = at('2026-11-20T15:00:00Z')
    const { quotes, trades, bad } = demoTicks({ seed, instrument: SPY, from, to: from + 60 * MICROS_PER_MINUTE })
    const planted = new Set(bad.map(({ seq }) => seq))
    const sizes = trades.map(({ size }) => size).sort((a, b) => a - b)
    expect(sizes.at(-1)! / sizes[Math.floor(sizes.length / 2)]!).toBeGreaterThan(20)
    expect(trades.length / 3600).toBeGreaterThan(1)
    for (const { seq, price } of trades) if (!planted.has(seq)) expect(isOnTick(price, 0.01)).toBe(true)
    for (const { seq, bid, ask } of quotes) {
      if (planted.has(seq)) continue
      expect(ask - bid).toBeGreaterThan(0.005)
      expect(ask - bid).toBeLessThan(0.035)
    }
    expect(trades.some(({ aggressor }) => aggressor === 'buy') && trades.some(({ aggressor }) => aggressor === 'sell')).toBe(true)
  })
})

describe('planted faults', () => {
  const from = at('2026-11-02T05:00:00Z')
  const week = demoTicks({ seed, instrument: CLF27, from, to: from + 7 * MICROS_PER_DAY })

  test('bad records of every kind are there, rare and labelled', () => {
    const kinds = new Set(week.bad.map(({ kind }) => kind))
    const total = week.quotes.length + week.trades.length
    expect([...kinds].sort()).toEqual(['crossed', 'offTick', 'outOfOrder', 'outlier'])
    expect(week.bad.length / total).toBeLessThan(1 / 5000)
    const bySeq = new Map(week.quotes.map(quote => [quote.seq, quote]))
    for (const { seq, kind } of week.bad) {
      const quote = bySeq.get(seq)
      if (kind === 'crossed') expect(quote!.bid).toBeGreaterThan(quote!.ask)
      if (kind === 'offTick') expect(isOnTick(quote!.bid, 0.01)).toBe(false)
      if (kind === 'outOfOrder') expect(quote!.eventTime).toBeLessThan(bySeq.get(seq - 1)?.eventTime ?? Number.POSITIVE_INFINITY)
    }
  })

  test('numbers count without a hole but where the feed lost messages', () => {
    const arrived = [...week.quotes, ...week.trades].map(({ seq }) => seq).sort((a, b) => a - b)
    const holes: [number, number][] = []
    for (let k = 1; k < arrived.length; k += 1)
      if (arrived[k]! !== arrived[k - 1]! + 1) holes.push([arrived[k - 1]! + 1, arrived[k]! - 1])
    expect(holes.length).toBeGreaterThan(0)
    expect(holes).toEqual(week.lost.map(({ fromSeq, toSeq }) => [fromSeq, toSeq]))
  })

  test('a halted instrument has no trades and no prices, and trades again after it', () => {
    const since = at('2026-01-01T05:00:00Z')
    const tesla = instrumentId('TSLA.DEMO')
    const first = dayIn(since, NEW_YORK)
    const day = Array.from({ length: 300 }, (_, k) => first + k).find(k => demoLine(seed, tesla).day(k).halt !== null)!
    const [halt] = demoTicks({ seed, instrument: tesla, ...sessionOn(day, CALENDARS.demo)!.stretches[1]! }).halts
    expect(halt).toBeDefined()
    const { from: start, to: end } = halt!
    expect((end - start) / MICROS_PER_MINUTE).toBeGreaterThanOrEqual(5)
    const during = demoTicks({ seed, instrument: tesla, from: start, to: end })
    expect(during.trades).toHaveLength(0)
    expect(during.quotes.every(({ bid, ask }) => Number.isNaN(bid) && Number.isNaN(ask))).toBe(true)
    expect(
      demoTicks({ seed, instrument: tesla, from: end, to: epochMicros(end + 5 * MICROS_PER_MINUTE) }).trades.length,
    ).toBeGreaterThan(0)
  })
})
