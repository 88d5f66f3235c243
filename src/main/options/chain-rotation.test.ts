import { expect, test } from 'vitest'
import { epochMicros, type IsoDate } from '../../core/kit/time.ts'
import { type DemoOptionRoot, demoOptionListing } from '../../core/options/demo/listing.ts'
import { manualClock } from '../../platform/clock.ts'
import { silentLog } from '../../platform/log.ts'
import { type ChainBook, createChainBook } from './chain-book.ts'
import type { ChainFeed, ChainFeedSession, ChainSink } from './chain-feed.ts'
import { createChainRotation, type RotatedChain } from './chain-rotation.ts'
import { createChainRunner } from './chain-runner.ts'
import { demoChainFeed } from './feeds/demo.ts'

const NOON = epochMicros(Date.UTC(2026, 2, 11, 16) * 1000)
const SEED = 7

/** The demo feed with a ledger of its lines: what is streamed of each underlying, and the most there ever was over all. */
function ledgerOf(feed: ChainFeed) {
  const streamed = new Map<string, readonly string[]>()
  const ledger = {
    streamed,
    most: 0,
    changes: 0,
    polled: [] as { underlying: string; keys: readonly string[]; at: number }[],
    opened: 0,
  }
  const counted: ChainFeed = {
    ...feed,
    open(context) {
      const session = feed.open(context)
      ledger.opened++
      streamed.clear()
      const made: ChainFeedSession = {
        ...session,
        stream(underlying, keys) {
          streamed.set(underlying, keys)
          ledger.changes++
          ledger.most = Math.max(
            ledger.most,
            [...streamed.values()].reduce((sum, list) => sum + list.length, 0),
          )
          session.stream(underlying, keys)
        },
        unfollow(underlying) {
          streamed.delete(underlying)
          session.unfollow(underlying)
        },
        poll(underlying, keys) {
          ledger.polled.push({ underlying, keys, at: context.clock.monotonic() })
          session.poll(underlying, keys)
        },
      }
      return made
    },
  }
  return { counted, ledger }
}

function opened({ lines = demoChainFeed.lines, allowed = 10_000 } = {}) {
  const clock = manualClock(NOON)
  const { counted, ledger } = ledgerOf({ ...demoChainFeed, lines })
  const books = new Map<string, ChainBook>()
  const followed = new Map<string, RotatedChain>()
  const bookOf = (symbol: string) => books.get(symbol) ?? createChainBook(symbol)
  const refused: string[] = []
  const refuse = (_: object, reason: string) => void refused.push(reason)
  const sink: Omit<ChainSink, 'phase'> = {
    listing(listing) {
      bookOf(listing.underlying).list(listing, refuse)
      rotation.plan()
    },
    quotes: (symbol, batch) => void bookOf(symbol).quotes(batch, clock.now(), refuse),
    spot: (symbol, spot) => bookOf(symbol).setSpot(spot, refuse),
    halted: (symbol, isHalted) => bookOf(symbol).setHalted(isHalted),
    refused: ({ reason }) => void refused.push(reason),
  }
  const runner = createChainRunner({
    ...{ feed: counted, clock, log: silentLog, fetch, seed: SEED, folder: '', isEnabled: true },
    sink: { ...sink, phase: () => {} },
    onOpened: () => rotation.renew(),
  })
  const rotation = createChainRotation({ runner, clock, mostLines: () => allowed, followed: () => [...followed.values()] })
  return {
    ...{ clock, ledger, runner, rotation, books, refused },
    follow(symbol: DemoOptionRoot, over: Partial<RotatedChain> = {}) {
      books.set(symbol, books.get(symbol) ?? createChainBook(symbol))
      followed.set(symbol, {
        key: `${symbol}.DEMO`,
        symbol,
        book: books.get(symbol)!,
        shown: new Set<IsoDate>(),
        watched: [],
        ...over,
      })
      runner.follow(symbol)
      rotation.plan()
    },
    leave(symbol: string) {
      followed.delete(symbol)
      runner.unfollow(symbol)
      rotation.plan()
    },
  }
}

