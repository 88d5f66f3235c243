import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCsvSplitter, fieldText, LONGEST_ROW } from './csv.ts'
import { detectKind, isUtf8 } from './encoding.ts'
import { guessDecimal, guessTimeframe, suggestName } from './guess.ts'
import { guessOrder, guessRoles } from './guess-columns.ts'
import { type NumberReading, plainNumber, readNumber } from './numbers.ts'
import { type DateOrder, emptyReading, readIsoBytes, readTime, readTimeOfDay } from './times.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

function splitAll(
  text: string,
  sizes: readonly number[],
  delimiter = ',',
): { line: number; cells: string[]; trouble: string | null }[] {
  const bytes = bytesOf(text)
  const found: { line: number; cells: string[]; trouble: string | null }[] = []
  const splitter = createCsvSplitter(delimiter.charCodeAt(0))
  let held = new Uint8Array(0)
  let at = 0
  for (let k = 0; ; k++) {
    const piece = bytes.slice(at, at + (sizes[k % sizes.length] ?? 1))
    at += piece.length
    const isLast = at >= bytes.length
    const all = new Uint8Array(held.length + piece.length)
    all.set(held)
    all.set(piece, held.length)
    const done = splitter.split(all, all.length, isLast, row => {
      const cells = Array.from({ length: row.count }, (_, i) => fieldText(row, i, decode))
      found.push({ line: row.line, cells, trouble: row.trouble })
    })
    held = all.slice(done)
    if (isLast) return found
  }
}

describe('splitting', () => {
  test('quoted delimiters, line ends and quotation marks belong to the field, and lines stay right behind them', () => {
    const rows = splitAll('a,b\r\n"x,1","two\nlines"\n"say ""so""",y\rlast,', [1000])
    expect(rows).toEqual([
      { line: 1, cells: ['a', 'b'], trouble: null },
      { line: 2, cells: ['x,1', 'two\nlines'], trouble: null },
      { line: 4, cells: ['say "so"', 'y'], trouble: null },
      { line: 5, cells: ['last', ''], trouble: null },
    ])
  })

  test('records are the same however the bytes are cut', () => {
    const cell = fc.oneof(fc.string({ unit: fc.constantFrom('a', '1', '"', ',', '\n', '\r', ' ', 'ñ') }), fc.constant(''))
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (rows, sizes) => {
          const text = rows.map(row => row.map(one => `"${one.replaceAll('"', '""')}"`).join(',')).join('\n')
          const whole = splitAll(text, [text.length * 4 + 1])
          expect(whole.map(row => row.cells)).toEqual(rows)
          expect(splitAll(text, sizes)).toEqual(whole)
        },
      ),
    )
  })

  test('a quotation mark that is never closed costs its line, not the rest of the file', () => {
    expect(splitAll('a,b\n1,"x\n2,y\n3,z\n', [7]).map(row => [row.line, row.trouble ?? row.cells.join('|')])).toEqual([
      [1, 'a|b'],
      [2, 'quote-unclosed'],
      [3, '2|y'],
      [4, '3|z'],
    ])
  })

  test('a line of ten megabytes is refused and the next one is read', () => {
    const rows = splitAll(`a,b\n${'x'.repeat(10 * LONGEST_ROW)}\n1,2\n`, [1 << 20])
    expect(rows.map(row => [row.line, row.trouble])).toEqual([
      [1, null],
      [2, 'row-too-long'],
      [3, null],
    ])
  })

  test('a row with NUL bytes is not text', () => {
    expect(splitAll('1,2\n1,\0\n', [99]).map(row => row.trouble)).toEqual([null, 'not-text'])
  })
})

describe('numbers', () => {
  const out: NumberReading = { kind: 'missing', value: Number.NaN }
  test.each([
    ['1234.5', '.', 1234.5],
    ['1,234,567.25', '.', 1234567.25],
    ['1.234.567,25', ',', 1234567.25],
    ['1 234,5', ',', 1234.5],
    ["1'234.5", '.', 1234.5],
    ['$12.50', '.', 12.5],
    ['(3.25)', '.', -3.25],
    ['−7', '.', -7],
    ['1e-3', '.', 0.001],
    ['.5', '.', 0.5],
    ['-36.98', '.', -36.98],
  ] as const)('%s with decimal %s is %d', (text, decimal, value) => {
    expect({ ...readNumber(text, decimal, out) }).toEqual({ kind: 'value', value })
  })
  test.each(['12,34.5', '1,23', '12a', '--5', '1.2.3', '=1+1', '0x10', '1,234,56'])('%s is no number', text => {
    expect(readNumber(text, '.', out).kind).toBe('unreadable')
  })
  test.each(['', 'NA', 'n/a', 'NaN', 'null', '-', '#N/A'])('"%s" is missing', text => {
    expect(readNumber(text, '.', out).kind).toBe('missing')
  })
  test.each(['inf', '-Infinity', '1e999'])('%s is infinite', text => {
    expect(readNumber(text, '.', out).kind).toBe('infinite')
  })
  test('the quick reading of bytes gives the very double that the text gives', () => {
    fc.assert(
      fc.property(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.integer({ min: 0, max: 6 }), (whole, digits) => {
        const text = (whole / 10 ** digits).toFixed(digits)
        const bytes = bytesOf(text)
        expect(plainNumber(bytes, 0, bytes.length, 46)).toBe(Number(text))
      }),
    )
  })
})

