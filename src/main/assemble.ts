import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createBus } from '../platform/bus.ts'
import type { Clock } from '../platform/clock.ts'
import type { Config } from '../platform/config.ts'
import { type DataStore, type Migration, openDataStore } from '../platform/data-store.ts'
import { type Journal, openJournal } from '../platform/journal.ts'
import type { LogBook } from '../platform/log.ts'
import { createMetrics, type Metrics } from '../platform/metrics.ts'
import { readMigrations } from '../platform/migrations.ts'
import type { SecretStore } from '../platform/secrets.ts'
import { openKeychain } from '../platform/secrets-keychain.ts'
import { WorkerPool } from '../platform/worker-pool.ts'
import type { Jobs } from '../workers/jobs.ts'
import { createSystem, underWay } from './assemble-system.ts'
import { BACKUP_PASSPHRASE, backupJob } from './backup/backup-job.ts'
import { createBackupService } from './backup/backup-service.ts'
import type { RestoredFrom } from './backup/restore.ts'
import type { Closers } from './closers.ts'
import { type ColorParts, createColorParts } from './color/color-parts.ts'
import { SMTP_PASSWORD } from './color/outputs/output-secrets.ts'
import type { Services } from './context.ts'
import type { DesktopParts } from './desktop-parts.ts'
import type { Installation } from './entries.ts'
import { createImportsService } from './imports/imports-service.ts'
import { createLabService } from './lab/lab-service.ts'
import { createFeed, isOpen } from './market/feed.ts'
import { storeFirstSeries } from './market/first-series.ts'
import { createInstrumentsStore } from './market/instruments-store.ts'
import { createMarketService } from './market/market-service.ts'
import { createSeriesService } from './market/series-service.ts'
import { createTicksArchive } from './market/ticks-archive.ts'
import { createTicksStore } from './market/ticks-store.ts'
import { createOptionsParts, type OptionsParts } from './options/options-parts.ts'
import { createScheduleService, type ScheduleService } from './schedule/schedule-service.ts'
import { yahooRefresh } from './schedule/yahoo-refresh.ts'
import { createSecretsService } from './secrets/secrets-service.ts'
import type { Source } from './sources/source.ts'
import { createSourcesService } from './sources/sources-service.ts'
import { createJobs } from './system/jobs-service.ts'
import type { RunMark } from './system/last-run.ts'
import type { HostBus, Topics } from './topics.ts'
import { openUpdates } from './updates/open-updates.ts'
import { createWorkspaceService } from './workspace/workspace-service.ts'

/** What everything is built on. */
export interface Ground {
  readonly folder: string
  readonly installation: Installation
  readonly clock: Clock
  readonly config: Config
  readonly log: LogBook
  readonly closers: Closers
  readonly run: RunMark
  /** The backup that this start took the place of the workspace with. */
  readonly restored: RestoredFrom | null
  readonly sources: readonly Source[]
  readonly version: string
  /** False where a command opened the workspace for itself: then nothing runs by the clock. */
  readonly runsJobs: boolean
  readonly desktop: DesktopParts
  /** Another keychain than the system's, in tests. */
  readonly keychain?: SecretStore | undefined
  /** Port of the doors on 127.0.0.1; null while nothing listens. */
  readonly port: () => number | null
}

export interface Assembled {
  readonly services: Services
  readonly journal: Journal
  readonly metrics: Metrics
}

async function openStore(ground: Ground): Promise<DataStore> {
  const store = await openFile(ground, join(ground.folder, 'market.duckdb'), readMigrations(ground.installation.schema))
  ground.closers.add('store', () => store.close())
  return store
}

/** A database file in a process of its own; whoever opens it closes it. */
function openFile({ installation, clock, config, log, desktop }: Ground, file: string, migrations: readonly Migration[]) {
  return openDataStore({
    ...{ file, entry: installation.dataProcess, log, clock, migrations },
    ...(desktop.spawnData ? { spawn: desktop.spawnData } : {}),
    memory: `${config.get('storeMemoryMb')}MB`,
    untrustedSeconds: config.get('querySeconds'),
  })
}

function countRecords(bus: HostBus, metrics: Metrics): void {
  const of = (kind: string) => metrics.counter('feed_messages_total', 'Records that passed the checks', { kind })
  const [quotes, trades] = [of('quote'), of('trade')]
  bus.on('quotes', batch => quotes.add(batch.length))
  bus.on('trades', batch => trades.add(batch.length))
}

