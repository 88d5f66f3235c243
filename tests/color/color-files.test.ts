import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readXlsx, writeXlsx } from 'hucre/xlsx'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { templateBook } from '../../src/core/color/color-book.ts'
import type { ColorMapping } from '../../src/core/color/color-header.ts'
import { generateColors } from '../../src/core/color/generator.ts'
import { placeColors } from '../../src/core/color/lineage.ts'
import { colorFilesJobs, type ReadOutput } from '../../src/workers/jobs/color-files.ts'
import { archive, sheetXml, type TrialBook, trialBook } from './workbook-kit.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-workbook-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const NAMES = ['MESSAGE_ID', 'TICKER', 'SECTOR', 'CUSIP', 'DATE', 'PRICE_LEVEL', 'PX', 'SOURCE', 'BIAS']
const ROW = ['90071992547409931', 'SHELF 21-1 B', 'ABS', '037833100', '2026-11-20', 98.75, 98.75, 'DEALER A', 'BID'] as const
type Cell = string | number | null
const rowWith = (changes: Readonly<Record<string, Cell>>) => NAMES.map((name, k) => (name in changes ? changes[name]! : ROW[k]!))
const DATES =
  '<numFmts><numFmt numFmtId="170" formatCode="[$-409]d\\-mmm\\-yyyy"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="10"/><xf numFmtId="22"/></cellXfs>'

function read(bytes: Uint8Array, more: { sheet?: string; mapping?: ColorMapping } = {}, name = 'book.xlsx'): ReadOutput {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return colorFilesJobs['color.read']({ path, ...more })
}
const bookOf = (rows: readonly (readonly Cell[])[], more: Partial<TrialBook> = {}, after = '') =>
  trialBook({ sheets: [{ name: 'Quotes', xml: sheetXml(rows, after) }], styles: DATES, ...more })
function rowsOf(output: ReadOutput) {
  if (output.result.kind !== 'read') throw new Error(JSON.stringify(output.result.trouble))
  return output.result
}
const readRow = (changes: Readonly<Record<string, Cell>>, more: Partial<TrialBook> = {}) =>
  rowsOf(read(bookOf([NAMES, rowWith(changes)], more)))

