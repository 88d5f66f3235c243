import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Page } from 'playwright-core'
import { openBrowser } from './browser.ts'

export const project = resolve(import.meta.dirname, '../..')

/** Folder of recorded inputs, which the project does not carry. */
export const recorded = resolve(process.env.CONTANGO_RECORDED ?? join(project, '../shared/data'))

/** A started workstation, as `npm start` starts it. */
export interface Workstation {
  readonly address: string
  readonly folder: string
  readonly process: ChildProcess
  /** What it printed so far. */
  output(): string
  stop(): Promise<void>
}

/**
 * Starts the workstation without a display and waits for the line with its address.
 *
 * Fails: Error with all that it printed when the line does not come within 30 s.
 */
export async function startWorkstation({
  folder,
  args = ['--demo'],
  env = {},
  revives = false,
}: {
  folder?: string
  args?: readonly string[]
  env?: Record<string, string>
  /** Starts again by itself after a crash, as it does for a person; most tests start it again themselves. */
  revives?: boolean
} = {}): Promise<Workstation> {
  const kept = folder ?? (await mkdtemp(join(tmpdir(), 'contango-e2e-')))
  const child = spawn(
    process.execPath,
    ['scripts/start.mjs', '--browser', ...(revives ? [] : ['--once']), '--data', kept, ...args],
    {
      cwd: project,
      env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  const address = await new Promise<string>((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`no address within 30 s; it printed:\n${output}`)), 30_000)
    const hear = (text: Buffer) => {
      output += text
      const found = /^Contango is (?:already )?open at (http:\S+)$/m.exec(output)
      if (found) {
        clearTimeout(timer)
        done(found[1]!)
      }
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('exit', code => {
      clearTimeout(timer)
      fail(new Error(`it ended with ${code}; it printed:\n${output}`))
    })
  })
  const ended = new Promise<void>(done => child.once('exit', () => done()))
  return {
    address,
    folder: kept,
    process: child,
    output: () => output,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        await ended
      }
      if (!folder) await rm(kept, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Process that holds the stores of a workspace: the one to kill when a crash is wanted. */
export async function hostPid(folder: string): Promise<number> {
  return (JSON.parse(await readFile(join(folder, 'host.json'), 'utf8')) as { pid: number }).pid
}

export interface Desk {
  readonly page: Page
  /** Console errors and uncaught faults so far; a test ends by expecting none. */
  readonly faults: string[]
  close(): Promise<void>
}

/** Opens the workstation's page in Chromium and waits until panels stand. */
export async function openDesk(address: string, view = { width: 1680, height: 1000 }): Promise<Desk> {
  const browser = await openBrowser(view)
  const page = await browser.context.newPage()
  const faults: string[] = []
  page.on('console', message => {
    if (message.type() === 'error') faults.push(message.text())
  })
  page.on('pageerror', fault => faults.push(fault.message))
  try {
    await page.goto(address)
    await page.locator('[data-panel]').first().waitFor({ timeout: 20_000 })
  } catch (fault) {
    const shown = await page
      .locator('body')
      .innerText()
      .catch(() => '')
    await browser.close()
    throw new Error(`no panel stood within 20 s; faults: ${faults.join(' | ')}; the page showed: ${shown.slice(0, 500)}`, {
      cause: fault,
    })
  }
  return { page, faults, close: () => browser.close() }
}
