import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { palette } from './journey.ts'
import { openDesk, recorded, startWorkstation, type Workstation } from './workstation.ts'

const goog = join(recorded, 'options', 'derived', 'goog_chain_20151224_1100.csv.gz')

let work: string
let workstation: Workstation
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'contango-chains-'))
  workstation = await startWorkstation({})
})
afterAll(async () => {
  await workstation?.stop()
  await rm(work, { recursive: true, force: true, maxRetries: 5 })
})

async function pick(page: Page, file: string): Promise<void> {
  await palette(page, 'Import')
  const panel = page.locator('[data-panel="import"]').last()
  await panel.waitFor()
  const chooser = page.waitForEvent('filechooser')
  await panel.getByRole('button', { name: 'Pick a file' }).click()
  await (await chooser).setFiles(file)
}

const figure = (page: Page, label: string) =>
  page.locator('[data-panel="import"] dl > div').filter({ hasText: label }).locator('dd').innerText()

test('a chain file is recognised, put right, imported, opened, removed and brought back', async () => {
  const file = join(work, 'spy.csv')
  const header = 'quote_date,quote_time_et,underlying,underlying_bid,underlying_ask,expiration,K,right,bid,ask\n'
  const rows = Array.from({ length: 21 }, (_, k) => 580 + 2 * k).flatMap(strike =>
    (['C', 'P'] as const).map(right => {
      const value = Math.max(0, (right === 'C' ? 1 : -1) * (600 - strike)) + 12 * Math.exp(-(((strike - 600) / 26) ** 2))
      return `2026-03-11,12:00,SPY,600.01,600.03,2026-04-17,${strike},${right},${value.toFixed(2)},${(value + 0.06).toFixed(2)}\n`
    }),
  )
  await writeFile(file, `${header}${rows.join('')}2026-03-11,12:00,SPY,600.01,600.03,soon,600,C,1,2\n`)
  const { page, faults, close } = await openDesk(workstation.address)
  const panel = page.locator('[data-panel="import"]')
  try {
    await pick(page, file)
    await panel.getByText('Option chain', { exact: true }).waitFor({ timeout: 15_000 })
    await panel.getByRole('table', { name: /First rows of spy\.csv/ }).waitFor()
    expect(await figure(page, 'Contracts')).toBe('42')
    expect(await figure(page, 'Refused')).toBe('1')
    await panel.getByText('Expiry is no date').first().waitFor()

    const strike = panel.getByRole('combobox', { name: 'What K is' })
    await strike.selectOption('Leave out')
    await panel.getByText('Say which columns are expiry and strike').waitFor({ timeout: 10_000 })
    expect(await panel.getByRole('button', { name: 'Import', exact: true }).isDisabled()).toBe(true)
    await strike.selectOption('Strike')
    await expect.poll(() => figure(page, 'Contracts'), { timeout: 10_000 }).toBe('42')

    await panel.getByRole('textbox', { name: 'Name of the chain' }).fill('march')
    await panel.getByRole('button', { name: 'Import', exact: true }).click()
    await panel.getByText('march is stored as an option chain').waitFor({ timeout: 15_000 })
    await panel.getByRole('button', { name: 'Open the chain' }).click()
    const chain = page.locator('[data-panel="options-chain"]')
    await chain.getByText('600', { exact: false }).first().waitFor({ timeout: 15_000 })
    expect(await chain.innerText()).toContain('SPY')

    await palette(page, 'Import')
    const again = page.locator('[data-panel="import"]').filter({ has: page.getByRole('region', { name: 'Chains from files' }) })
    await again.waitFor({ timeout: 10_000 })
    const row = again.getByRole('region', { name: 'Chains from files' }).getByText('march', { exact: true })
    await row.click()
    await page.keyboard.press('Delete')
    await page.getByText('The chain march was removed.').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await row.waitFor({ timeout: 10_000 })
    expect(faults).toEqual([])
  } finally {
    await close()
  }
})

test.skipIf(!existsSync(goog))('the recorded GOOG chain is unpacked, imported and shown', async () => {
  const { page, faults, close } = await openDesk(workstation.address)
  const panel = page.locator('[data-panel="import"]')
  try {
    await pick(page, goog)
    await panel.getByText('Option chain', { exact: true }).waitFor({ timeout: 15_000 })
    expect(await figure(page, 'Contracts')).toBe('2,192')
    expect(await figure(page, 'Expiries')).toBe('12')
    await panel.getByRole('button', { name: 'Import', exact: true }).click()
    await panel.getByRole('button', { name: 'Open the chain' }).click({ timeout: 20_000 })
    const chain = page.locator('[data-panel="options-chain"]')
    await chain.getByText('750.0').first().waitFor({ timeout: 20_000 })
    expect(await chain.innerText()).toContain('GOOG')
    expect(faults).toEqual([])
  } finally {
    await close()
  }
})
