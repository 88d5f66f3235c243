import type { JobDraft, JobKindView, JobView } from '../../contract/schedule.ts'
import { kindName, ownZone } from './schedule-words.ts'

/** What a new job of a kind begins with; a plan by the clock is by the clock on this wall. */
export function newDraft({ kind, usual }: JobKindView): JobDraft {
  const schedule = usual.schedule.kind === 'cron' ? { ...usual.schedule, zone: ownZone() } : usual.schedule
  return { ...usual, schedule, name: kindName(kind), kind, params: {}, enabled: true }
}

export function draftOf(job: JobView): JobDraft {
  const { name, kind, params, schedule, enabled, catchUp, retries, timeoutSeconds } = job
  return { name, kind, params, schedule, enabled, catchUp, retries, timeoutSeconds }
}
