import {
  type DuckDBAppender,
  DuckDBDataChunk,
  type DuckDBResult,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBVector,
} from '@duckdb/node-api'
import type { Column, Table } from './data-protocol.ts'

type Cell = string | number | boolean | null

const MICROS_PER_DAY = 86_400_000_000
const TWO_32 = 4_294_967_296

/** Factor from the stored unit to the one on our side, for each type whose vector holds plain numbers. */
const SCALE: Partial<Record<DuckDBTypeId, number>> = {
  [DuckDBTypeId.TINYINT]: 1,
  [DuckDBTypeId.SMALLINT]: 1,
  [DuckDBTypeId.INTEGER]: 1,
  [DuckDBTypeId.BIGINT]: 1,
  [DuckDBTypeId.UTINYINT]: 1,
  [DuckDBTypeId.USMALLINT]: 1,
  [DuckDBTypeId.UINTEGER]: 1,
  [DuckDBTypeId.UBIGINT]: 1,
  [DuckDBTypeId.FLOAT]: 1,
  [DuckDBTypeId.DOUBLE]: 1,
  [DuckDBTypeId.TIMESTAMP]: 1,
  [DuckDBTypeId.TIMESTAMP_TZ]: 1,
  [DuckDBTypeId.TIMESTAMP_S]: 1e6,
  [DuckDBTypeId.TIMESTAMP_MS]: 1e3,
  [DuckDBTypeId.TIMESTAMP_NS]: 1e-3,
  [DuckDBTypeId.DATE]: MICROS_PER_DAY,
}

/** Types that are numbers to a person but not plain numbers in the vector. */
const SLOW_NUMBERS = new Set<DuckDBTypeId>([DuckDBTypeId.HUGEINT, DuckDBTypeId.UHUGEINT, DuckDBTypeId.DECIMAL])

type Items = Float64Array | Float32Array | Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array
interface Plain {
  readonly items: Items | BigInt64Array | BigUint64Array
  readonly validity: {
    readonly data: BigUint64Array | null
    itemValid(row: number): boolean
    setItemValid(row: number, valid: boolean): void
  }
}

function readPlain(vector: DuckDBVector, rows: number, scale: number): Float64Array {
  const { items, validity } = vector as unknown as Plain
  const out = new Float64Array(rows)
  if (items instanceof BigInt64Array || items instanceof BigUint64Array) {
    // Two halves instead of BigInt: ten times quicker, and exact below 2⁵³, where all our instants and counts are.
    const halves = new Int32Array(items.buffer, items.byteOffset, rows * 2)
    const signed = items instanceof BigInt64Array
    for (let row = 0; row < rows; row++) {
      const high = halves[2 * row + 1]!
      out[row] = ((signed ? high : high >>> 0) * TWO_32 + (halves[2 * row]! >>> 0)) * scale
    }
  } else if (scale === 1) out.set(items.subarray(0, rows))
  else for (let row = 0; row < rows; row++) out[row] = items[row]! * scale
  if (validity.data) for (let row = 0; row < rows; row++) if (!validity.itemValid(row)) out[row] = Number.NaN
  return out
}

function readNumbers(vector: DuckDBVector, rows: number): Float64Array {
  const out = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    const value = vector.getItem(row)
    out[row] = value === null ? Number.NaN : Number(typeof value === 'bigint' ? value : value.toString())
  }
  return out
}

function readCells(vector: DuckDBVector, rows: number): Cell[] {
  const out = new Array<Cell>(rows)
  for (let row = 0; row < rows; row++) {
    const value = vector.getItem(row)
    out[row] = value === null || typeof value === 'string' || typeof value === 'boolean' ? value : String(value)
  }
  return out
}

function readColumn(vector: DuckDBVector, type: DuckDBType, rows: number): Float64Array | Cell[] {
  const scale = SCALE[type.typeId]
  if (scale !== undefined) return readPlain(vector, rows, scale)
  return SLOW_NUMBERS.has(type.typeId) ? readNumbers(vector, rows) : readCells(vector, rows)
}

