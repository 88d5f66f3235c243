import { cusipProblem, plainCusip } from './cusip.ts'

const ISIN = /^(US|CA)([0-9A-Z]{9})\d$/
const MESSAGE = /^\d{6,38}$/

/** What an identifier that somebody typed is. */
export type SecurityId =
  | { readonly kind: 'cusip' | 'isin'; readonly cusip: string }
  /** The id of a message, or how one begins. */
  | { readonly kind: 'message'; readonly id: string }

/** Reads an identifier; null for a word that is none. An ISIN of the United States or Canada has the CUSIP in it. */
export function securityIdOf(text: string): SecurityId | null {
  const plain = plainCusip(text)
  const inIsin = ISIN.exec(plain)?.[2]
  if (inIsin !== undefined && cusipProblem(inIsin) === null) return { kind: 'isin', cusip: inIsin }
  // Before messages: ids of messages are far longer than nine digits.
  if (cusipProblem(plain) === null) return { kind: 'cusip', cusip: plain }
  return MESSAGE.test(plain) ? { kind: 'message', id: plain } : null
}
