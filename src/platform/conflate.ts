import type { Clock } from './clock.ts'

/** What is to be merged, how often it goes out, and how far ahead of its reader it may run. */
export interface Conflate<T> {
  /** Starts to hear changes; returns how to stop. */
  readonly subscribe: (push: (value: T) => void) => () => void
  /** What stands now, for the first message. */
  readonly snapshot: () => readonly T[]
  readonly keyOf: (value: T) => string
  /** How two changes of one key become one; the newer one where absent. */
  readonly merge?: (older: T, newer: T) => T
  readonly everyMs: number
  /** Messages that may be under way without an acknowledgement. */
  readonly window: number
  readonly signal: AbortSignal
  readonly clock: Pick<Clock, 'sleep'>
}

/** One message; `seq` counts from 1 without a gap, and the first one is the snapshot. */
export interface ConflatedMessage<T> {
  readonly seq: number
  readonly kind: 'snapshot' | 'delta'
  readonly changed: readonly T[]
}

/** A stream of newest values; `acknowledge` is how the page says what it has drawn. */
export interface Conflated<T> {
  readonly messages: AsyncGenerator<ConflatedMessage<T>, void>
  acknowledge(seq: number): void
}

/**
 * Merges a burst of changes to one value per key and hands them out at most once per `everyMs`, a snapshot first.
 *
 * With `window` messages unacknowledged it stops handing out and goes on merging, so memory is bounded by the number of keys, and
 * the newest value is what a reader sees when it wakes.
 */
export function conflate<T>({ subscribe, snapshot, keyOf, merge, everyMs, window, signal, clock }: Conflate<T>): Conflated<T> {
  const waiting = new Map<string, T>()
  let acknowledged = 0
  let seq = 0
  let wake = () => {}
  async function* messages(): AsyncGenerator<ConflatedMessage<T>, void> {
    if (signal.aborted) return
    const onAbort = () => wake()
    signal.addEventListener('abort', onAbort)
    // Heard before the snapshot is taken, so that no change falls between the two.
    const stop = subscribe(value => {
      const key = keyOf(value)
      const older = waiting.get(key)
      waiting.set(key, merge && older !== undefined ? merge(older, value) : value)
      wake()
    })
    try {
      waiting.clear()
      yield { seq: ++seq, kind: 'snapshot', changed: snapshot() }
      while (!signal.aborted) {
        if (waiting.size === 0 || seq - acknowledged >= window) {
          await new Promise<void>(done => {
            wake = done
          })
          continue
        }
        const changed = [...waiting.values()]
        waiting.clear()
        yield { seq: ++seq, kind: 'delta', changed }
        await clock.sleep(everyMs / 1000, signal).catch(() => {})
      }
    } finally {
      stop()
      signal.removeEventListener('abort', onAbort)
    }
  }
  return {
    messages: messages(),
    acknowledge(upTo) {
      acknowledged = Math.max(acknowledged, Math.min(upTo, seq))
      wake()
    },
  }
}
