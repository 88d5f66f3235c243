import { zipOf } from '../../src/core/color/workbook/zip-writer.ts'
import { byteTools } from '../../src/workers/byte-tools.ts'

/** A workbook for tests, part by part as other programs write it. */
export interface TrialBook {
  readonly sheets: readonly { readonly name: string; readonly state?: string; readonly xml: string }[]
  readonly styles?: string
  readonly strings?: readonly string[]
  readonly is1904?: boolean
  readonly more?: Readonly<Record<string, string>>
}

const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'

/** The bytes of a workbook whose sheets are the given XML inside of `worksheet`. */
export function trialBook({ sheets, styles = '', strings = [], is1904 = false, more = {} }: TrialBook): Uint8Array {
  const list = sheets.map(
    ({ name, state = 'visible' }, k) => `<sheet name="${name}" sheetId="${k + 1}" state="${state}" r:id="rId${k + 1}"/>`,
  )
  const relation = (id: string, kind: string, target: string) =>
    `<Relationship Id="${id}" Type="${OFFICE}/${kind}" Target="${target}"/>`
  const relations = (lines: readonly string[]) =>
    `<Relationships xmlns="${PACKAGE}/relationships">${lines.join('')}</Relationships>`
  const parts: Record<string, string> = {
    '_rels/.rels': relations([relation('rId1', 'officeDocument', 'xl/workbook.xml')]),
    'xl/_rels/workbook.xml.rels': relations([
      ...sheets.map((_, k) => relation(`rId${k + 1}`, 'worksheet', `worksheets/sheet${k + 1}.xml`)),
      relation('rIdS', 'styles', 'styles.xml'),
      relation('rIdT', 'sharedStrings', 'sharedStrings.xml'),
    ]),
    'xl/workbook.xml': `<?xml version="1.0"?><workbook ${MAIN} xmlns:r="${OFFICE}"><workbookPr date1904="${is1904 ? 1 : 0}"/><sheets>${list.join('')}</sheets></workbook>`,
    'xl/styles.xml': `<styleSheet ${MAIN}>${styles}</styleSheet>`,
    'xl/sharedStrings.xml': `<sst ${MAIN}>${strings.map(text => `<si>${text}</si>`).join('')}</sst>`,
    ...Object.fromEntries(
      sheets.map(({ xml }, k) => [`xl/worksheets/sheet${k + 1}.xml`, `<worksheet ${MAIN}>${xml}</worksheet>`]),
    ),
    ...more,
  }
  return archive(parts)
}

/** The bytes of an archive of parts. */
export function archive(parts: Readonly<Record<string, string>>): Uint8Array {
  return Buffer.concat([
    ...zipOf(
      Object.entries(parts).map(([name, text]) => [name, [text]] as const),
      byteTools,
    ),
  ])
}

/** Rows of inline text and numbers as the XML of a sheet: a text that begins with `<` is the inside of a cell as it is. */
export function sheetXml(rows: readonly (readonly (string | number | null)[])[], after = ''): string {
  const cells = (row: readonly (string | number | null)[], at: number) =>
    row.map((value, k) => {
      const place = `${String.fromCharCode(65 + k)}${at + 1}`
      if (value === null) return ''
      if (typeof value === 'number') return `<c r="${place}"><v>${value}</v></c>`
      if (/^<c[ >]/.test(value)) return value.replace('<c', `<c r="${place}"`)
      return `<c r="${place}" t="inlineStr"><is><t>${value}</t></is></c>`
    })
  return `<sheetData>${rows.map((row, at) => `<row r="${at + 1}">${cells(row, at).join('')}</row>`).join('')}</sheetData>${after}`
}
