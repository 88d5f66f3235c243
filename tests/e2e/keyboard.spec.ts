import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { callHost } from './caller.ts'
import { arrangement, openBlank, palette } from './journey.ts'
import { treatCalls } from './wire.ts'
import { openDesk, startWorkstation, type Workstation } from './workstation.ts'

// No test here touches the mouse: whatever it does a person can do with the keys alone.

let workstation: Workstation
let desk: Awaited<ReturnType<typeof openDesk>>

beforeAll(async () => {
  workstation = await startWorkstation()
})
afterAll(() => workstation?.stop())
beforeEach(async () => {
  const { client, close } = callHost(workstation.address)
  for (const { id } of (await client.workspace.list()).workspaces) await client.workspace.remove({ id })
  for (const key of ['theme', 'language']) await client.workspace.set({ key, value: null })
  close()
  desk = await openDesk(workstation.address)
  await desk.page.locator('[data-panel="watchlist"]').getByRole('row').nth(5).waitFor()
  await desk.page.locator('[data-panel="chart"] canvas').first().waitFor()
})
afterEach(() => desk?.close())

const figure = (page: Page) => page.locator('[data-panel="chart"]').first().getByRole('figure')
const kinds = (page: Page) =>
  page.locator('[data-panel]').evaluateAll(all => all.map(one => one.getAttribute('data-panel')).sort())
const tabs = async (page: Page) => (await arrangement(page)).flatMap(group => group.tabs).join(' | ')

