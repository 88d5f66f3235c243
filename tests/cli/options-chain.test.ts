import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { analyseChain } from '../../src/core/options/analyse-chain.ts'
import { readChainFile } from '../../src/workers/jobs/chain-file.ts'
import { freshFolder, run } from './command.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const recorded = join(
  process.env.CONTANGO_RECORDED ?? resolve(import.meta.dirname, '../../../shared/data'),
  'options/derived/goog_chain_20151224_1100.csv.gz',
)
const hasChain = existsSync(recorded)
if (!hasChain)
  console.log(`no recorded chain at ${recorded}: the test that reads it is skipped; CONTANGO_RECORDED names the folder above`)

let files: string
beforeAll(async () => {
  files = freshFolder()
  await run('help')
})
afterAll(() => rmSync(files, { recursive: true, force: true }))

const at = (name: string) => join(files, name)
function write(name: string, lines: readonly string[]): string {
  writeFileSync(at(name), lines.join('\n'))
  return at(name)
}

const HEADER = 'quote_date,quote_time_et,underlying,underlying_bid,underlying_ask,expiration,strike,right,bid,ask'
/** Calls and puts at one volatility of 20 %, by Black and Scholes without rate or yield, to a cent; worked out once. */
const FAIR: readonly (readonly [number, number, number])[] = [
  [90, 10.5, 0.5],
  [95, 6.35, 1.35],
  [100, 3.26, 3.26],
  [105, 1.39, 6.39],
  [110, 0.49, 10.49],
  [115, 0.14, 15.14],
]

function chainLines(): string[] {
  return FAIR.flatMap(([strike, call, put]) =>
    (
      [
        ['C', call],
        ['P', put],
      ] as const
    ).map(
      ([right, price]) =>
        `2026-11-20,11:00,XYZ,99.99,100.01,2027-01-21,${strike},${right},${(price - 0.02).toFixed(2)},${(price + 0.02).toFixed(2)}`,
    ),
  )
}

describe('options chain', () => {
  test('prints forwards, volatilities, Greeks and smile of a file as JSON', async () => {
    const { code, out } = await run('options', 'chain', write('chain.csv', [HEADER, ...chainLines()]), '--json', '--rate', '0')
    expect(code).toBe(0)
    const answer = JSON.parse(out)
    expect(answer).toMatchObject({
      underlying: 'XYZ',
      asOf: '2026-11-20T16:00:00.000Z',
      contracts: 12,
      model: 'american',
      anomalies: [],
    })
    const [expiry] = answer.expiries
    expect(expiry.date).toBe('2027-01-21')
    expect(Math.abs(expiry.forward - 100)).toBeLessThan(0.02)
    expect(expiry.atmVol).toBeGreaterThan(0.19)
    expect(expiry.atmVol).toBeLessThan(0.21)
    const call = answer.rows.find((row: { strike: number; right: string }) => row.strike === 100 && row.right === 'call')
    expect(call).toMatchObject({ status: 'OK', bid: 3.24, ask: 3.28 })
    expect(call.delta).toBeGreaterThan(0.5)
    expect(call.delta).toBeLessThan(0.53)
    expect(call.price).toBeGreaterThan(3.2)
    expect(call.price).toBeLessThan(3.32)
  })

  test('says the same in words, and which rows are of no use', async () => {
    const lines = chainLines()
    const spoilt = [...lines.slice(0, 4), lines[4]!.replace(/,3\.24,3\.28$/, ',0,0'), ...lines.slice(5), 'nonsense']
    const { code, out } = await run('options', 'chain', write('words.csv', [HEADER, ...spoilt]))
    expect(code).toBe(0)
    expect(out).toContain('XYZ at 2026-11-20T16:00:00.000Z, underlying 99.99 / 100.01. 12 contracts, american.')
    expect(out).toContain('1 rows of the file could not be read.')
    expect(out).toContain('NO_QUOTE 1')
    expect(out).toMatch(/2027-01-21 +62\.\d+ +\d+/)
  })

  test.each([
    [['options', 'chain'], 'options chain needs a file'],
    [['options', 'chain', '/no/such/file.csv'], 'cannot be read (ENOENT)'],
    [['options', 'chain', 'FILE', '--rate', 'much'], "--rate is a percentage between -100 and 100, as 4.25; it was 'much'."],
  ])('%j is refused with a sentence', async (words, sentence) => {
    const file = write('again.csv', [HEADER, ...chainLines()])
    const { code, err } = await run(...words.map(word => (word === 'FILE' ? file : word)))
    expect(code).toBe(2)
    expect(err).toContain(sentence)
  })

  test('a file that is no chain is refused by what it lacks', async () => {
    const { code, err } = await run('options', 'chain', write('bars.csv', ['date,open,high,low,close', '2026-11-20,1,2,0.5,1.5']))
    expect(code).toBe(2)
    expect(err).toContain('is no chain of options')
  })

  test.skipIf(!hasChain)('a thread of the command analyses a recorded chain as this process does, digit for digit', async () => {
    const { code, out } = await run('options', 'chain', recorded, '--json')
    expect(code).toBe(0)
    const answer = JSON.parse(out)
    const found = readChainFile({ path: recorded, fixed: {} }, () => undefined)
    if (found.kind !== 'chain') throw new Error(found.kind)
    const here = analyseChain(found.reading.chain!, {
      usualRate: 0.04,
      staleSeconds: Number.POSITIVE_INFINITY,
      scheme: 'accurate',
    })
    expect(answer.rows).toHaveLength(2192)
    const orNull = (value: number) => (Number.isFinite(value) ? value : null)
    answer.rows.forEach((row: Record<string, unknown>, i: number) => {
      expect([row.vol, row.fitVol, row.delta, row.charm]).toEqual(
        [here.vol[i]!, here.fitVol[i]!, here.greeks.delta[i]!, here.second.charm[i]!].map(orNull),
      )
    })
    expect(answer.expiries.map(({ forward }: { forward: number }) => forward)).toEqual(
      here.expiries.map(({ forward }) => orNull(forward)),
    )
  })
})