describe('cells of a workbook', () => {
  test.each([
    ['<c s="1"><v>46346</v></c>', '2026-11-20'],
    ['<c s="2"><v>46346</v></c>', '2026-11-20'],
    ['<c s="4"><v>46346.75</v></c>', '2026-11-20'],
    ['<c s="1"><v>59</v></c>', '1900-02-28'],
    ['<c s="1"><v>61</v></c>', '1900-03-01'],
    ['<c t="d"><v>2026-11-20T00:00:00</v></c>', '2026-11-20'],
    ['2026-11-20', '2026-11-20'],
  ])('the day of %s is %s', (cell, day) => expect(readRow({ DATE: cell }).colors[0]!.row.date).toBe(day))

  test('a workbook that counts days from 1904 is read by that', () =>
    expect(readRow({ DATE: '<c s="1"><v>44884</v></c>' }, { is1904: true }).colors[0]!.row.date).toBe('2026-11-20'))

  test.each([
    ['<c s="1"><v>60</v></c>', 'date-unreadable'],
    ['<c><v>46346</v></c>', 'date-unreadable'],
  ])('%s is no day: nobody says that it is one', (cell, kind) =>
    expect(readRow({ DATE: cell }).quarantine[0]!.problems[0]).toMatchObject({ column: 'DATE', kind }),
  )

  test.each([
    ['<c><v>98.7</v></c>', '98.7'],
    ['<c><v>98.700000000000003</v></c>', '98.7'],
    ['<c><v>0.30000000000000004</v></c>', '0.3'],
    ['<c><v>98.333333333333329</v></c>', '98.3333333333333'.slice(0, 15)],
    ['<c><v>9.875E1</v></c>', '98.75'],
    ['<c><v>1E-7</v></c>', '0.0000001'],
    ['<c><v>100</v></c>', '100'],
    ['<c><v>-0.5</v></c>', '-0.5'],
    ['<c><f>1+1</f><v>2</v></c>', '2'],
    ['<c t="str"><f>"9"&amp;"8"</f><v>98</v></c>', '98'],
  ])('the price of %s is %s', (cell, px) => {
    const { colors, quarantine } = readRow({ PX: cell })
    expect(quarantine).toEqual([])
    expect(Number(colors[0]!.row.px)).toBeCloseTo(Number(px), 12)
    if (!px.startsWith('98.33')) expect(colors[0]!.row.px).toBe(px)
  })

  test.each([
    ['PX', '<c s="3"><v>0.985</v></c>', 'number-unreadable', '98.5%'],
    ['PX', '<c t="e"><v>#REF!</v></c>', 'cell-error', '#REF!'],
    ['PX', '<c><f>A1*2</f></c>', 'cell-error', '=A1*2'],
    ['TICKER', '<c t="e"><v>#NAME?</v></c>', 'cell-error', '#NAME?'],
    ['TICKER', '<c t="e"><v>#N/A</v></c>', 'missing', ''],
    ['MESSAGE_ID', '<c><v>90071992547409931</v></c>', 'id-scientific', '9.00719925474099E+16'],
    ['MESSAGE_ID', '<c><v>1.2E+17</v></c>', 'id-scientific', '1.2E+17'],
    ['CUSIP', '<c><v>1.2345E+14</v></c>', 'cusip-invalid', '123450000000000'],
  ])('%s as %s is set apart or marked: %s', (column, cell, kind, text) => {
    const { quarantine, marks } = readRow({ [column]: cell })
    const problems = [...quarantine.flatMap(one => one.problems), ...marks]
    expect(problems).toContainEqual({ row: 2, column, kind, text })
  })

  test('a price that is not available is none', () =>
    expect(readRow({ PX: '<c t="e"><v>#N/A</v></c>', PRICE_LEVEL: null }).colors[0]!.row.px).toBe(null))

  test('texts come with their letters: shared, in several fonts, escaped, without how they are pronounced', () => {
    const strings = [
      '<t>Caf&#233; &lt;1&gt;</t>',
      '<r><rPr><b/></rPr><t>Deal</t></r><r><t xml:space="preserve">er B</t></r><rPh sb="0" eb="1"><t>x</t></rPh>',
      '<t>one_x000A_two_x005F_x0041_</t>',
    ]
    const { colors } = readRow(
      { TICKER: '<c t="s"><v>0</v></c>', SOURCE: '<c t="s"><v>1</v></c>', BIAS: '<c t="s"><v>2</v></c>' },
      { strings },
    )
    expect(colors[0]!.row).toMatchObject({ ticker: 'Café <1>', source: 'Dealer B', bias: 'ONE TWO_X0041_' })
  })
})

