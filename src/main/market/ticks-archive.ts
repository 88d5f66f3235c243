import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../platform/clock.ts'
import type { DataStore } from '../../platform/data-store.ts'
import type { Journal } from '../../platform/journal.ts'
import type { Log } from '../../platform/log.ts'
import { sha256OfFile } from './series-segments.ts'

const TABLES = ['quotes', 'trades'] as const
type TickTable = (typeof TABLES)[number]

/** What a `ticks.stored` entry carries; the records received in [from, to) microseconds. */
interface TicksBody {
  readonly table: TickTable
  readonly segment: string
  readonly sha256: string
  readonly rows: number
  readonly from: number
  readonly to: number
}

/** Live records as segments, so that a rebuilt store has them again. The demo market needs none: it is a function of its seed. */
export interface TicksArchive {
  /** Puts what came since the last time into segments. */
  archive(): Promise<void>
  /** Takes records out of the store that are older than they are kept; live ones only once a segment has them. Gives the rows. */
  prune(): Promise<number>
  /** How long records are kept in the store, and what was taken out since the start. */
  retention(): {
    readonly keepDays: number
    readonly demoHours: number
    readonly pruned: number
    readonly prunedAt: number | null
  }
  /** Fills an empty store from the segments; gives the rows. */
  refill(signal: AbortSignal): Promise<number>
  /** Segments that could not be taken back, with the reason. */
  problems(): readonly string[]
  close(): Promise<void>
}

export interface TicksArchiveOptions {
  readonly store: DataStore
  readonly journal: Journal
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
  /** Resolves when all records that came so far are in the store. */
  readonly flush: () => Promise<void>
  readonly everySeconds?: number
  /** Days that records are kept; segments older than that are not taken back. */
  readonly keepDays?: number
  /** Hours that demo records are kept. */
  readonly demoHours?: number
}

const MICROS_PER_SECOND = 1_000_000
/** A host that is closed again within the quarter hour must not leave its demo records for ever. */
const FIRST_PRUNE_SECONDS = 20
/** Demo records are made again whenever they are wanted, so nobody needs more than a day of them. */
const DEMO_HOURS_AT_MOST = 24
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`

/**
 * Archive of live quotes and trades: every quarter hour a Parquet segment a table, then a journal entry that names it.
 *
 * A kill in between leaves a segment that no entry names; it is removed at the next start and its rows go into the next one,
 * which begins where the journal says the last one ended.
 */
export function createTicksArchive(options: TicksArchiveOptions): TicksArchive {
  const { store, journal, clock, log, flush, everySeconds = 900, keepDays = 30 } = options
  const demoHours = Math.min(DEMO_HOURS_AT_MOST, options.demoHours ?? 6, keepDays * 24)
  const folder = join(options.folder, 'segments', 'ticks')
  mkdirSync(folder, { recursive: true })
  const stored = journal.read({ kinds: ['ticks.stored'] }).map(entry => entry.body as TicksBody)
  const problems: string[] = []
  let pruned = 0
  let prunedAt: number | null = null
  let line: Promise<unknown> = Promise.resolve()

  for (const name of readdirSync(folder))
    if (!stored.some(body => body.segment === name)) rmSync(join(folder, name), { force: true })

  const inLine = <T>(run: () => Promise<T>): Promise<T> => {
    const result = line.then(run, run)
    line = result.catch(() => undefined)
    return result
  }
  const archiveTable = async (table: TickTable, to: number) => {
    const from = stored.findLast(body => body.table === table)?.to ?? 0
    // The clock may stand still or jump back; the name of a segment is its end, and a segment never changes.
    if (to <= from) return
    const day = new Date(to / 1000).toISOString().slice(0, 10)
    const segment = `${table}-${day}-${to}.parquet`
    const file = join(folder, segment)
    const sql = `select * from ${table} where source <> 'demo' and receipt_time >= make_timestamp(${from}::bigint)
      and receipt_time < make_timestamp(${to}::bigint) order by receipt_time`
    const { rows } = await store.copyOut(sql, file, 'parquet')
    if (rows === 0) return rmSync(file, { force: true })
    const body: TicksBody = { table, segment, sha256: await sha256OfFile(file), rows, from, to }
    journal.append({ kind: 'ticks.stored', subject: table, user: 'system', body })
    stored.push(body)
  }
  const archive = () =>
    inLine(async () => {
      const to = clock.now()
      await flush()
      for (const table of TABLES) await archiveTable(table, to)
    })
  const prune = () =>
    inLine(async () => {
      const now = clock.now()
      const before = (instant: number) => `receipt_time < make_timestamp(${Math.floor(instant)}::bigint)`
      const old = now - keepDays * 86_400 * MICROS_PER_SECOND
      const oldDemo = `source = 'demo' and ${before(now - demoHours * 3600 * MICROS_PER_SECOND)}`
      // What is in no segment yet stays, however old it is: a full disk or a store that was away may have kept it from one.
      const archivedTo = (table: TickTable) => stored.findLast(body => body.table === table)?.to ?? 0
      const wheres = [
        ...TABLES.map(table => [table, `(${oldDemo}) or (source <> 'demo' and ${before(Math.min(old, archivedTo(table)))})`]),
        ['feed_refused', before(old)],
      ] as const
      let rows = 0
      for (const [table, where] of wheres) {
        const found = Number((await store.query(`select count(*) from ${table} where ${where}`)).columns[0]![0])
        if (found === 0) continue
        await store.transact([{ sql: `delete from ${table} where ${where}` }])
        log.info('ticks.pruned', { table, rows: found, keepDays, demoHours })
        rows += found
      }
      pruned += rows
      prunedAt = now
      return rows
    })
  const warn = (fault: unknown) => log.warn('ticks.archive', { reason: fault instanceof Error ? fault.message : String(fault) })
  const stopTimers = [
    clock.after(FIRST_PRUNE_SECONDS, () => void prune().catch(warn)),
    clock.every(everySeconds, () => void archive().then(prune).catch(warn)),
  ]
  return {
    archive,
    prune,
    refill: signal =>
      inLine(async () => {
        const since = clock.now() - keepDays * 86_400 * MICROS_PER_SECOND
        let total = 0
        problems.length = 0
        for (const { table, segment, sha256, rows, to } of stored) {
          signal.throwIfAborted()
          if (to < since) continue
          const file = join(folder, segment)
          const found = await sha256OfFile(file).catch(() => null)
          if (found !== sha256) {
            problems.push(`${segment} ${found === null ? 'is missing' : 'was changed or damaged'}`)
            log.error('ticks.damaged', { segment })
            continue
          }
          const loaded = await store.load({ table, sql: `from read_parquet(${literal(file)})`, before: [], after: [] }, signal)
          if (loaded.rows !== rows) problems.push(`${segment} has ${loaded.rows} rows, the journal says ${rows}`)
          total += loaded.rows
        }
        return total
      }),
    problems: () => problems,
    retention: () => ({ keepDays, demoHours, pruned, prunedAt }),
    async close() {
      for (const stop of stopTimers) stop()
      // What came since the last segment is in the store already; a last segment now makes it part of the truth.
      await archive().catch(fault => log.warn('ticks.archive', { reason: String(fault) }))
    },
  }
}
