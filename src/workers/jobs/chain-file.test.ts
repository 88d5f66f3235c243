import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import type { ChainMapping } from '../../core/options/read-chain/mapping.ts'
import { readChainFile } from './chain-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'contango-chain-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function read(content: string | Uint8Array, fixed: Partial<ChainMapping> = {}) {
  const path = join(folder, `${++files}.csv`)
  writeFileSync(path, content)
  return readChainFile({ path, fixed }, () => undefined)
}

function chainOf(content: string | Uint8Array, fixed: Partial<ChainMapping> = {}) {
  const found = read(content, fixed)
  if (found.kind !== 'chain') throw new Error(`the file was taken for ${found.kind}`)
  return { ...found.reading, chain: found.reading.chain!, guess: found.guess }
}

const PLAIN = `quote_date,expiration,strike,right,bid,ask
2026-03-02,2026-03-20,600,C,12.10,12.14
2026-03-02,2026-03-20,600,P,9.80,9.84
2026-03-02,2026-03-20,605,C,9.02,9.06
`

describe('columns are known by their names', () => {
  test('the columns of the issue: bare dates are of the close, and there is no spot', () => {
    const { chain, notes } = chainOf(PLAIN, { underlying: 'SPY' })
    expect([...chain.strike]).toEqual([600, 600, 605])
    expect([...chain.side]).toEqual([1, -1, 1])
    expect([...chain.bid]).toEqual([12.1, 9.8, 9.02])
    expect(new Date(chain.asOf / 1000).toISOString()).toBe('2026-03-02T21:00:00.000Z')
    expect(notes).toEqual(['no-spot', 'close-assumed'])
  })

  test('OptionMetrics: strikes in thousandths, cp_flag, best_bid and best_offer', () => {
    const { chain, guess } = chainOf(
      `secid,date,symbol,exdate,cp_flag,strike_price,best_bid,best_offer,volume,open_interest,impl_volatility
109820,2019-06-03,SPY 190621C275000,2019-06-21,C,275000,3.92,3.95,1204,9911,0.15
109820,2019-06-03,SPY 190621P275000,2019-06-21,P,275000,4.01,4.04,88,1200,0.16
`,
      { underlying: 'SPY' },
    )
    expect([...chain.strike]).toEqual([275, 275])
    expect(guess.notes).toContain('strike-in-thousandths')
    expect(chain.openInterest[0]).toBe(9911)
  })

  test('Cboe end of day: quote time of 15:45, underlying bid and ask', () => {
    const { chain } = chainOf(
      `underlying_symbol,quote_date,root,expiration,strike,option_type,open,high,low,close,trade_volume,bid_size_eod,bid_eod,ask_size_eod,ask_eod,underlying_bid_eod,underlying_ask_eod,open_interest
SPY,2019-06-03,SPY,2019-06-21,275.000,C,4,4.2,3.8,3.9,1204,10,3.92,20,3.95,274.51,274.53,9911
SPY,2019-06-03,SPY,2019-06-21,275.000,P,4,4.2,3.8,4.0,88,11,4.01,21,4.04,274.51,274.53,1200
`,
    )
    expect([chain.underlying, chain.spotBid, chain.spotAsk]).toEqual(['SPY', 274.51, 274.53])
    expect([...chain.bidSize]).toEqual([10, 11])
    expect([...chain.last]).toEqual([3.9, 4])
  })

  test('OptionsDX: calls and puts in one row, hours with a fraction, names in brackets', () => {
    const { chain } = chainOf(
      `[QUOTE_UNIXTIME], [QUOTE_READTIME], [QUOTE_DATE], [QUOTE_TIME_HOURS], [UNDERLYING_LAST], [EXPIRE_DATE], [EXPIRE_UNIX], [DTE], [C_DELTA], [C_VOLUME], [C_LAST], [C_SIZE], [C_BID], [C_ASK], [STRIKE], [P_BID], [P_ASK], [P_SIZE], [P_LAST], [P_VOLUME]
1641243600, 2022-01-03 16:00, 2022-01-03, 16.000000, 477.740000, 2022-01-03, 1641243600, 0.000000, 0.996, 1.000000, 0.00, 20 x 50, 112.470000, 113.000000, 365.000000, 0.000000, 0.010000, 0 x 1, 0.010000, 5
1641243600, 2022-01-03 16:00, 2022-01-03, 16.000000, 477.740000, 2022-01-21, 1641243600, 0.000000, 0.996, 1.000000, 0.00, 20 x 50, 22.470000, 22.900000, 460.000000, 3.10000, 3.14, 0 x 1, 3.12, 5
`,
      { underlying: 'SPY' },
    )
    expect([...chain.strike]).toEqual([365, 365, 460, 460])
    expect([...chain.side]).toEqual([1, -1, 1, -1])
    expect([...chain.bid]).toEqual([112.47, 0, 22.47, 3.1])
    expect(chain.spotBid).toBe(477.74)
    expect(new Date(chain.asOf / 1000).toISOString()).toBe('2022-01-03T21:00:00.000Z')
  })

  test('a page of quotes with the same names left and right of the strike', () => {
    const { chain } = chainOf(
      `Underlying: SPY
Expiration Date,Calls,Last Sale,Bid,Ask,Volume,Open Interest,Strike,Puts,Last Sale,Bid,Ask,Volume,Open Interest
Fri Mar 20 2026,SPY260320C00600000,12.1,12.10,12.14,10,100,600.00,SPY260320P00600000,9.8,9.80,9.84,11,120
Fri Mar 20 2026,SPY260320C00605000,9.1,9.02,9.06,12,90,605.00,SPY260320P00605000,11.7,11.70,11.75,3,80
`,
      { underlying: 'SPY' },
    )
    expect([...chain.bid]).toEqual([12.1, 9.8, 9.02, 11.7])
    expect([...chain.openInterest]).toEqual([100, 120, 90, 80])
  })

  test('yfinance: everything is in the contract symbol', () => {
    const { chain } = chainOf(
      `contractSymbol,lastTradeDate,strike,lastPrice,bid,ask,change,percentChange,volume,openInterest,impliedVolatility,inTheMoney,contractSize,currency
SPY260320C00600000,2026-03-02 20:14:11+00:00,600.0,12.1,12.10,12.14,0,0,10,100,0.14,True,REGULAR,USD
SPY260320P00600000,2026-03-02 20:14:12+00:00,600.0,9.8,9.80,9.84,0,0,,120,0.14,False,REGULAR,USD
`,
    )
    expect([chain.underlying, chain.expiries[0]!.date]).toEqual(['SPY', '2026-03-20'])
    expect([...chain.side]).toEqual([1, -1])
    expect([...chain.volume]).toEqual([10, Number.NaN])
  })

  test('Spanish names, semicolons, decimal commas and days first', () => {
    const { chain, guess } = chainOf(
      `Fecha;Vencimiento;Precio de ejercicio;Tipo;Compra;Venta;Volumen;Posición abierta
02/03/2026;20/03/2026;1.600,5;Call;12,10;12,14;1.204;9.911
02/03/2026;20/03/2026;1.600,5;Put;9,80;9,84;88;1.200
`,
      { underlying: 'XYZ' },
    )
    expect([...chain.strike]).toEqual([1600.5, 1600.5])
    expect([...chain.bid]).toEqual([12.1, 9.8])
    expect([...chain.openInterest]).toEqual([9911, 1200])
    expect(guess.mapping.dateOrder).toBe('dmy')
  })
})

