import type { Clock } from './clock.ts'
import { type DataStore, QueryRefused } from './data-store.ts'
import type { Log } from './log.ts'

/** Rows on their way to a table: kept in memory for a moment and written in batches. */
export interface WriteBehind {
  /** A record whose fields are the table's columns, in camel case; it must not change afterwards. */
  push(row: object): void
  pushMany(rows: readonly object[]): void
  /** Rows that are not on disk yet; a crash of the host loses at most these. */
  pending(): number
  /** Rows given up: the oldest beyond `limit` while the store was away, or a batch that the table refused. */
  dropped(): number
  /** Resolves when all rows pushed so far are on disk, or were dropped. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** Where rows go, and how long and how many of them may wait. */
export interface WriteBehindOptions {
  readonly store: Pick<DataStore, 'append'>
  readonly table: string
  readonly clock: Clock
  readonly log: Log
  readonly everySeconds: number
  readonly maxRows: number
  /** Most rows that wait in memory while the store is away. */
  readonly limit: number
}

/** After a failure the same batch is tried again this much later. */
const RETRY_SECONDS = 0.25
/** A backlog goes out in larger pieces than usual, so that it does not take longer to write than it took to come. */
const BACKLOG_ROWS = 50_000
/** On closing, this many tries before what is left is given up. */
const CLOSING_TRIES = 20

const snake = (name: string) => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)

/** Records as columns: numbers into Float64Array, the rest as a list. The first record says which fields there are. */
function toColumns(rows: readonly object[]): Record<string, Float64Array | (string | number | null)[]> {
  const columns: Record<string, Float64Array | (string | number | null)[]> = {}
  for (const [field, example] of Object.entries(rows[0] ?? {})) {
    // Plain loops: this runs on the host's own thread at tens of thousands of rows a second.
    const numbers = typeof example === 'number' ? new Float64Array(rows.length) : null
    const cells: (string | number | null)[] = numbers ? [] : new Array(rows.length)
    for (let k = 0; k < rows.length; k++) {
      const cell = (rows[k] as Record<string, string | number | null | undefined>)[field]
      if (numbers) numbers[k] = typeof cell === 'number' ? cell : Number.NaN
      else cells[k] = cell ?? null
    }
    columns[snake(field)] = numbers ?? cells
  }
  return columns
}

/**
 * Writes rows to a table behind the back of who pushes them: every `everySeconds`, or as soon as `maxRows` wait.
 *
 * While the store restarts the rows wait and are tried again. A batch that was on its way when the store died is committed
 * whole or not at all, but which of the two is not known: it is sent again under the same number, and the store passes over a
 * number that it has.
 */
export function createWriteBehind(options: WriteBehindOptions): WriteBehind {
  const { store, table, clock, log, everySeconds, maxRows, limit } = options
  const stream = `${table}:${clock.now()}:${Math.round(clock.monotonic() * 1e6)}`
  let rows: object[] = []
  let writing: { batch: object[]; number: number } | null = null
  let busy: Promise<void> | null = null
  let nextNumber = 1
  let dropped = 0
  let closing = 0
  const stopTimer = clock.every(everySeconds, () => void pump())

  const giveUp = (count: number, reason: string) => {
    dropped += count
    log.error('write-behind.dropped', { table, rows: count, reason })
  }
  const writeOne = async (): Promise<boolean> => {
    if (!writing) {
      const taken = rows.length > maxRows ? Math.min(rows.length, BACKLOG_ROWS) : rows.length
      writing = { batch: rows.splice(0, taken), number: nextNumber++ }
    }
    const { batch, number } = writing
    try {
      await store.append(table, toColumns(batch), { stream, batch: number })
    } catch (fault) {
      const reason = fault instanceof Error ? fault.message : String(fault)
      if (!(fault instanceof QueryRefused)) return false
      giveUp(batch.length, reason)
    }
    writing = null
    return true
  }
  const drain = async (): Promise<void> => {
    while (writing || rows.length > 0) {
      if (await writeOne()) continue
      if (closing > 0 && ++closing > CLOSING_TRIES) {
        giveUp(rows.length + (writing?.batch.length ?? 0), 'the store did not come back before closing')
        rows = []
        writing = null
        return
      }
      await clock.sleep(RETRY_SECONDS)
    }
  }
  const pump = (): Promise<void> => {
    busy ??= drain().finally(() => {
      busy = null
    })
    return busy
  }
  const trim = () => {
    const excess = rows.length - limit
    if (excess <= 0) return
    // A tenth at once: taking one row off the front of a long list for each that comes would be quadratic.
    const cut = Math.min(rows.length, excess + Math.ceil(limit / 10))
    rows.splice(0, cut)
    giveUp(cut, `more than ${limit} rows were waiting`)
  }
  const pushed = () => {
    if (rows.length > limit) trim()
    if (rows.length >= maxRows && !busy) void pump()
  }
  return {
    push(row) {
      rows.push(row)
      pushed()
    },
    pushMany(many) {
      for (const row of many) rows.push(row)
      pushed()
    },
    pending: () => rows.length + (writing?.batch.length ?? 0),
    dropped: () => dropped,
    async flush() {
      while (busy || writing || rows.length > 0) await pump()
    },
    async close() {
      stopTimer()
      closing ||= 1
      while (busy || writing || rows.length > 0) await pump()
    },
  }
}
