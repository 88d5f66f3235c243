import type { JobDraft } from '../../contract/schedule.ts'
import type { EpochMicros } from '../../core/kit/time.ts'
import type { JobParameterSpecs, JobValues } from '../../core/schedule/job-parameters.ts'
import type { Log } from '../../platform/log.ts'
import type { JobHandle } from '../system/jobs-service.ts'

/** What a run is given: when to stop, how to say how far it is, and a log of its own. */
export interface RunHandle extends JobHandle {
  /** Lines here are kept with the run and go to the host's log too. */
  readonly log: Log
  /** The planned time that it runs for; null where a person asked for it. */
  readonly due: EpochMicros | null
  /** The job that it is a run of; further tries of one run have its number. */
  readonly job: { readonly id: string; readonly name: string }
  readonly run: string
  readonly trigger: 'schedule' | 'catch-up' | 'person'
  /** Who asked for it. */
  readonly user: string
  /** The planned time that was left out for it. */
  readonly skips: EpochMicros | null
}

/** What a run did, in numbers and names; the page has words for them under `schedule.fact.NAME`. */
export type RunFacts = Readonly<Record<string, string | number>>

/** One kind of scheduled work: a row of the table that host assembly gives the scheduler. */
export interface JobKind<S extends JobParameterSpecs = JobParameterSpecs> {
  /** As `yahoo.refresh`; the page has its name under `schedule.kind.KIND`. */
  readonly kind: string
  readonly params: S
  /** What a new job of the kind begins with. */
  readonly usual: Omit<JobDraft, 'name' | 'kind' | 'params' | 'enabled'>
  /** Throws where it failed: the message is the reason that a person reads. It must end soon after the signal. */
  run(handle: RunHandle, params: JobValues<S>): Promise<RunFacts>
}

/** A kind of work, checked: `run` takes the parameters given here. */
export function defineJobKind<S extends JobParameterSpecs>(kind: JobKind<S>): JobKind {
  return kind as unknown as JobKind
}
