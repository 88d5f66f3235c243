import { describe, expect, test } from 'vitest'
import { tableSource, textSource } from './color-source.ts'
import { type ColorsRead, type ReadColorsOptions, readColors } from './read-colors.ts'

const textOf = (text: string) =>
  textSource({ bytes: new TextEncoder().encode(text), decode: bytes => new TextDecoder().decode(bytes) })

const NAMES = ['MESSAGE_ID', 'TICKER', 'SECTOR', 'CUSIP', 'DATE', 'PRICE_LEVEL', 'BID', 'ASK', 'PX', 'SOURCE', 'BIAS', 'RANK']
type Cells = Readonly<Record<string, string>>
const USUAL: Cells = {
  MESSAGE_ID: '90071992547409931',
  TICKER: 'SHELF 2021-1 B',
  SECTOR: 'CLO 2.0 mezz',
  CUSIP: '037833100',
  DATE: '2026-11-20',
  PRICE_LEVEL: '98.75',
  BID: '98.75',
  ASK: '',
  PX: '98.75',
  SOURCE: 'DEALER A',
  BIAS: 'BID',
  RANK: '3',
}

/** A file of rows that differ from the usual one as given. */
function fileOf(rows: readonly Cells[], extra: readonly string[] = [], delimiter = ','): string {
  const names = [...NAMES, ...extra]
  const lines = rows.map(row => names.map(name => row[name] ?? USUAL[name] ?? '').join(delimiter))
  return [names.join(delimiter), ...lines].join('\n')
}

function expectRead(text: string, options: ReadColorsOptions = {}): ColorsRead {
  const read = readColors(textOf(text), options)
  if (read.kind !== 'read') throw new Error(JSON.stringify(read))
  return read
}

const problemsOf = (read: ColorsRead) =>
  [...read.quarantine.flatMap(({ problems }) => problems), ...read.marks].map(
    ({ row, column, kind }) => `${row} ${column ?? '–'} ${kind}`,
  )
const rowsOf = (rows: readonly Cells[], extra: readonly string[] = []) => expectRead(fileOf(rows, extra))