test('lines never pass what the feed allows, also while they change hands between chains', () => {
  const desk = opened({ lines: 120 })
  desk.follow('SPY')
  desk.clock.advance(5)
  expect(desk.ledger.streamed.get('SPY')).toHaveLength(120)
  desk.follow('CL')
  desk.clock.advance(5)
  desk.follow('NG')
  desk.clock.advance(5)
  desk.leave('CL')
  desk.clock.advance(60)
  expect(desk.ledger.most).toBe(120)
  expect(desk.ledger.streamed.get('SPY')!.length + desk.ledger.streamed.get('NG')!.length).toBe(120)
  expect(desk.refused).toEqual([])
  expect(desk.rotation.state('SPY.DEMO')).toMatchObject({ allowed: 120 })
})

test('a person may allow fewer lines than the feed', () => {
  const desk = opened({ allowed: 30 })
  desk.follow('SPY')
  desk.clock.advance(3)
  expect(desk.ledger.most).toBe(30)
})

test('within the stated turn every contract was quoted once, and polls keep the pace of the feed', () => {
  const desk = opened()
  desk.follow('SPY')
  desk.clock.advance(1)
  const { turnSeconds } = desk.rotation.state('SPY.DEMO')!
  desk.clock.advance(turnSeconds + 1)
  const { received, rows } = desk.books.get('SPY')!
  expect(rows).toBe(demoOptionListing(SEED, 'SPY', NOON).contracts.length)
  const missing = [...received].filter(Number.isNaN).length
  // A contract without a maker is not answered for; nearly all others are.
  expect(missing / rows).toBeLessThan(0.02)
  const gaps = desk.ledger.polled.map(({ at }, k) => at - (desk.ledger.polled[k - 1]?.at ?? Number.NEGATIVE_INFINITY))
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(demoChainFeed.pollEverySeconds - 1e-9)
  expect(Math.max(...desk.ledger.polled.map(({ keys }) => keys.length))).toBeLessThanOrEqual(demoChainFeed.pollSize)
})

test('over ten minutes of a moving spot lines change when it crosses strikes, not with every tick', () => {
  const desk = opened()
  desk.follow('SPY')
  desk.clock.advance(2)
  const before = desk.ledger.changes
  const centres = new Set<number>()
  for (let second = 0; second < 600; second++) {
    desk.clock.advance(1)
    centres.add(Math.round(desk.books.get('SPY')!.spot))
  }
  const changes = desk.ledger.changes - before
  expect(changes).toBeGreaterThan(0)
  expect(changes).toBeLessThan(20 * centres.size)
  // The strike next to the spot is always among them.
  const { spot } = desk.books.get('SPY')!
  expect(desk.ledger.streamed.get('SPY')!.some(key => key.includes(String(Math.round(spot))))).toBe(true)
}, 30_000)

test('an open alert and a panel move lines to what they look at', () => {
  const desk = opened({ lines: 60 })
  desk.follow('SPY')
  desk.clock.advance(2)
  const { expiries, strike, side } = desk.books.get('SPY')!
  const far = expiries.at(-1)!
  const place = { expiry: far.date, strike: strike[far.from]!, side: side[far.from] as 1 | -1 }
  const keys = () => new Set(desk.ledger.streamed.get('SPY'))
  const ofFar = () =>
    [...keys()].filter(key =>
      Array.from({ length: far.to - far.from }, (_, k) => desk.books.get('SPY')!.keyAt(far.from + k)).includes(key),
    )
  expect(ofFar()).toEqual([])
  desk.follow('SPY', { shown: new Set([far.date]), watched: [place] })
  expect(keys()).toContain(desk.books.get('SPY')!.keyAt(far.from))
  expect(ofFar().length).toBeGreaterThan(50)
})

test('a session that is opened anew is told its lines again; nobody following ends all timers', () => {
  const desk = opened()
  desk.follow('SPY')
  desk.clock.advance(2)
  desk.runner.enable(false)
  desk.clock.advance(5)
  desk.runner.enable(true)
  desk.clock.advance(2)
  expect(desk.ledger.opened).toBe(2)
  expect(desk.ledger.streamed.get('SPY')!.length).toBeGreaterThan(100)
  desk.leave('SPY')
  desk.clock.advance(20)
  const { polled, changes } = desk.ledger
  const calls = polled.length
  desk.clock.advance(600)
  expect([desk.ledger.polled.length, desk.ledger.changes]).toEqual([calls, changes])
})
