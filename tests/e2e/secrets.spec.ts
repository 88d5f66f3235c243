import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { callHost } from './caller.ts'
import { alone } from './journey.ts'
import { openDesk, project, startWorkstation } from './workstation.ts'

const screens = join(project, 'build/e2e/screens')
const VALUE = 'canary-page-93'
const PASSPHRASE = 'canary passphrase'
/** Without a bus there is no keychain, as on a server. */
const env = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' }

// macOS and Windows have a keychain of their own, which a test leaves alone.
test.skipIf(process.platform !== 'linux')(
  'a secret goes into a sealed file from Settings, asks for its passphrase after a restart, and is nowhere in the page',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'contango-secrets-'))
    let workstation = await startWorkstation({ folder, env })
    try {
      const caller = callHost(workstation.address)
      await caller.client.workspace.set({ key: 'language', value: 'en' })
      await caller.client.workspace.save({ id: 's', name: 'Settings', revision: 0, layout: alone('settings', null) })
      await caller.client.workspace.choose({ id: 's' })
      caller.close()
      const first = await openDesk(workstation.address, { width: 1280, height: 800 })
      const section = first.page.getByRole('region', { name: 'Secrets' })
      await section.getByText('this system has no keychain that answers').waitFor()
      const phrase = section.getByLabel('New passphrase, at least 8 letters')
      await phrase.fill('short')
      expect(await section.getByRole('button', { name: 'Keep them in a file' }).isDisabled()).toBe(true)
      await phrase.fill(PASSPHRASE)
      await section.getByRole('button', { name: 'Keep them in a file' }).click()
      await section.getByText(/Kept in a sealed file of the workspace/).waitFor()
      await section.getByLabel('Name, as yahoo.token').fill('yahoo.token')
      await section.getByLabel('Value', { exact: true }).fill(VALUE)
      await section.getByRole('button', { name: 'Set', exact: true }).click()
      const line = section.getByRole('listitem').filter({ hasText: 'yahoo.token' })
      await line.getByRole('button', { name: 'Test yahoo.token' }).click()
      await first.page.getByText('yahoo.token can be read.').waitFor()
      await first.page.screenshot({ path: join(screens, 'secrets.png') })
      const held = await first.page.evaluate(async () => {
        const databases = (await indexedDB.databases?.()) ?? []
        const fields = [...document.querySelectorAll('input')].map(input => input.value)
        return JSON.stringify([document.documentElement.outerHTML, { ...localStorage }, { ...sessionStorage }, databases, fields])
      })
      expect(held).not.toContain('canary')
      expect(first.faults).toEqual([])
      await first.close()
      await workstation.stop()

      workstation = await startWorkstation({ folder, env })
      const second = await openDesk(workstation.address, { width: 1280, height: 800 })
      const closed = second.page.getByRole('region', { name: 'Secrets' })
      await closed.getByText('The file is closed. Type its passphrase.').waitFor()
      expect(await closed.getByRole('button', { name: 'Test yahoo.token' }).isDisabled()).toBe(true)
      await closed.getByLabel('Passphrase', { exact: true }).fill('not the passphrase')
      await closed.getByRole('button', { name: 'Open', exact: true }).click()
      await closed.getByText('That was not the passphrase. Nothing was changed.').waitFor()
      await closed.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE)
      await closed.getByRole('button', { name: 'Open', exact: true }).click()
      await closed.getByRole('button', { name: 'Remove yahoo.token' }).click()
      await second.page.getByText('yahoo.token was removed.').waitFor()
      await closed.getByText('yahoo.token').waitFor({ state: 'detached' })
      await second.close()
    } finally {
      await workstation.stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    }
  },
  120_000,
)
