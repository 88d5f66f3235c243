// Opens the built workstation in the real Electron and looks at it: what only the real one can prove (docs/desktop.md).
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron } from 'playwright-core'
import { project } from './run.mjs'

const folder = mkdtempSync(join(tmpdir(), 'contango-smoke-'))
const args = [project, '--demo', '--data', folder]
if (process.platform === 'linux') args.push('--no-sandbox')
const app = await _electron.launch({ args })
try {
  const page = await app.firstWindow()
  const faults = []
  page.on('pageerror', fault => faults.push(fault.message))
  await page.waitForSelector('canvas', { timeout: 30_000 })
  await page.getByText('DEMO').first().waitFor({ timeout: 30_000 })
  assert.equal(await page.evaluate(() => typeof globalThis.require), 'undefined', 'the page has no Node')
  assert.equal(await page.evaluate(() => typeof globalThis.process), 'undefined', 'the page has no process')
  const preferences = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0].webContents.getLastWebPreferences(),
  )
  assert.equal(preferences.sandbox, true)
  assert.equal(preferences.contextIsolation, true)
  assert.equal(preferences.nodeIntegration, false)
  assert.deepEqual(faults, [])
  console.log('1 passed, 0 failed')
} finally {
  await app.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
