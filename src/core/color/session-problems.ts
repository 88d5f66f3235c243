import type { ColorRow } from './color-row.ts'
import { type ColorProblem, problemsOfColor } from './row-problems.ts'
import { brokenBounds, type SectorLimit } from './sector-limits.ts'

/** Something that is wrong with a row of a session. */
export type HeldProblem = Omit<ColorProblem, 'kind'> & { readonly kind: ColorProblem['kind'] | 'price-out-of-bounds' }

/** Rows never change, only which of them a session holds: after an edit one row is judged and not all. No two sessions share a row. */
const judged = new WeakMap<ColorRow, { readonly limits: readonly SectorLimit[]; readonly problems: readonly HeldProblem[] }>()

/** All that is wrong with a row of a session. A price beyond the bounds of its sector is marked: whoever released or typed it meant it. */
export function problemsOfHeld(row: ColorRow, limits: readonly SectorLimit[]): readonly HeldProblem[] {
  const known = judged.get(row)
  if (known?.limits === limits) return known.problems
  const prices = [
    ['PX', row.px],
    ...(row.bid === row.px ? [] : [['BID', row.bid]]),
    ...(row.ask === row.px ? [] : [['ASK', row.ask]]),
  ]
  const outside = (prices as [string, string | null][]).flatMap(([field, price]): HeldProblem[] =>
    brokenBounds(row.sector, price, limits) === null
      ? []
      : [{ field, kind: 'price-out-of-bounds', found: price as string, blocks: false }],
  )
  const problems = [...problemsOfColor(row), ...outside]
  judged.set(row, { limits, problems })
  return problems
}
