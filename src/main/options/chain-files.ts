import type { UnderlyingState } from '../../contract/options.ts'
import { reasonOf } from '../../contract/reasons.ts'
import type { AnalysisOptions } from '../../core/options/analyse-chain.ts'
import type { OptionChain } from '../../core/options/chain.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Journal } from '../../platform/journal.ts'
import { fail } from '../fail.ts'
import type { Analyser } from './analyser.ts'
import type { AnalysedChain, ChainService } from './chain-service.ts'
import type { Snapshots } from './snapshots.ts'

/** Chains that came from files: each is one kept moment under a name of its own. */
export interface ChainFiles {
  has(key: string): boolean
  states(): readonly UnderlyingState[]
  state(key: string): UnderlyingState
  /** Null until it was loaded. */
  latest(key: string): AnalysedChain | null
  /** Analyses the chain where that was not done since the start; gives it then, and null where it is there already. */
  load(key: string): Promise<AnalysedChain | null>
  add: ChainService['addFile']
  remove: ChainService['removeFile']
  /** Brings back what was removed last under that key. Fails: UNDERLYING_UNKNOWN, SERIES_EXISTS. */
  restore(key: string, user: string): UnderlyingState
  /** The chain that was read from bytes of that hash, null where there is none. */
  sameAs(sha256: string): string | null
  /** Files in raw/ that some entry names, those of removed chains too: they can be brought back. */
  raws(): ReadonlySet<string>
}

/** What an `options.file` entry carries; the moment's rows are in the segment that `options.kept` names. */
interface FileBody {
  readonly name: string
  readonly file: string
  readonly symbol: string
  readonly moment: string
  readonly contracts: number
  readonly expiries: number
  readonly asOf: number
  /** Where its bytes lie in raw/, and their hash; entries of before have neither. */
  readonly raw?: { readonly file: string; readonly sha256: string }
}

const EVENTS = { add: 'options.file', remove: 'options.file-removed' } as const
const keyOf = (name: string) => `file:${name}`

export function createChainFiles({
  journal,
  snapshots,
  analyser,
  usual,
  clock,
}: {
  readonly journal: Pick<Journal, 'append' | 'read'>
  readonly snapshots: Snapshots
  readonly analyser: Analyser
  /** How a file is analysed; its quotes are as old as its own instant says, whatever the hour is now. */
  readonly usual: () => AnalysisOptions
  readonly clock: Clock
}): ChainFiles {
  const files = new Map<string, FileBody>()
  const removed = new Map<string, FileBody>()
  const raws = new Set<string>()
  const loaded = new Map<string, AnalysedChain>()
  const loading = new Map<string, Promise<AnalysedChain>>()
  for (const { kind, subject, body } of journal.read({ kinds: Object.values(EVENTS) })) {
    const before = files.get(subject)
    if (kind === EVENTS.add) {
      files.set(subject, body as FileBody)
      removed.delete(subject)
      if ((body as FileBody).raw) raws.add((body as FileBody).raw!.file)
    } else if (before && files.delete(subject)) removed.set(subject, before)
  }
  const expect = (key: string): FileBody => files.get(key) ?? fail('UNDERLYING_UNKNOWN', { underlying: key })
  const state = (key: string): UnderlyingState => {
    const { name, file, symbol, contracts, expiries, asOf } = expect(key)
    return {
      ...{ key, symbol, name: `${symbol} ${name}`, source: file, state: 'cached', reason: reasonOf('cached') },
      ...{ expiries, contracts, asOf, watchedInBackground: false },
    }
  }

  return {
    has: key => files.has(key),
    states: () => [...files.keys()].map(state),
    state,
    latest: key => loaded.get(key) ?? null,
    async load(key) {
      if (loaded.has(key)) return null
      const { moment, name, symbol, file } = expect(key)
      const under = loading.get(key) ?? snapshots.open(moment).finally(() => loading.delete(key))
      loading.set(key, under)
      const opened = await under
      if (loaded.has(key) || files.get(key)?.moment !== moment) return null
      const provenance = { ...opened.provenance, source: file }
      const chain: AnalysedChain = { ...opened, key, symbol, name: `${symbol} ${name}`, provenance, isFile: true }
      loaded.set(key, chain)
      return chain
    },
    async add(chain: OptionChain, { name, file, replace, user, raw }) {
      const key = keyOf(name)
      const existing = files.get(key)
      if (existing && !replace) fail('SERIES_EXISTS', { series: name, rows: existing.contracts })
      const symbol = chain.underlying
      // Of its own columns: those of the caller stay with the caller.
      const analysis = await analyser.analyse(structuredClone(chain), usual())
      const provenance = { source: file, state: 'cached', asOf: chain.asOf, reason: reasonOf('cached') } as const
      const made: AnalysedChain = {
        ...{ key, symbol, name: `${symbol} ${name}`, analysis, provenance, isFile: true },
        ...{ newestReceipt: clock.now(), isDemo: false },
      }
      const { id: moment } = await snapshots.keep(made, 'file')
      const contracts = analysis.chain.strike.length
      const expiries = analysis.chain.expiries.filter(one => one.settlesAt > chain.asOf).length
      const body: FileBody = { name, file, symbol, moment, contracts, expiries, asOf: chain.asOf, ...(raw ? { raw } : {}) }
      if (raw) raws.add(raw.file)
      journal.append({ kind: EVENTS.add, subject: key, user, body })
      files.set(key, body)
      removed.delete(key)
      loaded.set(key, made)
      return key
    },
    remove(key, user) {
      const body = expect(key)
      journal.append({ kind: EVENTS.remove, subject: key, user, body: { moment: body.moment } })
      files.delete(key)
      removed.set(key, body)
      loaded.delete(key)
    },
    restore(key, user) {
      const body = removed.get(key) ?? fail('UNDERLYING_UNKNOWN', { underlying: key })
      const existing = files.get(key)
      if (existing) fail('SERIES_EXISTS', { series: body.name, rows: existing.contracts })
      journal.append({ kind: EVENTS.add, subject: key, user, body })
      files.set(key, body)
      removed.delete(key)
      return state(key)
    },
    sameAs: sha256 => [...files].find(([, { raw }]) => raw?.sha256 === sha256)?.[0] ?? null,
    raws: () => raws,
  }
}