describe('sheets of a workbook', () => {
  const quotes = sheetXml([NAMES, rowWith({})])
  const other = sheetXml([['Prices of yesterday'], ['nothing']])

  test('the first visible one with known columns is read, and the others are told', () => {
    const output = read(
      trialBook({
        sheets: [
          { name: 'Old', state: 'veryHidden', xml: quotes },
          { name: 'Cover', xml: other },
          { name: 'Today', xml: quotes },
        ],
      }),
    )
    expect(output.sheet).toBe('Today')
    expect(output.sheets.map(({ name, isHidden }) => [name, isHidden])).toEqual([
      ['Old', true],
      ['Cover', false],
      ['Today', false],
    ])
    expect(output.notes).toEqual([
      { kind: 'hidden-sheets', count: 1, text: 'Old' },
      { kind: 'other-sheets', count: 1, text: 'Cover' },
    ])
  })

  test('a hidden one is read where it is asked for, and one that is not there is refused', () => {
    const book = trialBook({
      sheets: [
        { name: 'Cover', xml: other },
        { name: 'Old &amp; gone', state: 'hidden', xml: quotes },
      ],
    })
    expect(read(book, { sheet: 'old & gone' })).toMatchObject({ sheet: 'Old & gone', notes: [{ kind: 'sheet-is-hidden' }, {}] })
    expect(() => read(book, { sheet: 'New' })).toThrow("it has no sheet 'New'; it has 'Cover', 'Old & gone'")
  })

  test('names that reach over two rows stand in both, and what is merged is told', () => {
    const top = NAMES.map(name => (name === 'PRICE_LEVEL' ? 'Prices' : name === 'PX' ? null : name))
    const bottom = NAMES.map(name => (name === 'PRICE_LEVEL' || name === 'PX' ? name : null))
    const merges = `<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:B2"/><mergeCell ref="C1:C2"/><mergeCell ref="D1:D2"/><mergeCell ref="E1:E2"/><mergeCell ref="F1:G1"/><mergeCell ref="H1:H2"/><mergeCell ref="I1:I2"/><mergeCell ref="C3:C4"/></mergeCells>`
    const output = read(bookOf([top, bottom, rowWith({}), rowWith({ SECTOR: null })], {}, merges))
    const { header, colors, quarantine } = rowsOf(output)
    expect(header).toMatchObject({ row: 2, names: NAMES })
    expect(colors.map(({ fileRow }) => fileRow)).toEqual([3])
    expect(quarantine[0]).toMatchObject({ fileRow: 4, problems: [{ kind: 'missing', column: 'SECTOR' }] })
    expect(output.notes.map(({ kind, count }) => [kind, count])).toEqual([
      ['merged-header', 8],
      ['merged-cells', 1],
    ])
  })

  test('formulas, hidden rows, macros and links are told, and none of them is run or followed', () => {
    const rows = `<sheetData><row r="1">${NAMES.map((name, k) => `<c r="${String.fromCharCode(65 + k)}1" t="inlineStr"><is><t>${name}</t></is></c>`).join('')}</row><row r="5" hidden="1">${ROW.map(value => (typeof value === 'number' ? `<c><f>[1]Sheet1!A1</f><v>${value}</v></c>` : `<c t="inlineStr"><is><t>${value}</t></is></c>`)).join('')}</row></sheetData>`
    const output = read(
      trialBook({
        sheets: [{ name: 'Quotes', xml: rows }],
        more: { 'xl/vbaProject.bin': 'never run', 'xl/externalLinks/externalLink1.xml': '<externalLink/>' },
      }),
      {},
      'book.xlsm',
    )
    expect(rowsOf(output).colors[0]).toMatchObject({ fileRow: 5, row: { px: '98.75' } })
    expect(output.notes.map(({ kind, count }) => [kind, count])).toEqual([
      ['macros', 1],
      ['links', 1],
      ['formulas', 2],
      ['hidden-rows', 1],
    ])
  })

  test('an empty one has no rows, and one with names alone has none either', () => {
    expect(read(trialBook({ sheets: [{ name: 'Empty', xml: '<sheetData/>' }] })).result).toMatchObject({
      kind: 'unusable',
      trouble: { kind: 'empty' },
    })
    expect(rowsOf(read(bookOf([NAMES])))).toMatchObject({ read: 0, colors: [] })
  })
})

