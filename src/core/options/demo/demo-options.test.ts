import { describe, expect, test } from 'vitest'
import { demoTicks } from '../../demo/market.ts'
import { instrumentId } from '../../kit/ids.ts'
import { fromMillis, MICROS_PER_HOUR, MICROS_PER_MINUTE, MICROS_PER_SECOND } from '../../kit/time.ts'
import { priceAmerican } from '../american.ts'
import { parseOccSymbol } from '../occ-symbol.ts'
import { fairPrices, yearsTo } from './fair.ts'
import { demoOptionListing } from './listing.ts'
import { demoPlants } from './plants.ts'
import { demoOptionQuotes, demoOptionSpot, QUOTE_TURN } from './quotes.ts'
import { atmVariance, demoSurfaceAt, demoVol, tilted } from './surface.ts'
import { quotedWidth } from './width.ts'

const seed = 20_261_121
const at = (text: string) => fromMillis(Date.parse(text))
const noon = at('2026-11-20T17:12:34.500Z')
const night = at('2026-11-22T06:30:00Z')
const close = at('2026-11-20T21:00:00Z')

function fairAt(root: 'SPY' | 'CL' | 'NG', instant: number) {
  const listing = demoOptionListing(seed, root, instant)
  const rows = listing.contracts.map((_, row) => row)
  const lineOf = (row: number) => listing.expiries[listing.contracts[row]!.expiryIndex]!.line
  const prices = listing.expiries.map(({ line }) => {
    const { bid, ask } = quoteSent(line.id, instant)
    return (bid + ask) / 2
  })
  const spot = rows.map(row => prices[listing.contracts[row]!.expiryIndex]!)
  const surface = rows.map(row => demoSurfaceAt(lineOf(row), listing.character, instant))
  const fair = fairPrices({ listing, rows, spot, at: rows.map(() => instant), surface, tableAt: instant })
  return { listing, spot, surface, fair }
}

/** The newest quote of the demo market, read from what its feed sends and not through the options. */
function quoteSent(instrument: ReturnType<typeof instrumentId>, instant: number) {
  const { quotes, bad } = demoTicks({ seed, instrument, from: instant - MICROS_PER_MINUTE, to: instant + 1 })
  const planted = new Set(bad.map(one => one.seq))
  return quotes.findLast(quote => !planted.has(quote.seq) && quote.bid > 0)!
}

describe('what is listed', () => {
  test('SPY has 14 expiries from today on to two years, and 1,500 to 2,500 American contracts', () => {
    for (const instant of [noon, night, at('2027-03-05T15:00:00Z')]) {
      const { expiries, contracts, exercise } = demoOptionListing(seed, 'SPY', instant)
      expect(expiries).toHaveLength(14)
      expect(contracts.length).toBeGreaterThan(1500)
      expect(contracts.length).toBeLessThan(2500)
      expect(exercise).toBe('american')
      expect(yearsTo(expiries.at(-1)!.settlesAt, instant)).toBeGreaterThan(0.8)
      expect(yearsTo(expiries[0]!.settlesAt, instant) * 365).toBeLessThan(1)
    }
  })

  test('an expiry drops out when it settles, and not before', () => {
    const before = demoOptionListing(seed, 'SPY', close - 1)
    const after = demoOptionListing(seed, 'SPY', close)
    expect(before.expiries[0]!.date).toBe('2026-11-20')
    expect(after.expiries[0]!.date).toBe('2026-11-21')
    expect(after.expiries).toHaveLength(14)
  })

  test('rows are sorted by expiry, strike and side, and every key says what it is', () => {
    for (const root of ['SPY', 'CL', 'NG'] as const) {
      const { contracts, rowOf } = demoOptionListing(seed, root, noon)
      for (const [row, one] of contracts.entries()) {
        expect(rowOf.get(one.key)).toBe(row)
        expect(parseOccSymbol(one.key)).toEqual({ root, expiry: one.expiry, side: one.side, strike: one.strike })
        const next = contracts[row + 1]
        if (!next) continue
        const place = (o: typeof one) => `${o.expiry} ${o.strike.toFixed(4).padStart(12)} ${o.side > 0 ? 0 : 1}`
        expect(place(one) < place(next)).toBe(true)
      }
    }
  })
})

