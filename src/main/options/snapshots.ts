import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ChainSnapshot } from '../../contract/options.ts'
import { reasonOf } from '../../contract/reasons.ts'
import type { Provenance } from '../../contract/wire.ts'
import { type IsoDate, MICROS_PER_DAY, MICROS_PER_HOUR } from '../../core/kit/time.ts'
import type { AnalysisOptions } from '../../core/options/analyse-chain.ts'
import type { Clock } from '../../platform/clock.ts'
import type { DataStore } from '../../platform/data-store.ts'
import type { Journal } from '../../platform/journal.ts'
import type { Log } from '../../platform/log.ts'
import { fail } from '../fail.ts'
import { sha256OfFile } from '../market/series-segments.ts'
import type { Analyser } from './analyser.ts'
import type { AnalysedChain, WhyKept } from './chain-service.ts'
import { chainOf, headerOf, optionsOf, type SnapshotHeader, snapshotOf } from './snapshot-header.ts'
import { type ChainHistory, createSnapshotsStore, newestOf } from './snapshots-store.ts'

/** What an `options.kept` entry carries: a segment and the moments whose rows are in it. */
interface KeptBody {
  readonly segment: string
  readonly sha256: string
  readonly rows: number
  readonly moments: readonly SnapshotHeader[]
}

/** Kept moments of chains. */
export interface Snapshots {
  /** Resolves once the moment will survive: a regular one is in the store, any other in a segment that the journal names. */
  keep(chain: AnalysedChain, why: WhyKept): Promise<ChainSnapshot>
  /** Fails: SNAPSHOT_UNKNOWN. */
  open(id: string): Promise<AnalysedChain>
  info(id: string): Promise<ChainSnapshot>
  list(key: string, before: number | null, limit: number): Promise<readonly ChainSnapshot[]>
  history(key: string, expiry: string, limit: number): Promise<ChainHistory>
  /** Puts regular moments that came since the last time into a segment. */
  archive(): Promise<void>
  /** Fills an empty store from the segments; gives the rows. */
  refill(signal: AbortSignal): Promise<number>
  /** Segments that could not be taken back, with the reason. */
  problems(): readonly string[]
  close(): Promise<void>
}

export interface SnapshotsOptions {
  readonly store: DataStore
  readonly journal: Pick<Journal, 'append' | 'read'>
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
  readonly analyser: Analyser
  /** For a chain that was analysed elsewhere. */
  readonly usual: () => AnalysisOptions
  readonly keepDays: number
}

const KEPT = 'options.kept'
const ARCHIVE_SECONDS = 3600
const FIRST_PRUNE_SECONDS = 30
/** The demo market makes its chains again whenever they are wanted, so nobody needs more than a day of regular ones. */
const DEMO_HOURS = 24
/** Moments in one entry of the journal: an hour of a few chains. */
const PER_SEGMENT = 64
/** A panel that pages through a moment asks for one expiry after another: the newest opened are kept analysed. */
const OPENED_AT_MOST = 6

/**
 * Snapshots over a store and a journal that are open.
 *
 * Moments that an alert, a person or a file wanted are in a Parquet segment that a journal entry names before `keep` answers.
 * Regular ones of real feeds follow once an hour and when the host closes, so a crash may cost a rebuilt store an hour of them;
 * those of the demo market stay in the store alone, which may lose them.
 */
