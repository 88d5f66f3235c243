import { nowMicros } from './now.ts'

type Run = () => void

const listeners = new Set<Run>()
let timer: ReturnType<typeof setTimeout> | undefined

/** The next full second of the wall clock, so that a clock of seconds changes when the second does. */
function schedule(): void {
  timer = setTimeout(
    () => {
      schedule()
      for (const run of [...listeners]) run()
    },
    1000 - ((nowMicros() / 1000) % 1000),
  )
}

/**
 * Calls once a second, everybody in one turn; gives the way to stop it.
 *
 * Clocks, ages and countdowns with a timer each made the page draw three or four frames a second with nothing ticking; so it is one.
 */
export function everySecond(run: Run): () => void {
  // A function of one's own, so that two listeners that are the same function both count.
  const own = () => run()
  listeners.add(own)
  if (timer === undefined) schedule()
  return () => {
    listeners.delete(own)
    if (listeners.size > 0) return
    clearTimeout(timer)
    timer = undefined
  }
}
