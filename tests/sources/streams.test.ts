import { expect, test } from 'vitest'
import * as z from 'zod'
import { quoteFrame, tradeFrame } from '../../src/contract/market.ts'
import { MICROS_PER_SECOND } from '../../src/core/kit/time.ts'
import { createPacing, WINDOW } from '../../src/main/market/pacer.ts'
import { quoteFrames } from '../../src/main/market/quote-stream.ts'
import { endable } from '../../src/main/market/stream.ts'
import { tapeFrames } from '../../src/main/market/tape.ts'
import { feedForTest, instrumentFor, MIDDAY, rawQuote, rawTrade } from './market-kit.ts'

const spy = instrumentFor('SPY')
const qqq = instrumentFor('QQQ')

function opened() {
  const feed = feedForTest()
  const { sink } = feed.ingest.inlet({ name: 'test', gives: 'live' })
  sink.instruments([spy, qqq])
  const pacing = createPacing({ clock: feed.clock })
  const pacer = pacing.open()
  const waits: number[] = []
  const rows = [feed.book.rowOf(spy.id), feed.book.rowOf(qqq.id)]
  const stream = endable(undefined, signal =>
    quoteFrames({ book: feed.book, rows, pacer, clock: feed.clock, signal, onSent: seconds => waits.push(seconds) }),
  )
  let seq = 0
  const quote = (bid: number, id = spy.id) =>
    sink.quotes([rawQuote(id, bid, bid + 0.01, MIDDAY + seq * MICROS_PER_SECOND, ++seq)])
  return { ...feed, sink, pacing, pacer, stream, quote, rows, waits }
}

/** Runs what is waiting, so that a stream gets to its next wait. */
const settle = () => new Promise(done => setImmediate(done))

test('a stream begins with a snapshot of every row and goes on with what changed, newest value only', async () => {
  const { stream, quote, clock } = opened()
  const first = (await stream.next()).value
  expect(z.parse(quoteFrame, first)).toBeTruthy()
  expect(first).toMatchObject({ seq: 1, kind: 'snapshot', rows: { index: [0, 1], bid: [null, null], state: ['none', 'none'] } })
  for (let k = 0; k < 1000; k++) quote(100 + k / 100)
  const next = stream.next()
  await settle()
  clock.advance(0.05)
  expect((await next).value).toMatchObject({ seq: 2, kind: 'delta', rows: { index: [0], bid: [109.99], state: ['live'] } })
})

test('the time from receipt to sending is that of the record that waited longest; a change of state is no record', async () => {
  const { stream, quote, clock, book, waits } = opened()
  quote(100)
  clock.advance(5)
  await stream.next()
  expect(waits, 'a snapshot is what was there, not what came').toEqual([])
  quote(101)
  clock.advance(0.02)
  quote(200, qqq.id)
  const next = stream.next()
  await settle()
  clock.advance(0.05)
  await next
  expect(waits).toHaveLength(1)
  expect(waits[0]).toBeGreaterThanOrEqual(0.03)
  expect(waits[0]).toBeLessThan(0.08)
  const last = stream.next()
  await settle()
  clock.advance(3)
  book.show(book.rowOf(spy.id), 'stale', null)
  clock.advance(0.05)
  expect((await last).value).toMatchObject({ kind: 'delta', rows: { state: ['stale'] } })
  expect(waits).toHaveLength(1)
  await stream.return()
})

test('a reader who does not acknowledge gets the window and no more, and the newest value when it does', async () => {
  const { stream, quote, clock, pacing } = opened()
  const got: { seq: number; bid: number | null }[] = []
  const reading = (async () => {
    for await (const frame of stream) got.push({ seq: frame.seq, bid: frame.rows.bid[0] ?? null })
  })()
  for (let k = 0; k < 40; k++) {
    quote(100 + k)
    await settle()
    clock.advance(0.05)
  }
  await settle()
  expect(got).toHaveLength(WINDOW)
  pacing.acknowledge('s1', WINDOW)
  clock.advance(0.05)
  await settle()
  expect(got.at(-1)).toEqual({ seq: WINDOW + 1, bid: 139 })
  pacing.close()
  await reading
})

test('at most thirty frames a second leave, however fast the quotes come', async () => {
  const { stream, quote, clock, pacing } = opened()
  let frames = 0
  const reading = (async () => {
    for await (const frame of stream) {
      frames++
      pacing.acknowledge(frame.stream, frame.seq)
    }
  })()
  for (let k = 0; k < 1000; k++) {
    quote(100 + k / 100)
    clock.advance(0.001)
    await settle()
  }
  expect(frames).toBeGreaterThan(25)
  expect(frames).toBeLessThanOrEqual(31)
  pacing.close()
  await reading
})

test('a reader who leaves while the stream waits ends it at once', async () => {
  const { stream } = opened()
  await stream.next()
  const waiting = stream.next()
  await settle()
  expect(await stream.return()).toEqual({ value: undefined, done: true })
  expect(await waiting).toEqual({ value: undefined, done: true })
})

test('time and sales begin with the newest trades, then say how many a frame left out', async () => {
  const { sink, tape, rows, clock, pacing } = opened()
  const trade = (k: number) => sink.trades([rawTrade(spy.id, 100 + k / 100, 1, MIDDAY + k * 1000, k + 1)])
  for (let k = 0; k < 10; k++) trade(k)
  const pacer = pacing.open()
  const provenance = () => ({ source: 'test', state: 'live' as const, asOf: null, reason: null })
  const stream = endable(undefined, signal => tapeFrames({ tape, row: rows[0]!, backfill: 5, pacer, provenance, signal }))
  const first = (await stream.next()).value
  expect(z.parse(tradeFrame, first).trades.map(row => row.price)).toEqual([100.05, 100.06, 100.07, 100.08, 100.09])
  for (let k = 10; k < 310; k++) trade(k)
  const next = stream.next()
  await settle()
  clock.advance(0.05)
  const frame = (await next).value as { trades: { price: number }[]; skipped: number }
  expect(frame.trades).toHaveLength(200)
  expect(frame.trades.at(-1)!.price).toBe(103.09)
  expect(frame.skipped).toBe(100)
  await stream.return()
})
