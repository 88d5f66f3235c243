import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { EpochMicros } from '../../core/kit/time.ts'
import { type FileChunk, fileChunks } from '../../platform/file-chunks.ts'
import type { Journal } from '../../platform/journal.ts'
import type { LogBook, LogEntry } from '../../platform/log.ts'
import type { Lane, User } from '../user.ts'
import { writeDiagnostics } from './diagnostics.ts'
import type { Check } from './doctor.ts'
import type { JobsService } from './jobs-service.ts'
import { summaryOf } from './journal-summary.ts'
import type { RecoveryService } from './recovery.ts'
import type { StatusService } from './status-service.ts'

export interface Hello {
  product: 'Contango'
  version: string
  demo: boolean
  workspace: string
  runtime: string
  shell: Lane
  user: string
  mayWrite: string[]
  startedAt: EpochMicros
}

export interface JournalRow {
  seq: number
  at: EpochMicros
  kind: string
  subject: string
  user: string
  hash: string
  summary: string
}

export interface SystemService {
  hello(caller: { user: User; lane: Lane }): Hello
  readonly status: StatusService
  log(backfill: number, signal: AbortSignal | undefined): AsyncGenerator<{ entries: LogEntry[] }, void>
  journal(query: { before?: number; limit: number }): { entries: JournalRow[]; head: number }
  doctor(): Promise<Check[]>
  readonly recovery: RecoveryService
  /** The bundle that a report of a fault needs, in chunks. */
  diagnostics(signal: AbortSignal | undefined): AsyncGenerator<FileChunk, void>
  /** Starts the job that makes the market store anew. */
  rebuild(user: string): { job: string }
}

interface Parts {
  readonly version: string
  readonly folder: string
  readonly isDemo: () => boolean
  readonly status: StatusService
  readonly log: LogBook
  readonly journal: Journal
  readonly jobs: JobsService
  readonly examine: () => Promise<Check[]>
  readonly recovery: RecoveryService
  /** Values that may stand nowhere in a bundle. */
  readonly secrets: () => Promise<readonly string[]>
  /** What the bundle tells of the settings and the sources. */
  readonly settings: () => unknown
  readonly sources: () => unknown
  readonly rebuildMarket: (signal: AbortSignal, progress: (fraction: number | null, detail?: string) => void) => Promise<unknown>
}

/** A page that does not read gets the newest so many, not all that came meanwhile. */
const LOG_WAITING = 5000

export function createSystemService(parts: Parts): SystemService {
  return {
    status: parts.status,
    hello: ({ user, lane }) => ({
      product: 'Contango',
      version: parts.version,
      demo: parts.isDemo(),
      workspace: parts.folder,
      runtime: process.versions.electron ? `Electron ${process.versions.electron}` : `Node ${process.versions.node}`,
      shell: lane,
      user: user.name,
      mayWrite: [...user.may].filter(right => right.endsWith(':write')).map(right => right.slice(0, -':write'.length)),
      startedAt: parts.status.startedAt,
    }),
    log: (backfill, signal) => logStream(parts.log, backfill, signal),
    journal({ before, limit }) {
      const entries = parts.journal.read({ ...(before === undefined ? {} : { before }), limit, newestFirst: true })
      return {
        entries: entries.map(entry => {
          const { seq, at, kind, subject, user, hash } = entry
          return { seq, at, kind, subject, user, hash, summary: summaryOf(entry) }
        }),
        head: parts.journal.head().seq,
      }
    },
    doctor: parts.examine,
    recovery: parts.recovery,
    diagnostics: signal => diagnosticsOf(parts, signal),
    rebuild() {
      const { id, done } = parts.jobs.start({
        kind: 'rebuild',
        subject: 'market.duckdb',
        run: ({ signal, progress }) => parts.rebuildMarket(signal, progress),
      })
      // The panel shows how it ended; nobody else waits for it.
      done.catch(() => {})
      return { job: id }
    },
  }
}

/** Made in a file first, so that the reader gets its hash; the file is gone when it was read. */
async function* diagnosticsOf(parts: Parts, signal: AbortSignal | undefined): AsyncGenerator<FileChunk, void> {
  const { folder, version, journal, status, examine, settings, sources, secrets } = parts
  const file = join(folder, 'uploads', `diagnostics-${randomUUID()}.tar`)
  await mkdir(join(folder, 'uploads'), { recursive: true })
  try {
    const { files } = await writeDiagnostics(
      { folder, version, journal, secrets, sections: { doctor: examine, status: () => status.read(), settings, sources } },
      file,
    )
    yield* fileChunks(file, files, signal)
  } finally {
    await rm(file, { force: true })
  }
}

/** The recent entries at once, then new ones in bundles. */
async function* logStream(
  log: LogBook,
  backfill: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ entries: LogEntry[] }, void> {
  let waiting: LogEntry[] = [...log.recent(backfill)]
  let wake = () => {}
  const stop = log.onEntry(entry => {
    waiting.push(entry)
    if (waiting.length > LOG_WAITING * 2) waiting = waiting.slice(-LOG_WAITING)
    wake()
  })
  const stir = () => wake()
  signal?.addEventListener('abort', stir)
  try {
    yield { entries: waiting.splice(0) }
    while (!signal?.aborted) {
      if (waiting.length === 0)
        await new Promise<void>(done => {
          wake = done
        })
      else yield { entries: waiting.splice(0, LOG_WAITING) }
    }
  } finally {
    stop()
    signal?.removeEventListener('abort', stir)
  }
}