describe('what is no workbook', () => {
  const book = () => bookOf([NAMES, rowWith({})])

  test('a CSV that is called a workbook is read as what it is, and a workbook that is called CSV too', () => {
    const csv = [NAMES, ROW].map(row => row.join(',')).join('\n')
    expect(read(Buffer.from(csv), {}, 'quotes.xlsx')).toMatchObject({ format: 'csv', result: { kind: 'read', read: 1 } })
    expect(read(book(), {}, 'quotes.csv')).toMatchObject({ format: 'xlsx', result: { kind: 'read', read: 1 } })
  })

  test.each([
    ['cut off', () => book().subarray(0, 400), 'it is damaged, or was not copied to its end'],
    [
      'with a wrong byte',
      () => book().map((byte, k) => (k === 60 ? byte ^ 255 : byte)),
      'it is damaged, or was not copied to its end',
    ],
    ['a ZIP archive', () => archive({ 'readme.txt': 'hello' }), 'it is a ZIP archive and no workbook; unpack it first'],
    [
      'a binary workbook',
      () =>
        archive({
          '_rels/.rels': '<Relationships><Relationship Id="1" Type="x/officeDocument" Target="xl/workbook.bin"/></Relationships>',
        }),
      'it is a binary workbook (.xlsb); save it as .xlsx',
    ],
    [
      'a text document',
      () =>
        archive({
          '_rels/.rels':
            '<Relationships><Relationship Id="1" Type="x/officeDocument" Target="word/document.xml"/></Relationships>',
        }),
      'it is a document of Office, but no workbook',
    ],
    [
      'OpenOffice',
      () => archive({ mimetype: 'application/vnd.oasis.opendocument.spreadsheet' }),
      'it is a document of OpenOffice; save it as .xlsx',
    ],
    ['a PDF', () => Buffer.from('%PDF-1.7'), 'it is a PDF document'],
    [
      'with entities',
      () =>
        trialBook({
          sheets: [{ name: 'x', xml: '' }],
          more: { 'xl/sharedStrings.xml': '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>' },
        }),
      'it declares entities, which no workbook does',
    ],
  ])('%s is refused with the reason', (_, bytes, reason) => expect(() => read(bytes())).toThrow(reason))

  test('one with a password is refused with what to do', async () => {
    const bytes = await writeXlsx({
      sheets: [{ name: 'Quotes', rows: [NAMES, [...ROW]] }],
      encryption: { password: 'secret', spinCount: 1000 },
    })
    expect(() => read(bytes)).toThrow('it is protected with a password; save it without one')
  })

  test('a bomb is refused before it goes off, and one that lies about its size too', () => {
    const zeros = ' '.repeat(64 << 20)
    const bomb = trialBook({ sheets: [{ name: 'x', xml: zeros }] })
    expect(bomb.length).toBeLessThan(1 << 20)
    const before = process.memoryUsage().rss
    expect(() => read(bomb)).toThrow(/it unpacks to \d+ MB out of \d+ KB; no workbook of quotes does/)
    expect(process.memoryUsage().rss - before).toBeLessThan(64 << 20)
    expect(() => read(sayingSize(bomb, 1000))).toThrow('it is damaged, or was not copied to its end')
  })

  /** An archive whose largest part says in its directory that it is small. */
  function sayingSize(bytes: Uint8Array, size: number): Uint8Array {
    const lying = Uint8Array.from(bytes)
    const view = new DataView(lying.buffer)
    for (let at = 0; at < lying.length - 46; at++)
      if (view.getUint32(at, true) === 0x02014b50 && view.getUint32(at + 24, true) > 1 << 20) view.setUint32(at + 24, size, true)
    return lying
  }
})

describe('workbooks of another program', () => {
  test('are read to the rows that were put in', async () => {
    const colors = [...generateColors({ seed: 3, rows: 300, until: '2026-11-20', days: 1 })]
    const data = colors.map(row => [
      row.messageId,
      row.ticker,
      row.sector,
      row.cusip,
      new Date(row.date),
      row.priceLevel === null ? null : Number(row.priceLevel),
      row.px === null ? null : Number(row.px),
      row.source,
      row.bias,
    ])
    const { colors: found, quarantine } = rowsOf(read(await writeXlsx({ sheets: [{ name: 'Quotes', rows: [NAMES, ...data] }] })))
    expect(quarantine).toEqual([])
    const byRow = new Map(found.map(one => [one.fileRow, one.row]))
    expect(byRow.size).toBeGreaterThan(250)
    for (const [fileRow, row] of byRow) {
      const given = colors[fileRow - 2]!
      expect([row.messageId, row.cusip, row.date, Number(row.px), row.ticker]).toEqual([
        given.messageId,
        given.cusip,
        given.date,
        Number(given.px),
        given.ticker,
      ])
    }
  })
})