describe('quotes', () => {
  test('are the same however they are asked for, at the instant and after others were asked', () => {
    const all = demoOptionQuotes({ seed, root: 'SPY', at: noon })
    const keys = all.filter((_, k) => k % 13 === 5).map(({ key }) => key)
    demoOptionQuotes({ seed, root: 'SPY', at: noon + 3 * MICROS_PER_HOUR })
    demoOptionQuotes({ seed: seed + 1, root: 'SPY', at: noon })
    const some = demoOptionQuotes({ seed, root: 'SPY', at: noon, keys: keys.toReversed() }).toReversed()
    expect(some).toEqual(all.filter((_, k) => k % 13 === 5))
    expect(demoOptionQuotes({ seed, root: 'SPY', at: noon })).toEqual(all)
    expect(demoOptionQuotes({ seed: seed + 1, root: 'SPY', at: noon })[700]).not.toEqual(all[700])
  })

  test('the underlying is quoted as the demo market quotes it', () => {
    for (const instant of [noon, night]) {
      const { bid, ask, eventTime } = quoteSent(instrumentId('SPY.DEMO'), instant)
      expect(demoOptionSpot(seed, 'SPY', instant)).toEqual({ bid, ask, time: eventTime, isHalted: false })
    }
  })

  test('bid and ask are whole ticks and enclose the fair price except where something is planted', () => {
    for (const root of ['SPY', 'CL', 'NG'] as const) {
      const turn = Math.floor(noon / QUOTE_TURN) * QUOTE_TURN
      const { listing, fair } = fairAt(root, turn)
      const touched = new Set(demoPlants(seed, root, turn, turn + 1).flatMap(({ keys }) => keys))
      const quotes = demoOptionQuotes({ seed, root, at: noon })
      for (const [row, { key, bid, ask }] of quotes.entries()) {
        if (touched.has(key)) continue
        expect(bid).toBeLessThanOrEqual(fair.price[row]! + 1e-9)
        expect(ask).toBeGreaterThanOrEqual(fair.price[row]! - 1e-9)
        expect(Math.abs(ask / listing.tickSize - Math.round(ask / listing.tickSize))).toBeLessThan(1e-6)
      }
      expect(touched.size).toBeGreaterThan(0)
    }
  })

  test('parity of a future and its European options holds within the spread away from plants', () => {
    const turn = Math.floor(noon / QUOTE_TURN) * QUOTE_TURN
    const { listing, spot } = fairAt('CL', turn)
    const touched = new Set(demoPlants(seed, 'CL', turn, turn + 1).flatMap(({ keys }) => keys))
    const quotes = demoOptionQuotes({ seed, root: 'CL', at: noon })
    for (let row = 0; row < quotes.length; row += 2) {
      const [call, put] = [quotes[row]!, quotes[row + 1]!]
      if (touched.has(call.key) || touched.has(put.key)) continue
      const { strike, settlesAt } = listing.contracts[row]!
      const forward = Math.exp(-listing.rate * yearsTo(settlesAt, turn)) * (spot[row]! - strike)
      expect(call.bid - put.ask).toBeLessThanOrEqual(forward + 1e-9)
      expect(call.ask - put.bid).toBeGreaterThanOrEqual(forward - 1e-9)
    }
  })

  test('volume only grows within a day and is nothing when it begins; open interest stands still', () => {
    const midnight = at('2026-11-20T05:00:00Z')
    const hours = Array.from({ length: 9 }, (_, k) =>
      demoOptionQuotes({ seed, root: 'SPY', at: midnight + k * 2 * MICROS_PER_HOUR }),
    )
    const [first] = hours
    expect(first!.reduce((sum, { volume }) => sum + volume, 0)).toBe(0)
    const settled = new Map(hours.at(-1)!.map(quote => [quote.key, quote]))
    for (const [row, quote] of first!.entries()) {
      const course = hours.slice(0, 8).map(list => list[row]!)
      for (const [k, one] of course.entries()) {
        if (k > 0) expect(one.volume).toBeGreaterThanOrEqual(course[k - 1]!.volume)
        expect(one.openInterest).toBe(quote.openInterest)
      }
      expect(settled.has(quote.key)).toBe(!quote.key.startsWith('SPY261120'))
    }
    expect(hours[7]!.reduce((sum, { volume }) => sum + volume, 0)).toBeGreaterThan(1e6)
  })

  test('the price of the last trade changes only with volume, and lies near the quotes while a contract trades often', () => {
    const instants = Array.from({ length: 30 }, (_, k) => noon + k * MICROS_PER_SECOND)
    const lists = instants.map(instant => demoOptionQuotes({ seed, root: 'SPY', at: instant }))
    const bursts = new Set(
      demoPlants(seed, 'SPY', instants[0]!, instants.at(-1)!)
        .filter(({ kind }) => kind === 'volume')
        .flatMap(({ keys }) => keys),
    )
    let changes = 0
    for (let k = 1; k < lists.length; k += 1) {
      for (const [row, quote] of lists[k]!.entries()) {
        const before = lists[k - 1]![row]!
        if (Object.is(quote.last, before.last) || bursts.has(quote.key)) continue
        expect(quote.volume).toBeGreaterThan(before.volume)
        changes += 1
      }
    }
    expect(changes).toBeGreaterThan(100)
  })
})

