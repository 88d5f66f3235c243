import { expect, test } from 'vitest'
import { MICROS_PER_SECOND } from '../../src/core/kit/time.ts'
import { QUALITY } from '../../src/core/market/instrument.ts'
import { feedForTest, instrumentFor, MIDDAY, rawQuote, rawTrade } from './market-kit.ts'

const spy = instrumentFor('SPY')
const second = (k: number) => MIDDAY + k * MICROS_PER_SECOND

function opened() {
  const feed = feedForTest()
  const inlet = feed.ingest.inlet({ name: 'test', gives: 'live' })
  inlet.sink.instruments([spy])
  return { ...feed, inlet, sink: inlet.sink, row: feed.book.rowOf(spy.id) }
}

test('whoever hears of a quote finds it in the book', () => {
  const { bus, book, sink, row } = opened()
  const seen: number[] = []
  bus.on('quotes', batch => void seen.push(book.columns.bid[row]!, batch.length))
  sink.quotes([rawQuote(spy.id, 100, 100.01, second(0), 1), rawQuote(spy.id, 100.01, 100.02, second(1), 2)])
  expect(seen).toEqual([100.01, 2])
})

test('late, duplicate, crossed, locked, zero and negative quotes are marked, counted and kept', () => {
  const { sink, written, inlet } = opened()
  sink.quotes([
    rawQuote(spy.id, 100, 100.02, second(5), 1),
    rawQuote(spy.id, 99.99, 100.01, second(1), 2),
    rawQuote(spy.id, 100.05, 100.02, second(6), 3),
    rawQuote(spy.id, 100.02, 100.02, second(7), 4),
    rawQuote(spy.id, 0, 100.02, second(8), 5),
    rawQuote(spy.id, -1, 100.02, second(9), 6),
    rawQuote(spy.id, -1, 100.02, second(9), 6),
    rawQuote(spy.id, 100.015, 100.03, second(10), 7),
  ])
  const marks = written.quotes.map(quote => quote.quality)
  expect(marks).toHaveLength(8)
  expect(marks[0]).toBe(0)
  expect(marks[1]! & QUALITY.outOfOrder).toBeTruthy()
  expect(marks[2]! & QUALITY.crossed).toBeTruthy()
  expect(marks[3]! & QUALITY.locked).toBeTruthy()
  expect(marks[4]! & QUALITY.nonPositive).toBeTruthy()
  expect(marks[5]! & QUALITY.nonPositive).toBeTruthy()
  expect(marks[6]! & QUALITY.duplicate).toBeTruthy()
  expect(marks[7]! & QUALITY.offTick).toBeTruthy()
  expect(inlet.counts.flagged).toBe(7)
  expect(inlet.counts.received).toBe(8)
})

test('a late quote and an outlier leave the newest values standing, and say so', () => {
  const { sink, book, row } = opened()
  sink.quotes([rawQuote(spy.id, 100, 100.02, second(5), 1), rawQuote(spy.id, 90, 90.02, second(1), 2)])
  expect(book.columns.bid[row]).toBe(100)
  expect(book.columns.quality[row]! & QUALITY.outOfOrder).toBeTruthy()
  sink.trades([rawTrade(spy.id, 100, 5, second(6), 3), rawTrade(spy.id, 1000, 5, second(7), 4)])
  expect(book.columns.last[row]).toBe(100)
  expect(book.columns.high[row]).toBe(100)
  expect(book.columns.quality[row]! & QUALITY.outlier).toBeTruthy()
})

test('a record that is none is refused with its text and the reason, never dropped in silence', () => {
  const { sink, written, inlet } = opened()
  sink.quotes([
    rawQuote(spy.id, Number.POSITIVE_INFINITY, 1, second(0), 1),
    rawQuote(instrumentFor('NOBODY').id, 1, 2, second(0), 2),
    rawQuote(spy.id, 1, 2, 0.5, 3),
  ])
  sink.trades([rawTrade(spy.id, Number.NaN, 1, second(0), 4)])
  sink.refused({ raw: '<html>', reason: 'it is no JSON' })
  expect(inlet.counts.refused).toBe(5)
  expect(written.refused.map(frame => frame.reason)).toEqual([
    'a price or size is infinite, or a size is negative',
    'its instrument is not known',
    'its time is not a whole number of microseconds',
    'a price, size or time is missing or infinite, or the size is negative',
    'it is no JSON',
  ])
  expect(written.refused[0]!.raw).toContain('Infinity')
  expect(written.quotes).toHaveLength(0)
})