describe('a workbook of ours', () => {
  const colors = [...generateColors({ seed: 5, rows: 200, until: '2026-11-20', days: 1 })]
  const odd = {
    ...colors[0]!,
    rowId: 'odd',
    messageId: '0012',
    cusip: '037833100',
    ticker: '=cmd|x',
    source: '+1 & <b>"\u0001_x0041_',
    sector: '@ABS',
    px: '98.123456789012345',
    bid: null,
    ask: null,
  }
  const rows = placeColors([...colors, odd], 'highest')
  const stamp = {
    runId: 'r1',
    processedAt: '2026-11-20T10:30:00.000Z',
    processingType: 'AUTOMATED',
    number: 7,
    direction: 'highest',
    isDemo: true,
  } as const
  const write = (name: string) => {
    const file = join(folder, name)
    return { file, ...colorFilesJobs['color.write']({ file, partial: `${file}.part`, format: 'xlsx', rows, stamp }) }
  }

  test('another program reads its cells with their types, texts to the letter', async () => {
    const { file } = write('ours.xlsx')
    const book = await readXlsx(readFileSync(file))
    expect(book.sheets.map(({ name }) => name)).toEqual(['Colors', 'Run'])
    const [names, ...lines] = book.sheets[0]!.rows as (string | number | boolean | Date | null)[][]
    expect(lines.length).toBe(rows.length)
    const at = (name: string) => names!.indexOf(name)
    for (const [k, line] of lines.entries()) {
      const { row, parentRowId } = rows[k]!
      expect([line[at('MESSAGE_ID')], line[at('CUSIP')], line[at('ROW_ID')]]).toEqual([row.messageId, row.cusip, row.rowId])
      expect((line[at('DATE')] as Date).toISOString().slice(0, 10)).toBe(row.date)
      expect(line[at('IS_PARENT')]).toBe(parentRowId === null)
      expect((line[at('PROCESSED_AT')] as Date).toISOString().slice(0, 19)).toBe('2026-11-20T10:30:00')
      if (row.rowId !== 'odd') expect(line[at('PX')]).toBe(row.px === null ? null : Number(row.px))
    }
    const mine = lines.find(line => line[at('ROW_ID')] === 'odd')!
    expect([mine[at('MESSAGE_ID')], mine[at('TICKER')], mine[at('SECTOR')], mine[at('PX')]]).toEqual([
      '0012',
      '=cmd|x',
      '@ABS',
      '98.123456789012345',
    ])
    expect(book.sheets[1]!.rows.slice(1, 4)).toEqual([
      ['DEMO', 'Invented data. It says nothing about any market.'],
      ['RUN_NUMBER', '7'],
      ['RUN_ID', 'r1'],
    ])
  })

  test('no cell of it is a formula, and those that could become one keep the mark of text', () => {
    const { file } = write('ours.xlsx')
    const book = readFileSync(file)
    const output = colorFilesJobs['color.read']({ path: file })
    expect(output.notes.map(({ kind }) => kind)).toEqual(['other-sheets'])
    expect(book.includes(Buffer.from('<f>'))).toBe(false)
  })

  test('is read again to the rows that were written', () => {
    const { colors: found, repeats, quarantine } = rowsOf(colorFilesJobs['color.read']({ path: write('ours.xlsx').file }))
    expect(found.length + repeats.length + quarantine.length).toBe(rows.length)
    const odds = found.find(({ row }) => row.messageId === '0012')
    expect(odds ?? quarantine.map(one => one.problems)).toMatchObject([
      [{ kind: 'number-unreadable', text: '98.123456789012345' }],
    ])
  })

  test('has the same bytes twice, and leaves nothing beside it', () => {
    expect(write('one.xlsx').sha256).toBe(write('two.xlsx').sha256)
    expect(readdirSync(folder).filter(name => name.endsWith('.part'))).toEqual([])
  })

  test('that cannot be finished leaves what stood there', () => {
    const file = join(folder, 'kept.xlsx')
    writeFileSync(file, 'of yesterday')
    const broken = new Proxy(rows, {
      get(target, key, receiver) {
        if (key === '150') throw new Error('the rows end here')
        return Reflect.get(target, key, receiver)
      },
    })
    const order = { file, partial: `${file}.part`, format: 'xlsx', rows: broken, stamp } as const
    expect(() => colorFilesJobs['color.write'](order)).toThrow('the rows end here')
    expect(readFileSync(file, 'utf8')).toBe('of yesterday')
    expect(existsSync(`${file}.part`)).toBe(false)
  })
})

describe('the template', () => {
  test('has the columns that are read and no rows, and says of each what it is', async () => {
    const bytes = colorFilesJobs['color.sheets'](templateBook())
    expect(rowsOf(read(bytes))).toMatchObject({ read: 0, header: { unknown: [] } })
    const { sheets } = await readXlsx(bytes)
    expect(sheets.map(({ name }) => name)).toEqual(['Quotes', 'Columns'])
    const guide = sheets[1]!.rows
    expect(guide.slice(1).map(([name]) => name)).toEqual(sheets[0]!.rows[0])
    expect(guide[1]).toEqual(['MESSAGE_ID', true, 'id', '90071992547409931', 'msgid, message, messagenumber, idmensaje'])
  })

  test('filled in with its own example, its row is one that is taken', async () => {
    const guide = (await readXlsx(colorFilesJobs['color.sheets'](templateBook()))).sheets[1]!.rows.slice(1)
    const found = rowsOf(read(bookOf([guide.map(([name]) => name as string), guide.map(row => row[3] as string)])))
    expect([found.colors.length, found.quarantine, found.marks]).toEqual([1, [], []])
  })
})
