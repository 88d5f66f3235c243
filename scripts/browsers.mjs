import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'microsoft-edge-stable']
const MAC = [
  'Google Chrome.app/Contents/MacOS/Google Chrome',
  'Chromium.app/Contents/MacOS/Chromium',
  'Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
]
const WINDOWS = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
]

/** A browser may write its profile down before it goes. */
const LONGEST_GOODBYE_MS = 1500

/** A Chromium, Chrome or Edge of this system that can show a page as a window of its own; null where none is installed. */
export function findAppBrowser(env = process.env, platform = process.platform) {
  const candidates = [env.CONTANGO_BROWSER]
  if (platform === 'darwin')
    for (const root of ['/Applications', join(env.HOME ?? '', 'Applications')])
      candidates.push(...MAC.map(name => join(root, name)))
  else if (platform === 'win32')
    for (const root of [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA])
      if (root) candidates.push(...WINDOWS.map(name => join(root, name)))
  if (platform === 'linux')
    for (const name of NAMES)
      for (const folder of (env.PATH ?? '').split(delimiter)) if (folder) candidates.push(join(folder, name))
  return candidates.find(file => file && existsSync(file)) ?? null
}

/** Whether anything can be shown at all; only Linux is used without a display. */
export function hasDisplay(env = process.env, platform = process.platform) {
  return platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)
}

/**
 * A private page that leads to the address.
 *
 * Arguments of a process can be read by every account of a machine, and the address holds the token; a file of ours cannot.
 */
function wayIn(folder, url) {
  const file = join(folder, 'open.html')
  writeFileSync(file, `<!doctype html><title>Contango</title><meta http-equiv="refresh" content="0;url=${url}">`, { mode: 0o600 })
  return file
}

/**
 * Opens an address as a window without tabs, in a profile of its own that is removed afterwards.
 *
 * With its own profile the browser's process lives exactly as long as the window: `onClose` hears when a person closed it.
 */
export function openAppWindow(browser, url, onClose) {
  const profile = mkdtempSync(join(tmpdir(), 'contango-window-'))
  // Chromium refuses to run as root with its sandbox; that is a container, and only our own page is loaded.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const args = [
    `--app=${pathToFileURL(wayIn(profile, url))}`,
    `--user-data-dir=${profile}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--window-size=1600,1000',
    ...asRoot,
  ]
  const child = spawn(browser, args, { stdio: 'ignore' })
  let ended = false
  const end = code => {
    if (ended) return
    ended = true
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    onClose(code)
  }
  child.on('error', () => end(-1))
  child.on('exit', code => end(code ?? 0))
  return {
    /** Resolves when the window and its profile are gone, or will not go. */
    close: () =>
      new Promise(done => {
        if (ended) return done()
        child.once('exit', () => done())
        setTimeout(done, LONGEST_GOODBYE_MS).unref()
        child.kill()
      }),
  }
}

/** Opens an address in whatever browser the system prefers. */
export function openDefaultBrowser(url, platform = process.platform) {
  const [command, ...args] =
    platform === 'darwin'
      ? ['open', url]
      : platform === 'win32'
        ? ['cmd', '/c', 'start', '', url.replaceAll('&', '^&')]
        : ['xdg-open', url]
  const child = spawn(command, args, { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}
