/** Rank of a quote type that no table names: it is shown for mapping, and never decides. */
export const UNMAPPED_RANK = 99

/** Which quote types weigh how much: 1 is the best evidence of a price. A table is data and has versions. */
export interface BiasRanks {
  readonly version: number
  readonly ranks: Readonly<Record<string, number>>
  /** Other words for a quote type. */
  readonly sameAs: Readonly<Record<string, string>>
}

/** The table that a desk begins with. */
export const USUAL_RANKS: BiasRanks = {
  version: 1,
  ranks: {
    'TRADE CONFIRM': 1,
    'BWIC COVER': 2,
    BID: 3,
    COLOR: 3,
    'BWIC REO': 3,
    DNT: 3,
    'DNT BEST': 3,
    OFFER: 4,
    'BWIC TALK': 5,
    VALUATION: 6,
  },
  sameAs: { MARKET: 'BID', BUYER: 'BID', PXTALK: 'BWIC TALK' },
}

/** A quote type as tables name it. */
export const plainType = (text: string) => text.normalize('NFC').trim().replaceAll(/\s+/g, ' ').toUpperCase()

/**
 * The quote type that a text means and its rank under a table. A row without a type is a bid where it has a bid, else an offer.
 *
 * The text itself is kept beside it: what somebody wrote is evidence.
 */
export function rankOf(bias: string | null, hasBid: boolean, table: BiasRanks): { readonly bias: string; readonly rank: number } {
  const written = plainType(bias ?? '')
  const known = written === '' ? (hasBid ? 'BID' : 'OFFER') : (table.sameAs[written] ?? written)
  return { bias: known, rank: Object.hasOwn(table.ranks, known) ? (table.ranks[known] as number) : UNMAPPED_RANK }
}