describe('a file of colors', () => {
  test('is read row by row, ids as text and missing prices as null', () => {
    const { colors, quarantine, marks } = rowsOf([
      { ASK: '', CONFIDENCE: '', DATE_1: '' },
      { BIAS: 'BWIC TALK', RANK: '5', BID: '', PX: 'n/a', PRICE_LEVEL: '', MESSAGE_ID: '0012' },
    ])
    expect(quarantine).toEqual([])
    expect(colors[0]!.row).toMatchObject({
      messageId: '90071992547409931',
      px: '98.75',
      ask: null,
      rank: 3,
      confidence: 5,
      date1: '2026-11-20',
    })
    expect(colors[1]!.row).toMatchObject({ messageId: '0012', px: null, bid: null, priceLevel: null, rank: 5 })
    expect(marks.map(({ kind }) => kind)).toEqual(['no-price'])
  })

  test('may have its columns in any order, under the names that desks give them, behind a title', () => {
    const { colors, header } = expectRead(
      [
        'Colors of 20 November;;;;;;;;;',
        '',
        'Dealer;Quote Type;msg id;Ticker;Sector;cusip;Date;Price Level;Offer Price;Bid Price;Desk;Eval Px',
        'DEALER B;OFFER;17;XYZ;ABS;594918104;2026-11-20;99,5;99,5;;NY;1.099,25',
      ].join('\r\n'),
    )
    expect(header).toMatchObject({ delimiter: ';', row: 3, unknown: ['Desk'] })
    expect(colors[0]).toMatchObject({
      fileRow: 4,
      row: { source: 'DEALER B', bias: 'OFFER', rank: 4, ask: '99.5', px: '99.5', covPrice: '1099.25' },
    })
  })

  test('without a column that must be there is refused by its name, and so is one that has a column twice', () => {
    const trouble = (header: string) => readColors(textOf(`${header}\n1,2,3,4,5,6,7,8,9`))
    expect(trouble('MESSAGE_ID,TICKER,CUSIP,DATE,PRICE_LEVEL,SOURCE,BIAS')).toMatchObject({
      kind: 'unusable',
      trouble: { kind: 'column-missing', columns: ['SECTOR', 'PX'] },
    })
    expect(trouble('MESSAGE_ID,TICKER,SECTOR,CUSIP,DATE,PRICE_LEVEL,Quote Price,Price,SOURCE,BIAS')).toMatchObject({
      trouble: { kind: 'column-twice', column: 'PX', headers: ['Quote Price', 'Price'] },
    })
    expect(trouble('MESSAGE_ID,TICKER,SECTOR,CUSIP,DATE,PRICE_LEVEL,PX,px,SOURCE,BIAS')).toMatchObject({
      trouble: { kind: 'column-twice', column: 'PX', headers: ['PX', 'px'] },
    })
    expect(trouble('a,b,c')).toMatchObject({ trouble: { kind: 'no-header' } })
    expect(readColors(textOf(' \n\n'))).toMatchObject({ trouble: { kind: 'empty' } })
  })

  test('has the column of its own name, whatever else is called alike', () => {
    const { header, colors } = rowsOf([{ Price: '1', Dealer: 'X', Type: 'Loan' }], ['Price', 'Dealer', 'Type'])
    expect(header.unknown).toEqual(['Price', 'Dealer', 'Type'])
    expect(colors[0]!.row).toMatchObject({ px: '98.75', source: 'DEALER A', bias: 'BID' })
  })

  test('its own output is read again to the same rows', () => {
    const read = expectRead(`${fileOf([{ TICKER: "'=SUM(A1)", MESSAGE_ID: "'0012" }], ['ROW_ID', 'IS_PARENT'])}`)
    expect(read.colors[0]!.row).toMatchObject({ ticker: '=SUM(A1)', messageId: '0012' })
    expect(read.header.unknown).toEqual([])
  })

  test('blank rows are none, a shifted one is set apart, and a stray quotation mark costs its line only', () => {
    const lines = fileOf([{}, { PX: '98.75', MESSAGE_ID: '2' }, { MESSAGE_ID: '3', BID: '97' }]).split('\n')
    const text = [lines[0], lines[1], ',,,', `${lines[2]},surplus`, '"never closed,1', lines[3]].join('\n')
    const read = expectRead(text)
    expect(read.read).toBe(4)
    expect(read.quarantine.map(({ fileRow, problems }) => [fileRow, problems[0]!.kind])).toEqual([
      [4, 'too-many-cells'],
      [5, 'quote-unclosed'],
    ])
    expect(read.colors.map(({ fileRow }) => fileRow)).toEqual([2, 6])
  })
})

describe('ids', () => {
  test.each([
    ['MESSAGE_ID', '1.23457E+17', 'id-scientific'],
    ['MESSAGE_ID', '9E17', 'id-scientific'],
    ['MESSAGE_ID', '12345.0', 'id-no-number'],
    ['MESSAGE_ID', '', 'missing'],
    ['CUSIP', '1.2345E+14', 'id-scientific'],
    ['CUSIP', '', 'missing'],
  ])('%s %j is set apart: %s', (column, text, kind) => {
    const read = rowsOf([{ [column]: text }])
    expect(problemsOf(read)).toContain(`2 ${column} ${kind}`)
    expect(read.colors).toEqual([])
  })

  test.each([
    ['MESSAGE_ID', '123456789012345000', 'id-perhaps-rounded'],
    ['CUSIP', '037833101', 'cusip-invalid'],
    ['CUSIP', '3783310', 'cusip-invalid'],
  ])('%s %j is marked and kept as it is: %s', (column, text, kind) => {
    const read = rowsOf([{ [column]: text }])
    expect(problemsOf(read)).toEqual([`2 ${column} ${kind}`])
    expect(Object.values(read.colors[0]!.row)).toContain(text)
  })

  test('a CUSIP of digits, an E and digits is one', () => {
    const { colors, marks } = rowsOf([{ CUSIP: '12345e108' }])
    expect([colors[0]!.row.cusip, marks]).toEqual(['12345E108', []])
  })
})

