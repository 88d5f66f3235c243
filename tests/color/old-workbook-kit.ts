/** A cell of an old workbook for tests. */
export type OldCell =
  | string
  | number
  | boolean
  | null
  | { readonly day: number }
  | { readonly error: number }
  | { readonly formula: number | string }
  | { readonly rk: number }

/** A workbook of Excel 97 for tests, written record by record as the format says. */
export interface OldBook {
  readonly sheets: readonly {
    readonly name: string
    readonly hidden?: boolean
    readonly rows: readonly (readonly OldCell[])[]
    readonly merges?: readonly (readonly [number, number, number, number])[]
  }[]
  readonly is1904?: boolean
  readonly password?: boolean
}

const words = (...values: readonly number[]) => Buffer.from(Uint16Array.from(values).buffer)
const long = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}
const double = (value: number) => {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return bytes
}
const record = (id: number, ...data: readonly Uint8Array[]) => {
  const body = Buffer.concat(data)
  return Buffer.concat([words(id, body.length), body])
}
const isWide = (text: string) => /[^\u0020-\u00FF]/.test(text)
const letters = (text: string) => Buffer.from(text, isWide(text) ? 'utf16le' : 'latin1')
const text16 = (text: string) => Buffer.concat([words(text.length), Buffer.from([isWide(text) ? 1 : 0]), letters(text)])
const text8 = (text: string) => Buffer.concat([Buffer.from([text.length, isWide(text) ? 1 : 0]), letters(text)])
const begin = (kind: number) => record(0x809, words(0x600, kind, 0x0dbb, 1996), long(0), long(6))
const end = record(0x0a)
const MOST = 8224

/** The table of texts, cut in the middle of letters where a record is full. */
function strings(texts: readonly string[]): Buffer {
  const parts: Buffer[] = []
  let held = Buffer.concat([long(texts.length), long(texts.length)])
  const flush = () => {
    parts.push(record(parts.length === 0 ? 0xfc : 0x3c, held))
    held = Buffer.alloc(0)
  }
  for (const text of texts) {
    if (held.length + 3 > MOST - 8) flush()
    held = Buffer.concat([held, words(text.length), Buffer.from([isWide(text) ? 1 : 0])])
    let body = letters(text)
    for (;;) {
      const room = (MOST - held.length) & ~1
      held = Buffer.concat([held, body.subarray(0, room)])
      body = body.subarray(room)
      if (body.length === 0) break
      flush()
      held = Buffer.from([isWide(text) ? 1 : 0])
    }
  }
  flush()
  return Buffer.concat(parts)
}

export function oldBook({ sheets, is1904 = false, password = false }: OldBook): Uint8Array {
  const texts = [...new Set(sheets.flatMap(({ rows }) => rows.flat()).filter(cell => typeof cell === 'string'))]
  const bodies = sheets.map(({ rows, merges = [] }) =>
    Buffer.concat([
      begin(0x10),
      ...rows.flatMap((row, r) => row.map((cell, c) => cellRecord(r, c, cell, texts))),
      ...(merges.length > 0 ? [record(0xe5, words(merges.length), ...merges.map(([t, b, l, r]) => words(t, b, l, r)))] : []),
      end,
    ]),
  )
  const style = (format: number) => record(0xe0, words(0, format), Buffer.alloc(16))
  const head = [
    begin(5),
    ...(password ? [record(0x2f, words(1, 1, 1), Buffer.alloc(48))] : []),
    record(0x22, words(is1904 ? 1 : 0)),
    record(0x41e, words(170), text16('yyyy\\-mm\\-dd')),
    style(0),
    style(170),
  ]
  const tail = [strings(texts), end]
  const names = sheets.map(({ name, hidden }) => ({ name: text8(name), state: hidden ? 1 : 0 }))
  const before =
    [...head, ...tail].reduce((sum, { length }) => sum + length, 0) + names.reduce((sum, { name }) => sum + name.length + 10, 0)
  let at = before
  const entries = names.map(({ name, state }, k) => {
    const entry = record(0x85, long(at), Buffer.from([state, 0]), name)
    at += bodies[k]!.length
    return entry
  })
  return compound({ Workbook: Buffer.concat([...head, ...entries, ...tail, ...bodies]) })
}

