import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import type { EpochMicros } from '../core/kit/time.ts'
import type { Clock } from './clock.ts'
import { redactFields } from './redact.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Dotted event name, then fields; sentences are made by whoever shows it. Secrets never come here. */
export interface Log {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void
  info(event: string, fields?: Readonly<Record<string, unknown>>): void
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void
  error(event: string, fields?: Readonly<Record<string, unknown>>): void
}

/** A log that keeps nothing, for tests that do not look at it. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }

/** One entry as it is kept for the Log panel, secrets already blotted out. */
export interface LogEntry {
  readonly seq: number
  readonly at: EpochMicros
  readonly level: LogLevel
  readonly event: string
  readonly fields: Record<string, unknown>
}

/** The log of a running host: written to rotated files, and its newest entries kept for whoever watches. */
export interface LogBook extends Log {
  /** The newest entries, oldest first. */
  recent(count: number): readonly LogEntry[]
  onEntry(hear: (entry: LogEntry) => void): () => void
  setLevel(level: LogLevel): void
  /** Lines that could not be written, because the disk is full or the folder is gone. */
  lost(): number
  close(): void
}

/** A file that is set aside as `.1`, `.2`, … when it has grown to `maxBytes`; the oldest goes. */
function rotatedFile({ folder, name, maxBytes, keep }: { folder: string; name: string; maxBytes: number; keep: number }) {
  const file = join(folder, name)
  const aside = (n: number) => join(folder, `${name}.${n}`)
  let handle: number | null = null
  let size = 0
  let lost = 0
  const open = () => {
    mkdirSync(folder, { recursive: true })
    handle = openSync(file, 'a', 0o600)
    size = fstatSync(handle).size
  }
  const rotate = () => {
    if (handle !== null) closeSync(handle)
    handle = null
    rmSync(aside(keep), { force: true })
    for (let n = keep - 1; n >= 1; n--) moveIfThere(aside(n), aside(n + 1))
    moveIfThere(file, aside(1))
    open()
  }
  return {
    write(line: string) {
      // The log must never be what ends the host: a line that cannot be written is counted.
      try {
        if (handle === null) open()
        if (size > 0 && size + line.length > maxBytes) rotate()
        size += writeSync(handle as unknown as number, line)
      } catch {
        lost++
      }
    },
    lost: () => lost,
    close() {
      if (handle !== null) closeSync(handle)
      handle = null
    },
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'ENOENT') throw fault
  }
}

const RANK: Record<LogLevel, number> = { debug: 20, info: 30, warn: 40, error: 50 }

/**
 * The log of a workspace.
 *
 * JSON lines in `contango.log` of the folder, each with `at` (epoch µs), `level`, `event` and the fields; five files of 5 MB
 * unless told otherwise. Fields that look like secrets are blotted out before anything else sees them.
 */
export function createLog({
  folder,
  clock,
  level = 'info',
  maxBytes = 5_000_000,
  keep = 5,
  ring = 5000,
}: {
  folder: string
  clock: Pick<Clock, 'now'>
  level?: LogLevel
  maxBytes?: number
  keep?: number
  ring?: number
}): LogBook {
  const file = rotatedFile({ folder, name: 'contango.log', maxBytes, keep })
  const writer = pino(
    {
      level: 'debug',
      base: null,
      timestamp: false,
      messageKey: 'event',
      formatters: { level: label => ({ level: label }) },
    },
    file,
  )
  const kept: LogEntry[] = []
  const listeners = new Set<(entry: LogEntry) => void>()
  let threshold = RANK[level]
  let seq = 0
  const record = (at: LogLevel, event: string, fields: Readonly<Record<string, unknown>> = {}) => {
    if (RANK[at] < threshold) return
    const entry: LogEntry = { seq: ++seq, at: clock.now(), level: at, event, fields: redactFields(fields) }
    kept.push(entry)
    // Trimmed in steps: shifting one entry for each line would move the whole ring every time.
    if (kept.length > ring * 1.25) kept.splice(0, kept.length - ring)
    writer[at]({ at: entry.at, seq: entry.seq, fields: entry.fields }, event)
    for (const hear of listeners) hear(entry)
  }
  return {
    debug: (event, fields) => record('debug', event, fields),
    info: (event, fields) => record('info', event, fields),
    warn: (event, fields) => record('warn', event, fields),
    error: (event, fields) => record('error', event, fields),
    recent: count => (count <= 0 ? [] : kept.slice(-Math.min(count, ring))),
    onEntry(hear) {
      listeners.add(hear)
      return () => void listeners.delete(hear)
    },
    setLevel: next => {
      threshold = RANK[next]
    },
    lost: () => file.lost(),
    close: () => file.close(),
  }
}
