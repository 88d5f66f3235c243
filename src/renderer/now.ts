import { type EpochMicros, fromMillis } from '../core/kit/time.ts'

/** The only place where the page reads the wall clock: for ages, countdowns and the clocks of the top bar. */
export function nowMicros(): EpochMicros {
  return fromMillis(Date.now())
}
