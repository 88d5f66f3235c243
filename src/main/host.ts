import { access, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createBus } from '../platform/bus.ts'
import { type Clock, systemClock } from '../platform/clock.ts'
import { loadConfig } from '../platform/config.ts'
import { openDataStore } from '../platform/data-store.ts'
import { openJournal } from '../platform/journal.ts'
import { lockOrFind, newToken } from '../platform/lock.ts'
import { createLog } from '../platform/log.ts'
import { createMetrics } from '../platform/metrics.ts'
import { readMigrations } from '../platform/migrations.ts'
import { WorkerPool } from '../platform/worker-pool.ts'
import type { Jobs } from '../workers/jobs.ts'
import type { Services } from './context.ts'
import type { Installation } from './entries.ts'
import type { GuardedContext } from './guard.ts'
import { createLabService } from './lab/lab-service.ts'
import { openPageFiles } from './page-files.ts'
import { router } from './router.ts'
import { examine } from './system/doctor.ts'
import { createJobs } from './system/jobs-service.ts'
import { createStatusService } from './system/status-service.ts'
import { createSystemService } from './system/system-service.ts'
import type { Topics } from './topics.ts'
import { createTransports } from './transports.ts'
import { type Lane, localUser, type User } from './user.ts'
import { createWorkspaceService } from './workspace/workspace-service.ts'

export const VERSION = '0.1.0'
const LOSS_WINDOW_SECONDS = 0.25

export interface HostOptions {
  /** The workspace folder. */
  readonly folder: string
  readonly installation: Installation
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Only the demo market, whatever sources a person turned on. */
  readonly demo: boolean
  readonly clock?: Clock
  readonly user?: User
}

/** A workstation without a window. */
export interface Host {
  readonly folder: string
  readonly token: string
  readonly services: Services
  /** Opens the doors on 127.0.0.1 and says in host.json how to come in; gives the port. */
  listen(port: number): Promise<number>
  servePort: ReturnType<typeof createTransports>['servePort']
  /** Ends everything in reverse order; a second call waits for the first. */
  close(): Promise<void>
}

/** All of it closes within this time; what does not is left to die with the process. */
const CLOSE_SECONDS = 1.7

/** What was opened, to be closed in reverse; one that fails to close, or takes its time, does not keep the others open. */
function createClosers(clock: Clock, report: (name: string, fault: unknown) => void) {
  const closers: { name: string; close: () => unknown }[] = []
  return {
    add: (name: string, close: () => unknown) => void closers.push({ name, close }),
    async run() {
      const until = clock.monotonic() + CLOSE_SECONDS
      for (const { name, close } of closers.splice(0).reverse()) {
        const inTime = new AbortController()
        const late = clock.sleep(Math.max(0.05, until - clock.monotonic()), inTime.signal).then(
          () => report(name, 'it took too long'),
          () => {},
        )
        const closed = Promise.resolve()
          .then(close)
          .catch(fault => report(name, fault))
        await Promise.race([closed, late])
        inTime.abort()
      }
    },
  }
}

/**
 * Builds everything in order of dependence; the only place where things meet.
 *
 * Fails: WorkspaceOpen when another host has the folder, ConfigInvalid, JournalCorrupt.
 */
export async function createHost(options: HostOptions): Promise<Host> {
  const { folder, installation } = options
  const clock = options.clock ?? systemClock()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const config = loadConfig({ argv: options.argv, env: options.env, folder })
  const lock = await lockOrFind(folder, clock)
  const log = createLog({ folder: join(folder, 'logs'), clock, level: config.get('logLevel') as 'info' })
  const closers = createClosers(clock, (name, fault) => log.error('host.close-failed', { name, fault }))
  closers.add('lock', () => lock.release())
  closers.add('log', () => log.close())
  try {
    return await assemble({ ...options, clock, config, lock, log, closers, installation })
  } catch (fault) {
    log.error('host.start-failed', { fault })
    await closers.run()
    throw fault
  }
}

interface Foundation extends HostOptions {
  readonly clock: Clock
  readonly config: ReturnType<typeof loadConfig>
  readonly lock: Awaited<ReturnType<typeof lockOrFind>>
  readonly log: ReturnType<typeof createLog>
  readonly closers: ReturnType<typeof createClosers>
}

async function assemble({
  folder,
  installation,
  clock,
  config,
  lock,
  log,
  closers,
  demo,
  user = localUser(),
}: Foundation): Promise<Host> {
  const metrics = createMetrics()
  const bus = createBus<Topics>({ onFault: (topic, fault) => log.error('bus.listener-failed', { topic, fault }) })
  await rm(join(folder, 'uploads'), { recursive: true, force: true })
  const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  closers.add('journal', () => journal.close())
  const pool = new WorkerPool<Jobs>(installation.worker, config.get('threads'))
  closers.add('pool', () => pool.close())
  const jobs = createJobs({ clock, bus, log })
  closers.add('jobs', () => jobs.close())
  const store = await openDataStore({
    file: join(folder, 'market.duckdb'),
    entry: installation.dataProcess,
    log,
    clock,
    migrations: readMigrations(installation.schema),
    memory: `${config.get('storeMemoryMb')}MB`,
    untrustedSeconds: config.get('querySeconds'),
  })
  closers.add('store', () => store.close())
  const lab = createLabService({ store, clock, log, folder })
  closers.add('lab', () => lab.close())
  const workspace = createWorkspaceService({ journal, bus, config })
  closers.add('workspace', () => workspace.close())
  const isDemo = () => demo
  const status = createStatusService({
    folder,
    clock,
    log,
    metrics,
    journal,
    store,
    pool,
    isDemo,
    lossWindowSeconds: LOSS_WINDOW_SECONDS,
  })
  closers.add('status', () => status.close())
  const pageIsBuilt = () =>
    access(join(installation.page, 'index.html')).then(
      () => true,
      () => false,
    )
  const system = createSystemService({
    version: VERSION,
    folder,
    isDemo,
    status,
    log,
    journal,
    jobs,
    examine: () => examine({ folder, journal, store, pageIsBuilt }),
    rebuildMarket: async () => {},
  })
  const services = { jobs, lab, system, workspace } as unknown as Services
  const token = newToken()
  const contextFor = (lane: Lane): GuardedContext => ({ user, services, lane, guard: { journal, log, metrics } })
  const transports = createTransports({
    router,
    contextFor,
    token,
    page: await openPageFiles(installation.page),
    version: VERSION,
    restIsOn: () => workspace.setting('rest') === true,
    metrics: () => metrics.text(),
  })
  closers.add('transports', () => transports.close())
  let closing: Promise<void> | null = null
  return {
    folder,
    token,
    services,
    async listen(port) {
      const bound = await transports.listen(port)
      lock.publish({ port: bound, token })
      log.info('host.open', { port: bound, folder, demo })
      return bound
    },
    servePort: transports.servePort,
    close() {
      closing ??= closers.run()
      return closing
    },
  }
}
