import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { callHost } from './caller.ts'
import { palette } from './journey.ts'
import { openDesk, project, startWorkstation, type Workstation } from './workstation.ts'

const screens = join(project, 'build/e2e/screens')

let workstation: Workstation
let desk: Awaited<ReturnType<typeof openDesk>>
beforeAll(async () => {
  mkdirSync(screens, { recursive: true })
  workstation = await startWorkstation()
})
afterAll(() => workstation?.stop())
beforeEach(async () => {
  const { client, close } = callHost(workstation.address)
  for (const { id } of (await client.workspace.list()).workspaces) await client.workspace.remove({ id })
  close()
  desk = await openDesk(workstation.address)
  await desk.page.locator('[data-panel="chart"] canvas').first().waitFor()
})
afterEach(() => desk?.close())

const chart = (page: Page) => page.locator('[data-panel="chart"]').first()
const shows = (page: Page, symbol: string, timeout = 5000) =>
  expect
    .poll(() => chart(page).getByRole('figure').getAttribute('aria-label'), { timeout })
    .toMatch(new RegExp(`^Chart of ${symbol} `))
const stored = async () => {
  const { client, close } = callHost(workstation.address)
  const { workspaces } = await client.workspace.list()
  close()
  return workspaces.map(({ id, layout }) => ({
    id,
    kinds: Object.values((layout as { panels: Record<string, { kind: string }> }).panels).map(({ kind }) => kind),
  }))
}

/** Sends the chart of the main window into one of its own. */
async function detachChart(): Promise<Page> {
  await chart(desk.page).getByRole('application').focus()
  const opened = desk.page.context().waitForEvent('page')
  await desk.page.keyboard.press('Alt+Shift+W')
  const further = await opened
  await further.locator('[data-panel="chart"] canvas').first().waitFor()
  return further
}

test('a panel moves into a window of its own and goes on with its link group, and home again', async () => {
  const { page, faults } = desk
  const further = await detachChart()
  further.on('pageerror', fault => faults.push(fault.message))
  await expect.poll(() => page.locator('[data-panel="chart"]').count()).toBe(0)
  expect(await further.locator('[data-panel]').count()).toBe(1)
  // Both directions, through one group.
  await palette(page, 'SPY')
  await shows(further, 'SPY')
  await palette(further, 'AAPL')
  await expect.poll(() => page.getByRole('grid', { name: 'Time and sales of AAPL' }).count()).toBe(1)
  await further.screenshot({ path: join(screens, 'window.png') })
  await expect.poll(async () => (await stored()).find(({ id }) => id.endsWith('~2'))?.kinds).toEqual(['chart'])

  await chart(further).getByRole('application').focus()
  const closed = further.waitForEvent('close')
  await further.keyboard.press('Alt+Shift+H')
  await closed
  await shows(page, 'AAPL')
  await expect.poll(async () => (await stored()).map(({ id }) => id.includes('~'))).toEqual([false])
  expect(faults).toEqual([])
})

test('after a crash of everything the windows are offered again with what was in them', async () => {
  const further = await detachChart()
  await palette(desk.page, 'SPY')
  await shows(further, 'SPY')
  await expect.poll(async () => (await stored()).length).toBe(2)
  await desk.page.waitForTimeout(600)
  await desk.close()

  desk = await openDesk(workstation.address)
  const { page } = desk
  await page.getByText('This workspace has one more window.').waitFor()
  const opened = page.context().waitForEvent('page')
  await page.getByRole('button', { name: 'Show window 2' }).click()
  const again = await opened
  await shows(again, 'SPY', 15_000)

  // Its panels come home on a word, and the window closes.
  await page.getByRole('button', { name: /^Actions for / }).click()
  await page.getByRole('menuitem', { name: /^Window 2: Chart/ }).click()
  const closed = again.waitForEvent('close')
  await page.getByRole('menuitem', { name: 'Bring its panels back here' }).click()
  await closed
  await shows(page, 'SPY')
  expect((await stored()).length).toBe(1)
})

test('a window goes with its workspace when another one is chosen', async () => {
  const { page } = desk
  const further = await detachChart()
  const closed = further.waitForEvent('close')
  await page
    .getByRole('button', { name: /^New workspace|^Add/ })
    .first()
    .click()
  await closed
  expect((await stored()).filter(({ id }) => id.includes('~'))).toHaveLength(1)
})
