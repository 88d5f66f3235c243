import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { DatabaseTarget } from '../../src/contract/color-outputs.ts'
import { runReason } from '../../src/contract/schedule.ts'
import { Secret } from '../../src/platform/secret.ts'
import { ANN, bid, createTrial, type Trial, until } from './outputs-kit.ts'

/** Folder of the programs of PostgreSQL on this machine, null where there are none. */
function programs(): string | null {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).map(version => join(debian, version, 'bin')) : []
  const places = [...versions, '/usr/local/bin', '/usr/bin', '/opt/homebrew/bin']
  return places.find(place => existsSync(join(place, 'initdb')) && existsSync(join(place, 'postgres'))) ?? null
}

/** PostgreSQL refuses to run as root; then it runs as the user that its package made. */
function identity(): { uid?: number; gid?: number } | null {
  if (process.getuid?.() !== 0) return {}
  try {
    const number = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { stdio: 'pipe' }))
    return { uid: number('-u'), gid: number('-g') }
  } catch {
    return null
  }
}

const bin = programs()
const as = identity()
const PASSWORD = 'right horse'

describe.skipIf(bin === null || as === null)('a table of PostgreSQL (skipped where no server is installed)', () => {
  let folder: string
  let server: ChildProcess
  let port: number
  let trial: Trial
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'contango-pg-'))
    const secret = join(folder, 'secret')
    writeFileSync(secret, PASSWORD)
    chmodSync(secret, 0o644)
    if (as!.uid !== undefined) chownSync(folder, as!.uid, as!.gid!)
    const data = join(folder, 'data')
    const options = { ...as, cwd: folder, stdio: 'pipe' } as const
    const words = ['-D', data, '-U', 'desk', '--auth=scram-sha-256', `--pwfile=${secret}`, '--encoding=UTF8', '--no-sync']
    execFileSync(join(bin!, 'initdb'), words, options)
    port = await freePort()
    const at = ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`]
    server = spawn(join(bin!, 'postgres'), at, { ...as, cwd: folder, stdio: 'ignore' })
    await until(() => existsSync(join(data, 'postmaster.pid')))
    await ready()
  }, 60_000)
  afterAll(async () => {
    const gone = new Promise(done => server.once('exit', done))
    server.kill('SIGINT')
    await gone
    rmSync(folder, { recursive: true, force: true })
  })
  afterEach(() => trial.close())

  const connect = async () => {
    const client = new Client({ host: '127.0.0.1', port, user: 'desk', database: 'postgres', password: PASSWORD })
    await client.connect()
    return client
  }
  const ready = async () => {
    for (let k = 0; ; k++) {
      try {
        return await (await connect()).end()
      } catch (fault) {
        if (k === 100) throw fault
        await new Promise(done => setTimeout(done, 100))
      }
    }
  }
  const postgres = (over: object = {}): DatabaseTarget => ({
    ...{ kind: 'database', enabled: true, onAutomated: true, onManual: true, attachExcluded: false, attachDifference: false },
    table: 'colors',
    place: {
      ...{
        engine: 'postgres',
        host: '127.0.0.1',
        port,
        database: 'postgres',
        user: 'desk',
        schema: 'public',
        encryption: 'none',
      },
      ...over,
    },
  })
  const target = async (over: object = {}, secret = PASSWORD) => {
    trial = createTrial()
    const id = trial.target(postgres(over))
    await trial.outputs.setSecret(id, new Secret(secret), 'ann')
    return id
  }
  const tried = (id: string) => until(() => trial.delivery(id)?.attempts === 1 && trial.delivery(id))

  test('gets the rows of a run once, however often it is delivered, typed and with ids as text', async () => {
    const id = await target()
    const rows = Array.from({ length: 12_000 }, (_, k) => bid(`r${k}`, '99.125', { messageId: `9007199254740993${k}` }))
    const run = trial.runs.add(rows, { targets: [id] })
    expect(await tried(id)).toMatchObject({ state: 'delivered', receipt: { said: '12000 rows' } })
    await trial.outputs.send({ run: run.id, target: id, to: [], cc: [], bcc: [] }, ANN)
    await until(() => trial.outputs.view().deliveries.filter(one => one.state === 'delivered').length === 2)
    const client = await connect()
    const { rows: found } = await client.query(
      `select count(*)::int as rows, count(distinct "MESSAGE_ID")::int as ids, max("PX")::text as px, bool_or("IS_PARENT") as parent,
       max("DATE")::text as day from colors where "RUN_ID" = $1`,
      [run.id],
    )
    await client.end()
    expect(found).toEqual([{ rows: 12_000, ids: 12_000, px: '99.125000000000', parent: true, day: '2026-11-20' }])
  })

  test.each([
    ['a wrong password is said and not repeated', {}, 'wrong', 'failed', /refused the login of desk/],
    ['a schema that is not there is said', { schema: 'nowhere' }, PASSWORD, 'waiting', /schema "nowhere" does not exist/],
    ['a server without encryption gets nothing', { encryption: 'verified' }, PASSWORD, 'failed', /offers no encryption/],
    ['a port where nobody listens is waited for', { port: 1 }, PASSWORD, 'waiting', /cannot be reached/],
  ])('%s', async (_, over, secret, state, words) => {
    const id = await target(over, secret)
    trial.runs.add([bid('a', '99')], { targets: [id] })
    const delivery = await tried(id)
    expect(runReason(delivery.why!)).toMatch(words)
    expect(delivery.state).toBe(state)
  })

  test('a run of which a row does not fit is not there at all', async () => {
    const id = await target()
    const rows = [bid('a', '99'), bid('b', '98', { date: '2026-02-31' })]
    const run = trial.runs.add(rows, { id: 'unfit', targets: [id] })
    expect(runReason((await tried(id)).why!)).toMatch(/Nothing of the run was written there/)
    const client = await connect()
    const { rows: found } = await client.query('select count(*)::int as rows from colors where "RUN_ID" = $1', [run.id])
    await client.end()
    expect(found[0].rows).toBe(0)
  })
})

function freePort(): Promise<number> {
  return new Promise(done => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => done(port))
    })
  })
}
