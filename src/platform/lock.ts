import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Clock } from './clock.ts'

/** How to reach the host that has a workspace open; in `host.json`, readable by its owner alone. */
export interface WayIn {
  readonly pid: number
  readonly port: number
  readonly token: string
  /** Epoch microseconds. */
  readonly startedAt: number
}

/** Another host has the workspace; `way` is null while it is still starting. */
export class WorkspaceOpen extends Error {
  override readonly name = 'WorkspaceOpen'
  readonly way: WayIn | null
  constructor(folder: string, way: WayIn | null) {
    super(`the workspace ${folder} is open in another Contango`)
    this.way = way
  }
}

/** A workspace that is this process's alone until it is released or the process ends. */
export interface WorkspaceLock {
  /** Says how to come in, once the host listens. */
  publish(way: { readonly port: number; readonly token: string }): WayIn
  release(): void
}

/** The address that opens the page. The token is its fragment, which a browser never sends. */
export function addressOf(way: Pick<WayIn, 'port' | 'token'>): string {
  return `http://127.0.0.1:${way.port}/#token=${way.token}`
}

/** A secret of 256 bits in letters that an address may hold. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

const infoFile = (folder: string) => join(folder, 'host.json')

/** What host.json says, null where it is absent or unreadable. It may be left over from a host that died; only the lock tells. */
export function readWayIn(folder: string): WayIn | null {
  try {
    const found = JSON.parse(readFileSync(infoFile(folder), 'utf8')) as Partial<WayIn>
    const { pid, port, token, startedAt } = found
    if (typeof pid !== 'number' || typeof port !== 'number' || typeof token !== 'string' || typeof startedAt !== 'number')
      return null
    return { pid, port, token, startedAt }
  } catch {
    return null
  }
}

/**
 * Takes a workspace for this process.
 *
 * The lock is SQLite's own on `host.lock`: the kernel drops it with the process that held it, however that ended, so a dead host or
 * a process number that was given out again never keeps anybody out, and two starts at once cannot both win.
 * Fails: WorkspaceOpen when another live host has it.
 */
export function lockWorkspace(folder: string, clock: Pick<Clock, 'now'>): WorkspaceLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const held = takeLock(folder)
  const file = infoFile(folder)
  rmSync(file, { force: true })
  let released = false
  return {
    publish({ port, token }) {
      const way: WayIn = { pid: process.pid, port, token, startedAt: clock.now() }
      // Written aside and moved, so that a reader never sees half of it.
      const aside = `${file}.${process.pid}`
      writeFileSync(aside, `${JSON.stringify(way)}\n`, { mode: 0o600 })
      chmodSync(aside, 0o600)
      renameSync(aside, file)
      return way
    },
    release() {
      if (released) return
      released = true
      rmSync(file, { force: true })
      held.close()
    },
  }
}

function takeLock(folder: string): DatabaseSync {
  const database = new DatabaseSync(join(folder, 'host.lock'), { timeout: 0 })
  try {
    database.exec('PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return database
  } catch (fault) {
    database.close()
    if (/locked|busy/i.test(String((fault as Error).message))) throw new WorkspaceOpen(folder, readWayIn(folder))
    throw fault
  }
}

/**
 * Takes a workspace, giving a host that is just starting or ending up to `patience` seconds to say how to come in.
 *
 * Fails: WorkspaceOpen, with the way in where there is one.
 */
export async function lockOrFind(folder: string, clock: Clock, patience = 3): Promise<WorkspaceLock> {
  const until = clock.monotonic() + patience
  for (;;) {
    try {
      return lockWorkspace(folder, clock)
    } catch (fault) {
      if (!(fault instanceof WorkspaceOpen) || fault.way || clock.monotonic() > until) throw fault
      await clock.sleep(0.1)
    }
  }
}
