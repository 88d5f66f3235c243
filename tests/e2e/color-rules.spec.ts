import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from './browser.ts'
import { callHost } from './caller.ts'
import { alone } from './journey.ts'
import { startWorkstation, type Workstation } from './workstation.ts'

let workstation: Workstation
let browser: Awaited<ReturnType<typeof openBrowser>>
let caller: ReturnType<typeof callHost>
let page: Page
let panel: Locator
const faults: string[] = []

const SECTORS = ['CLO 2.0 mezz', 'US ABS', 'Euro RMBS mezz'] as const
/** Two rows each of three tranches: one at 99, one at 101. */
const ROWS = ['037833100', '594918104', '38259P508'].flatMap((CUSIP, k) =>
  (['BID', 'OFFER'] as const).map((BIAS, n) => ({
    ...{ MESSAGE_ID: `9007199254740993${k}`, TICKER: `ACME 2021-${k}A B`, SECTOR: SECTORS[k]!, CUSIP, BIAS, SOURCE: 'Dealer A' },
    ...{ PRICE_LEVEL: `${99 + 2 * n}`, PX: `${99 + 2 * n}`, [BIAS === 'BID' ? 'BID' : 'ASK']: `${99 + 2 * n}` },
  })),
)

/** A published run of today, so that a dry run has a history to run over. */
async function publishRows(): Promise<void> {
  const { color } = caller.client
  const DATE = new Date().toISOString().slice(0, 10)
  let { session } = await color.sessions.open({ name: 'rules', uploads: [] })
  for (const row of ROWS) {
    const command = { kind: 'add', cells: { ...row, DATE } } as const
    ;({ session } = await color.sessions.run({ session: session.id, revision: session.revision, command }))
  }
  await color.sessions.publish({ session: session.id, revision: session.revision })
}

beforeAll(async () => {
  workstation = await startWorkstation()
  caller = callHost(workstation.address)
  await publishRows()
  await caller.client.workspace.save({ id: 'rules', name: 'rules', revision: 0, layout: alone('color-rules', null) })
  await caller.client.workspace.choose({ id: 'rules' })
  browser = await openBrowser({ width: 1680, height: 1000 })
  page = await browser.context.newPage()
  page.on('pageerror', fault => faults.push(fault.message))
  page.on('console', message => {
    if (message.type() === 'error') faults.push(message.text())
  })
  await page.goto(workstation.address)
  panel = page.locator('[data-panel="color-rules"]')
  await panel.getByRole('button', { name: 'New rule' }).waitFor({ timeout: 20_000 })
}, 60_000)
afterAll(async () => {
  caller?.close()
  await browser?.close()
  await workstation?.stop()
})

/** Keys one after the other, as a person has them under the fingers; words are typed. */
async function keys(...pressed: readonly string[]): Promise<void> {
  for (const key of pressed) {
    if (key.startsWith('"')) await page.keyboard.type(key.slice(1))
    else await page.keyboard.press(key)
  }
}
const kept = async () => (await caller.client.color.rules.list()).rules
const sentence = () => panel.getByText(/^Exclude when/)

describe('a rule by the keyboard alone', () => {
  test('is written, tried on real history, saved, changed and taken back', async () => {
    await panel.getByRole('listbox').focus()
    await keys('n', '"Dear mezzanine', 'Enter')
    await keys('Enter', '"sect', 'Enter', '"cont', 'Enter', '"mezz', 'Enter')
    await keys('Enter', '"px', 'Enter', '"betw', 'Enter', '"100', 'Enter', '"105', 'Enter')
    await keys(
      'Shift+Enter',
      '"bias',
      'Enter',
      'Enter',
      '"OFFER',
      'Enter',
      'Enter',
      '"rank',
      'Enter',
      '">=',
      'Enter',
      '"x',
      'Enter',
    )
    // What cannot be a rank is said at its row, and nothing runs on it.
    await panel.getByRole('treeitem', { name: /RANK.*A whole number is needed/ }).waitFor()
    await keys('End', 'F2', 'Tab', 'Tab', '"6', 'Enter')
    expect(await sentence().textContent()).toBe(
      'Exclude when SECTOR contains mezz and PX between 100 and 105 and (BIAS is OFFER or RANK at least 6)',
    )

    await keys('Control+Enter')
    const removed = panel.locator('dl > div', { hasText: 'Rows taken out' }).locator('dd')
    await removed.waitFor({ timeout: 20_000 })
    expect(await removed.textContent()).toBe('\u22122')
    await panel.getByRole('grid').getByRole('row').nth(1).waitFor()

    await keys('Control+s')
    await panel.getByText('saved', { exact: true }).waitFor()
    expect(await kept()).toMatchObject([
      {
        name: 'Dear mezzanine',
        active: true,
        when: { kind: 'all', of: [{ field: 'SECTOR' }, { value: '100', value2: '105' }, { kind: 'any' }] },
      },
    ])

    // Another word is undone and done again, and a saving that nobody tried is asked back once.
    await keys('Home', 'ArrowDown', '!')
    await panel.getByText(/not SECTOR contains mezz/).waitFor()
    await keys('Control+z')
    await panel.getByText(/^Exclude when SECTOR/).waitFor()
    await keys('Control+y', 'Control+s')
    await panel.getByRole('button', { name: 'Save anyway' }).waitFor()
    await panel.getByRole('button', { name: 'Save anyway' }).press('Enter')
    await expect.poll(async () => (await kept())[0]?.when).toMatchObject({ of: [{ kind: 'not' }, {}, {}] })

    const versions = panel.getByRole('tab', { name: 'Versions' })
    await versions.press('Enter')
    await panel.getByRole('button', { name: 'Back to this', exact: true }).first().press('Enter')
    await expect.poll(async () => (await kept())[0]?.when).toMatchObject({ of: [{ kind: 'test', field: 'SECTOR' }, {}, {}] })
    await panel.getByText(/^Exclude when SECTOR/).waitFor()
    expect(faults).toEqual([])
  }, 25_000)

  test('a draft survives a reload', async () => {
    await panel.getByRole('tree').focus()
    await keys('End', 'ArrowRight', 'ArrowRight', 'ArrowRight', '"7', 'Enter')
    await panel.getByText('not saved', { exact: true }).first().waitFor()
    await page.waitForTimeout(1500)
    await page.reload()
    await panel.getByText(/RANK at least 7\)/).waitFor({ timeout: 20_000 })
    expect(faults).toEqual([])
  })
})
