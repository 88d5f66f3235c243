import { expect, test } from 'vitest'
import { MICROS_PER_HOUR, MICROS_PER_SECOND } from '../../src/core/kit/time.ts'
import { manualClock } from '../../src/platform/clock.ts'
import { feedForTest, instrumentFor, MIDDAY, rawQuote } from './market-kit.ts'

const spy = instrumentFor('SPY')

function watching(clock = manualClock(MIDDAY)) {
  const feed = feedForTest(clock)
  const { sink } = feed.ingest.inlet({ name: 'test', gives: 'live' })
  sink.instruments([spy])
  const row = feed.book.rowOf(spy.id)
  feed.freshness.watch(row, 5)
  return { ...feed, sink, row }
}

test('a silent value is stale within two expected intervals, and nothing has to arrive to say so', () => {
  const { sink, book, row, clock } = watching()
  sink.quotes([rawQuote(spy.id, 100, 100.02, MIDDAY, 1)])
  clock.advance(5)
  expect(book.stateOf(row)).toBe('live')
  const before = book.version
  clock.advance(5)
  expect(book.stateOf(row)).toBe('stale')
  expect(book.version).toBeGreaterThan(before)
  expect(book.reasonOf(row)).toBe('reason.silent')
})

test('the next record makes a stale value live again', () => {
  const { sink, book, row, clock } = watching()
  sink.quotes([rawQuote(spy.id, 100, 100.02, MIDDAY, 1)])
  clock.advance(20)
  sink.quotes([rawQuote(spy.id, 100, 100.03, MIDDAY + 20 * MICROS_PER_SECOND, 2)])
  expect(book.stateOf(row)).toBe('live')
  expect(book.reasonOf(row)).toBe(null)
})

test('silence while the market is closed is no fault', () => {
  const night = manualClock((MIDDAY + 14 * MICROS_PER_HOUR) as typeof MIDDAY)
  const { sink, book, row, clock } = watching(night)
  sink.quotes([rawQuote(spy.id, 100, 100.02, MIDDAY, 1)])
  clock.advance(3600)
  expect(book.stateOf(row)).toBe('live')
})

test('an instrument of which nothing ever came says that it waits, and then that nothing came', () => {
  const { book, row, clock } = watching()
  expect([book.stateOf(row), book.reasonOf(row)]).toEqual(['none', 'reason.waiting'])
  clock.advance(10)
  expect([book.stateOf(row), book.reasonOf(row)]).toEqual(['none', 'reason.nothing-received'])
})

test('a value nobody looked at is judged the moment somebody does', () => {
  const { sink, book, row, clock, freshness } = watching()
  freshness.unwatch(row)
  sink.quotes([rawQuote(spy.id, 100, 100.02, MIDDAY, 1)])
  clock.advance(60)
  expect(book.stateOf(row)).toBe('live')
  freshness.watch(row, 5)
  expect(book.stateOf(row)).toBe('stale')
})
