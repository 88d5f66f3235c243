import { emptyGreeks, expectRows, type GreekColumns, type OptionColumns } from './columns.ts'
import { priceEuropean } from './european.ts'
import { GREEKS_WASM } from './greeks-wasm.ts'
import { MILLS_CELLS, MILLS_TABLE } from './mills-table.ts'

// What of the environment is needed, since core is compiled without that of a page or of Node.
interface Wasm {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: unknown }
}
interface Surroundings {
  readonly WebAssembly?: Wasm
  readonly atob?: (text: string) => string
}
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  /** Not 0 where a row is beyond what the loop can do; a NaN is. */
  price(rows: number): number
}

// The layout in scripts/tables/greeks.as.
const ROWS = 1024
const COLUMNS_AT = 65_536
const TABLE_AT = 16_384

interface Engine {
  readonly exports: Exports
  readonly columns: readonly Float64Array[]
  readonly side: Int8Array
}

let engine: Engine | null | undefined

/** The compiled loop, or null where it cannot be had: no WebAssembly, no SIMD, or a page that forbids it. */
function engineOf(): Engine | null {
  if (engine !== undefined) return engine
  engine = null
  const { WebAssembly: wasm, atob } = globalThis as unknown as Surroundings
  if (!wasm || !atob) return engine
  try {
    const bytes = Uint8Array.from(atob(GREEKS_WASM), sign => sign.charCodeAt(0))
    const exports = new wasm.Instance(new wasm.Module(bytes)).exports as Exports
    const { buffer } = exports.memory
    const table = new Float64Array(buffer, TABLE_AT, 8 * MILLS_CELLS)
    for (let cell = 0; cell < MILLS_CELLS; cell++) table.set(MILLS_TABLE.subarray(7 * cell, 7 * cell + 7), 8 * cell)
    const columns = Array.from({ length: 13 }, (_, k) => new Float64Array(buffer, COLUMNS_AT + k * ROWS * 8, ROWS))
    engine = { exports, columns, side: new Int8Array(buffer, COLUMNS_AT + 6 * ROWS * 8, ROWS) }
  } catch {
    engine = null
  }
  return engine
}

/** Whether the compiled loop can be had here. */
export function hasSimd(): boolean {
  return engineOf() !== null
}

const OUT = ['price', 'delta', 'gamma', 'vega', 'theta', 'rho'] as const

/**
 * As priceEuropean, two rows at a time where the processor can; that loop stays the reference, and answers where it cannot.
 *
 * Shapes, units, range and failures are those of priceEuropean; the answers differ by rounding only.
 */
export function priceEuropeanSimd(options: OptionColumns, out: GreekColumns = emptyGreeks(options.spot.length)): GreekColumns {
  const at = engineOf()
  if (!at) return priceEuropean(options, out)
  const n = options.spot.length
  expectRows(n, options)
  const { spot, strike, tteYears, vol, rate, yieldRate, side } = options
  const inputs = [spot, strike, tteYears, vol, rate, yieldRate]
  const { columns, exports } = at
  for (let from = 0; from < n; from += ROWS) {
    const to = Math.min(n, from + ROWS)
    for (let k = 0; k < inputs.length; k++) columns[k]!.set(inputs[k]!.subarray(from, to))
    at.side.set(side.subarray(from, to))
    // An odd number of rows is priced with whatever stands behind it, so its last one answers for itself.
    const isOdd = (to - from) % 2 === 1
    if (exports.price(to - from - (isOdd ? 1 : 0)) !== 0) {
      // Some row is at an edge, which the loop has no eye for: the reference answers this stretch.
      priceEuropean(rowsOf(options, from, to), rowsOf(out, from, to))
      continue
    }
    for (let k = 0; k < OUT.length; k++) {
      const answer = columns[7 + k]!
      out[OUT[k]!].set(to - from === ROWS ? answer : answer.subarray(0, to - from), from)
    }
    if (isOdd) priceEuropean(rowsOf(options, to - 1, to), rowsOf(out, to - 1, to))
  }
  return out
}

function rowsOf<T extends object>(columns: T, from: number, to: number): T {
  return Object.fromEntries(
    Object.entries(columns as Record<string, Float64Array>).map(([name, column]) => [name, column.subarray(from, to)]),
  ) as T
}