describe('times', () => {
  const read = (text: string, order: DateOrder = 'ymd') => {
    const out = readTime(text, order, emptyReading())
    return out.isReadable ? new Date(out.local / 1000 - (Number.isNaN(out.offset) ? 0 : out.offset * 60_000)).toISOString() : null
  }
  test.each([
    ['2020-04-20', 'ymd', '2020-04-20T00:00:00.000Z'],
    ['20200420', 'ymd', '2020-04-20T00:00:00.000Z'],
    ['2020/4/2 9:30', 'ymd', '2020-04-02T09:30:00.000Z'],
    ['2020-04-20T18:30:05.250Z', 'ymd', '2020-04-20T18:30:05.250Z'],
    ['2020-04-20T18:30:05+02:00', 'ymd', '2020-04-20T16:30:05.000Z'],
    ['20/04/2020', 'dmy', '2020-04-20T00:00:00.000Z'],
    ['4/20/2020 2:30 PM', 'mdy', '2020-04-20T14:30:00.000Z'],
    ['01.02.99', 'dmy', '1999-02-01T00:00:00.000Z'],
    ['20-Apr-2020', 'ymd', '2020-04-20T00:00:00.000Z'],
    ['Apr 20, 2020', 'dmy', '2020-04-20T00:00:00.000Z'],
    ['20 de abril de 2020', 'ymd', '2020-04-20T00:00:00.000Z'],
    ['lunes, 20 de diciembre de 2021', 'ymd', '2021-12-20T00:00:00.000Z'],
    ['Jan-1986', 'ymd', '1986-01-01T00:00:00.000Z'],
    ['1986-01', 'ymd', '1986-01-01T00:00:00.000Z'],
    ['1587407400', 'epoch-s', '2020-04-20T18:30:00.000Z'],
    ['1587407400000', 'epoch-ms', '2020-04-20T18:30:00.000Z'],
    ['2020-04-20T18:30:00', 'dmy', '2020-04-20T18:30:00.000Z'],
  ] as const)('%s as %s is %s', (text, order, iso) => {
    expect(read(text, order)).toBe(iso)
  })
  test.each([
    ['2021-02-29', 'ymd'],
    ['31/04/2020', 'dmy'],
    ['13/02/2020', 'mdy'],
    ['02/03/2020', 'ymd'],
    ['2020-04-20 25:00', 'ymd'],
    ['1299-01-01', 'ymd'],
    ['yesterday', 'ymd'],
    ['25.56', 'ymd'],
    ['', 'ymd'],
  ] as const)('%s is no time as %s', (text, order) => {
    expect(read(text, order)).toBeNull()
  })
  test('day and month that may be swapped are noticed', () => {
    const evidence = (text: string) => readTime(text, 'dmy', emptyReading()).evidence
    expect([
      evidence('03/02/2020'),
      evidence('13/02/2020'),
      evidence('02/13/2020'),
      evidence('05/05/2020'),
      evidence('2020-02-03'),
    ]).toEqual(['either', 'asked', 'other', 'none', 'none'])
  })
  test('the quick reading of bytes agrees with the reading of the text', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1700-01-01'), max: new Date('2150-01-01'), noInvalidDate: true }),
        fc.constantFrom(10, 16, 19),
        fc.boolean(),
        (date, length, isT) => {
          const text = date
            .toISOString()
            .slice(0, length)
            .replace('T', isT ? 'T' : ' ')
          const quick = emptyReading()
          expect(readIsoBytes(bytesOf(text), 0, length, quick)).toBe(true)
          expect(quick).toEqual(readTime(text, 'ymd', emptyReading()))
        },
      ),
    )
  })
  test('a time of day stands alone in its column', () => {
    expect(
      [readTimeOfDay('09:30'), readTimeOfDay('4:00 PM'), readTimeOfDay('0930'), readTimeOfDay('25:00')].map(at => at / 60e6),
    ).toEqual([570, 960, 570, Number.NaN])
  })
})

