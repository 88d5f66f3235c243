import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { batchBytes, columnNames, decodeBatch } from '../../core/imports/batch.ts'
import type { Mapping } from '../../core/imports/mapping.ts'
import { importsJobs } from './imports.ts'

const NOW = Date.UTC(2026, 10, 21) * 1000
const RECORDED = process.env.CONTANGO_RECORDED ?? resolve(import.meta.dirname, '../../../../shared/data')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-imports-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Writes the content to a file, guesses, and reads it with the guess and what is fixed. */
function importOf(content: string | Uint8Array, fixed: Partial<Mapping> = {}, name = 'x.csv') {
  const path = join(folder, name)
  writeFileSync(path, content)
  return importFile(path, fixed, name)
}

function importFile(path: string, fixed: Partial<Mapping> = {}, name = path) {
  const sample = importsJobs['imports.sample']({ path, file: name, fixed })
  if (sample.kind !== 'table') return { sample, parsed: null, rows: [] }
  const parsed = importsJobs['imports.parse'](
    {
      path,
      mapping: sample.mapping,
      jsonShape: sample.jsonShape,
      bomBytes: sample.bomBytes,
      now: NOW,
      folder,
      lineOffset: 0,
      keepRows: true,
    },
    () => {},
  )
  return { sample, parsed, rows: rowsIn(join(folder, 'rows.bin'), sample.mapping) }
}

/** Rows as time in ISO, then the numbers. */
function rowsIn(path: string, mapping: Mapping): (string | number)[][] {
  const bytes = readFileSync(path)
  const buffer = new Uint8Array(bytes).buffer
  const rows: (string | number)[][] = []
  const width = columnNames(mapping.kind).length
  for (let at = 0; at < buffer.byteLength; ) {
    const length = batchBytes(new Float64Array(buffer, at, 1)[0]!, width)
    const batch = decodeBatch(buffer.slice(at, at + length), mapping.kind)
    for (let k = 0; k < batch.rows; k++) {
      const [time, ...numbers] = batch.columns.slice(0, -2).map(column => column[k]!)
      // Of very many rows only the numbers are looked at.
      const iso = batch.rows > 12_000 ? '' : new Date(time! / 1000).toISOString().replace('T00:00:00.000Z', '')
      rows.push([iso, ...numbers])
    }
    at += length
  }
  return rows
}

const rulesOf = (o: ReturnType<typeof importOf>) => o.parsed?.problems.map(one => [one.line, one.rule])

