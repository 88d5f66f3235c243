import { join } from 'node:path'
import { reasonOf } from '../../contract/reasons.ts'
import type { SourceState } from '../../contract/sources.ts'
import type { InstrumentId } from '../../core/kit/ids.ts'
import type { EpochMicros } from '../../core/kit/time.ts'
import type { Instrument } from '../../core/market/instrument.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Journal } from '../../platform/journal.ts'
import type { Log } from '../../platform/log.ts'
import { fail } from '../fail.ts'
import type { Book } from '../market/book.ts'
import type { Freshness } from '../market/freshness.ts'
import type { Ingest } from '../market/ingest.ts'
import { endable } from '../market/stream.ts'
import type { HostBus } from '../topics.ts'
import type { FoundSymbol, HistoryAnswer, HistoryRequest, Source, SourceContext, SourceSession } from './source.ts'
import { createRunner, type SourceRunner } from './source-runner.ts'

/** Journal kinds of this domain. */
export const SOURCE_EVENTS = { set: 'sources.set', add: 'sources.add' } as const

const WATCH_SECONDS = 1

export interface SourcesOptions {
  readonly sources: readonly Source[]
  readonly book: Book
  readonly freshness: Freshness
  readonly ingest: Ingest
  readonly journal: Pick<Journal, 'append' | 'read'>
  readonly bus: HostBus
  readonly clock: Clock
  readonly log: Log
  /** Folder under which each source keeps what it caches. */
  readonly cacheFolder: string
  readonly fetch: typeof fetch
  readonly seed: number
  readonly secrets?: { has(name: string): boolean; get: SourceContext['secret'] }
  readonly isOpen: (instrument: Instrument, at: EpochMicros) => boolean
}

export interface SourcesService {
  /** Opens every source that is on. */
  start(): void
  list(): SourceState[]
  /** The list now, and then once a second. */
  watch(signal?: AbortSignal): AsyncGenerator<SourceState[], void, undefined>
  set(name: string, enabled: boolean, user: string): Promise<SourceState>
  find(name: string, text: string): Promise<readonly FoundSymbol[]>
  /** Brings the symbol into the book and remembers it, so that it is there after a restart. */
  add(name: string, symbol: string, user: string): Promise<Instrument>
  /** Somebody looks at these until the answer is called; ids that no source knows yet begin when one does. */
  subscribe(ids: readonly string[]): () => void
  /** Null where the instrument's source is off or gives no history. */
  history(request: HistoryRequest): Promise<HistoryAnswer | null>
  close(): Promise<void>
}

