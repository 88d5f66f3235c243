import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { readWayIn } from '../../src/platform/lock.ts'
import { type BuiltShell, startBuiltShell } from '../shell/built-shell.ts'
import type { ChromiumWindow } from '../shell/chromium-window.ts'
import { inkOf } from './journey.ts'

/** A Mac has a menu with the application's name before all others. */
const OWN_MENU = process.platform === 'darwin' ? ['Contango'] : []

let built: BuiltShell
beforeAll(async () => {
  built = await startBuiltShell({ isPackaged: true })
})
afterAll(() => built?.close())

const panelsOf = (window: ChromiumWindow) =>
  window.page.locator('[data-panel]').evaluateAll(all => all.map(one => one.getAttribute('data-panel')))

describe('the built page in the window of the built shell', () => {
  test('is live over the port that the built preload script handed on', async () => {
    const { window } = built
    const cells = window.page.locator('[data-panel="watchlist"] [role="row"] [role="gridcell"]:nth-child(2)')
    await window.page.locator('[data-panel="watchlist"] [role="row"]').nth(5).waitFor({ timeout: 15_000 })
    const first = await cells.allInnerTexts()
    await expect.poll(() => cells.allInnerTexts(), { timeout: 15_000 }).not.toEqual(first)
    await expect
      .poll(async () => (await inkOf(window.page, '[data-panel="chart"]')).colours, { timeout: 15_000 })
      .toBeGreaterThanOrEqual(4)
    expect(await window.page.getByRole('status').filter({ hasText: 'Connected' }).count()).toBe(1)
    expect(window.strayed).toEqual([])
    expect(window.faults).toEqual([])
  })

  test('sees neither Node nor the preload script', async () => {
    const seen = await built.window.page.evaluate(() =>
      ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer', '__toShell', '__fromShell'].filter(
        name => name in globalThis,
      ),
    )
    expect(seen).toEqual([])
  })

  test('data come from a utility process, which can die and comes back', async () => {
    const { page } = built.window
    const state = () => built.double.kept.utilities.map(({ pid }) => pid)
    expect(state()).toHaveLength(1)
    process.kill(state()[0]!, 'SIGKILL')
    await vi.waitFor(() => expect(state()).toHaveLength(2), { timeout: 5000 })
    await page.locator('[data-panel="watchlist"] [role="row"]').nth(5).waitFor()
  })
})

describe('links', () => {
  const arrive = (text: string) => built.double.app.emit('second-instance', {}, ['contango.exe', '--', text])
  /** One link in a second is heard. */
  const pause = () => new Promise(done => setTimeout(done, 1100))

  test('show a panel and a symbol, without loading the page again', async () => {
    const { window, double } = built
    await window.page.evaluate(() => Object.assign(window, { sameDocument: true }))
    window.done.length = 0
    arrive('contango://open?panel=chart&symbol=SPY')
    const figure = window.page.locator('[data-panel="chart"]').getByRole('figure')
    await expect.poll(() => figure.first().getAttribute('aria-label'), { timeout: 10_000 }).toMatch(/^Chart of SPY/)
    expect(window.done).toEqual(['show', 'focus'])
    expect(await window.page.evaluate(() => 'sameDocument' in window)).toBe(true)
    expect(window.page.url()).not.toContain('#')
    expect(double.kept.asked).toEqual([])
  })

  test('from a Mac come as events, and open a panel that is not there yet', async () => {
    await pause()
    let prevented = false
    const event = {
      preventDefault: () => {
        prevented = true
      },
    }
    built.double.app.emit('open-url', event, 'contango://open?panel=log')
    await expect.poll(() => panelsOf(built.window), { timeout: 10_000 }).toContain('log')
    expect(prevented).toBe(true)
  })

  test.each([
    ['contango://order?side=buy&symbol=SPY', /asked Contango to “order”.*Nothing was changed/],
    ['contango://open?panel=chart&token=1', /it holds “token”.*Nothing was changed/],
    ['contango://open?symbol=%3Cimg%20src=x%3E', /its symbol cannot be one.*Nothing was changed/],
    ['contango:javascript:alert(1)', /not in a form that Contango knows.*Nothing was changed/],
  ])('from a hostile page are refused with a sentence: %s', async (text, sentence) => {
    await pause()
    const { asked } = built.double.kept
    const before = await panelsOf(built.window)
    asked.length = 0
    arrive(text)
    expect(asked).toHaveLength(1)
    expect(asked[0]!.message).toMatch(sentence)
    expect(await panelsOf(built.window)).toEqual(before)
  })

  test('in a storm are heard once a second', async () => {
    await pause()
    const { asked } = built.double.kept
    asked.length = 0
    for (let i = 0; i < 50; i++) arrive('contango://order?n=1')
    expect(asked).toHaveLength(1)
  })

  test('that name what is not there say so in the page', async () => {
    await pause()
    arrive('contango://open?panel=no-such-panel')
    await built.window.page.getByText('A link asked for a panel named no-such-panel').waitFor()
  })

  test('are asked for by a package, behind -- so that none brings flags along', () => {
    expect(built.double.kept.clients).toEqual([['contango', process.execPath, ['--']]])
  })
})