describe('the truth behind the quotes', () => {
  test('total variance rises with time at every moneyness and no smile has a negative density', () => {
    for (const root of ['SPY', 'CL', 'NG'] as const) {
      for (const instant of [noon, night]) {
        const { character, line } = demoOptionListing(seed, root, instant)
        const surface = demoSurfaceAt(line, character, instant)
        const times = [0.3 / 365, 1 / 365, 3 / 365, 10 / 365, 0.1, 0.3, 1, 2]
        for (let z = -5; z <= 5; z += 0.5) {
          const totals = times.map(t => {
            const k = z * 0.12
            return demoVol(surface, t, k) ** 2 * t
          })
          for (let j = 1; j < totals.length; j += 1) expect(totals[j]!).toBeGreaterThan(totals[j - 1]!)
        }
        for (const t of times) {
          const scale = Math.sqrt(atmVariance(surface, t))
          const w = (k: number) => demoVol(surface, t, k) ** 2 * t
          for (let z = -5; z <= 5; z += 0.25) {
            const [k, h] = [z * scale, 1e-3 * scale]
            const first = (w(k + h) - w(k - h)) / (2 * h)
            const second = (w(k + h) - 2 * w(k) + w(k - h)) / (h * h)
            const g = (1 - (k * first) / (2 * w(k))) ** 2 - (first * first * (1 / w(k) + 0.25)) / 4 + second / 2
            expect(g).toBeGreaterThan(0)
          }
        }
      }
    }
  })

  test('fair American prices are those of core/options to a cent and a half, or to a twentieth of the spread', () => {
    for (const instant of [noon, night + 47 * MICROS_PER_MINUTE]) {
      const { listing, spot, surface, fair } = fairAt('SPY', instant)
      const rows = listing.contracts.map((_, row) => row).filter(row => row % 3 === 0)
      const column = (of: (row: number) => number) => Float64Array.from(rows, of)
      const tte = (row: number) => yearsTo(listing.contracts[row]!.settlesAt, instant)
      const { price } = priceAmerican(
        {
          spot: column(row => spot[row]!),
          strike: column(row => listing.contracts[row]!.strike),
          tteYears: column(tte),
          vol: column(row => {
            const k = Math.log(listing.contracts[row]!.strike / spot[row]!) - (listing.rate - listing.yieldRate) * tte(row)
            return demoVol(surface[row]!, tte(row), k)
          }),
          rate: column(() => listing.rate),
          yieldRate: column(() => listing.yieldRate),
          side: Int8Array.from(rows, row => listing.contracts[row]!.side),
        },
        'accurate',
      )
      for (const [k, row] of rows.entries()) {
        const width = quotedWidth(listing, tte(row), fair, row)
        expect(Math.abs(price[k]! - fair.price[row]!)).toBeLessThan(Math.max(0.015, width / 20))
      }
    }
  })

  test('fair prices allow no vertical and no butterfly', () => {
    for (const root of ['SPY', 'CL', 'NG'] as const) {
      const { listing, fair } = fairAt(root, noon)
      for (const { from, to } of listing.expiries) {
        for (let row = from; row + 4 < to; row += 1) {
          const [a, b, c] = [row, row + 2, row + 4].map(k => ({ k: listing.contracts[k]!.strike, p: fair.price[k]! }))
          const { side } = listing.contracts[row]!
          expect(side * (a!.p - b!.p)).toBeGreaterThanOrEqual(-1e-9)
          expect(side * (a!.p - b!.p)).toBeLessThanOrEqual(b!.k - a!.k + 2e-3)
          const left = (c!.k - b!.k) / (c!.k - a!.k)
          expect(left * a!.p + (1 - left) * c!.p - b!.p).toBeGreaterThan(-0.002)
        }
      }
    }
  })
})

