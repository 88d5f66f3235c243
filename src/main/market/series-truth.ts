import type { SeriesInfo } from '../../contract/market.ts'
import type { Journal, JournalEntry } from '../../platform/journal.ts'
import type { StoredSeries } from './series-store.ts'

/** What `series.stored` carries; `series.removed` and `series.restored` carry the number of the entry they are about. */
export interface StoredBody {
  readonly segment: string
  readonly sha256: string
  readonly rows: number
  readonly tickSize: number
  /** Name in raw/ of the file it was read from. */
  readonly raw: string | null
  readonly info: SeriesInfo
}

export const SERIES_KINDS = ['series.stored', 'series.removed', 'series.restored'] as const

/** The series that exist according to the journal, and those that were removed last under each name. */
export interface SeriesTruth {
  readonly current: ReadonlyMap<string, StoredSeries>
  readonly removed: ReadonlyMap<string, StoredSeries>
  /** Files that any entry names, also of series that are gone: they are kept. */
  readonly segments: ReadonlySet<string>
  readonly raws: ReadonlySet<string>
  apply(entry: JournalEntry): void
}

/** Folds the journal into the series there are; the same fold takes each new entry. */
export function foldSeries(journal: Journal): SeriesTruth {
  const current = new Map<string, StoredSeries>()
  const removed = new Map<string, StoredSeries>()
  const segments = new Set<string>()
  const raws = new Set<string>()
  const apply = (entry: JournalEntry) => {
    const name = entry.subject
    if (entry.kind === 'series.stored') {
      const { segment, sha256, tickSize, info, raw } = entry.body as StoredBody
      segments.add(segment)
      if (raw !== null) raws.add(raw)
      current.set(name, { id: entry.seq, info, segment, sha256, tickSize })
    } else if (entry.kind === 'series.removed') {
      const gone = current.get(name)
      if (gone) removed.set(name, gone)
      current.delete(name)
    } else if (entry.kind === 'series.restored') {
      const back = removed.get(name)
      if (back) current.set(name, back)
      removed.delete(name)
    }
  }
  for (const entry of journal.read({ kinds: SERIES_KINDS })) apply(entry)
  return { current, removed, segments, raws, apply }
}
