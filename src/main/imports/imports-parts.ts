import type { Mapping } from '../../core/imports/mapping.ts'
import type { Clock } from '../../platform/clock.ts'
import type { DataStore } from '../../platform/data-store.ts'
import type { Log } from '../../platform/log.ts'
import type { WorkerPool } from '../../platform/worker-pool.ts'
import type { Jobs } from '../../workers/jobs.ts'
import type { SeriesService } from '../market/series-service.ts'
import type { JobsService } from '../system/jobs-service.ts'

/** What the imports service stands on. */
export interface ImportsParts {
  /** The workspace folder. */
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
  readonly pool: Pick<WorkerPool<Jobs>, 'run'>
  readonly jobs: Pick<JobsService, 'start' | 'result'>
  readonly series: Pick<SeriesService, 'find' | 'put' | 'sameAs'>
  readonly store: Pick<DataStore, 'queryFiles' | 'copyFiles'>
}

/** What an import is started with. */
export interface StartImport {
  readonly upload: string
  readonly series: string
  readonly mapping: Mapping
  readonly dryRun: boolean
  readonly replace: boolean
}