describe('plants', () => {
  test('whoever watches for 90 seconds at any hour meets one that should alert, and dirt that should not', () => {
    for (const root of ['SPY', 'CL', 'NG'] as const) {
      for (let k = 0; k < 300; k += 1) {
        const from = night + k * 17 * MICROS_PER_MINUTE
        const plants = demoPlants(seed, root, from, from + 90 * MICROS_PER_SECOND)
        expect(plants.some(({ alerts }) => alerts)).toBe(true)
        expect(plants.some(({ alerts }) => !alerts)).toBe(true)
      }
    }
  })

  test('all kinds come within a few hours', () => {
    const kinds = new Set(demoPlants(seed, 'SPY', noon, noon + 4 * MICROS_PER_HOUR).map(({ kind }) => kind))
    expect(kinds.size).toBe(13)
  })

  test('a planted contract is quoted beyond its fair price for as long as the plant lasts', () => {
    const plants = demoPlants(seed, 'SPY', noon, noon + 2 * MICROS_PER_HOUR).filter(({ shift }) => shift !== 0)
    expect(plants.length).toBeGreaterThan(20)
    for (const { keys, from, to, shift } of plants) {
      for (const instant of [from + QUOTE_TURN, (from + to) / 2, to - QUOTE_TURN]) {
        const turn = Math.floor(instant / QUOTE_TURN) * QUOTE_TURN
        const [quote] = demoOptionQuotes({ seed, root: 'SPY', at: turn, keys })
        if (Number.isNaN(quote!.bid)) continue
        const { listing, fair } = fairAt('SPY', turn)
        const price = fair.price[listing.rowOf.get(keys[0]!)!]!
        if (shift < 0) expect(quote!.ask).toBeLessThan(price - 0.015)
        else expect(quote!.bid).toBeGreaterThan(price + 0.015)
      }
    }
  })

  test('a butterfly, a vertical and a breach of parity can be traded at the quotes', () => {
    const plants = demoPlants(seed, 'SPY', noon, noon + 5 * MICROS_PER_HOUR).filter(({ alerts }) => alerts)
    const seen = { butterfly: 0, vertical: 0, parity: 0 }
    for (const { kind, keys, from, to } of plants) {
      if (kind !== 'butterfly' && kind !== 'vertical' && kind !== 'parity') continue
      const instant = (from + to) / 2
      const listing = demoOptionListing(seed, 'SPY', instant)
      const row = listing.rowOf.get(keys[0]!)!
      const quotes = demoOptionQuotes({ seed, root: 'SPY', at: instant })
      const spot = demoOptionSpot(seed, 'SPY', instant)
      const touched = new Set(
        demoPlants(seed, 'SPY', instant, instant + 1)
          .filter(one => !one.alerts)
          .flatMap(one => one.keys),
      )
      const legs = [row - 2, row, row + 2, row % 2 === 0 ? row + 1 : row - 1].map(k => quotes[k]!)
      if (spot.isHalted || legs.some(({ key }) => touched.has(key))) continue
      const [below, here, above, other] = legs as [(typeof quotes)[0], (typeof quotes)[0], (typeof quotes)[0], (typeof quotes)[0]]
      const { strike, side, settlesAt } = listing.contracts[row]!
      seen[kind] += 1
      if (kind === 'vertical') expect(above.bid - here.ask).toBeGreaterThan(0)
      if (kind === 'butterfly') expect(2 * here.bid - below.ask - above.ask).toBeGreaterThan(0)
      if (kind === 'parity') {
        // American bounds: S - K <= C - P <= S - K e^{-rT}, the lower one less the dividends.
        const paid = strike * Math.exp(-listing.rate * yearsTo(settlesAt, instant))
        const gain = side > 0 ? here.bid - other.ask - (spot.ask - paid) : here.bid - other.ask - (strike - spot.bid)
        expect(gain).toBeGreaterThan(0)
      }
    }
    expect(Math.min(seen.butterfly, seen.vertical, seen.parity)).toBeGreaterThan(5)
  })

  test('a shifted skew leaves the forward where it was: calls and puts of one strike move together', () => {
    const plants = demoPlants(seed, 'SPY', noon, noon + 8 * MICROS_PER_HOUR).filter(({ kind }) => kind === 'skew')
    expect(plants.length).toBeGreaterThan(5)
    for (const { from, to } of plants.slice(0, 6)) {
      const instant = Math.floor((from + to) / 2 / QUOTE_TURN) * QUOTE_TURN
      const { listing, spot, surface } = fairAt('SPY', instant)
      const [plant] = demoPlants(seed, 'SPY', instant, instant + 1).filter(({ kind }) => kind === 'skew')
      const rows = plant!.keys.map(key => listing.rowOf.get(key)!)
      const quotes = demoOptionQuotes({ seed, root: 'SPY', at: instant, keys: plant!.keys })
      const touched = new Set(
        demoPlants(seed, 'SPY', instant, instant + 1).flatMap(({ kind, keys }) => (kind === 'skew' ? [] : keys)),
      )
      const s = spot[rows[0]!]!
      const t = yearsTo(listing.contracts[rows[0]!]!.settlesAt, instant)
      const skewed = tilted(surface[rows[0]!]!, plant!.tilt)
      const column = (of: (row: number) => number) => Float64Array.from(rows, of)
      const strikeOf = (row: number) => listing.contracts[row]!.strike
      const { price } = priceAmerican(
        {
          spot: column(() => s),
          strike: column(strikeOf),
          tteYears: column(() => t),
          vol: column(row => demoVol(skewed, t, Math.log(strikeOf(row) / s) - (listing.rate - listing.yieldRate) * t)),
          rate: column(() => listing.rate),
          yieldRate: column(() => listing.yieldRate),
          side: Int8Array.from(rows, row => listing.contracts[row]!.side),
        },
        'accurate',
      )
      for (const [k, { key, bid, ask }] of quotes.entries()) {
        if (touched.has(key) || Number.isNaN(bid)) continue
        expect(bid).toBeLessThan(price[k]! + 0.02)
        expect(ask).toBeGreaterThan(price[k]! - 0.02)
      }
    }
  })
})
