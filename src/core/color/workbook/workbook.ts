import { type ByteTools, FileUnusable } from './byte-tools.ts'
import { createShaper, type NumberShape } from './cell-values.ts'
import { type Relation, readRelations, readShapes, readStrings, readWorkbookPart } from './parts.ts'
import { readSheet, type SheetTable } from './sheet.ts'
import { openZip, type ZipParts } from './unzip.ts'
import { XmlCursor } from './xml.ts'

/** A workbook whose sheets are read when somebody asks for them. */
export interface Workbook {
  readonly sheets: readonly { readonly name: string; readonly isHidden: boolean }[]
  /** Macros are never run, and never read. */
  readonly hasMacros: boolean
  /** Other files that it refers to; they are never opened. */
  readonly hasLinks: boolean
  /** Fails: FileUnusable for a damaged sheet, or one with too many rows. */
  read(sheet: number): SheetTable
}

/**
 * Opens a workbook of Excel 2007 and later.
 *
 * Fails: FileUnusable for what is none: another archive, a binary workbook, a damaged one, one made to fill the memory.
 */
export function openWorkbook(bytes: Uint8Array, tools: ByteTools): Workbook {
  const zip = openZip(bytes, tools)
  const decode = tools.decoder('utf-8')
  const cursor = (name: string) => {
    const part = zip.read(name)
    return part ? new XmlCursor(part, decode) : null
  }
  const main = mainPart(zip, cursor)
  const folder = main.slice(0, main.lastIndexOf('/') + 1)
  const part = cursor(main)
  if (!part) throw new FileUnusable('it is damaged: its list of sheets is not there')
  const { sheets, is1904 } = readWorkbookPart(part)
  const list = cursor(`${folder}_rels/${main.slice(folder.length)}.rels`)
  const relations = list ? readRelations(list, folder) : []
  const tables = sheets.flatMap(sheet => {
    const relation = relations.find(({ id }) => id === sheet.relation)
    return relation?.kind === 'worksheet' ? [{ ...sheet, target: relation.target }] : []
  })
  if (tables.length === 0) throw new FileUnusable('it has no sheet with cells')
  const shaped = createShaper(is1904)
  let ground: { readonly strings: readonly string[]; readonly shapes: readonly NumberShape[] } | null = null
  return {
    sheets: tables.map(({ name, isHidden }) => ({ name, isHidden })),
    hasMacros: zip.names.some(name => /vbaproject\.bin$/i.test(name)),
    hasLinks: zip.names.some(name => /\/externallinks\/[^/]+\.xml$/i.test(name)),
    read(at) {
      const { name, target } = tables[at]!
      ground ??= groundOf(relations, cursor)
      const xml = cursor(target)
      if (!xml) throw new FileUnusable(`it is damaged: its sheet '${name}' is not there`)
      return readSheet(xml, { name, shaped, ...ground })
    },
  }
}

type Cursors = (name: string) => XmlCursor | null

function groundOf(relations: readonly Relation[], cursor: Cursors) {
  const partOf = (kind: string) => {
    const target = relations.find(one => one.kind === kind)?.target
    return target ? cursor(target) : null
  }
  const [strings, styles] = [partOf('sharedStrings'), partOf('styles')]
  return { strings: strings ? readStrings(strings) : [], shapes: styles ? readShapes(styles) : [] }
}

function mainPart({ names, read }: ZipParts, cursor: Cursors): string {
  const list = cursor('_rels/.rels')
  const main = list ? readRelations(list, '').find(({ kind }) => kind === 'officeDocument')?.target : undefined
  if (main?.endsWith('.bin')) throw new FileUnusable('it is a binary workbook (.xlsb); save it as .xlsx')
  if (main !== undefined && /workbook[^/]*\.xml$/i.test(main)) return main
  if (main !== undefined) throw new FileUnusable('it is a document of Office, but no workbook')
  if (read('xl/workbook.xml')) return 'xl/workbook.xml'
  if (names.includes('mimetype')) throw new FileUnusable('it is a document of OpenOffice; save it as .xlsx')
  throw new FileUnusable('it is a ZIP archive and no workbook; unpack it first')
}
