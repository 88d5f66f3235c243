import type { RunAttempt } from '../../../contract/color-runs.ts'
import type { JournalEntry } from '../../../platform/journal.ts'
import type { ColorRun } from './color-runs.ts'

/** Journal kinds of this part. A run begins with `started`; `published` alone makes its output stand, and uses its uploads up. */
export const RUN_KINDS = [
  'color.run.started',
  'color.run.published',
  'color.run.ended',
  'color.run.deleted',
  'color.run.restored',
] as const
export type RunKind = (typeof RUN_KINDS)[number]

/** A published run and the file that has its rows, which several runs may share. */
export interface StoredRun {
  readonly run: ColorRun
  readonly segment: string
}

export type PublishedBody = Omit<ColorRun, 'deleted'> & { readonly segment: string }
export interface DeletedBody {
  readonly replacedBy: string | null
}
/** What was asked for, as it stands in the journal before anything is done. */
export type StartedBody = Pick<RunAttempt, 'job' | 'trigger' | 'ignoredRules' | 'replaceToday' | 'skippedNext'>
export type EndedBody = Pick<NonNullable<RunAttempt['ended']>, 'outcome' | 'reason' | 'log'>

/** Runs and tries as the journal has them. */
export interface RunsState {
  /** In the order of publication. */
  readonly published: Map<string, StoredRun>
  readonly attempts: Map<string, RunAttempt>
  lastNumber: number
}

export function newRunsState(): RunsState {
  return { published: new Map(), attempts: new Map(), lastNumber: 0 }
}

export function foldRun(state: RunsState, entry: JournalEntry): void {
  const { subject: id, at, user } = entry
  const stored = state.published.get(id)
  const attempt = state.attempts.get(id)
  const setDeleted = (deleted: ColorRun['deleted']) => {
    if (stored) state.published.set(id, { ...stored, run: { ...stored.run, deleted } })
  }
  switch (entry.kind as RunKind) {
    case 'color.run.started':
      state.attempts.set(id, { id, at, user, ...(entry.body as StartedBody), ended: null })
      break
    case 'color.run.published': {
      const { segment, ...run } = entry.body as PublishedBody
      state.published.set(id, { run: { ...run, deleted: null }, segment })
      state.lastNumber = Math.max(state.lastNumber, run.number)
      break
    }
    case 'color.run.ended':
      if (attempt) state.attempts.set(id, { ...attempt, ended: { at, ...(entry.body as EndedBody) } })
      break
    case 'color.run.deleted':
      setDeleted({ at, user, ...(entry.body as DeletedBody) })
      break
    case 'color.run.restored':
      setDeleted(null)
      break
  }
}
