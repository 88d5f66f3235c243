import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Client } from '../../src/contract/index.ts'
import { openColorFile } from '../../src/core/color/color-file.ts'
import { byteTools } from '../../src/workers/byte-tools.ts'
import { freshFolder, overPort, startHost, type Trial } from '../transport/lanes.ts'

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

let trial: Trial
let desk: Client
let leave: () => void | Promise<void>
const folder = freshFolder()
const start = async () => {
  trial = await startHost({ folder })
  ;({ desk, leave } = overPort(trial))
}
const end = async () => {
  await leave?.()
  await trial?.host.close()
}
beforeAll(start)
afterAll(async () => {
  await end()
  rmSync(folder, { recursive: true, force: true })
})

const [FAR, NEAR] = ['Significant Difference', 'Small Difference']
const NAMES = [
  'MESSAGE_ID',
  'TICKER',
  'SECTOR',
  'CUSIP',
  'DATE',
  'PRICE_LEVEL',
  'BID',
  'ASK',
  'PX',
  'SOURCE',
  'BIAS',
  'RANK',
  'COV_PRICE',
]
const when = { kind: 'test', field: 'DIFF_STATUS', operator: 'starts-with', value: 'significant' } as const
const rule = { id: 'far', name: 'Far away', priority: 1, active: true, when, cases: [], revision: 0 }

let messages = 10_000_000
/** Two mezzanine tranches come in: one 3 % away from its evaluated price, one 6 %. Gives the upload. */
async function comesIn(): Promise<string> {
  const quote = (cusip: string, bid: string) =>
    [
      String(++messages),
      'SHELF 2021-1 B',
      'CLO 2.0 mezz',
      cusip,
      '2026-11-20',
      bid,
      bid,
      '',
      bid,
      'DEALER A',
      'BID',
      '3',
      '100',
    ].join()
  const bytes = Buffer.from([NAMES.join(), quote('037833100', '97'), quote('594918104', '94')].join('\n'))
  const { upload } = await desk.imports.begin({ file: 'two.csv', bytes: bytes.length })
  await desk.imports.piece({ upload, offset: 0, base64: bytes.toString('base64') })
  const { job } = await desk.color.intake.submit({ upload, name: 'two.csv' })
  const report = await desk.color.intake.report({ job })
  expect(report, JSON.stringify(report)).toMatchObject({ upload: { counts: { accepted: 2 } } })
  return report.upload.id
}
async function tolerate(tolerancePercent: string): Promise<void> {
  const { revision, sectors } = (await desk.color.setup.show()).limits
  const changed = sectors.map(one => (one.word === 'mezz' ? { ...one, tolerancePercent } : one))
  await desk.color.setup.saveLimits({ revision, sectors: changed })
}
const statuses = (rows: readonly { readonly cells: Readonly<Record<string, string | null>> }[]) =>
  Object.fromEntries(rows.map(({ cells }) => [cells.PX, cells.DIFF_STATUS]))
const ofSession = async (session: string) => statuses((await desk.color.sessions.rows({ session, view: 'working' })).rows)
const ofRun = async (run: string) => statuses((await desk.color.runs.rows({ run, opened: 'all' })).rows)
async function bytesOf(pieces: AsyncIterable<{ readonly base64: string }>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const { base64 } of pieces) all.push(Buffer.from(base64, 'base64'))
  return Buffer.concat(all)
}
/** What a file says of each price; both are read as files of quotes are. */
function inFile(bytes: Buffer): Record<string, string> {
  const { source } = openColorFile(bytes, {}, byteTools)
  const [head, ...lines] = source
    .heads()
    .flatMap(({ names, delimiter }) => (delimiter === '' || delimiter === ',' ? [names] : []))
  const at = (name: string) => head!.indexOf(name)
  return Object.fromEntries(lines.map(cells => [cells[at('PX')]!, cells[at('DIFF_STATUS')]!]))
}
const filesOf = async (run: string) => ({
  csv: await bytesOf(await desk.color.runs.export({ run, format: 'csv' })),
  xlsx: await bytesOf(await desk.color.runs.export({ run, format: 'xlsx' })),
})
async function runNow(): Promise<{ run: string; excluded: number }> {
  const { run } = await desk.color.runs.start({ job: null })
  // The log is there once the run has ended, and its rows are in the store by then.
  const ended = async () => {
    const found = await desk.color.runs.get({ run })
    expect(found.log).not.toEqual([])
    return found.run.run!.excluded
  }
  return { run, excluded: await vi.waitFor(ended, { timeout: 30_000 }) }
}

