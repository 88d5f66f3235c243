import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { callHost } from './caller.ts'
import { arrangement, inkOf, openBlank, palette } from './journey.ts'
import { hostPid, openDesk, project, startWorkstation, type Workstation } from './workstation.ts'

let folder: string
let work: string
let workstation: Workstation

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'contango-files-'))
})
afterAll(() => rm(work, { recursive: true, force: true }))
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'contango-restart-'))
  workstation = await startWorkstation({ folder })
})
afterEach(async () => {
  await workstation?.stop()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

const ended = (pid: number) =>
  expect
    .poll(
      () => {
        try {
          process.kill(pid, 0)
          return 'there'
        } catch {
          return 'gone'
        }
      },
      { timeout: 5000, interval: 20 },
    )
    .toBe('gone')

async function killHost(): Promise<void> {
  const pid = await hostPid(folder)
  process.kill(pid, 'SIGKILL')
  await ended(pid)
}

/** What a person sees of the arrangement and of what is set in it; the ages and prices that move are left out. */
async function sight(page: Page) {
  return {
    workspaces: await page.getByRole('navigation').first().getByRole('button').allInnerTexts(),
    groups: await arrangement(page),
    language: await page.locator('html').getAttribute('lang'),
    theme: await page.locator('html').getAttribute('data-mantine-color-scheme'),
    indicators: /SMA/.test(await page.locator('[data-panel="chart"]').first().innerText()),
  }
}

type Sight = Awaited<ReturnType<typeof sight>>

/** The same desk: all of it, but for the pixel that shares of a whole are rounded to. */
function expectSame(now: Sight, before: Sight): void {
  const plain = ({ groups, ...rest }: Sight) => ({ ...rest, groups: groups.map(({ place: _, ...group }) => group) })
  expect(plain(now)).toEqual(plain(before))
  const places = ({ groups }: Sight) => groups.flatMap(({ place }) => place)
  const off = places(now).map((pixel, at) => Math.abs(pixel - places(before)[at]!))
  expect(Math.max(...off), JSON.stringify([places(before), places(now)])).toBeLessThanOrEqual(2)
}

/** Waits until the sight no longer changes, so that titles that come with the data are there. */
async function settledSight(page: Page) {
  let before = ''
  let now = await sight(page)
  for (let tries = 0; JSON.stringify(now) !== before && tries < 20; tries++) {
    before = JSON.stringify(now)
    await page.waitForTimeout(500)
    now = await sight(page)
  }
  return now
}

/** Makes the desk its own: a float, a link group, a symbol, an indicator, a name, a second workspace, language and theme. */
async function arrange(page: Page): Promise<void> {
  await page.locator('[data-panel="chart"]').getByRole('application').focus()
  await page.keyboard.press('i')
  await page.getByRole('textbox', { name: 'Find an indicator' }).fill('simple')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await expect.poll(() => page.locator('[data-panel="chart"]').innerText()).toMatch(/SMA/)

  await palette(page, 'SPY')
  // A second chart, in a group of its own and with a symbol of its own, afloat.
  await page.keyboard.press('Alt+c')
  await page.locator('[data-panel="chart"]').nth(1).waitFor()
  const actions = page.getByRole('button', { name: 'Actions of Chart' }).last()
  await actions.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Link group' }).click()
  await page.getByRole('menuitem', { name: /^(Group )?B/ }).click()
  await palette(page, 'AAPL')
  await page.keyboard.press('Alt+f')
  await expect.poll(async () => (await arrangement(page)).filter(({ floating }) => floating).length).toBe(1)

  await page.keyboard.press('F2')
  await page.getByRole('textbox', { name: 'Name of the workspace' }).fill('Crude')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Alt+Shift+N')
  await page.getByText('This workspace is empty').waitFor()
  await page.getByRole('button', { name: /^Research/ }).click()
  await page.locator('[data-panel="sql"]').waitFor()
  await page.keyboard.press('Alt+1')
  await page.locator('[data-panel="watchlist"]').waitFor()
  await page.keyboard.press('Alt+t')
  await page.keyboard.press('Alt+Shift+L')
  await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('es')
  await page.waitForTimeout(400)
}

test('kill -9 of the host: the same desk at the next start, twice', async () => {
  const { page, close } = await openDesk(workstation.address)
  await arrange(page)
  const before = await settledSight(page)
  expect(before.groups.flatMap(({ tabs }) => tabs).join()).toMatch(/B AAPL/)
  expect(before).toMatchObject({ language: 'es', theme: 'light', indicators: true })
  await killHost()
  await close()
  for (const _ of [1, 2]) {
    workstation = await startWorkstation({ folder })
    const again = await openDesk(workstation.address)
    expectSame(await settledSight(again.page), before)
    expect(again.faults).toEqual([])
    await again.close()
    await killHost()
  }
}, 110_000)

test('starts and stops in quick succession never lose the panels', async () => {
  const { page, close } = await openDesk(workstation.address)
  await settledSight(page)
  await close()
  for (const moment of [0, 150, 400, 900]) {
    // A page that is closed, still loading or in the middle of saving while the host ends.
    const blank = await openBlank()
    const opening = blank.page.goto(workstation.address).catch(() => null)
    await blank.page.waitForTimeout(moment)
    await workstation.stop()
    await opening
    await blank.close()
    workstation = await startWorkstation({ folder })
  }
  const again = await openDesk(workstation.address)
  const kinds = await again.page.locator('.dv-groupview [role="tab"]').count()
  expect(kinds).toBeGreaterThanOrEqual(6)
  expect(await again.page.getByText('This workspace is empty').count()).toBe(0)
  await again.close()
}, 110_000)

test('the tab of an older launch says so, and takes the new address without losing the desk', async () => {
  const { port } = new URL(workstation.address)
  const { page, close } = await openDesk(workstation.address)
  const before = await settledSight(page)
  await workstation.stop()
  await page
    .getByText('Lost', { exact: false })
    .or(page.getByText('Not connected'))
    .or(page.getByText('Try now'))
    .first()
    .waitFor()
  expect(await page.locator('[data-panel="watchlist"]').count()).toBe(1)
  workstation = await startWorkstation({ folder, args: ['--demo', '--port', port] })
  await page.getByRole('main').getByText('Not admitted').waitFor({ timeout: 15_000 })
  await page.goto(workstation.address)
  await page.locator('[data-panel="watchlist"]').waitFor({ timeout: 15_000 })
  expectSame(await settledSight(page), before)
  await close()
  const { client, close: hangUp } = callHost(workstation.address)
  const [stored] = (await client.workspace.list()).workspaces
  hangUp()
  expect(Object.keys((stored!.layout as { panels: object }).panels)).toHaveLength(6)
})

/** Children of a process by what they run, from the process table (Linux). */
function childOf(pid: number, word: string): number {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const parent = Number(/\) \w (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1])
      if (parent === pid && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(word)) return Number(name)
    } catch {
      // It ended between the listing and the look.
    }
  }
  throw new Error(`no child of ${pid} runs ${word}`)
}

