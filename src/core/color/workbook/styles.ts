/** How the cells of a column look. Numbers, days and instants are numbers; `formula` is text that would run if it were none. */
export type Look = 'text' | 'decimal' | 'percent' | 'integer' | 'date' | 'instant' | 'boolean'
type StoredLook = Exclude<Look, 'boolean'> | 'formula'

/** Own formats begin behind those that every workbook has. */
const FORMATS = { decimal: 164, date: 165, instant: 166 } as const
const IDS: Readonly<Record<StoredLook, number>> = { text: 49, formula: 49, percent: 2, integer: 1, ...FORMATS }
const STORED = ['text', 'decimal', 'percent', 'integer', 'date', 'instant', 'formula'] as const
const VARIANTS = 4

/** The two styles that are no variant of a look. */
export const LOOKS = { plain: 0, header: 1 } as const
const FIRST = 2

/** The number of the style of a cell. */
export function styleOf(look: StoredLook | 'boolean', { isBold, isIndented }: { isBold: boolean; isIndented: boolean }): number {
  const stored = look === 'boolean' ? 'text' : look
  return FIRST + STORED.indexOf(stored) * VARIANTS + (isBold ? 1 : 0) + (isIndented ? 2 : 0)
}

function variantsOf(look: StoredLook): readonly string[] {
  return Array.from({ length: VARIANTS }, (_, variant) => {
    const isIndented = (variant & 2) > 0
    const alignment = isIndented ? '<alignment horizontal="left" indent="1"/>' : ''
    const quoted = look === 'formula' ? ' quotePrefix="1"' : ''
    return `<xf numFmtId="${IDS[look]}" fontId="${variant & 1}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"${quoted}${isIndented ? ' applyAlignment="1"' : ''}>${alignment}</xf>`
  })
}

const cells = [
  '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
  '<xf numFmtId="49" fontId="1" fillId="2" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1"/>',
  ...STORED.flatMap(variantsOf),
]

/** The part of a workbook that says how cells look. */
export const STYLES = [
  '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">',
  `<numFmts count="3"><numFmt numFmtId="${FORMATS.decimal}" formatCode="0.00##########"/><numFmt numFmtId="${FORMATS.date}" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="${FORMATS.instant}" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>`,
  '<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font><font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>',
  '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE7E6E6"/><bgColor indexed="64"/></patternFill></fill></fills>',
  '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left/><right/><top/><bottom style="thin"><color rgb="FF808080"/></bottom><diagonal/></border></borders>',
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>',
  `<cellXfs count="${cells.length}">${cells.join('')}</cellXfs>`,
  '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
].join('')
