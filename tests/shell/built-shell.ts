import { mkdtempSync, rmSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compileFunction, constants } from 'node:vm'
import { vi } from 'vitest'
import { ChromiumWindow } from './chromium-window.ts'
import { type DoubleOptions, electronDouble } from './electron-double.ts'

const MAIN = pathToFileURL(resolve(import.meta.dirname, '../../build/main/electron.js')).href
const NAMES = [
  'app',
  'BrowserWindow',
  'dialog',
  'ipcMain',
  'Menu',
  'Notification',
  'protocol',
  'screen',
  'session',
  'shell',
  'Tray',
  'utilityProcess',
]

/** A change to the built shell, made in memory, that opens a hole on purpose. */
export interface Plant {
  readonly from: string
  readonly to: string
}

const stages = new Map<string, { electron: object; plants: readonly Plant[] }>()
/** What the module `electron` of the built shell is given; found by the number of the run. */
Object.assign(globalThis, { electronDoubles: stages })

/** Applies every plant, and says which found nothing to change: a plant that misses would prove nothing. */
function planted(text: string, plants: readonly Plant[]): string {
  return plants.reduce((all, { from, to }) => {
    const times = all.split(from).length - 1
    if (times !== 1) throw new Error(`a fault is to be planted once, and ${JSON.stringify(from)} is there ${times} times`)
    return all.replace(from, () => to)
  }, text)
}

registerHooks({
  resolve(specifier, context, next) {
    const run = /\?run=(\d+)/.exec(context.parentURL ?? '')?.[1]
    return specifier === 'electron' && run
      ? { url: `electron-double:${run}`, format: 'module', shortCircuit: true }
      : next(specifier, context)
  },
  load(url, context, next) {
    const [, run] = /^electron-double:(\d+)$/.exec(url) ?? []
    if (run) {
      const lines = NAMES.map(name => `export const ${name} = parts.${name}`)
      const source = `const parts = globalThis.electronDoubles.get('${run}').electron\n${lines.join('\n')}`
      return { format: 'module', source, shortCircuit: true }
    }
    const found = next(url, context)
    const stage = url.startsWith(`${MAIN}?run=`) ? stages.get(url.slice(MAIN.length + '?run='.length)) : null
    return stage && found.source ? { ...found, source: planted(String(found.source), stage.plants) } : found
  },
})

// Vite would take an import of its own apart; this one must be Node's.
const load = compileFunction('return import(url)', ['url'], {
  importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
}) as (url: string) => Promise<unknown>

let runs = 0

/** The built shell at work on the double, with its first window in Chromium. */
export interface BuiltShell {
  readonly double: ReturnType<typeof electronDouble>
  readonly window: ChromiumWindow
  readonly folder: string
  /** Milliseconds from the start of the shell to the first window. */
  readonly took: number
  close(): Promise<void>
}

/** Runs build/main/electron.js as Electron would, and waits for its window with panels in it. */
export async function startBuiltShell({
  plants = [],
  words = ['--demo'],
  folder = mkdtempSync(join(tmpdir(), 'contango-built-')),
  wait = '[data-panel]',
  keep = false,
  ...options
}: DoubleOptions & {
  plants?: readonly Plant[]
  words?: readonly string[]
  folder?: string
  /** What must stand in the page; nothing where it cannot come so far. */
  wait?: string | null
  /** The folder stays after closing, for another start. */
  keep?: boolean
} = {}): Promise<BuiltShell> {
  const started = performance.now()
  const double = electronDouble({ ...options, makeWindow: (asked, around) => new ChromiumWindow(asked, around) })
  const run = String(++runs)
  stages.set(run, { electron: double.electron, plants })
  const argv = process.argv
  process.argv = [argv[0]!, '.', '--data', folder, ...words]
  await load(`${MAIN}?run=${run}`)
  await vi.waitFor(() => {
    if (double.kept.errors.length > 0) throw new Error(double.kept.errors.join())
    if (!double.windows[0]?.done.includes('show')) throw new Error('no window is shown')
  }, 30_000)
  process.argv = argv
  const window = double.windows[0] as unknown as ChromiumWindow
  const took = performance.now() - started
  if (wait) await window.page.locator(wait).first().waitFor({ timeout: 20_000 })
  return {
    ...{ double, window, folder, took },
    async close() {
      await window.close()
      if (double.kept.exits.length === 0) double.app.emit('window-all-closed')
      await vi.waitFor(() => {
        if (double.kept.exits.length === 0) throw new Error('the host is still open')
      }, 10_000)
      if (!keep) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
