import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { SessionCommandWire } from '../../src/contract/color-sessions.ts'
import type { Client } from '../../src/contract/index.ts'
import { generateColors } from '../../src/core/color/generator.ts'
import { writeQuotes } from '../../src/core/color/write-colors.ts'
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

/** A file of invented quotes on its whole way in; gives the upload that waits, and its rows. */
async function comesIn(file: string, seed: number, rows = 200): Promise<readonly [id: string, rows: number]> {
  const plan = { seed, rows, until: '2026-11-20', days: 1 }
  const bytes = Buffer.from([...writeQuotes(generateColors(plan))].join(''))
  const { upload } = await desk.imports.begin({ file, bytes: bytes.length })
  await desk.imports.piece({ upload, offset: 0, base64: bytes.toString('base64') })
  const { job } = await desk.color.intake.submit({ upload, name: file })
  const report = await desk.color.intake.report({ job })
  expect(report.upload.status).toBe('pending')
  return [report.upload.id, report.upload.counts.accepted]
}
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (fault: { code: string }) => fault.code,
  )
const fileOf = async (session: string, format: 'xlsx' | 'csv' | 'parquet') => {
  const pieces: Buffer[] = []
  for await (const { base64 } of await desk.color.sessions.export({ session, format })) pieces.push(Buffer.from(base64, 'base64'))
  return Buffer.concat(pieces)
}

describe('over the contract, with everything real', () => {
  test('a file comes in, is cleaned by hand, goes out once, and the log takes the rule back', async () => {
    const [[one, ones], [two, twos]] = [await comesIn('one.csv', 1), await comesIn('two.csv', 2)]
    const when = { kind: 'test', field: 'BIAS', operator: 'is', value: 'OFFER' } as const
    const rule = { id: 'offers', name: 'No offers', priority: 1, active: true, when, cases: [], revision: 0 }
    await desk.color.rules.save({ rules: [rule] })
    const { session } = await desk.color.sessions.open({ name: 'Monday', uploads: null })
    expect(session).toMatchObject({
      status: 'preview',
      statistics: { total: ones + twos },
      imports: [{ uploads: [one] }, { uploads: [two] }],
    })
    const other = (await desk.color.sessions.open({ name: 'second', uploads: [one] })).session

    const run = (command: SessionCommandWire) => desk.color.sessions.run({ session: session.id, revision: null, command })
    const ruled = await run({ kind: 'apply-rules', rules: null })
    const { rows } = await desk.color.sessions.rows({ session: session.id, view: 'parents', limit: 1 })
    await run({ kind: 'edit', rowId: rows[0]!.rowId, field: 'SOURCE', text: 'TYPED' })
    const why = await desk.color.rules.why({ row: { session: session.id, rowId: rows[0]!.rowId } })
    expect(why).toMatchObject({ cells: { SOURCE: 'TYPED' }, excludedBy: null })
    const [csv, xlsx, parquet] = [
      await fileOf(session.id, 'csv'),
      await fileOf(session.id, 'xlsx'),
      await fileOf(session.id, 'parquet'),
    ]
    expect(csv.toString('utf8').split('\r\n')).toHaveLength(ruled.session.statistics.working + 2)
    expect([xlsx.subarray(0, 2).toString(), parquet.subarray(0, 4).toString()]).toEqual(['PK', 'PAR1'])

    const published = await desk.color.sessions.publish({ session: session.id, revision: 3 })
    expect(await desk.color.sessions.publish({ session: session.id, revision: 3 })).toMatchObject({ run: published.run })
    const out = await desk.color.runs.get({ run: published.run })
    expect(JSON.stringify(out)).toContain('"kind":"manual"')
    expect(await codeOf(desk.color.sessions.publish({ session: other.id, revision: 1 }))).toBe('UPLOADS_TAKEN')
    expect((await desk.color.sessions.list({})).sessions).toMatchObject([
      { id: other.id, taken: [{ upload: one, name: 'one.csv' }] },
    ])

    const { entries } = await desk.color.log.list({ limit: 20 })
    expect(entries.map(({ module, action, name }) => `${module} ${action} ${name}`)).toEqual(
      expect.arrayContaining([
        `runs done #${published.number}`,
        'sessions done Monday',
        'uploads created one.csv',
        'rules created No offers',
      ]),
    )
    const { entry } = entries.find(({ module }) => module === 'rules')!
    await desk.color.log.revert({ entry })
    expect((await desk.color.rules.list()).rules).toEqual([])
  })

  test('after a restart what is open is open, and what was published stands', async () => {
    const before = await desk.color.sessions.list({ ended: true })
    await end()
    await start()
    expect(await desk.color.sessions.list({ ended: true })).toEqual(before)
    const saved = before.sessions.find(({ status }) => status === 'saved')!
    const edited = await desk.color.sessions.rows({ session: saved.id, view: 'edited' })
    expect(edited.rows).toMatchObject([{ cells: { SOURCE: 'TYPED' } }])
    expect((await desk.color.sessions.history({ session: saved.id })).entries.map(({ kind }) => kind)).toEqual([
      ...['published', 'edit', 'apply-rules', 'import', 'opened'],
    ])
  })
})

