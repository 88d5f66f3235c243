import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PANELS } from '../../src/renderer/panels.ts'
import { openBrowser } from './browser.ts'
import { callHost } from './caller.ts'
import { inkOf } from './journey.ts'
import { recorded, startWorkstation, type Workstation } from './workstation.ts'

type Kind = (typeof PANELS)[number]['kind']

let workstation: Workstation
let browser: Awaited<ReturnType<typeof openBrowser>>
let caller: ReturnType<typeof callHost>
let page: Page
const faults: string[] = []

beforeAll(async () => {
  workstation = await startWorkstation()
  browser = await openBrowser({ width: 1680, height: 1000 })
  caller = callHost(workstation.address)
})
afterAll(async () => {
  caller?.close()
  await browser?.close()
  await workstation?.stop()
})
beforeEach(() => void faults.splice(0))

/** Panels beside each other in one link group, as a stored workspace. */
async function open(kinds: readonly Kind[], params: object = {}, subject = 'SPY.DEMO'): Promise<Page> {
  await page?.close()
  page = await browser.context.newPage()
  page.on('pageerror', fault => faults.push(fault.message))
  page.on('console', message => {
    if (message.type() === 'error') faults.push(message.text())
  })
  const ids = kinds.map(kind => `${kind}-1`)
  const leaves = ids.map((id, k) => ({ type: 'leaf', size: 1000, data: { views: [id], activeView: id, id: String(k + 1) } }))
  const layout = {
    version: 1,
    made: 0,
    dock: {
      grid: { root: { type: 'branch', size: 1000, data: leaves }, width: 1000, height: 1000, orientation: 'HORIZONTAL' },
      panels: Object.fromEntries(ids.map(id => [id, { id, contentComponent: 'panel', title: id }])),
      activeGroup: '1',
    },
    panels: Object.fromEntries(
      kinds.map((kind, k) => [ids[k], { kind, params: k === 0 ? params : {}, link: 'A', subject: null }]),
    ),
    links: { A: subject },
  }
  const id = 'options-test'
  const { workspaces } = await caller.client.workspace.list()
  if (workspaces.some(one => one.id === id)) await caller.client.workspace.remove({ id })
  await caller.client.workspace.save({ id, name: 'options', revision: 0, layout })
  await caller.client.workspace.choose({ id })
  await page.goto(workstation.address)
  await panel(kinds[0]!).waitFor({ timeout: 15_000 })
  return page
}

const panel = (kind: Kind): Locator => page.locator(`[data-panel="${kind}"]`)
const rows = () => panel('options-chain').locator('[role="row"][data-kind="row"]:not([hidden])')

/** Place, strike and bid of the rows in view. */
async function seen(): Promise<{ place: string; strike: string; bid: string }[]> {
  return rows().evaluateAll(elements =>
    elements
      .map(row => ({
        place: (row as HTMLElement).style.transform,
        strike: row.querySelector('[data-pinned="true"]')?.textContent ?? '',
        bid: [...row.querySelectorAll('[role="gridcell"]')].map(cell => cell.textContent).join(' '),
      }))
      .sort((a, b) => Number(a.place.match(/[\d.]+/)?.[0]) - Number(b.place.match(/[\d.]+/)?.[0])),
  )
}