describe('menus and tray', () => {
  const items = () => built.double.kept.menus[0]!
  const find = (label: string) =>
    items()
      .flatMap(menu => menu.submenu as Electron.MenuItemConstructorOptions[])
      .find(item => item.label === label)!

  test('there are the five that people expect, and a click opens a panel', async () => {
    expect(items().map(({ label }) => label)).toEqual([...OWN_MENU, 'File', 'Edit', 'View', 'Window', 'Help'])
    find('Status').click!(undefined as never, undefined as never, undefined as never)
    await expect.poll(() => panelsOf(built.window), { timeout: 10_000 }).toContain('status')
  })

  test('checking for updates says in Settings that this installation has no key', async () => {
    find('Check for updates…').click!(undefined as never, undefined as never, undefined as never)
    await built.window.page.getByText('This build carries no key to check updates with').first().waitFor()
  })

  test('the tray leads back to the window; its kill switch says why it does nothing', () => {
    const { window, double } = built
    const [tray] = double.kept.trays
    expect(tray!.menu.map(({ label, enabled }) => [label, enabled ?? true])).toEqual([
      ['Show Contango', true],
      [undefined, true],
      ['Kill switch (nothing can trade in this version)', false],
      [undefined, true],
      ['Quit Contango', true],
    ])
    window.done.length = 0
    tray!.menu[0]!.click!(undefined as never, undefined as never, undefined as never)
    expect(window.done).toEqual(['show', 'focus'])
  })
})

describe('the way out of the page', () => {
  test('a link of the page opens in the browser after a person agreed, and only for its site', async () => {
    const { window, double } = built
    const { asked, outside, answers } = double.kept
    asked.length = 0
    const open = (url: string) => window.page.evaluate(to => void globalThis.open(to), url)
    await open('https://www.tradingview.com/about')
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    expect(asked[0]).toMatchObject({ message: 'Open this address in your browser?', detail: 'https://www.tradingview.com/about' })
    expect(outside).toEqual([])
    answers.push(0)
    await open('https://www.tradingview.com/')
    await vi.waitFor(() => expect(outside).toEqual(['https://www.tradingview.com/']))
    for (const url of [
      'https://evil.example/',
      'http://www.tradingview.com/',
      'https://www.tradingview.com.evil.example/',
      'file:///etc/passwd',
    ])
      await open(url)
    await window.page.waitForTimeout(200)
    expect(asked).toHaveLength(2)
    expect(window.openPopups()).toBe(0)
  })

  test('navigation elsewhere is refused, and the page stays', async () => {
    const { page } = built.window
    await page.evaluate(() => {
      location.href = 'https://evil.example/'
    })
    await page.waitForTimeout(300)
    expect(page.url()).toMatch(/^https:\/\/contango\.desk\.invalid\//)
    expect(await page.locator('[data-panel]').count()).toBeGreaterThan(3)
  })
})

describe('a page that dies', () => {
  test('is loaded again with its panels, over a new port', async () => {
    const { window, double } = built
    const before = (await panelsOf(window)).toSorted()
    await window.page.waitForTimeout(2500)
    await window.crash()
    await vi.waitFor(() => expect(window.webContents.reloads).toBe(1))
    await expect.poll(async () => (await panelsOf(window)).toSorted(), { timeout: 20_000 }).toEqual(before)
    await expect.poll(() => window.page.getByRole('status').filter({ hasText: 'Connected' }).count(), { timeout: 10_000 }).toBe(1)
    expect(double.kept.asked.some(({ message }) => message.includes('page ended'))).toBe(false)
    expect(double.kept.notifications.map(({ options }) => options.body)).toEqual([
      'The page ended unexpectedly (crashed) and was loaded again. The panels are as they were last stored.',
    ])
  })

  test('again and again is not loaded a fourth time within a minute, but asked about', async () => {
    const { window, double } = built
    double.kept.asked.length = 0
    double.kept.answers.length = 0
    for (let i = 0; i < 2; i++) window.webContents.emit('render-process-gone', {}, { reason: 'oom' })
    expect(double.kept.asked).toEqual([])
    double.kept.answers.push(9)
    window.webContents.emit('render-process-gone', {}, { reason: 'oom' })
    await vi.waitFor(() => expect(double.kept.asked).toHaveLength(1))
    expect(double.kept.asked[0]!.message).toMatch(/The page ended 4 times within a minute.*oom/)
    await window.page.locator('[data-panel]').first().waitFor({ timeout: 20_000 })
  })

  test('and one that hangs is asked about, with waiting as the usual answer', async () => {
    const { window, double } = built
    const reloads = window.webContents.reloads
    double.kept.asked.length = 0
    window.emit('unresponsive')
    await vi.waitFor(() => expect(double.kept.asked).toHaveLength(1))
    expect(double.kept.asked[0]!.buttons).toEqual(['Wait', 'Load again'])
    expect(window.webContents.reloads).toBe(reloads)
  })
})

describe('the window', () => {
  test('remembers where it stood, and quitting gives the workspace back', async () => {
    const { window, double, folder } = built
    window.bounds = { x: 1700, y: 100, width: 1400, height: 900 }
    window.emit('move')
    const file = join(folder, 'electron', 'window.json')
    await vi.waitFor(() => expect(existsSync(file)).toBe(true), { timeout: 3000 })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ box: window.bounds, monitor: { id: 2 } })
    expect(readWayIn(folder)).not.toBeNull()
    double.app.emit('before-quit', { preventDefault() {} })
    await vi.waitFor(() => expect(double.kept.exits).toEqual([0]), { timeout: 4000 })
    expect(readWayIn(folder)).toBeNull()
    expect(double.kept.trays[0]!.destroyed).toBe(true)
  })

  test('comes back there at the next start, in the language of the system', async () => {
    const again = await startBuiltShell({ folder: built.folder, words: ['--demo'], locale: 'es-ES' })
    try {
      expect(again.window.bounds).toEqual({ x: 1700, y: 100, width: 1400, height: 900 })
      expect(again.double.kept.menus[0]!.map(({ label }) => label)).toEqual([
        ...OWN_MENU,
        ...['Archivo', 'Edición', 'Ver', 'Ventana', 'Ayuda'],
      ])
    } finally {
      await again.close()
    }
  })
})