describe('numbers', () => {
  const read = (prices: readonly string[]) =>
    expectRead(
      fileOf(
        prices.map((px, k) => ({ DATE: `2026-11-${10 + k}`, PX: px, BID: '', PRICE_LEVEL: '', SECTOR: 'ABS' })),
        [],
        ';',
      ),
    )
  const prices = (given: readonly string[]) => {
    const { colors, quarantine } = read(given)
    const found = new Map(colors.map(({ fileRow, row }) => [fileRow, row.px]))
    for (const { fileRow, problems } of quarantine) found.set(fileRow, problems[0]!.kind)
    return given.map((_, k) => found.get(k + 2))
  }

  test.each([
    [
      ['98.75', '101.125', '.5', '99.'],
      ['98.75', '101.125', '0.5', '99'],
    ],
    [
      ['98.75', '1,234', '1,234.5'],
      ['98.75', '1234', '1234.5'],
    ],
    [
      ['98,75', '1.234,5', '101.125', '1.234.567'],
      ['98.75', '1234.5', 'number-ambiguous', '1234567'],
    ],
    [
      ['98,75', '98.5', '1,234', '101.125'],
      ['number-ambiguous', '98.5', 'number-ambiguous', 'number-ambiguous'],
    ],
    [
      ['101,125', '99'],
      ['number-ambiguous', '99'],
    ],
    [
      ['1,234,567', '101,125'],
      ['1234567', '101125'],
    ],
    [
      ['1e2', '9.9E+01', 'par', '99 1/2', '0.1234567890123'],
      ['number-scientific', 'number-scientific', 'number-unreadable', 'number-unreadable', 'number-unreadable'],
    ],
    [
      ['', '-', 'NULL', '0', '-1.5'],
      [null, null, null, '0', '-1.5'],
    ],
  ])('%j are read as the whole file shows', (given, expected) => expect(prices(given)).toEqual(expected))
})

describe('dates', () => {
  const dates = (given: readonly string[], options: ReadColorsOptions = {}) => {
    const { colors, quarantine } = expectRead(fileOf(given.map((DATE, k) => ({ MESSAGE_ID: String(k), DATE }))), options)
    const found = new Map(colors.map(({ fileRow, row }) => [fileRow, row.date]))
    for (const { fileRow, problems } of quarantine) found.set(fileRow, problems[0]!.kind)
    return given.map((_, k) => found.get(k + 2))
  }

  test.each([
    [
      ['2026-11-20', '20261119', '18 Nov 2026', '2026-11-17 16:30'],
      ['2026-11-20', '2026-11-19', '2026-11-18', '2026-11-17'],
    ],
    [
      ['13/05/2026', '03/04/2026'],
      ['2026-05-13', '2026-04-03'],
    ],
    [
      ['05/13/2026', '03/04/2026'],
      ['2026-05-13', '2026-03-04'],
    ],
    [
      ['03/04/2026', '05/05/2026'],
      ['date-ambiguous', '2026-05-05'],
    ],
    [
      ['13/05/2026', '05/14/2026', '2026-11-20'],
      ['date-orders-mixed', 'date-orders-mixed', '2026-11-20'],
    ],
    [
      ['20/11/26', '45981', '2026-02-30', '2026-11', 'Nov-20', 'soon', ''],
      [
        'date-short-year',
        'date-unreadable',
        'date-unreadable',
        'date-unreadable',
        'date-unreadable',
        'date-unreadable',
        'missing',
      ],
    ],
  ])('%j are read as the column shows', (given, expected) => expect(dates(given)).toEqual(expected))

  test('an order that is asked for decides only where the column shows none', () => {
    expect(dates(['03/04/2026'], { dayOrder: 'dmy' })).toEqual(['2026-04-03'])
    expect(dates(['03/04/2026', '05/13/2026'], { dayOrder: 'dmy' })).toEqual(['2026-03-04', '2026-05-13'])
  })

  test('each column shows its own', () => {
    const { colors } = rowsOf(
      [
        { DATE: '13/05/2026', DATE_1: '05/12/2026' },
        { MESSAGE_ID: '2', DATE_1: '05/13/2026' },
      ],
      ['DATE_1'],
    )
    expect(colors[0]!.row).toMatchObject({ date: '2026-05-13', date1: '2026-05-12' })
  })
})

