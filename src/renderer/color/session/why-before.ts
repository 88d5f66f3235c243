import type { SessionRow } from '../../../contract/color-sessions.ts'
import type { PxDirection } from '../../../core/color/order.ts'
import { comparable } from '../../../core/rules/field.ts'

/** What put one row before the next one of its group. */
export type BeforeReason = 'priced' | 'date' | 'rank' | 'px' | 'noPx' | 'side' | 'received' | 'confidence' | 'receipt'

const LOW_FIRST = new Set(['OFFER', 'BWIC TALK'])
const pxOf = ({ cells }: SessionRow) => comparable('decimal', cells.PX ?? null)

/**
 * The first key of the order in which two neighbours differ: date, rank, price by direction, receipt day, confidence, order of receipt.
 *
 * A parent that stands first only because those of better rank have no price is there for its price.
 */
export function whyBefore(first: SessionRow, second: SessionRow, direction: PxDirection): BeforeReason {
  const [a, b] = [first.cells, second.cells]
  const isParent = first.parentRowId === null
  const [px, nextPx] = [pxOf(first), pxOf(second)]
  const isBehind = (a.DATE ?? '') < (b.DATE ?? '') || (a.DATE === b.DATE && Number(a.RANK) > Number(b.RANK))
  if (isParent && px !== null && nextPx === null && isBehind) return 'priced'
  if (a.DATE !== b.DATE) return 'date'
  if (a.RANK !== b.RANK) return 'rank'
  if ((px === null) !== (nextPx === null)) return 'noPx'
  if (direction === 'by-side' && px !== null && LOW_FIRST.has(a.BIAS ?? '') !== LOW_FIRST.has(b.BIAS ?? '')) return 'side'
  if (px !== nextPx) return 'px'
  if (a.DATE_1 !== b.DATE_1) return 'received'
  if (a.CONFIDENCE !== b.CONFIDENCE) return 'confidence'
  return 'receipt'
}
