import { beforeEach, describe, expect, test } from 'vitest'
import type { QuoteFrame } from '../contract/market.ts'
import { createLiveQuotes, type LiveQuotes, type PageBeat, type QuoteHost } from './live.ts'
import { QUOTE_NUMBERS } from './live-columns.ts'

/** A page whose time, frames and paints happen when the test says so. */
function manualBeat() {
  let now = 1_700_000_000_000_000
  let elapsed = 0
  const frames: (() => void)[] = []
  const painted: (() => void)[] = []
  const timers = new Set<{ at: number; run: () => void }>()
  const beat: PageBeat = {
    now: () => now,
    visible: () => true,
    frame: run => void frames.push(run),
    afterPaint: run => void painted.push(run),
    after: (milliseconds, run) => {
      const timer = { at: elapsed + milliseconds, run }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
  }
  const settle = async () => {
    for (let k = 0; k < 20; k++) await Promise.resolve()
  }
  return {
    beat,
    settle,
    frames,
    async draw(milliseconds = 5) {
      for (const run of frames.splice(0)) run()
      now += milliseconds * 1000
      for (const run of painted.splice(0)) run()
      await settle()
    },
    async pass(milliseconds: number) {
      const until = elapsed + milliseconds
      for (;;) {
        const next = [...timers].filter(timer => timer.at <= until).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        elapsed = next.at
        timers.delete(next)
        next.run()
        await settle()
      }
      elapsed = until
      now += milliseconds * 1000
      await settle()
    },
    now: () => now,
  }
}

interface OpenStream {
  readonly instruments: readonly string[]
  readonly signal: AbortSignal
  send(last: Record<string, number>, seq?: number): void
  end(error?: unknown): void
}

/** A host that records what is asked of it and sends what the test tells it to. */
function scriptedHost(now: () => number) {
  const streams: OpenStream[] = []
  const acknowledged: string[] = []
  const drawn: number[] = []
  const refused = new Set<string>()
  let down = false
  const host: QuoteHost = {
    async open(instruments, signal) {
      if (down) throw new Error('not there')
      for (const name of refused)
        if (instruments.includes(name))
          throw Object.assign(new Error(), { code: 'INSTRUMENT_UNKNOWN', data: { instrument: name } })
      const queue: (QuoteFrame | { error: unknown } | 'end')[] = []
      let wake = () => {}
      let seq = 0
      const id = `s${streams.length + 1}`
      signal.addEventListener('abort', () => {
        queue.push('end')
        wake()
      })
      streams.push({
        instruments,
        signal,
        send(last, at) {
          seq = at ?? seq + 1
          const names = Object.keys(last)
          const column = () => names.map(() => null as number | null)
          const numbers = Object.fromEntries(QUOTE_NUMBERS.map(name => [name, column()]))
          queue.push({
            stream: id,
            seq,
            kind: seq === 1 ? 'snapshot' : 'delta',
            sent: now(),
            rows: {
              ...(numbers as unknown as QuoteFrame['rows']),
              index: names.map(name => instruments.indexOf(name)),
              last: names.map(name => last[name]!),
              eventTime: names.map(() => now() - 20_000),
              state: names.map(() => 'demo' as const),
              quality: names.map(() => 0),
            },
          })
          wake()
        },
        end(error) {
          queue.push(error ? { error } : 'end')
          wake()
        },
      })
      return (async function* () {
        for (;;) {
          const next = queue.shift()
          if (!next) {
            await new Promise<void>(done => {
              wake = done
            })
            continue
          }
          if (next === 'end') return
          if ('error' in next) throw next.error
          yield next
        }
      })()
    },
    async acknowledge(stream, seq) {
      acknowledged.push(`${stream}:${seq}`)
    },
    async drawn(seconds) {
      drawn.push(...seconds)
    },
  }
  return {
    host,
    streams,
    acknowledged,
    drawn,
    refused,
    setDown: (is: boolean) => {
      down = is
    },
  }
}

let page: ReturnType<typeof manualBeat>
let host: ReturnType<typeof scriptedHost>
let live: LiveQuotes

beforeEach(() => {
  page = manualBeat()
  host = scriptedHost(page.now)
  live = createLiveQuotes(host.host, page.beat)
})

describe('the one table of quotes', () => {
  test('panels that ask in one burst share one stream of the union', async () => {
    live.subscribe(['B', 'A'])
    live.subscribe(['B', 'C'])
    await page.pass(50)
    expect(host.streams.map(stream => stream.instruments)).toEqual([['A', 'B', 'C']])
  })

  test('a frame wakes each hearer once and is acknowledged only after it was drawn', async () => {
    const heard: string[][] = []
    live.onFrame(changed => heard.push([...changed]))
    live.subscribe(['A', 'B'])
    await page.pass(50)
    host.streams[0]!.send({ A: 1, B: 2 })
    host.streams[0]!.send({ A: 3 })
    await page.settle()
    expect(heard).toEqual([])
    expect(host.acknowledged).toEqual([])
    expect(page.frames.length).toBe(1)
    await page.draw()
    expect(heard).toEqual([['A', 'B']])
    expect(live.read('A')?.last).toBe(3)
    expect(host.acknowledged).toEqual(['s1:2'])
  })

  test('the latency from the host and from the venue to the pixel is measured and reported in a batch', async () => {
    live.subscribe(['A'])
    await page.pass(50)
    host.streams[0]!.send({ A: 1 })
    await page.settle()
    await page.draw(8)
    expect(live.latency()).toEqual({ sent: [0.008], event: [0.028] })
    expect(host.drawn).toEqual([])
    await page.pass(2000)
    expect(host.drawn).toEqual([0.008])
  })

  test('a hole in the sequence opens the stream again and keeps the last values meanwhile', async () => {
    live.subscribe(['A'])
    await page.pass(50)
    host.streams[0]!.send({ A: 1 })
    host.streams[0]!.send({ A: 9 }, 3)
    await page.settle()
    expect(live.read('A')?.last).toBe(1)
    await page.pass(300)
    expect(host.streams.length).toBe(2)
    host.streams[1]!.send({ A: 10 })
    await page.draw()
    expect(live.read('A')?.last).toBe(10)
    expect(live.state('A')).toBe('demo')
  })

  test('when the wish grows the old stream feeds the table until the new one has spoken', async () => {
    live.subscribe(['A'])
    await page.pass(50)
    host.streams[0]!.send({ A: 1 })
    await page.draw()
    live.subscribe(['B'])
    await page.pass(50)
    expect(host.streams[0]!.signal.aborted).toBe(false)
    host.streams[0]!.send({ A: 2 })
    await page.settle()
    expect(live.read('A')?.last).toBe(2)
    host.streams[1]!.send({ A: 3, B: 7 })
    await page.settle()
    expect(host.streams[0]!.signal.aborted).toBe(true)
    expect(live.read('B')?.last).toBe(7)
  })

  test('an instrument is dropped from the stream only when the last wish for it is gone', async () => {
    const first = live.subscribe(['A', 'B'])
    const second = live.subscribe(['B'])
    await page.pass(50)
    first.close()
    await page.pass(4000)
    expect(host.streams.at(-1)!.instruments).toEqual(['B'])
    second.close()
    await page.pass(4000)
    expect(host.streams.at(-1)!.signal.aborted).toBe(true)
  })

  test('an instrument that the host does not know is left out and the others are served', async () => {
    host.refused.add('NO.SUCH')
    live.subscribe(['A', 'NO.SUCH'])
    await page.pass(50)
    expect(host.streams.map(stream => stream.instruments)).toEqual([['A']])
    expect(live.isUnknown('NO.SUCH')).toBe(true)
    expect(live.isUnknown('A')).toBe(false)
  })

  test('values turn stale while the host cannot be heard, and come back with it', async () => {
    live.subscribe(['A'])
    await page.pass(50)
    host.streams[0]!.send({ A: 1 })
    await page.draw()
    host.setDown(true)
    host.streams[0]!.end(new Error('closed'))
    await page.settle()
    expect(live.state('A')).toBe('demo')
    await page.pass(1600)
    expect(live.isConnected()).toBe(false)
    expect(live.state('A')).toBe('stale')
    host.setDown(false)
    live.resume()
    await page.settle()
    host.streams.at(-1)!.send({ A: 2 })
    await page.draw()
    expect(live.state('A')).toBe('demo')
    expect(live.read('A')?.last).toBe(2)
  })

  test('more instruments than a stream may carry are spread over several', async () => {
    live.subscribe(Array.from({ length: 5001 }, (_, k) => `I${k}`))
    await page.pass(50)
    expect(host.streams.map(stream => stream.instruments.length)).toEqual([5000, 1])
  })
})