describe('checks of a row', () => {
  test.each([
    ['CLO 2.0 mezz', '105', true],
    ['CLO 2.0 mezz', '105.01', false],
    ['CLO 2.0 AAA Senior', '10', true],
    ['CLO 2.0 AAA Senior', '9.99', false],
    ['US equity', '3', true],
    ['ABS', '140', true],
  ])('in %s a price of %s is let through: %s', (SECTOR, price, isThrough) => {
    const read = rowsOf([{ SECTOR, BID: price, PX: price }])
    expect(read.colors.length === 1).toBe(isThrough)
    expect(read.quarantine.length === 0).toBe(isThrough)
  })

  test('a bad price is refused although another row of the same security has a good one', () => {
    const read = rowsOf([{}, { MESSAGE_ID: '2', BID: '1', PX: '1' }])
    expect(read.colors.map(({ fileRow }) => fileRow)).toEqual([2])
    expect(read.quarantine[0]).toMatchObject({
      fileRow: 3,
      problems: [
        { column: 'BID', kind: 'price-out-of-bounds', text: '1 (10 to 105)' },
        { column: 'PX', kind: 'price-out-of-bounds' },
      ],
    })
  })

  test('the price is the bid, else the ask; a given one stays and is compared', () => {
    const read = rowsOf([{ PX: '' }, { PX: '', BID: '', ASK: '99', BIAS: 'OFFER', RANK: '4' }, { PX: '97', BID: '96' }])
    expect(read.colors.map(({ row }) => row.px)).toEqual(['98.75', '99', '97'])
    expect(problemsOf(read)).toEqual(['4 PX px-differs'])
  })

  test('the rank is that of the quote type, whatever the file says', () => {
    const read = rowsOf([{ RANK: '1' }, { BIAS: 'WHISPER', RANK: '' }, { BIAS: '', RANK: '', BID: '', PX: '', ASK: '99' }])
    expect(read.colors.map(({ row }) => [row.bias, row.rank])).toEqual([
      ['BID', 3],
      ['WHISPER', 99],
      ['OFFER', 4],
    ])
    expect(problemsOf(read)).toEqual(['2 RANK rank-differs', '3 BIAS bias-unmapped'])
  })

  test.each(['11', '-1', '7.5', 'high'])('a confidence of %j is none', CONFIDENCE =>
    expect(problemsOf(rowsOf([{ CONFIDENCE }], ['CONFIDENCE']))).toEqual(['2 CONFIDENCE confidence-range']),
  )
})

