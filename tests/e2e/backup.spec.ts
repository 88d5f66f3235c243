import { mkdirSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callHost } from './caller.ts'
import { palette } from './journey.ts'
import { openDesk, project, startWorkstation } from './workstation.ts'

const screens = join(project, 'build/e2e/screens')

let folder: string
beforeAll(async () => {
  mkdirSync(screens, { recursive: true })
  folder = await mkdtemp(join(tmpdir(), 'contango-e2e-backup-'))
})
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))

async function setTheme(address: string, value: string): Promise<void> {
  const { client, close } = callHost(address)
  await client.workspace.set({ key: 'theme', value })
  close()
}

test('a person backs up, tries the backup, and starts from it again', async () => {
  const first = await startWorkstation({ folder })
  await setTheme(first.address, 'light')
  const desk = await openDesk(first.address)
  const { page, faults } = desk
  try {
    await palette(page, 'backups')
    const panel = page.locator('[data-panel="backups"]')
    await panel.getByRole('heading', { name: 'No backup yet' }).waitFor()
    await panel.getByRole('button', { name: 'Back up now' }).first().click()
    await page
      .getByText(/^Backed up: .*every file compared\.$/)
      .first()
      .waitFor()
    await expect.poll(() => panel.getByRole('row').count()).toBe(2)
    expect(await readdir(join(folder, 'backups'))).toEqual([expect.stringMatching(/^contango-\d{8}-\d{6}-\w+\.tar$/)])
    await panel.getByText('Nobody has tried a backup yet', { exact: false }).waitFor()

    await panel.getByRole('button', { name: /^Actions of the backup/ }).click()
    await page.getByRole('menuitem', { name: 'Restore to scratch and compare again' }).click()
    await page
      .getByText(/is good: every file is what went in/)
      .first()
      .waitFor()
    await expect.poll(() => panel.getByText('Nobody has tried a backup yet', { exact: false }).count()).toBe(0)
    await page.screenshot({ path: join(screens, 'backups.png') })

    await setTheme(first.address, 'dark')
    await panel.getByRole('button', { name: /^Actions of the backup/ }).click()
    await page.getByRole('menuitem', { name: 'Restore at the next start' }).click()
    await page.getByRole('button', { name: 'Prepare the restore' }).click()
    await panel.getByText(/^The next start restores contango-/).waitFor()
    expect(faults).toEqual([])
  } finally {
    await desk.close()
    await first.stop()
  }
  const second = await startWorkstation({ folder })
  const { client, close } = callHost(second.address)
  try {
    const { settings } = await client.workspace.settings()
    expect(settings.find(one => one.key === 'theme')?.value).toBe('light')
    expect((await client.backup.list()).staged).toBeNull()
    expect((await readdir(folder)).some(name => name.startsWith('aside-'))).toBe(true)
  } finally {
    close()
    await second.stop()
  }
})