describe('encodings', () => {
  test('a byte order mark, zeros and invalid UTF-8 each show', () => {
    const utf16 = new Uint8Array([...'date,price'].flatMap(letter => [letter.charCodeAt(0), 0]))
    expect(detectKind(new Uint8Array([0xef, 0xbb, 0xbf, 65]))).toMatchObject({ encoding: 'utf-8', bomBytes: 3 })
    expect(detectKind(utf16)).toMatchObject({ encoding: 'utf-16le', bomBytes: 0 })
    expect(detectKind(new Uint8Array([0x66, 0x65, 0xf1, 0x61, 0x2c]))).toMatchObject({ encoding: 'windows-1252', isSure: false })
    expect(detectKind(bytesOf('año,precio'))).toMatchObject({ encoding: 'utf-8' })
  })
  test('what is no text is named', () => {
    expect(detectKind(new Uint8Array([0x50, 0x4b, 3, 4, 0]))).toMatchObject({
      kind: 'binary',
      what: expect.stringContaining('ZIP'),
    })
    expect(detectKind(new Uint8Array([0x50, 0x41, 0x52, 0x31]))).toEqual({ kind: 'parquet' })
    expect(detectKind(Uint8Array.from({ length: 400 }, (_, k) => (k * 37) % 256))).toMatchObject({ kind: 'binary' })
  })
  test('a letter cut by the end does not make UTF-8 invalid', () => {
    expect(isUtf8(bytesOf('señal').subarray(0, 3))).toBe(true)
  })
})

describe('guesses', () => {
  test.each([
    ['wti-daily.csv', 'wti'],
    ['/a/b/henryhub-daily.csv', 'henryhub'],
    ['vega_ohlc.json', 'vega'],
    ['daily.csv', 'daily'],
    ['sp500-monthly-shiller.csv', 'sp500-monthly-shiller'],
    ['=cmd.csv', 'cmd'],
    ['***.csv', 'series'],
  ])('%s is suggested as %s', (file, name) => {
    expect(suggestName(file)).toBe(name)
  })
  test('Spanish names of columns mean what the English ones mean', () => {
    const contents = ['Fecha', 'Apertura', 'Máximo', 'Mínimo', 'Cierre', 'Volumen'].map((_, k) => ({
      filled: 9,
      times: k === 0 ? 1 : 0,
      numbers: k === 0 ? 0 : 1,
    }))
    expect(guessRoles(['Fecha', 'Apertura', 'Máximo', 'Mínimo', 'Cierre', 'Volumen'], contents)).toMatchObject({
      roles: ['time', 'open', 'high', 'low', 'close', 'volume'],
      kind: 'bars',
    })
  })
  test('the order of day and month comes from the dates that show it', () => {
    expect(guessOrder(['01/02/2020', '13/02/2020'])).toMatchObject({ order: 'dmy', note: null })
    expect(guessOrder(['01/02/2020', '02/13/2020'])).toMatchObject({ order: 'mdy', note: null })
    expect(guessOrder(['01/02/2020', '03/04/2020']).note).toMatch(/Nothing in the sample/)
    expect(guessOrder(['13/02/2020', '02/13/2020']).note).toMatch(/both orders/)
    expect(guessOrder(['2020-01-02']).order).toBe('ymd')
    expect(guessOrder(['1587407400', '1587407460']).order).toBe('epoch-s')
  })
  test('a comma that cannot be a mark of thousands is the decimal sign', () => {
    expect(guessDecimal([['1.234,56'], ['12,5']], ';').decimal).toBe(',')
    expect(guessDecimal([['1,234.56'], ['1,234']], ';').decimal).toBe('.')
  })
  test('the timeframe is the median distance, whatever weekends and holes do', () => {
    const day = 86_400e6
    expect(guessTimeframe([0, 1, 2, 5, 6, 7, 8, 9].map(k => k * day))).toBe('1d')
    expect(guessTimeframe([9, 8, 7, 4].map(k => k * day))).toBe('1d')
    expect(guessTimeframe([0, 60e6, 120e6, 600e6])).toBe('1m')
    expect(guessTimeframe([0, 31, 59, 90].map(k => k * day))).toBe('1M')
    expect(guessTimeframe([0, 17e6, 34e6])).toBeNull()
  })
})
