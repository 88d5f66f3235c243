import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { callHost } from './caller.ts'
import { alone } from './journey.ts'
import { openDesk, project, startWorkstation } from './workstation.ts'

const screens = join(project, 'build/e2e/screens')

async function serious(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return await page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { target: string[] }[] }[] }> }
    }
    const { violations } = await checker.run()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(node => node.target.join(' ')).join(' | ')}`)
  })
}

test('a job is made, understood, run, left out, copied, deleted and brought back; it is there after a restart', async () => {
  mkdirSync(screens, { recursive: true })
  const folder = await mkdtemp(join(tmpdir(), 'contango-jobs-'))
  let workstation = await startWorkstation({ folder, args: [] })
  let caller = callHost(workstation.address)
  try {
    await caller.client.sources.set({ name: 'yahoo', enabled: true })
    await caller.client.workspace.set({ key: 'language', value: 'en' })
    await caller.client.workspace.save({ id: 'only-jobs', name: 'Jobs', revision: 0, layout: alone('jobs', null) })
    await caller.client.workspace.choose({ id: 'only-jobs' })
    const { page, faults, close } = await openDesk(workstation.address, { width: 1280, height: 800 })
    const panel = page.locator('[data-panel="jobs"]')
    await panel.getByRole('heading', { name: 'No jobs yet' }).waitFor()
    await panel.getByRole('button', { name: /^Add “/ }).waitFor()
    await panel.getByRole('button', { name: 'New job' }).click()
    await page.getByRole('menuitem', { name: 'Yahoo daily bars' }).click()

    // A line that never fires is said so while it is typed, and cannot be saved.
    const editor = panel.getByRole('form', { name: 'New job' })
    await editor.getByLabel('Name').fill('Refresh at night')
    await editor.getByText('Cron line').click()
    const line = editor.getByLabel(/Minute, hour, day/)
    await line.fill('0 0 31 2 *')
    await editor.getByRole('alert').getByText('No date ever fits “31 2”').waitFor()
    expect(await editor.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
    // The next ten runs, the skipped local time among them.
    await line.fill('30 2 8-14,29-31 3 *')
    const zone = editor.getByLabel('Time zone', { exact: true })
    await zone.fill('America/New_York')
    await page.getByRole('option', { name: 'America/New_York' }).click()
    await expect.poll(() => editor.getByRole('listitem').count()).toBe(10)
    await editor.getByText('moved: the clocks skip its time').first().waitFor()
    await page.screenshot({ path: join(screens, 'jobs-editor.png') })
    expect(await serious(page)).toEqual([])
    // Days and times say the same as a line.
    await line.fill('30 18 * * 1-5')
    await editor.getByText('Days and times').click()
    expect(await editor.getByRole('button', { name: 'Mon' }).getAttribute('aria-pressed')).toBe('true')
    expect(await editor.getByRole('button', { name: 'Sun' }).getAttribute('aria-pressed')).toBe('false')
    await editor.getByRole('button', { name: 'Sat' }).click()
    await editor.getByRole('button', { name: 'Save' }).click()
    const row = panel.getByRole('row', { name: /Refresh at night/ })
    await row.getByText('Mon–Sat, at 18:30 · New York').waitFor()

    // Run now: it ends, its facts and its log are there.
    const side = panel.getByRole('region', { name: 'Refresh at night' })
    await side.getByRole('button', { name: 'Run now' }).click()
    await side.getByText('0 instruments').waitFor()
    await row.getByText('done').waitFor()
    await side.getByRole('listitem').filter({ hasText: 'asked by local' }).getByRole('button').click()
    await side.getByText('This run wrote nothing into its log.').waitFor()

    // The next run is left out, and not after all.
    const more = side.getByRole('button', { name: /More about/ })
    await more.click()
    await page.getByRole('menuitem', { name: 'Leave out the next run', exact: true }).click()
    await row.getByText(/leaves out/).waitFor()
    await side.getByText('left out on request').waitFor()
    await more.click()
    await page.getByRole('menuitem', { name: 'Do not leave it out' }).click()
    await row.getByText(/leaves out/).waitFor({ state: 'detached' })

    // A copy, deleted and brought back.
    await more.click()
    await page.getByRole('menuitem', { name: 'Duplicate' }).click()
    await panel.getByRole('button', { name: 'Save' }).click()
    const copy = panel.getByRole('row', { name: /Refresh at night \(copy\)/ })
    await copy.waitFor()
    await panel.getByRole('button', { name: /More about .*copy/ }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await copy.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).click()
    await copy.waitFor()

    // By keyboard: the arrows go through the list, Enter opens, the switch turns off.
    await panel.locator('button[data-job]').first().focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await panel.getByRole('region', { name: 'Refresh at night (copy)' }).waitFor()
    await copy.getByRole('switch').focus()
    await page.keyboard.press('Space')
    await copy.getByText('off', { exact: true }).waitFor()
    expect(await serious(page)).toEqual([])
    await page.screenshot({ path: join(screens, 'jobs-list.png') })

    await panel.getByText('Calendar', { exact: true }).click()
    await panel
      .getByRole('button', { name: /Refresh at night/ })
      .first()
      .waitFor()
    await page.screenshot({ path: join(screens, 'jobs-calendar.png') })
    expect(await serious(page)).toEqual([])
    expect(faults).toEqual([])
    await close()

    caller.close()
    await workstation.stop()
    workstation = await startWorkstation({ folder, args: [] })
    caller = callHost(workstation.address)
    const { jobs, isRunning } = await caller.client.schedule.list()
    expect(isRunning).toBe(true)
    expect(jobs.map(({ name, enabled, last }) => [name, enabled, last?.outcome])).toEqual([
      ['Refresh at night', true, 'done'],
      ['Refresh at night (copy)', false, undefined],
    ])
  } finally {
    caller.close()
    await workstation.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}, 180_000)
