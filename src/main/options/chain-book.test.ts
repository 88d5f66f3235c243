import { describe, expect, test } from 'vitest'
import { epochMicros, type IsoDate, isoDate, MICROS_PER_DAY, MICROS_PER_SECOND } from '../../core/kit/time.ts'
import { createChainBook } from './chain-book.ts'
import type { ChainListing, ListedOption, OptionQuote } from './chain-feed.ts'

const NOW = epochMicros(Date.UTC(2026, 2, 11, 15) * 1000)
const later = (seconds: number) => epochMicros(NOW + seconds * MICROS_PER_SECOND)
const NEAR = isoDate('2026-03-13')
const FAR = isoDate('2026-03-20')
const settles: Record<string, number> = { [NEAR]: NOW + 2 * MICROS_PER_DAY, [FAR]: NOW + 9 * MICROS_PER_DAY }

function option(expiry: IsoDate, strike: number, side: 1 | -1, over: Partial<ListedOption> = {}): ListedOption {
  const settlesAt = epochMicros(settles[expiry] ?? NOW + MICROS_PER_DAY)
  return { key: `${expiry}${side === 1 ? 'C' : 'P'}${strike}`, expiry, settlesAt, strike, side, ...over }
}
function listing(contracts: readonly ListedOption[], over: Partial<ChainListing> = {}): ChainListing {
  return { underlying: 'SPY', exercise: 'american', multiplier: 100, tickSize: 0.01, contracts, ...over }
}
function quote(key: string, bid: number, ask: number, over: Partial<OptionQuote> = {}): OptionQuote {
  const none = { bidSize: Number.NaN, askSize: Number.NaN, last: Number.NaN, volume: Number.NaN, openInterest: Number.NaN }
  return { key, bid, ask, ...none, eventTime: NOW, ...over }
}
/** A book with what it refused. */
function opened(contracts: readonly ListedOption[] = [option(NEAR, 600, 1), option(NEAR, 600, -1)], over = {}) {
  const refused: string[] = []
  const refuse = (_: object, reason: string) => void refused.push(reason)
  const book = createChainBook('SPY')
  book.list(listing(contracts, over), refuse)
  return { book, refused, refuse }
}

describe('a listing', () => {
  test('contracts come in any order and lie in that of a chain', () => {
    const { book } = opened([
      option(FAR, 600, -1),
      option(NEAR, 605, 1),
      option(NEAR, 600, -1),
      option(NEAR, 600, 1),
      option(FAR, 600, 1),
    ])
    const { strike, side, expiries } = book.chain(NOW)
    expect([...strike]).toEqual([600, 600, 605, 600, 600])
    expect([...side]).toEqual([1, -1, 1, 1, -1])
    expect(expiries.map(({ date, from, to }) => [date, from, to])).toEqual([
      [NEAR, 0, 3],
      [FAR, 3, 5],
    ])
  })

  test.each([
    ['a strike that is no number', { strike: Number.NaN }, 'its strike is not a number'],
    ['a strike of nothing', { strike: 0 }, 'its strike is not above zero'],
    ['a side that is none', { side: 0 as 1 }, 'its side is neither call nor put'],
    ['a date that is none', { expiry: '2026-02-30' as IsoDate }, 'its expiry is no date'],
    ['a key that stands twice', { key: `${NEAR}C600`, strike: 610 }, 'its key is listed twice'],
    ['a contract that stands twice', { key: 'other', strike: 600 }, 'its expiry, strike and side are listed twice'],
    ['an instant of its own', { settlesAt: epochMicros(NOW) }, 'it settles at another instant than its expiry does'],
  ])('%s is refused, the others stay', (_, fault, reason) => {
    const { book, refused } = opened([
      option(NEAR, 600, 1),
      option(NEAR, 605, 1, { key: 'bad', ...fault }),
      option(NEAR, 610, -1),
    ])
    expect(refused).toEqual([reason])
    expect(book.rows).toBe(2)
  })

  test('options on futures may have strikes below zero', () => {
    const { book, refused } = opened([option(NEAR, -10, 1)], { isOnFuture: true })
    expect([refused, book.rows, book.chain(NOW).isOnFuture]).toEqual([[], 1, true])
  })

  test('a new one keeps the quotes of what is still listed on the same terms; after a split the rest starts empty', () => {
    const { book, refuse } = opened([option(NEAR, 600, 1), option(NEAR, 600, -1), option(NEAR, 610, 1)])
    book.quotes([quote(`${NEAR}C600`, 1, 1.1), quote(`${NEAR}P600`, 2, 2.1), quote(`${NEAR}C610`, 3, 3.1)], NOW, refuse)
    // Two for one: the key of the first call now means half the strike.
    const split = [option(NEAR, 300, 1, { key: `${NEAR}C600` }), option(NEAR, 600, -1), option(NEAR, 305, 1)]
    book.list(listing(split), refuse)
    const { strike, side, bid } = book.chain(NOW)
    expect([...strike].map((one, row) => [one, side[row], bid[row]])).toEqual([
      [300, 1, Number.NaN],
      [305, 1, Number.NaN],
      [600, -1, 2],
    ])
  })

  test('one without a price step or a multiplier is refused whole', () => {
    const { book, refused, refuse } = opened()
    book.list(listing([option(FAR, 1, 1)], { tickSize: 0 }), refuse)
    expect(refused).toEqual(['its multiplier or tick size is not above zero'])
    expect(book.rows).toBe(2)
  })
})