describe.skipIf(process.platform !== 'linux')('kill -9 of the data process (needs /proc)', () => {
  test('the window stays, and the charts answer again within two seconds', async () => {
    const { page, faults, close } = await openDesk(workstation.address)
    const { client, close: hangUp } = callHost(workstation.address)
    try {
      await page.locator('[data-panel="watchlist"]').getByRole('row').nth(5).waitFor()
      const before = await settledSight(page)
      const phases = new Set<string>()
      // Everything that the bar at the foot says meanwhile.
      await page.evaluate(() => {
        const said: string[] = []
        const bar = document.querySelector('#region-status')!
        new MutationObserver(() => said.push(bar.textContent ?? '')).observe(bar, {
          subtree: true,
          childList: true,
          characterData: true,
        })
        Object.assign(window, { said })
      })
      const victim = childOf(await hostPid(folder), 'data-process')
      process.kill(victim, 'SIGKILL')
      const from = performance.now()
      let status = await client.system.status()
      while (!(status.data.restarts >= 1 && status.data.phase === 'up')) {
        expect(performance.now() - from).toBeLessThan(2000)
        phases.add(status.data.phase)
        await new Promise(done => setTimeout(done, 10))
        status = await client.system.status()
      }
      expect([...phases]).toContain('restarting')
      expect(status.data.restarts).toBe(1)
      const bars = await client.market.bars({ instrument: 'SPY.DEMO', timeframe: '1d', limit: 300 })
      expect(bars.time.length).toBeGreaterThan(100)
      expect(performance.now() - from).toBeLessThan(3000)

      await expect
        .poll(() => page.evaluate(() => (window as unknown as { said: string[] }).said.join('\n')), { timeout: 3000 })
        .toContain('The market store is restarting')
      await expect.poll(() => page.getByRole('contentinfo').innerText()).not.toContain('The market store is restarting')

      // The page never went away, and a chart of another symbol is drawn from the new process.
      expect((await settledSight(page)).groups.length).toBe(before.groups.length)
      await palette(page, 'NVDA')
      await expect
        .poll(() => page.locator('[data-panel="chart"]').getByRole('figure').getAttribute('aria-label'), { timeout: 10_000 })
        .toMatch(/^Chart of NVDA/)
      await expect
        .poll(async () => (await inkOf(page, '[data-panel="chart"]')).colours, { timeout: 5000 })
        .toBeGreaterThanOrEqual(4)
      expect(faults).toEqual([])
    } finally {
      hangUp()
      await close()
    }
  })
})

