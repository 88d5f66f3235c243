import { choice, type ParameterSpecs, parameterValues, type ValuesOf } from '../kit/define.ts'
import { MICROS_PER_DAY } from '../kit/time.ts'
import { type Bars, lengthOf } from '../market/bars.ts'
import { createMemory, type Memory } from './memory.ts'

/** One bar as an indicator sees it. */
export interface IndicatorBar {
  /** Start of the bar in epoch microseconds. */
  time: number
  /** Trading day as days since 1970-01-01. */
  day: number
  open: number
  high: number
  low: number
  close: number
  volume: number
}

/** Bars with the trading day of each as days since 1970-01-01; where that is absent, the UTC day of `time` stands in. */
export interface IndicatorBars extends Bars {
  readonly day?: Float64Array
}

/** What a number of an indicator measures: it decides decimals and which axis it may share. */
export type OutputUnit = 'price' | 'percent' | 'volume' | 'number'

/** One column that an indicator makes, and how it is usually drawn. */
export interface Output {
  readonly name: string
  readonly draw: 'line' | 'histogram' | 'dots'
  readonly unit: OutputUnit
}

type PriceColumn = 'open' | 'high' | 'low' | 'close' | 'volume'

export const PRICES = ['close', 'open', 'high', 'low', 'hl2', 'hlc3', 'ohlc4'] as const
export type PriceChoice = (typeof PRICES)[number]

/** The parameter that says which price of a bar is taken. */
export const price = choice(PRICES, 'close')

const PRICE_COLUMNS: Readonly<Record<PriceChoice, readonly PriceColumn[]>> = {
  close: ['close'],
  open: ['open'],
  high: ['high'],
  low: ['low'],
  hl2: ['high', 'low'],
  hlc3: ['high', 'low', 'close'],
  ohlc4: ['open', 'high', 'low', 'close'],
}

/** The columns that a chosen price is made of. */
export function columnsOf({ price: chosen }: { readonly price: PriceChoice }): readonly PriceColumn[] {
  return PRICE_COLUMNS[chosen]
}

/** The chosen price of a bar. */
export function priceOf(bar: IndicatorBar, chosen: PriceChoice): number {
  switch (chosen) {
    case 'hl2':
      return (bar.high + bar.low) / 2
    case 'hlc3':
      return (bar.high + bar.low + bar.close) / 3
    case 'ohlc4':
      return (bar.open + bar.high + bar.low + bar.close) / 4
    default:
      return bar[chosen]
  }
}

/** Takes a bar and fills `out`, one number an output; what it leaves alone stays NaN. */
export type Step = (bar: IndicatorBar, out: Float64Array) => void

/** What a file of this folder says about its indicator. */
export interface IndicatorDefinition<S extends ParameterSpecs> {
  /** Key in saved charts and in the catalogue of texts (`indicator.<name>`): never changed. */
  readonly name: string
  readonly params: S
  /** Drawn over the prices, over the volume, or in a pane of its own. */
  readonly pane: 'price' | 'volume' | 'own'
  readonly outputs: readonly Output[]
  /** Levels worth a line in its pane. */
  readonly guides?: readonly number[]
  /** Columns without which a bar cannot be used; such a bar gives NaN and is otherwise passed over. */
  needs(params: ValuesOf<S>): readonly PriceColumn[]
  /** Bars before the first value of each output. */
  warmup(params: ValuesOf<S>): Readonly<Record<string, number>>
  /** What happens to every output when a constant is added to all prices, and when they are multiplied by one. */
  readonly shifted: 'follows' | 'unmoved' | 'changes'
  readonly scaled: 'follows' | 'unmoved'
  /** True where it forgets everything between bars of these two trading days (days since 1970-01-01); absent: it never does. */
  beginsAnew?(dayBefore: number, day: number, params: ValuesOf<S>): boolean
  start(params: ValuesOf<S>, memory: Memory): Step
  /** Where the definition comes from. */
  readonly source: string
}

