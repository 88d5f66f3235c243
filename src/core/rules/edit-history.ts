/** States that can be gone back to, without limit; a state is shared, so a step costs what differs. */
export interface EditHistory<T> {
  readonly past: readonly T[]
  readonly present: T
  readonly future: readonly T[]
  /** What the newest step was about; another step about the same is one with it. */
  readonly about: string | null
}

/** A history that begins with a state, without a step. */
export function historyOf<T>(present: T): EditHistory<T> {
  return { past: [], present, future: [], about: null }
}

/**
 * The history with a new state. Steps about the same thing in a row, as the letters of a word, are one; null is never the same.
 */
export function stepped<T>(history: EditHistory<T>, present: T, about: string | null = null): EditHistory<T> {
  if (present === history.present) return history
  const isSame = about !== null && about === history.about && history.past.length > 0
  const past = isSame ? history.past : [...history.past, history.present]
  return { past, present, future: [], about }
}

/** One step back; the same history where there is none. */
export function undone<T>(history: EditHistory<T>): EditHistory<T> {
  const { past, present, future } = history
  if (past.length === 0) return history
  return { past: past.slice(0, -1), present: past.at(-1)!, future: [present, ...future], about: null }
}

/** One step forth again; the same history where there is none. */
export function redone<T>(history: EditHistory<T>): EditHistory<T> {
  const { past, present, future } = history
  if (future.length === 0) return history
  return { past: [...past, present], present: future[0]!, future: future.slice(1), about: null }
}
