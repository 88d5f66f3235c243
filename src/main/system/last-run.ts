import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EpochMicros } from '../../core/kit/time.ts'
import type { Clock } from '../../platform/clock.ts'

/** A run of the host, as it stood in the folder when it ended without closing. */
export interface Run {
  readonly version: string
  readonly startedAt: EpochMicros
  /** When it was last known to be alive. */
  readonly seenAt: EpochMicros
  /** Long work that was under way. */
  readonly jobs: readonly string[]
}

/** What tells, at the next start, whether this run was closed. */
export interface RunMark {
  /** The run before this one, where it was not closed; null where it was, or where there was none. */
  readonly before: Run | null
  /** Long work that is under way from now on. */
  working(jobs: readonly string[]): void
  /** This run was closed in peace. */
  close(): void
}

/** Of a host that leaves no mark. */
export const NO_RUN: RunMark = { before: null, working() {}, close() {} }

const FILE = 'run.json'
const ALIVE_SECONDS = 60

function read(file: string): Run | null {
  try {
    const found = JSON.parse(readFileSync(file, 'utf8')) as Partial<Run>
    const { version, startedAt, seenAt, jobs } = found
    if (typeof version !== 'string' || typeof startedAt !== 'number' || typeof seenAt !== 'number') return null
    return { version, startedAt, seenAt, jobs: Array.isArray(jobs) ? jobs.map(String) : [] }
  } catch {
    return null
  }
}

/** Marks the folder as in use by a run, once a minute anew; the caller holds the lock of the workspace. */
export function markRun({
  folder,
  clock,
  version,
}: {
  readonly folder: string
  readonly clock: Clock
  readonly version: string
}): RunMark {
  const file = join(folder, FILE)
  const before = read(file)
  const startedAt = clock.now()
  let jobs: readonly string[] = []
  const write = () => {
    const run: Run = { version, startedAt, seenAt: clock.now(), jobs }
    try {
      writeFileSync(`${file}.part`, JSON.stringify(run), { mode: 0o600 })
      renameSync(`${file}.part`, file)
    } catch {
      // A full disk must not end the host; the mark is then older, and says less.
    }
  }
  write()
  const stop = clock.every(ALIVE_SECONDS, write)
  return {
    before,
    working(list) {
      // Told again with every step of a job; only another list is news.
      if (list.join('\n') === jobs.join('\n')) return
      jobs = list
      write()
    },
    close() {
      stop()
      rmSync(file, { force: true })
    },
  }
}
