import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBus } from '../../platform/bus.ts'
import { manualClock } from '../../platform/clock.ts'
import { type Journal, openJournal } from '../../platform/journal.ts'
import { silentLog } from '../../platform/log.ts'
import { Secret } from '../../platform/secret.ts'
import { type SecretProblem, type SecretStore, SecretsClosed } from '../../platform/secrets.ts'
import type { Topics } from '../topics.ts'
import { createSecretsService, type SecretsService } from './secrets-service.ts'

/** A keychain in memory that fails on demand. */
interface Trial extends SecretStore {
  held: Map<string, string>
  fails: SecretProblem | null
  /** Writes that are still let through before it fails. */
  writes: number
}

const clock = manualClock()
let folder: string
let journal: Journal
let keychain: Trial

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-secrets-'))
  journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  const check = () => {
    if (keychain.fails) throw new SecretsClosed(keychain.fails)
  }
  keychain = {
    held: new Map(),
    fails: null,
    writes: Number.POSITIVE_INFINITY,
    async read(account) {
      check()
      const value = this.held.get(account)
      return value === undefined ? null : new Secret(value)
    },
    async write(account, value) {
      check()
      if (this.writes-- <= 0) throw new SecretsClosed('locked')
      this.held.set(account, value.reveal())
    },
    async erase(account) {
      check()
      return this.held.delete(account)
    },
  }
})
afterEach(() => {
  journal.close()
  rmSync(folder, { recursive: true, force: true })
})

async function opened(): Promise<SecretsService> {
  const bus = createBus<Topics>({ onFault: () => {} })
  const service = createSecretsService({ folder, journal, keychain, clock, log: silentLog, bus, wanted: [] })
  await service.start()
  return service
}
const pass = () => new Secret('a long passphrase')

test.each(['absent', 'locked', 'slow'] as const)(
  'a keychain that is %s closes it, and it is as before once that is over',
  async problem => {
    await (await opened()).set('a', new Secret('1'), 'ana')
    keychain.fails = problem
    const service = await opened()
    expect(await service.state()).toMatchObject({
      phase: 'closed',
      place: 'keychain',
      problem,
      names: [{ name: 'a', user: 'ana' }],
    })
    for (const attempt of [
      () => service.get('a'),
      () => service.set('a', new Secret('2'), 'ana'),
      () => service.remove('a', 'ana'),
      () => service.test('a'),
      () => service.move('file', pass(), 'ana'),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'SECRETS_CLOSED', data: { problem } })
    expect(readdirSync(folder).filter(name => name.startsWith('secrets'))).toEqual([])
    keychain.fails = null
    await service.again()
    expect((await service.get('a'))?.reveal()).toBe('1')
  },
)

test('a keychain that was emptied is not taken for one with nothing in it', async () => {
  await (await opened()).set('a', new Secret('1'), 'ana')
  keychain.held.clear()
  const service = await opened()
  expect(await service.state()).toMatchObject({ phase: 'closed', problem: 'swapped' })
  await expect(service.set('b', new Secret('2'), 'ana')).rejects.toMatchObject({ code: 'SECRETS_CLOSED' })
  expect(keychain.held.size).toBe(0)
})

test('one value that is gone while others are there closes it too', async () => {
  const service = await opened()
  await service.set('a', new Secret('1'), 'ana')
  await service.set('b', new Secret('2'), 'ana')
  keychain.held.delete([...keychain.held.keys()].find(key => key.endsWith('/a'))!)
  await expect(service.get('a')).rejects.toMatchObject({ data: { problem: 'swapped' } })
})

test('a keychain that turns up does not take the place of the file', async () => {
  keychain.fails = 'absent'
  const first = await opened()
  await first.open(pass(), 'ana')
  await first.set('a', new Secret('1'), 'ana')
  keychain.fails = null
  const service = await opened()
  expect(await service.state()).toMatchObject({ phase: 'closed', place: 'file', problem: 'locked', hasKeychain: true })
  await expect(service.open(new Secret('another phrase'), 'ana')).rejects.toMatchObject({ data: { problem: 'passphrase' } })
  await service.open(pass(), 'ana')
  expect((await service.get('a'))?.reveal()).toBe('1')
  expect(keychain.held.size).toBe(0)
})

test('a file that is gone, of another workspace, or damaged is named so', async () => {
  keychain.fails = 'absent'
  const first = await opened()
  await first.open(pass(), 'ana')
  const file = join(folder, 'secrets.sealed')
  writeFileSync(file, 'x')
  expect(await (await opened()).state()).toMatchObject({ problem: 'damaged' })
  rmSync(file)
  const service = await opened()
  expect(await service.state()).toMatchObject({ problem: 'missing' })
  await expect(service.open(pass(), 'ana')).rejects.toMatchObject({ data: { problem: 'missing' } })
  await service.startEmpty('file', pass(), 'ana')
  expect(await service.state()).toMatchObject({ phase: 'ready', names: [] })
})

test('a move that breaks off half way leaves every secret where it was', async () => {
  keychain.fails = 'absent'
  const service = await opened()
  await service.open(pass(), 'ana')
  for (const name of ['a', 'b', 'c']) await service.set(name, new Secret(name.toUpperCase()), 'ana')
  keychain.fails = null
  keychain.writes = 2
  await expect(service.move('keychain', null, 'ana')).rejects.toMatchObject({ code: 'SECRETS_NO_PLACE' })
  expect(await service.state()).toMatchObject({ phase: 'ready', place: 'file' })
  for (const name of ['a', 'b', 'c']) expect((await service.get(name))?.reveal()).toBe(name.toUpperCase())
  keychain.writes = Number.POSITIVE_INFINITY
  await service.move('keychain', null, 'ana')
  expect((await service.get('c'))?.reveal()).toBe('C')
  expect(await (await opened()).state()).toMatchObject({ phase: 'ready', place: 'keychain', names: [{}, {}, {}] })
})

test('starting empty leaves the old place as it was', async () => {
  const service = await opened()
  await service.set('a', new Secret('1'), 'ana')
  const before = new Map(keychain.held)
  await service.startEmpty('file', pass(), 'ana')
  expect(service.has('a')).toBe(false)
  expect(keychain.held).toEqual(before)
})

test('what is not there has its sentence', async () => {
  const service = await opened()
  expect(await service.get('nobody')).toBeNull()
  await expect(service.test('nobody')).rejects.toMatchObject({ code: 'SECRET_UNKNOWN' })
  await expect(service.remove('nobody', 'ana')).rejects.toMatchObject({ code: 'SECRET_UNKNOWN' })
})
