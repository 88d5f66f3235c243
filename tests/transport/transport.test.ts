import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createORPCClient } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Client } from '../../src/contract/index.ts'
import { DOMAIN_RIGHTS, type Policy } from '../../src/contract/procedure.ts'
import { startShell } from '../../src/main/shell/shell.ts'
import { proceduresOf } from '../house/procedures.ts'
import { electronDouble } from '../shell/electron-double.ts'
import { installation, type Lane, overPort, overRest, overSocket, startHost, type Trial } from './lanes.ts'

/** A failure as a caller sees it, whatever lane it came over. */
async function failureOf(
  call: Promise<unknown>,
): Promise<{ code: unknown; message: unknown; data: unknown; defined: unknown; status: unknown }> {
  const fault = await call.then(
    () => null,
    (thrown: unknown) => thrown as Record<string, unknown>,
  )
  if (!fault) throw new Error('the call did not fail')
  const { code, message, data, defined, status } = fault
  return { code, message, data, defined, status }
}

let trial: Trial
beforeAll(async () => {
  trial = await startHost()
}, 60_000)
afterAll(() => trial?.end())

/** Electron's shell has a host of its own: the same code, started as the desktop starts it. */
async function overShell(): Promise<Lane> {
  const folder = mkdtempSync(join(tmpdir(), 'contango-shell-'))
  const double = electronDouble()
  await startShell(double.electron, installation, ['--data', folder, '--demo', '--rest'])
  const port = double.connect()
  return {
    desk: createORPCClient(new PortLink({ port: port as never })),
    async leave() {
      port.close()
      double.app.emit('window-all-closed')
      await vi.waitFor(() => expect(double.kept.exits).toEqual([0]), { timeout: 5000 })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The last word says whether the host behind the lane can be looked into from here; the shell keeps its own to itself. */
const lanes: readonly (readonly [string, () => Promise<Lane> | Lane, boolean])[] = [
  ['a message port', () => overPort(trial), true],
  ['the Electron shell', overShell, false],
  ['a WebSocket', () => overSocket(trial), true],
  ['REST', () => overRest(trial), true],
]

describe.each(lanes)('over %s', (name, open, isOpenToView) => {
  const testInside = isOpenToView ? test : () => {}
  let lane: Lane
  let desk: Client
  beforeAll(async () => {
    lane = await open()
    desk = lane.desk
  }, 60_000)
  afterAll(() => lane?.leave())

  test('the host says what it is and how the caller came in', async () => {
    const hello = await desk.system.hello()
    expect(hello).toMatchObject({ product: 'Contango', user: 'local', demo: true })
    expect(hello.shell).toBe(
      { 'a message port': 'electron', 'the Electron shell': 'electron' }[name] ?? (name === 'REST' ? 'cli' : hello.shell),
    )
    expect(hello.mayWrite).toEqual([...DOMAIN_RIGHTS])
    expect(Number.isSafeInteger(hello.startedAt)).toBe(true)
  })

  test('a query answers with the types of its columns, and a missing number is null', async () => {
    const { columns, rows, truncated } = await desk.lab.run({
      query: 'types',
      sql: "select 42 as n, 1.5::double as d, 'x' as t, null::double as gap, true as b, timestamp '2026-01-02 03:04:05.123456' as at",
      limit: 10,
    })
    expect(columns.map(column => column.name)).toEqual(['n', 'd', 't', 'gap', 'b', 'at'])
    expect(rows).toHaveLength(1)
    expect(rows[0]!.slice(0, 5)).toEqual([42, 1.5, 'x', null, true])
    expect(truncated).toBe(false)
  })

  test('bars are plain lists of finite numbers, with null where a volume is missing', async () => {
    const bars = await desk.market.bars({ instrument: 'SPY.DEMO', timeframe: '1m', limit: 300 })
    expect(bars.time).toHaveLength(300)
    for (const column of [bars.time, bars.open, bars.high, bars.low, bars.close]) {
      expect(Array.isArray(column)).toBe(true)
      expect(column.every(Number.isFinite)).toBe(true)
    }
    expect(bars.volume.every(value => value === null || Number.isFinite(value))).toBe(true)
    expect(bars.provenance.state).toBe('demo')
  })

  test.each([
    [
      'an unknown instrument',
      (d: Client) => d.market.bars({ instrument: 'NOPE.DEMO', timeframe: '1d' }),
      404,
      'INSTRUMENT_UNKNOWN',
      { instrument: 'NOPE.DEMO' },
    ],
    ['an unknown job', (d: Client) => d.system.cancelJob({ job: 'none' }), 404, 'JOB_UNKNOWN', { job: 'none' }],
    [
      'a statement that writes',
      (d: Client) => d.lab.run({ query: 'w', sql: 'drop table bars' }),
      403,
      'QUERY_NOT_READ_ONLY',
      { statement: 'DROP' },
    ],
    [
      'a setting that there is not',
      (d: Client) => d.workspace.set({ key: 'nothing', value: 1 }),
      422,
      'SETTING_INVALID',
      expect.objectContaining({ key: 'nothing' }),
    ],
  ] as const)('%s is refused with the same code, data and sentence', async (_, call, status, code, data) => {
    const failure = await failureOf(call(desk))
    expect(failure).toMatchObject({ status, code, data, defined: true })
    expect(failure.message).toMatch(/\.$/)
    expect(failure.message).not.toMatch(/[{}]/)
  })

  test.each([
    ['a limit that is no number', (d: Client) => d.market.search({ text: 'a', limit: 'many' as never }), 'limit'],
    ['an empty statement', (d: Client) => d.lab.run({ query: 'q', sql: '' }), 'sql'],
    [
      'a timeframe that there is not',
      (d: Client) => d.market.bars({ instrument: 'SPY.DEMO', timeframe: '7m' as never }),
      'timeframe',
    ],
    ['a number below its range', (d: Client) => d.lab.run({ query: 'q', sql: 'select 1', limit: -1 }), 'limit'],
    ['NaN', (d: Client) => d.lab.run({ query: 'q', sql: 'select 1', limit: Number.NaN }), 'limit'],
    ['infinity', (d: Client) => d.lab.run({ query: 'q', sql: 'select 1', limit: Number.POSITIVE_INFINITY }), 'limit'],
  ] as const)('%s is refused before any work, and the field is named', async (_, call, field) => {
    expect(await failureOf(call(desk))).toMatchObject({ status: 400, code: 'BAD_REQUEST', defined: true, data: { field } })
  })

  testInside('what nobody foresaw becomes a reference, and its stack goes to the log under it', async () => {
    const broken = vi.spyOn(trial.host.services.lab, 'history').mockImplementation(() => {
      throw new TypeError('a pipe of the plumbing burst')
    })
    const failure = await failureOf(desk.lab.history())
    broken.mockRestore()
    expect(failure).toMatchObject({ status: 500, code: 'INTERNAL', data: { reference: expect.stringMatching(/^[0-9a-f]{8}$/) } })
    expect(failure.message).not.toContain('plumbing')
    const { reference } = failure.data as { reference: string }
    const stop = new AbortController()
    for await (const { entries } of await desk.system.log({ backfill: 50 }, { signal: stop.signal })) {
      const entry = entries.find(one => one.event === 'procedure.failed' && one.fields.reference === reference)
      expect(JSON.stringify(entry)).toContain('a pipe of the plumbing burst')
      break
    }
    stop.abort()
  })

  test('a change is journaled with who and what, and a refused one is not', async () => {
    const before = (await desk.system.journal({ limit: 1 })).head
    await desk.workspace.set({ key: 'density', value: 'comfortable' })
    const { entries } = await desk.system.journal({ limit: 10 })
    expect(entries.filter(entry => entry.seq > before && entry.kind === 'audit')).toMatchObject([
      { subject: 'workspace.set', user: 'local' },
    ])
    const after = (await desk.system.journal({ limit: 1 })).head
    await failureOf(desk.workspace.set({ key: 'density', value: 'enormous' }))
    await failureOf(desk.workspace.set({ key: 7 as never, value: 'x' }))
    expect((await desk.system.journal({ limit: 1 })).head).toBe(after)
  })

  test('a stream arrives in order, and leaving it ends its generator', async () => {
    const stop = new AbortController()
    const seqs: number[] = []
    for await (const frame of await desk.market.quotes({ instruments: ['SPY.DEMO', 'CLZ26.DEMO'] }, { signal: stop.signal })) {
      if (seqs.length === 0) expect(frame.kind).toBe('snapshot')
      seqs.push(frame.seq)
      await desk.market.acknowledge({ stream: frame.stream, seq: frame.seq })
      if (seqs.length === 5) break
    }
    stop.abort()
    expect(seqs).toEqual(seqs.map((_, k) => seqs[0]! + k))
    if (isOpenToView) await vi.waitFor(() => expect(trial.host.services.market.streams().open).toBe(0), { timeout: 5000 })
  })

  test('all problems of an import come as a file whose hash fits', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'contango-problems-'))
    const path = join(folder, 'prices.csv')
    const rows = Array.from(
      { length: 1500 },
      (_, k) => `${new Date(k * 86_400_000).toISOString().slice(0, 10)},${k < 1200 ? '' : k}`,
    )
    writeFileSync(path, `Date,Price\n${rows.join('\n')}\n`)
    const { upload, mapping } = await desk.imports.open({ path })
    const { job } = await desk.imports.start({ upload, series: 'prices', mapping, dryRun: true })
    const report = await desk.imports.report({ job })
    expect([report.refused, report.problems.length]).toEqual([1200, 1000])
    const hash = createHash('sha256')
    let text = ''
    let sha256: string | null = null
    for await (const piece of await desk.imports.problems({ job })) {
      const bytes = Buffer.from(piece.base64, 'base64')
      hash.update(bytes)
      text += bytes.toString()
      expect(piece.rows).toBe(1200)
      if (piece.done) sha256 = piece.sha256
    }
    expect(sha256).toBe(hash.digest('hex'))
    expect(text.trimEnd().split('\r\n')).toHaveLength(1201)
    const unknown = (async () => {
      for await (const _ of await desk.imports.problems({ job: 'none' }));
    })()
    expect(await failureOf(unknown)).toMatchObject({ code: 'JOB_UNKNOWN', defined: true, data: { job: 'none' } })
    rmSync(folder, { recursive: true })
  }, 30_000)

  testInside('a stream that is aborted while it waits ends too', async () => {
    const stop = new AbortController()
    const stream = await desk.market.trades({ instrument: 'SPY.DEMO', backfill: 0 }, { signal: stop.signal })
    const reading = (async () => {
      for await (const _ of stream);
    })().catch(() => {})
    await vi.waitFor(() => expect(trial.host.services.market.streams().open).toBe(1), { timeout: 5000 })
    stop.abort()
    await vi.waitFor(() => expect(trial.host.services.market.streams().open).toBe(0), { timeout: 5000 })
    await reading
  })

  test('a stream on an unknown instrument fails with its code and not with a silent end', async () => {
    const open = (async () => {
      for await (const _ of await desk.market.quotes({ instruments: ['NOPE.DEMO'] })) break
    })()
    expect(await failureOf(open)).toMatchObject({ code: 'INSTRUMENT_UNKNOWN', data: { instrument: 'NOPE.DEMO' } })
  })

  test('a reader that never acknowledges is held at the window, and what it reads then is new', async () => {
    const stop = new AbortController()
    // Many instruments, so that something is new for every frame.
    const instruments = (await desk.market.search({ text: '', limit: 80 })).instruments.map(one => one.id)
    const frames: { seq: number; sent: number; stream: string }[] = []
    const reader = (async () => {
      for await (const frame of await desk.market.quotes({ instruments }, { signal: stop.signal })) frames.push(frame)
    })().catch(() => {})
    const held = 8
    await vi.waitFor(() => expect(frames).toHaveLength(held), { timeout: 10_000 })
    await new Promise(done => setTimeout(done, 700))
    expect(frames).toHaveLength(held)
    const asked = Date.now() * 1000
    await desk.market.acknowledge({ stream: frames.at(-1)!.stream, seq: frames.at(-1)!.seq })
    await vi.waitFor(() => expect(frames.length).toBeGreaterThan(held), { timeout: 3000 })
    expect(frames[held]!.sent).toBeGreaterThan(asked - 100_000)
    stop.abort()
    await reader
  }, 60_000)
})

