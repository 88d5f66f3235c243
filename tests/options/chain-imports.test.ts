import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Client } from '../../src/contract/index.ts'
import { freshFolder, overPort, startHost, type Trial } from '../transport/lanes.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let trial: Trial
let desk: Client
let leave: () => void | Promise<void>
const folder = freshFolder()
beforeAll(async () => {
  trial = await startHost({ folder })
  ;({ desk, leave } = overPort(trial))
})
afterAll(async () => {
  await leave?.()
  await trial?.end()
  rmSync(folder, { recursive: true, force: true })
})

const header = 'quote_date,quote_time_et,underlying,underlying_bid,underlying_ask,expiration,strike,right,bid,ask,open_interest\n'
/** Black prices are not needed: what counts is that rows come through. */
const row = (strike: number, side: 'C' | 'P', bid: number) =>
  `2026-03-11,12:00,SPY,600.01,600.03,2026-04-17,${strike},${side},${bid.toFixed(2)},${(bid + 0.06).toFixed(2)},${strike}\n`
const STRIKES = Array.from({ length: 31 }, (_, k) => 570 + 2 * k)
const value = (strike: number, sign: 1 | -1) => Math.max(0, sign * (600 - strike)) + 12 * Math.exp(-(((strike - 600) / 26) ** 2))
const chainText = header + STRIKES.map(k => row(k, 'C', value(k, 1)) + row(k, 'P', value(k, -1))).join('')

async function send(file: string, text: string): Promise<string> {
  const bytes = Buffer.from(text)
  const { upload } = await desk.imports.begin({ file, bytes: bytes.length })
  await desk.imports.piece({ upload, offset: 0, base64: bytes.toString('base64') })
  return upload
}

async function previewOf(file: string, text: string) {
  const upload = await send(file, text)
  const { chain } = await desk.options.files.preview({ upload })
  if (!chain) throw new Error(`${file} was not taken for a chain`)
  return chain
}

async function imported(file: string, text: string, over: { name?: string; replace?: boolean } = {}) {
  const { upload, mapping, suggestedName } = await previewOf(file, text)
  const { job } = await desk.options.files.start({ upload, mapping, name: suggestedName, replace: false, ...over })
  return await desk.options.files.report({ job })
}

const listed = async () => {
  for await (const { underlyings } of await desk.options.underlyings()) return underlyings.map(({ key }) => key)
  return []
}

