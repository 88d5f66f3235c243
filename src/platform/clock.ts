import { type EpochMicros, epochMicros, MICROS_PER_SECOND } from '../core/kit/time.ts'

/** Ends a timer; ending it twice does no harm. */
export type Stop = () => void

/** The only way that anything here learns the time or waits; a test gives a manual one. */
export interface Clock {
  /** Wall-clock instant, UTC. It can jump when the machine's clock is set. */
  now(): EpochMicros
  /** Seconds since some fixed moment; never goes back. For durations. */
  monotonic(): number
  after(seconds: number, run: () => void): Stop
  every(seconds: number, run: () => void): Stop
  /** Resolves after that time; rejects with the signal's reason when it is aborted first. */
  sleep(seconds: number, signal?: AbortSignal): Promise<void>
}

function sleepOn(after: Clock['after'], seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = after(seconds, () => {
      signal?.removeEventListener('abort', abort)
      resolve()
    })
    const abort = () => {
      stop()
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', abort, { once: true })
  })
}

/**
 * Wall-clock time with microseconds, which Date.now alone does not have.
 *
 * The monotonic counter gives the fraction; when the two drift apart by more than 5 ms (the clock was set, or the
 * machine slept) it is anchored anew, so a jump is seen at once.
 */
function wallClock(): () => EpochMicros {
  let anchor = Date.now() - performance.now()
  return () => {
    const coarse = Date.now()
    let fine = anchor + performance.now()
    if (Math.abs(fine - coarse) > 5) {
      anchor = coarse - performance.now()
      fine = coarse
    }
    return epochMicros(Math.round(fine * 1000))
  }
}

/** The machine's clock. Its repeating timers do not keep the process alive. */
export function systemClock(): Clock {
  const after: Clock['after'] = (seconds, run) => {
    const timer = setTimeout(run, seconds * 1000)
    return () => clearTimeout(timer)
  }
  return {
    now: wallClock(),
    monotonic: () => performance.now() / 1000,
    after,
    every(seconds, run) {
      const timer = setInterval(run, seconds * 1000)
      timer.unref()
      return () => clearInterval(timer)
    },
    sleep: (seconds, signal) => sleepOn(after, seconds, signal),
  }
}

/** A clock that stands still until it is moved, and then runs what is due in order of time. */
export interface ManualClock extends Clock {
  advance(seconds: number): void
  /** Sets the wall clock without letting time pass, as a person or a time server does. */
  jump(seconds: number): void
}

/** A clock for tests and replays, standing at that instant until it is moved. */
export function manualClock(start: EpochMicros = epochMicros(1_700_000_000_000_000)): ManualClock {
  let elapsed = 0
  let offset: number = start
  let nextId = 0
  const due = new Map<number, { at: number; every: number | null; run: () => void }>()
  const add = (seconds: number, every: number | null, run: () => void): Stop => {
    const id = nextId++
    due.set(id, { at: elapsed + Math.max(0, seconds), every, run })
    return () => void due.delete(id)
  }
  const after: Clock['after'] = (seconds, run) => add(seconds, null, run)
  return {
    now: () => epochMicros(Math.round(offset + elapsed * MICROS_PER_SECOND)),
    monotonic: () => elapsed,
    after,
    every: (seconds, run) => add(seconds, seconds, run),
    sleep: (seconds, signal) => sleepOn(after, seconds, signal),
    advance(seconds) {
      const until = elapsed + seconds
      for (;;) {
        const next = [...due].filter(([, timer]) => timer.at <= until).sort((a, b) => a[1].at - b[1].at || a[0] - b[0])[0]
        if (!next) break
        const [id, timer] = next
        elapsed = Math.max(elapsed, timer.at)
        if (timer.every === null) due.delete(id)
        else timer.at += Math.max(timer.every, 1e-6)
        timer.run()
      }
      elapsed = until
    },
    jump(seconds) {
      offset += seconds * MICROS_PER_SECOND
    },
  }
}
