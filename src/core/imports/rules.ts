/** What is looked for in every row of a file; one line each, so that the list can be shown, counted and tested. */
interface Rule {
  /** `refused`: the row is left out. `flagged`: it is kept, with a mark. */
  readonly outcome: 'refused' | 'flagged'
  /** What was found; `{names}` are filled in. */
  readonly sentence: string
}

/**
 * Every rule that a row of a file can break.
 *
 * Refused is what would put a wrong number, or a number at a wrong time, into a series. What is merely unusual is kept and
 * flagged: zero and negative prices are legal (WTI settled at -37.63 on 20 April 2020), and so are rows in another order.
 */
export const RULES = {
  'time-missing': { outcome: 'refused', sentence: 'there is no time' },
  'time-unreadable': { outcome: 'refused', sentence: 'the time cannot be read as {order}' },
  'time-ambiguous': {
    outcome: 'refused',
    sentence: 'day and month may be the other way round: the file has dates of both orders',
  },
  'time-order-guessed': {
    outcome: 'flagged',
    sentence: 'nothing in the file shows whether day or month comes first; read as {order}',
  },
  'time-skipped': { outcome: 'refused', sentence: 'that local time does not exist in {zone}: the clocks went forward over it' },
  'time-repeated': { outcome: 'flagged', sentence: 'that local time came twice in {zone}; taken as the {which}' },
  future: { outcome: 'flagged', sentence: 'the time lies in the future' },
  'number-unreadable': { outcome: 'refused', sentence: 'this is not a number' },
  'not-finite': { outcome: 'refused', sentence: 'infinity is not a price' },
  'missing-price': { outcome: 'refused', sentence: 'the {column} is missing' },
  'high-below-low': { outcome: 'refused', sentence: 'the high {high} is below the low {low}' },
  'open-outside-range': { outcome: 'flagged', sentence: 'the open {open} is outside {low} to {high}' },
  'close-outside-range': { outcome: 'flagged', sentence: 'the close {close} is outside {low} to {high}' },
  'negative-volume': { outcome: 'refused', sentence: 'a volume cannot be negative' },
  'non-positive': { outcome: 'flagged', sentence: 'the price is zero or negative' },
  crossed: { outcome: 'flagged', sentence: 'the bid {bid} is above the ask {ask}' },
  duplicate: { outcome: 'refused', sentence: 'the same row as line {other}' },
  'duplicate-differs': { outcome: 'refused', sentence: 'line {other} has the same time with other values; that line is kept' },
  'out-of-order': { outcome: 'flagged', sentence: 'the row is out of order; it was sorted in' },
  'other-symbol': { outcome: 'refused', sentence: 'the row is of {symbol}, the series of {first}' },
  'too-few-fields': { outcome: 'refused', sentence: 'the row has {fields} fields, {expected} are expected' },
  'too-many-fields': { outcome: 'refused', sentence: 'the row has {fields} fields, {expected} are expected' },
  'row-too-long': { outcome: 'refused', sentence: 'the row is longer than {limit} bytes' },
  'quote-unclosed': { outcome: 'refused', sentence: 'a quotation mark is opened and never closed' },
  'not-text': { outcome: 'refused', sentence: 'the row has bytes that are not text' },
  'not-a-record': { outcome: 'refused', sentence: 'this is not a JSON object with named values' },
} as const satisfies Record<string, Rule>

export type RuleKey = keyof typeof RULES

/** A row that broke a rule. `line` counts from 1 in the file. */
export interface Problem {
  readonly line: number
  readonly column: string | null
  readonly rule: RuleKey
  readonly reason: string
  /** What stood there, cut where it is long. */
  readonly text: string
}

const LONGEST_TEXT = 200

/** A problem with the sentence of its rule filled in. */
export function problem(
  rule: RuleKey,
  at: { readonly line: number; readonly column?: string | null; readonly text?: string },
  data: Readonly<Record<string, string | number>> = {},
): Problem {
  const reason = RULES[rule].sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(data[name] ?? ''))
  const text = at.text ?? ''
  return {
    line: at.line,
    column: at.column ?? null,
    rule,
    reason,
    text: text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text,
  }
}

export function isRefused(rule: RuleKey): boolean {
  return RULES[rule].outcome === 'refused'
}