describe('the chain of the demo market', () => {
  test('its numbers change and its rows stay where they are', async () => {
    await open(['options-chain'])
    await rows().nth(10).waitFor({ timeout: 20_000 })
    await page.waitForTimeout(1500)
    const before = await seen()
    const top = await panel('options-chain')
      .getByRole('grid')
      .evaluate(grid => grid.scrollTop)
    await page.mouse.move(400, 500) // nothing moves under the pointer, not even to follow the money
    await page.waitForTimeout(5000)
    const after = await seen()
    expect(after.map(({ place, strike }) => [place, strike])).toEqual(before.map(({ place, strike }) => [place, strike]))
    expect(after.filter((row, k) => row.bid !== before[k]!.bid).length).toBeGreaterThan(before.length / 2)
    expect(
      await panel('options-chain')
        .getByRole('grid')
        .evaluate(grid => grid.scrollTop),
    ).toBe(top)
    expect(faults).toEqual([])
  })

  test('every number that is missing says why', async () => {
    await open(['options-chain'], {
      range: null,
      columns: ['bid', 'ask', 'vol', 'bidVol', 'askVol', 'fitVol', 'price', 'delta', 'edge', 'last', 'status'],
    })
    await rows().nth(10).waitFor({ timeout: 20_000 })
    let missing = 0
    for (const key of ['Home', 'End']) {
      await panel('options-chain').getByRole('grid').focus()
      await page.keyboard.press(key)
      await page.waitForTimeout(600)
      const cells = await rows()
        .locator('[role="gridcell"]')
        .evaluateAll(all => all.filter(cell => cell.textContent === '—').map(cell => cell.getAttribute('title')))
      missing += cells.length
      expect(cells.filter(title => !title)).toEqual([])
    }
    // Deep in the money a bid is below what exercise is worth, as on a real chain.
    expect(missing).toBeGreaterThan(0)
  })

  test('goes by the keyboard: strike, expiry, details, the money', async () => {
    await open(['options-chain'])
    await rows().nth(10).waitFor({ timeout: 20_000 })
    const chain = panel('options-chain')
    const grid = chain.getByRole('grid')
    await grid.focus()
    const strikes = (await seen()).map(({ strike }) => strike)
    const wanted = strikes[3]!
    await page.keyboard.type(wanted)
    const active = () => chain.locator('[role="row"][data-active="true"] [data-pinned="true"]')
    await expect.poll(() => active().textContent()).toBe(wanted)
    await page.keyboard.press('Enter')
    const sheet = chain.getByRole('complementary')
    await sheet.waitFor()
    expect(await sheet.getByRole('heading').first().textContent()).toContain(wanted)
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
    expect(await grid.evaluate(element => element === document.activeElement)).toBe(true)
    const tab = () => chain.locator('[role="tab"][aria-selected="true"][data-expiry]').getAttribute('data-expiry')
    const first = await tab()
    await page.keyboard.press(']')
    await expect.poll(tab).not.toBe(first)
    await page.keyboard.press('[')
    await expect.poll(tab).toBe(first)
    await page.keyboard.press('Home')
    // The money moves on: by the time that the row is looked at it may lie on another strike, which the key then goes to.
    await expect
      .poll(
        async () => {
          await page.keyboard.press('m')
          return active().evaluate(cell => cell.parentElement?.dataset.mark ?? '')
        },
        { timeout: 10_000 },
      )
      .toContain('atm')
    expect(faults).toEqual([])
  })

  test('stacks its expiries as blocks that fold', async () => {
    await open(['options-chain'], { layout: 'stacked', range: 10 })
    await rows().nth(10).waitFor({ timeout: 20_000 })
    const chain = panel('options-chain')
    const heads = chain.locator('[role="row"][data-kind="group"]:not([hidden])')
    await heads.first().waitFor()
    const count = Number(await chain.getByRole('grid').getAttribute('aria-rowcount'))
    expect(await heads.first().textContent()).toMatch(/ATM \d/)
    await heads.first().click()
    await expect.poll(async () => Number(await chain.getByRole('grid').getAttribute('aria-rowcount'))).toBeLessThan(count)
    expect(await heads.first().getAttribute('aria-expanded')).toBe('false')
  })

  test('keeps a moment, shows it without moving, and comes back', async () => {
    await open(['options-chain'])
    await rows().nth(10).waitFor({ timeout: 20_000 })
    const chain = panel('options-chain')
    const menu = chain.getByRole('button', { name: 'Live', exact: true })
    await menu.click()
    await page.getByRole('menuitem', { name: 'Keep this moment' }).click()
    await page.getByText(/^SPY kept as of/).waitFor({ timeout: 15_000 })
    await menu.click()
    await page.getByRole('menuitemradio').filter({ hasText: 'kept by you' }).first().click()
    const banner = chain.getByText(/^As of .*kept by you$/)
    await banner.waitFor({ timeout: 15_000 })
    await rows().nth(10).waitFor()
    const before = await seen()
    await page.waitForTimeout(2500)
    expect(await seen()).toEqual(before)
    await chain.getByRole('button', { name: 'Back to live' }).click()
    await banner.waitFor({ state: 'detached' })
    await rows().nth(10).waitFor()
    await expect.poll(seen, { timeout: 10_000 }).not.toEqual(before)
    expect(faults).toEqual([])
  })

  test('a symbol without options is told so, with a way on', async () => {
    await open(['options-chain'], {}, 'CL=F.NOWHERE')
    const chain = panel('options-chain')
    await chain.getByRole('heading', { level: 3 }).waitFor({ timeout: 15_000 })
    await chain.getByRole('button', { name: /^Show the options on / }).click()
    await rows().nth(5).waitFor({ timeout: 20_000 })
  })
})

