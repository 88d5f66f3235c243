import { type ColorRow, unitsOf } from './color-row.ts'

/** Which price comes first among rows of one date and rank. A run records the one that it used. */
export const PX_DIRECTIONS = [
  'highest',
  'lowest',
  /** Highest of bids, covers and trades, lowest of offers and talk: the better one for whoever asks. */
  'by-side',
] as const
export type PxDirection = (typeof PX_DIRECTIONS)[number]

const LOW_FIRST = new Set(['OFFER', 'BWIC TALK'])

type Compare = (a: ColorRow, b: ColorRow) => number

const later = (a: string, b: string) => (a === b ? 0 : a === '' ? 1 : b === '' ? -1 : a > b ? -1 : 1)

function byPrice(direction: PxDirection): Compare {
  return (a, b) => {
    const [first, second] = [unitsOf(a.px), unitsOf(b.px)]
    // A missing price comes after every price, whichever way prices go.
    if (first === null || second === null) return first === second ? 0 : first === null ? 1 : -1
    // Within one rank both kinds can stand, and one way of comparing each with the other would go round in a circle: bids first.
    const low = direction === 'by-side' ? [LOW_FIRST.has(a.bias), LOW_FIRST.has(b.bias)] : [false, false]
    if (low[0] !== low[1]) return low[0] ? 1 : -1
    if (first === second) return 0
    const isLowFirst = direction === 'lowest' || low[0] === true
    return first < second === isLowFirst ? -1 : 1
  }
}

/**
 * The order of colors: newest date, best rank, price, newest receipt day, confidence, earliest receipt, row id.
 *
 * Total: two rows with different ids are never equal, so that the answer does not depend on the order of the input.
 */
export function colorOrder(direction: PxDirection): Compare {
  const price = byPrice(direction)
  return (a, b) =>
    later(a.date, b.date) ||
    a.rank - b.rank ||
    price(a, b) ||
    later(a.date1, b.date1) ||
    b.confidence - a.confidence ||
    a.received - b.received ||
    (a.rowId < b.rowId ? -1 : a.rowId > b.rowId ? 1 : 0)
}