function joined(parts: readonly (Float64Array | Cell[])[], rows: number, type: DuckDBType): Float64Array | Cell[] {
  if (SCALE[type.typeId] === undefined && !SLOW_NUMBERS.has(type.typeId)) return (parts as Cell[][]).flat().slice(0, rows)
  const out = new Float64Array(rows)
  let at = 0
  for (const part of parts as Float64Array[]) {
    const taken = part.length > rows - at ? part.subarray(0, rows - at) : part
    out.set(taken, at)
    at += taken.length
  }
  return out
}

/** Reads a result into columns, at most `limit` rows of it. */
export async function readTable(result: DuckDBResult, limit: number | null): Promise<Table> {
  const types = result.columnTypes()
  const parts: (Float64Array | Cell[])[][] = types.map(() => [])
  const most = limit ?? Number.POSITIVE_INFINITY
  let seen = 0
  while (seen <= most) {
    const chunk = await result.fetchChunk()
    if (!chunk || chunk.rowCount === 0) break
    const rows = chunk.rowCount
    for (const [k, type] of types.entries()) parts[k]!.push(readColumn(chunk.getColumnVector(k), type, rows))
    seen += rows
  }
  const rows = Math.min(seen, most)
  return {
    names: result.columnNames(),
    types: types.map(String),
    columns: types.map((type, k) => joined(parts[k]!, rows, type)),
    rows,
    truncated: seen > most,
  }
}

function writePlain(vector: DuckDBVector, column: Column, from: number, rows: number, scale: number): void {
  const { items, validity } = vector as unknown as Plain
  const halves = items instanceof BigInt64Array ? new Int32Array(items.buffer, items.byteOffset, rows * 2) : null
  for (let row = 0; row < rows; row++) {
    const cell = column[from + row]
    const value = cell === null || cell === undefined ? Number.NaN : Number(cell) / scale
    if (Number.isNaN(value)) validity.setItemValid(row, false)
    else if (halves) {
      halves[2 * row] = value % TWO_32
      halves[2 * row + 1] = Math.floor(value / TWO_32)
    } else (items as Items)[row] = value
  }
}

function writeColumn(vector: DuckDBVector, type: DuckDBType, column: Column | undefined, from: number, rows: number): void {
  const scale = SCALE[type.typeId]
  if (scale !== undefined && column) writePlain(vector, column, from, rows, scale)
  else if (!column) for (let row = 0; row < rows; row++) vector.setItem(row, null)
  else if (type.typeId === DuckDBTypeId.VARCHAR || type.typeId === DuckDBTypeId.BOOLEAN)
    for (let row = 0; row < rows; row++) vector.setItem(row, column[from + row] ?? null)
  else throw new RangeError(`columns of type ${type} cannot be appended`)
  vector.flush()
}

/** Rows of one chunk; DuckDB's own vector size. */
const CHUNK_ROWS = 2048

/**
 * Appends columns to the table of an appender; columns of the table that are not given become NULL.
 *
 * Fails: RangeError for a column that the table has not, or of another length than the first.
 */
export function appendColumns(
  appender: DuckDBAppender,
  names: readonly string[],
  columns: Readonly<Record<string, Column>>,
): number {
  const given = Object.entries(columns)
  const total = given[0]?.[1].length ?? 0
  for (const [name, column] of given) {
    if (!names.includes(name)) throw new RangeError(`the table has no column ${name}`)
    if (column.length !== total) throw new RangeError(`columns must have ${total} rows, ${name} had ${column.length}`)
  }
  const types = names.map((_, k) => appender.columnType(k))
  for (let from = 0; from < total; from += CHUNK_ROWS) {
    const rows = Math.min(CHUNK_ROWS, total - from)
    const chunk = DuckDBDataChunk.create(types, rows)
    for (const [k, name] of names.entries()) writeColumn(chunk.getColumnVector(k), types[k]!, columns[name], from, rows)
    appender.appendDataChunk(chunk)
  }
  return total
}
