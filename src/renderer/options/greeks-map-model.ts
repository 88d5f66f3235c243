import type { ChainFrame } from '../../contract/options.ts'
import { toScreenGreeks, toScreenSecondGreeks } from '../../core/options/screen-units.ts'
import {
  edgeOf,
  moneyOf,
  nearestStrike,
  numberAt,
  type RowPlace,
  type Side,
  type StrikeRange,
  strikesWithin,
} from './chain-model.ts'

/** What a map over strikes and expiries can show. */
export const MAP_VALUES = [
  'gamma',
  'delta',
  'vega',
  'theta',
  'vanna',
  'volga',
  'charm',
  'vol',
  'residual',
  'openInterest',
  'volume',
  'edge',
] as const
export type MapValue = (typeof MAP_VALUES)[number]
/** Calls, puts, or both: counts are then added up, and of the others the side out of the money is shown. */
export const MAP_SIDES = ['both', 'call', 'put'] as const
export type MapSide = (typeof MAP_SIDES)[number]

const COUNTED: readonly MapValue[] = ['openInterest', 'volume']

/** Values that have a direction. A side's delta has one sign, so only both together are signed. */
export function isSignedValue(value: MapValue, side: MapSide): boolean {
  if (value === 'delta') return side === 'both'
  return (
    value === 'theta' || value === 'vanna' || value === 'volga' || value === 'charm' || value === 'residual' || value === 'edge'
  )
}

/** One value of a contract in screen units; NaN where it is missing. */
export function mapValueAt({ block, at }: Pick<RowPlace, 'block' | 'at'>, side: Side, value: MapValue): number {
  const columns = block[side]
  const first = () =>
    toScreenGreeks({
      price: numberAt(columns.price, at),
      delta: numberAt(columns.delta, at),
      gamma: numberAt(columns.gamma, at),
      vega: numberAt(columns.vega, at),
      theta: numberAt(columns.theta, at),
      rho: numberAt(columns.rho, at),
    })
  const second = () =>
    toScreenSecondGreeks({
      vanna: numberAt(columns.vanna, at),
      volga: numberAt(columns.volga, at),
      charm: numberAt(columns.charm, at),
    })
  const read: Readonly<Record<MapValue, () => number>> = {
    gamma: () => first().gamma,
    delta: () => first().delta,
    vega: () => first().vegaPerPoint,
    theta: () => first().thetaPerDay,
    vanna: () => second().vannaPerPoint,
    volga: () => second().volgaPerPoint,
    charm: () => second().charmPerDay,
    vol: () => numberAt(columns.vol, at),
    residual: () => numberAt(columns.vol, at) - numberAt(columns.fitVol, at),
    openInterest: () => numberAt(columns.openInterest, at),
    volume: () => numberAt(columns.volume, at),
    edge: () => edgeOf(columns, at).edge,
  }
  return read[value]()
}

/** A map: rows are strikes from the top down, columns are expiries. */
export interface GreeksMap {
  readonly strikes: readonly number[]
  readonly dates: readonly string[]
  /** Row after row; NaN where there is no such contract or no value. */
  readonly values: Float64Array
  /** Which side each cell shows; where both are added up, the one out of the money. */
  readonly sides: readonly (Side | null)[]
  /** Strike that each cell speaks of: its row's, or the nearest one where the expiry does not list that; NaN for none. */
  readonly listed: Float64Array
  /** Row of the strike nearest to the underlying; -1 where it is unknown. */
  readonly money: number
}

/**
 * The cells of a map for the strikes around the money that any expiry lists.
 *
 * Far expiries list fewer strikes. Between two of them a value that goes smoothly over strikes is shown from the nearer one, so
 * that the map is one picture; counts of contracts are not, since there are none.
 */
export function greeksMap(frame: ChainFrame, value: MapValue, side: MapSide, range: StrikeRange): GreeksMap {
  const all = [...new Set(frame.blocks.flatMap(({ strike }) => strike))].sort((a, b) => a - b)
  const money = moneyOf(frame, frame.expiries[0])
  const around = strikesWithin(all, nearestStrike(all, money), range)
  const strikes = around.toReversed()
  const dates = frame.expiries.map(({ date }) => date)
  const values = new Float64Array(strikes.length * dates.length).fill(Number.NaN)
  const listed = values.slice()
  const sides: (Side | null)[] = Array.from({ length: values.length }, () => null)
  for (const [column, summary] of frame.expiries.entries()) {
    const block = frame.blocks.find(({ expiry }) => expiry === summary.date)
    if (!block) continue
    const centre = summary.forward ?? money ?? Number.NaN
    const indexOf = new Map(block.strike.map((strike, at) => [strike, at]))
    for (const [row, wanted] of strikes.entries()) {
      const at = indexOf.get(wanted) ?? (COUNTED.includes(value) ? undefined : nearestWithin(block.strike, wanted))
      if (at === undefined) continue
      const strike = block.strike[at]!
      const shown: Side = side === 'both' ? (strike < centre ? 'put' : 'call') : side
      const cell = row * dates.length + column
      sides[cell] = shown
      listed[cell] = strike
      values[cell] = cellValue({ block, at }, shown, value, side)
    }
  }
  const near = nearestStrike(around, money)
  return { strikes, dates, values, sides, listed, money: near < 0 ? -1 : strikes.length - 1 - near }
}

function cellValue(place: Pick<RowPlace, 'block' | 'at'>, shown: Side, value: MapValue, side: MapSide): number {
  if (side !== 'both' || !COUNTED.includes(value)) return mapValueAt(place, shown, value)
  return added(mapValueAt(place, 'call', value), mapValueAt(place, 'put', value))
}

/** Index of the listed strike nearest to one between two of them; undefined beyond the ends. */
function nearestWithin(strikes: readonly number[], wanted: number): number | undefined {
  if (strikes.length === 0 || wanted < strikes[0]! || wanted > strikes.at(-1)!) return undefined
  return nearestStrike(strikes, wanted)
}

/** A sum in which a missing part counts nothing, unless both are missing. */
function added(a: number, b: number): number {
  if (Number.isNaN(a)) return b
  return Number.isNaN(b) ? a : a + b
}
