import type { Clock } from '../../platform/clock.ts'
import type { DataStore } from '../../platform/data-store.ts'
import type { Journal } from '../../platform/journal.ts'
import type { Log } from '../../platform/log.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { WorkerPool } from '../../platform/worker-pool.ts'
import type { Jobs } from '../../workers/jobs.ts'
import { fail } from '../fail.ts'
import type { ImportsService } from '../imports/imports-service.ts'
import type { JobKind } from '../schedule/job-kind.ts'
import type { SecretsService } from '../secrets/secrets-service.ts'
import type { JobsService } from '../system/jobs-service.ts'
import type { HostBus } from '../topics.ts'
import type { WorkspaceService } from '../workspace/workspace-service.ts'
import { type ConfigBook, openConfigBook } from './config/config-book.ts'
import { createColorLookup } from './engine/color-lookup.ts'
import { createColorDryRun } from './engine/dry-run.ts'
import { createIntakeDesk, type IntakeDesk } from './intake/intake-desk.ts'
import { createIntakeService, type IntakeService } from './intake/intake-service.ts'
import { openKeptUploads } from './intake/uploads-kept.ts'
import { createWatchFolders } from './intake/watch-folders.ts'
import { createRulesService, type RulesService } from './rules/rules-service.ts'
import { createSessionsService, type SessionsService } from './sessions/sessions-service.ts'

/** What the routers of this domain call. */
export interface ColorServices {
  readonly config: ConfigBook
  readonly intake: IntakeService
  readonly intakeDesk: IntakeDesk
  readonly rules: RulesService
  readonly sessions: SessionsService
}

export interface ColorParts {
  readonly services: ColorServices
  /** Kinds of scheduled work. */
  readonly kinds: readonly JobKind[]
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
  readonly secrets: SecretsService
  readonly setting: WorkspaceService['setting']
  readonly seed: number
}

/** Builds everything of the color desk, in order of dependence. */
export function createColorParts(ground: ColorGround): ColorParts {
  const { folder, journal, store, clock, log, bus, pool, jobs, uploaded } = ground
  const config = openConfigBook(journal)
  const kept = openKeptUploads({ folder, journal, log })
  const intake = createIntakeService({ folder, config, pool, jobs, clock, log, kept, uploaded })
  const folders = createWatchFolders({ config, kept, intake, clock, bus, log })
  const intakeDesk = createIntakeDesk({ config, intake, folders })
  const rules = createRulesService({
    ...{ config, clock, lookup: createColorLookup(store), dryRun: createColorDryRun(store, clock) },
  })
  // The runs come with their own part; until then nothing is published.
  const runs = { publish: async () => fail('RUN_NOTHING', {}), find: () => null, onChange: () => () => undefined }
  const sessions = createSessionsService({ folder, journal, clock, config, uploads: kept.buffer, runs })
  return {
    services: { config, intake, intakeDesk, rules, sessions },
    kinds: [],
    async close() {
      await folders.close()
      await sessions.close()
      kept.close()
    },
  }
}