describe('how a file is written', () => {
  const wide = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])

  test.each([
    ['gzip', gzipSync(PLAIN)],
    ['UTF-8 with a mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(PLAIN)])],
    ['UTF-16', wide(PLAIN)],
    ['UTF-16 in gzip', gzipSync(wide(PLAIN))],
    ['tabs', PLAIN.replaceAll(',', '\t')],
    ['CRLF and blank lines', PLAIN.replaceAll('\n', '\r\n\r\n')],
  ])('%s gives the same chain', (_, content) => {
    const { chain, refused } = chainOf(content, { underlying: 'SPY' })
    expect([...chain.strike, ...chain.ask]).toEqual([600, 600, 605, 12.14, 9.84, 9.06])
    expect(refused).toBe(0)
  })

  test('a file that is no chain, none at all, or no text is said to be that', () => {
    expect(read('').kind).toBe('empty')
    expect(read('\n\n  \n').kind).toBe('empty')
    expect(read('date,open,high,low,close\n2026-03-02,1,2,0.5,1.5\n').kind).toBe('other')
    expect(read(Uint8Array.from([0x50, 0x4b, 3, 4, 9, 9])).kind).toBe('unreadable')
    expect(read(gzipSync(Buffer.alloc(100_000)).subarray(0, 60)).kind).toBe('unreadable')
    expect(read(Uint8Array.from({ length: 4000 }, (_, k) => (k * 37) % 31))).toMatchObject({ kind: 'unreadable' })
  })
})

