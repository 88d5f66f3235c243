/** A group that is not as its view usually shows it: opened among parents, or folded among all rows. */
export interface Fold {
  readonly cusip: string
  /** Place of the parent in the host's list. */
  readonly at: number
  readonly children: number
}

/** Where a line of the sheet comes from: a row of the host's list, or a child under an opened parent. */
export type LinePlace =
  | { readonly kind: 'row'; readonly offset: number }
  | { readonly kind: 'child'; readonly cusip: string; readonly index: number }

/** Lines of the sheet over a list of the host, with groups opened or folded. */
export interface FoldedLines {
  readonly count: number
  place(line: number): LinePlace
  /** Line of a row of the host's list; that of its parent where it is folded away. */
  lineOf(offset: number): number
}

/**
 * Lays groups over a list of `total` rows. `opens` says that folds add their children to the list; else they hide them.
 *
 * A fold beyond the end, as a list that grew shorter leaves it, counts for nothing.
 */
export function foldLines(total: number, folds: readonly Fold[], opens: boolean): FoldedLines {
  const sorted = folds.filter(({ at, children }) => at < total && children > 0).sort((a, b) => a.at - b.at)
  /** Lines that all folds before this one add, or take away. */
  const before: number[] = []
  let shift = 0
  for (const { children } of sorted) {
    before.push(shift)
    shift += opens ? children : -children
  }
  const lineOfParent = (k: number) => sorted[k]!.at + before[k]!
  /** The last fold whose parent stands at or before that line or row; -1 for none. */
  const lastAt = (value: number, of: (k: number) => number) => {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (of(middle) <= value) low = middle + 1
      else high = middle
    }
    return low - 1
  }
  return {
    count: Math.max(0, total + shift),
    place(line) {
      const k = lastAt(line, lineOfParent)
      if (k < 0) return { kind: 'row', offset: line }
      const { at, cusip, children } = sorted[k]!
      const under = line - lineOfParent(k)
      if (under === 0) return { kind: 'row', offset: at }
      if (!opens) return { kind: 'row', offset: at + children + under }
      return under <= children ? { kind: 'child', cusip, index: under - 1 } : { kind: 'row', offset: at + under - children }
    },
    lineOf(offset) {
      const k = lastAt(offset, at => sorted[at]!.at)
      if (k < 0) return offset
      const { at, children } = sorted[k]!
      if (offset === at) return lineOfParent(k)
      if (opens) return offset + before[k]! + children
      return offset <= at + children ? lineOfParent(k) : offset + before[k]! - children
    },
  }
}