describe('quotes', () => {
  const key = `${NEAR}C600`

  test.each([
    ['an infinite price', { bid: Number.POSITIVE_INFINITY }, 'its bid is infinite'],
    ['a negative price', { ask: -1 }, 'its ask is below zero'],
    ['a negative size', { bidSize: -5 }, 'its bidSize is below zero'],
    ['a time that is no instant', { eventTime: 0.5 }, 'its time is not a whole number of microseconds'],
    ['a time far ahead', { eventTime: later(3602) }, 'its time is more than an hour ahead'],
    ['a contract that nobody listed', { key: 'other' }, 'its contract is not listed'],
  ])('%s is refused, and the quote before stands', (_, fault, reason) => {
    const { book, refused, refuse } = opened()
    book.quotes([quote(key, 1, 1.1)], NOW, refuse)
    expect(book.quotes([quote(key, 2, 2.2, fault)], later(1), refuse)).toBe(0)
    expect(refused).toEqual([reason])
    expect(book.chain(NOW).bid[0]).toBe(1)
    expect(book.newestReceipt).toBe(NOW)
  })

  test('zero, crossed and one-sided ones are kept as they came: their status says what they are', () => {
    const { book, refused, refuse } = opened()
    book.quotes([quote(key, 0, 0), quote(`${NEAR}P600`, 2, 1)], NOW, refuse)
    const { bid, ask } = book.chain(NOW)
    expect([...bid, ...ask, ...refused]).toEqual([0, 2, 0, 1])
  })

  test('one that is older than what is held is counted and passed over', () => {
    const { book, refuse } = opened()
    book.quotes([quote(key, 1, 1.1, { eventTime: later(5) })], later(5), refuse)
    expect(book.quotes([quote(key, 9, 9.1, { eventTime: later(4) })], later(6), refuse)).toBe(0)
    expect([book.chain(NOW).bid[0], book.late]).toEqual([1, 1])
  })

  test('without a time of the venue the age counts from the receipt', () => {
    const { book, refuse } = opened()
    book.quotes([quote(key, 1, 1.1, { eventTime: Number.NaN })], later(7), refuse)
    expect(book.chain(later(8)).quoteTime[0]).toBe(later(7))
    expect(book.newestEvent).toBeNaN()
  })

  test('a message that is silent about open interest or volume does not take it back; a side that is gone is gone', () => {
    const { book, refuse } = opened()
    book.quotes([quote(key, 1, 1.1, { openInterest: 500, volume: 7, last: 1.05, bidSize: 10 })], NOW, refuse)
    book.quotes([quote(key, Number.NaN, 1.2, { eventTime: later(1) })], later(1), refuse)
    const { bid, ask, openInterest, volume, last, bidSize } = book.chain(NOW)
    expect([bid[0], ask[0], openInterest[0], volume[0], last[0], bidSize[0]]).toEqual([Number.NaN, 1.2, 500, 7, 1.05, Number.NaN])
  })
})

describe('the chain of a book', () => {
  test('its columns are its own: what comes later does not change it', () => {
    const { book, refuse } = opened()
    book.quotes([quote(`${NEAR}C600`, 1, 1.1)], NOW, refuse)
    const chain = book.chain(NOW)
    book.quotes([quote(`${NEAR}C600`, 2, 2.1, { eventTime: later(1) })], later(1), refuse)
    expect(chain.bid[0]).toBe(1)
  })

  test('an expiry stays for a day after it settled, so that its rows say so, and is left out afterwards', () => {
    const { book } = opened([option(NEAR, 600, 1), option(FAR, 600, 1), option(FAR, 605, 1)])
    const at = (micros: number) =>
      book.chain(epochMicros(settles[NEAR]! + micros)).expiries.map(({ date, from, to }) => [date, from, to])
    expect(at(MICROS_PER_DAY - 1)).toEqual([
      [NEAR, 0, 1],
      [FAR, 1, 3],
    ])
    expect(at(MICROS_PER_DAY)).toEqual([[FAR, 0, 2]])
    expect([...book.chain(epochMicros(settles[NEAR]! + MICROS_PER_DAY)).strike]).toEqual([600, 605])
  })

  test('a spot that is older than the one held is passed over, an infinite one refused', () => {
    const { book, refused, refuse } = opened()
    book.setSpot({ bid: 600, ask: 600.02, eventTime: later(1) }, refuse)
    book.setSpot({ bid: 500, ask: 500.02, eventTime: NOW }, refuse)
    book.setSpot({ bid: Number.NEGATIVE_INFINITY, ask: 1, eventTime: later(2) }, refuse)
    expect([book.spot, refused]).toEqual([600.01, ['the price of the underlying is infinite']])
    const { spotBid, spotTime } = book.chain(NOW)
    expect([spotBid, spotTime]).toEqual([600, later(1)])
  })

  test('a halt stands in it until it is lifted', () => {
    const { book } = opened()
    book.setHalted(true)
    expect(book.chain(NOW).isHalted).toBe(true)
    book.setHalted(false)
    expect(book.chain(NOW).isHalted).toBe(false)
  })
})
