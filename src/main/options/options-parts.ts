import { join } from 'node:path'
import { calendarOf, momentOf } from '../../core/market/sessions.ts'
import type { AnalysisOptions } from '../../core/options/analyse-chain.ts'
import type { Clock } from '../../platform/clock.ts'
import type { DataStore } from '../../platform/data-store.ts'
import type { Journal } from '../../platform/journal.ts'
import type { Log } from '../../platform/log.ts'
import type { Metrics } from '../../platform/metrics.ts'
import { buffersOf, WorkerPool } from '../../platform/worker-pool.ts'
import type { Jobs } from '../../workers/jobs.ts'
import type { ImportsService } from '../imports/imports-service.ts'
import type { Book } from '../market/book.ts'
import type { TickWriters } from '../market/ingest.ts'
import type { SourcesService } from '../sources/sources-service.ts'
import type { JobsService } from '../system/jobs-service.ts'
import type { HostBus } from '../topics.ts'
import type { WorkspaceService } from '../workspace/workspace-service.ts'
import { type AlertsService, createAlertsService } from './alerts-service.ts'
import { createAlertsStore } from './alerts-store.ts'
import { createAnalyser } from './analyser.ts'
import { type BatchService, createBatchService } from './batch-service.ts'
import { type ChainDesk, createChainDesk } from './chain-desk.ts'
import type { ChainEntry } from './chain-entry.ts'
import type { ChainFeed } from './chain-feed.ts'
import { createChainFiles } from './chain-files.ts'
import { type ChainImports, createChainImports } from './chain-imports.ts'
import { CHAIN_FEEDS } from './feeds/index.ts'
import { createRiskService, type RiskService } from './risk-service.ts'
import { createSnapshots, type Snapshots } from './snapshots.ts'

/** What the routers of this domain call. */
export interface OptionsServices {
  readonly alerts: AlertsService
  readonly chains: ChainDesk
  readonly files: ChainImports
  readonly risk: RiskService
  readonly batch: BatchService
}

export interface OptionsParts {
  readonly services: OptionsServices
  readonly snapshots: Snapshots
  close(): Promise<void>
}

export interface OptionsGround {
  /** The workspace folder. */
  readonly folder: string
  /** The thread that analyses. */
  readonly worker: URL
  /** Threads of the whole host, and its list of long work. */
  readonly pool: WorkerPool<Jobs>
  readonly jobs: JobsService
  readonly uploaded: ImportsService['uploaded']
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly bus: HostBus
  readonly journal: Journal
  readonly store: DataStore
  readonly book: Pick<Book, 'find'>
  readonly sources: Pick<SourcesService, 'list'>
  readonly writers: Pick<TickWriters, 'refused'>
  readonly setting: WorkspaceService['setting']
  readonly seed: number
  readonly fetch: typeof fetch
  /** Only feeds of sources that the host has. */
  readonly feeds?: readonly ChainFeed[]
}

const PER_BASIS_POINT = 1e-4

/** Builds everything of the options desk, in order of dependence. */
export function createOptionsParts(ground: OptionsGround): OptionsParts {
  const { folder, clock, log, metrics, bus, journal, store, setting } = ground
  // A thread of its own: an import that has all others for minutes must not hold up an alert. It starts with the first chain.
  const pool = new WorkerPool<Jobs>(ground.worker, 1)
  // Kept chains are opened by the same thread: it knows the code by heart, where another would be slow for its first few chains.
  const analyser = createAnalyser(pool)
  const usual = (staleSeconds = Number.POSITIVE_INFINITY): AnalysisOptions => ({
    usualRate: numberOf(setting('optionsRateBp')) * PER_BASIS_POINT,
    staleSeconds,
    scheme: 'fast',
  })
  const snapshots = createSnapshots({
    ...{ store, journal, folder, clock, log, analyser, usual },
    keepDays: numberOf(setting('optionsSnapshotDays')),
  })
  const files = createChainFiles({ journal, snapshots, analyser, usual, clock })
  const isOn = () => new Set(ground.sources.list().flatMap(({ name, enabled }) => (enabled ? [name] : [])))
  const named = new Set(ground.sources.list().map(({ name }) => name))
  const chains = createChainDesk({
    ...{ clock, log, metrics, journal, snapshots, files, fetch: ground.fetch, seed: ground.seed },
    feeds: ground.feeds ?? CHAIN_FEEDS.filter(feed => named.has(feed.name)),
    cacheFolder: join(folder, 'cache', 'chains'),
    isEnabled: name => isOn().has(name),
    refused: ({ source, reason, raw }) => ground.writers.refused({ source, reason, raw, at: clock.now() }),
    analyse: (chain, staleSeconds) => analyser.analyse(chain, usual(staleSeconds)),
    staleSeconds: () => numberOf(setting('optionsStaleSeconds')),
    mostLines: () => numberOf(setting('optionsLines')),
    snapshotMinutes: () => numberOf(setting('optionsSnapshotMinutes')),
    nameOf: key => ground.book.find(key)?.name ?? null,
    isQuoting: entry => isQuoting(entry, ground),
    announce: chain => bus.emit('chains', chain),
  })
  const alerts = createAlertsService({
    ...{ chains, journal, bus, clock, log, metrics, setting, seed: ground.seed },
    store: createAlertsStore({ store, clock, log }),
    detect: input => pool.run('options.scan', input, { transfer: buffersOf(input.before) }),
  })
  const risk = createRiskService({ chains, bus, pool: ground.pool, clock })
  const batch = createBatchService({ folder, clock, pool: ground.pool, jobs: ground.jobs, uploaded: ground.uploaded })
  const imported = createChainImports({
    ...{ folder, clock, log, files, pool: ground.pool },
    jobs: ground.jobs,
    uploaded: ground.uploaded,
  })
  const stopSources = bus.on('sources', () => chains.sourcesChanged())
  return {
    services: { alerts, chains, files: imported, risk, batch },
    snapshots,
    async close() {
      stopSources()
      risk.close()
      await alerts.close()
      await chains.close()
      await snapshots.close()
      await pool.close()
    },
  }
}

function numberOf(value: string | number | boolean): number {
  return Number(value)
}

/** Options on shares trade in the regular session alone; what else there is trades whenever its underlying does. */
function isQuoting({ key, feed }: Pick<ChainEntry, 'key' | 'feed'>, { book, clock }: OptionsGround): boolean {
  const calendar = calendarOf(book.find(key)?.calendar ?? (feed.gives === 'demo' ? 'demo' : 'nyse'))
  const { phase } = momentOf(clock.now(), calendar)
  return calendar.key === 'nyse' ? phase === 'regular' : phase !== 'closed'
}
