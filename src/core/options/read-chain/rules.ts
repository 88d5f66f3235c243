/** What is looked for in every row of a chain file; `refused` rows are left out, `flagged` ones are kept without the cell. */
export const CHAIN_RULES = {
  'expiry-missing': 'refused',
  'expiry-unreadable': 'refused',
  'strike-missing': 'refused',
  'strike-unreadable': 'refused',
  'strike-not-positive': 'refused',
  'side-unreadable': 'refused',
  'contract-unreadable': 'refused',
  /** The contract's own symbol says another expiry, strike or side than the row. */
  'contract-disagrees': 'refused',
  /** A contract changed by a split or a merger delivers something else. */
  'contract-adjusted': 'refused',
  'time-unreadable': 'refused',
  'quote-unreadable': 'refused',
  'number-unreadable': 'flagged',
  negative: 'flagged',
  duplicate: 'refused',
  'too-few-fields': 'refused',
  'too-many-fields': 'refused',
  'row-too-long': 'refused',
  'quote-unclosed': 'refused',
  'not-text': 'refused',
} as const satisfies Record<string, 'refused' | 'flagged'>
export type ChainRule = keyof typeof CHAIN_RULES

/** A row that broke a rule; `line` counts from 1 in the file. */
export interface ChainFileProblem {
  readonly line: number
  readonly column: string | null
  readonly rule: ChainRule
  /** What stood there, cut where it is long. */
  readonly text: string
}

/** What a person should know about how a file was read. */
export const CHAIN_NOTES = [
  /** There is no price of the underlying: the forward comes from parity. */
  'no-spot',
  /** The file names no zone for its times. */
  'zone-assumed',
  /** Quotes carry a date and no time: they are taken as of that day's close. */
  'close-assumed',
  /** The date is no trading date: quotes are those of the session before. */
  'no-trading-date',
  /** Quotes carry no date at all: taken as of the file's own date. */
  'no-date',
  'date-order-assumed',
  'strike-in-thousandths',
  'several-moments',
  'several-underlyings',
  'no-underlying',
  'encoding-guessed',
  'no-header',
] as const
export type ChainNote = (typeof CHAIN_NOTES)[number]