describe('over every lane the same', () => {
  const asks: Readonly<Record<string, (desk: Client) => Promise<unknown>>> = {
    'the settings': desk => desk.workspace.settings(),
    'the workspaces': desk => desk.workspace.list(),
    'the watchlists': desk => desk.workspace.watchlists(),
    'the journal': desk => desk.system.journal({ limit: 5, before: 4 }),
    'the instruments': desk => desk.market.search({ text: '', limit: 100 }),
    'the series': desk => desk.market.series(),
    'yesterday of a demo stock': desk =>
      desk.market.bars({ instrument: 'SPY.DEMO', timeframe: '5m', before: 1_790_000_000_000_000, limit: 100 }),
    // Without the counts of rows: the demo market writes on between one ask and the next.
    'the tables': async desk => (await desk.lab.tables()).tables.map(({ rows: _, ...table }) => table),
    'a query': async desk => {
      const { seconds: _, ...rest } = await desk.lab.run({
        query: 'same',
        sql: 'select range as k, sqrt(range) as r from range(50)',
      })
      return rest
    },
  }
  test.each(Object.entries(asks))('%s', async (_, ask) => {
    const socket = await overSocket(trial)
    const port = overPort(trial)
    try {
      const [first, second, third] = [await ask(port.desk), await ask(socket.desk), await ask(overRest(trial).desk)]
      expect(second).toEqual(first)
      expect(third).toEqual(first)
    } finally {
      socket.leave()
      port.leave()
    }
  })
})

