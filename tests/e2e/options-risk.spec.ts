import { readFileSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PANELS } from '../../src/renderer/panels.ts'
import { openBrowser } from './browser.ts'
import { callHost } from './caller.ts'
import { inkOf } from './journey.ts'
import { startWorkstation, type Workstation } from './workstation.ts'

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

/** One panel on the demo market's SPY, as a stored workspace. */
async function open(kind: Kind, params: object = {}): Promise<Locator> {
  await page?.close()
  page = await browser.context.newPage()
  page.on('pageerror', fault => faults.push(fault.message))
  page.on('console', message => {
    if (message.type() === 'error') faults.push(message.text())
  })
  const id = `${kind}-1`
  const leaf = { type: 'leaf', size: 1000, data: { views: [id], activeView: id, id: '1' } }
  const layout = {
    version: 1,
    made: 0,
    dock: {
      grid: { root: { type: 'branch', size: 1000, data: [leaf] }, width: 1000, height: 1000, orientation: 'HORIZONTAL' },
      panels: { [id]: { id, contentComponent: 'panel', title: id } },
      activeGroup: '1',
    },
    panels: { [id]: { kind, params, link: 'A', subject: null } },
    links: { A: 'SPY.DEMO' },
  }
  const name = 'risk-test'
  const { workspaces } = await caller.client.workspace.list()
  if (workspaces.some(one => one.id === name)) await caller.client.workspace.remove({ id: name })
  await caller.client.workspace.save({ id: name, name: 'risk', revision: 0, layout })
  await caller.client.workspace.choose({ id: name })
  await page.goto(workstation.address)
  const panel = page.locator(`[data-panel="${kind}"]`)
  await panel.waitFor({ timeout: 15_000 })
  return panel
}

async function saved(press: () => Promise<void>): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), press()])
  return readFileSync((await download.path())!, 'utf8')
}

/** Cells of a saved table by the names in its head. */
function table(text: string): Record<string, string>[] {
  const [head = '', ...lines] = text.trimEnd().split('\n')
  const names = head.split(',')
  return lines.map(line => Object.fromEntries(line.split(',').map((cell, k) => [names[k] ?? '', cell])))
}

describe('gamma', () => {
  test('is drawn with what it rests on, read with the keys, and saved so that it adds up', async () => {
    const panel = await open('options-gamma')
    await panel.getByText('Calls +, puts −').waitFor({ timeout: 20_000 })
    expect(await panel.getByText(/the clearing day before/).count()).toBe(1)
    await expect
      .poll(async () => (await inkOf(page, '[data-panel="options-gamma"]')).colours, { timeout: 15_000 })
      .toBeGreaterThan(4)
    await panel.getByRole('group', { name: /Gamma exposure of SPY/ }).focus()
    await page.keyboard.press('ArrowRight')
    await panel.getByText(/^Strike \d+: calls .+, puts .+, net .+; total at this price/).waitFor({ state: 'attached' })
    const rows = table(await saved(() => page.getByRole('button', { name: /CSV/ }).first().click()))
    const strikes = rows.filter(row => row.what === 'strike')
    expect(strikes.length).toBeGreaterThan(30)
    for (const row of strikes) expect(Number(row.calls) + Number(row.puts)).toBeCloseTo(Number(row.net), 0)
    expect(rows[0]).toMatchObject({ unit: 'USD per 1 % move', convention: 'naive', state: 'demo' })
    expect(faults).toEqual([])
  })
  test('the switch of convention shows other numbers and says which', async () => {
    const panel = await open('options-gamma')
    await panel.getByText('Calls +, puts −').waitFor({ timeout: 20_000 })
    await panel.getByRole('radio', { name: 'Flow-signed' }).click()
    await panel.getByText(/\(sold − bought\) ÷ classified contracts/).waitFor({ timeout: 15_000 })
    await panel.getByText('Open interest with a sign').waitFor()
    expect(faults).toEqual([])
  })
  test('a kept moment gives the same numbers each time, those of the moment', async () => {
    await open('options-gamma')
    await page.getByText('Calls +, puts −').waitFor({ timeout: 20_000 })
    const { snapshot } = await caller.client.options.keep({ underlying: 'SPY.DEMO' })
    const first = await caller.client.options.risk.gammaOf({ id: snapshot.id })
    await page.waitForTimeout(1500)
    const again = await caller.client.options.risk.gammaOf({ id: snapshot.id })
    expect({ ...again, provenance: null }).toEqual({ ...first, provenance: null })
    expect(first.asOf).toBe(snapshot.at)
    expect(first.counted).toBeGreaterThan(100)
  })
})

test('flow grows while the chain is followed, with its coverage and its contributors', async () => {
  const panel = await open('options-flow')
  await panel.getByText('Coverage').waitFor({ timeout: 20_000 })
  const rows = panel.getByRole('region', { name: 'Largest contributors' }).getByRole('row')
  await expect.poll(() => rows.count(), { timeout: 40_000 }).toBeGreaterThan(3)
  expect(await panel.locator('dd').last().innerText()).toMatch(/^\d+\.\d %$|^\d+\.\d%$/)
  const lines = table(await saved(() => page.getByRole('button', { name: /CSV/ }).first().click()))
  const last = lines.at(-1)!
  expect(Number(last.call_premium) - Number(last.put_premium)).toBeCloseTo(Number(last.net_premium), 4)
  expect(faults).toEqual([])
})

