import type { ByteTools } from './byte-tools.ts'

const LOCAL_BYTES = 30
const CENTRAL_BYTES = 46
const END_BYTES = 22
/** Version 2.0, names in UTF-8, deflate. */
const [NEEDS, FLAGS, DEFLATE] = [20, 0x0800, 8] as const
/** 1 January 1980: the same input gives the same bytes on any day. */
const FIXED_DATE = 0x21

/** Text of a part is packed in pieces of about so many letters. */
const PIECE = 1 << 20

/**
 * An archive of parts that come as text piece by piece, as the pieces of its bytes.
 *
 * Of the parts only what is packed is held. The same parts give the same bytes.
 */
export function* zipOf(
  parts: Iterable<readonly [name: string, text: Iterable<string>]>,
  tools: ByteTools,
): Generator<Uint8Array, void> {
  const central: Uint8Array[] = []
  let at = 0
  for (const [name, text] of parts) {
    const label = tools.encode(name)
    const { pieces, crc, packed, size } = pack(text, tools)
    const local = headed(LOCAL_BYTES, label, 0x04034b50, 4, { crc, packed, size })
    const entry = headed(CENTRAL_BYTES, label, 0x02014b50, 6, { crc, packed, size })
    const view = new DataView(entry.buffer)
    view.setUint16(4, NEEDS, true)
    view.setUint32(42, at, true)
    central.push(entry)
    yield local
    yield* pieces
    at += local.length + packed
  }
  yield* central
  const bytes = central.reduce((sum, entry) => sum + entry.length, 0)
  const end = new DataView(new ArrayBuffer(END_BYTES))
  end.setUint32(0, 0x06054b50, true)
  end.setUint16(8, central.length, true)
  end.setUint16(10, central.length, true)
  end.setUint32(12, bytes, true)
  end.setUint32(16, at, true)
  yield new Uint8Array(end.buffer)
}

interface Sizes {
  readonly crc: number
  readonly packed: number
  readonly size: number
}

function pack(text: Iterable<string>, tools: ByteTools): Sizes & { readonly pieces: readonly Uint8Array[] } {
  const pieces: Uint8Array[] = []
  let [crc, packed, size] = [0, 0, 0]
  const add = (plain: Uint8Array, isLast: boolean) => {
    crc = tools.crc32(plain, crc)
    size += plain.length
    const piece = tools.deflate(plain, isLast)
    packed += piece.length
    pieces.push(piece)
  }
  let held = ''
  for (const piece of text) {
    held += piece
    if (held.length < PIECE) continue
    add(tools.encode(held), false)
    held = ''
  }
  add(tools.encode(held), true)
  return { pieces, crc, packed, size }
}

/** The fields that both kinds of entry share stand in the same order, the central ones two bytes later. */
function headed(
  bytes: number,
  label: Uint8Array,
  mark: number,
  from: number,
  { crc, packed, size }: Sizes,
): Uint8Array<ArrayBuffer> {
  const entry = new Uint8Array(bytes + label.length)
  const view = new DataView(entry.buffer)
  view.setUint32(0, mark, true)
  for (const [k, value] of [NEEDS, FLAGS, DEFLATE, 0, FIXED_DATE].entries()) view.setUint16(from + 2 * k, value, true)
  view.setUint32(from + 10, crc, true)
  view.setUint32(from + 14, packed, true)
  view.setUint32(from + 18, size, true)
  view.setUint16(from + 22, label.length, true)
  entry.set(label, bytes)
  return entry
}