/** Builds the services in order of dependence; each is closed in reverse. */
export async function assemble(ground: Ground): Promise<Assembled> {
  const { folder, clock, config, log, closers } = ground
  const metrics = createMetrics()
  const bus = createBus<Topics>({ onFault: (topic, fault) => log.error('bus.listener-failed', { topic, fault }) })
  countRecords(bus, metrics)
  bus.on('notices', notice => ground.desktop.notify(notice))
  await rm(join(folder, 'uploads'), { recursive: true, force: true })
  const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  closers.add('journal', () => journal.close())
  const store = await openStore(ground)
  const pool = new WorkerPool<Jobs>(ground.installation.worker, config.get('threads'))
  closers.add('pool', () => pool.close())
  const ticks = createTicksStore({ store, clock, log })
  closers.add('ticks', () => ticks.close())
  const archive = createTicksArchive({
    store,
    journal,
    folder,
    clock,
    log,
    flush: () => ticks.flush(),
    keepDays: config.get('ticksKeepDays'),
  })
  closers.add('ticks-archive', () => archive.close())
  let options: OptionsParts | null = null
  let colors: ColorParts | null = null
  const others = {
    before: () => archive.archive().then(() => options?.snapshots.archive()),
    after: async (signal: AbortSignal) =>
      (await archive.refill(signal)) + ((await options?.snapshots.refill(signal)) ?? 0) + ((await colors?.refill(signal)) ?? 0),
  }
  const series = await createSeriesService({ store, journal, folder, clock, log, bus, others })
  closers.add('series', () => series.close())
  metrics.queue('ticks', () => ({ length: ticks.pending(), limit: ticks.limit, dropped: ticks.dropped() }))
  const feed = createFeed({ bus, clock, log, metrics, writers: ticks.writers })
  closers.add('feed', () => feed.close())
  const instruments = createInstrumentsStore({ book: feed.book, store, bus, clock, log })
  closers.add('instruments', () => instruments.close())
  const secrets = createSecretsService({
    ...{ folder, journal, clock, log, bus },
    keychain: ground.keychain ?? openKeychain({ clock }),
    wanted: [
      ...ground.sources.flatMap(source => source.credentials.map(name => ({ name, by: source.title }))),
      { name: BACKUP_PASSPHRASE, by: 'Backup' },
      { name: SMTP_PASSWORD, by: 'Color' },
    ],
  })
  closers.add('secrets', () => secrets.close())
  const sources = createSourcesService({
    sources: ground.sources,
    ...feed,
    journal,
    bus,
    clock,
    log,
    cacheFolder: join(folder, 'cache'),
    fetch,
    seed: config.get('seed'),
    secrets,
    isOpen,
  })
  closers.add('sources', () => sources.close())
  const sending = metrics.step('stream')
  const onSent = (seconds: number) => sending.observe(seconds)
  const market = createMarketService({ feed, sources, series, bus, clock, log, onSent, scratch: join(folder, 'uploads') })
  closers.add('market', () => market.close())

  const jobs = createJobs({ clock, bus, log })
  bus.on('jobs', () => ground.run.working(underWay(jobs)))
  closers.add('jobs', () => jobs.close())
  const imports = createImportsService({ folder, clock, log, pool, jobs, series, store })
  const lab = createLabService({ store, clock, log, folder })
  closers.add('lab', () => lab.close())
  const workspace = createWorkspaceService({ journal, bus, config })
  closers.add('workspace', () => workspace.close())
  const desk = createOptionsParts({
    ...{ folder, clock, log, metrics, bus, journal, store, sources, fetch, book: feed.book, writers: ticks.writers },
    ...{ worker: ground.installation.worker, setting: workspace.setting, seed: config.get('seed') },
    ...{ pool, jobs, uploaded: imports.uploaded },
  })
  options = desk
  closers.add('options', () => desk.close())
  const color = createColorParts({
    ...{ folder, clock, log, metrics, bus, journal, store, pool, jobs, secrets },
    ...{ uploaded: imports.uploaded, setting: workspace.setting, seed: config.get('seed') },
    openStore: file => openFile(ground, file, []),
    runsJobs: ground.runsJobs,
    isDemo: () => sources.list().some(({ name, enabled }) => name === 'demo' && enabled),
    sendIn: (name, bytes) => imports.keep(name, bytes),
  })
  colors = color
  closers.add('color', () => color.close())
  const updates = openUpdates(ground, workspace)
  closers.add('updates', () => updates.close())

  const backup = createBackupService({
    ...{ folder, journal, clock, log, jobs, version: ground.version },
    settle: others.before,
    settings: () => ({
      folder: String(workspace.setting('backupFolder')) || null,
      keep: Number(workspace.setting('backupKeep')),
    }),
  })
  closers.add('backup', () => backup.close())
  const schedule: ScheduleService = createScheduleService({
    ...{ journal, clock, log, bus, jobs },
    kinds: [
      backupJob({ backup, secrets }),
      yahooRefresh({
        ...{ market, watchlists: workspace.watchlists, instruments: () => feed.book.instruments() },
        isOn: name => sources.list().some(source => source.name === name && source.enabled),
      }),
      ...color.kinds,
    ],
  })
  closers.add('schedule', () => schedule.close())

  const services = {
    ...{ backup, imports, jobs, lab, market, schedule, secrets, series, sources, updates, workspace },
    options: desk.services,
    color: color.services,
  }
  const system = createSystem({ ground, metrics, journal, store, pool, archive, services })
  // Not waited for: a keychain may show a prompt, and nothing here needs a secret to begin.
  secrets.start().catch(fault => log.error('secrets.start-failed', { fault }))
  sources.start()
  await market.start()
  // Not waited for: the series come into the book one by one, and a first start is not kept waiting for them.
  const first = storeFirstSeries({ series, journal, resources: ground.installation.resources, log })
  closers.add('first-series', () => first)
  if (ground.runsJobs) schedule.start()
  return { services: { ...services, system }, journal, metrics }
}
