import { FileUnusable } from './byte-tools.ts'
import { type NumberShape, shapeOf } from './cell-values.ts'
import { nameCode, type XmlCursor } from './xml.ts'

/** Texts of all cells together. */
const MOST_STRINGS = 10_000_000

/** The texts that cells point to, in order. */
export function readStrings(xml: XmlCursor): readonly string[] {
  const [ITEM, TEXT, PHONETIC] = [nameCode('si'), nameCode('t'), nameCode('rPh')]
  const strings: string[] = []
  let text = ''
  let isText = false
  let isPhonetic = false
  for (let kind = xml.next(); kind !== 'end'; kind = xml.next()) {
    if (kind === 'text') {
      if (isText && !isPhonetic) text += xml.text()
      continue
    }
    const isOpen = kind === 'open'
    if (xml.code === ITEM) {
      if (isOpen) text = ''
      else if (strings.push(text) > MOST_STRINGS) throw new FileUnusable('it has more texts than memory holds; save it as CSV')
    } else if (xml.code === TEXT) isText = isOpen
    else if (xml.code === PHONETIC) isPhonetic = isOpen
  }
  return strings
}

/** What the styles of cells make of numbers, by the number of the style. */
export function readShapes(xml: XmlCursor): readonly NumberShape[] {
  const codes = new Map<number, string>()
  const shapes: NumberShape[] = []
  let isCells = false
  for (let kind = xml.next(); kind !== 'end'; kind = xml.next()) {
    if (kind === 'text') continue
    const name = xml.name()
    if (name === 'cellXfs') isCells = kind === 'open'
    else if (kind === 'close') continue
    else if (name === 'numFmt') codes.set(Number(xml.attribute('numFmtId')), xml.attribute('formatCode') ?? '')
    else if (name === 'xf' && isCells) {
      const id = Number(xml.attribute('numFmtId') ?? 0)
      shapes.push(shapeOf(id, codes.get(id)))
    }
  }
  return shapes
}

/** A sheet as the workbook names it. */
export interface SheetEntry {
  readonly name: string
  readonly isHidden: boolean
  readonly relation: string
}

/** The sheets of a workbook in order, and since when it counts days. */
export function readWorkbookPart(xml: XmlCursor): { readonly sheets: readonly SheetEntry[]; readonly is1904: boolean } {
  const sheets: SheetEntry[] = []
  let is1904 = false
  for (let kind = xml.next(); kind !== 'end'; kind = xml.next()) {
    if (kind !== 'open') continue
    const name = xml.name()
    if (name === 'workbookPr') is1904 = /^(1|true)$/.test(xml.attribute('date1904') ?? '')
    else if (name === 'sheet') {
      const state = xml.attribute('state')
      sheets.push({
        name: xml.attribute('name') ?? `Sheet ${sheets.length + 1}`,
        isHidden: state === 'hidden' || state === 'veryHidden',
        relation: xml.attribute('r:id') ?? relationOf(xml),
      })
    }
  }
  return { sheets, is1904 }
}

/** Writers may call the prefix of relations as they like. */
function relationOf(xml: XmlCursor): string {
  return /[\w.-]+:id\s*=\s*["']([^"']+)/.exec(xml.text())?.[1] ?? ''
}

/** What a part refers to: the last word of its kind, and where it stands. */
export interface Relation {
  readonly id: string
  readonly kind: string
  readonly target: string
}

/** The relations of a part, with targets as names of the archive. */
export function readRelations(xml: XmlCursor, folder: string): readonly Relation[] {
  const found: Relation[] = []
  for (let kind = xml.next(); kind !== 'end'; kind = xml.next()) {
    if (kind !== 'open' || xml.name() !== 'Relationship') continue
    const target = xml.attribute('Target') ?? ''
    found.push({
      id: xml.attribute('Id') ?? '',
      kind: (xml.attribute('Type') ?? '').split('/').at(-1) ?? '',
      target: xml.attribute('TargetMode') === 'External' ? '' : placed(folder, target),
    })
  }
  return found
}

function placed(folder: string, target: string): string {
  if (target.startsWith('/')) return target.slice(1)
  const steps: string[] = []
  for (const step of `${folder}${target}`.split('/')) {
    if (step === '..') steps.pop()
    else if (step !== '' && step !== '.') steps.push(step)
  }
  return steps.join('/')
}
