import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'

interface Found {
  readonly path: string
  readonly env: Readonly<Record<string, string>>
}

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]

/**
 * A Chromium to drive: the one named by CONTANGO_CHROMIUM, Playwright's, the system's, or the one that an npm package
 * ships, so that a machine with nothing but Node can run the tests.
 *
 * Fails: Error that says what to install where there is none.
 */
export async function findChromium(): Promise<Found> {
  const named = process.env.CONTANGO_CHROMIUM
  const found = [named, chromium.executablePath(), ...INSTALLED].find(path => path && existsSync(path))
  if (found) return { path: found, env: {} }
  if (process.platform === 'linux' && process.arch === 'x64') {
    const shipped = await import('@sparticuz/chromium')
    const folder = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..', 'bin')
    // Its own copies of NSS, for a machine that never had a browser.
    const libraries = await shipped.inflate(join(folder, 'al2023.tar.br'))
    return { path: await shipped.default.executablePath(folder), env: { LD_LIBRARY_PATH: join(libraries, 'lib') } }
  }
  throw new Error('No Chromium was found. Install Chromium, Chrome or Edge, or name one in CONTANGO_CHROMIUM.')
}

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
]

/** A browser with a profile of its own, which goes when it is closed. */
export async function openBrowser(
  view: { readonly width: number; readonly height: number },
  /** Further flags of the browser, and the name it goes by. */
  { flags = [], userAgent }: { readonly flags?: readonly string[]; readonly userAgent?: string } = {},
): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  const { path, env } = await findChromium()
  const profile = await mkdtemp(join(tmpdir(), 'contango-profile-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: path,
    headless: true,
    args: [...FLAGS, ...flags],
    ...(userAgent ? { userAgent } : {}),
    viewport: view,
    env: { ...(process.env as Record<string, string>), ...env },
    acceptDownloads: true,
  })
  return {
    context,
    async close() {
      await context.close()
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
