import { createHash } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { SectorLimit } from '../../../core/color/sector-limits.ts'
import { dateOfDay, dayIn, dayOfDate, fromLocal } from '../../../core/kit/calendar.ts'
import { createRandom, mixSeed } from '../../../core/kit/random.ts'
import { isoDate } from '../../../core/kit/time.ts'
import { addTradingDays, CALENDARS } from '../../../core/market/sessions.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { Journal } from '../../../platform/journal.ts'
import type { Log } from '../../../platform/log.ts'
import type { WorkerPool } from '../../../platform/worker-pool.ts'
import type { Jobs } from '../../../workers/jobs.ts'
import type { JobsService } from '../../system/jobs-service.ts'
import type { PastRun, RunsService } from '../runs/runs-service.ts'

/** Months of invented colors for a workspace that has none, made when the desk is first looked at. */
export interface DemoHistory {
  /** Resolves once they are there; at once where none are wanted. Never fails: a desk without them is empty and says so. */
  ensure(): Promise<void>
  state(): 'none' | 'making' | 'there'
  /** A day's quotes as a file that can be sent in, about the tranches of the history, with faults to find. */
  file(): Promise<{ readonly name: string; readonly bytes: Uint8Array }>
  /** Whether a file with that hash is such a one. */
  isInvented(sha256: string): boolean
}

export interface DemoHistoryOptions {
  readonly runs: Pick<RunsService, 'list' | 'publishPast' | 'changed'>
  readonly journal: Pick<Journal, 'append' | 'read'>
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
  readonly jobs: Pick<JobsService, 'start'>
  readonly pool: Pick<WorkerPool<Jobs>, 'run'>
  readonly seed: number
  readonly limits: () => readonly SectorLimit[]
  /** Whether the demo source is on: nothing is invented where it is off. */
  readonly isOn: () => boolean
}

/** Says that a file was handed out, by its hash: whatever becomes of it stays marked. */
const INVENTED = 'color.demo.file'
/** Business days: three months. */
const DAYS = 65
/** Threads that make a part each. */
const PARTS = 2
const ZONE = 'America/New_York'
/** The desk runs after the close of New York; a day in so many was cleaned by hand. */
const HOUR = 17
const BY_HAND = 9

export function createDemoHistory(options: DemoHistoryOptions): DemoHistory {
  const { runs, clock, log, pool, seed } = options
  const invented = new Set(options.journal.read({ kinds: [INVENTED] }).map(({ subject }) => subject))
  let making: Promise<void> | null = null
  const today = () => dayIn(clock.now(), ZONE)
  const until = () => dateOfDay(addTradingDays(today(), -1, CALENDARS.nyse))

  const make = async (): Promise<void> => {
    const began = clock.now()
    const last = until()
    const limits = options.limits()
    await mkdir(join(options.folder, 'cache'), { recursive: true })
    const parts = Array.from({ length: PARTS }, (_, k) => ({
      ...{ from: Math.floor((k * DAYS) / PARTS), to: Math.floor(((k + 1) * DAYS) / PARTS) },
      file: join(options.folder, 'cache', `color-demo-${k}.csv`),
    }))
    const { done } = options.jobs.start({
      kind: 'color.demo',
      subject: `${DAYS} days`,
      run: async ({ signal, progress }) => {
        const done = parts.map(() => 0)
        const made = await Promise.all(
          parts.map((part, k) => {
            const onProgress = (fraction: number) => {
              done[k] = fraction
              progress((0.8 * done.reduce((sum, one) => sum + one, 0)) / PARTS)
            }
            return pool.run('color.demoHistory', { seed, until: last, days: DAYS, limits, ...part }, { signal, onProgress })
          }),
        )
        await runs.publishPast(
          made.flat().map(pastRun),
          parts.map(({ file }) => file),
        )
      },
    })
    try {
      await done
      log.info('color.demo-made', { days: DAYS, seconds: (clock.now() - began) / 1e6 })
    } catch (fault) {
      log.warn('color.demo-failed', { reason: fault instanceof Error ? fault.message : String(fault) })
    } finally {
      for (const { file } of parts) await rm(file, { force: true })
    }
  }
  const pastRun = (
    made: { run: string; day: string; received: number; repeats: number; rows: number; parents: number },
    k: number,
  ): PastRun => {
    const random = createRandom(mixSeed(mixSeed(seed, 7), dayOfDate(isoDate(made.day))))
    const isByHand = k % BY_HAND === BY_HAND - 1
    const [minute, second] = [Math.floor(20 * random.uniform()), Math.floor(60 * random.uniform())]
    const [year, month, day] = made.day.split('-').map(Number) as [number, number, number]
    return {
      ...{ id: made.run, kind: isByHand ? 'manual' : 'automated', user: 'demo', direction: 'highest', isDemo: true },
      ...{ received: made.received, quarantined: 0, repeats: made.repeats, excluded: 0, rules: [], ignoredRules: false },
      ...{ uploads: [], session: null, job: isByHand ? null : { id: 'demo', name: 'Demo' }, replaceToday: false },
      ...{ rows: made.rows, parents: made.parents, seconds: 0.5 + random.exponential() },
      at: fromLocal({ year, month, day, hour: HOUR, minute, second, micros: 0 }, ZONE, 'later'),
    }
  }
  return {
    ensure() {
      if (runs.list().length > 0 || !options.isOn()) return Promise.resolve()
      if (!making) {
        making = make().finally(() => {
          making = null
          runs.changed()
        })
        runs.changed()
      }
      return making
    },
    state: () => (making ? 'making' : runs.list().some(({ isDemo }) => isDemo) ? 'there' : 'none'),
    isInvented: sha256 => invented.has(sha256),
    async file() {
      const day = dateOfDay(addTradingDays(today() + 1, -1, CALENDARS.nyse))
      const text = await pool.run('color.demoFile', { seed, day, historyDays: DAYS })
      const [name, bytes] = [`invented-quotes-${day}.csv`, new TextEncoder().encode(text)]
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      if (!invented.has(sha256)) options.journal.append({ kind: INVENTED, subject: sha256, user: 'system', body: { name } })
      invented.add(sha256)
      return { name, bytes }
    },
  }
}
