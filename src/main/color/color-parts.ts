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
import { NO_UPLOADS } from './intake/no-uploads.ts'
import { createRulesService, type RulesService } from './rules/rules-service.ts'
import { createSessionsService, type SessionsService } from './sessions/sessions-service.ts'

/** What the routers of this domain call. */
export interface ColorServices {
  readonly config: ConfigBook
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
export function createColorParts({ folder, journal, store, clock }: ColorGround): ColorParts {
  const config = openConfigBook(journal)
  const rules = createRulesService({
    ...{ config, clock, lookup: createColorLookup(store), dryRun: createColorDryRun(store, clock) },
  })
  // The buffer and the runs come with their own parts; until then nothing waits and nothing is published.
  const runs = { publish: async () => fail('RUN_NOTHING', {}), find: () => null, onChange: () => () => undefined }
  const sessions = createSessionsService({ folder, journal, clock, config, uploads: NO_UPLOADS, runs })
  return {
    services: { config, rules, sessions },
    kinds: [],
    close: async () => sessions.close(),
  }
}