describe('rows that cannot be believed', () => {
  test('each refused row has its line, column, reason and what stood there', () => {
    const {
      chain,
      problems,
      read: records,
      accepted,
      refused,
      flagged,
      byRule,
    } = chainOf(
      `underlying,quote_date,expiration,strike,right,bid,ask,volume
SPY,2026-03-02,2026-03-20,600,C,12.10,12.14,5
SPY,2026-03-02,2026-02-30,600,P,9.80,9.84,5
SPY,2026-03-02,,600,P,9.80,9.84,5
SPY,2026-03-02,2026-03-20,abc,P,9.80,9.84,5
SPY,2026-03-02,2026-03-20,-5,P,9.80,9.84,5
SPY,2026-03-02,2026-03-20,605,C,nine,9.06,5
SPY,2026-03-02,2026-03-20,600,C,12.11,12.15,5
SPY,someday,2026-03-20,610,C,1,2,5
SPY,2026-03-02,2026-03-20,615,C,1,2,many
SPY,2026-03-02,2026-03-20,620,C,1,2,-4
SPY,2026-03-02,2026-03-20
SPY,2026-03-02,2026-03-20,625,C,"1,2,5
`,
    )
    expect(problems.map(({ line, column, rule }) => [line, column, rule])).toEqual([
      [3, 'expiration', 'expiry-unreadable'],
      [4, 'expiration', 'expiry-missing'],
      [5, 'strike', 'strike-unreadable'],
      [6, 'strike', 'strike-not-positive'],
      [7, 'bid', 'quote-unreadable'],
      [8, 'strike', 'duplicate'],
      [9, 'quote_date', 'time-unreadable'],
      [10, 'volume', 'number-unreadable'],
      [11, 'volume', 'negative'],
      [12, null, 'too-few-fields'],
      [13, null, 'quote-unclosed'],
    ])
    expect(problems[4]!.text).toBe('nine')
    expect([...chain.strike]).toEqual([600, 615, 620])
    expect([records, accepted, refused, flagged]).toEqual([12, 3, 9, 2])
    expect(byRule.duplicate).toBe(1)
  })

  test('a symbol that contradicts its row, and contracts changed by a split, are refused', () => {
    const { chain, problems } = chainOf(
      `contract,type,expiry,strike,bid,ask
TSLA260320C00600000,C,2026-03-20,600,12.10,12.14
TSLA260320C00600000,P,2026-03-20,600,9.80,9.84
TSLA260320C00605000,C,2026-03-20,600,9.80,9.84
TSLA1260320C00610000,C,2026-03-20,610,9.80,9.84
`,
    )
    expect(chain.strike).toHaveLength(1)
    expect(problems.map(({ rule }) => rule)).toEqual(['contract-disagrees', 'contract-disagrees', 'contract-adjusted'])
  })

  test('zeros of the off hours, crossed and one-sided quotes come through as they are, for the analysis to judge', () => {
    const { chain, refused } = chainOf(
      PLAIN.replace('12.10,12.14', '0,0').replace('9.80,9.84', '9.84,9.80').replace('9.02,9.06', ',9.06'),
    )
    expect([...chain.bid]).toEqual([0, 9.84, Number.NaN])
    expect(refused).toBe(0)
  })

  test('of several moments the newest is taken, or the one asked for, and all are listed', () => {
    const header = 'quote_datetime,underlying,expiration,strike,right,bid,ask,underlying_price\n'
    const rows = ['10:00', '11:00', '10:30'].map(
      (clock, k) => `2026-03-02 ${clock},SPY,2026-03-20,600,C,${12 + k}.10,${12 + k}.14,59${k}.5\n`,
    )
    const newest = chainOf(header + rows.join(''))
    expect([newest.chain.bid[0], newest.chain.spotBid, newest.read, newest.accepted]).toEqual([13.1, 591.5, 3, 1])
    expect(newest.moments.map(({ rows: count }) => count)).toEqual([1, 1, 1])
    expect(newest.notes).toContain('several-moments')
    const first = chainOf(header + rows.join(''), { moment: newest.moments[0]!.value })
    expect([first.chain.bid[0], first.chain.asOf]).toEqual([12.1, newest.moments[0]!.value])
  })

  test('rows of another underlying are left out and named', () => {
    const { chain, underlyings } = chainOf(
      `underlying,quote_date,expiration,strike,right,bid,ask
SPY,2026-03-02,2026-03-20,600,C,12.10,12.14
SPY,2026-03-02,2026-03-20,605,C,9.10,9.14
QQQ,2026-03-02,2026-03-20,500,C,1.10,1.14
`,
    )
    expect(chain.strike).toHaveLength(2)
    expect(underlyings).toEqual([
      { value: 'SPY', rows: 2 },
      { value: 'QQQ', rows: 1 },
    ])
  })

  test('a hostile file neither throws nor makes a contract of nonsense', () => {
    const cells = ['=cmd|calc', '1e999', '__proto__', '-0', '9'.repeat(400), '"', 'NaN', '\u202e', '2026-03-20', '\0']
    const rows = Array.from({ length: 500 }, (_, k) => cells.map((_, j) => cells[(k * 7 + j * 3) % cells.length]).join(','))
    const roles = ['quoteDate', 'expiry', 'strike', 'side', 'bid', 'ask', 'volume'] as const
    const columns = roles.map(role => ({ name: role, role }))
    const found = chainOf(`quote_date,expiration,strike,right,bid,ask,volume\n${rows.join('\n')}`, { columns, delimiter: ',' })
    expect(found.accepted).toBe(0)
    expect(found.chain).toBeNull()
    expect(found.refused).toBeGreaterThan(0)
    expect(found.problems.length).toBeLessThanOrEqual(1000)
    expect(Math.max(...found.problems.map(({ text }) => text.length))).toBeLessThan(130)
  })

  test('a file of 200,000 rows is read in seconds', () => {
    const lines = ['quote_date,underlying,expiration,strike,right,bid,ask,volume,open_interest']
    for (let k = 0; k < 200_000; k += 1)
      lines.push(
        `2026-03-02,SPY,2026-${String(4 + (k % 8)).padStart(2, '0')}-17,${100 + (k >> 4) / 4},${k & 8 ? 'C' : 'P'},1.10,1.14,${k},5`,
      )
    // Of the processor, since other tests have the machine too: 4 s where it was measured.
    const started = process.cpuUsage()
    const { chain } = chainOf(lines.join('\n'))
    expect(chain.strike.length).toBeGreaterThan(100_000)
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(15)
  }, 120_000)
})