describe('encodings and forms', () => {
  test('a byte order mark is no part of the first name', () => {
    const { sample, rows } = importOf('\ufeffDate,Price\n2020-01-02,1.5\n2020-01-03,2\n')
    expect(sample).toMatchObject({ mapping: { encoding: 'utf-8', columns: [{ name: 'Date' }, { name: 'Price' }] } })
    expect(rows).toEqual([
      ['2020-01-02', 1.5],
      ['2020-01-03', 2],
    ])
  })

  test.each(['utf-16le', 'utf-16be'] as const)('%s is read with and without its mark', encoding => {
    for (const mark of ['\ufeff', '']) {
      const little = Buffer.from(`${mark}Fecha;Año\n2020-01-02;1,5\n2020-01-03;2,25\n`, 'utf16le')
      const made = importOf(encoding === 'utf-16le' ? little : little.swap16())
      expect(made.sample).toMatchObject({
        mapping: { encoding, delimiter: ';', decimal: ',', columns: [{ name: 'Fecha' }, { name: 'Año' }] },
      })
      expect(made.rows).toEqual([
        ['2020-01-02', 1.5],
        ['2020-01-03', 2.25],
      ])
    }
  })

  test('windows-1252 with accents is read, and said', () => {
    const made = importOf(
      Buffer.from('Fecha;Máximo;Mínimo;Apertura;Último\n02/01/2020;10,5;9;9,5;10\n13/01/2020;11;9;9,5;10\n', 'latin1'),
    )
    expect(made.sample).toMatchObject({
      mapping: { encoding: 'windows-1252', dateOrder: 'dmy', kind: 'bars' },
      notes: expect.arrayContaining([expect.stringMatching(/windows-1252/)]),
    })
    expect(made.rows[0]).toEqual(['2020-01-02', 9.5, 10.5, 9, 10, Number.NaN])
  })

  test('a preamble, tabs, and numbers with marks of thousands', () => {
    const made = importOf(
      'Source: EIA\n\nDate\tVolume\tClose\tOpen\tHigh\tLow\n2020-01-02\t"1,234,567"\t1,000.5\t1,000\t1,001\t999\n2020-01-03\t2\t1,000.5\t1,000\t1,001\t999\n',
    )
    expect(made.sample).toMatchObject({ mapping: { delimiter: '\t', headerRows: 3, decimal: '.' } })
    expect(made.rows[0]).toEqual(['2020-01-02', 1000, 1001, 999, 1000.5, 1234567])
  })

  test('a file without names has its columns numbered', () => {
    const made = importOf('2020-01-02,1\n2020-01-03,2\n')
    expect(made.sample).toMatchObject({
      mapping: {
        headerRows: 0,
        columns: [
          { name: 'Column 1', role: 'time' },
          { name: 'Column 2', role: 'value' },
        ],
      },
    })
    expect(made.rows).toHaveLength(2)
  })

  test('date and time of day in two columns are one instant in the zone', () => {
    const made = importOf('Date,Time,Price,Size\n2020-01-02,09:30:00,1,5\n2020-01-02,09:30:00,1,5\n', {
      timeZone: 'America/New_York',
    })
    expect(made.sample).toMatchObject({ mapping: { kind: 'ticks' } })
    expect(made.rows.map(row => row.slice(0, 3))).toEqual([
      ['2020-01-02T14:30:00.000Z', 1, 5],
      ['2020-01-02T14:30:00.000Z', 1, 5],
    ])
  })

  test('JSON as records, one a line, and as columns', () => {
    const rows = [
      ['2020-01-02', 1.5],
      ['2020-01-03', -2],
    ]
    expect(
      importOf('[\n {"date":"2020-01-02","price":1.5},\n {"date":"2020-01-03","price":-2, "x":{"y":"}"}}\n]', {}, 'x.json').rows,
    ).toEqual(rows)
    expect(importOf('{"date":"2020-01-02","price":"1.5"}\n{"date":"2020-01-03","price":-2}\n', {}, 'x.ndjson').rows).toEqual(rows)
    expect(importOf('{"date":["2020-01-02","2020-01-03"],"price":[1.5,-2]}', {}, 'x.json').rows).toEqual(rows)
  })

  test('a JSON record that is broken costs itself, with its line', () => {
    const made = importOf(
      '{"date":"2020-01-02","price":1}\n{"date":"2020-01-03","price":NaN}\n{"date" "2020"}\n{"date":"2020-01-05","price":4}\n',
      {},
      'x.ndjson',
    )
    expect(rulesOf(made)).toEqual([
      [2, 'missing-price'],
      [3, 'not-a-record'],
    ])
    expect(made.rows).toHaveLength(2)
  })
})

