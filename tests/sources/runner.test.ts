import { expect, test } from 'vitest'
import { isOpen } from '../../src/main/market/feed.ts'
import type { Source, SourceContext, SourceSession } from '../../src/main/sources/source.ts'
import { createRunner } from '../../src/main/sources/source-runner.ts'
import { silentLog } from '../../src/platform/log.ts'
import { feedForTest, instrumentFor, rawQuote } from './market-kit.ts'

const spy = instrumentFor('SPY')

/** A source of a few lines, of which the tests hold the strings. */
function stringSource(over: Partial<SourceSession> = {}, credentials: readonly string[] = []) {
  const opened: SourceContext[] = []
  const subscribed: string[][] = []
  const state = { opensThrow: 0 }
  const source: Source = {
    name: 'test',
    title: 'Test feed',
    gives: 'live',
    enabledAtFirst: true,
    expectedIntervalSeconds: 5,
    credentials,
    open(context) {
      opened.push(context)
      if (state.opensThrow-- > 0) throw new Error('the door is shut')
      context.sink.instruments([spy])
      context.sink.phase('up')
      return {
        subscribe: ids => void subscribed.push([...ids]),
        unsubscribe: () => {},
        find: async () => [],
        resolve: async () => null,
        history: () => Promise.reject(new Error('no history')),
        close: async () => {},
        ...over,
      }
    },
  }
  return { source, opened, subscribed, state }
}

function running(made: ReturnType<typeof stringSource>) {
  const feed = feedForTest()
  const runner = createRunner({
    source: made.source,
    ingest: feed.ingest,
    clock: feed.clock,
    log: silentLog,
    folder: '/nonexistent',
    fetch: () => Promise.reject(new Error('no network')),
    seed: 1,
    hasSecret: () => false,
    marketOpen: ids => [...ids].some(id => isOpen(feed.book.find(id)!, feed.clock.now())),
    onChange: () => {},
  })
  feed.clock.every(1, () => runner.watch())
  return { ...feed, runner }
}

test('a source that breaks is opened again after 1, 2, 4 seconds, with its subscriptions', () => {
  const made = stringSource()
  const { runner, clock } = running(made)
  runner.subscribe([spy.id])
  runner.open()
  expect(made.subscribed).toEqual([[spy.id]])
  made.state.opensThrow = 2
  made.opened[0]!.sink.phase('failed', 'the line was cut')
  expect(runner.state()).toMatchObject({
    phase: 'backing-off',
    reason: 'the line was cut',
    lastError: { reason: 'the line was cut' },
  })
  expect(runner.state().budget?.nextTry).toBe(clock.now() + 1_000_000)
  clock.advance(1)
  expect([made.opened.length, runner.state().reason]).toEqual([2, 'the door is shut'])
  clock.advance(1.9)
  expect(made.opened).toHaveLength(2)
  clock.advance(0.1)
  expect(made.opened).toHaveLength(3)
  clock.advance(4)
  expect(runner.state()).toMatchObject({ phase: 'up', reason: null, counts: { reconnects: 3 } })
  expect(made.subscribed).toEqual([[spy.id], [spy.id]])
})

test('what the broken session still sends reaches nothing', () => {
  const made = stringSource()
  const { runner, clock, written } = running(made)
  runner.open()
  const old = made.opened[0]!.sink
  old.phase('failed', 'cut')
  clock.advance(1)
  old.quotes([rawQuote(spy.id, 1, 2, clock.now(), 1)])
  old.phase('failed', 'cut again')
  expect(written.quotes).toHaveLength(0)
  expect(runner.state().phase).toBe('up')
  made.opened[1]!.sink.quotes([rawQuote(spy.id, 1, 2, clock.now(), 1)])
  expect(written.quotes).toHaveLength(1)
})

test('a connected but silent feed is silent within two expected intervals, and up with the next record', () => {
  const made = stringSource()
  const { runner, clock } = running(made)
  runner.open()
  runner.subscribe([spy.id])
  made.opened[0]!.sink.quotes([rawQuote(spy.id, 1, 1.01, clock.now(), 1)])
  clock.advance(5)
  expect(runner.state().phase).toBe('up')
  clock.advance(5)
  expect(runner.state()).toMatchObject({ phase: 'silent', reason: 'reason.silent' })
  made.opened[0]!.sink.quotes([rawQuote(spy.id, 1, 1.01, clock.now(), 2)])
  clock.advance(1)
  expect(runner.state().phase).toBe('up')
})

test('with nothing subscribed, or the market closed, silence is no fault', () => {
  const made = stringSource()
  const { runner, clock } = running(made)
  runner.open()
  clock.advance(60)
  expect(runner.state().phase).toBe('up')
  clock.advance(14 * 3600)
  runner.subscribe([spy.id])
  clock.advance(60)
  expect(runner.state().phase).toBe('up')
})

test('a source whose session does not end is left behind after a second', async () => {
  const made = stringSource({ close: () => new Promise(() => {}) })
  const { runner, clock, written } = running(made)
  runner.open()
  const closing = runner.close()
  clock.advance(1)
  await closing
  expect(runner.state().phase).toBe('off')
  made.opened[0]!.sink.quotes([rawQuote(spy.id, 1, 2, clock.now(), 1)])
  expect(written.quotes).toHaveLength(0)
})

test('a missing credential is named, and not tried again and again', () => {
  const made = stringSource({}, ['test.key'])
  const { runner, clock } = running(made)
  runner.open()
  clock.advance(3600)
  expect(runner.state()).toMatchObject({ phase: 'failed', reason: 'reason.credential-missing test.key' })
  expect(made.opened).toHaveLength(0)
})
