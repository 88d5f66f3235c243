import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readXls } from 'hucre/xlsx'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { colorFilesJobs } from '../../src/workers/jobs/color-files.ts'
import { compound, type OldBook, type OldCell, oldBook } from './old-workbook-kit.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-xls-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const NAMES = ['MESSAGE_ID', 'TICKER', 'SECTOR', 'CUSIP', 'DATE', 'PRICE_LEVEL', 'PX', 'SOURCE', 'BIAS']
const rowOf = (k: number, changes: Readonly<Record<string, OldCell>> = {}): OldCell[] => {
  const usual: readonly OldCell[] = [
    `90071992547409${900 + k}`,
    `SHELF ${k} é`,
    'ABS',
    '037833100',
    { day: 46_346 },
    { rk: 98.75 },
    98 + k / 1000,
    `Händler ${k}`,
    'BID',
  ]
  return NAMES.map((name, at) => (name in changes ? changes[name]! : usual[at]!))
}
const book = (rows: readonly (readonly OldCell[])[], more: Partial<OldBook> = {}) =>
  oldBook({ sheets: [{ name: 'Quotes', rows }], ...more })
function read(bytes: Uint8Array, sheet?: string) {
  const path = join(folder, 'book.xls')
  writeFileSync(path, bytes)
  return colorFilesJobs['color.read']({ path, sheet })
}
function rowsOf(output: ReturnType<typeof read>) {
  if (output.result.kind !== 'read') throw new Error(JSON.stringify(output.result.trouble))
  return output.result
}

describe('a workbook of Excel 97', () => {
  const many = Array.from({ length: 900 }, (_, k) =>
    rowOf(k, { TICKER: `${'long name '.repeat(k % 40)}${k}${k % 3 === 0 ? ' Ω' : ''}` }),
  )

  test('is read cell by cell, texts over the ends of records too', () => {
    const output = read(book([NAMES, ...many]))
    expect(output).toMatchObject({ format: 'xls', sheet: 'Quotes', notes: [] })
    const { colors, quarantine } = rowsOf(output)
    expect(quarantine).toEqual([])
    expect(colors).toHaveLength(900)
    for (const [k, { row }] of colors.entries())
      expect([row.messageId, row.ticker, row.date, row.priceLevel, row.px, row.source]).toEqual([
        `90071992547409${900 + k}`,
        many[k]![1],
        '2026-11-20',
        '98.75',
        String(98 + k / 1000),
        `Händler ${k}`,
      ])
  })

  test('is the same to another program', async () => {
    const { sheets } = await readXls(book([NAMES, ...many]))
    expect(sheets[0]!.rows).toHaveLength(901)
    expect(sheets[0]!.rows[500]!.slice(0, 4)).toEqual(many[499]!.slice(0, 4))
    expect((sheets[0]!.rows[1]![4] as Date).toISOString().slice(0, 10)).toBe('2026-11-20')
    expect(sheets[0]!.rows[2]!.slice(5, 7)).toEqual([98.75, 98.001])
  })

  test.each([
    [{ DATE: { day: 44_884 } }, { is1904: true }, { date: '2026-11-20' }],
    [{ PX: { formula: 97.5 } }, {}, { px: '97.5' }],
    [{ SOURCE: { formula: 'Dealer Ω' } }, {}, { source: 'Dealer Ω' }],
    [{ PX: { error: 0x2a }, PRICE_LEVEL: null }, {}, { px: null }],
    [{ TICKER: true }, {}, { ticker: 'TRUE' }],
  ] as const)('%j is read', (changes, more, expected) => {
    const { colors, quarantine } = rowsOf(read(book([NAMES, rowOf(1, changes as Record<string, OldCell>)], more)))
    expect(quarantine).toEqual([])
    expect(colors[0]!.row).toMatchObject(expected)
  })

  test.each([
    [{ PX: { error: 0x17 } }, 'cell-error', '#REF!'],
    [{ MESSAGE_ID: 2 ** 56 }, 'id-scientific', '7.20575940379279E+16'],
    [{ DATE: 46_346 }, 'date-unreadable', '46346'],
  ] as const)('%j is set apart', (changes, kind, text) => {
    const { quarantine } = rowsOf(read(book([NAMES, rowOf(1, changes as Record<string, OldCell>)])))
    expect(quarantine[0]!.problems[0]).toMatchObject({ row: 2, kind, text })
  })

  test('its hidden sheets are told and left out, and one is read by its name', () => {
    const bytes = oldBook({
      sheets: [
        { name: 'Old', hidden: true, rows: [NAMES, rowOf(1)] },
        { name: 'Heute Ω', rows: [NAMES, rowOf(2), rowOf(3)], merges: [[1, 2, 0, 0]] },
      ],
    })
    expect(read(bytes)).toMatchObject({
      sheet: 'Heute Ω',
      notes: [
        { kind: 'hidden-sheets', text: 'Old' },
        { kind: 'merged-cells', text: 'A2:A3' },
      ],
    })
    expect(rowsOf(read(bytes, 'old')).colors.map(({ row }) => row.messageId)).toEqual(['90071992547409901'])
  })

  test.each([
    [
      'with a password',
      () => book([NAMES, rowOf(1)], { password: true }),
      'it is protected with a password; save it without one',
    ],
    ['that is cut off', () => book([NAMES, ...many]).subarray(0, 30_000), 'it is damaged, or was not copied to its end'],
    ['that is a letter', () => compound({ WordDocument: Buffer.alloc(5000) }), 'it is a document of Office, but no workbook'],
    ['of Excel 95', () => compound({ Book: Buffer.alloc(5000) }), 'it is older than Excel 97; open it and save it as .xlsx'],
    ['whose sectors go in a ring', () => ringed(book([NAMES, ...many])), 'it is damaged, or was not copied to its end'],
  ])('one %s is refused with the reason', (_, bytes, reason) => expect(() => read(bytes())).toThrow(reason))

  /** Every sector of the table is followed by itself. */
  function ringed(bytes: Uint8Array): Uint8Array {
    const ring = Uint8Array.from(bytes)
    const view = new DataView(ring.buffer)
    for (let k = 4; k < 100; k++) view.setUint32(512 + 4 * k, k, true)
    return ring
  }

  test('any damage ends with a reason or an answer, and never without one', () => {
    const whole = book([NAMES, ...many.slice(0, 50)])
    for (let k = 0; k < 400; k++) {
      const bytes = Uint8Array.from(whole)
      const at = (k * 7919) % bytes.length
      bytes[at] = bytes[at]! ^ (1 + (k % 255))
      try {
        read(bytes)
      } catch (fault) {
        expect((fault as Error).name).toBe('FileUnusable')
      }
    }
  })
})
