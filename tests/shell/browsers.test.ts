import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'

interface Browsers {
  findAppBrowser(env: Record<string, string>, platform: string): string | null
  hasDisplay(env: Record<string, string>, platform: string): boolean
  openAppWindow(browser: string, url: string, onClose: (code: number) => void): { close(): Promise<void> }
}
const script = new URL('../../scripts/browsers.mjs', import.meta.url).href
const { findAppBrowser, hasDisplay, openAppWindow } = (await import(script)) as Browsers

const folder = mkdtempSync(join(tmpdir(), 'contango-browsers-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the browser for the window', () => {
  test('is the first Chromium, Chrome or Edge of the path, or the one that is named', () => {
    expect(findAppBrowser({ PATH: folder }, 'linux')).toBeNull()
    for (const name of ['microsoft-edge', 'google-chrome']) writeFileSync(join(folder, name), '')
    expect(findAppBrowser({ PATH: folder }, 'linux')).toBe(join(folder, 'google-chrome'))
    writeFileSync(join(folder, 'mine'), '')
    expect(findAppBrowser({ PATH: folder, CONTANGO_BROWSER: join(folder, 'mine') }, 'linux')).toBe(join(folder, 'mine'))
    expect(findAppBrowser({ PATH: folder, CONTANGO_BROWSER: join(folder, 'gone') }, 'linux')).toBe(join(folder, 'google-chrome'))
  })

  test('only Linux can be without a display', () => {
    expect(hasDisplay({}, 'linux')).toBe(false)
    expect(hasDisplay({ DISPLAY: '', WAYLAND_DISPLAY: '' }, 'linux')).toBe(false)
    expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(true)
    expect(hasDisplay({}, 'darwin') && hasDisplay({}, 'win32')).toBe(true)
  })
})

// A shell script stands for the browser, and Windows has none.
describe.runIf(process.platform !== 'win32')('the window', () => {
  const said = join(folder, 'said')
  const browser = join(folder, 'browser')
  writeFileSync(browser, `#!/bin/sh\necho "$@" > ${said}.part && mv ${said}.part ${said}\nexec sleep 30\n`)
  chmodSync(browser, 0o755)
  const url = 'http://127.0.0.1:4711/#token=abc123'

  test('is led to the address by a private file, in a profile that goes with it', async () => {
    let closed: number | null = null
    const window = openAppWindow(browser, url, code => {
      closed = code
    })
    await vi.waitFor(() => expect(existsSync(said)).toBe(true), { timeout: 5000 })
    const words = readFileSync(said, 'utf8')
    expect(words).not.toContain('abc123')
    const profile = /--user-data-dir=(\S+)/.exec(words)![1]!
    const file = new URL(/--app=(\S+)/.exec(words)![1]!)
    expect(file.pathname).toBe(join(profile, 'open.html'))
    expect(readFileSync(file, 'utf8')).toContain(`url=${url}"`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(profile).mode & 0o777).toBe(0o700)
    await window.close()
    expect([existsSync(profile), closed]).toEqual([false, 0])
    await window.close()
  })

  test('that cannot be opened is told by its code', async () => {
    const before = readdirSync(tmpdir()).filter(name => name.startsWith('contango-window-'))
    const code = await new Promise<number>(done => {
      openAppWindow(join(folder, 'nothing-there'), url, done)
    })
    expect(code).not.toBe(0)
    expect(readdirSync(tmpdir()).filter(name => name.startsWith('contango-window-') && !before.includes(name))).toEqual([])
  })
})
