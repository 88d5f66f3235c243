import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { addressOf, readWayIn } from '../../src/platform/lock.ts'
import { callHost } from '../e2e/caller.ts'
import { hasKeyring, type KeyringSession, startKeyring } from '../secrets/gnome-keyring.ts'
import { command, freshFolder, openWorkstation, run } from './command.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let folder: string
beforeAll(async () => {
  await run('help')
}, 120_000)
beforeEach(() => {
  folder = freshFolder()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function typed(text: string, ...words: readonly string[]) {
  const { child, ended } = command([...words, '--data', folder], 'pipe')
  child.stdin?.end(`${text}\n`)
  return await ended
}

describe.skipIf(!hasKeyring)('secrets on the command line', () => {
  let keyring: KeyringSession
  const before = process.env.DBUS_SESSION_BUS_ADDRESS
  beforeAll(async () => {
    keyring = await startKeyring()
    process.env.DBUS_SESSION_BUS_ADDRESS = keyring.address
  }, 200_000)
  afterAll(async () => {
    if (before === undefined) delete process.env.DBUS_SESSION_BUS_ADDRESS
    else process.env.DBUS_SESSION_BUS_ADDRESS = before
    await keyring.end()
  })

  test('set from standard input, listed, tested and removed; the value is printed and written nowhere', async () => {
    const set = await typed('canary-cli-81', 'secrets', 'set', 'yahoo.token')
    expect(set).toMatchObject({ code: 0, out: 'yahoo.token was set, in the keychain of this system.\n' })
    const list = await typed('', 'secrets', 'list', '--json')
    expect(JSON.parse(list.out)).toMatchObject({ phase: 'ready', place: 'keychain', names: [{ name: 'yahoo.token' }] })
    expect(await typed('', 'secrets', 'test', 'yahoo.token')).toMatchObject({ code: 0, out: 'yahoo.token can be read.\n' })
    const checks = JSON.parse((await typed('', 'doctor', '--json')).out) as { checks: { name: string; finding: string }[] }
    expect(checks.checks.find(check => check.name === 'secrets')).toMatchObject({ state: 'good', finding: '1 in the keychain' })
    expect(await typed('', 'secrets', 'remove', 'yahoo.token')).toMatchObject({ code: 0 })
    expect(await typed('', 'secrets', 'remove', 'yahoo.token')).toMatchObject({ code: 1 })
    for (const text of [set.out, set.err, list.out, list.err]) expect(text).not.toContain('canary')
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
    for (const file of files) expect(readFileSync(join(file.parentPath, file.name)).includes('canary')).toBe(false)
  })
})

test('what is not understood is said, and nothing is done', async () => {
  expect(await typed('', 'secrets', 'show', 'a')).toMatchObject({ code: 2, err: expect.stringContaining('list, set, remove') })
  expect(await typed('', 'secrets', 'set')).toMatchObject({ code: 2, err: expect.stringContaining('needs a name') })
  expect(await typed('', 'jobs', 'start')).toMatchObject({ code: 2, err: expect.stringContaining('list, next and run') })
  expect(await typed('', 'jobs', 'run', '--job', 'none')).toMatchObject({ code: 2, err: expect.stringContaining('No job') })
})

test('jobs of the open workstation are listed, previewed and run', async () => {
  const workstation = await openWorkstation(folder)
  try {
    expect(await typed('', 'jobs', 'list')).toMatchObject({ code: 0, out: expect.stringContaining('no jobs yet') })
    const way = readWayIn(folder)
    if (!way) throw new Error('the workstation does not say how to come in')
    const caller = callHost(addressOf(way))
    await caller.client.schedule.save({
      id: null,
      revision: 0,
      job: {
        ...{ name: 'Night', kind: 'yahoo.refresh', params: {}, enabled: true, timeoutSeconds: 60 },
        schedule: { kind: 'cron', line: '30 2 * * *', zone: 'Europe/Madrid', skipped: 'next', repeated: 'first' },
        ...{ catchUp: { policy: 'once', limit: 1 }, retries: { times: 0, seconds: 1 } },
      },
    })
    caller.close()
    const next = JSON.parse((await typed('', 'jobs', 'next', '--count', '3', '--json')).out) as { job: string }[]
    expect(next.map(run => run.job)).toEqual(['Night', 'Night', 'Night'])
    // Yahoo is off in a fresh workspace: the run says so, and the command fails.
    const ran = await typed('', 'jobs', 'run', '--job', 'Night')
    expect(ran).toMatchObject({ code: 1, out: expect.stringContaining('The source Yahoo Finance is off') })
    const list = JSON.parse((await typed('', 'jobs', 'list', '--json')).out) as { last: { outcome: string } }[]
    expect(list[0]?.last.outcome).toBe('failed')
  } finally {
    await workstation.end()
  }
})