/** An indicator fed bar by bar. The arrays it answers with are its own and are overwritten by the next call. */
export interface IndicatorStream {
  /** Takes the next bar; one number an output, NaN where there is none. */
  push(bar: IndicatorBar): Float64Array
  /**
   * Takes the newest bar again, changed.
   *
   * Fails: RangeError before the first push.
   */
  replaceLast(bar: IndicatorBar): Float64Array
}

type Given = Readonly<Record<string, unknown>>

/** An indicator whatever its parameters: what menus, charts, scanners and the battery work with. */
export interface Indicator extends Omit<IndicatorDefinition<ParameterSpecs>, 'needs' | 'warmup' | 'start' | 'beginsAnew'> {
  beginsAnew?(dayBefore: number, day: number, values: Readonly<Record<string, number | string>>): boolean
  /** The given parameters checked and completed; RangeError where one is out of range. */
  values(given?: Given): Readonly<Record<string, number | string>>
  warmup(given?: Given): Readonly<Record<string, number>>
  /** All bars at once: a column of the bars' length for each output, NaN where there is no value. */
  compute(bars: IndicatorBars, given?: Given): Readonly<Record<string, Float64Array>>
  createStream(given?: Given): IndicatorStream
}

/**
 * Makes an indicator of its definition.
 *
 * Batch and stream run the same steps, so they agree bit for bit; a bar whose needed columns are not finite answers NaN
 * and leaves the memory as it was.
 */
export function defineIndicator<S extends ParameterSpecs>(definition: IndicatorDefinition<S>): Indicator {
  const { needs, warmup, start, ...rest } = definition
  const width = definition.outputs.length
  const guarded = (given: Given | undefined, memory: Memory): Step => {
    const params = parameterValues(definition.params, given)
    const step = start(params, memory)
    const columns = needs(params)
    return (bar, out) => {
      out.fill(Number.NaN)
      for (const column of columns) if (!Number.isFinite(bar[column])) return
      step(bar, out)
    }
  }
  return {
    ...rest,
    values: given => parameterValues(definition.params, given),
    warmup: given => warmup(parameterValues(definition.params, given)),
    compute(bars, given) {
      const n = lengthOf(bars)
      if (bars.day && bars.day.length !== n)
        throw new RangeError(`columns must have ${n} rows like time, day had ${bars.day.length}`)
      const columns = definition.outputs.map(() => new Float64Array(n))
      const step = guarded(given, createMemory())
      const out = new Float64Array(width)
      const bar: IndicatorBar = { time: 0.5, day: 0.5, open: 0.5, high: 0.5, low: 0.5, close: 0.5, volume: 0.5 }
      for (let i = 0; i < n; i++) {
        readBar(bars, i, bar)
        step(bar, out)
        for (let k = 0; k < width; k++) columns[k]![i] = out[k]!
      }
      return Object.fromEntries(definition.outputs.map((output, k) => [output.name, columns[k]!]))
    },
    createStream(given) {
      const memory = createMemory()
      const step = guarded(given, memory)
      const out = new Float64Array(width)
      let pushed = false
      return {
        push(bar) {
          memory.mark()
          pushed = true
          step(bar, out)
          return out
        },
        replaceLast(bar) {
          if (!pushed) throw new RangeError('replaceLast needs a bar that was pushed before it')
          memory.rewind()
          step(bar, out)
          return out
        },
      }
    },
  }
}

/** Fills `bar` with row `i`. */
export function readBar(bars: IndicatorBars, i: number, bar: IndicatorBar): IndicatorBar {
  bar.time = bars.time[i]!
  bar.day = bars.day ? bars.day[i]! : Math.floor(bars.time[i]! / MICROS_PER_DAY)
  bar.open = bars.open[i]!
  bar.high = bars.high[i]!
  bar.low = bars.low[i]!
  bar.close = bars.close[i]!
  bar.volume = bars.volume[i]!
  return bar
}