function cellRecord(row: number, column: number, cell: OldCell, texts: readonly string[]): Buffer {
  const place = (style = 0) => words(row, column, style)
  if (cell === null) return Buffer.alloc(0)
  if (typeof cell === 'string') return record(0xfd, place(), long(texts.indexOf(cell)))
  if (typeof cell === 'number') return record(0x203, place(), double(cell))
  if (typeof cell === 'boolean') return record(0x205, place(), Buffer.from([cell ? 1 : 0, 0]))
  if ('day' in cell) return record(0x203, place(1), double(cell.day))
  if ('error' in cell) return record(0x205, place(), Buffer.from([cell.error, 1]))
  // Hundredths of a whole number, twice in a row of several.
  if ('rk' in cell) return record(0xbd, words(row, column, 0), long((Math.round(cell.rk * 100) << 2) | 3), words(column))
  if (typeof cell.formula === 'number') return record(0x06, place(), double(cell.formula), words(0), long(0), words(0))
  const special = Buffer.from([0, 0, 0, 0, 0, 0, 0xff, 0xff])
  return Buffer.concat([record(0x06, place(), special, words(0), long(0), words(0)), record(0x207, text16(cell.formula))])
}

const SECTOR = 512
const [FREE, LAST, TABLE] = [0xffffffff, 0xfffffffe, 0xfffffffd]

/** A compound file of streams, which are long enough for sectors of their own. */
export function compound(streams: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const padded = Object.entries(streams).map(([name, data]) => ({
    name,
    data: Buffer.concat([data, Buffer.alloc(Math.max(0, 4096 - data.length))]),
  }))
  const bodies = padded.map(({ data }) => Buffer.concat([data, Buffer.alloc((SECTOR - (data.length % SECTOR)) % SECTOR)]))
  const counts = bodies.map(({ length }) => length / SECTOR)
  const folders = Math.ceil((padded.length + 1) / 4)
  let tables = 1
  const total = () => tables + folders + counts.reduce((sum, count) => sum + count, 0)
  while (tables * 128 < total()) tables += 1
  const next: number[] = Array.from({ length: tables }, () => TABLE!)
  const chain = (count: number) => {
    const first = next.length
    for (let k = 0; k < count; k++) next.push(k === count - 1 ? LAST! : first + k + 1)
    return first
  }
  const folderAt = chain(folders)
  const starts = counts.map(chain)
  while (next.length < tables * 128) next.push(FREE!)
  const entry = (name: string, kind: number, start: number, size: number, child = FREE!) => {
    const bytes = Buffer.alloc(128)
    bytes.write(name, 0, 'utf16le')
    bytes.writeUInt16LE(name.length * 2 + 2, 64)
    bytes[66] = kind
    bytes[67] = 1
    for (const at of [68, 72]) bytes.writeUInt32LE(FREE!, at)
    bytes.writeUInt32LE(child, 76)
    bytes.writeUInt32LE(start, 116)
    bytes.writeUInt32LE(size, 120)
    return bytes
  }
  const listed = [
    entry('Root Entry', 5, LAST!, 0, 1),
    ...padded.map(({ name, data }, k) => entry(name, 2, starts[k]!, data.length)),
  ]
  for (let k = 1; k < listed.length - 1; k++) listed[k]!.writeUInt32LE(k + 1, 72)
  const folder = Buffer.concat([...listed, Buffer.alloc(folders * SECTOR - listed.length * 128)])
  const header = Buffer.alloc(SECTOR, 0)
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(header)
  for (const [at, value] of [
    [24, 0x3e],
    [26, 3],
    [28, 0xfffe],
    [30, 9],
    [32, 6],
  ] as const)
    header.writeUInt16LE(value, at)
  for (const [at, value] of [
    [44, tables],
    [48, folderAt],
    [56, 4096],
    [60, LAST!],
    [64, 0],
    [68, LAST!],
    [72, 0],
  ] as const)
    header.writeUInt32LE(value, at)
  for (let k = 0; k < 109; k++) header.writeUInt32LE(k < tables ? k : FREE!, 76 + 4 * k)
  return Buffer.concat([header, Buffer.concat(next.map(long)), folder, ...bodies])
}
