import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { type BuiltShell, startBuiltShell } from '../shell/built-shell.ts'
import type { ChromiumWindow } from '../shell/chromium-window.ts'
import { palette } from './journey.ts'

let built: BuiltShell | null = null
const folder = mkdtempSync(join(tmpdir(), 'contango-further-'))
afterEach(async () => {
  await built?.close()
  built = null
})

const windows = (shell: BuiltShell) => shell.double.windows as unknown as ChromiumWindow[]
const chartOf = (window: ChromiumWindow) => window.page.locator('[data-panel="chart"]').first()
const shows = (window: ChromiumWindow, symbol: string) =>
  expect
    .poll(() => chartOf(window).getByRole('figure').getAttribute('aria-label'), { timeout: 15_000 })
    .toMatch(new RegExp(`^Chart of ${symbol} `))

async function further(shell: BuiltShell): Promise<ChromiumWindow> {
  await vi.waitFor(() => expect(windows(shell)).toHaveLength(2), { timeout: 15_000 })
  const [, window] = windows(shell) as [ChromiumWindow, ChromiumWindow]
  await vi.waitFor(() => window.page, { timeout: 15_000 })
  await chartOf(window).waitFor({ timeout: 15_000 })
  return window
}

test('a panel gets a window that is as confined as the first, linked with it, and comes back at the next start', async () => {
  built = await startBuiltShell({ folder, keep: true })
  const [main] = windows(built) as [ChromiumWindow]
  await main.page.locator('[data-panel="chart"] canvas').first().waitFor()
  await chartOf(main).getByRole('application').focus()
  await main.page.keyboard.press('Alt+Shift+W')
  const second = await further(built)
  expect(second.options.webPreferences).toEqual(main.options.webPreferences)
  expect(second.webContents.openHandler?.({ url: 'https://example.com/' })).toEqual({ action: 'deny' })
  expect(main.openPopups()).toBe(0)
  await palette(main.page, 'SPY')
  await shows(second, 'SPY')
  expect([...main.faults, ...second.faults]).toEqual([])
  await second.page.waitForTimeout(800)
  second.emit('close')
  expect(readdirSync(join(folder, 'electron')).filter(name => /^window-.*-2\.json$/.test(name))).toHaveLength(1)
  await built.close()

  built = await startBuiltShell({ folder })
  const again = await further(built)
  await shows(again, 'SPY')
  // Asked for once more it is brought to the front, not opened twice.
  const [first] = windows(built) as [ChromiumWindow]
  again.done.length = 0
  await first.page.evaluate(url => void window.open(url), again.page.url())
  await expect.poll(() => again.done, { timeout: 5000 }).toContain('focus')
  expect(windows(built)).toHaveLength(2)
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

test.each([
  'app://contango/?window=../../etc',
  'app://evil/?window=w-1~2',
  'app://contango/?window=w-1~2&x=1',
  'app://contango/other?window=w-1~2',
])('an address that names no window of ours opens none: %s', async url => {
  built ??= await startBuiltShell({ wait: null })
  const [main] = windows(built) as [ChromiumWindow]
  expect(main.webContents.openHandler?.({ url })).toEqual({ action: 'deny' })
  expect(windows(built)).toHaveLength(1)
})