test('a hole in the numbers of a source is one gap, also when the source tells it first', () => {
  const { sink, inlet, written } = opened()
  sink.quotes([rawQuote(spy.id, 100, 100.02, second(0), 1), rawQuote(spy.id, 100, 100.03, second(1), 4)])
  expect(inlet.counts.gaps).toBe(1)
  expect(written.quotes[1]!.quality & QUALITY.gap).toBeTruthy()
  sink.gap({ instrument: null, fromSeq: 5, toSeq: 9 })
  sink.quotes([rawQuote(spy.id, 100, 100.04, second(2), 10)])
  expect(inlet.counts.gaps).toBe(2)
  expect(written.quotes[2]!.quality).toBe(0)
})

test('nothing gets through an inlet that was shut', () => {
  const { sink, inlet, written, book, row } = opened()
  sink.quotes([rawQuote(spy.id, 100, 100.02, second(0), 1)])
  inlet.shut()
  sink.quotes([rawQuote(spy.id, 200, 200.02, second(1), 2)])
  sink.refused({ raw: 'x', reason: 'y' })
  expect(book.columns.bid[row]).toBe(100)
  expect(written.quotes).toHaveLength(1)
  expect(inlet.counts.refused).toBe(0)
})

test('day statistics come from trades and begin anew with the trading day', () => {
  const { sink, book, row } = opened()
  const day = 24 * 3600
  sink.trades([
    rawTrade(spy.id, 100, 10, second(0), 1),
    rawTrade(spy.id, 100.5, 5, second(1), 2),
    rawTrade(spy.id, 99.8, 5, second(2), 3),
  ])
  const { open, high, low, volume, previousClose } = book.columns
  expect([open[row], high[row], low[row], volume[row], previousClose[row]]).toEqual([100, 100.5, 99.8, 20, Number.NaN])
  sink.trades([rawTrade(spy.id, 99.9, 7, second(day), 4)])
  const now = book.columns
  expect([now.open[row], now.volume[row], now.previousClose[row]]).toEqual([99.9, 7, 99.8])
})

test('values kept from an earlier day are shown as cached with their own age and are not stored again', () => {
  const { sink, book, row, written, clock } = opened()
  const receiptTime = (clock.now() - 3600 * MICROS_PER_SECOND) as typeof MIDDAY
  sink.quotes([rawQuote(spy.id, 100, 100.02, second(-3600), 1)], { receiptTime })
  expect(book.stateOf(row)).toBe('cached')
  expect(book.columns.receiptTime[row]).toBe(receiptTime)
  expect(written.quotes).toHaveLength(0)
})

test('a wall clock that is set an hour off changes no age and no order', () => {
  for (const jump of [3600, -3600]) {
    const { sink, book, row, clock, freshness, written } = opened()
    freshness.watch(row, 5)
    sink.quotes([rawQuote(spy.id, 100, 100.02, second(0), 1)])
    clock.jump(jump)
    clock.advance(1)
    expect(book.stateOf(row)).toBe('live')
    sink.quotes([rawQuote(spy.id, 100.01, 100.03, second(1), 2)])
    expect(written.quotes[1]!.quality).toBe(0)
    expect(book.stateOf(row)).toBe('live')
  }
})

test('a book of many instruments grows and keeps every value', () => {
  const { sink, book } = opened()
  const many = Array.from({ length: 1000 }, (_, k) => instrumentFor(`S${k}`))
  sink.instruments(many)
  sink.quotes(many.map((one, k) => rawQuote(one.id, k + 1, k + 1.01, second(0), k + 1)))
  expect(book.size).toBe(1001)
  expect(many.every((one, k) => book.columns.bid[book.rowOf(one.id)] === k + 1)).toBe(true)
})