export function createSnapshots(options: SnapshotsOptions): Snapshots {
  const { store, journal, clock, log, analyser } = options
  const sql = createSnapshotsStore(store)
  const folder = join(options.folder, 'segments', 'chains')
  mkdirSync(folder, { recursive: true })
  const entries = journal.read({ kinds: [KEPT] }).map(entry => entry.body as KeptBody)
  const headers = new Map(entries.flatMap(body => body.moments.map(header => [header.id, header])))
  const opened = new Map<string, Promise<AnalysedChain>>()
  const writing = new Map<string, Promise<SnapshotHeader>>()
  const problems: string[] = []
  let archivedTo = newestOf(entries.flatMap(body => body.moments.filter(header => header.why === 'regular')))
  let line: Promise<unknown> = Promise.resolve()

  for (const name of readdirSync(folder))
    if (!entries.some(body => body.segment === name)) rmSync(join(folder, name), { force: true })

  /** One change at a time: rows without a moment are leftovers, and nothing else, while nobody writes. */
  const inLine = <T>(run: () => Promise<T>): Promise<T> => {
    const result = line.then(run, run)
    line = result.catch(() => undefined)
    return result
  }
  const oldest = () => clock.now() - options.keepDays * MICROS_PER_DAY
  const isWanted = ({ moments }: KeptBody) => moments.some(({ why, at }) => why !== 'regular' || at >= oldest())
  /** Rows into a segment, then the entry that names it; a kill in between leaves a file that the next start removes. */
  const seal = async (moments: readonly SnapshotHeader[]) => {
    const segment = `${moments[0]!.id}-${moments.length}.parquet`
    const file = join(folder, segment)
    const { rows } = await sql.copyOut(
      moments.map(header => header.id),
      file,
    )
    const body: KeptBody = { segment, sha256: await sha256OfFile(file), rows, moments }
    journal.append({ kind: KEPT, subject: moments[0]!.key, user: 'system', body })
    entries.push(body)
    for (const header of moments) headers.set(header.id, header)
  }
  const archive = async () => {
    for (;;) {
      const moments = await sql.regularSince(archivedTo, PER_SEGMENT)
      if (moments.length === 0) return
      await seal(moments)
      archivedTo = newestOf(moments)
    }
  }
  const loadBack = async (body: KeptBody, signal?: AbortSignal): Promise<number> => {
    const file = join(folder, body.segment)
    const found = await sha256OfFile(file).catch(() => null)
    if (found !== body.sha256) {
      problems.push(`${body.segment} ${found === null ? 'is missing' : 'was changed or damaged'}`)
      log.error('options.damaged', { segment: body.segment })
      return 0
    }
    const rows = await sql.load(body.moments, file, signal)
    if (rows !== body.rows) problems.push(`${body.segment} has ${rows} rows, the journal says ${body.rows}`)
    return rows
  }
  /** Brings back what the journal names and the store has not: somebody removed the store, or it was damaged. */
  const reconcile = async () => {
    if (entries.length === 0) return
    const held = await sql.ids()
    for (const body of entries)
      if (isWanted(body) && body.moments.some(({ id, why, at }) => !held.has(id) && (why !== 'regular' || at >= oldest())))
        await loadBack(body)
  }
  const prune = async () => {
    const count = await sql.prune(oldest(), clock.now() - DEMO_HOURS * MICROS_PER_HOUR)
    if (count > 0) log.info('options.pruned', { moments: count, keepDays: options.keepDays })
  }
  const warn = (fault: unknown) => log.warn('options.archive', { reason: fault instanceof Error ? fault.message : String(fault) })
  const stops = [
    clock.after(FIRST_PRUNE_SECONDS, () => void inLine(prune).catch(warn)),
    clock.every(ARCHIVE_SECONDS, () => void inLine(() => archive().then(prune)).catch(warn)),
    store.onState(() => {
      if (store.state().phase === 'up') inLine(reconcile).catch(warn)
    }),
  ]
  if (store.state().phase === 'up') inLine(reconcile).catch(warn)

  const keep = async (chain: AnalysedChain, why: WhyKept): Promise<SnapshotHeader> => {
    const how = analyser.optionsOf(chain.analysis) ?? options.usual()
    const header = headerOf(chain, why, how)
    const known = headers.get(header.id)
    if (known) return known
    await inLine(async () => {
      await sql.write(header, chain.analysis.chain)
      if (why === 'regular') headers.set(header.id, header)
      else await seal([header])
    })
    return header
  }
  const expectHeader = async (id: string): Promise<SnapshotHeader> =>
    headers.get(id) ?? (await sql.header(id)) ?? fail('SNAPSHOT_UNKNOWN', { snapshot: id })
  const open = async (id: string): Promise<AnalysedChain> => {
    const [header, rows] = await Promise.all([expectHeader(id), sql.rows(id)])
    if (rows.strike.length !== header.contracts) return fail('SNAPSHOT_UNKNOWN', { snapshot: id })
    const { key, symbol, name, isFile, isDemo, newestReceipt } = header
    const analysis = await analyser.analyse(chainOf(header, rows), optionsOf(header))
    return { key, symbol, name, analysis, provenance: keptProvenance(header), isFile, newestReceipt, isDemo }
  }

  return {
    async keep(chain, why) {
      const { asOf } = chain.analysis.chain
      const name = `${chain.key} ${asOf} ${why}`
      const under = writing.get(name) ?? keep(chain, why).finally(() => writing.delete(name))
      writing.set(name, under)
      return snapshotOf(await under)
    },
    open(id) {
      const known = opened.get(id)
      opened.delete(id)
      const chain = known ?? open(id)
      opened.set(id, chain)
      chain.catch(() => opened.delete(id))
      if (opened.size > OPENED_AT_MOST) opened.delete(opened.keys().next().value!)
      return chain
    },
    info: async id => snapshotOf(await expectHeader(id)),
    list: async (key, before, limit) => (await sql.list(key, before, limit)).map(snapshotOf),
    history: (key, expiry, limit) => sql.history(key, expiry as IsoDate, limit),
    archive: () => inLine(archive),
    refill: signal =>
      inLine(async () => {
        problems.length = 0
        let rows = 0
        for (const body of entries) {
          signal.throwIfAborted()
          if (isWanted(body)) rows += await loadBack(body, signal)
        }
        return rows
      }),
    problems: () => problems,
    async close() {
      for (const stop of stops) stop()
      await inLine(archive).catch(warn)
    },
  }
}

/** A chain of the demo market is that for ever; any other is what it was then, and says so. */
function keptProvenance({ provenance, isDemo, at }: SnapshotHeader): Provenance {
  const { source } = provenance
  return isDemo
    ? { source, state: 'demo', asOf: at, reason: null }
    : { source, state: 'cached', asOf: at, reason: reasonOf('cached') }
}
