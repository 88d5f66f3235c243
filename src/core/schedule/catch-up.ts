import type { EpochMicros } from '../kit/time.ts'

/** What becomes of runs that nobody could do at their time: nothing, one run for all of them, or each in turn. */
export const CATCH_UP = ['none', 'once', 'each'] as const

/** What a job does about times at which nobody could run it. */
export interface CatchUp {
  readonly policy: (typeof CATCH_UP)[number]
  /** At most so many of the newest are done in turn; the older ones are listed as missed. */
  readonly limit: number
}

/** Why a due run was not done: nobody was there, a later run stands for it, or a person asked to leave it out. */
export const PASSED = ['missed', 'covered', 'skipped'] as const
export type Passed = (typeof PASSED)[number]

/** What due times come to: those that pass without a run, and the one run that is to begin now. */
export interface Settlement {
  /** Due times that are settled without a run, in ascending order; all before the run's. */
  readonly passed: readonly { readonly outcome: Passed; readonly dues: readonly EpochMicros[] }[]
  readonly run: { readonly due: EpochMicros; readonly isLate: boolean; readonly covers: number } | null
}

/**
 * What to do about due times that have come; `dues` ascend and none is after `now`.
 *
 * Settled times never come back: whoever asks next asks only about later ones, so nothing is done twice. With 'each' the oldest that is
 * kept is done first and the rest stays due.
 */
export function settle({
  dues,
  now,
  catchUp,
  skipAt,
  graceSeconds,
}: {
  readonly dues: readonly EpochMicros[]
  readonly now: EpochMicros
  readonly catchUp: CatchUp
  readonly skipAt: EpochMicros | null
  /** A run that starts within so many seconds of its time is on time. */
  readonly graceSeconds: number
}): Settlement {
  const wanted = dues.filter(due => due !== skipAt)
  const isLate = (due: EpochMicros) => now - due > graceSeconds * 1e6
  const chosen = chooseDue(wanted, catchUp, isLate)
  const before = chosen === null ? dues : dues.filter(due => due < chosen)
  const outcomeOf = (due: EpochMicros): Passed => {
    if (due === skipAt) return 'skipped'
    return catchUp.policy === 'once' && chosen !== null ? 'covered' : 'missed'
  }
  const passed = (['missed', 'covered', 'skipped'] as const)
    .map(outcome => ({ outcome, dues: before.filter(due => outcomeOf(due) === outcome) }))
    .filter(group => group.dues.length > 0)
  const covers = passed.find(group => group.outcome === 'covered')?.dues.length ?? 0
  return { passed, run: chosen === null ? null : { due: chosen, isLate: isLate(chosen), covers } }
}

function chooseDue(
  wanted: readonly EpochMicros[],
  { policy, limit }: CatchUp,
  isLate: (due: EpochMicros) => boolean,
): EpochMicros | null {
  const newest = wanted.at(-1)
  if (newest === undefined) return null
  if (policy === 'each') return wanted[Math.max(0, wanted.length - limit)]!
  return policy === 'once' || !isLate(newest) ? newest : null
}
