import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/message-port'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Client } from '../../src/contract/index.ts'
import { VERSION } from '../../src/main/host.ts'
import { startShell } from '../../src/main/shell/shell.ts'
import { readWayIn } from '../../src/platform/lock.ts'
import { installation } from '../transport/lanes.ts'
import { electronDouble } from './electron-double.ts'

const folder = mkdtempSync(join(tmpdir(), 'contango-shell-'))
const argv = ['--data', folder, '--demo']
const double = electronDouble()
const clientOn = (port: MessagePort): Client => createORPCClient(new RPCLink({ port: port as never }))

/** Whether a port leads to the host: an answer within a moment, or silence. */
async function answers(port: MessagePort): Promise<boolean> {
  const asked = clientOn(port)
    .system.hello()
    .then(
      () => true,
      () => false,
    )
  return await Promise.race([asked, new Promise<boolean>(done => setTimeout(() => done(false), 300))])
}

beforeAll(() => startShell(double.electron, installation, argv), 20_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the window', () => {
  test('is sandboxed and isolated, without Node and without webviews', () => {
    expect(double.windows).toHaveLength(1)
    expect(double.windows[0]!.options.webPreferences).toMatchObject({
      preload: installation.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
    })
    expect(double.windows[0]!.options.show).toBe(false)
    expect(double.windows[0]!.done).toContain('show')
  })

  test('its scheme has an origin, and nothing that would weaken it', () => {
    expect(double.kept.schemes).toEqual([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }])
    expect(double.windows[0]!.webContents.mainFrame.url).toBe('app://contango/')
  })

  test.each(['will-navigate', 'will-redirect', 'will-frame-navigate', 'will-attach-webview'])('%s is prevented', event => {
    expect(double.windows[0]!.webContents.isPrevented(event)).toBe(true)
  })

  test('a page can open no window', () => {
    for (const url of ['https://evil.example', 'app://contango/', 'file:///etc/passwd'])
      expect(double.windows[0]!.webContents.openHandler!({ url })).toEqual({ action: 'deny' })
  })

  test('no permission is granted but copying, and that only to the page itself', () => {
    const page = double.windows[0]!.webContents
    const stranger = { getURL: () => 'https://evil.example/' }
    const asked = (contents: unknown, permission: string) => {
      let granted: boolean | null = null
      const answer = (given: boolean) => {
        granted = given
      }
      double.kept.request!(contents as never, permission as never, answer as never)
      return [granted, double.kept.check!(contents as never, permission as never)]
    }
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'openExternal',
      'clipboard-read',
      'fileSystem',
      'hid',
      'display-capture',
    ])
      expect([permission, asked(page, permission)]).toEqual([permission, [false, false]])
    expect(asked(page, 'clipboard-sanitized-write')).toEqual([true, true])
    expect(asked(stranger, 'clipboard-sanitized-write')).toEqual([false, false])
    expect(double.kept.device!()).toBe(false)
  })
})

describe('the page under its own scheme', () => {
  const load = (url: string) => double.kept.handlers.get('app')!(new Request(url))

  test('comes with the same policy as over HTTP, and may open no socket', async () => {
    const answer = await load('app://contango/')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const policy = answer.headers.get('content-security-policy')!
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('ws:')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test.each([
    'app://contango/../package.json',
    'app://contango/%2e%2e/%2e%2e/package.json',
    'app://contango/..%2fpackage.json',
    'app://other/index.html',
    'app://contango/nothing.js',
  ])('%s leads nowhere', async url => {
    expect((await load(url)).status).toBe(404)
  })
})

describe('the port', () => {
  test('from the page itself leads to the host', async () => {
    const hello = await clientOn(double.connect()).system.hello()
    expect(hello).toMatchObject({ product: 'Contango', shell: 'electron', workspace: folder, demo: true })
  })

  test('from another page, from a frame in it, or after it went elsewhere, leads nowhere', async () => {
    const { webContents } = double.windows[0]!
    expect(await answers(double.connect({ sender: {} }))).toBe(false)
    expect(await answers(double.connect({ senderFrame: { url: 'app://contango/' } }))).toBe(false)
    expect(await answers(double.connect({ senderFrame: null }))).toBe(false)
    webContents.mainFrame.url = 'https://evil.example/'
    expect(await answers(double.connect())).toBe(false)
    webContents.mainFrame.url = 'app://contango/'
    expect(await answers(double.connect())).toBe(true)
  })

  test('a message without one is passed over', () => {
    expect(() => double.ipcMain.emit('desk:connect', { ports: [], sender: double.windows[0]!.webContents })).not.toThrow()
  })
})

describe('a second start', () => {
  test('with the same workspace ends at once, and the first brings its window to the front', async () => {
    const second = electronDouble({ isFirst: false })
    await startShell(second.electron, installation, argv)
    expect([second.kept.exits, second.windows]).toEqual([[0], []])
    const [window] = double.windows
    window!.minimized = true
    window!.done.length = 0
    double.app.emit('second-instance', {}, ['contango'])
    expect(window!.done).toEqual(['restore', 'show', 'focus'])
  })

  test('each workspace has its own lock: the folder of Electron lies inside it', () => {
    expect(double.kept.paths).toEqual({ userData: join(folder, 'electron') })
  })

  test('where a host without a window has the workspace, it says where that is open', async () => {
    const second = electronDouble()
    await startShell(second.electron, installation, argv)
    const way = readWayIn(folder)!
    expect(second.kept.errors).toEqual([`This workspace is already open at http://127.0.0.1:${way.port}.`])
    // The token is not for the screen.
    expect(second.kept.errors.join()).not.toContain(way.token)
    expect([second.kept.exits, second.windows]).toEqual([[0], []])
  })

  test.each(['remote-debugging-port', 'remote-debugging-pipe', 'inspect-brk'])(
    'of an installed program with --%s is refused in one sentence',
    async name => {
      const second = electronDouble({ isPackaged: true, switches: [name] })
      await startShell(second.electron, installation, argv)
      expect(second.kept.errors).toEqual([
        `Contango does not start with --${name}: another program could then read the page. Start it without.`,
      ])
      expect([second.kept.exits, second.windows]).toEqual([[1], []])
    },
  )

  test('with flags that make no sense it says so in one sentence', async () => {
    const second = electronDouble()
    await startShell(second.electron, installation, ['--port', 'seven'])
    expect(second.kept.errors).toEqual(['--port must be a number from 0 to 65535'])
    expect(second.kept.exits).toEqual([1])
  })
})

test('the version that the host tells is the one of the package', () => {
  expect(VERSION).toBe(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version)
})

describe('the end', () => {
  test('closing the last window closes the host within two seconds and gives the workspace back', async () => {
    expect(readWayIn(folder)).not.toBeNull()
    double.app.emit('window-all-closed')
    await vi.waitFor(() => expect(double.kept.exits).toEqual([0]), { timeout: 4000 })
    expect(readWayIn(folder)).toBeNull()
  })
})
