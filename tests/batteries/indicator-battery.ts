import type { Indicator, IndicatorBar, IndicatorBars } from '../../src/core/indicators/indicator.ts'
import { readBar } from '../../src/core/indicators/indicator.ts'

const COLUMNS = ['time', 'open', 'high', 'low', 'close', 'volume', 'day'] as const
type Column = (typeof COLUMNS)[number]
type WholeBars = Required<IndicatorBars>
type Columns = Readonly<Record<string, Float64Array>>

/** Numbers in [0, 1) that follow from the seed. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** A walk of bars of five minutes, 80 a trading day, with prices well above zero. */
export function walk(n: number, seed = 7): WholeBars {
  const next = chance(seed)
  const bars = Object.fromEntries(COLUMNS.map(name => [name, new Float64Array(n)])) as Record<Column, Float64Array>
  let price = 120
  for (let i = 0; i < n; i++) {
    const open = price + (next() - 0.5) * 0.2
    price = Math.max(60, open + (next() - 0.5) * 3)
    bars.time[i] = 1.7e15 + i * 3e8
    bars.day[i] = 19_000 + Math.floor(i / 80)
    bars.open[i] = open
    bars.close[i] = price
    bars.high[i] = Math.max(open, price) + next()
    bars.low[i] = Math.min(open, price) - next()
    bars.volume[i] = Math.floor(next() * 5000) + 1
  }
  return bars
}

/** Bars with every row mapped; the rows for which `change` gives null are left out. */
export function mapped(bars: WholeBars, change: (bar: IndicatorBar, i: number) => IndicatorBar | null): WholeBars {
  const rows: IndicatorBar[] = []
  for (let i = 0; i < bars.time.length; i++) {
    const row = change(rowOf(bars, i), i)
    if (row) rows.push(row)
  }
  return Object.fromEntries(COLUMNS.map(name => [name, Float64Array.from(rows, row => row[name])])) as unknown as WholeBars
}

function rowOf(bars: WholeBars, i: number): IndicatorBar {
  return readBar(bars, i, { time: 0, day: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 })
}

const priced = (bar: IndicatorBar, change: (price: number) => number): IndicatorBar => ({
  ...bar,
  open: change(bar.open),
  high: change(bar.high),
  low: change(bar.low),
  close: change(bar.close),
})

function firstDifference(a: Columns, b: Columns, near: (x: number, y: number) => boolean): string | null {
  for (const [name, column] of Object.entries(a))
    for (let i = 0; i < column.length; i++)
      if (!near(column[i]!, b[name]![i]!)) return `${name}[${i}] is ${column[i]} against ${b[name]![i]}`
  return null
}

/** 1e-9 of the larger of the two and of the price level: the loss that sums over a window of 1e3 doubles can explain. */
const close = (x: number, y: number) => Object.is(x, y) || Math.abs(x - y) <= 1e-9 * Math.max(100, Math.abs(x), Math.abs(y))

type Trial = (indicator: Indicator, given: Readonly<Record<string, unknown>>) => string | null

function warmUp(indicator: Indicator, given: Readonly<Record<string, unknown>>): string | null {
  const values = indicator.compute(walk(400), given)
  const expected = indicator.warmup(given)
  for (const { name } of indicator.outputs) {
    const first = values[name]!.findIndex(value => !Number.isNaN(value))
    if (first !== expected[name]) return `${name} begins at ${first}, warm-up says ${expected[name]}`
    if (!values[name]!.subarray(first).every(Number.isFinite)) return `${name} stops again after its warm-up`
  }
  return null
}

/** Each bar comes twice, first as rubbish, as a live bar that changes; the answers must be those of the whole column. */
function streaming(indicator: Indicator, given: Readonly<Record<string, unknown>>): string | null {
  const bars = walk(700, 11)
  const batch = indicator.compute(bars, given)
  const stream = indicator.createStream(given)
  for (let i = 0; i < bars.time.length; i++) {
    const bar = rowOf(bars, i)
    if (i % 3 !== 0) stream.push(priced({ ...bar, volume: 7 }, price => price * (i % 2 ? 1.5 : 0.5)))
    const values = i % 3 === 0 ? stream.push(bar) : stream.replaceLast(bar)
    for (const [k, { name }] of indicator.outputs.entries())
      if (!Object.is(values[k], batch[name]![i])) return `${name}[${i}] streams ${values[k]}, batch has ${batch[name]![i]}`
  }
  return null
}

