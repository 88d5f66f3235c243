import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freshFolder, run } from './command.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

let files: string
beforeAll(async () => {
  files = freshFolder()
  await run('help')
})
afterAll(() => rmSync(files, { recursive: true, force: true }))

const at = (name: string) => join(files, name)
function write(name: string, content: string | Uint8Array): string {
  writeFileSync(at(name), content)
  return at(name)
}
const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

const HEADER = 'MESSAGE_ID,TICKER,SECTOR,CUSIP,DATE,PRICE_LEVEL,BID,ASK,PX,SOURCE,BIAS,RANK,COV_PRICE'
const LINES = [
  '90071992547409931,SHELF 21-1 B,CLO mezz,037833100,2026-11-20,98.75,98.75,,98.75,DEALER A,BID,3,98',
  '90071992547409931,SHELF 21-1 B,CLO mezz,037833100,2026-11-20,99.5,,99.5,99.5,DEALER A,OFFER,4,98',
  '90071992547409933,SHELF 21-1 B,CLO mezz,037833100,2026-11-20,99,,,99,DEALER B,BWIC COVER,2,98',
  '90071992547409934,SHELF 21-1 B,CLO mezz,037833100,2026-11-20,97,,,,"DEALER ""C"", Ltd",BWIC TALK,5,',
  '90071992547409935,=cmd|x,ABS,594918104,2026-11-20,101,101,,101,-DEALER,BID,3,',
  '1.23457E+17,X,ABS,594918104,2026-11-20,101,101,,101,DEALER A,BID,3,',
  '90071992547409937,X,CLO mezz,38259P508,2026-11-20,1,1,,1,DEALER A,BID,3,',
  '90071992547409938,SHELF 21-1 B,CLO mezz,037833100,2026-11-20,98.75,98.750,,98.75,DEALER D,BID,3,98',
]
const RULES = {
  format: 'contango.rules',
  version: 1,
  rules: [
    { id: 'talk', name: 'No talk', priority: 1, when: { kind: 'test', field: 'BIAS', operator: 'is', value: 'BWIC TALK' } },
    {
      id: 'dear',
      name: 'Dear mezz',
      priority: 2,
      when: {
        kind: 'all',
        of: [
          { kind: 'test', field: 'PX', operator: 'greater', value: '99.25' },
          { kind: 'not', of: { kind: 'test', field: 'SECTOR', operator: 'is', value: 'ABS' } },
        ],
      },
    },
    {
      id: 'off',
      name: 'Off',
      priority: 3,
      active: false,
      when: { kind: 'test', field: 'RANK', operator: 'at-least', value: '1' },
    },
  ],
}
const input = () => write('in.csv', [HEADER, ...LINES].join('\n'))
const rules = (content: unknown = RULES, name = 'rules.json') => write(name, JSON.stringify(content))

