import { rm } from 'node:fs/promises'
import type { SeriesInfo } from '../../contract/market.ts'
import { aggregate, sliceBars } from '../../core/market/aggregate.ts'
import { type Bars, TIMEFRAMES, type Timeframe } from '../../core/market/bars.ts'
import type { Instrument } from '../../core/market/instrument.ts'
import { calendarOf, type TradingCalendar } from '../../core/market/sessions.ts'
import { minutesOf } from '../../core/market/timeframes.ts'
import type { Clock } from '../../platform/clock.ts'
import { type DataStore, type FileFormat, StoreUnavailable } from '../../platform/data-store.ts'
import type { Journal } from '../../platform/journal.ts'
import type { Log } from '../../platform/log.ts'
import { fail } from '../fail.ts'
import type { HostBus } from '../topics.ts'
import { toInstrument } from './series-instrument.ts'
import { type ColumnsBatch, createSegmentIntake, type SeriesDraft } from './series-intake.ts'
import { openSegmentFolder, sha256OfFile } from './series-segments.ts'
import { createSeriesStore, type SeriesPrint, type StoredSeries } from './series-store.ts'
import { foldSeries, type StoredBody } from './series-truth.ts'

export type { ColumnsBatch, SeriesDraft } from './series-intake.ts'

export interface SeriesBarsRequest {
  readonly name: string
  readonly timeframe: Timeframe
  /** Epoch microseconds: bars that start at or after it. */
  readonly from?: number
  /** Bars that start before it. */
  readonly to?: number
  /** The newest so many. */
  readonly limit: number
}

/** What a rebuild found: whether everything came back as it was. */
export interface RebuildReport {
  readonly series: number
  readonly rows: number
  /** Series whose rows or file are not what the journal or the old store says, with the reason. */
  readonly problems: readonly { readonly name: string; readonly reason: string }[]
  /** Whether the old store could be read, so that contents were compared and not only counts and file hashes. */
  readonly compared: boolean
}

/** Stored series: files and journal are the truth, the store is what they are read from. */
export interface SeriesService {
  list(): Promise<SeriesInfo[]>
  find(name: string): SeriesInfo | null
  /** Newest bars of a selection, oldest first, aggregated where the timeframe is longer than the stored one. Fails: SERIES_UNKNOWN. */
  bars(request: SeriesBarsRequest): Promise<Bars>
  /** Resolves once the series will survive anything: file and journal entry are on disk. Fails: SERIES_EXISTS, DISK_FULL. */
  put(draft: SeriesDraft, rows: AsyncIterable<ColumnsBatch>): Promise<SeriesInfo>
  /** Rows removed; the segment is kept. Fails: SERIES_UNKNOWN. */
  remove(name: string, user: string): Promise<number>
  /** Rows brought back of the series last removed under that name. Fails: SERIES_UNKNOWN, SERIES_EXISTS. */
  restore(name: string, user: string): Promise<number>
  exportTo(name: string, file: string, format: FileFormat): Promise<{ rows: number }>
  /**
   * Sets the store aside and fills a new one from journal and segments; `progress` is 0 to 1 with the series at hand. The old
   * file is removed once nothing is missing.
   */
  rebuild(signal: AbortSignal, progress: (fraction: number, detail: string) => void): Promise<RebuildReport>
  /** Name of the series that was read from a file with that hash. */
  sameAs(sha256: string): string | null
  instrumentOf(info: SeriesInfo): Instrument
  /** Series that the journal has and the store cannot show, with the reason. */
  problems(): readonly { readonly name: string; readonly reason: string }[]
  close(): Promise<void>
}

export interface SeriesServiceOptions {
  readonly store: DataStore
  readonly journal: Journal
  /** The workspace folder. */
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
  readonly bus: HostBus
  /** Runs inside a rebuild, around the series: live records that have segments of their own. */
  readonly others?: { before(): Promise<void>; after(signal: AbortSignal): Promise<number> }
  /** Called between the steps of put, for tests that end the process there. */
  readonly atStep?: (step: PutStep) => void
}

export type PutStep = 'begun' | 'archived' | 'written' | 'journalled' | 'loaded'

const MICROS_PER_MINUTE = 60_000_000
/** Beyond this a timeframe is prepared in the store in pieces of this length: no session anywhere starts off a quarter hour. */
const QUARTER_HOUR = 15

/** Width in minutes at which the store prepares bars for a timeframe, so that core need not see each tick of ten years. */
function preparedMinutes(timeframe: Timeframe): number {
  const minutes = minutesOf(timeframe)
  if (minutes === null || minutes % QUARTER_HOUR === 0) return QUARTER_HOUR
  return minutes % 5 === 0 ? 5 : 1
}

/** How much time so many bars may span: a market that trades 6.5 h on weekdays is closed four fifths of it. */
function spanOf(timeframe: Timeframe, limit: number): number {
  const days = { '1d': 1, '1w': 7, '1M': 31 } as Partial<Record<Timeframe, number>>
  const minutes = minutesOf(timeframe) ?? (days[timeframe] ?? 1) * 1440
  return limit * minutes * MICROS_PER_MINUTE * 1.5 + 4 * 1440 * MICROS_PER_MINUTE
}

