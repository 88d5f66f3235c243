import type { Clock } from '../../platform/clock.ts'
import type { DataStore } from '../../platform/data-store.ts'
import type { Journal } from '../../platform/journal.ts'
import type { Log } from '../../platform/log.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { WorkerPool } from '../../platform/worker-pool.ts'
import type { Jobs } from '../../workers/jobs.ts'
import type { ImportsService } from '../imports/imports-service.ts'
import type { JobKind } from '../schedule/job-kind.ts'
import type { SecretsService } from '../secrets/secrets-service.ts'
import type { JobsService } from '../system/jobs-service.ts'
import type { HostBus } from '../topics.ts'
import type { WorkspaceService } from '../workspace/workspace-service.ts'
import { type BoardService, createBoardService } from './board/board-service.ts'
import { type ConfigBook, openConfigBook } from './config/config-book.ts'
import { limitsInForce } from './config/limits-in-force.ts'
import { createDemoHistory, type DemoHistory } from './demo/demo-history.ts'
import { createColorLookup } from './engine/color-lookup.ts'
import { createColorDryRun } from './engine/dry-run.ts'
import { writeColorFile } from './files/write-color-file.ts'
import { createIntakeDesk, type IntakeDesk } from './intake/intake-desk.ts'
import { createIntakeService, type IntakeService } from './intake/intake-service.ts'
import { openKeptUploads } from './intake/uploads-kept.ts'
import { createWatchFolders } from './intake/watch-folders.ts'
import { type ColorLogService, createColorLog } from './log/log-service.ts'
import { readExcluded } from './outputs/excluded-rows.ts'
import { createOutputsService, type OutputsService } from './outputs/outputs-service.ts'
import { createRulesService, type RulesService } from './rules/rules-service.ts'
import { createRunFlow } from './runs/run-flow.ts'
import { colorRunJob } from './runs/run-job.ts'
import { createRunsDesk, type RunsDesk } from './runs/runs-desk.ts'
import { createRunsService, type RunsService } from './runs/runs-service.ts'
import { createSearchService, type SearchService } from './search/search-service.ts'
import { createSessionsService, type SessionsService } from './sessions/sessions-service.ts'
import { createSetupService, type SetupService } from './setup/setup-service.ts'
import { createSourcesService, type SourcesService } from './sources/sources-service.ts'

/** What the routers of this domain call. */
export interface ColorServices {
  readonly board: BoardService
  readonly search: SearchService
  readonly config: ConfigBook
  readonly intake: IntakeService
  readonly intakeDesk: IntakeDesk
  readonly outputs: OutputsService
  readonly rules: RulesService
  readonly sessions: SessionsService
  readonly setup: SetupService
  readonly sources: SourcesService
  /** The log: what was changed and done, and the way back. */
  readonly changes: ColorLogService
  readonly runs: RunsService
  readonly runsDesk: RunsDesk
  readonly demo: DemoHistory
  /** A file of invented quotes as one that was sent in. */
  sendDemoFile(): Promise<{ upload: string; file: string }>
}

export interface ColorParts {
  readonly services: ColorServices
  /** Kinds of scheduled work. */
  readonly kinds: readonly JobKind[]
  /** Fills an empty store with what runs published; gives the rows. */
  refill(signal: AbortSignal): Promise<number>
  close(): Promise<void>
}

export interface ColorGround {
  /** The workspace folder; what this domain keeps in files stands in `color` below it. */
  readonly folder: string
  readonly pool: WorkerPool<Jobs>
  readonly jobs: JobsService
  readonly uploaded: ImportsService['uploaded']
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly bus: HostBus
  readonly journal: Journal
  readonly store: DataStore
  /** Opens another database file in a process of its own. */
  readonly openStore: (file: string) => Promise<DataStore>
  readonly secrets: SecretsService
  readonly setting: WorkspaceService['setting']
  readonly seed: number
  /** False where a command opened the workspace for itself: then nothing leaves it. */
  readonly runsJobs: boolean
  /** Whether the demo source is on, so that colors may be invented. */
  readonly isDemo: () => boolean
  /** Keeps a file as one that was sent in. */
  readonly sendIn: (name: string, bytes: Uint8Array) => Promise<{ upload: string }>
}