describe('a file of option quotes', () => {
  test('is recognised, shown with its mapping and counts, and nothing is stored yet', async () => {
    const { mapping, rows, confidence, suggestedName, read, accepted, expiries, spot, notes, sameAs } = await previewOf(
      'spy-chain.csv',
      `${chainText}2026-03-11,12:00,SPY,600.01,600.03,soon,600,C,1,2,3\n`,
    )
    expect(mapping.columns.map(({ role }) => role).slice(0, 8)).toEqual([
      'quoteDate',
      'quoteClock',
      'underlying',
      'spotBid',
      'spotAsk',
      'expiry',
      'strike',
      'side',
    ])
    expect(confidence).toHaveLength(11)
    expect(rows[0]![6]).toBe('570')
    expect([suggestedName, read, accepted, expiries, notes, sameAs]).toEqual(['spy-chain', 63, 62, 1, [], null])
    expect(spot).toEqual({ bid: 600.01, ask: 600.03 })
    expect(await listed()).not.toContain('file:spy-chain')
    expect(
      existsSync(join(folder, 'raw')) ? readdirSync(join(folder, 'raw')).filter(name => name.startsWith('chain-')) : [],
    ).toEqual([])
  })

  test('a series is no chain, and an empty file or one that is not text is said to be that', async () => {
    const upload = await send('wti.csv', 'date,open,high,low,close\n2026-03-11,1,2,0.5,1.5\n')
    expect(await desk.options.files.preview({ upload })).toEqual({ chain: null })
    const meant = await desk.options.files.preview({ upload, isMeant: true })
    expect(meant.chain!.trouble).toBe('no-contract')
    await expect(desk.options.files.preview({ upload: 'none' })).rejects.toMatchObject({ code: 'UPLOAD_UNKNOWN' })
    const blank = await send('blank.csv', '\n\n')
    await expect(desk.options.files.preview({ upload: blank })).rejects.toMatchObject({ code: 'FILE_EMPTY' })
    const picture = await send('picture.csv', '%PDF-1.7\n')
    await expect(desk.options.files.preview({ upload: picture })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  })

  test('a column that was guessed wrong is corrected, and one that cannot be missing is asked for', async () => {
    const { upload, mapping } = await previewOf('odd.csv', chainText.replace(',bid,ask,', ',ask,bid,'))
    const swapped = mapping.columns.map(column => ({
      ...column,
      role: column.role === 'bid' ? ('ask' as const) : column.role === 'ask' ? ('bid' as const) : column.role,
    }))
    const { chain } = await desk.options.files.preview({ upload, mapping: { ...mapping, columns: swapped } })
    expect(chain!.mapping.columns[8]).toEqual({ name: 'ask', role: 'bid' })
    const without = mapping.columns.map(column => (column.role === 'strike' ? { ...column, role: 'skip' as const } : column))
    const lacking = await desk.options.files.preview({ upload, mapping: { ...mapping, columns: without } })
    expect(lacking.chain!.trouble).toBe('no-contract')
    const started = desk.options.files.start({ upload, mapping: { ...mapping, columns: without }, name: 'odd' })
    await expect(started).rejects.toMatchObject({ code: 'MAPPING_INVALID' })
  })

  test('becomes an underlying that is analysed, is archived by its hash, and is known again', async () => {
    const report = await imported('spy march.csv', chainText, { name: 'spy march' })
    const sha256 = createHash('sha256').update(chainText).digest('hex')
    expect(report).toMatchObject({ underlying: 'file:spy march', accepted: 62, refused: 0, sha256 })
    expect(readFileSync(join(folder, 'raw', `chain-${sha256}.csv`), 'utf8')).toBe(chainText)
    for await (const frame of await desk.options.chain({ underlying: 'file:spy march' })) {
      expect(frame).toMatchObject({ symbol: 'SPY', lines: null, provenance: { source: 'spy march.csv', state: 'cached' } })
      expect(frame.spot.bid).toBe(600.01)
      expect(frame.expiries[0]!.forwardSource).toBe('parity')
      break
    }
    expect((await previewOf('again.csv', chainText)).sameAs).toBe('file:spy march')
  })

  test('a name that is taken is refused, and replaced on purpose', async () => {
    await imported('twice.csv', chainText, { name: 'twice' })
    await expect(imported('twice.csv', chainText, { name: 'twice' })).rejects.toMatchObject({ code: 'SERIES_EXISTS' })
    const fewer = await imported('twice.csv', header + row(600, 'C', 12) + row(600, 'P', 12), { name: 'twice', replace: true })
    expect(fewer.accepted).toBe(2)
  })

  test('is removed and brought back', async () => {
    await imported('gone.csv', chainText, { name: 'gone' })
    await desk.options.files.remove({ underlying: 'file:gone' })
    expect(await listed()).not.toContain('file:gone')
    await expect(desk.options.files.remove({ underlying: 'file:gone' })).rejects.toMatchObject({ code: 'UNDERLYING_UNKNOWN' })
    const { underlying } = await desk.options.files.restore({ underlying: 'file:gone' })
    expect(underlying).toMatchObject({ key: 'file:gone', contracts: 62 })
    expect(await listed()).toContain('file:gone')
    await expect(desk.options.files.restore({ underlying: 'file:gone' })).rejects.toMatchObject({ code: 'UNDERLYING_UNKNOWN' })
  })

  test('a file of which no row can be read is refused and leaves nothing', async () => {
    const { upload, mapping } = await previewOf('bad.csv', header + row(600, 'C', 12).replace('2026-04-17', 'soon').repeat(3))
    const before = readdirSync(join(folder, 'raw'))
    const { job } = await desk.options.files.start({ upload, mapping, name: 'bad', replace: false })
    await expect(desk.options.files.report({ job })).rejects.toMatchObject({ code: 'MAPPING_INVALID' })
    expect(readdirSync(join(folder, 'raw'))).toEqual(before)
    expect(await listed()).not.toContain('file:bad')
  })
})

test('after a restart the chain is there, its file too, and what was removed can still be brought back', async () => {
  const own = freshFolder()
  const first = await startHost({ folder: own })
  const one = overPort(first)
  const shared = desk
  desk = one.desk
  const { sha256 } = await imported('kept.csv', chainText, { name: 'kept' })
  await imported('left.csv', `${chainText}\n`, { name: 'left' })
  await desk.options.files.remove({ underlying: 'file:left' })
  await first.host.close()
  const second = await startHost({ folder: own })
  desk = overPort(second).desk
  expect(await listed()).toContain('file:kept')
  expect(readdirSync(join(own, 'raw')).filter(name => name.startsWith('chain-'))).toHaveLength(2)
  expect(existsSync(join(own, 'raw', `chain-${sha256}.csv`))).toBe(true)
  const { underlying } = await desk.options.files.restore({ underlying: 'file:left' })
  expect(underlying.contracts).toBe(62)
  for await (const frame of await desk.options.chain({ underlying: 'file:left' })) {
    expect(frame.symbol).toBe('SPY')
    break
  }
  await second.end()
  desk = shared
  rmSync(own, { recursive: true, force: true })
})
