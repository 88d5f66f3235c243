import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { DataStore } from '../platform/data-store.ts'
import type { Journal } from '../platform/journal.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { WorkerPool } from '../platform/worker-pool.ts'
import type { Jobs } from '../workers/jobs.ts'
import type { Ground } from './assemble.ts'
import type { Services } from './context.ts'
import type { TicksArchive } from './market/ticks-archive.ts'
import { examine } from './system/doctor.ts'
import { backupsCheck, chainsCheck, schedulerCheck, secretsCheck, updatesCheck } from './system/doctor-services.ts'
import { createRecovery } from './system/recovery.ts'
import { createStatusService } from './system/status-service.ts'
import { createSystemService } from './system/system-service.ts'

/** Rows that a crash may cost at most: the beat of the write-behind. */
const LOSS_WINDOW_SECONDS = 0.25

/** Runs of the history in which the doctor looks for missed ones. */
const RUNS_LOOKED_AT = 200

/** Long work that a sudden end would cut off, as a person knows it. */
export function underWay(jobs: Services['jobs']): string[] {
  return jobs
    .list()
    .filter(({ ended }) => ended === null)
    .map(({ kind, subject }) => `${kind} ${subject}`)
}

/** Values that may stand nowhere: those that can be read now. A place that is closed has none that this run has seen. */
async function knownValues(secrets: Services['secrets']): Promise<string[]> {
  const { names } = await secrets.state()
  const values = await Promise.all(names.map(({ name }) => secrets.get(name).catch(() => null)))
  return values.flatMap(value => (value ? [value.reveal()] : []))
}

/** Whether any value on screen can be of the demo market. */
function isDemoShown({ sources }: Ground, service: Services['sources']): () => boolean {
  const demo = new Set(sources.filter(source => source.gives === 'demo').map(source => source.name))
  return () => service.list().some(({ name, enabled }) => enabled && demo.has(name))
}

/** What the host says of itself is asked of everything else. */
export interface SystemParts {
  readonly ground: Ground
  readonly metrics: Metrics
  readonly journal: Journal
  readonly store: DataStore
  readonly pool: WorkerPool<Jobs>
  readonly archive: TicksArchive
  readonly services: Omit<Services, 'system'>
}

/** Status, checks, diagnostics and the report of the start, built when everything else stands. */
export function createSystem(parts: SystemParts): Services['system'] {
  const { ground, metrics, journal, store, pool, archive, services } = parts
  const { backup, jobs, schedule, secrets, series, sources, updates, workspace } = services
  const { folder, clock, log, closers, installation, version } = ground
  const isDemo = isDemoShown(ground, sources)
  const status = createStatusService({
    ...{ folder, clock, log, metrics, journal, store, pool, isDemo },
    lossWindowSeconds: LOSS_WINDOW_SECONDS,
    retention: archive.retention,
    seriesProblems: () => series.problems(),
  })
  closers.add('status', () => status.close())
  const pageIsBuilt = () =>
    access(join(installation.page, 'index.html')).then(
      () => true,
      () => false,
    )
  return createSystemService({
    ...{ version, folder, isDemo, status, log, journal, jobs },
    examine: () =>
      examine({
        folder,
        journal,
        store,
        pageIsBuilt,
        ticksProblems: archive.problems,
        chains: () => chainsCheck(services.options.chains.problems()),
        port: ground.port,
        seriesProblems: () => series.problems(),
        scheduled: () => schedulerCheck(schedule.list(), schedule.history({ limit: RUNS_LOOKED_AT }), clock.now()),
        // Asked again and not only remembered: the place may have been locked or swapped since.
        secrets: async () => secretsCheck(await secrets.again().then(() => secrets.state())),
        backups: async () => backupsCheck(await backup.list(), clock.now()),
        updates: () => updatesCheck(updates.state()),
      }),
    rebuildMarket: (signal, progress) => series.rebuild(signal, progress),
    recovery: createRecovery({
      before: ground.run.before,
      restored: ground.restored,
      lossWindowSeconds: LOSS_WINDOW_SECONDS,
      count: async () => [
        { what: 'journal', count: journal.head().seq },
        { what: 'workspaces', count: workspace.list().workspaces.length },
        { what: 'watchlists', count: workspace.watchlists().length },
        { what: 'series', count: (await series.list()).length },
      ],
    }),
    settings: () => workspace.settings(),
    sources: () => sources.list(),
    secrets: () => knownValues(secrets),
  })
}
