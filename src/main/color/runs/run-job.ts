import { PX_DIRECTIONS } from '../../../core/color/order.ts'
import { choice } from '../../../core/kit/define.ts'
import { defineJobKind, type JobKind } from '../../schedule/job-kind.ts'
import type { RunFlow } from './run-flow.ts'

/** Kind of scheduled work that runs the color desk. */
export const COLOR_RUN = 'color.run'

/**
 * Id of the run that a job makes: the same for one planned time however often it is tried, so that a host that is killed after
 * publishing and before noting it down does not publish again.
 */
export function runIdOf(job: string, due: number | null, run: string): string {
  return due === null ? `${job}-${run}` : `${job}-${due}`
}

/** The color desk by the clock. */
export function colorRunJob(flow: Pick<RunFlow, 'run'>): JobKind {
  return defineJobKind({
    kind: COLOR_RUN,
    params: {
      rules: choice(['apply', 'ignore'], 'apply'),
      today: choice(['keep', 'replace'], 'keep'),
      direction: choice(PX_DIRECTIONS, 'highest'),
      sources: choice(['all', 'waiting'], 'all'),
    },
    usual: {
      schedule: { kind: 'cron', line: '0 9 * * 1-5', zone: 'America/New_York', skipped: 'next', repeated: 'first' },
      // One run takes all that came in the meantime.
      catchUp: { policy: 'once', limit: 1 },
      retries: { times: 1, seconds: 60 },
      timeoutSeconds: 900,
    },
    run: (handle, { rules, today, direction, sources }) =>
      flow.run(
        {
          ...{ id: runIdOf(handle.job.id, handle.due, handle.run), user: handle.user, job: handle.job, trigger: handle.trigger },
          ...{ ignoredRules: rules === 'ignore', replaceToday: today === 'replace', skippedNext: handle.skips !== null },
          ...{ direction, fetches: sources === 'all' },
        },
        handle,
      ),
  })
}
