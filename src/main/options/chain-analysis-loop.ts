import type { Clock, Stop } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'

/** From the start of one pass to that of the next, at least. */
const BETWEEN_PASSES_SECONDS = 0.2
/** A pass may take three quarters of the time at most, so that a large chain leaves the thread to others. */
const SHARE_OF_TIME = 0.75
/** But it is never made to wait longer than this for the next: the machine may have slept through one. */
const LONGEST_REST_SECONDS = 5
/** After a pass that failed the next waits longer, doubled each time, up to this. */
const LONGEST_PAUSE_SECONDS = 30

/** When the chains are analysed: as soon as quotes have changed, but never two passes of one chain at once. */
export interface AnalysisLoop {
  /** The chain has changed: a pass follows at once, or when the pause since the last one is over. */
  touch(key: string): void
  /** Nobody follows the chain any more: a pass under way ends, none follows. */
  forget(key: string): void
  /** Passes that failed since the start: each was lost alone. */
  lost(): number
  close(): void
}

interface Turn {
  isRunning: boolean
  isWanted: boolean
  startedAt: number
  tookSeconds: number
  failures: number
  timer: Stop | null
}

/**
 * Runs `pass` for chains that were touched.
 *
 * Quotes that come during a pass are in the next one, so a quote waits at most for one pause and two passes. A pass that
 * fails, because its thread died or its chain is one that nobody foresaw, is lost alone: the chain stays touched and is tried
 * again, more and more seldom.
 */
export function createAnalysisLoop({
  clock,
  log,
  pass,
}: {
  readonly clock: Clock
  readonly log: Log
  readonly pass: (key: string) => Promise<void>
}): AnalysisLoop {
  const turns = new Map<string, Turn>()
  let lost = 0

  const pauseOf = ({ failures, tookSeconds }: Turn): number => {
    const usual = Math.min(LONGEST_REST_SECONDS, Math.max(BETWEEN_PASSES_SECONDS, tookSeconds / SHARE_OF_TIME))
    return failures === 0 ? usual : Math.min(LONGEST_PAUSE_SECONDS, Math.max(usual, BETWEEN_PASSES_SECONDS * 2 ** failures))
  }
  const run = async (key: string, turn: Turn): Promise<void> => {
    turn.isRunning = true
    turn.isWanted = false
    turn.startedAt = clock.monotonic()
    try {
      await pass(key)
      turn.failures = 0
    } catch (fault) {
      lost++
      turn.failures++
      turn.isWanted = true
      log.warn('chain.pass-lost', { underlying: key, failures: turn.failures, fault })
    }
    turn.tookSeconds = clock.monotonic() - turn.startedAt
    turn.isRunning = false
    if (turns.get(key) === turn && turn.isWanted) begin(key, turn)
  }
  const begin = (key: string, turn: Turn): void => {
    if (turn.isRunning || turn.timer) return
    const wait = turn.startedAt + pauseOf(turn) - clock.monotonic()
    if (wait <= 0) return void run(key, turn)
    turn.timer = clock.after(wait, () => {
      turn.timer = null
      if (turns.get(key) === turn) void run(key, turn)
    })
  }

  return {
    touch(key) {
      let turn = turns.get(key)
      if (!turn) {
        turn = {
          ...{ isRunning: false, isWanted: false, startedAt: Number.NEGATIVE_INFINITY },
          ...{ tookSeconds: 0, failures: 0, timer: null },
        }
        turns.set(key, turn)
      }
      turn.isWanted = true
      begin(key, turn)
    },
    forget(key) {
      turns.get(key)?.timer?.()
      turns.delete(key)
    },
    lost: () => lost,
    close() {
      for (const key of [...turns.keys()]) this.forget(key)
    },
  }
}
