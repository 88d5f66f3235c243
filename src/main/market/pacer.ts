import type { Clock } from '../../platform/clock.ts'

/** Frames that may be on their way, drawn by nobody yet, before a stream stops sending and only goes on merging. */
export const WINDOW = 8
/**
 * The same once a reader acknowledges what it has drawn: the next frame leaves when the last one is on screen.
 *
 * A second one would wait in the socket of a page that draws slowly, where its values grow old; here they are merged and
 * stay new.
 */
const WINDOW_OF_DRAWER = 1
/** Frames a second at most. */
const FRAME_SECONDS = 1 / 30

/** Says when a stream may send its next frame: at most 30 a second, and never more than the window unacknowledged. */
export interface Pacer {
  readonly stream: string
  /** Number of the frame that is sent now. */
  next(): number
  /** Resolves true when the next frame may go, false when the stream is over. */
  turn(signal: AbortSignal): Promise<boolean>
  close(): void
}

/** All open streams of the host: one timer wakes them, and acknowledgements find them by name. */
export interface Pacing {
  open(): Pacer
  /** False when no stream of that name is open (it has just ended). */
  acknowledge(stream: string, seq: number): boolean
  readonly streams: number
  /** Frames sent and not yet acknowledged, over all streams. */
  unacknowledged(): number
  close(): void
}

interface Waiting {
  sent: number
  acknowledged: number
  sentAt: number
  wake: ((goOn: boolean) => void) | null
}

export function createPacing({ clock }: { clock: Clock }): Pacing {
  const open = new Map<string, Waiting>()
  let count = 0
  let stop: (() => void) | null = null

  // One timer for all streams, running only while there is one: an idle host sleeps.
  const tick = () => {
    for (const stream of open.values()) go(stream)
  }
  const go = (stream: Waiting) => {
    if (stream.sent - stream.acknowledged < (stream.acknowledged > 0 ? WINDOW_OF_DRAWER : WINDOW)) stream.wake?.(true)
  }
  const end = (name: string) => {
    const stream = open.get(name)
    open.delete(name)
    stream?.wake?.(false)
    if (open.size === 0) {
      stop?.()
      stop = null
    }
  }

  return {
    open() {
      const name = `s${++count}`
      const state: Waiting = { sent: 0, acknowledged: 0, sentAt: Number.NEGATIVE_INFINITY, wake: null }
      open.set(name, state)
      stop ??= clock.every(FRAME_SECONDS, tick)
      return {
        stream: name,
        next() {
          state.sentAt = clock.monotonic()
          return ++state.sent
        },
        turn(signal) {
          if (signal.aborted || !open.has(name)) return Promise.resolve(false)
          return new Promise(resolve => {
            const abort = () => state.wake?.(false)
            state.wake = goOn => {
              state.wake = null
              signal.removeEventListener('abort', abort)
              resolve(goOn && !signal.aborted)
            }
            signal.addEventListener('abort', abort, { once: true })
          })
        },
        close: () => end(name),
      }
    },
    acknowledge(name, seq) {
      const stream = open.get(name)
      if (!stream) return false
      stream.acknowledged = Math.min(stream.sent, Math.max(stream.acknowledged, seq))
      // One that was held back goes at once: waiting for the next tick would add to the age of what it has.
      if (clock.monotonic() - stream.sentAt >= FRAME_SECONDS) go(stream)
      return true
    },
    get streams() {
      return open.size
    },
    unacknowledged() {
      let total = 0
      for (const stream of open.values()) total += stream.sent - stream.acknowledged
      return total
    },
    close() {
      for (const name of [...open.keys()]) end(name)
    },
  }
}
