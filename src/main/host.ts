import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, systemClock } from '../platform/clock.ts'
import { type Config, loadConfig } from '../platform/config.ts'
import { lockOrFind, newToken, type WorkspaceLock } from '../platform/lock.ts'
import { createLog, type Log, type LogLevel } from '../platform/log.ts'
import type { SecretStore } from '../platform/secrets.ts'
import { type Assembled, assemble } from './assemble.ts'
import { finishRestore, type RestoredFrom } from './backup/restore.ts'
import { createClosers } from './closers.ts'
import type { Services } from './context.ts'
import { type DesktopParts, NO_DESKTOP } from './desktop-parts.ts'
import type { Installation } from './entries.ts'
import type { GuardedContext } from './guard.ts'
import { openPageFiles } from './page-files.ts'
import { router } from './router.ts'
import { SOURCES } from './sources/index.ts'
import type { Source } from './sources/source.ts'
import { markRun, NO_RUN } from './system/last-run.ts'
import { createTransports, type Transports } from './transports.ts'
import { type Lane, localUser, type User } from './user.ts'

export const VERSION = '0.1.0'

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
  /** The table of sources; another one in tests. */
  readonly sources?: readonly Source[]
  /** Another keychain than the system's, in tests. */
  readonly keychain?: SecretStore
  /** False for a command that opens the workspace for itself: nothing runs by the clock. */
  readonly runsJobs?: boolean
  /** What surrounds the host; a terminal without it. */
  readonly desktop?: DesktopParts
}

/** A workstation without a window. */
export interface Host {
  readonly folder: string
  readonly token: string
  readonly services: Services
  readonly log: Log
  /** Opens the doors on 127.0.0.1 and says in host.json how to come in; gives the port. */
  listen(port: number): Promise<number>
  servePort: Transports['servePort']
  /** Writes down what is about to end the process. */
  crashed(fault: unknown): void
  /** Ends everything in reverse order; a second call waits for the first. */
  close(): Promise<void>
}

/** All of it closes within this time; what does not is left to die with the process. */
const CLOSE_SECONDS = 1.7

/**
 * Builds everything in order of dependence; the only place where things meet.
 *
 * Fails: WorkspaceOpen when another host has the folder, ConfigInvalid, JournalCorrupt.
 */
export async function createHost(options: HostOptions): Promise<Host> {
  const { folder } = options
  const clock = options.clock ?? systemClock()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const lock = await lockOrFind(folder, clock)
  const { restored, config } = beginIn(folder, options, lock)
  // A command is no run of the workstation: it neither tells of a crash nor wipes away that there was one.
  const run = options.runsJobs === false ? NO_RUN : markRun({ folder, clock, version: VERSION })
  const log = createLog({ folder: join(folder, 'logs'), clock, level: config.get('logLevel') as LogLevel })
  const closers = createClosers({
    clock,
    seconds: CLOSE_SECONDS,
    report: (name, fault) => log.error('host.close-failed', { name, fault }),
  })
  if (restored) log.info('host.restored', { ...restored })
  if (run.before) log.warn('host.was-not-closed', { ...run.before })
  closers.add('lock', () => lock.release())
  closers.add('run', () => run.close())
  closers.add('log', () => log.close())
  const open: { port: number | null } = { port: null }
  try {
    const table = options.sources ?? SOURCES
    const sources = options.demo ? table.filter(source => source.gives === 'demo') : table
    const assembled = await assemble({
      folder,
      installation: options.installation,
      clock,
      config,
      log,
      closers,
      run,
      restored,
      sources,
      version: VERSION,
      runsJobs: options.runsJobs ?? true,
      keychain: options.keychain,
      desktop: options.desktop ?? NO_DESKTOP,
      port: () => open.port,
    })
    const token = tokenOf(options.env.CONTANGO_LAUNCH_TOKEN)
    const transports = await openDoors({ ...options, assembled, token, log })
    closers.add('transports', () => transports.close())
    let closing: Promise<void> | null = null
    return {
      folder,
      token,
      services: assembled.services,
      log,
      async listen(port) {
        const bound = await transports.listen(port)
        open.port = bound
        lock.publish({ port: bound, token })
        log.info('host.open', { port: bound, folder, demo: options.demo })
        return bound
      },
      servePort: transports.servePort,
      crashed: fault => log.error('host.crashed', { fault }),
      close() {
        closing ??= closers.run()
        return closing
      },
    }
  } catch (fault) {
    log.error('host.start-failed', { fault })
    await closers.run()
    throw fault
  }
}

/** That of the launch which a crash interrupted, so that its pages find their way back; else a new one. */
function tokenOf(launch: string | undefined): string {
  return launch && /^[\w-]{43}$/.test(launch) ? launch : newToken()
}

/** Before anything of the folder is read, what a restore prepared takes its place, its settings too. */
function beginIn(
  folder: string,
  { argv, env }: HostOptions,
  lock: WorkspaceLock,
): { restored: RestoredFrom | null; config: Config } {
  try {
    const restored = finishRestore(folder)
    return { restored, config: loadConfig({ argv, env, folder }) }
  } catch (fault) {
    lock.release()
    throw fault
  }
}

async function openDoors({
  assembled: { services, journal, metrics },
  installation,
  token,
  log,
  user = localUser(),
}: HostOptions & { assembled: Assembled; token: string; log: GuardedContext['guard']['log'] }): Promise<Transports> {
  const transports = createTransports({
    router,
    contextFor: (lane: Lane): GuardedContext => ({ user, services, lane, guard: { journal, log, metrics } }),
    token,
    page: await openPageFiles(installation.page),
    version: VERSION,
    restIsOn: () => services.workspace.setting('rest') === true,
    metrics: () => metrics.text(),
  })
  metrics.gauge('page_connections', 'Pages and programs that are connected', () => transports.connections())
  return transports
}