/** Builds everything of the color desk, in order of dependence. */
export function createColorParts(ground: ColorGround): ColorParts {
  const { folder, journal, store, clock, log, bus, pool, jobs, uploaded } = ground
  const config = openConfigBook(journal)
  const kept = openKeptUploads({ folder, journal, log })
  const intake = createIntakeService({ folder, config, pool, jobs, clock, log, kept, uploaded })
  const folders = createWatchFolders({ config, kept, intake, clock, bus, log, setting: ground.setting })
  const intakeDesk = createIntakeDesk({ config, intake, folders })
  const sources = createSourcesService({
    ...{ folder, config, intake, pool, clock, store, openStore: ground.openStore, secrets: ground.secrets },
  })
  const rules = createRulesService({
    ...{ config, clock, lookup: createColorLookup(store), dryRun: createColorDryRun(store, clock) },
    // Asked when somebody looks at a row, which is after all of this stands.
    sessionRow: (session, rowId) => sessions.row(session, rowId, {}),
    ready: () => demo.ensure(),
  })
  const runs = createRunsService({
    ...{ folder, store, journal, clock, log, pool, buffer: kept.buffer },
    zone: () => deskZone(String(ground.setting('timeZone'))),
    isInvented: id => demo.isInvented(kept.buffer.find(id)?.sha256 ?? ''),
    // Asked when something is published, which is after all of this stands.
    targets: run => outputs.targets(run),
  })
  const flow = createRunFlow({ runs, buffer: kept.buffer, config, pool, clock, fetchers: () => sources.fetchers() })
  const demo = createDemoHistory({
    ...{ folder, journal, runs, clock, log, jobs, pool, seed: ground.seed, isOn: ground.isDemo },
    limits: () => limitsInForce(config),
  })
  const runsDesk = createRunsDesk({ ...{ runs, flow, demo, jobs, clock, log, folder }, writer: { pool, store } })
  const outputs: OutputsService = createOutputsService({
    ...{ folder, journal, clock, log, bus, config, store, secrets: ground.secrets, setting: ground.setting },
    runs: { ...runs, excluded: id => readExcluded(store, runs.segmentOf(id), id) },
    write: async (file, format, rows, stamp) => void (await writeColorFile({ pool, store }, { file, format, rows, stamp })),
  })
  if (ground.runsJobs) outputs.start()
  const search = createSearchService({ store, pool, runs, config, folder, clock, log, ready: () => demo.ensure() })
  const board = createBoardService({ store, search, runs: () => runs.list() })
  const sessions = createSessionsService({
    ...{ folder, journal, clock, config, uploads: kept.buffer, runs },
    write: order => writeColorFile({ pool, store }, order),
  })
  const changes = createColorLog({
    ...{ journal, config, clock },
    nameOf(module, id) {
      if (module === 'sessions') return sessions.nameOf(id)
      if (module === 'uploads') return kept.buffer.find(id)?.name ?? null
      const run = runs.find(id)
      return run && `#${run.number}`
    },
  })
  const setup = createSetupService(config)
  return {
    services: {
      ...{ board, config, intake, intakeDesk, outputs, rules, search, sessions, changes, runs, runsDesk, setup, sources, demo },
      async sendDemoFile() {
        const { name, bytes } = await demo.file()
        return { ...(await ground.sendIn(name, bytes)), file: name }
      },
    },
    kinds: [colorRunJob(flow)],
    refill: signal => runs.refill(signal),
    async close() {
      await outputs.close()
      await folders.close()
      changes.close()
      await sessions.close()
      await runs.close()
      kept.close()
    },
  }
}

/** Zone whose days the desk counts in: that of the charts, and New York where they go by the exchange. */
function deskZone(setting: string): string {
  if (setting === 'exchange') return 'America/New_York'
  return setting === 'local' ? Intl.DateTimeFormat().resolvedOptions().timeZone : setting
}
