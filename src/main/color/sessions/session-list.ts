import type { SessionView } from '../../../contract/color-sessions.ts'
import type { ColorSession } from '../../../core/color/session.ts'
import { statisticsSteps } from '../../../core/color/session-view.ts'
import type { Steps } from '../../../core/kit/steps.ts'
import { type EpochMicros, MICROS_PER_DAY } from '../../../core/kit/time.ts'
import type { UploadsBuffer } from '../intake/uploads-buffer.ts'
import type { ColorRuns } from '../runs/color-runs.ts'
import type { SessionAfter, SessionHead } from './session-entries.ts'
import { runIdOf } from './session-publication.ts'

const ENDED_DAYS = 30
const STALE_DAYS = 1

interface ListParts {
  readonly uploads: Pick<UploadsBuffer, 'find'>
  readonly runs: Pick<ColorRuns, 'find'>
}

/** A session as it is shown, without its rows. */
export function sessionView(head: SessionHead, { uploads, runs }: ListParts, now: EpochMicros): SessionView {
  const { id, name, user, opened, changed, revision, after, ended, run, rules } = head
  const { statistics, ...rest } = after
  const isOpen = ended === null
  const byRule = statistics.byRule.map(([rule, rows]) => ({ rule, name: rules.get(rule)?.name ?? rule, rows }))
  const taken = [...new Set(after.imports.flatMap(entry => entry.uploads))].flatMap(upload => {
    const found = isOpen ? uploads.find(upload) : null
    if (found?.status !== 'published' || found.run === runIdOf(id)) return []
    const by = found.run === null ? null : runs.find(found.run)
    return [{ upload, name: found.name, by: by ? `${by.user}, #${by.number}` : '' }]
  })
  return {
    ...{ id, name, user, opened, changed, revision, ...rest, statistics: { ...statistics, byRule } },
    status: ended === 'discarded' ? 'discarded' : after.status,
    ...{ undo: isOpen ? after.undo : null, redo: isOpen ? after.redo : null },
    ...{ taken, stale: isOpen && now - changed > STALE_DAYS * MICROS_PER_DAY, run: run?.run ?? null },
  }
}

/** Whether a session stands in the list. */
export function isListed({ ended, changed }: SessionHead, alsoEnded: boolean, now: EpochMicros): boolean {
  return ended === null || (alsoEnded && now - changed <= ENDED_DAYS * MICROS_PER_DAY)
}

/** What is shown of a session, out of itself. */
export function* afterOf(session: ColorSession): Steps<SessionAfter> {
  const { status, direction, sort, imports, notes } = session.settings
  const { byRule, ...numbers } = yield* statisticsSteps(session)
  return {
    ...{ status, direction, sort },
    imports: imports.map(entry => ({ ...entry, uploads: [...entry.uploads] })),
    notes: notes.map(note => ({ ...note })),
    ...{ undo: session.done?.command ?? null, redo: session.undone?.command ?? null },
    statistics: { ...numbers, byRule: [...byRule] },
  }
}
