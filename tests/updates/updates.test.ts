import { createHash, generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { type ErrorCode, sentence } from '../../src/contract/errors.ts'
import { isInStage, readUpdateKeys } from '../../src/main/updates/update-manifest.ts'
import { openUpdateMemory } from '../../src/main/updates/update-memory.ts'
import { createUpdatesService, type Installer, type UpdatesService } from '../../src/main/updates/updates-service.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { openFeed, type ReleaseFeed, realUpdater, SYSTEMS, type System } from './release-feed.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const appImage = process.env.APPIMAGE

let folder: string
let feed: ReleaseFeed
let service: UpdatesService
let installed: (() => void)[]
let orders = 0

function build(system: System, { absent = null, keys = feed.keys }: Partial<{ absent: Installer['absent']; keys: object }> = {}) {
  installed = []
  return createUpdatesService({
    installer: { absent, updater: () => realUpdater(system, folder), install: run => void installed.push(run) },
    ...{ version: '1.0.0', platform: system, clock: systemClock(), log: quiet, fetch },
    keys: keys as never,
    memory: openUpdateMemory(join(folder, 'updates.json')),
    setting: () => ({ feed: feed.url, channel: 'latest', onStart: false }),
    workingOrders: () => orders,
    seconds: 0.5,
  })
}

const said = (state: { fault: { code: string; data: Record<string, unknown> } | null }) =>
  state.fault ? sentence(state.fault.code as ErrorCode, state.fault.data) : null
const loaded = () =>
  existsSync(join(folder, 'cache'))
    ? readdirSync(join(folder, 'cache'), { recursive: true, encoding: 'utf8' }).filter(name => /\.(AppImage|exe)$/.test(name))
    : []

beforeAll(() => {
  // Without it electron-updater takes no AppImage for running.
  process.env.APPIMAGE = join(tmpdir(), 'Contango-1.0.0.AppImage')
})
afterAll(() => {
  if (appImage === undefined) delete process.env.APPIMAGE
  else process.env.APPIMAGE = appImage
})

describe.each(Object.keys(SYSTEMS) as System[])('electron-updater on %s', system => {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'contango-updates-'))
    feed = await openFeed(system)
    service = build(system)
    orders = 0
  })
  afterEach(async () => {
    service.close()
    await feed.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('a good feed is offered, loaded whole when asked, and installed when agreed', async () => {
    const offered = await service.check()
    expect(offered).toMatchObject({
      phase: 'offered',
      fault: null,
      offered: { version: '1.1.0', notes: '## 1.1.0\nFaster.', bytes: 300_000 },
    })
    expect(loaded()).toEqual([])
    expect(await service.load()).toMatchObject({ phase: 'ready', progress: 1 })
    expect(loaded()).toHaveLength(1)
    expect(installed).toEqual([])
    service.install(false)
    expect(installed).toHaveLength(1)
  })

  test('nothing is installed while orders work, but with consent', async () => {
    await service.check()
    await service.load()
    orders = 3
    expect(() => service.install(false)).toThrow(/3 orders are working/)
    expect(installed).toEqual([])
    service.install(true)
    expect(installed).toHaveLength(1)
  })

  test('nothing is loaded or installed that was not offered', async () => {
    await expect(service.load()).rejects.toThrow(/no update to load or install/)
    expect(() => service.install(true)).toThrow(/no update to load or install/)
  })

  test('a feed signed by somebody else is not believed', async () => {
    feed.sign({}, generateKeyPairSync('ed25519').privateKey)
    const state = await service.check()
    expect([state.phase, said(state)]).toEqual(['refused', expect.stringMatching(/is not signed with a key of this build/)])
    expect(loaded()).toEqual([])
  })

  test('nor one that names a key that is not ours, or a word of the language', async () => {
    for (const name of ['other', 'constructor', '__proto__']) {
      feed.sign({}, undefined, name)
      expect((await service.check()).fault?.code).toBe('UPDATE_FORGED')
    }
  })

  test('a manifest changed after it was signed is not believed', async () => {
    const name = `contango-latest-${system}.json`
    const text = String(feed.answers.get(name))
    feed.answers.set(name, Buffer.from(text.replace('1.1.0', '1.2.0')))
    expect((await service.check()).fault?.code).toBe('UPDATE_FORGED')
  })

  test('a list that names another file than was signed is not believed', async () => {
    const evil = Buffer.alloc(1000, 'evil')
    const sha512 = createHash('sha512').update(evil).digest('base64')
    const { list, file } = SYSTEMS[system]
    const files = [{ url: file, sha512, size: evil.length }]
    feed.answers.set(list, Buffer.from(stringify({ version: '1.1.0', files, path: file, sha512 })))
    feed.answers.set(file, evil)
    const state = await service.check()
    expect([state.phase, said(state)]).toEqual(['refused', expect.stringMatching(/other files for 1\.1\.0 than were signed/)])
    await expect(service.load()).rejects.toThrow()
    expect(loaded()).toEqual([])
  })

  test('an older version is never an update', async () => {
    feed.sign({ version: '0.9.0' })
    const state = await service.check()
    expect([state.phase, said(state)]).toEqual(['refused', expect.stringMatching(/0\.9\.0, which is older than 1\.0\.0/)])
  })

  test('a manifest older than one seen before is a replay, also after a restart', async () => {
    await service.check()
    feed.sign({ date: '2026-11-01T00:00:00.000Z' })
    expect((await service.check()).fault?.code).toBe('UPDATE_REPLAYED')
    service.close()
    service = build(system)
    const state = await service.check()
    expect(said(state)).toMatch(/a manifest of 2026-11-01T00:00, older than the one of 2026-11-20T10:00/)
  })

  test('a version that may only be reached by steps says which', async () => {
    feed.sign({ minimum: '1.0.5' })
    expect(said(await service.check())).toMatch(/can be reached from 1\.0\.5 on, and this is 1\.0\.0/)
  })

  test('a manifest that breaks off, is empty, is huge or is for another system is not used', async () => {
    const name = `contango-latest-${system}.json`
    const whole = feed.answers.get(name) as Buffer
    const wrong = [{ cutAfter: 100, of: whole }, whole.subarray(0, 200), Buffer.alloc(0), Buffer.alloc(400_000, '{')] as const
    for (const answer of wrong) {
      feed.answers.set(name, answer)
      const state = await service.check()
      expect([state.phase, state.fault?.code]).toEqual(['failed', 'UPDATE_FEED_BAD'])
    }
    feed.sign({ platform: system === 'linux' ? 'win32' : 'linux' })
    expect(said(await service.check())).toMatch(/for another system or channel/)
  })

  test('a silent feed is given up after its time, and a closed one at once', async () => {
    feed.answers.set(`contango-latest-${system}.json`, 'silent')
    const state = await service.check()
    expect([state.phase, said(state)]).toEqual(['failed', expect.stringMatching(/said nothing for 0\.5 s/)])
    await feed.close()
    expect((await service.check()).fault?.code).toBe('UPDATE_FEED_BAD')
    feed = await openFeed(system)
  })

  test('an installer that arrives half, or with other bytes, is thrown away', async () => {
    const { file } = SYSTEMS[system]
    const whole = feed.answers.get(file) as Buffer
    for (const answer of [{ cutAfter: 90_000, of: whole }, Buffer.from(whole).fill('x', 0, 10)] as const) {
      feed.answers.set(file, answer)
      expect((await service.check()).phase).toBe('offered')
      const state = await service.load()
      expect([state.phase, said(state)]).toEqual(['failed', expect.stringMatching(/could not be loaded whole/)])
      expect(loaded()).toEqual([])
      expect(() => service.install(true)).toThrow()
    }
    feed.answers.set(file, whole)
    await service.check()
    expect((await service.load()).phase).toBe('ready')
  })

  test('a staged release is offered to a steady share of installations', async () => {
    feed.sign({ percent: 0 })
    expect((await service.check()).phase).toBe('none')
    const among = (percent: number) =>
      Array.from({ length: 2000 }, (_, n) => isInStage({ version: '1.1.0', percent }, `installation ${n}`))
    expect(among(25).filter(Boolean).length / 20).toBeCloseTo(25, -1)
    // Who was among the first quarter is among the first half.
    expect(among(25).every((early, n) => !early || among(50)[n])).toBe(true)
  })
})

describe('where nothing can be updated', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'contango-updates-'))
    feed = await openFeed('linux')
  })
  afterAll(async () => {
    await feed.close()
    rmSync(folder, { recursive: true, force: true })
  })
  test.each([
    [{ absent: 'development' }, /This is a development build/],
    [{ absent: 'browser' }, /without its desktop application/],
    [{ keys: {} }, /carries no key to check updates with/],
  ] as const)('it says so: %o', async (change, words) => {
    const off = build('linux', change)
    const state = await off.check()
    expect([state.phase, said(state)]).toEqual(['off', expect.stringMatching(words)])
  })

  test('the keys of the build are readable, and a key of another kind is refused', () => {
    const file = new URL('../../resources/update-keys.json', import.meta.url)
    expect(() => readUpdateKeys(readFileSync(file, 'utf8'))).not.toThrow()
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const rsa = { keys: { old: publicKey.export({ type: 'spki', format: 'pem' }) } }
    expect(() => readUpdateKeys(JSON.stringify(rsa))).toThrow(/old is no ed25519 key/)
  })
})
