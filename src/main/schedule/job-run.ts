import { ORPCError } from '@orpc/server'
import { ERRORS, type ErrorCode } from '../../contract/errors.ts'
import { failureReason, type JobRun } from '../../contract/schedule.ts'
import type { EpochMicros } from '../../core/kit/time.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log, LogLevel } from '../../platform/log.ts'
import { redactFields, redactText } from '../../platform/redact.ts'
import type { JobHandle } from '../system/jobs-service.ts'
import type { JobKind, RunFacts, RunHandle } from './job-kind.ts'

/** Lines kept of one run; the host's log has all. */
const KEPT_LINES = 200
/** A try that does not end after its signal is left behind after so long; until then no other run of the job begins. */
const STUBBORN_SECONDS = 60

export type Ending = Pick<JobRun, 'outcome' | 'attempts' | 'reason' | 'facts' | 'log'>

/** The try took longer than it may. */
class TooLong extends Error {
  override readonly name = 'TooLong'
}

export interface RunRequest {
  readonly kind: JobKind
  readonly params: Readonly<Record<string, string | number>>
  readonly due: EpochMicros | null
  /** What it is a run of, and who asked for it. */
  readonly about: Pick<RunHandle, 'job' | 'run' | 'trigger' | 'user' | 'skips'>
  readonly retries: { readonly times: number; readonly seconds: number }
  readonly timeoutSeconds: number
  readonly clock: Clock
  readonly log: Log
}

/** One run: a try, further tries with doubled pauses, and how it ended. Never rejects. */
export async function performRun(request: RunRequest, job: JobHandle): Promise<Ending> {
  const { retries, clock } = request
  const lines: JobRun['log'] = []
  const log = keepingLog(request.log, clock, lines)
  let reason: string | null = null
  let outcome: Ending['outcome'] = 'failed'
  for (let attempt = 1; attempt <= retries.times + 1; attempt += 1) {
    try {
      const facts = await oneTry(request, job, log)
      return { outcome: 'done', attempts: attempt, reason: null, facts: { ...facts }, log: lines }
    } catch (fault) {
      reason = reasonWords(fault)
      if (job.signal.aborted) return { outcome: 'cancelled', attempts: attempt, reason: null, facts: {}, log: lines }
      outcome = fault instanceof TooLong ? 'timed-out' : 'failed'
      log.warn('schedule.try-failed', { attempt, reason })
      if (attempt > retries.times) return { outcome, attempts: attempt, reason, facts: {}, log: lines }
    }
    try {
      await clock.sleep(retries.seconds * 2 ** (attempt - 1), job.signal)
    } catch {
      return { outcome: 'cancelled', attempts: attempt, reason: null, facts: {}, log: lines }
    }
  }
  return { outcome, attempts: retries.times + 1, reason, facts: {}, log: lines }
}

async function oneTry(
  { kind, params, due, about, timeoutSeconds, clock }: RunRequest,
  job: JobHandle,
  log: Log,
): Promise<RunFacts> {
  const limit = new AbortController()
  const tooLong = new TooLong(`it took longer than ${timeoutSeconds} s`)
  const signal = AbortSignal.any([job.signal, limit.signal])
  const handle: RunHandle = { signal, progress: job.progress, log, due, ...about }
  const stops = [clock.after(timeoutSeconds, () => limit.abort(tooLong))]
  const stubborn = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => stops.push(clock.after(STUBBORN_SECONDS, () => reject(signal.reason))), { once: true })
  })
  try {
    // Not only awaited: a kind that throws at once must not escape the limits.
    return await Promise.race([Promise.resolve().then(() => kind.run(handle, params as never)), stubborn])
  } catch (fault) {
    throw limit.signal.aborted && !job.signal.aborted ? tooLong : fault
  } finally {
    for (const stop of stops) stop()
  }
}

/** A failure of the catalogue as `error.CODE {data}`, so that each reader has it in their language; else the message. */
export function reasonWords(fault: unknown): string {
  if (fault instanceof ORPCError && Object.hasOwn(ERRORS, fault.code)) return failureReason(fault.code as ErrorCode, fault.data)
  return redactText(fault instanceof Error ? fault.message : String(fault))
}

/** Goes to the host's log, and the first lines are kept with the run. */
export function keepingLog(outer: Log, clock: Clock, lines: JobRun['log']): Log {
  const at =
    (level: LogLevel) =>
    (event: string, fields: Readonly<Record<string, unknown>> = {}) => {
      outer[level](event, fields)
      if (lines.length < KEPT_LINES) lines.push({ at: clock.now(), level, event, fields: redactFields(fields) })
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
