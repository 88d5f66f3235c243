import { comparable, DECIMAL_PLACES } from '../rules/field.ts'

/**
 * One price observation about one tranche, as a dealer or trader gave it.
 *
 * Ids are text. Prices are decimal text exactly as given; missing is null and never zero. Dates are YYYY-MM-DD.
 */
export interface ColorRow {
  /** Unique within what is ranked together; a message has many rows, so that its id is none. */
  readonly rowId: string
  readonly messageId: string
  readonly ticker: string
  readonly sector: string
  /** As plainCusip makes it, also where its check digit is wrong: such a row is marked and kept. */
  readonly cusip: string
  readonly date: string
  readonly priceLevel: string | null
  readonly bid: string | null
  readonly ask: string | null
  /** The price that ranks: the bid where there is one, else the ask. */
  readonly px: string | null
  readonly source: string
  readonly bias: string
  readonly rank: number
  /** The desk's own last evaluated price, not the cover of an auction. */
  readonly covPrice: string | null
  /** How sure the reader of the message was, 0 to 10. */
  readonly confidence: number
  /** Day on which the message was received. */
  readonly date1: string
  /** Place in the order of receipt. */
  readonly received: number
  /** What the security is called; null where nobody says it. */
  readonly securityName: string | null
  /** What the sender said of the cover of an auction, as it was written; null where nothing. No price of ours: it neither ranks nor counts. */
  readonly bwicCover: string | null
  /** As the sender calls it; null where nobody says it. */
  readonly assetClass: string | null
}

/** Prices of a desk are few and asked for often: a file of 100,000 rows has some thousand different ones. */
const MOST_KNOWN = 20_000
const known = new Map<string, bigint | null>()

/** A decimal in whole units of 10^-12, null where it is missing or none. */
export function unitsOf(decimal: string | null): bigint | null {
  if (decimal === null || decimal === '') return null
  const found = known.get(decimal)
  if (found !== undefined) return found
  const units = comparable('decimal', decimal) as bigint | null
  if (known.size >= MOST_KNOWN) known.clear()
  known.set(decimal, units)
  return units
}

/** The price that ranks: bid where there is one, else ask. */
export function rankingPrice(bid: string | null, ask: string | null): string | null {
  return unitsOf(bid) === null ? (unitsOf(ask) === null ? null : ask) : bid
}

function written(units: bigint, places: number): string {
  const step = 10n ** BigInt(DECIMAL_PLACES - places)
  const magnitude = units < 0n ? -units : units
  // Half away from zero, as people round.
  const rounded = (magnitude + step / 2n) / step
  const text = rounded.toString().padStart(places + 1, '0')
  const sign = units < 0n && rounded > 0n ? '-' : ''
  return places === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -places)}.${text.slice(-places)}`
}

/** Places of a percentage in the output. */
const PERCENT_PLACES = 2

/** What a price is away from the evaluated one: signed in price, and in percent of it without a sign; null where one is missing. */
export function distance(
  px: string | null,
  covPrice: string | null,
): { readonly priceDiff: string | null; readonly percentDiff: string | null } {
  const [price, evaluated] = [unitsOf(px), unitsOf(covPrice)]
  if (price === null || evaluated === null) return { priceDiff: null, percentDiff: null }
  const difference = price - evaluated
  const exact = written(difference, DECIMAL_PLACES).replace(/\.?0+$/, '')
  if (evaluated === 0n) return { priceDiff: exact, percentDiff: null }
  const size = (n: bigint) => (n < 0n ? -n : n)
  const percent = (size(difference) * 100n * 10n ** BigInt(DECIMAL_PLACES)) / size(evaluated)
  return { priceDiff: exact, percentDiff: written(percent, PERCENT_PLACES) }
}