describe('rights', () => {
  test('a caller without the right is refused with a sentence on every lane, and nothing is journaled', async () => {
    const guest = await startHost({ user: { name: 'guest', may: new Set(['workspace:read', 'system:read']) } })
    try {
      for (const lane of [overPort(guest), await overSocket(guest), overRest(guest)]) {
        const before = (await lane.desk.system.journal({ limit: 1 })).head
        for (const call of [lane.desk.workspace.set({ key: 'theme', value: 'light' }), lane.desk.workspace.choose({ id: 'x' })])
          expect(await failureOf(call)).toMatchObject({
            status: 403,
            code: 'FORBIDDEN',
            defined: true,
            message: 'Your account may not write workspace. Ask an administrator.',
            data: { verb: 'write', domain: 'workspace' },
          })
        // Refused for want of the right before anything is said about the form of what was asked.
        expect(await failureOf(lane.desk.market.bars({} as never))).toMatchObject({ code: 'FORBIDDEN' })
        expect((await lane.desk.workspace.settings()).settings.length).toBeGreaterThan(5)
        expect((await lane.desk.system.journal({ limit: 1 })).head).toBe(before)
        lane.leave()
      }
    } finally {
      await guest.end()
    }
  }, 30_000)

  test('every procedure of the contract names who may call it', () => {
    for (const { name, procedure } of proceduresOf())
      expect([name, (procedure['~orpc'].meta as Policy).needs]).toEqual([name, expect.stringMatching(/^[\w-]+:(read|write)$/)])
  })
})