test('a page that crashes comes back with the same desk', async () => {
  const { page, close } = await openDesk(workstation.address)
  const before = await settledSight(page)
  const crashed = new Promise(done => page.once('crash', done))
  const session = await page.context().newCDPSession(page)
  session.send('Page.crash').catch(() => {})
  await crashed
  const again = await page.context().newPage()
  const faults: string[] = []
  again.on('pageerror', fault => faults.push(fault.message))
  await again.goto(workstation.address)
  await again.locator('[data-panel="watchlist"]').waitFor({ timeout: 15_000 })
  expectSame(await settledSight(again), before)
  expect(faults).toEqual([])
  await close()
})

test('kill -9 of the host during an import leaves the old series or the new one, never a part', async () => {
  const ROWS = 400_000
  const csv = (price: number, rows: number) => {
    const lines = ['time,open,high,low,close,volume']
    for (let n = 0; n < rows; n++)
      lines.push(`${new Date(Date.UTC(2000, 0, 1) + n * 60_000).toISOString()},${price},${price + 1},${price - 1},${price},1`)
    return `${lines.join('\n')}\n`
  }
  const send = async (client: ReturnType<typeof callHost>['client'], text: string, replace: boolean) => {
    const bytes = Buffer.from(text)
    const { upload } = await client.imports.begin({ file: 'walk.csv', bytes: bytes.length })
    for (let offset = 0; offset < bytes.length; offset += 4 * 2 ** 20)
      await client.imports.piece({ upload, offset, base64: bytes.subarray(offset, offset + 4 * 2 ** 20).toString('base64') })
    const { mapping } = await client.imports.preview({ upload })
    return client.imports.start({ upload, series: 'walk', mapping, dryRun: false, replace })
  }
  const sum = async (client: ReturnType<typeof callHost>['client']) => {
    const sql = "select count(*) as n, min(close) as low, max(close) as high from series where name = 'walk'"
    return (await client.lab.run({ query: 'walk', sql })).rows[0]
  }
  let { client, close } = callHost(workstation.address)
  await client.imports.report({ job: (await send(client, csv(100, ROWS), false)).job })
  expect(await sum(client)).toEqual([ROWS, 100, 100])
  const next = csv(200, ROWS)
  await writeFile(join(work, 'walk.csv'), next)
  const seen = new Set<number>()
  for (const moment of [300, 1300, 1600, 1900, 2300, 4000]) {
    await send(client, next, true)
    await new Promise(done => setTimeout(done, moment))
    close()
    await killHost()
    workstation = await startWorkstation({ folder })
    ;({ client, close } = callHost(workstation.address))
    const [n, low, high] = (await sum(client)) as [number, number, number]
    expect([n, low], `after ${moment} ms`).toEqual([ROWS, high])
    expect([100, 200]).toContain(high)
    const { series } = await client.market.series()
    expect(series.find(({ name }) => name === 'walk')?.rows).toBe(ROWS)
    seen.add(high)
  }
  expect(seen.size).toBeGreaterThan(0)
  close()
}, 118_000)

describe('a host that dies by itself', () => {
  test('is started again, the page finds its way back, and it says what is here again', async () => {
    await workstation.stop()
    workstation = await startWorkstation({ folder, revives: true })
    const desk = await openDesk(workstation.address)
    const { page } = desk
    try {
      expect(await page.locator('[data-recovery]').count()).toBe(0)
      await page.getByText('Connected').first().waitFor()
      await killHost()
      const card = page.locator('[data-recovery]')
      await card.getByRole('heading', { name: 'Contango ended without closing' }).waitFor({ timeout: 20_000 })
      await card.getByText(/decisions of the journal, their chain checked/).waitFor()
      await page.getByText('Connected').first().waitFor()
      expect(workstation.output()).toMatch(/Contango ended by itself \(SIGKILL\)\. It is started again\./)
      await page.screenshot({ path: join(project, 'build/e2e/screens/recovery.png') })
      await card.getByRole('button', { name: 'Go on' }).click()
      await card.waitFor({ state: 'detached' })
      await page.reload()
      await page.locator('[data-panel]').first().waitFor()
      expect(await page.locator('[data-recovery]').count()).toBe(0)
    } finally {
      await desk.close()
    }
  })
})