describe('payoff', () => {
  test('a ready position, its scenario, its grid, taken back and found again', async () => {
    const panel = await open('options-payoff')
    await panel.getByText('No legs yet').waitFor({ timeout: 20_000 })
    await panel.getByRole('combobox', { name: 'Ready position' }).selectOption('condor')
    await panel.getByRole('button', { name: 'Make it' }).click()
    const legs = panel.getByRole('region', { name: 'Legs' }).locator('tbody tr')
    await expect.poll(() => legs.count()).toBe(4)
    await panel.getByText('At expiry, exact for every price').waitFor({ timeout: 15_000 })
    const ends = await panel.getByRole('region', { name: 'Figures of the position' }).locator('dd').allInnerTexts()
    expect(ends[0]).toMatch(/\d/)
    // A sold condor has two break-evens and ends on both sides.
    expect(ends[3]!.trim().split(/\s+/)).toHaveLength(2)
    expect(ends.join()).not.toContain('∞')
    const before = await inkOf(page, '[data-panel="options-payoff"]')
    await panel.getByRole('slider').first().fill('10')
    await panel.getByText('+10.0 points').waitFor()
    await expect.poll(async () => (await inkOf(page, '[data-panel="options-payoff"]')).print).not.toBe(before.print)
    await panel.getByRole('radio', { name: 'Heat map' }).click()
    await panel.getByText(/41 prices × 21 volatilities × 10 times in/).waitFor({ timeout: 15_000 })
    await panel.getByRole('radio', { name: 'Table' }).click()
    await expect.poll(() => panel.getByRole('region', { name: 'Profit over prices' }).locator('tbody tr').count()).toBe(21)
    await panel.getByRole('radio', { name: 'Chart' }).click()
    await panel.getByRole('button', { name: 'Remove all' }).click()
    await panel.getByText('No legs yet').waitFor()
    await panel.getByRole('button', { name: /^Undo/ }).click()
    await expect.poll(() => legs.count()).toBe(4)
    await page.waitForTimeout(2500)
    await page.reload()
    await expect.poll(() => legs.count(), { timeout: 20_000 }).toBe(4)
    expect(faults).toEqual([])
  })
  test('a price of one’s own stays; the profit of the leg follows the market from it', async () => {
    const panel = await open('options-payoff')
    await panel.getByRole('button', { name: '+ Call' }).click()
    const row = panel.getByRole('region', { name: 'Legs' }).locator('tbody tr')
    await row.getByRole('combobox', { name: /^Price of/ }).selectOption('own')
    await row.getByRole('spinbutton', { name: /^Own price of/ }).fill('1')
    await expect.poll(async () => (await row.locator('td').nth(10).innerText()).charAt(0), { timeout: 15_000 }).toBe('+')
    expect(faults).toEqual([])
  })
})

describe('files of options', () => {
  const rows = (count: number) =>
    Array.from({ length: count }, (_, k) => `100,${70 + (k % 60)},90,0.25,0.04,0.01,${k % 2 ? 1 : -1}`)
  const file = (lines: readonly string[], name = 'book.csv') => ({
    name,
    mimeType: 'text/csv',
    buffer: Buffer.from(`${lines.join('\n')}\n`),
  })
  test('dropped, looked at, answered, saved; the row that cannot be read by line and column', async () => {
    const panel = await open('options-batch')
    const lines = ['S,K,days,vol,r,q,cp', ...rows(150_000)]
    lines[90_000] = '100,ninety,90,0.25,0.04,0.01,1'
    await panel.locator('input[type="file"]').setInputFiles(file(lines))
    await panel.getByText('days to expiry').waitFor({ timeout: 20_000 })
    await panel.getByRole('button', { name: 'Start' }).click()
    await panel.getByText('Answers to book.csv').waitFor({ timeout: 60_000 })
    await panel.getByText('150,000').waitFor()
    await panel.getByText('Line 90,001, column K: “ninety” is no number or word that belongs there').waitFor()
    const answers = (await saved(() => panel.getByRole('button', { name: 'Save the answers' }).click())).trimEnd().split('\n')
    expect(answers).toHaveLength(150_001)
    expect(answers[90_000]).toBe(",,,,,,NOT_A_NUMBER,,strike is 'ninety'")
    expect(faults).toEqual([])
  })
  test('a file without the columns that the work needs says which', async () => {
    const panel = await open('options-batch')
    await panel.locator('input[type="file"]').setInputFiles(file(['F,K,T,price,cp', '100,100,0.5,4,1']))
    await panel.getByText('implied', { exact: false }).first().waitFor({ timeout: 20_000 })
    await panel.getByRole('radio', { name: 'American prices' }).click()
    await panel.getByText('American prices need a column for vol').waitFor()
    expect(await panel.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true)
    expect(faults).toEqual([])
  })
  test('long work shows how far it is and is cancelled at once', async () => {
    const panel = await open('options-batch')
    await panel.locator('input[type="file"]').setInputFiles(file(['S,K,days,vol,r,q,cp', ...rows(120_000)], 'long.csv'))
    await panel.getByRole('radio', { name: 'American prices' }).click({ timeout: 20_000 })
    await panel.getByRole('radio', { name: 'Precise' }).click()
    await panel.getByRole('button', { name: 'Start' }).click()
    await panel.getByText(/rows so far/).waitFor({ timeout: 30_000 })
    await panel.getByRole('button', { name: 'Cancel' }).click()
    await panel.getByRole('button', { name: 'Start' }).waitFor({ timeout: 10_000 })
    expect(faults).toEqual([])
  })
})
