import type { HeatTable } from './heat-map.tsx'
import { steadyRange } from './smile-model.ts'

/** The values that the ends of a colour scale stand for. */
export interface HeatScale {
  readonly from: number
  readonly to: number
  readonly isSigned: boolean
}

/** One absurd value must not press all others into one colour: the ends leave out so much of the values. */
const LEFT_OUT = 0.02

function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1)
  const low = Math.floor(at)
  const below = sorted[low] ?? Number.NaN
  return below + ((sorted[low + 1] ?? below) - below) * (at - low)
}

/** The scale of a table: signed ones are even around zero. It stays as long as it serves, so that colours do not flicker. */
export function heatScale(
  table: Pick<HeatTable, 'columns' | 'rows' | 'value' | 'isSigned'>,
  before: HeatScale | null,
): HeatScale {
  const values: number[] = []
  for (let column = 0; column < table.columns.length; column++)
    for (let row = 0; row < table.rows.length; row++) {
      const value = table.value(column, row)
      if (Number.isFinite(value)) values.push(table.isSigned ? Math.abs(value) : value)
    }
  const { isSigned } = table
  if (values.length === 0) return before ?? { from: isSigned ? -1 : 0, to: 1, isSigned }
  values.sort((a, b) => a - b)
  const to = quantile(values, 1 - LEFT_OUT)
  const from = isSigned ? 0 : quantile(values, LEFT_OUT)
  const held = before && before.isSigned === isSigned ? ([isSigned ? 0 : before.from, before.to] as const) : null
  const [low, high] = steadyRange(held, [from, to], 0)
  return isSigned ? { from: -high, to: high, isSigned } : { from: low, to: high, isSigned }
}

/** Place of a value on a scale: 0 to 1, or -1 to 1 where it is signed. */
export function shareOf({ from, to, isSigned }: HeatScale, value: number): number {
  if (isSigned) return to > 0 ? value / to : 0
  return to > from ? (value - from) / (to - from) : 0.5
}

/** At most so many of the values, evenly left out. */
export function strided(values: readonly number[], count: number): readonly number[] {
  const step = Math.max(1, Math.ceil(values.length / Math.max(1, count)))
  return values.filter((_, k) => k % step === 0)
}
