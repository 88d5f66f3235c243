import { readFileSync } from 'node:fs'
import { type ColorSource, textSource } from '../../core/color/color-source.ts'
import { detectKind, isUtf8 } from '../../core/imports/encoding.ts'

/** A sheet of a workbook. */
export interface SheetInfo {
  readonly name: string
  readonly rows: number
  readonly isHidden: boolean
}

/** The cells of a file, or why there are none. */
export type OpenedColors =
  | { readonly kind: 'empty' }
  | { readonly kind: 'unreadable'; readonly reason: string }
  | {
      readonly kind: 'source'
      readonly source: ColorSource
      readonly sheets: readonly SheetInfo[]
      readonly sheet: string | null
      readonly notes: readonly string[]
    }

/** Opens a file of colors. */
export function openColors(path: string): OpenedColors {
  const bytes = readFileSync(path)
  if (bytes.length === 0) return { kind: 'empty' }
  const found = detectKind(bytes.subarray(0, 1 << 18))
  if (found.kind === 'parquet')
    return { kind: 'unreadable', reason: 'it is a Parquet file; colors are read from workbooks and CSV' }
  if (found.kind === 'binary') return { kind: 'unreadable', reason: `it is ${found.what}` }
  const own = bytes.subarray(found.bomBytes)
  if (found.encoding === 'utf-16le' || found.encoding === 'utf-16be')
    return opened(Buffer.from(new TextDecoder(found.encoding).decode(own), 'utf8'), 'utf-8')
  return opened(own, found.bomBytes === 0 && !isUtf8(own) ? 'windows-1252' : 'utf-8')
}

function opened(bytes: Uint8Array, encoding: 'utf-8' | 'windows-1252'): OpenedColors {
  const decoder = new TextDecoder(encoding)
  const source = textSource({ bytes, decode: piece => decoder.decode(piece) })
  return { kind: 'source', source, sheets: [], sheet: null, notes: [] }
}