/** The sources of the workstation: which are on, who looks at what, and how each of them fares. */
export function createSourcesService(options: SourcesOptions): SourcesService {
  const { book, freshness, journal, bus, clock } = options
  const enabled = new Map<string, boolean>()
  const wanted = new Map<string, number>()
  const runners = new Map<string, SourceRunner>()
  for (const source of options.sources) runners.set(source.name, runnerOf(source, options))

  const runnerNamed = (name: string): SourceRunner => runners.get(name) ?? fail('SOURCE_UNKNOWN', { source: name })
  const isEnabled = (runner: SourceRunner) => enabled.get(runner.source.name) ?? runner.source.enabledAtFirst
  const sessionOf = (runner: SourceRunner): SourceSession => runner.session ?? fail('SOURCE_OFF', { source: runner.source.title })

  const begin = (ids: readonly string[]) => {
    for (const [runner, group] of bySource(ids, book, runners)) {
      for (const id of group) freshness.watch(book.rowOf(id), runner.source.expectedIntervalSeconds)
      runner.subscribe(group)
    }
  }
  const end = (ids: readonly string[]) => {
    for (const [runner, group] of bySource(ids, book, runners)) {
      for (const id of group) freshness.unwatch(book.rowOf(id))
      runner.unsubscribe(group)
    }
  }
  const stopHearing = bus.on('instruments', list => begin(list.map(one => one.id).filter(id => wanted.has(id))))

  const stopSecrets = bus.on('secrets', () => {
    for (const runner of runners.values()) runner.secretsChanged()
  })

  /** Values of a source that is off are old however young they are; one that comes on says so with its next record. */
  const showOff = (name: string) => {
    for (const instrument of book.instruments()) {
      if (instrument.source !== name) continue
      const row = book.rowOf(instrument.id)
      book.show(row, Number.isNaN(book.columns.heard[row]!) ? 'none' : 'stale', reasonOf('source-off'))
    }
  }

  const stopWatching = clock.every(WATCH_SECONDS, () => {
    for (const runner of runners.values()) runner.watch()
  })

  return {
    start() {
      restore(options, enabled)
      for (const runner of runners.values()) {
        if (isEnabled(runner)) runner.open()
        else showOff(runner.source.name)
      }
    },
    list: () => [...runners.values()].map(runner => runner.state()),
    watch: outer =>
      endable(outer, async function* (signal) {
        for (;;) {
          yield [...runners.values()].map(runner => runner.state())
          try {
            await clock.sleep(WATCH_SECONDS, signal)
          } catch {
            return
          }
        }
      }),
    async set(name, on, user) {
      const runner = runnerNamed(name)
      if (isEnabled(runner) !== on) {
        journal.append({ kind: SOURCE_EVENTS.set, subject: name, user, body: { enabled: on } })
        enabled.set(name, on)
        if (on) runner.open()
        else {
          await runner.close()
          showOff(name)
        }
        bus.emit('sources', { name })
      }
      return runner.state()
    },
    async find(name, text) {
      const runner = runnerNamed(name)
      const session = sessionOf(runner)
      return await answered(runner, () => session.find(text))
    },
    async add(name, symbol, user) {
      const runner = runnerNamed(name)
      const session = sessionOf(runner)
      const instrument = await answered(runner, () => session.resolve(symbol))
      if (!instrument) return fail('INSTRUMENT_UNKNOWN', { instrument: symbol })
      if (!book.find(instrument.id)) {
        journal.append({ kind: SOURCE_EVENTS.add, subject: name, user, body: { instrument } })
        book.add(instrument, runner.source.gives)
        bus.emit('instruments', [instrument])
      }
      return instrument
    },
    subscribe(ids) {
      const once = [...new Set(ids)]
      const first = once.filter(id => !wanted.has(id))
      for (const id of once) wanted.set(id, (wanted.get(id) ?? 0) + 1)
      begin(first)
      let over = false
      return () => {
        if (over) return
        over = true
        const last: string[] = []
        for (const id of once) {
          const count = (wanted.get(id) ?? 1) - 1
          if (count > 0) wanted.set(id, count)
          else {
            wanted.delete(id)
            last.push(id)
          }
        }
        end(last)
      }
    },
    async history(request) {
      const runner = runners.get(request.instrument.source)
      const session = runner?.session
      if (!runner || !session) return null
      return await answered(runner, () => session.history(request))
    },
    async close() {
      stopHearing()
      stopSecrets()
      stopWatching()
      await Promise.all([...runners.values()].map(runner => runner.close()))
    },
  }
}

function runnerOf(source: Source, options: SourcesOptions): SourceRunner {
  const { book, bus, clock } = options
  return createRunner({
    source,
    ingest: options.ingest,
    clock,
    log: options.log,
    folder: join(options.cacheFolder, source.name),
    fetch: options.fetch,
    seed: options.seed,
    hasSecret: name => options.secrets?.has(name) ?? false,
    secret: name => options.secrets?.get(name) ?? Promise.resolve(null),
    marketOpen(ids) {
      const now = clock.now()
      for (const id of ids) {
        const instrument = book.find(id)
        if (instrument && options.isOpen(instrument, now)) return true
      }
      return false
    },
    onChange: () => bus.emit('sources', { name: source.name }),
  })
}

/** Folds the journal: which sources a person turned on or off, and which symbols were added. */
function restore(options: SourcesOptions, enabled: Map<string, boolean>): void {
  const gives = new Map(options.sources.map(source => [source.name, source.gives]))
  for (const entry of options.journal.read({ kinds: Object.values(SOURCE_EVENTS) })) {
    const body = entry.body as { enabled?: boolean; instrument?: Instrument }
    if (entry.kind === SOURCE_EVENTS.set) enabled.set(entry.subject, body.enabled === true)
    else if (body.instrument) options.book.add(body.instrument, gives.get(entry.subject) ?? 'none')
  }
}

function bySource(
  ids: readonly string[],
  book: Book,
  runners: ReadonlyMap<string, SourceRunner>,
): Map<SourceRunner, InstrumentId[]> {
  const groups = new Map<SourceRunner, InstrumentId[]>()
  for (const id of ids) {
    const instrument = book.find(id)
    const runner = instrument && runners.get(instrument.source)
    if (!instrument || !runner) continue
    const group = groups.get(runner) ?? []
    group.push(instrument.id)
    groups.set(runner, group)
  }
  return groups
}

/** The source's answer; what it throws becomes a failure that a person can read. */
async function answered<T>(runner: SourceRunner, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (fault) {
    if (fault instanceof Error && fault.name === 'AbortError') throw fault
    return fail('SOURCE_FAILED', { source: runner.source.title, reason: fault instanceof Error ? fault.message : String(fault) })
  }
}
