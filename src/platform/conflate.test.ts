import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from './clock.ts'
import { type Conflate, conflate } from './conflate.ts'

interface Quote {
  readonly key: string
  readonly value: number
  readonly sum?: number
}

const clock = systemClock()
const wait = (ms: number) => clock.sleep(ms / 1000)
const ends: AbortController[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end.abort()
})

/** A source of changes that counts who listens. */
function feed() {
  const hearers = new Set<(quote: Quote) => void>()
  return {
    subscribe(hear: (quote: Quote) => void) {
      hearers.add(hear)
      return () => void hearers.delete(hear)
    },
    push(key: string, value: number) {
      for (const hear of hearers) hear({ key, value })
    },
    listeners: () => hearers.size,
  }
}

function open(source: ReturnType<typeof feed>, options: Partial<Conflate<Quote>> = {}) {
  const end = new AbortController()
  ends.push(end)
  const stream = conflate<Quote>({
    subscribe: source.subscribe,
    snapshot: () => [],
    keyOf: ({ key }) => key,
    everyMs: 1,
    window: 8,
    signal: end.signal,
    clock,
    ...options,
  })
  return { ...stream, end }
}

describe('a conflated stream', () => {
  test('the first message is a snapshot, and a change that came with it is not lost', async () => {
    const source = feed()
    const { messages } = open(source, {
      snapshot() {
        source.push('a', 2)
        return [{ key: 'a', value: 1 }]
      },
    })
    expect((await messages.next()).value).toEqual({ seq: 1, kind: 'snapshot', changed: [{ key: 'a', value: 1 }] })
    expect((await messages.next()).value).toEqual({ seq: 2, kind: 'delta', changed: [{ key: 'a', value: 2 }] })
  })

  test('a burst becomes one message with the newest value of each key', async () => {
    const source = feed()
    const { messages } = open(source)
    await messages.next()
    for (let k = 0; k < 1000; k++) source.push(k % 2 ? 'a' : 'b', k)
    expect((await messages.next()).value).toEqual({
      seq: 2,
      kind: 'delta',
      changed: [
        { key: 'b', value: 998 },
        { key: 'a', value: 999 },
      ],
    })
  })

  test('merging keeps what a newer value alone would lose', async () => {
    const source = feed()
    const { messages } = open(source, {
      merge: (older, newer) => ({ ...newer, sum: (older.sum ?? older.value) + newer.value }),
    })
    await messages.next()
    for (const value of [1, 2, 3]) source.push('a', value)
    expect((await messages.next()).value).toMatchObject({ changed: [{ key: 'a', value: 3, sum: 6 }] })
  })

  test('a reader who never acknowledges gets the window and no more, then the newest value when it wakes', async () => {
    const source = feed()
    const { messages, acknowledge, end } = open(source, { window: 3 })
    const got: unknown[] = []
    const reader = (async () => {
      for await (const message of messages) got.push(message)
    })()
    for (let k = 0; k < 60; k++) {
      source.push('a', k)
      await wait(2)
    }
    expect(got).toHaveLength(3)
    acknowledge(3)
    await wait(20)
    expect(got.at(-1)).toEqual({ seq: 4, kind: 'delta', changed: [{ key: 'a', value: 59 }] })
    end.abort()
    await reader
    expect(source.listeners()).toBe(0)
  })

  test('an acknowledgement of what was never sent opens no wider window', async () => {
    const source = feed()
    const { messages, acknowledge } = open(source, { window: 2 })
    await messages.next()
    acknowledge(1_000_000)
    const got: unknown[] = []
    void (async () => {
      for await (const message of messages) got.push(message)
    })()
    for (let k = 0; k < 30; k++) {
      source.push('a', k)
      await wait(2)
    }
    expect(got).toHaveLength(2)
  })

  test('messages keep their distance', async () => {
    const source = feed()
    const { messages, acknowledge } = open(source, { everyMs: 40 })
    const at: number[] = []
    const started = performance.now()
    await messages.next()
    while (at.length < 4) {
      source.push('a', at.length)
      const { value } = await messages.next()
      if (value) acknowledge(value.seq)
      at.push(performance.now() - started)
    }
    const gaps = at.slice(1).map((moment, k) => moment - at[k]!)
    expect(Math.min(...gaps)).toBeGreaterThan(35)
  })

  test('a stream that is left ends its subscription at once', async () => {
    const source = feed()
    const { messages } = open(source)
    await messages.next()
    expect(source.listeners()).toBe(1)
    await messages.return()
    expect(source.listeners()).toBe(0)
  })
})
