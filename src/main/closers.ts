import type { Clock } from '../platform/clock.ts'

export interface Closers {
  add(name: string, close: () => unknown): void
  /** Closes everything in reverse order of opening. */
  run(): Promise<void>
}

/**
 * What was opened, to be closed in reverse.
 *
 * All of it has `seconds` together. One that fails to close, or takes its time, is reported and does not keep the others open:
 * the lock of the workspace is given back whatever hangs.
 */
export function createClosers({
  clock,
  seconds,
  report,
}: {
  clock: Clock
  seconds: number
  report: (name: string, fault: unknown) => void
}): Closers {
  const closers: { name: string; close: () => unknown }[] = []
  const closeInTime = async (name: string, close: () => unknown, left: number): Promise<void> => {
    const done = new AbortController()
    const late = clock.sleep(Math.max(0.05, left), done.signal).then(
      () => report(name, `it was still open after ${left.toFixed(2)} s`),
      () => {},
    )
    const closed = Promise.resolve()
      .then(close)
      .catch(fault => report(name, fault))
    await Promise.race([closed, late])
    done.abort()
  }
  return {
    add: (name, close) => void closers.push({ name, close }),
    async run() {
      const until = clock.monotonic() + seconds
      for (const { name, close } of closers.splice(0).reverse()) {
        // No single one may use up what the others need.
        await closeInTime(name, close, Math.min(seconds / 2, until - clock.monotonic()))
      }
    },
  }
}