/**
 * Series service over a store and a journal that are open; brings the store in line with the journal first.
 *
 * A kill between any two steps of `put` leaves the series as it was or as it became: until the journal has the entry the files
 * are leftovers and removed at the next start, from then on the store is repaired from them.
 */
export async function createSeriesService(options: SeriesServiceOptions): Promise<SeriesService> {
  const { store, journal, folder, clock, log, bus, atStep = () => undefined } = options
  const sql = createSeriesStore(store)
  const files = await openSegmentFolder(folder)
  const truth = foldSeries(journal)
  const problems = new Map<string, string>()
  const stopFold = journal.onAppend(truth.apply)
  let line: Promise<unknown> = Promise.resolve()
  let isRebuilding = false
  let closed = false

  /** One change of the store at a time. */
  const inLine = <T>(run: () => Promise<T>): Promise<T> => {
    const result = line.then(run, run)
    line = result.catch(() => undefined)
    return result
  }
  const expect = (name: string): StoredSeries => truth.current.get(name) ?? fail('SERIES_UNKNOWN', { series: name })
  const loadOne = async (series: StoredSeries, replaced: readonly number[], signal?: AbortSignal) => {
    const { name } = series.info
    const path = files.path(series.segment)
    if (!(await files.exists(series.segment))) problems.set(name, `its segment ${series.segment} is missing`)
    else if ((await sha256OfFile(path)) !== series.sha256)
      problems.set(name, `its segment ${series.segment} was changed or damaged`)
    else {
      await sql.load(series, path, replaced, signal)
      problems.delete(name)
      return
    }
    log.error('series.damaged', { name, reason: problems.get(name) })
  }
  /** Brings the store to what the journal says; what is right already is left alone. */
  const reconcile = async (): Promise<void> => {
    const held = await sql.held()
    const wanted = new Map([...truth.current.values()].map(series => [series.id, series]))
    const extra = held.filter(one => !wanted.has(one.id))
    const missing = [...wanted.values()].filter(series => !held.some(one => one.id === series.id))
    const replacing = new Map(
      missing.map(series => [series.info.name, extra.filter(one => one.name === series.info.name).map(one => one.id)]),
    )
    const replaced = new Set([...replacing.values()].flat())
    await sql.drop(extra.map(one => one.id).filter(id => !replaced.has(id)))
    for (const series of missing) await loadOne(series, replacing.get(series.info.name) ?? [])
    if (missing.length > 0 || extra.length > 0) log.info('series.reconciled', { loaded: missing.length, removed: extra.length })
  }
  /** After a decision is in the journal the store follows; where it is away it follows when it is back. */
  const follow = async (): Promise<void> => {
    try {
      await inLine(reconcile)
    } catch (fault) {
      if (!(fault instanceof StoreUnavailable)) throw fault
      log.warn('series.store-away', { reason: fault.reason })
    }
  }
  const stopState = store.onState(() => {
    if (closed || isRebuilding || store.state().phase !== 'up') return
    follow().catch(fault => log.error('series.reconcile-failed', { fault }))
  })

  const leftovers = await files.tidy(truth)
  if (leftovers.length > 0) log.info('series.leftovers', { files: leftovers.length })
  if (store.state().phase === 'up') await follow()

  async function put(draft: SeriesDraft, rows: AsyncIterable<ColumnsBatch>): Promise<SeriesInfo> {
    const existing = truth.current.get(draft.name)
    if (existing && !draft.replace) fail('SERIES_EXISTS', { series: draft.name, rows: existing.info.rows })
    atStep('begun')
    const raw = draft.rawFile === null ? null : await files.archive(draft.rawFile)
    atStep('archived')
    const segment = files.nameFor(draft.name, clock.now())
    const made = await createSegmentIntake(store, draft.kind).take(rows, files.path(segment))
    atStep('written')
    const counts = { flagged: made.flagged, refused: 0, ...draft.counts?.() }
    const { name, kind, timeframe, unit, timeZone, source, state } = draft
    const info: SeriesInfo = {
      ...{ name, kind, timeframe, unit, timeZone, rows: made.rows, from: made.from, to: made.to, source, state },
      ...{ importedAt: clock.now(), sha256: raw?.sha256 ?? null, ...counts },
    }
    const body: StoredBody = {
      ...{ segment, sha256: made.sha256, rows: made.rows, tickSize: made.tickSize, raw: raw?.raw ?? null, info },
    }
    journal.append({ kind: 'series.stored', subject: name, user: draft.user, body })
    atStep('journalled')
    await follow()
    atStep('loaded')
    bus.emit('series', { name, change: 'stored' })
    return info
  }

  async function bars({ name, timeframe, from, to, limit }: SeriesBarsRequest): Promise<Bars> {
    const series = expect(name)
    const { info } = series
    const end = to ?? null
    const shown = info.timeframe ?? '1m'
    const isStored = info.kind === 'bars' && TIMEFRAMES.indexOf(timeframe) <= TIMEFRAMES.indexOf(shown)
    // Values of a day and longer are points in time as they stand; only ticks and finer values must be gathered.
    const isCoarse =
      info.kind === 'values' && info.timeframe !== null && TIMEFRAMES.indexOf(timeframe) <= TIMEFRAMES.indexOf(info.timeframe)
    if (isStored || isCoarse) return sql.bars(series, { from: from ?? null, to: end, minutes: null, limit })
    const calendar = calendarFor(info)
    const isFine = info.kind === 'bars' && preparedMinutes(timeframe) <= (minutesOf(shown) ?? Number.POSITIVE_INFINITY)
    const minutes = isFine ? null : preparedMinutes(timeframe)
    const last = Math.min(end ?? Number.POSITIVE_INFINITY, (info.to ?? 0) + 1)
    for (let span = spanOf(timeframe, limit + 1); ; span *= 4) {
      const since = Math.max(from ?? Number.NEGATIVE_INFINITY, last - span)
      const isWhole = since <= (info.from ?? 0)
      const prepared = await sql.bars(series, {
        from: isWhole ? (from ?? null) : Math.floor(since),
        ...{ to: end, minutes, limit: Number.MAX_SAFE_INTEGER },
      })
      const made = aggregate(prepared, timeframe, calendar)
      const n = made.time.length
      // The first bar of a cut stretch may lack its beginning, so one more than asked for is made.
      if (n > limit || isWhole || since === from) return sliceBars(made, Math.max(0, n - limit), n)
    }
  }

  async function decide(kind: 'series.removed' | 'series.restored', series: StoredSeries, user: string): Promise<number> {
    const { name, rows } = series.info
    journal.append({ kind, subject: name, user, body: { entry: series.id, rows } })
    await follow()
    bus.emit('series', { name, change: kind === 'series.removed' ? 'removed' : 'stored' })
    return rows
  }

  async function refill(signal: AbortSignal, progress: (fraction: number, detail: string) => void): Promise<RebuildReport> {
    const before = await sql.prints().catch(() => null)
    await options.others?.before().catch(fault => log.warn('series.rebuild-others', { fault }))
    const { aside } = await store.renew()
    log.info('series.rebuild', { aside })
    const all = [...truth.current.values()]
    const found: { name: string; reason: string }[] = []
    let rows = 0
    for (const [k, series] of all.entries()) {
      signal.throwIfAborted()
      progress(k / (all.length + 1), series.info.name)
      await loadOne(series, [], signal)
      const now = await sql.print(series)
      rows += now.rows
      const reason = problems.get(series.info.name) ?? difference(series, now, before)
      if (reason !== null) found.push({ name: series.info.name, reason })
    }
    progress(all.length / (all.length + 1), '')
    rows += (await options.others?.after(signal)) ?? 0
    // The old file is only wanted while something is missing: it is as large as the new one.
    if (aside !== null && found.length === 0) for (const end of ['', '.wal']) await rm(aside + end, { force: true })
    progress(1, '')
    return { series: all.length, rows, problems: found, compared: before !== null }
  }

  return {
    list: async () => [...truth.current.values()].map(series => series.info).sort((a, b) => a.name.localeCompare(b.name)),
    find: name => truth.current.get(name)?.info ?? null,
    bars,
    put,
    async remove(name, user) {
      return decide('series.removed', expect(name), user)
    },
    async restore(name, user) {
      const existing = truth.current.get(name)
      if (existing) fail('SERIES_EXISTS', { series: name, rows: existing.info.rows })
      return decide('series.restored', truth.removed.get(name) ?? fail('SERIES_UNKNOWN', { series: name }), user)
    },
    exportTo: (name, file, format) => store.copyOut(sql.exportSql(expect(name)), file, format),
    rebuild: (signal, progress) =>
      inLine(async () => {
        isRebuilding = true
        store.rebuilding(true)
        try {
          return await refill(signal, progress)
        } finally {
          isRebuilding = false
          // Also after a cancel: `up` is announced here, and the listener above loads whatever is still missing.
          store.rebuilding(false)
        }
      }),
    sameAs: sha256 => [...truth.current.values()].find(({ info }) => info.sha256 === sha256)?.info.name ?? null,
    instrumentOf: info => toInstrument(info, truth.current.get(info.name)?.tickSize ?? 0.01),
    problems: () => [...problems].map(([name, reason]) => ({ name, reason })),
    async close() {
      closed = true
      stopState()
      stopFold()
      await line
    },
  }
}

function difference(series: StoredSeries, now: SeriesPrint, before: readonly SeriesPrint[] | null): string | null {
  if (now.rows !== series.info.rows) return `it has ${now.rows} rows, the journal says ${series.info.rows}`
  const old = before?.find(print => print.id === series.id)
  return old && old.print !== now.print ? 'its rows are not those of the old store; the segment was taken' : null
}

function calendarFor(info: SeriesInfo): TradingCalendar {
  return { ...calendarOf('always'), zone: info.timeZone }
}
