import type { Steps } from '../../../core/kit/steps.ts'
import type { Clock } from '../../../platform/clock.ts'

/** Longest that one slice keeps everybody else waiting, but for a step that is longer by itself. */
const SLICE_SECONDS = 0.008

/** Long work in slices: between two of them everything else of the host has its turn. */
export async function inSlices<T>(steps: Steps<T>, clock: Pick<Clock, 'monotonic'>): Promise<T> {
  let until = clock.monotonic() + SLICE_SECONDS
  for (;;) {
    const next = steps.next()
    if (next.done) return next.value
    if (clock.monotonic() < until) continue
    await new Promise(resolve => setImmediate(resolve))
    until = clock.monotonic() + SLICE_SECONDS
  }
}
