import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callHost } from './caller.ts'
import { inkOf, openBlank, palette } from './journey.ts'
import { openDesk, project, startWorkstation, type Workstation } from './workstation.ts'

/** Patience on a busy machine; how long it really takes is what `npm run bench -- start` measures. */
const LIVE_WITHIN_MS = 15_000

const CHART = '[data-panel="chart"]'

let workstation: Workstation

beforeAll(async () => {
  workstation = await startWorkstation()
})
afterAll(() => workstation?.stop())

async function lasts(page: Page): Promise<string[]> {
  const cells = page.locator('[data-panel="watchlist"] [role="row"] [role="gridcell"]:nth-child(2)')
  return cells.allInnerTexts()
}

describe('the workstation opens', () => {
  test("with React's production build, whatever started the build", () => {
    const folder = join(project, 'build/page/assets')
    const scripts = readdirSync(folder).filter(name => name.endsWith('.js'))
    expect(scripts.length).toBeGreaterThan(5)
    expect(scripts.filter(name => readFileSync(join(folder, name), 'utf8').includes('Download the React DevTools'))).toEqual([])
  })

  test('says so in one line, and only that, where there is no display', () => {
    const isBuild = (line: string) => /^built \w+ in [\d.]+ s$/.test(line)
    // A build that was out of date says on standard error what it made.
    const lines = workstation
      .output()
      .trimEnd()
      .split('\n')
      .filter(line => !isBuild(line))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^Contango is open at http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{32,}$/)
  })

  test('watchlist and chart live, all of it marked as demo, nothing asked of another host', async () => {
    const { page, faults, close } = await openBlank()
    const hosts = new Set<string>()
    page.context().on('request', request => hosts.add(new URL(request.url()).hostname))
    page.on('websocket', socket => hosts.add(new URL(socket.url()).hostname))
    try {
      await page.goto(workstation.address)
      const watchlist = page.locator('[data-panel="watchlist"]')
      const chart = page.locator(CHART)
      await watchlist.getByRole('row').nth(5).waitFor({ timeout: LIVE_WITHIN_MS })
      await chart.locator('canvas').first().waitFor({ timeout: LIVE_WITHIN_MS })
      const first = await lasts(page)
      await expect.poll(() => lasts(page), { timeout: LIVE_WITHIN_MS }).not.toEqual(first)
      await expect.poll(async () => (await inkOf(page, CHART)).colours, { timeout: LIVE_WITHIN_MS }).toBeGreaterThanOrEqual(4)

      // The newest bar: what the legend reads out while nothing is pointed at, and its pixels.
      const drawn = await inkOf(page, CHART)
      expect(drawn.pixels).toBeGreaterThan(1000)
      const figure = chart.getByRole('figure')
      expect(await figure.getAttribute('aria-label')).toMatch(/^Chart of CL\w+ in 5m\. Newest close [\d.,]+/)
      await palette(page, 'SPY')
      await expect.poll(() => figure.getAttribute('aria-label'), { timeout: 5000 }).toMatch(/^Chart of SPY in 5m/)
      const newest = async () => / C [\d.,]+ .*?Vol [\d.,]+/.exec((await chart.innerText()).replace(/\s+/g, ' '))?.[0]
      const said = await newest()
      expect(said).toBeDefined()
      // A quiet minute of the night may trade twice at one price, but not without volume.
      await expect.poll(newest, { timeout: 45_000 }).not.toBe(said)
      await expect.poll(async () => (await inkOf(page, CHART)).print, { timeout: LIVE_WITHIN_MS }).not.toBe(drawn.print)

      expect(await page.title()).toMatch(/^DEMO · /)
      expect(await page.getByRole('contentinfo').innerText()).toContain('DEMO')
      const groups = page.locator('.dv-groupview')
      expect(await groups.count()).toBeGreaterThanOrEqual(4)
      // A panel of prices says it in its header; the others, as Sources, may show what is real, and leave it to the window.
      const priced = groups.filter({ has: page.locator('[data-panel="chart"], [data-panel="watchlist"], [data-panel="tape"]') })
      expect(await priced.count()).toBeGreaterThanOrEqual(3)
      for (const panel of await priced.all())
        expect(await panel.getByTitle(/every price here is simulated/).innerText()).toBe('DEMO')
      const rows = watchlist.locator('[role="rowgroup"] [role="row"]:has([role="gridcell"])')
      expect(await rows.count()).toBeGreaterThan(10)
      // Drawn by the style sheet, so it is the name of the cell that has it, as a screen reader does.
      expect(await rows.filter({ has: page.getByRole('gridcell', { name: / DEMO$/ }) }).count()).toBe(await rows.count())
      expect(await chart.innerText()).toMatch(/Demo/)

      expect([...hosts]).toEqual(['127.0.0.1'])
      expect(faults).toEqual([])
    } finally {
      await close()
    }
  })

  test('a reload keeps the session, and the address no longer shows the token', async () => {
    const { page, faults, close } = await openDesk(workstation.address)
    try {
      expect(page.url()).not.toContain('token')
      await page.reload()
      await page.locator('[data-panel="watchlist"]').getByRole('row').nth(5).waitFor({ timeout: 15_000 })
      expect(await page.getByRole('status').filter({ hasText: 'Connected' }).count()).toBe(1)
      expect(faults).toEqual([])
    } finally {
      await close()
    }
  })

  test('a page without the token gets nothing and says what to do', async () => {
    const { origin } = new URL(workstation.address)
    const { page, faults, close } = await openBlank({ width: 1000, height: 700 })
    const frames: string[] = []
    try {
      page.on('websocket', socket => socket.on('framereceived', frame => frames.push(String(frame.payload))))
      await page.goto(origin)
      await page.getByText('Not admitted').first().waitFor()
      expect(await page.getByRole('main').innerText()).toMatch(/Open the address that the start command printed/)
      expect(await page.locator('[data-panel]').count()).toBe(0)
      expect(frames).toEqual([])
      // By hand, past the page: the doors themselves are shut.
      const answers = await page.evaluate(async () => {
        const status = async (path: string, init?: RequestInit) => (await fetch(path, init)).status
        const socket = await new Promise(done => {
          const tried = new WebSocket(`ws://${location.host}/ws`, ['contango', 'token.wrong'])
          tried.onopen = () => done('open')
          tried.onerror = () => done('refused')
        })
        return [await status('/openapi.json'), await status('/api/market/search'), socket]
      })
      expect(answers).toEqual([401, 401, 'refused'])
      expect(faults.filter(fault => !/401|WebSocket connection/.test(fault))).toEqual([])

      // The printed address opened in that same tab lets it in, though only the fragment differs.
      await page.goto(workstation.address)
      await page.locator('[data-panel]').first().waitFor({ timeout: 15_000 })
    } finally {
      await close()
    }
  })

  test('REST is off until it is turned on in Settings', async () => {
    const url = new URL(workstation.address)
    const headers = { authorization: `Bearer ${new URLSearchParams(url.hash.slice(1)).get('token')}` }
    const ask = (path: string) => fetch(new URL(path, url.origin), { headers })
    expect((await ask('/openapi.json')).status).toBe(403)
    const { page, faults, close } = await openDesk(workstation.address)
    try {
      await page.keyboard.press('Control+,')
      const settings = page.locator('[data-panel="settings"]')
      await settings.getByRole('searchbox').or(settings.getByRole('textbox')).first().fill('REST')
      const toggle = settings.getByRole('switch', { name: /REST/ })
      expect(await toggle.isChecked()).toBe(false)
      await toggle.focus()
      await page.keyboard.press('Space')
      await expect.poll(async () => (await ask('/openapi.json')).status, { timeout: 5000 }).toBe(200)
      const description = (await (await ask('/openapi.json')).json()) as { openapi: string; paths: object }
      expect(description.openapi).toMatch(/^3\.1\./)
      expect(Object.keys(description.paths).length).toBeGreaterThan(20)
      expect(faults).toEqual([])
    } finally {
      await close()
      const { client, close: hangUp } = callHost(workstation.address)
      await client.workspace.set({ key: 'rest', value: null })
      hangUp()
    }
  })
})