describe('the pictures of the demo market', () => {
  test('the smile is drawn, and the arrows read it', async () => {
    await open(['options-smile'])
    const smile = panel('options-smile')
    await smile.locator('tbody tr').nth(1).waitFor({ timeout: 20_000 })
    await page.waitForTimeout(1000)
    const ink = await inkOf(page, '[data-panel="options-smile"]')
    expect(ink.colours).toBeGreaterThan(5)
    expect(ink.pixels).toBeGreaterThan(3000)
    const figures = await smile.locator('tbody tr').first().locator('td').allTextContents()
    expect(Number(figures[0])).toBeGreaterThan(3) // at the money, in points
    await smile.getByRole('group', { name: /^Smiles of SPY/ }).focus()
    await page.keyboard.press('ArrowRight')
    await expect
      .poll(async () => (await smile.locator('tbody tr').first().locator('td').nth(6).textContent()) ?? '')
      .toMatch(/^\d+ [CP]$/)
    const [, name] = await Promise.all([
      page.getByRole('button', { name: 'Save the data as CSV' }).click(),
      page.waitForEvent('download'),
    ])
    const text = readFileSync(await name.path(), 'utf8')
    expect(text.split('\n')[0]).toContain('expiry,strike,right,log_moneyness,bid_vol,mid_vol,ask_vol,fit_vol,status')
    expect(text).toContain(',demo')
    expect(faults).toEqual([])
  })

  test('the surface as a map says what stands under the pointer', async () => {
    await open(['options-smile'], { mode: 'map', axis: 'delta' })
    const smile = panel('options-smile')
    const readout = smile.locator('[data-readout]')
    await readout.waitFor({ timeout: 20_000 })
    await page.waitForTimeout(1500)
    const box = (await smile.locator('canvas').first().boundingBox())!
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 3)
    await expect.poll(async () => (await readout.textContent()) ?? '').toMatch(/ATM · strike about [\d.,]+: \d+\.\d · \d+ quotes/)
    expect((await inkOf(page, '[data-panel="options-smile"]')).colours).toBeGreaterThan(20)
  })

  test('a press on the map of Greeks chooses the contract in the chain', async () => {
    await open(['options-chain', 'options-greeks-map'])
    await rows().nth(10).waitFor({ timeout: 20_000 })
    const map = panel('options-greeks-map')
    const readout = map.locator('[data-readout]')
    await readout.waitFor({ timeout: 20_000 })
    await page.waitForTimeout(1500)
    const box = (await map.locator('canvas').first().boundingBox())!
    // The first column is the expiry that the chain shows.
    await page.mouse.move(box.x + 80, box.y + box.height * 0.4)
    await expect.poll(async () => (await readout.textContent()) ?? '').toMatch(/Gamma 0\.\d+/)
    const strike = /· ([\d.,]+) (?:Call|Put):/.exec((await readout.textContent()) ?? '')?.[1]
    await page.mouse.click(box.x + 80, box.y + box.height * 0.4)
    const current = panel('options-chain').locator('[role="row"][aria-current="true"] [data-pinned="true"]')
    await expect.poll(() => current.textContent()).toBe(strike)
  })

  test('the term structure has a figure for each expiry, and the history of one', async () => {
    await open(['options-term'])
    const term = panel('options-term')
    await term.locator('tbody tr').nth(5).waitFor({ timeout: 20_000 })
    const { underlyings } = await first(await caller.client.options.underlyings())
    const spy = underlyings.find(({ key }) => key === 'SPY.DEMO')!
    expect(await term.locator('tbody tr').count()).toBe(spy.expiries)
    await page.waitForTimeout(1000)
    expect((await inkOf(page, '[data-panel="options-term"]')).colours).toBeGreaterThan(4)
    await caller.client.options.keep({ underlying: 'SPY.DEMO' })
    await caller.client.options.keep({ underlying: 'SPY.DEMO' })
    await term.getByRole('radio', { name: 'History' }).click()
    await term.getByRole('group', { name: /over the kept moments$/ }).waitFor({ timeout: 15_000 })
    expect(faults).toEqual([])
  })
})

async function first<T>(stream: AsyncIterable<T>): Promise<T> {
  for await (const value of stream) return value
  throw new Error('the stream ended before its first value')
}

const goog = join(recorded, 'options/derived/goog_chain_20151224_1100.csv.gz')

describe.skipIf(!existsSync(goog))('the recorded GOOG chain of 24 December 2015', () => {
  test('is imported, fitted and shown', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'contango-goog-'))
    const file = join(folder, 'GOOG.csv')
    try {
      await writeFile(file, gunzipSync(readFileSync(goog)))
      const { upload } = await caller.client.imports.open({ path: file })
      const { chain } = await caller.client.options.files.preview({ upload })
      const { job } = await caller.client.options.files.start({ upload, name: 'GOOG 1100', mapping: chain!.mapping })
      const report = await caller.client.options.files.report({ job })
      expect(report.accepted).toBe(2192)
      await open(['options-chain', 'options-smile'], { chain: report.underlying })
      await rows().nth(10).waitFor({ timeout: 20_000 })
      const chainPanel = panel('options-chain')
      expect(
        await chainPanel
          .getByRole('tab')
          .filter({ has: page.locator('[title]') })
          .count(),
      ).toBe(report.expiries)
      const forward = await chainPanel.locator('[role="tab"][data-expiry]').nth(1).textContent()
      expect(Number(/74[89]\.\d+/.exec(forward ?? '')?.[0])).toBeGreaterThan(748.4)
      expect(faults).toEqual([])
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
