import type { DataStore } from '../../../platform/data-store.ts'

/** What a word means among the tranches and dealers there are. */
export interface Meaning {
  readonly cusips: readonly string[]
  readonly dealers: readonly string[]
  /** Where it was found, and in how many tranches. */
  readonly kinds: readonly { readonly kind: 'cusip' | 'ticker' | 'sector' | 'name'; readonly cusips: number }[]
}

export interface Suggestion {
  readonly kind: 'cusip' | 'ticker' | 'dealer' | 'sector' | 'name'
  readonly value: string
  readonly detail: string
  readonly rows: number
}

/** Every tranche and dealer of the store, held in memory: some ten thousand texts, where the store has millions of rows with them. */
export interface Tranches {
  /** Tranches and dealers in whose texts a word stands, without regard to case. */
  find(word: string): Meaning
  /** What a text that is being typed may mean, what begins with it first, then by rows. */
  suggest(text: string, limit: number): readonly Suggestion[]
}

const KINDS = ['cusip', 'ticker', 'sector', 'name'] as const

interface Tranche {
  readonly cusip: string
  readonly rows: number
  /** As it is written, by kind. */
  readonly texts: readonly string[]
  /** As it is compared. */
  readonly plain: readonly string[]
}

const plain = (text: string) => text.normalize('NFC').toLowerCase()

/** Each tranche as it was called last. */
const TRANCHES_SQL = `select cusip, arg_max(ticker, run_number), arg_max(sector, run_number), arg_max(security_name, run_number), count(*) from color_rows
  where excluded_by is null group by cusip`
const DEALERS_SQL = `select source, count(*) as n from color_rows where excluded_by is null and source is not null group by source order by n desc, source`

/** Reads the tranches and dealers that the store has now. */
export async function readTranches(store: Pick<DataStore, 'query'>): Promise<Tranches> {
  const [found, named] = await Promise.all([store.query(TRANCHES_SQL), store.query(DEALERS_SQL)])
  const text = (column: number, row: number) => String(found.columns[column]?.[row] ?? '')
  const tranches = Array.from({ length: found.rows }, (_, row): Tranche => {
    const texts = [0, 1, 2, 3].map(column => text(column, row))
    return { cusip: texts[0]!, rows: Number(found.columns[4]?.[row]), texts, plain: texts.map(plain) }
  })
  const dealers = Array.from({ length: named.rows }, (_, row) => {
    const name = String(named.columns[0]?.[row])
    return { name, plain: plain(name), rows: Number(named.columns[1]?.[row]) }
  })
  return {
    find(word) {
      const wanted = plain(word)
      const counts = [0, 0, 0, 0]
      const cusips: string[] = []
      for (const { cusip, plain: texts } of tranches) {
        let isFound = false
        for (const [k, one] of texts.entries()) {
          if (!one.includes(wanted)) continue
          counts[k]! += 1
          isFound = true
        }
        if (isFound) cusips.push(cusip)
      }
      return {
        cusips,
        dealers: dealers.flatMap(dealer => (dealer.plain.includes(wanted) ? [dealer.name] : [])),
        kinds: KINDS.flatMap((kind, k) => (counts[k]! > 0 ? [{ kind, cusips: counts[k]! }] : [])),
      }
    },
    suggest(typed, limit) {
      const wanted = plain(typed.trim())
      if (wanted === '') return []
      const hits = new Map<string, Suggestion & { readonly begins: boolean }>()
      const add = (one: Suggestion, as: string) => {
        if (!as.includes(wanted)) return
        const key = `${one.kind} ${one.value}`
        const known = hits.get(key)
        hits.set(key, { ...one, rows: one.rows + (known?.rows ?? 0), begins: as.startsWith(wanted) })
      }
      for (const { rows, texts, plain: as } of tranches)
        for (const [k, kind] of KINDS.entries()) {
          const detail = kind === 'cusip' ? texts[1]! : kind === 'ticker' ? texts[0]! : ''
          if (texts[k] !== '') add({ kind, value: texts[k]!, detail, rows }, as[k]!)
        }
      for (const { name, plain: as, rows } of dealers) add({ kind: 'dealer', value: name, detail: '', rows }, as)
      return [...hits.values()]
        .sort((a, b) => Number(b.begins) - Number(a.begins) || b.rows - a.rows || (a.value < b.value ? -1 : 1))
        .slice(0, limit)
        .map(({ begins: _, ...one }) => one)
    },
  }
}
