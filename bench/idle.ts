import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, CDPSession, Page } from 'playwright-core'
import { openBrowser } from '../tests/e2e/browser.ts'
import { callHost } from '../tests/e2e/caller.ts'
import { startWorkstation } from '../tests/e2e/workstation.ts'
import { chartIsPainted } from './start.ts'

const VIEW = { width: 1680, height: 1000 }
/** Jiffies a second that the kernel counts a process's time in; 100 on every Linux that Node runs on. */
const TICKS = 100
const PANELS = 5
const rest = (seconds: number) => new Promise(done => setTimeout(done, seconds * 1000))

interface Process {
  readonly pid: number
  readonly parent: number
  readonly command: string
}

function processes(): Process[] {
  return readdirSync('/proc').flatMap(name => {
    if (!/^\d+$/.test(name)) return []
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      return [{ pid: Number(name), parent, command: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ') }]
    } catch {
      return []
    }
  })
}

function descendants(root: number): Process[] {
  const all = processes()
  const under = (pid: number): Process[] => all.filter(({ parent }) => parent === pid).flatMap(one => [one, ...under(one.pid)])
  return under(root)
}

/** Seconds of processor time that a process has used. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}

/** Bytes of a process; what it shares with others is counted to each in part. */
function memoryOf(pid: number): number {
  const [, kilobytes = '0'] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? []
  return Number(kilobytes) * 1024
}

/** The processes of a workstation by what they do. */
function parts(): Record<'host' | 'data' | 'page', number[]> {
  const all = descendants(process.pid)
  const those = (test: (command: string) => boolean) => all.filter(({ command }) => test(command)).map(({ pid }) => pid)
  return {
    host: those(command => command.includes('headless.mjs')),
    data: those(command => command.includes('data-process.mjs')),
    page: those(command => command.includes('--type=renderer')),
  }
}

async function measure(session: CDPSession, seconds: number) {
  const groups = Object.entries(parts())
  const time = () => groups.map(([, pids]) => pids.reduce((sum, pid) => sum + cpuOf(pid), 0))
  const work = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]))
  }
  const [before, workBefore, began] = [time(), await work(), performance.now()]
  await rest(seconds)
  const [after, workAfter] = [time(), await work()]
  const passed = (performance.now() - began) / 1000
  const percent = (used: number) => Math.round((used / passed) * 1000) / 10
  const cpu = Object.fromEntries(groups.map(([name], at) => [name, percent(after[at]! - before[at]!)]))
  const spent = (name: string) => percent((workAfter[name] ?? 0) - (workBefore[name] ?? 0))
  const megabytes = (pids: number[]) => Math.round(pids.reduce((sum, pid) => sum + memoryOf(pid), 0) / 2 ** 20)
  return {
    cpu,
    page: {
      script: spent('ScriptDuration'),
      style: spent('RecalcStyleDuration'),
      layout: spent('LayoutDuration'),
      tasks: spent('TaskDuration'),
    },
    memory: Object.fromEntries(groups.map(([name, pids]) => [name, megabytes(pids)])),
  }
}

/** Seconds until a further window of a running workstation has painted its chart: the median of five. */
async function openFurther(context: BrowserContext, address: string): Promise<number> {
  const times: number[] = []
  for (let k = 0; k < 5; k++) {
    const page = await context.newPage()
    const began = performance.now()
    await page.goto(address)
    await chartIsPainted(page)
    times.push((performance.now() - began) / 1000)
    await page.close()
  }
  return times.toSorted((a, b) => a - b)[2]!
}

async function openFive(page: Page, address: string): Promise<number> {
  await page.goto(address)
  await page.locator('[data-panel]').first().waitFor({ timeout: 30_000 })
  const tabs = page.locator('[role="tablist"] [role="tab"][aria-selected]')
  // Panels are asked for as a link asks for them, until there are five.
  for (const kind of ['sql', 'log', 'sources', 'settings']) {
    if ((await tabs.count()) >= PANELS) break
    await page.evaluate(words => {
      location.hash = words
    }, `panel=${kind}`)
    await page.locator(`[data-panel="${kind}"]`).waitFor({ timeout: 10_000 })
  }
  return tabs.count()
}

/**
 * What a workstation with five panels costs while nobody touches it: with nothing ticking, and with the demo market.
 *
 * CPU is percent of one core; memory is the proportional set size of host, data process and page.
 */
export async function run({ seconds = 20, settle = 15 }: { seconds?: number; settle?: number } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'contango-bench-idle-'))
  const workstation = await startWorkstation({ folder, args: [] })
  const { client, close } = callHost(workstation.address)
  const browser = await openBrowser(VIEW)
  try {
    const page = await browser.context.newPage()
    const session = await browser.context.newCDPSession(page)
    await session.send('Performance.enable')
    const panels = await openFive(page, workstation.address)
    const painted = await openFurther(browser.context, workstation.address)
    await rest(settle)
    const ticking = await measure(session, seconds)
    await client.sources.set({ name: 'demo', enabled: false })
    await rest(settle)
    const idle = await measure(session, seconds)
    const memory = Object.values(idle.memory).reduce((sum, one) => sum + one, 0)
    const cpu = Math.round(Object.values(idle.cpu).reduce((sum, one) => sum + one, 0) * 10) / 10
    return [
      {
        bench: 'window',
        value: painted,
        unit: 's from opening a further window to its painted chart',
        limit: 1,
        within: painted < 1,
      },
      { bench: 'idle-ticking', panels, ...ticking },
      {
        ...{ bench: 'idle', value: cpu, unit: '% of one core, host, data process and page', limit: 2, within: cpu <= 2 },
        ...{ memory, memoryUnit: 'MB', memoryLimit: 600, memoryWithin: memory < 600, panels, seconds, parts: idle },
      },
    ]
  } finally {
    close()
    await browser.close()
    await workstation.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
