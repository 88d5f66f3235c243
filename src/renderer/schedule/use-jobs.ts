import { useCallback, useEffect, useState } from 'react'
import type { JobDraft, JobList, JobRun, JobView } from '../../contract/schedule.ts'
import { type StreamState, useDesk, useStream } from '../desk.tsx'
import { notifyFault } from '../ui/notice-fault.ts'
import { notify } from '../ui/notice-store.ts'
import { useText } from '../ui/text.ts'

/** The jobs as the host has them, followed as they change. */
export function useJobs(): { readonly list: JobList | null; readonly stream: StreamState } {
  const [list, setList] = useState<JobList | null>(null)
  const stream = useStream('jobs-panel', (desk, signal) => desk.schedule.watch(undefined, { signal }), setList)
  return { list, stream }
}

/** History, newest first, read again whenever `mark` changes. */
export function useHistory(job: string | null, limit: number, mark: string): readonly JobRun[] | null {
  const desk = useDesk()
  const [runs, setRuns] = useState<readonly JobRun[] | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the mark says that something ran
  useEffect(() => {
    let isGone = false
    desk.schedule.history({ ...(job === null ? {} : { job }), limit }).then(found => {
      if (!isGone) setRuns(found.runs)
    }, notifyFault)
    return () => {
      isGone = true
    }
  }, [desk, job, limit, mark])
  return runs
}

/** What changes when something ran or was left out: for reading the history again. */
export function historyMark(jobs: readonly JobView[]): string {
  return jobs.map(job => `${job.id} ${job.last?.id} ${job.running?.run} ${job.skip?.at} ${job.next}`).join(';')
}

/** What a person can do to a job; faults are said at the side. */
export interface JobActions {
  enable(job: JobView, enabled: boolean): void
  run(job: JobView, skipNext: boolean): void
  cancel(job: JobView): void
  skip(job: JobView, skip: boolean): void
  remove(job: JobView): void
  /** Null where the host refused; what it said is at the side. */
  save(id: string | null, revision: number, draft: JobDraft): Promise<JobView | null>
}

export function useJobActions(): JobActions {
  const desk = useDesk()
  const { t } = useText()
  const quietly = useCallback((done: Promise<unknown>) => void done.catch(notifyFault), [])
  return {
    enable: (job, enabled) => quietly(desk.schedule.enable({ job: job.id, enabled })),
    run: (job, skipNext) => quietly(desk.schedule.run({ job: job.id, skipNext })),
    cancel: job => quietly(desk.schedule.cancel({ job: job.id })),
    skip: (job, skip) => quietly(desk.schedule.skip({ job: job.id, skip })),
    remove(job) {
      desk.schedule.remove({ job: job.id }).then(() => {
        const undo = () => quietly(desk.schedule.restore({ job: job.id }))
        const text = t('schedule.deleted', { name: job.name })
        notify({ tone: 'info', text, actions: [{ label: t('schedule.undo'), run: undo }], seconds: 15 })
      }, notifyFault)
    },
    async save(id, revision, draft) {
      try {
        return (await desk.schedule.save({ id, revision, job: draft })).job
      } catch (fault) {
        notifyFault(fault)
        return null
      }
    },
  }
}
