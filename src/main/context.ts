import type { BackupService } from './backup/backup-service.ts'
import type { ColorServices } from './color/color-parts.ts'
import type { createImportsService } from './imports/imports-service.ts'
import type { createLabService } from './lab/lab-service.ts'
import type { createMarketService } from './market/market-service.ts'
import type { createSeriesService } from './market/series-service.ts'
import type { OptionsServices } from './options/options-parts.ts'
import type { ScheduleService } from './schedule/schedule-service.ts'
import type { SecretsService } from './secrets/secrets-service.ts'
import type { createSourcesService } from './sources/sources-service.ts'
import type { JobsService } from './system/jobs-service.ts'
import type { SystemService } from './system/system-service.ts'
import type { UpdatesService } from './updates/updates-service.ts'
import type { Lane, User } from './user.ts'
import type { createWorkspaceService } from './workspace/workspace-service.ts'

/** What the routers call; built once in host.ts. */
export interface Services {
  readonly backup: BackupService
  readonly color: ColorServices
  readonly imports: Made<typeof createImportsService>
  readonly jobs: JobsService
  readonly lab: Made<typeof createLabService>
  readonly market: Made<typeof createMarketService>
  readonly options: OptionsServices
  readonly schedule: ScheduleService
  readonly secrets: SecretsService
  readonly series: Made<typeof createSeriesService>
  readonly sources: Made<typeof createSourcesService>
  readonly system: SystemService
  readonly updates: UpdatesService
  readonly workspace: Made<typeof createWorkspaceService>
}

type Made<F extends (...parts: never[]) => unknown> = Awaited<ReturnType<F>>

/** What every handler is given with a call. */
export interface Context {
  readonly user: User
  readonly services: Services
  readonly lane: Lane
}