describe('the tolerance of a sector', () => {
  const bothFar = { 97: FAR, 94: FAR }
  const oneFar = { 97: NEAR, 94: FAR }
  let old: string
  let oldFiles: Awaited<ReturnType<typeof filesOf>>

  test('holds for what is published from then on, and an earlier run keeps its own, in every file of it', async () => {
    await comesIn()
    old = (await runNow()).run
    oldFiles = await filesOf(old)
    expect([await ofRun(old), inFile(oldFiles.csv), inFile(oldFiles.xlsx)]).toEqual([bothFar, bothFar, bothFar])

    await tolerate('4')
    await comesIn()
    const { session } = await desk.color.sessions.open({ name: '', uploads: null })
    expect(await ofSession(session.id)).toEqual(oneFar)
    await tolerate('2')
    expect(await ofSession(session.id)).toEqual(bothFar)
    await tolerate('4')
    expect(inFile(await bytesOf(await desk.color.sessions.export({ session: session.id, format: 'csv' })))).toEqual(oneFar)
    const { run } = await desk.color.sessions.publish({ session: session.id, revision: session.revision })
    const files = await filesOf(run)
    expect([await ofRun(run), inFile(files.csv), inFile(files.xlsx)]).toEqual([oneFar, oneFar, oneFar])
    expect(await ofRun(old)).toEqual(bothFar)
    expect(await filesOf(old)).toEqual(oldFiles)
  })

  test('is what rules are judged by: in a run, in a session, in their cases, and why', async () => {
    const near = { id: 'c', name: 'near', cells: { SECTOR: 'CLO 2.0 mezz', PX: '97', COV_PRICE: '100' }, excluded: false }
    const strict = { ...rule, cases: [near] }
    await tolerate('2')
    await expect(desk.color.rules.save({ rules: [strict] })).rejects.toMatchObject({ code: 'RULE_CASES_FAILED' })
    await tolerate('4')
    await desk.color.rules.save({ rules: [strict] })
    const why = async (row: Parameters<typeof desk.color.rules.why>[0]['row']) => {
      const { cells, excludedBy } = await desk.color.rules.why({ row })
      return [cells.DIFF_STATUS, excludedBy]
    }
    expect(await why({ cells: near.cells })).toEqual([NEAR, null])
    const { rows } = await desk.color.runs.rows({ run: old, opened: 'all' })
    const { rowId } = rows.find(({ cells }) => cells.PX === '97')!
    expect(await why({ run: old, rowId })).toEqual([FAR, 'far'])

    await comesIn()
    const ruled = await runNow()
    expect([ruled.excluded, await ofRun(ruled.run)]).toEqual([1, { 97: NEAR }])
    // Two runs stored one near row each; under today's limits the first of all would have one too.
    const dry = await desk.color.rules.dryRun({ rules: [{ ...rule, when: { ...when, value: 'small' } }], days: 30 })
    expect(dry.byRule).toMatchObject([{ rule: 'far', hits: 2 }])
  })

  test('of the moment in which rules were applied stays with a session, also after a restart', async () => {
    await comesIn()
    const { session } = await desk.color.sessions.open({ name: '', uploads: null })
    await desk.color.sessions.run({ session: session.id, revision: null, command: { kind: 'apply-rules', rules: null } })
    await tolerate('2')
    await end()
    await start()
    const { rows } = await desk.color.sessions.rows({ session: session.id, view: 'excluded' })
    expect([statuses(rows), await ofSession(session.id)]).toEqual([{ 94: FAR }, { 97: FAR }])
    expect(await filesOf(old)).toEqual(oldFiles)
  })
})
