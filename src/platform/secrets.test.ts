import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { format, inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { manualClock } from './clock.ts'
import { redact } from './redact.ts'
import { Secret } from './secret.ts'
import { createSecretsFile, openSecretsFile, secretsFileId } from './secrets-file.ts'
import { type KeyringEntry, openKeychain } from './secrets-keychain.ts'

describe('a secret', () => {
  const secret = new Secret('canary-5f1')
  test.each([
    ['JSON', JSON.stringify({ deep: [secret] })],
    ['inspect', inspect({ deep: { secret } }, { depth: 9, showHidden: true })],
    ['a template string', `${secret}`],
    ['format', format('%s %o %j', secret, secret, secret)],
    ['addition', `x${String(secret)}`],
    ['an error', inspect(new Error(`no ${secret}`, { cause: { secret } }), { showHidden: true })],
    ['the log', JSON.stringify(redact({ value: secret }))],
    ['its own keys', JSON.stringify(Object.entries(secret))],
    ['spread', JSON.stringify({ ...secret })],
  ])('is not seen in %s', (_, text) => {
    expect(text).not.toContain('canary')
  })
  test('is given to whoever asks for it on purpose', () => {
    expect(secret.reveal()).toBe('canary-5f1')
  })
})

describe('a file of secrets', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contango-sealed-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))
  const pass = new Secret('correct horse')

  test('gives back what was put in, after it was closed, and shows nothing of it', async () => {
    const file = join(folder, 'secrets.sealed')
    const made = await createSecretsFile(file, 'id-1', pass)
    await Promise.all([made.write('a', new Secret('canary-a')), made.write('b', new Secret('canary-b'))])
    await made.write('a', new Secret('canary-a2'))
    made.close()
    const text = await readFile(file, 'utf8')
    expect(text).not.toContain('canary')
    expect(Buffer.from(text, 'utf8').toString('base64')).not.toContain(Buffer.from('canary').toString('base64'))
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await secretsFileId(file)).toBe('id-1')
    const opened = await openSecretsFile(file, new Secret('correct horse'))
    expect((await opened.read('a'))?.reveal()).toBe('canary-a2')
    expect((await opened.read('b'))?.reveal()).toBe('canary-b')
    expect(await opened.read('c')).toBeNull()
    expect([await opened.erase('a'), await opened.erase('a'), await opened.read('a')]).toEqual([true, false, null])
  })

  test('a wrong passphrase, a missing file, a damaged one and a moved entry are told apart', async () => {
    const file = join(folder, 'secrets.sealed')
    await expect(openSecretsFile(file, pass)).rejects.toMatchObject({ problem: 'missing' })
    const made = await createSecretsFile(file, 'id-1', pass)
    await made.write('a', new Secret('1'))
    await made.write('b', new Secret('2'))
    await expect(openSecretsFile(file, new Secret('correct hors'))).rejects.toMatchObject({ problem: 'passphrase' })
    const content = JSON.parse(await readFile(file, 'utf8')) as { entries: Record<string, unknown> }
    const swapped = { ...content, entries: { a: content.entries.b, b: content.entries.a } }
    await writeFile(file, JSON.stringify(swapped))
    const opened = await openSecretsFile(file, pass)
    await expect(opened.read('a')).rejects.toMatchObject({ problem: 'damaged' })
    for (const text of ['', 'not json', '{}', '{"format":1}']) {
      await writeFile(file, text)
      await expect(openSecretsFile(file, pass)).rejects.toMatchObject({ problem: 'damaged' })
    }
    await writeFile(file, JSON.stringify({ ...content, cost: 31 }))
    await expect(openSecretsFile(file, pass)).rejects.toMatchObject({ problem: 'damaged' })
  })

  test('one that is there is never made anew', async () => {
    const file = join(folder, 'secrets.sealed')
    await createSecretsFile(file, 'id-1', pass)
    await expect(createSecretsFile(file, 'id-2', pass)).rejects.toMatchObject({ code: 'EEXIST' })
    expect(await secretsFileId(file)).toBe('id-1')
  })
})

describe('a keychain', () => {
  const entry = (over: Partial<KeyringEntry>): KeyringEntry => ({
    getPassword: async () => null,
    setPassword: async () => {},
    deletePassword: async () => false,
    ...over,
  })
  const flush = async () => {
    for (let k = 0; k < 30; k += 1) await Promise.resolve()
  }

  test('one that hangs ends in time, and no second call is begun until the first has ended', async () => {
    const clock = manualClock()
    let begun = 0
    let answer: (value: string) => void = () => {}
    const hang = entry({
      getPassword: () => {
        begun += 1
        return new Promise(done => {
          answer = done
        })
      },
    })
    const keychain = openKeychain({ clock, load: async () => () => hang, patienceSeconds: 20 })
    const first = keychain.read('a').catch(fault => fault)
    const second = keychain.read('b').catch(fault => fault)
    await flush()
    clock.advance(20)
    await flush()
    expect(await first).toMatchObject({ problem: 'slow' })
    expect(await second).toMatchObject({ problem: 'slow' })
    expect(begun).toBe(1)
    answer('late')
    await flush()
    const third = keychain.read('c')
    await flush()
    answer('there')
    expect((await third)?.reveal()).toBe('there')
  })

  test.each([
    ['Couldn’t access platform storage: Secret Service: unlock prompt was dismissed', 'locked'],
    ['zbus error: org.freedesktop.Secret.Error.IsLocked: Cannot get secret of a locked object', 'locked'],
    ['User interaction is not allowed.', 'locked'],
    ['Platform failure: DBus error: Using X11 for dbus-daemon autolaunch was disabled', 'absent'],
    ["Cannot find module '@napi-rs/keyring-linux-x64-gnu'", 'absent'],
  ])('%s is %s', async (message, problem) => {
    const load = async () => () => entry({ getPassword: () => Promise.reject(new Error(message)) })
    const keychain = openKeychain({ clock: manualClock(), load })
    await expect(keychain.read('a')).rejects.toMatchObject({ problem })
  })

  test('a library that cannot be loaded is no keychain', async () => {
    const keychain = openKeychain({ clock: manualClock(), load: () => Promise.reject(new Error('no such module')) })
    await expect(keychain.write('a', new Secret('1'))).rejects.toMatchObject({ problem: 'absent' })
  })
})
