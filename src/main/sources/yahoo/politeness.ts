import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type EpochMicros, epochMicros, MICROS_PER_SECOND } from '../../../core/kit/time.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { Log } from '../../../platform/log.ts'

/** At most this many requests in the window, and never two closer together than the pause. */
export const REQUESTS_PER_WINDOW = 30
export const WINDOW_SECONDS = 60
const PAUSE_SECONDS = 0.25
/** While the breaker is open, one probe at most in this time. */
export const PROBE_SECONDS = 30
/** Failures in a row, other than a refusal, that open the breaker. */
const FAILURES_UNTIL_OPEN = 3

/** The venue said that there were too many requests. */
export class TooManyRequests extends Error {
  override readonly name = 'TooManyRequests'
}

/** Nothing was asked: the venue is being left alone until `nextTry`. */
export class LeftAlone extends Error {
  override readonly name = 'LeftAlone'
  readonly nextTry: EpochMicros
  constructor(reason: string, nextTry: EpochMicros) {
    super(reason)
    this.nextTry = nextTry
  }
}

/** The venue answered properly that it has no such thing: no reason to leave it alone. */
export class NotThere extends Error {
  override readonly name = 'NotThere'
}

export interface BreakerState {
  readonly state: 'closed' | 'open' | 'half-open'
  readonly reason: string | null
  readonly nextTry: EpochMicros | null
  readonly left: number
}

/**
 * One queue for all that is asked of a venue: spaced, counted, shared and given up in time.
 *
 * A question may take several requests (cookies and a crumb first). The same question asked twice while the first is under
 * way is one question with two readers. After a refusal (429), or three failed questions in a row, the breaker opens:
 * nothing is sent but one request in thirty seconds, and the first question that is answered closes it.
 */
export interface Politeness {
  ask<T>(key: string, run: () => Promise<T>): Promise<T>
  /** Sends one request of the question that is being asked, when its turn comes. */
  send(request: () => Promise<Response>): Promise<Response>
  breaker(): BreakerState
  close(): void
}

export function createPoliteness({
  clock,
  log,
  onChange,
}: {
  clock: Clock
  log: Log
  onChange: (state: BreakerState) => void
}): Politeness {
  const underWay = new Map<string, Promise<unknown>>()
  const closing = new AbortController()
  const sent: number[] = []
  let tail: Promise<unknown> = Promise.resolve()
  let failures = 0
  let openUntil = Number.NEGATIVE_INFINITY
  let reason: string | null = null
  /** What the question under way may send: anything; one request as a probe; nothing until that is answered. */
  let may: 'all' | 'probe' | 'nothing' = 'all'

  const instant = (monotonic: number) =>
    epochMicros(Math.round(clock.now() + (monotonic - clock.monotonic()) * MICROS_PER_SECOND))
  const state = (): BreakerState => {
    const now = clock.monotonic()
    while (sent.length > 0 && now - sent[0]! >= WINDOW_SECONDS) sent.shift()
    return {
      state: reason === null ? 'closed' : now >= openUntil ? 'half-open' : 'open',
      reason,
      nextTry: reason === null ? null : instant(Math.max(openUntil, now)),
      left: Math.max(0, REQUESTS_PER_WINDOW - sent.length),
    }
  }
  const trip = (why: string) => {
    openUntil = clock.monotonic() + PROBE_SECONDS
    reason = why
    may = 'nothing'
    log.warn('yahoo.breaker', { state: 'open', reason: why })
    onChange(state())
  }
  const leaveAlone = (): never => {
    const { nextTry } = state()
    throw new LeftAlone(reason ?? '', nextTry ?? clock.now())
  }

  /** Waits for a place in the window, and keeps the pause to the request before. */
  const place = async () => {
    for (;;) {
      state()
      const now = clock.monotonic()
      const pause = sent.length > 0 ? sent.at(-1)! + PAUSE_SECONDS - now : 0
      const full = sent.length >= REQUESTS_PER_WINDOW ? sent[0]! + WINDOW_SECONDS - now : 0
      const wait = Math.max(pause, full)
      if (wait <= 0) break
      await clock.sleep(wait, closing.signal)
    }
    sent.push(clock.monotonic())
    onChange(state())
  }

  const answer = async <T>(run: () => Promise<T>): Promise<T> => {
    closing.signal.throwIfAborted()
    const before = state()
    if (before.state === 'open') leaveAlone()
    may = before.state === 'half-open' ? 'probe' : 'all'
    try {
      const value = await run()
      failures = 0
      if (reason !== null) log.info('yahoo.breaker', { state: 'closed' })
      reason = null
      onChange(state())
      return value
    } catch (fault) {
      const why = fault instanceof Error ? fault.message : String(fault)
      if (!(fault instanceof LeftAlone) && !(fault instanceof NotThere)) {
        failures++
        // A refusal has tripped it already, at the request.
        if (!(fault instanceof TooManyRequests) && (reason !== null || failures >= FAILURES_UNTIL_OPEN)) trip(why)
      }
      throw fault
    }
  }

  return {
    ask<T>(key: string, run: () => Promise<T>): Promise<T> {
      const shared = underWay.get(key)
      if (shared) return shared as Promise<T>
      const asked = tail.then(() => answer(run))
      // The queue goes on whatever becomes of one question.
      tail = asked.catch(() => {})
      underWay.set(key, asked)
      const done = () => void underWay.delete(key)
      asked.then(done, done)
      return asked
    },
    async send(request) {
      closing.signal.throwIfAborted()
      if (may === 'nothing') leaveAlone()
      if (may === 'probe') {
        may = 'nothing'
        // The next probe is counted from the start of this one, however long it takes.
        openUntil = clock.monotonic() + PROBE_SECONDS
      }
      await place()
      const response = await request()
      if (response.status === 429) {
        const fault = new TooManyRequests('429 Too Many Requests')
        trip(fault.message)
        throw fault
      }
      if (response.status < 500) may = 'all'
      return response
    },
    breaker: state,
    close: () => closing.abort(new DOMException('the source was closed', 'AbortError')),
  }
}

/** An answer that was kept, with the instant it came. */
export interface KeptAnswer<T> {
  readonly at: EpochMicros
  readonly value: T
}

/** Answers on disk, a file each, so that they outlive the process; a file that cannot be read counts as none. */
export interface AnswerCache {
  read<T>(key: string): Promise<KeptAnswer<T> | null>
  write(key: string, at: EpochMicros, value: unknown): Promise<void>
}

export function createAnswerCache(folder: string, log: Log): AnswerCache {
  const fileOf = (key: string) => join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`)
  return {
    async read<T>(key: string): Promise<KeptAnswer<T> | null> {
      try {
        const kept = JSON.parse(await readFile(fileOf(key), 'utf8')) as { key?: unknown; at?: unknown; value: T }
        return kept.key === key && typeof kept.at === 'number' ? { at: epochMicros(kept.at), value: kept.value } : null
      } catch {
        return null
      }
    },
    async write(key, at, value) {
      try {
        await mkdir(folder, { recursive: true })
        const file = fileOf(key)
        // Written beside and then renamed, so that a crash leaves the old answer and never half of one.
        await writeFile(`${file}.new`, JSON.stringify({ key, at, value }))
        await rename(`${file}.new`, file)
      } catch (fault) {
        log.warn('cache.write', { reason: fault instanceof Error ? fault.message : String(fault) })
      }
    },
  }
}