describe('rows that say the same', () => {
  test('collapse to the one received first, equal by value and not by how it is written', () => {
    const read = rowsOf(
      [
        { DATE_1: '2026-11-20', PX: '98.750', SOURCE: 'DEALER B' },
        { DATE_1: '2026-11-19' },
        { DATE_1: '2026-11-20', CONFIDENCE: '6' },
      ],
      ['DATE_1', 'CONFIDENCE'],
    )
    expect(read.colors.map(({ fileRow }) => fileRow)).toEqual([3, 4])
    expect(read.repeats).toEqual([{ fileRow: 2, of: 3 }])
  })

  test.each([
    [['Acme', ''], null],
    [['', 'Acme'], null],
    [['Beta', 'Acme'], 'Acme'],
  ])('of the very same row with the names %j the one that stays is not decided by order', (names, stays) => {
    const { colors } = rowsOf(
      names.map(SECURITY_NAME => ({ SECURITY_NAME })),
      ['SECURITY_NAME'],
    )
    expect(colors.map(({ row }) => row.securityName)).toEqual([stays])
  })

  test('bid and offer of one message for one CUSIP are two rows with ids of their own', () => {
    const { colors } = rowsOf([{}, { BIAS: 'OFFER', RANK: '4', BID: '', ASK: '99', PX: '99' }])
    expect(new Set(colors.map(({ row }) => row.rowId)).size).toBe(2)
  })
})

describe('what a person says about columns', () => {
  const cells = NAMES.map(name => USUAL[name]!)
  const table = (names: readonly string[], values: readonly string[] = cells) =>
    tableSource({
      rows: [
        { row: 1, cells: names },
        { row: 2, cells: values },
      ],
      faults: new Map(),
    })

  test('goes before its name, and a name that is nothing then is left out', () => {
    const names = NAMES.map(name => (name === 'PX' ? 'Trader says' : name === 'BID' ? 'Price' : name))
    const read = readColors(table(names, [...cells.slice(0, 6), '97', '', '98.75', ...cells.slice(9)]), {
      mapping: { 'Trader says': 'PX', Price: null },
    })
    if (read.kind !== 'read') throw new Error(JSON.stringify(read))
    expect(read.colors[0]!.row).toMatchObject({ px: '98.75', bid: null })
    expect(read.header.meanings.filter(({ by }) => by === 'given')).toEqual([
      { name: 'Price', column: null, by: 'given' },
      { name: 'Trader says', column: 'PX', by: 'given' },
    ])
  })

  test('takes a column from the one that has its name', () => {
    const read = readColors(table([...NAMES, 'Desk px'], [...cells, '97']), { mapping: { 'Desk px': 'PX' } })
    if (read.kind !== 'read') throw new Error(JSON.stringify(read))
    expect(read.colors[0]!.row.px).toBe('97')
    expect(read.header.unknown).toEqual(['PX'])
  })

  test('is asked for where a column is missing: the names that stand there come with the refusal', () => {
    const read = readColors(table(NAMES.map(name => (name === 'CUSIP' ? 'Security number' : name))))
    expect(read).toMatchObject({
      kind: 'unusable',
      trouble: { kind: 'column-missing', columns: ['CUSIP'] },
      head: { row: 1 },
    })
    const { meanings } = read as Extract<typeof read, { kind: 'unusable' }>
    expect(meanings[3]).toEqual({ name: 'Security number', column: null, by: 'none' })
  })
})

describe('a cell without a value', () => {
  test('sets its row apart with what stands there, and only where the column means something', () => {
    const rows = [1, 2, 3].map(row => ({ row, cells: row === 1 ? [...NAMES, 'Note'] : [...NAMES.map(name => USUAL[name]!), ''] }))
    const at = NAMES.indexOf('PX')
    const blank = rows.map(({ row, cells }) => ({ row, cells: row === 2 ? cells.with(at, '') : cells }))
    const faults = new Map([
      [2, new Map([[at, '#REF!']])],
      [3, new Map([[NAMES.length, '#DIV/0!']])],
    ])
    const read = readColors(tableSource({ rows: blank, faults }))
    if (read.kind !== 'read') throw new Error(JSON.stringify(read))
    expect(read.quarantine).toEqual([
      {
        fileRow: 2,
        problems: [{ row: 2, column: 'PX', kind: 'cell-error', text: '#REF!' }],
        cells: expect.objectContaining({ PX: '#REF!', CUSIP: '037833100' }),
      },
    ])
    expect(read.colors.map(({ fileRow }) => fileRow)).toEqual([3])
  })
})
