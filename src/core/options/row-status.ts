import { type OptionChain, ROW_STATUS, type RowStatus } from './chain.ts'

/** Number of each status, as a row holds it. */
export const ROW_CODE = Object.fromEntries(ROW_STATUS.map((name, code) => [name, code])) as Readonly<Record<RowStatus, number>>

/** A spread is wide above both: this many ticks, and this share of the middle. */
const WIDE_TICKS = 5
const WIDE_SHARE = 0.25
const MICROS_PER_SECOND = 1_000_000

/**
 * What the quotes of each row say before any model: an index into ROW_STATUS.
 *
 * Rows of an expiry that has settled are EXPIRED whatever stands in them, then rows of a halted chain HALTED; a bid of 0 is no bid.
 */
export function quoteStatus(chain: OptionChain, staleSeconds: number): Uint8Array {
  const status = new Uint8Array(chain.strike.length)
  const oldest = chain.asOf - staleSeconds * MICROS_PER_SECOND
  for (const { settlesAt, from, to } of chain.expiries) {
    const isOver = settlesAt <= chain.asOf
    for (let i = from; i < to; i++)
      status[i] = isOver ? ROW_CODE.EXPIRED : chain.isHalted ? ROW_CODE.HALTED : statusOfQuote(chain, i, oldest)
  }
  return status
}

function statusOfQuote({ bid, ask, quoteTime, tickSize }: OptionChain, i: number, oldest: number): number {
  const [b, a] = [bid[i]!, ask[i]!]
  const [hasBid, hasAsk] = [b > 0, a > 0]
  if (!hasBid && !hasAsk) return ROW_CODE.NO_QUOTE
  if (!hasBid || !hasAsk) return ROW_CODE.ONE_SIDED
  if (b > a) return ROW_CODE.CROSSED
  if (quoteTime[i]! < oldest) return ROW_CODE.STALE
  if (b === a) return ROW_CODE.LOCKED
  return a - b > Math.max((WIDE_TICKS + 1e-6) * tickSize, WIDE_SHARE * 0.5 * (a + b)) ? ROW_CODE.WIDE : ROW_CODE.OK
}

/** Whether a fit may use a row of that status. */
export function isUsable(code: number): boolean {
  return code === ROW_CODE.OK || code === ROW_CODE.LOCKED
}

/** Whether both sides of a row are quoted and in order, so that its middle means something. */
export function hasMiddle(code: number): boolean {
  return isUsable(code) || code === ROW_CODE.WIDE
}