describe('rows that are refused or flagged', () => {
  const bars = (...lines: string[]) => importOf(`time,open,high,low,close,volume\n${lines.join('\n')}\n`)

  test('a bar with its high below its low is refused with the line, the rest comes in', () => {
    const made = bars('2020-01-02,1,2,0.5,1,9', '2020-01-03,1,0.5,2,1,9', '2020-01-06,1,2,0.5,1,9')
    expect(made.parsed).toMatchObject({ read: 3, accepted: 2, refused: 1 })
    expect(made.parsed?.problems).toMatchObject([
      { line: 3, rule: 'high-below-low', column: 'high', reason: 'the high 0.5 is below the low 2' },
    ])
  })

  test('open and close outside the range are kept and flagged', () => {
    const made = bars('2020-01-02,3,2,0.5,1,9', '2020-01-03,1,2,0.5,0.1,9')
    expect(made.parsed).toMatchObject({ accepted: 2, flagged: 2, byRule: { 'open-outside-range': 1, 'close-outside-range': 1 } })
  })

  test('NaN is missing, infinity is refused, zero and negative prices are legal', () => {
    const made = importOf('Date,Price\n2020-01-02,NaN\n2020-01-03,inf\n2020-01-06,0\n2020-01-07,-36.98\n2020-01-08,5\n')
    expect(rulesOf(made)).toEqual([
      [2, 'missing-price'],
      [3, 'not-finite'],
      [4, 'non-positive'],
      [5, 'non-positive'],
    ])
    expect(made.rows.map(row => row[1])).toEqual([0, -36.98, 5])
  })

  test('a missing volume stays missing, a negative one is refused', () => {
    const made = bars('2020-01-02,1,2,0.5,1,', '2020-01-03,1,2,0.5,1,-4', '2020-01-06,1,2,0.5,1,7')
    expect(made.rows.map(row => row[5])).toEqual([Number.NaN, 7])
    expect(rulesOf(made)).toEqual([[3, 'negative-volume']])
  })

  test('repeated rows name both lines; other values at the same time do not overwrite', () => {
    const made = importOf('Date,Price\n2020-01-02,1\n2020-01-03,2\n2020-01-02,1\n2020-01-03,9\n2020-01-06,3\n')
    expect(made.parsed?.problems.filter(one => one.rule !== 'out-of-order')).toMatchObject([
      { line: 4, rule: 'duplicate', reason: 'the same row as line 2' },
      { line: 5, rule: 'duplicate-differs', reason: expect.stringContaining('line 3') },
    ])
    expect(made.rows.map(row => row[1])).toEqual([1, 2, 3])
  })

  test('rows out of order are sorted in and flagged; a file with the newest row first is in order', () => {
    const mixed = importOf('Date,Price\n2020-01-02,1\n2020-01-06,3\n2020-01-03,2\n2020-01-07,4\n')
    expect(mixed.rows.map(row => row[1])).toEqual([1, 2, 3, 4])
    expect(rulesOf(mixed)).toEqual([[4, 'out-of-order']])
    const falling = importOf('Date,Price\n2020-01-07,4\n2020-01-06,3\n2020-01-03,2\n')
    expect(falling.rows.map(row => row[1])).toEqual([2, 3, 4])
    expect(falling.parsed).toMatchObject({ flagged: 0, refused: 0 })
  })

  test('ragged rows are refused; empty fields at the end do no harm', () => {
    const made = importOf('Date,Price\n2020-01-02,1\n2020-01-03\n2020-01-06,1,234\n2020-01-07,5,,\n\n2020-01-08,6\n')
    expect(rulesOf(made)).toEqual([
      [3, 'too-few-fields'],
      [4, 'too-many-fields'],
    ])
    expect(made.rows.map(row => row[1])).toEqual([1, 5, 6])
    expect(made.parsed?.read).toBe(5)
  })

  test('mixed forms of dates: what shows its order is read, what could be either is refused once both orders were seen', () => {
    const made = importOf('Date,Price\n13/02/2020,1\n14/02/2020,2\n02/25/2020,3\n03/04/2020,4\n2020-05-01,5\nsoon,6\n')
    expect(rulesOf(made)).toEqual([
      [4, 'time-unreadable'],
      [5, 'time-ambiguous'],
      [7, 'time-unreadable'],
    ])
    expect(made.rows.map(row => row[0])).toEqual(['2020-02-13', '2020-02-14', '2020-05-01'])
    expect(made.parsed?.problems[0]?.reason).toBe('the time cannot be read as day, month, year')
  })

  test('dates that never show their order are kept and flagged', () => {
    const made = importOf('Date,Price\n01/02/2020,1\n02/02/2020,2\n03/02/2020,3\n')
    expect(made.parsed).toMatchObject({ accepted: 3, flagged: 2, byRule: { 'time-order-guessed': 2 } })
  })

  test('the hour that is skipped in spring is refused, the one that comes twice is told apart by its neighbours', () => {
    const spring = importOf('time,price\n2021-03-14 01:59,1\n2021-03-14 02:30,2\n2021-03-14 03:00,3\n', {
      timeZone: 'America/New_York',
    })
    expect(rulesOf(spring)).toEqual([[3, 'time-skipped']])
    expect(spring.rows.map(row => row[0])).toEqual(['2021-03-14T06:59:00.000Z', '2021-03-14T07:00:00.000Z'])
    const autumn = importOf(
      'time,price\n2021-11-07 00:30,1\n2021-11-07 01:00,2\n2021-11-07 01:30,3\n2021-11-07 01:00,4\n2021-11-07 01:30,5\n2021-11-07 02:00,6\n',
      { timeZone: 'America/New_York' },
    )
    expect(autumn.rows.map(row => [String(row[0]).slice(11, 16), row[1]])).toEqual([
      ['04:30', 1],
      ['05:00', 2],
      ['05:30', 3],
      ['06:00', 4],
      ['06:30', 5],
      ['07:00', 6],
    ])
    expect(autumn.parsed).toMatchObject({ refused: 0, flagged: 4, byRule: { 'time-repeated': 4 } })
  })

  test('a time in the future is kept and flagged', () => {
    expect(rulesOf(importOf('Date,Price\n2026-01-02,1\n2031-01-03,2\n'))).toEqual([[3, 'future']])
  })

  test('rows of another symbol are refused', () => {
    const made = importOf('Date,Symbol,Price\n2020-01-02,CL,1\n2020-01-03,NG,2\n2020-01-06,CL,3\n')
    expect(made.parsed?.problems).toMatchObject([{ line: 3, rule: 'other-symbol', reason: 'the row is of NG, the series of CL' }])
  })

  test('lines are counted through quoted line ends, and a row that is too long costs itself', () => {
    const made = importOf(
      `Date,Note,Price\n2020-01-02,"two\nlines",1\n2020-01-03,${'x'.repeat(10 << 20)},2\n2020-01-06,"",oops\n2020-01-07,,4\n`,
    )
    expect(rulesOf(made)).toEqual([
      [4, 'row-too-long'],
      [5, 'number-unreadable'],
    ])
    expect(made.rows.map(row => row.at(-1))).toEqual([1, 4])
  })

  test('NUL bytes refuse their row', () => {
    expect(
      rulesOf(
        importOf(
          `Date,Price\n2020-01-02,1\n2020-01-03,\0\n${'2020-01-06,3\n'.repeat(1)}${Array.from(
            { length: 20 },
            (_, k) => `2020-02-${10 + (k % 19)},1\n`,
          )
            .slice(0, 18)
            .join('')}`,
        ),
      ),
    ).toEqual([[3, 'not-text']])
  })

  test('text that a spreadsheet would run as a formula cannot do so in the list of problems', () => {
    importOf(
      `Date,Price\n2020-01-02,1\n${Array.from({ length: 3 }, (_, k) => `2020-01-0${k + 3},"=HYPERLINK(""x"")"`).join('\n')}\n2020-01-09,2\n2020-01-10,2\n2020-01-13,2\n2020-01-14,2\n`,
    )
    const list = readFileSync(join(folder, 'problems.csv'), 'utf8').split('\r\n')
    expect(list[1]).toBe(`3,Price,number-unreadable,refused,this is not a number,"'=HYPERLINK(""x"")"`)
    expect(list).toHaveLength(5)
  })

  test('the first thousand problems are reported, all are counted and listed', () => {
    const made = importOf(`Date,Price\n2020-01-02,1\n2020-01-03,1\n2020-01-06,1\n${'2020-01-07,oops\n'.repeat(2500)}`)
    expect(made.parsed).toMatchObject({ refused: 2500, problemCount: 2500, byRule: { 'number-unreadable': 2500 } })
    expect(made.parsed?.problems).toHaveLength(1000)
    expect(readFileSync(join(folder, 'problems.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(2501)
  })
})

describe('files that are no table', () => {
  test.each([
    ['nothing', ''],
    ['blank lines', '\n\n\n'],
    ['names alone', 'Date,Price\n'],
    ['an empty list', '[]'],
  ])('%s is empty', (_, content) => {
    expect(importOf(content, {}, content === '[]' ? 'x.json' : 'x.csv').sample.kind).toBe('empty')
  })
  test('a binary file that is called .csv is not guessed at', () => {
    const noise = Uint8Array.from({ length: 5000 }, (_, k) => (k * 7919 + (k >> 3)) % 256)
    expect(importOf(noise).sample).toMatchObject({ kind: 'unreadable', reason: expect.stringMatching(/not text/) })
    expect(importOf(Uint8Array.from([0x1f, 0x8b, 8, 0, 0])).sample).toMatchObject({ reason: expect.stringMatching(/gzip/) })
  })
})

test('more rows than are sorted at once come out in order, from files rising, falling and shuffled', () => {
  // A little more than one run of rows that is sorted in memory.
  const count = 300_000
  const line = (k: number) => `${1_500_000_000 + k * 60},${k}\n`
  const rising = Array.from({ length: count }, (_, k) => line(k))
  const shuffled = Array.from({ length: count }, (_, k) => line((k * 7919) % count))
  for (const [name, lines, flags] of [
    ['rising', rising, 0],
    ['falling', rising.toReversed(), 0],
    ['shuffled', shuffled, null],
  ] as const) {
    const { parsed, rows } = importOf(`timestamp,value\n${lines.join('')}`, {}, `${name}.csv`)
    expect(parsed).toMatchObject({ read: count, accepted: count, refused: 0 })
    if (flags !== null) expect(parsed?.flagged).toBe(name === 'rising' ? 1 : 1)
    expect(rows.every((row, k) => row[1] === k)).toBe(true)
  }
}, 180_000)

const isRecorded = existsSync(join(RECORDED, 'prices', 'wti-daily.csv'))
if (!isRecorded)
  console.log(`no recorded prices at ${RECORDED}: the tests that read them are skipped; CONTANGO_RECORDED names the folder`)

describe.skipIf(!isRecorded)('real series', () => {
  test.each([
    ['wti-daily.csv', 10226, 0, 'values', '1d'],
    ['brent-daily.csv', 9958, 0, 'values', '1d'],
    ['henryhub-daily.csv', 7436, 1, 'values', '1d'],
    ['vix-daily.csv', 9235, 0, 'bars', '1d'],
    ['vega_ohlc.json', 44, 0, 'bars', '1d'],
    ['vega_sp500-2000.csv', 5105, 0, 'bars', '1d'],
    ['sp500-monthly-shiller.csv', 1866, 0, 'values', '1M'],
  ] as const)('%s gives %d rows and refuses %d', (file, accepted, refused, kind, timeframe) => {
    const { sample, parsed } = importFile(join(RECORDED, 'prices', file))
    expect(sample).toMatchObject({ mapping: { kind, timeframe } })
    expect(parsed).toMatchObject({ accepted, refused })
  })

  test('the negative price of WTI is in the series, on its day, with a flag', () => {
    const { parsed, rows } = importFile(join(RECORDED, 'prices', 'wti-daily.csv'))
    expect(parsed?.problems).toMatchObject([{ line: 8645, rule: 'non-positive', text: '-36.98' }])
    expect(rows.find(row => row[0] === '2020-04-20')).toEqual(['2020-04-20', -36.98])
  })

  test('the one blank of Henry Hub is named with its line and stays out', () => {
    const { parsed } = importFile(join(RECORDED, 'prices', 'henryhub-daily.csv'))
    expect(parsed?.problems).toMatchObject([{ line: 5286, column: 'Price', rule: 'missing-price' }])
  })
})
