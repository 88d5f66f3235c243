import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { generateColors } from '../../src/core/color/generator.ts'
import { writeQuotes } from '../../src/core/color/write-colors.ts'
import { callHost } from './caller.ts'
import { alone } from './journey.ts'
import { openDesk, project, startWorkstation } from './workstation.ts'

const screens = join(project, 'build/e2e/screens')
type Host = ReturnType<typeof callHost>['client']

async function sendIn(host: Host, name: string, seed: number): Promise<void> {
  const rows = generateColors({ seed, rows: 400, until: '2026-11-20', days: 1 })
  const { upload } = await host.color.intake.paste({ text: [...writeQuotes(rows)].join(''), name })
  const { job } = await host.color.intake.submit({ upload, name })
  await host.color.intake.report({ job })
}

test('a session is opened from an upload, edited, undone, thinned by hand and by rules, and published', async () => {
  mkdirSync(screens, { recursive: true })
  const workstation = await startWorkstation({ args: [] })
  const caller = callHost(workstation.address)
  const host = caller.client
  try {
    await host.workspace.set({ key: 'language', value: 'en' })
    await host.workspace.save({ id: 'color', name: 'Color', revision: 0, layout: alone('color-session', null) })
    await host.workspace.choose({ id: 'color' })
    const when = { kind: 'test', field: 'BIAS', operator: 'is', value: 'OFFER' } as const
    const rule = { id: 'offers', name: 'No offers', priority: 1, active: true, when, cases: [], revision: 0 }
    await host.color.rules.save({ rules: [rule], anyway: true })
    const { page, faults, close } = await openDesk(workstation.address, { width: 1280, height: 800 })
    const panel = page.locator('[data-panel="color-session"]')
    await panel.getByRole('heading', { name: 'No session is open' }).waitFor()
    await sendIn(host, 'dealers.csv', 5)
    await panel.getByRole('button', { name: /^Open with \d+ rows$/ }).click()
    const grid = panel.getByRole('grid')
    await grid.waitFor()
    const [session] = (await host.color.sessions.list({ ended: false })).sessions
    const id = session!.id
    const state = async () => (await host.color.sessions.list({ ended: true })).sessions.find(one => one.id === id)!
    const rowsOf = async (view: 'working' | 'edited' | 'deleted' | 'excluded') =>
      (await host.color.sessions.rows({ session: id, view, limit: 5000 })).rows
    const before = await rowsOf('working')

    // An edit is kept before it is said to be, and a text that is no source of a price stays beside its cell.
    await grid.focus()
    await page.keyboard.press('Control+Home')
    for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowRight')
    await page.keyboard.type('one')
    await page.keyboard.press('Enter')
    await panel
      .getByRole('alert')
      .getByText(/Rank cannot be read from one/)
      .waitFor()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Escape')
    await panel.getByRole('alert').waitFor({ state: 'detached' })
    for (let step = 0; step < 8; step++) await page.keyboard.press('ArrowRight')
    await page.keyboard.type('E2E DESK')
    await page.keyboard.press('Tab')
    await panel.getByText(/^kept /).waitFor()
    expect((await rowsOf('edited')).map(({ rowId, cells, edited }) => [rowId, cells.SOURCE, edited.SOURCE])).toEqual([
      [before[0]!.rowId, 'E2E DESK', before[0]!.cells.SOURCE],
    ])
    await panel.getByRole('button', { name: 'Undo: edit Source (Ctrl+Z)' }).waitFor()
    await page.keyboard.press('Control+z')
    await panel.getByRole('button', { name: 'Redo: edit Source (Ctrl+Y)' }).waitFor()
    expect(await rowsOf('working')).toEqual(before)

    // Somebody else writes into the cell that is being typed into: both are shown, and nothing is written over.
    await page.keyboard.press('F2')
    await page.keyboard.type('2026-11-17')
    const other = { kind: 'edit', rowId: before[0]!.rowId, field: 'DATE', text: '2026-11-18' } as const
    await host.color.sessions.run({ session: id, revision: null, command: other })
    await page.keyboard.press('Enter')
    const bubble = panel.getByRole('alert').filter({ hasText: 'Somebody else changed this cell meanwhile.' })
    await bubble.getByText('2026-11-18').waitFor()
    expect((await rowsOf('edited'))[0]?.cells.DATE).toBe('2026-11-18')
    await page.screenshot({ path: join(screens, 'color-session-conflict.png') })
    await bubble.getByRole('button', { name: 'Use what was typed here' }).click()
    await bubble.waitFor({ state: 'detached' })
    await expect.poll(async () => (await rowsOf('edited'))[0]?.cells.DATE).toBe('2026-11-17')
    await grid.focus()

    // Three rows go, and come back by one undo; then they go for good.
    await page.keyboard.press('Control+Home')
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+ArrowDown')
    await panel.getByText('3 rows selected').waitFor()
    await page.keyboard.press('Delete')
    await panel.getByRole('button', { name: 'Undo: delete 3 rows (Ctrl+Z)' }).waitFor()
    await page.keyboard.press('Control+z')
    await panel.getByRole('tab', { name: `Working ${before.length}` }).waitFor()
    await page.keyboard.press('Control+y')
    await panel.getByRole('tab', { name: 'Deleted 3' }).waitFor()

    await panel.getByRole('button', { name: 'Rules', exact: true }).click()
    await panel.getByRole('button', { name: 'Apply 1 rule' }).click()
    await panel.getByText(/^\d+ rows left out, \d+ groups made anew$/).waitFor()
    const left = await rowsOf('working')
    expect(left.some(({ cells }) => cells.BIAS === 'OFFER')).toBe(false)
    expect((await rowsOf('excluded')).every(({ cells }) => cells.BIAS === 'OFFER')).toBe(true)
    await page.screenshot({ path: join(screens, 'color-session-work.png') })

    await panel.getByRole('button', { name: 'Publish…' }).click()
    await panel.getByRole('columnheader', { name: 'PARENT_ROW_ID' }).waitFor()
    await page.screenshot({ path: join(screens, 'color-session-publish.png') })
    await panel.getByRole('button', { name: `Publish ${left.length} rows` }).click()
    await panel.getByText(/^Published .* as run 1 with \d+ rows\. It can no longer be changed\.$/).waitFor()
    await page.screenshot({ path: join(screens, 'color-session-published.png') })
    const published = await state()
    expect(published).toMatchObject({ status: 'saved', statistics: { working: left.length, deleted: 3 } })
    expect(published.run).not.toBeNull()
    expect((await host.color.intake.state()).uploads.map(({ status }) => status)).toEqual(['published'])
    expect(faults).toEqual([])
    await close()
  } finally {
    caller.close()
    await workstation.stop()
  }
})
