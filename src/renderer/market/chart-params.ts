import type { Indicator, IndicatorBar } from '../../core/indicators/indicator.ts'
import { indicatorNamed } from '../../core/indicators/table.ts'
import { TIMEFRAMES, type Timeframe } from '../../core/market/bars.ts'
import { LINE_COLORS } from '../ui/chart-colors.ts'
import { CHART_SCALES, CHART_STYLES, type ChartScale, type ChartStyle } from '../ui/chart-model.ts'

/** One indicator on a chart, as it is stored. */
export interface ChartIndicator {
  /** Its own within the chart. */
  readonly id: string
  readonly name: string
  readonly values: Readonly<Record<string, number | string>>
  /** A token or a colour for each output, in order. */
  readonly colors: readonly string[]
  readonly isHidden: boolean
}

/** What a chart panel stores with its workspace. */
export interface ChartParams {
  readonly timeframe?: Timeframe
  /** Null where the chart follows the setting `chartStyle`. */
  readonly style?: ChartStyle | null
  readonly scale?: ChartScale
  readonly showVolume?: boolean
  readonly compare?: readonly string[]
  readonly indicators?: readonly ChartIndicator[]
}

/** The same with nothing left out. */
export interface ChartChoice extends Required<ChartParams> {
  readonly style: ChartStyle | null
}

export const MOST_COMPARED = 5
export const MOST_INDICATORS = 12

function isOneOf<T extends string>(known: readonly T[], value: unknown): value is T {
  return known.includes(value as T)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** Bands share one colour: three lines of one thing. */
function isBand({ outputs }: Indicator): boolean {
  return outputs.some(({ name }) => name === 'upper')
}

/** A stored indicator that can still be used: unknown ones and values out of their range are dropped, not drawn wrongly. */
function indicatorOf(stored: unknown, k: number): ChartIndicator | null {
  if (!isObject(stored)) return null
  const known = indicatorNamed(String(stored.name))
  if (!known) return null
  const colors = Array.isArray(stored.colors) ? stored.colors.filter(color => typeof color === 'string') : []
  const checked = (given: Readonly<Record<string, unknown>>) => {
    try {
      return known.values(given)
    } catch {
      return known.values()
    }
  }
  return {
    id: typeof stored.id === 'string' ? stored.id : `${known.name}-${k}`,
    name: known.name,
    values: checked(isObject(stored.values) ? stored.values : {}),
    colors: known.outputs.map((_, i) => colors[i] ?? LINE_COLORS[(k + (isBand(known) ? 0 : i)) % LINE_COLORS.length]!),
    isHidden: stored.isHidden === true,
  }
}

/** The choices of a chart from what was stored, whatever that was. */
export function chartChoice(stored: Readonly<Record<string, unknown>>): ChartChoice {
  const indicators = Array.isArray(stored.indicators) ? stored.indicators : []
  return {
    timeframe: isOneOf(TIMEFRAMES, stored.timeframe) ? stored.timeframe : '5m',
    style: isOneOf(CHART_STYLES, stored.style) ? stored.style : null,
    scale: isOneOf(CHART_SCALES, stored.scale) ? stored.scale : 'linear',
    showVolume: stored.showVolume !== false,
    compare: (Array.isArray(stored.compare) ? stored.compare : []).filter(id => typeof id === 'string').slice(0, MOST_COMPARED),
    indicators: indicators.flatMap((one, k) => indicatorOf(one, k) ?? []).slice(0, MOST_INDICATORS),
  }
}

/** An indicator with its usual values, in colours that the chart does not use yet where there are any. */
export function newIndicator(name: string, present: readonly ChartIndicator[]): ChartIndicator {
  const known = indicatorNamed(name)
  if (!known) throw new RangeError(`an indicator is one of the table, was '${name}'`)
  const used = new Set(present.flatMap(({ colors }) => colors))
  const free = [...LINE_COLORS.filter(color => !used.has(color)), ...LINE_COLORS]
  let number = 1
  while (present.some(({ id }) => id === `${name}-${number}`)) number++
  return {
    id: `${name}-${number}`,
    name,
    values: known.values(),
    colors: known.outputs.map((_, i) => free[isBand(known) ? 0 : i]!),
    isHidden: false,
  }
}

const LETTERS: Readonly<Record<string, (count: number) => string>> = {
  '': count => (count >= 60 && count % 60 === 0 ? `${count / 60}h` : `${count}m`),
  m: count => (count >= 60 && count % 60 === 0 ? `${count / 60}h` : `${count}m`),
  h: count => (count === 24 ? '1d' : `${count}h`),
  d: count => `${count}d`,
  w: count => `${count}w`,
  M: count => `${count}M`,
}

/**
 * The timeframe that was typed: `5` and `5m` are five minutes, `60` and `1h` an hour, `d` or `1d` a day, `M` a month.
 *
 * Null where there is no such timeframe; only `M` in capitals is a month.
 */
export function typedTimeframe(text: string): Timeframe | null {
  const match = /^(\d{0,4})([mhdwMHDW]?)$/.exec(text.trim())
  if (!match || text.trim() === '') return null
  const letter = match[2] === 'M' ? 'M' : (match[2] ?? '').toLowerCase()
  // A letter alone means one of it, but minutes: 'm' alone is too easily meant as a month.
  if (match[1] === '' && (letter === '' || letter === 'm')) return null
  const asked = LETTERS[letter]!(match[1] === '' ? 1 : Number(match[1]))
  return isOneOf(TIMEFRAMES, asked) ? asked : null
}

/** A bar to fill; its numbers are floating from the start, which spares the engine a change of shape. */
export function blankBar(): IndicatorBar {
  return { time: 0.5, day: 0.5, open: 0.5, high: 0.5, low: 0.5, close: 0.5, volume: 0.5 }
}