describe('color process', () => {
  test('checks, excludes, ranks and groups a file, and accounts for every row of it', async () => {
    const [file, rulesFile] = [input(), rules()]
    const { code, out, err } = await run('color', 'process', file, '--rules', rulesFile, '--out', at('out.csv'), '--json')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const answer = JSON.parse(out)
    expect(answer).toMatchObject({
      direction: 'highest',
      rankTable: 1,
      sha256: { input: sha256(file), rules: sha256(rulesFile), output: sha256(at('out.csv')) },
      counts: { read: 8, quarantined: 2, repeats: 1, excluded: 2, placed: 3, parents: 2, children: 1, withoutPrice: 0 },
      byRule: [
        { id: 'talk', hits: 1, credited: 1 },
        { id: 'dear', hits: 1, credited: 1 },
        { id: 'off', active: false, hits: 0 },
      ],
      excluded: [
        { row: 3, rule: 'dear' },
        { row: 5, rule: 'talk' },
      ],
    })
    expect(answer.repeats).toHaveLength(1)
    expect(
      answer.quarantine.map(({ row, problems }: { row: number; problems: { sentence: string }[] }) => [
        row,
        problems[0]!.sentence,
      ]),
    ).toEqual([
      [
        7,
        "Row 7, MESSAGE_ID: '1.23457E+17' was shortened by a spreadsheet and its digits are lost; export it again with the column as text.",
      ],
      [8, 'Row 8, BID: the price is outside of the bounds of its sector: 1 (10 to 105).'],
    ])
    const { read, quarantined, repeats, excluded, placed } = answer.counts
    expect(quarantined + repeats + excluded + placed).toBe(read)
    expect(readdirSync(files).filter(name => name.endsWith('.part'))).toEqual([])
  })

  test('another reader of CSV finds the same rows in the output, ids digit for digit', async () => {
    await run('color', 'process', input(), '--rules', rules({ rules: [] }), '--out', at('read.csv'))
    const duck = await DuckDBInstance.create(':memory:')
    const db = await duck.connect()
    const found = await db.runAndReadAll(
      `select MESSAGE_ID, TICKER, CUSIP, PX, SOURCE, IS_PARENT, PARENT_MESSAGE_ID, CHILDREN_COUNT from read_csv('${at('read.csv')}', all_varchar = true, header = true)`,
    )
    expect(found.getRows().map(row => [...row])).toEqual([
      ['90071992547409935', "'=cmd|x", '594918104', '101', "'-DEALER", 'TRUE', null, '0'],
      ['90071992547409933', 'SHELF 21-1 B', '037833100', '99', 'DEALER B', 'TRUE', null, '3'],
      [
        expect.stringMatching(/^9007199254740993[18]$/),
        'SHELF 21-1 B',
        '037833100',
        '98.75',
        expect.any(String),
        'FALSE',
        '90071992547409933',
        null,
      ],
      ['90071992547409931', 'SHELF 21-1 B', '037833100', '99.5', 'DEALER A', 'FALSE', '90071992547409933', null],
      ['90071992547409934', 'SHELF 21-1 B', '037833100', null, 'DEALER "C", Ltd', 'FALSE', '90071992547409933', null],
    ])
    db.closeSync()
    duck.closeSync()
  })

  test('the same input gives the same bytes, and so does its rows in another order', async () => {
    const [file, rulesFile] = [input(), rules()]
    await run('color', 'process', file, '--rules', rulesFile, '--out', at('one.csv'))
    await run('color', 'process', file, '--rules', rulesFile, '--out', at('two.csv'))
    expect(readFileSync(at('two.csv'), 'utf8')).toBe(readFileSync(at('one.csv'), 'utf8'))
    const turned = write('turned.csv', [HEADER, ...LINES.toReversed()].join('\r\n'))
    await run('color', 'process', turned, '--rules', rulesFile, '--out', at('three.csv'))
    // Another file is another run; all else is the same.
    const withoutRun = (name: string) => readFileSync(at(name), 'utf8').replaceAll(/"[0-9a-f]{32}",,MANUAL/g, '"",,MANUAL')
    expect(withoutRun('one.csv')).toContain(',"",,MANUAL')
    expect(withoutRun('three.csv')).toBe(withoutRun('one.csv'))
  })

  test('the direction of prices is chosen and recorded', async () => {
    const file = write(
      'bids.csv',
      [HEADER, ...['98', '99'].map(px => `${px},T,ABS,037833100,2026-11-20,,${px},,${px},D,BID,3,`)].join('\n'),
    )
    const first = async (...more: string[]) => {
      const { out } = await run(
        'color',
        'process',
        file,
        '--rules',
        rules({ rules: [] }),
        '--out',
        at('d.csv'),
        '--json',
        ...more,
      )
      return [JSON.parse(out).direction, readFileSync(at('d.csv'), 'utf8').split('\r\n')[1]!.split(',')[0]]
    }
    expect(await first()).toEqual(['highest', '"99"'])
    expect(await first('--direction', 'lowest')).toEqual(['lowest', '"98"'])
  })

  test('says in words what came of the file', async () => {
    const { out } = await run('color', 'process', input(), '--rules', rules(), '--out', at('words.csv'))
    expect(out).toContain('3 rows, 2 parents and 1 children, prices highest first.')
    expect(out).toContain('Of 8 rows 2 are quarantined, 1 repeat another, 2 are excluded by rules.')
    expect(out).toContain('No talk: 1 excluded, 1 met')
    expect(out).toContain('Row 7, MESSAGE_ID:')
  })

  test.each([
    ['UTF-16 with its mark', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le'), 'Société'],
    ['Windows 1252', (text: string) => Buffer.from(text, 'latin1'), 'Société'],
    ['UTF-8 with its mark', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf8'), 'Société'],
  ])('text in %s is read', async (_, encode, name) => {
    const file = write('encoded.csv', encode([HEADER, LINES[0]!.replace('DEALER A', name)].join('\r\n')))
    const { code } = await run('color', 'process', file, '--rules', rules({ rules: [] }), '--out', at('encoded-out.csv'))
    expect(code).toBe(0)
    expect(readFileSync(at('encoded-out.csv'), 'utf8')).toContain(name)
  })

  test('of a file in two encodings the rows that cannot be read are set apart by row and column', async () => {
    const lines = [HEADER, LINES[0]!.replace('DEALER A', 'Société'), LINES[2]!.replace('DEALER B', 'Générale')]
    const mixed = Buffer.concat([Buffer.from(`${lines[0]}\n${lines[1]}\n`, 'utf8'), Buffer.from(`${lines[2]}\n`, 'latin1')])
    const { out } = await run(
      'color',
      'process',
      write('mixed.csv', mixed),
      '--rules',
      rules({ rules: [] }),
      '--out',
      at('m.csv'),
      '--json',
    )
    expect(JSON.parse(out)).toMatchObject({
      counts: { placed: 1, quarantined: 1 },
      quarantine: [{ row: 3, problems: [{ column: 'SOURCE', kind: 'mixed-encoding' }] }],
    })
  })
})

describe('color why', () => {
  const why = (...words: string[]) => run('color', 'why', input(), '--rules', rules(), ...words)

  test('tells every rule of a row, each part with the value that it saw', async () => {
    const { code, out } = await why('--row', '3', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      row: 3,
      state: 'excluded',
      excludedBy: { id: 'dear', name: 'Dear mezz' },
      values: { PX: '99.5', BIAS: 'OFFER', RANK: '4', PRICE_DIFF: '1.5', PERCENT_DIFF: '1.53' },
      rules: [
        { id: 'talk', met: false, credited: false, trace: { kind: 'test', met: false, actual: 'OFFER' } },
        {
          id: 'dear',
          met: true,
          credited: true,
          trace: {
            kind: 'all',
            of: [
              { met: true, actual: '99.5' },
              { kind: 'not', met: true, of: [{ met: false, actual: 'CLO mezz' }] },
            ],
          },
        },
        { id: 'off', active: false, met: true, credited: false },
      ],
    })
  })

  test('says the same in words', async () => {
    const { out } = await why('--row', '3')
    expect(out.split('\n').slice(0, 8)).toEqual([
      "Row 3 is excluded by 'Dear mezz': 037833100, OFFER 99.5 of DEALER A on 2026-11-20.",
      'No talk (priority 1): not met',
      "  BIAS is 'BWIC TALK': not met, it is 'OFFER'",
      'Dear mezz (priority 2): met',
      '  all of: met',
      "    PX > 99.25: met, it is '99.5'",
      '    not: met',
      "      SECTOR is 'ABS': not met, it is 'CLO mezz'",
    ])
  })

  test('a missing price is said to be missing', async () => {
    expect((await why('--row', '5')).out).toContain('PX > 99.25: not met, there is no value')
  })

  test('a row that is kept, one that is quarantined and one that repeats another are told apart', async () => {
    const state = async (row: string) => JSON.parse((await why('--row', row, '--json')).out)
    expect(await state('4')).toMatchObject({ state: 'kept', excludedBy: null })
    expect(await state('7')).toMatchObject({ state: 'quarantined', problems: [{ kind: 'id-scientific' }] })
    const [second, ninth] = [await state('2'), await state('9')]
    expect([second.state, ninth.state].toSorted()).toEqual(['kept', 'repeat'])
  })

  test.each([
    [[], 'color why needs --row N, a row of the file.'],
    [['--row', 'two'], "color why needs --row N, a row of the file; it was 'two'."],
    [['--row', '1'], 'holds no color: the names of the columns stand in row 1.'],
    [['--row', '99'], 'has no color in row 99'],
  ])('%j is refused with a sentence', async (words, sentence) => {
    const { code, err } = await why(...words)
    expect(code).toBe(2)
    expect(err).toContain(sentence)
  })
})

describe('what cannot be done', () => {
  test.each([
    [
      ['color', 'sort', 'IN', '--rules', 'RULES'],
      "color is followed by generate, process, why, rules or dry-run; it was 'sort'.",
    ],
    [['color', 'process', 'IN', '--out', 'OUT'], 'color process needs a file and rules'],
    [['color', 'process', 'IN', '--rules', 'RULES'], 'color process needs --out FILE.xlsx, FILE.csv or FILE.parquet.'],
    [['color', 'process', 'IN', '--rules', 'RULES', '--out', 'IN'], '--out must be another file'],
    [['color', 'process', 'IN', '--rules', 'RULES', '--out', 'x.pdf'], "--out ends in .xlsx, .csv or .parquet; it was 'x.pdf'."],
    [['color', 'process', '/no/such.csv', '--rules', 'RULES', '--out', 'OUT'], '/no/such.csv cannot be read (ENOENT).'],
    [['color', 'process', 'IN', '--rules', '/no/such.json', '--out', 'OUT'], '/no/such.json cannot be read (ENOENT).'],
    [
      ['color', 'process', 'IN', '--rules', 'RULES', '--out', '/no/such/folder/x.csv'],
      '/no/such/folder/x.csv cannot be written: the folder is not there (ENOENT).',
    ],
    [
      ['color', 'process', 'IN', '--rules', 'RULES', '--out', 'OUT', '--direction', 'up'],
      "--direction is one of highest, lowest, by-side; it was 'up'.",
    ],
  ])('%j is refused with a sentence', async (words, sentence) => {
    const known: Record<string, string> = { IN: input(), RULES: rules(), OUT: at('never.csv') }
    const { code, err } = await run(...words.map(word => known[word] ?? word))
    expect(code).toBe(2)
    expect(err).toContain(sentence)
    expect(existsSync(at('never.csv'))).toBe(false)
  })

  test.each([
    ['book.xlsx', 'PK\u0003\u0004', 'cannot be read: it is damaged, or was not copied to its end.'],
    ['empty.csv', '', 'is empty.'],
    ['blank.csv', '\n\n', 'is empty.'],
    ['bare.csv', '1,2,3\n4,5,6', 'has no row with the names of the columns'],
    ['short.csv', 'MESSAGE_ID,TICKER,CUSIP,DATE,PX,SOURCE\n', 'has no column SECTOR, PRICE_LEVEL, BIAS.'],
    ['twice.csv', `${HEADER},source\n`, "has two columns that are SOURCE: 'SOURCE' and 'source'."],
  ])('%s is refused, and what stood at the target still does', async (name, content, sentence) => {
    write('kept.csv', 'of an earlier run')
    const { code, err } = await run('color', 'process', write(name, content), '--rules', rules(), '--out', at('kept.csv'))
    expect(code).toBe(2)
    expect(err).toContain(sentence)
    expect(readFileSync(at('kept.csv'), 'utf8')).toBe('of an earlier run')
  })

  const broken = (when: unknown) => ({ rules: [{ name: 'Bad', when }] })
  test.each([
    ['{', 'the file: it is no JSON'],
    ['{"a":1}', 'the file: it holds no rules'],
    [
      broken({ kind: 'test', field: 'PRICE', operator: 'less', value: '5' }),
      "rules[0].when.field: there is no such column ('PRICE')",
    ],
    [
      broken({ kind: 'test', field: 'PX', operator: 'about', value: '5' }),
      "rules[0].when.operator: there is no such operator for it ('about')",
    ],
    [
      broken({ kind: 'test', field: 'PX', operator: 'contains', value: '5' }),
      "rule 'Bad', PX contains '5': the operator does not fit the column",
    ],
    [
      broken({ kind: 'test', field: 'PX', operator: 'less', value: 'five' }),
      "rule 'Bad', PX less 'five': the value is none of the type of the column",
    ],
  ])('rules as %j are refused by their place', async (content, sentence) => {
    const file = write('bad.json', typeof content === 'string' ? content : JSON.stringify(content))
    const { code, err } = await run('color', 'process', input(), '--rules', file, '--out', at('never.csv'))
    expect(code).toBe(2)
    expect(err).toContain(sentence)
  })

  test('rules that can be used and hardly be meant are told', async () => {
    const doubtful = {
      rules: [
        { name: 'Turned', when: { kind: 'test', field: 'PX', operator: 'between', value: '9', value2: '5' } },
        { name: 'Empty', when: { kind: 'any', of: [] } },
      ],
    }
    const { code, out } = await run(
      'color',
      'process',
      input(),
      '--rules',
      rules(doubtful, 'doubtful.json'),
      '--out',
      at('o.csv'),
    )
    expect(code).toBe(0)
    expect(out).toContain("Rule 'Turned': the lower end stands behind the upper one, so that no row meets it.")
    expect(out).toContain("Rule 'Empty': it has no test.")
  })
})

describe('generate', () => {
  test('the same seed gives the same file, and every row of it is taken', async () => {
    const [first, second, other] = [at('a.csv'), at('b.csv'), at('c.csv')]
    const made = await run('color', 'generate', '--rows', '3000', '--seed', '7', '--out', first, '--json')
    expect(made.code).toBe(0)
    expect(JSON.parse(made.out)).toMatchObject({ rows: 3000, seed: 7, sha256: sha256(first) })
    await run('color', 'generate', '--rows', '3000', '--seed', '7', '--out', second)
    await run('color', 'generate', '--rows', '3000', '--seed', '8', '--out', other)
    expect(sha256(second)).toBe(sha256(first))
    expect(sha256(other)).not.toBe(sha256(first))
    const rules = write('none.json', JSON.stringify({ format: 'contango.rules', version: 1, rules: [] }))
    const processed = await run('color', 'process', first, '--rules', rules, '--out', at('out.csv'), '--json')
    expect(processed.code).toBe(0)
    expect(JSON.parse(processed.out).counts).toMatchObject({ read: 3000 })
  })

  test('what it needs is said', async () => {
    for (const [words, sentence] of [
      [['--rows', '0', '--out', at('x.csv')], /--rows is a whole number/],
      [['--rows', '5'], /needs --out/],
      [['--rows', '5', '--out', at('x.pdf')], /ends in .xlsx or .csv/],
    ] as const) {
      const { code, err } = await run('color', 'generate', ...words)
      expect([code, err]).toEqual([2, expect.stringMatching(sentence)])
    }
    expect(existsSync(at('x.csv'))).toBe(false)
  })
})

describe('workbooks', () => {
  const generated = async (name: string) => {
    const { code, err } = await run('color', 'generate', '--rows', '400', '--seed', '7', '--out', at(name))
    expect({ code, err }).toEqual({ code: 0, err: '' })
    return at(name)
  }
  const processed = (file: string, out: string, ...words: string[]) =>
    run('color', 'process', file, '--rules', rules(), '--out', at(out), '--json', ...words)

  test('a generated workbook holds the rows that the generated CSV does', async () => {
    const [book, csv] = [await generated('gen.xlsx'), await generated('gen.csv')]
    const [fromBook, fromCsv] = [await processed(book, 'of-book.csv'), await processed(csv, 'of-csv.csv')]
    const withoutRun = (file: string) => readFileSync(file, 'utf8').replaceAll(/"[0-9a-f]{32}",,MANUAL/g, 'RUN,,MANUAL')
    expect(JSON.parse(fromBook.out)).toMatchObject({ format: 'xlsx', sheet: 'Quotes', counts: JSON.parse(fromCsv.out).counts })
    // Zeros at the end of a price are nothing in a number cell.
    const prices = (text: string) => text.replaceAll(/(\.\d*?)0+(?=,)/g, '$1').replaceAll(/\.(?=,)/g, '')
    expect(prices(withoutRun(at('of-book.csv')))).toBe(prices(withoutRun(at('of-csv.csv'))))
  })

  test('the same input gives the same workbook, and it is read again to the same rows', async () => {
    const book = await generated('gen.xlsx')
    const first = JSON.parse((await processed(book, 'one.xlsx')).out)
    const second = JSON.parse((await processed(book, 'two.xlsx')).out)
    expect(first.sha256.output).toBe(second.sha256.output)
    expect(sha256(at('one.xlsx'))).toBe(first.sha256.output)
    const again = JSON.parse(
      (await run('color', 'process', at('one.xlsx'), '--rules', rules(), '--out', at('three.csv'), '--json')).out,
    )
    expect(again).toMatchObject({
      sheet: 'Colors',
      notes: [{ kind: 'other-sheets', text: 'Run' }],
      counts: { read: first.counts.placed, placed: first.counts.placed, parents: first.counts.parents, quarantined: 0 },
    })
  })

  test('Parquet has the same rows with types, twice the same bytes', async () => {
    const book = await generated('gen.xlsx')
    const answer = JSON.parse((await processed(book, 'out.parquet')).out)
    await processed(book, 'again.parquet')
    expect(sha256(at('out.parquet'))).toBe(answer.sha256.output)
    expect(sha256(at('again.parquet'))).toBe(answer.sha256.output)
    await processed(book, 'out.csv')
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    const types = await connection.runAndReadAll(
      `select typeof("MESSAGE_ID"), typeof("DATE"), typeof("PX"), typeof("RANK"), typeof("IS_PARENT") from '${at('out.parquet')}' limit 1`,
    )
    expect(types.getRows()).toEqual([['VARCHAR', 'DATE', 'DECIMAL(38,12)', 'INTEGER', 'BOOLEAN']])
    const rows = async (from: string) =>
      (await connection.runAndReadAll(`select "ROW_ID" from ${from}`)).getRows().map(([id]) => id)
    expect(await rows(`'${at('out.parquet')}'`)).toEqual(
      await rows(`read_csv('${at('out.csv')}', all_varchar = true, parallel = false)`),
    )
  })

  test('a sheet that is not there is refused with those that are', async () => {
    const { code, err } = await processed(await generated('gen.xlsx'), 'never.csv', '--sheet', 'Prices')
    expect(code).toBe(2)
    expect(err).toContain("has no sheet 'Prices'; it has 'Quotes'.")
  })

  test('why finds a row of a workbook', async () => {
    const { out } = await run('color', 'why', await generated('gen.xlsx'), '--rules', rules(), '--row', '2', '--json')
    expect(JSON.parse(out)).toMatchObject({ row: 2, rules: [{ id: 'talk' }, { id: 'dear' }, { id: 'off' }] })
  })
})