/** A host of its own publishes, and is killed so long after it began, or after it has answered; gives what it answered. */
function killedWhilePublishing(session: string, revision: number, afterMs: number | null): Promise<string | null> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'publish-victim.ts'), folder, session, `${revision}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (said === '' && afterMs !== null) setTimeout(() => child.kill('SIGKILL'), afterMs)
    said += text
    if (said.split('\n').length > 2) child.kill('SIGKILL')
  })
  return new Promise(done => child.on('close', () => done(said.trim().split('\n')[1] ?? null)))
}

test('the list over REST takes false for no', async () => {
  const ask = async (ended: string) => {
    const answer = await fetch(`${trial.base}/api/color/sessions?ended=${ended}`, {
      headers: { authorization: `Bearer ${trial.host.token}` },
    })
    return ((await answer.json()) as { sessions: { status: string }[] }).sessions.map(({ status }) => status)
  }
  expect(await ask('false')).toEqual(['preview'])
  expect(await ask('true')).toEqual(['preview', 'saved'])
})

describe('kill -9 of a host that publishes', () => {
  test('publishes once or not at all, and asked again the answer is that run', async () => {
    let standing = 0
    for (const [seed, afterMs] of [15, 80, null].entries()) {
      const [upload, rows] = await comesIn(`killed-${seed}.csv`, 20 + seed, 2000)
      const { session } = await desk.color.sessions.open({ name: '', uploads: [upload] })
      await end()
      const answered = await killedWhilePublishing(session.id, session.revision, afterMs)
      await start()
      const ofSession = async () =>
        (await desk.color.runs.list({ limit: 100 })).runs.flatMap(({ run }) => (run?.session === session.id ? [run] : []))
      const found = await ofSession()
      if (answered !== null) expect(found.map(({ id }) => id)).toEqual([answered])
      expect(found.length).toBeLessThanOrEqual(1)
      const listed = (await desk.color.sessions.list({ ended: true })).sessions.find(({ id }) => id === session.id)!
      expect(listed).toMatchObject(found[0] ? { status: 'saved', run: found[0].id } : { status: 'preview', run: null, taken: [] })
      standing += found.length
      const again = await desk.color.sessions.publish({ session: session.id, revision: session.revision })
      expect((await ofSession()).map(({ id, rows: count }) => [id, count])).toEqual([[again.run, rows]])
      const state = await desk.color.intake.state({})
      expect(state.uploads.find(({ id }) => id === upload)).toMatchObject({ status: 'published', run: again.run })
    }
    // The one that answered stands.
    expect(standing).toBeGreaterThanOrEqual(1)
  })
})