describe('the palette', () => {
  test('chooses the symbol that was typed, however soon Enter follows, in every linked panel', async () => {
    const { page, faults } = desk
    const before = await kinds(page)
    for (const symbol of ['SPY', 'AAPL', 'TSLA']) {
      await palette(page, symbol)
      await expect
        .poll(() => figure(page).getAttribute('aria-label'), { timeout: 5000 })
        .toMatch(new RegExp(`^Chart of ${symbol} `))
      // Watchlist, chart, and time and sales are one link group.
      await expect.poll(() => tabs(page)).toMatch(new RegExp(`A ${symbol} .*A ${symbol} .*A ${symbol} `))
      await page.getByRole('grid', { name: `Time and sales of ${symbol}` }).waitFor()
    }
    expect(await kinds(page)).toEqual(before)
    expect(faults).toEqual([])
  })

  test('puts first what the word says', async () => {
    const { page, faults } = desk
    const sheet = page.getByRole('dialog')
    const first = sheet.locator('[cmdk-item][aria-selected="true"]')
    await page.keyboard.press('Control+k')
    await sheet.getByRole('combobox').waitFor()
    for (const [word, answer] of [
      ['theme', /^Theme/],
      ['tape', /^Open Time and sales/],
      ['log', /^Open Log/],
      ['undo', /^Undo the last change/],
      ['ES', /^ES[HMUZ]\d\d/],
      ['crude', /^CL[A-Z]\d\d/],
      ['sp500', /^sp500/],
    ] as const) {
      await page.keyboard.press('Control+a')
      await page.keyboard.type(word)
      await expect.poll(() => first.innerText(), { message: word, timeout: 3000 }).toMatch(answer)
    }
    expect(faults).toEqual([])
  })

  test('does not wait for a search that never answers', async () => {
    const slow = await openBlank()
    const held = new Map()
    await treatCalls(slow.page, held)
    try {
      await slow.page.goto(workstation.address)
      await slow.page.locator('[data-panel="chart"] canvas').first().waitFor({ timeout: 15_000 })
      held.set('/market/search', { do: 'hold' })
      const from = performance.now()
      await palette(slow.page, 'shortcuts')
      expect(performance.now() - from).toBeLessThan(5000)
      await slow.page.getByRole('dialog', { name: /shortcuts/i }).waitFor()
    } finally {
      await slow.close()
    }
  })

  test('opens panels where there is room, and runs commands', async () => {
    const { page, faults } = desk
    // From the narrow column of the watchlist.
    await page.getByRole('grid', { name: /^Watchlist/ }).focus()
    const narrow = (await arrangement(page))[0]!
    expect(narrow.tabs.join()).toContain('Demo market')
    await palette(page, 'Open SQL')
    await page.locator('[data-panel="sql"]').waitFor()
    await page.keyboard.press('Alt+c')
    await expect.poll(() => page.locator('[data-panel="chart"]').count()).toBe(2)
    const groups = await arrangement(page)
    expect(groups[0]).toEqual(narrow)
    for (const word of ['SQL', '5m']) {
      const home = groups.filter(group => group.tabs.some(tab => tab.includes(word)))
      expect(home.length).toBeGreaterThan(0)
      for (const { place } of home) expect(place[2]).toBeGreaterThan(400)
    }
    await palette(page, 'light')
    await expect.poll(() => page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('light')
    expect(faults).toEqual([])
  })
})

test('the sheet of keys opens by ? and lists them; Escape closes it', async () => {
  const { page, faults } = desk
  await page.keyboard.press('?')
  const sheet = page.getByRole('dialog')
  await sheet.waitFor()
  for (const words of ['Ctrl', 'F6', 'Alt']) expect(await sheet.innerText()).toContain(words)
  expect(await sheet.locator('dt').count()).toBeGreaterThan(25)
  await page.keyboard.type('undo')
  await expect.poll(() => sheet.locator('dt').count()).toBeLessThan(5)
  await page.keyboard.press('Escape')
  await sheet.waitFor({ state: 'detached' })
  expect(faults).toEqual([])
})

test('F6 goes round the regions, and Shift+F6 back', async () => {
  const { page, faults } = desk
  const region = () =>
    page.evaluate(() => document.activeElement?.closest('#region-top, #region-dock, #region-status')?.id ?? 'none')
  const seen: string[] = []
  for (let n = 0; n < 4; n++) {
    await page.keyboard.press('F6')
    seen.push(await region())
  }
  expect(new Set(seen.slice(0, 3))).toEqual(new Set(['region-top', 'region-dock', 'region-status']))
  expect(seen[3]).toBe(seen[0])
  await page.keyboard.press('Shift+F6')
  expect(await region()).toBe(seen[2])
  expect(faults).toEqual([])
})

test('language and theme change while it runs, without a reload', async () => {
  const { page, faults } = desk
  await page.evaluate(() => Object.assign(window, { stillHere: true }))
  const html = page.locator('html')
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const dark = await ground()
  await page.keyboard.press('Alt+Shift+L')
  await expect.poll(() => html.getAttribute('lang')).toBe('es')
  await expect.poll(() => tabs(page)).toMatch(/Operaciones.*Fuentes.*Estado.*Registro/)
  await page.keyboard.press('Alt+t')
  await expect.poll(() => html.getAttribute('data-mantine-color-scheme')).toBe('light')
  await expect.poll(ground).not.toBe(dark)
  await page.keyboard.press('Alt+Shift+L')
  await page.keyboard.press('Alt+t')
  await expect.poll(() => html.getAttribute('lang')).toBe('en')
  await expect.poll(() => tabs(page)).toMatch(/Time and sales.*Sources.*Status.*Log/)
  await expect.poll(ground).toBe(dark)
  expect(await page.evaluate(() => 'stillHere' in window)).toBe(true)
  expect(faults).toEqual([])
})

test('workspaces by number, and a closed panel comes back', async () => {
  const { page, faults } = desk
  await page.keyboard.press('Alt+Shift+N')
  await page.getByText('This workspace is empty').waitFor()
  await page.keyboard.press('Alt+1')
  await page.locator('[data-panel="watchlist"]').waitFor()
  await page.keyboard.press('Alt+2')
  await page.getByText('This workspace is empty').waitFor()
  await page.keyboard.press('Alt+1')
  await page.locator('[data-panel="chart"] canvas').first().waitFor()

  await palette(page, 'SPY')
  await page.locator('[data-panel="chart"]').getByRole('application').focus()
  const before = await arrangement(page)
  await page.keyboard.press('Alt+w')
  await expect.poll(() => page.locator('[data-panel="chart"]').count()).toBe(0)
  await page.waitForTimeout(400)
  await page.keyboard.press('Control+z')
  await page.locator('[data-panel="chart"] canvas').first().waitFor()
  const shape = (groups: typeof before) => groups.map(group => group.tabs.length)
  expect(shape(await arrangement(page))).toEqual(shape(before))
  await expect.poll(() => figure(page).getAttribute('aria-label')).toMatch(/^Chart of SPY/)
  expect(faults).toEqual([])
})
