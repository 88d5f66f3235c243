import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { PxDirection } from '../../../core/color/order.ts'
import type { Clock } from '../../../platform/clock.ts'
import { conflate } from '../../../platform/conflate.ts'
import { type FileChunk, fileChunks } from '../../../platform/file-chunks.ts'
import type { Log } from '../../../platform/log.ts'
import { fail } from '../../fail.ts'
import type { ScheduleService } from '../../schedule/schedule-service.ts'
import type { JobsService } from '../../system/jobs-service.ts'
import type { User } from '../../user.ts'
import type { DemoHistory } from '../demo/demo-history.ts'
import { entitledTo } from '../entitled.ts'
import { type ColorWriterParts, writeColorFile } from '../files/write-color-file.ts'
import type { RunFlow } from './run-flow.ts'
import { COLOR_RUN, runIdOf } from './run-job.ts'
import type { RunsService } from './runs-service.ts'

type Demo = ReturnType<DemoHistory['state']>

/** What a person asked for with a run of their own. */
export interface RunNow {
  readonly job: string | null
  readonly skipNext: boolean
  readonly ignoreRules: boolean
  readonly replaceToday: boolean
  readonly direction: PxDirection
}

/** What the page of runs asks beyond the runs themselves. */
export interface RunsDesk {
  /** Of a job by the scheduler, so that its history has it; else as work of its own. Fails: RUN_NOTHING, JOB_UNKNOWN, JOB_BUSY. */
  start(asked: RunNow, user: User, schedule: Pick<ScheduleService, 'list' | 'run'>): { run: string }
  /** Fails: RUN_UNKNOWN. */
  export(
    id: string,
    format: 'xlsx' | 'csv' | 'parquet',
    user: User,
    signal?: AbortSignal,
  ): AsyncGenerator<FileChunk, void, undefined>
  watch(signal?: AbortSignal): AsyncGenerator<{ change: number; demo: Demo }, void, undefined>
}

export interface RunsDeskParts {
  readonly runs: RunsService
  readonly flow: RunFlow
  readonly demo: Pick<DemoHistory, 'state'>
  readonly jobs: Pick<JobsService, 'start'>
  readonly clock: Clock
  readonly log: Log
  /** The workspace folder. */
  readonly folder: string
  readonly writer: ColorWriterParts
}

const TOLD_PER_SECOND = 4

export function createRunsDesk({ runs, flow, demo, jobs, clock, log, folder, writer }: RunsDeskParts): RunsDesk {
  const scratch = join(folder, 'cache', 'color-export')
  rmSync(scratch, { recursive: true, force: true })
  return {
    start({ job, skipNext, ignoreRules, replaceToday, direction }, user, schedule) {
      if (job !== null) {
        const found = schedule.list().jobs.find(one => one.id === job && one.kind === COLOR_RUN) ?? fail('JOB_UNKNOWN', { job })
        if (found.params.sources === 'waiting') flow.expectSomething()
        // What is not chosen here stays as the job has it.
        const params = { ...(ignoreRules ? { rules: 'ignore' } : {}), ...(replaceToday ? { today: 'replace' } : {}) }
        const { run } = schedule.run(job, { skipNext, params }, user.name)
        return { run: runIdOf(job, null, run) }
      }
      flow.expectSomething()
      const id = `run-${randomUUID()}`
      const asked = { ignoredRules: ignoreRules, replaceToday, skippedNext: false, direction, fetches: true } as const
      const request = { id, user: user.name, job: null, trigger: 'person', ...asked } as const
      const { done } = jobs.start({ kind: COLOR_RUN, subject: user.name, run: handle => flow.run(request, { ...handle, log }) })
      // How it ended is in the history of runs and in the list of jobs.
      done.catch(() => undefined)
      return { run: id }
    },
    async *export(id, format, user, signal) {
      const run = runs.find(id) ?? fail('RUN_UNKNOWN', { run: id })
      const isEntitled = entitledTo(user)
      const rows = (await runs.rows(id)).filter(({ row }) => isEntitled(row.assetClass))
      mkdirSync(scratch, { recursive: true })
      const file = join(scratch, `${randomUUID()}.${format}`)
      const processingType = run.kind === 'automated' ? 'AUTOMATED' : 'MANUAL'
      const stamp = { runId: String(run.number), processedAt: new Date(run.at / 1000).toISOString(), processingType } as const
      try {
        await writeColorFile(writer, { file, format, rows, stamp, signal })
        yield* fileChunks(file, rows.length, signal)
      } finally {
        rmSync(file, { force: true })
      }
    },
    async *watch(signal = new AbortController().signal) {
      const { messages } = conflate<{ readonly key: string }>({
        subscribe: push => runs.onAnyChange(() => push({ key: 'runs' })),
        snapshot: () => [],
        keyOf: ({ key }) => key,
        everyMs: 1000 / TOLD_PER_SECOND,
        window: Number.POSITIVE_INFINITY,
        ...{ signal, clock },
      })
      for await (const _ of messages) yield { change: runs.change(), demo: demo.state() }
    },
  }
}
