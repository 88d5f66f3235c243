import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createHost, type Host } from '../../src/main/host.ts'
import type { Source, SourceContext } from '../../src/main/sources/source.ts'
import { Secret } from '../../src/platform/secret.ts'
import type { SecretStore } from '../../src/platform/secrets.ts'
import { freshFolder, installation } from '../transport/lanes.ts'

const CANARY = 'canary-7d1f0c55-secret'
const PASSPHRASE = 'canary-passphrase-41'

/** Every way in which a careless writer leaves a text behind. */
const FORMS = [CANARY, PASSPHRASE].flatMap(text => [
  Buffer.from(text, 'utf8'),
  Buffer.from(text, 'utf16le'),
  Buffer.from(Buffer.from(text).toString('base64').slice(0, -4)),
  Buffer.from(Buffer.from(text).toString('hex')),
  Buffer.from(encodeURIComponent(text)),
])

function seenIn(content: Buffer): boolean {
  return FORMS.some(form => content.includes(form))
}

function leaks(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(file => seenIn(readFileSync(file)))
}

function memoryKeychain(): SecretStore & { readonly held: Map<string, string> } {
  const held = new Map<string, string>()
  return {
    held,
    read: async account => (held.has(account) ? new Secret(held.get(account)!) : null),
    write: async (account, value) => void held.set(account, value.reveal()),
    erase: async account => held.delete(account),
  }
}

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** A feed that wants a secret, uses it, and fails with it in hand as carelessly as code can. */
function wantingSource(contexts: SourceContext[]): Source {
  return {
    name: 'wanting',
    title: 'Wanting feed',
    gives: 'delayed',
    enabledAtFirst: true,
    expectedIntervalSeconds: 60,
    credentials: ['wanting.token'],
    open(context) {
      contexts.push(context)
      void context.secret('wanting.token').then(
        token => {
          context.log.info('wanting.opened', { token, apiKey: token?.reveal(), note: `with ${token}` })
          context.sink.refused({ raw: JSON.stringify({ token }), reason: `it said no to ${token}` })
          context.sink.phase('up')
        },
        fault => context.sink.phase('failed', String(fault)),
      )
      return {
        subscribe() {},
        unsubscribe() {},
        find: async () => {
          throw new Error(`refused ${await context.secret('wanting.token')}`)
        },
        resolve: async () => null,
        history: () => Promise.reject(new Error('none')),
        close: async () => {},
      }
    },
  }
}

async function open(folder: string, keychain: SecretStore, contexts: SourceContext[]): Promise<{ host: Host; base: string }> {
  const host = await createHost({
    ...{ folder, installation, argv: ['--rest', '--log-level=debug'], env: {}, demo: false, keychain },
    sources: [wantingSource(contexts)],
  })
  closers.push(() => host.close())
  return { host, base: `http://127.0.0.1:${await host.listen(0)}` }
}

test('a planted secret reaches its feed and is found nowhere in the workspace nor in any answer', async () => {
  const folder = freshFolder()
  const contexts: SourceContext[] = []
  const keychain = memoryKeychain()
  const { host, base } = await open(folder, keychain, contexts)
  const answers: string[] = []
  const ask = async (path: string, body?: unknown) => {
    const response = await fetch(`${base}/api${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${host.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    answers.push(`${response.status} ${await response.text()}`)
    return response.status
  }
  expect(host.services.sources.list()[0]).toMatchObject({ phase: 'failed', reason: 'reason.credential-missing wanting.token' })

  expect(await ask('/secrets/set', { name: 'wanting.token', value: CANARY })).toBe(200)
  expect([...keychain.held.values()]).toContain(CANARY)
  // The feed opens by itself, with the value in its hand.
  await expect.poll(() => contexts.length).toBe(1)
  expect((await contexts[0]!.secret('wanting.token'))?.reveal()).toBe(CANARY)

  expect(await ask('/secrets')).toBe(200)
  expect(await ask('/secrets/test', { name: 'wanting.token' })).toBe(200)
  expect(await ask('/secrets/set', { name: 'NOT A NAME', value: CANARY })).toBe(400)
  expect(await ask('/secrets/set', { name: 'x', value: CANARY, passphrase: PASSPHRASE, extra: { value: CANARY } })).toBe(200)
  expect(await ask('/secrets/remove', { name: 'x' })).toBe(200)
  expect(await ask('/secrets/remove', { name: 'x' })).toBe(404)
  expect(await ask('/secrets/move', { to: 'file', passphrase: PASSPHRASE })).toBe(200)
  expect(await ask('/secrets/open', { passphrase: `${PASSPHRASE}-wrong` })).toBe(409)
  expect(await ask('/secrets/open', { passphrase: PASSPHRASE })).toBe(200)
  await ask('/sources/wanting/find?text=a')
  for (const path of ['/system/journal?limit=1000', '/system/status', '/system/doctor', '/sources', '/workspace/settings'])
    await ask(path)
  expect(answers.filter(answer => seenIn(Buffer.from(answer)))).toEqual([])
  await host.close()

  expect(leaks(folder)).toEqual([])
  // The search finds what is there to be found.
  expect(seenIn(Buffer.from(`x${CANARY}y`)) && seenIn(Buffer.from(`x${CANARY}`, 'utf16le'))).toBe(true)
  const journal = readFileSync(join(folder, 'journal.sqlite'))
  expect(journal.includes('wanting.token')).toBe(true)

  // And after a restart the file asks for its passphrase; nothing is taken for empty.
  const again = await open(folder, keychain, contexts)
  await expect.poll(async () => (await again.host.services.secrets.state()).problem).toBe('locked')
  expect(again.host.services.secrets.has('wanting.token')).toBe(true)
  await again.host.services.secrets.open(new Secret(PASSPHRASE), 'ana')
  expect((await again.host.services.secrets.get('wanting.token'))?.reveal()).toBe(CANARY)
})
