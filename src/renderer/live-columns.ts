import type { QuoteRows } from '../contract/market.ts'
import { LIVENESS, type Liveness } from '../core/market/instrument.ts'

/** Numbers of a quote that are kept as columns; a missing one is NaN. */
export const QUOTE_NUMBERS = [
  'bid',
  'ask',
  'bidSize',
  'askSize',
  'last',
  'lastSize',
  'open',
  'high',
  'low',
  'previousClose',
  'volume',
  'eventTime',
  'receiptTime',
] as const
export type QuoteNumber = (typeof QUOTE_NUMBERS)[number]

/** Newest values of one instrument; a missing number is NaN, times are epoch microseconds. */
export type QuoteRow = Readonly<Record<QuoteNumber, number>> & {
  readonly instrument: string
  readonly state: Liveness
  /** Sum of the bits of QUALITY. */
  readonly quality: number
}

/** Newest quotes as growing columns, one row an instrument; a row keeps its place for the life of the page. */
export interface QuoteColumns {
  /** Row of an instrument, -1 where nothing was received for it yet. */
  row(instrument: string): number
  readonly length: number
  /** One number of one row, NaN where it is missing. */
  number(row: number, name: QuoteNumber): number
  state(row: number): Liveness
  read(row: number): QuoteRow
  /**
   * Takes the rows of a frame; `instruments` is the list that the stream was opened with.
   *
   * Fails: RangeError when a column differs in length from `index`, or an index lies outside the list; nothing is taken then.
   */
  take(instruments: readonly string[], rows: QuoteRows, changed: (instrument: string) => void): void
}

const STATE_CODE: Readonly<Record<string, number>> = Object.fromEntries(LIVENESS.map((name, code) => [name, code]))
const NOTHING = LIVENESS.indexOf('none')

function checkRows(instruments: readonly string[], rows: QuoteRows): void {
  const n = rows.index.length
  for (const name of [...QUOTE_NUMBERS, 'state', 'quality'] as const) {
    if (rows[name].length !== n) throw new RangeError(`columns must have ${n} rows like index, ${name} had ${rows[name].length}`)
  }
  for (const at of rows.index) {
    if (at >= instruments.length) throw new RangeError(`row ${at} is outside the ${instruments.length} instruments of the stream`)
  }
}

interface Storage {
  readonly numbers: Record<QuoteNumber, Float64Array>
  states: Uint8Array
  qualities: Int32Array
}

function storage(capacity: number, from?: Storage): Storage {
  const numbers = {} as Record<QuoteNumber, Float64Array>
  for (const name of QUOTE_NUMBERS) {
    const column = new Float64Array(capacity).fill(Number.NaN)
    if (from) column.set(from.numbers[name])
    numbers[name] = column
  }
  const states = new Uint8Array(capacity).fill(NOTHING)
  const qualities = new Int32Array(capacity)
  if (from) {
    states.set(from.states)
    qualities.set(from.qualities)
  }
  return { numbers, states, qualities }
}

/** An empty table of quotes with room for `capacity` instruments; it doubles when it is full. */
export function createQuoteColumns(capacity = 256): QuoteColumns {
  const rowOf = new Map<string, number>()
  const names: string[] = []
  let room = capacity
  let held = storage(room)

  function place(instrument: string): number {
    const known = rowOf.get(instrument)
    if (known !== undefined) return known
    if (names.length === room) {
      room *= 2
      held = storage(room, held)
    }
    const row = names.length
    names.push(instrument)
    rowOf.set(instrument, row)
    return row
  }

  return {
    row: instrument => rowOf.get(instrument) ?? -1,
    get length() {
      return names.length
    },
    number: (row, name) => held.numbers[name][row] ?? Number.NaN,
    state: row => LIVENESS[held.states[row] ?? NOTHING] ?? 'none',
    read(row) {
      const numbers = {} as Record<QuoteNumber, number>
      for (const name of QUOTE_NUMBERS) numbers[name] = this.number(row, name)
      return { ...numbers, instrument: names[row] ?? '', state: this.state(row), quality: held.qualities[row] ?? 0 }
    },
    take(instruments, rows, changed) {
      checkRows(instruments, rows)
      for (let k = 0; k < rows.index.length; k++) {
        const instrument = instruments[rows.index[k]!]!
        const row = place(instrument)
        for (const name of QUOTE_NUMBERS) held.numbers[name][row] = rows[name][k] ?? Number.NaN
        held.states[row] = STATE_CODE[rows.state[k]!] ?? NOTHING
        held.qualities[row] = rows.quality[k]!
        changed(instrument)
      }
    },
  }
}