const shift: Trial = (indicator, given) => {
  if (indicator.shifted === 'changes') return null
  const by = indicator.shifted === 'follows' ? 64 : 0
  const plain = indicator.compute(walk(400), given)
  const moved = indicator.compute(
    mapped(walk(400), bar => priced(bar, price => price + 64)),
    given,
  )
  return firstDifference(moved, plain, (x, y) => close(x, y + by))
}

const scale: Trial = (indicator, given) => {
  const plain = indicator.compute(walk(400), given)
  const scaled = indicator.compute(
    mapped(walk(400), bar => priced(bar, price => price * 3)),
    given,
  )
  return firstDifference(scaled, plain, (x, y) => close(x, indicator.scaled === 'follows' ? y * 3 : y))
}

/** A bar without numbers has no value, and the values of the others are as if it had not been there. */
const missing: Trial = (indicator, given) => {
  const isHole = (i: number) => i === 0 || i === 90 || i === 200 || i === 201
  const hole = (bar: IndicatorBar) => ({ ...priced(bar, () => Number.NaN), volume: Number.NaN })
  const holed = indicator.compute(
    mapped(walk(400), (bar, i) => (isHole(i) ? hole(bar) : bar)),
    given,
  )
  const without = indicator.compute(
    mapped(walk(400), (bar, i) => (isHole(i) ? null : bar)),
    given,
  )
  for (const { name } of indicator.outputs)
    for (let i = 0; i < 400; i++)
      if (isHole(i) && !Number.isNaN(holed[name]![i])) return `${name}[${i}] is not NaN on a missing bar`
  const kept = Object.fromEntries(Object.entries(holed).map(([name, column]) => [name, column.filter((_, i) => !isHole(i))]))
  return firstDifference(kept, without, Object.is)
}

const short: Trial = (indicator, given) => {
  for (const n of [0, 1]) {
    const values = indicator.compute(walk(n), given)
    for (const { name } of indicator.outputs)
      if (values[name]?.length !== n) return `${n} rows give ${values[name]?.length} of ${name}`
  }
  return null
}

/** Bars without any movement: no infinity, and lines over the price lie on it to the last digits of (p + p + p) / 3. */
const flat: Trial = (indicator, given) => {
  const still = mapped(walk(2000), bar => ({ ...priced(bar, () => 0.1), volume: 3 }))
  const values = indicator.compute(still, given)
  for (const { name, unit } of indicator.outputs) {
    if (values[name]!.some(value => Math.abs(value) === Number.POSITIVE_INFINITY))
      return `${name} is infinite where nothing moves`
    const last = values[name]!.at(-1)!
    if (indicator.pane === 'price' && unit === 'price' && !(Math.abs(last - 0.1) < 1e-15))
      return `${name} is ${last} over a price of 0.1`
  }
  return null
}

const sameAgain: Trial = (indicator, given) => {
  const bars = walk(300)
  const first = indicator.compute(bars, given)
  const changed = firstDifference(bars as unknown as Columns, walk(300) as unknown as Columns, Object.is)
  return changed ? `input was changed: ${changed}` : firstDifference(indicator.compute(bars, given), first, Object.is)
}

/** What is not known yet cannot matter: values of the first bars are the same whatever comes later. */
const causal: Trial = (indicator, given) => {
  const whole = indicator.compute(walk(300), given)
  const part = indicator.compute(
    mapped(walk(300), (bar, i) => (i < 250 ? bar : null)),
    given,
  )
  return firstDifference(part, whole, Object.is)
}

/** A number 1e12 times too large passes through and leaves no trace behind once no window holds it. */
const spike: Trial = (indicator, given) => {
  if (indicator.outputs.some(({ unit }) => unit === 'volume')) return null
  const spiked = indicator.compute(
    mapped(walk(3000), (bar, i) => (i === 40 ? priced(bar, price => price * 1e12) : bar)),
    given,
  )
  for (const { name } of indicator.outputs) if (!Number.isFinite(spiked[name]!.at(-1)!)) return `${name} does not come back`
  return null
}

const TRIALS: Readonly<Record<string, Trial>> = {
  'warm-up': warmUp,
  'streaming = batch': streaming,
  shift,
  scale,
  'missing bars': missing,
  'empty and one row': short,
  'zero range': flat,
  'same again': sameAgain,
  causal,
  spike,
}
export const TRIAL_NAMES = Object.keys(TRIALS)

/** What is wrong with an indicator, one sentence a trial; empty for a good one. */
export function faultsOf(indicator: Indicator, given: Readonly<Record<string, unknown>> = {}): string[] {
  return Object.entries(TRIALS).flatMap(([name, trial]) => {
    const fault = trial(indicator, given)
    return fault === null ? [] : [`${name}: ${fault}`]
  })
}
