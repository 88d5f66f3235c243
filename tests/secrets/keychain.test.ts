import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createSecretsService, type SecretsService } from '../../src/main/secrets/secrets-service.ts'
import type { Topics } from '../../src/main/topics.ts'
import { createBus } from '../../src/platform/bus.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { openJournal } from '../../src/platform/journal.ts'
import { silentLog } from '../../src/platform/log.ts'
import { Secret } from '../../src/platform/secret.ts'
import { openKeychain } from '../../src/platform/secrets-keychain.ts'
import { hasKeyring, type KeyringSession, startKeyring } from './gnome-keyring.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const before = process.env.DBUS_SESSION_BUS_ADDRESS
const use = (address: string | undefined) => {
  if (address === undefined) delete process.env.DBUS_SESSION_BUS_ADDRESS
  else process.env.DBUS_SESSION_BUS_ADDRESS = address
}
afterAll(() => use(before))

function folderForTest(): string {
  const folder = mkdtempSync(join(tmpdir(), 'contango-secrets-'))
  closers.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function secretsIn(folder: string): Promise<SecretsService & { end(): void }> {
  const clock = systemClock()
  const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  const bus = createBus<Topics>({ onFault: () => {} })
  const service = createSecretsService({
    folder,
    journal,
    clock,
    log: silentLog,
    bus,
    keychain: openKeychain({ clock }),
    wanted: [],
  })
  await service.start()
  let ended = false
  const end = () => {
    if (!ended) journal.close()
    ended = true
  }
  closers.push(end)
  return { ...service, end }
}

describe.skipIf(!hasKeyring)('a real gnome-keyring', () => {
  let keyring: KeyringSession
  beforeAll(async () => {
    keyring = await startKeyring()
  }, 200_000)
  afterAll(() => keyring.end())

  test('a secret goes in, comes back after a restart, and goes out, while the host goes on', async () => {
    use(keyring.address)
    const folder = folderForTest()
    const first = await secretsIn(folder)
    let beats = 0
    const timer = setInterval(() => beats++, 1)
    await first.set('yahoo.token', new Secret('clé-ñ-🔑-1'), 'ana')
    for (let k = 0; k < 5; k += 1) expect((await first.get('yahoo.token'))?.reveal()).toBe('clé-ñ-🔑-1')
    clearInterval(timer)
    expect(beats).toBeGreaterThan(5)
    expect(await first.state()).toMatchObject({ phase: 'ready', place: 'keychain', hasKeychain: true, problem: null })
    first.end()
    const second = await secretsIn(folder)
    expect((await second.get('yahoo.token'))?.reveal()).toBe('clé-ñ-🔑-1')
    await second.test('yahoo.token')
    await second.remove('yahoo.token', 'ana')
    expect(await second.get('yahoo.token')).toBeNull()
    expect((await second.state()).names).toEqual([])
  })

  test('two workspaces share a keychain and do not see one another', async () => {
    use(keyring.address)
    const [one, two] = [await secretsIn(folderForTest()), await secretsIn(folderForTest())]
    await one.set('a', new Secret('1'), 'ana')
    await two.set('a', new Secret('2'), 'ana')
    expect([(await one.get('a'))?.reveal(), (await two.get('a'))?.reveal()]).toEqual(['1', '2'])
  })

  test('locked: it says so, keeps its names, and is back when it is unlocked', async () => {
    use(keyring.address)
    const service = await secretsIn(folderForTest())
    await service.set('a', new Secret('1'), 'ana')
    keyring.lock()
    await expect(service.get('a')).rejects.toMatchObject({ code: 'SECRETS_CLOSED', data: { problem: 'locked' } })
    await expect(service.set('b', new Secret('2'), 'ana')).rejects.toMatchObject({ code: 'SECRETS_CLOSED' })
    expect(await service.state()).toMatchObject({ phase: 'closed', problem: 'locked', names: [{ name: 'a' }] })
    keyring.unlock()
    await service.again()
    expect((await service.get('a'))?.reveal()).toBe('1')
  })

  test('another keyring in its place: nothing is read, written or made anew until a person says so', async () => {
    use(keyring.address)
    const folder = folderForTest()
    const first = await secretsIn(folder)
    await first.set('a', new Secret('1'), 'ana')
    first.end()
    keyring.swap()
    closers.push(() => keyring.unlock())
    const second = await secretsIn(folder)
    expect(await second.state()).toMatchObject({ phase: 'closed', problem: 'swapped', names: [{ name: 'a' }] })
    await expect(second.set('b', new Secret('2'), 'ana')).rejects.toMatchObject({ code: 'SECRETS_CLOSED' })
    await expect(second.get('a')).rejects.toMatchObject({ code: 'SECRETS_CLOSED' })
    // The right one comes back: everything is there, since nothing was touched.
    keyring.unlock()
    await second.again()
    expect((await second.get('a'))?.reveal()).toBe('1')
    keyring.swap()
    await second.again()
    await second.startEmpty('keychain', null, 'ana')
    expect(await second.state()).toMatchObject({ phase: 'ready', names: [] })
  })

  test('moved into a file and back, each value compared before the old place is emptied', async () => {
    use(keyring.address)
    const service = await secretsIn(folderForTest())
    await service.set('a', new Secret('1'), 'ana')
    await service.set('b', new Secret('2'), 'ana')
    await service.move('file', new Secret('a long passphrase'), 'ana')
    expect(await service.state()).toMatchObject({ phase: 'ready', place: 'file', names: [{ name: 'a' }, { name: 'b' }] })
    expect((await service.get('b'))?.reveal()).toBe('2')
    await service.move('keychain', null, 'ana')
    expect(await service.state()).toMatchObject({ phase: 'ready', place: 'keychain' })
    expect((await service.get('a'))?.reveal()).toBe('1')
  })
})

test('without any keychain nothing is kept elsewhere by itself: it asks for a place', async () => {
  use('unix:path=/nowhere/at-all')
  const service = await secretsIn(folderForTest())
  if (process.platform !== 'linux') return
  expect(await service.state()).toMatchObject({ phase: 'empty', hasKeychain: false })
  await expect(service.set('a', new Secret('1'), 'ana')).rejects.toMatchObject({ code: 'SECRETS_NO_PLACE' })
  expect((await service.state()).names).toEqual([])
  await service.open(new Secret('a long passphrase'), 'ana')
  await service.set('a', new Secret('1'), 'ana')
  expect(await service.state()).toMatchObject({ phase: 'ready', place: 'file', names: [{ name: 'a' }] })
})
