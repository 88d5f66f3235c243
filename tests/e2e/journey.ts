import type { Page } from 'playwright-core'
import { openBrowser } from './browser.ts'

/** A page that has gone nowhere yet, so that a test hears everything from its first request on. */
export interface Blank {
  readonly page: Page
  /** Console errors and uncaught faults so far; a test ends by expecting none. */
  readonly faults: string[]
  close(): Promise<void>
}

/** Opens Chromium with a new profile and one page in it. */
export async function openBlank(view = { width: 1680, height: 1000 }): Promise<Blank> {
  const browser = await openBrowser(view)
  const page = await browser.context.newPage()
  const faults: string[] = []
  page.on('console', message => {
    if (message.type() === 'error') faults.push(message.text())
  })
  page.on('pageerror', fault => faults.push(fault.message))
  return { page, faults, close: () => browser.close() }
}

/** What a person would say of a chart's drawing: its pixels, the colours that cover some of it, and a print of the whole. */
export async function inkOf(page: Page, panel: string): Promise<{ colours: number; pixels: number; print: number }> {
  return page.locator(panel).evaluate(element => {
    const counts = new Map<number, number>()
    let print = 0
    let pixels = 0
    for (const canvas of element.querySelectorAll('canvas')) {
      if (canvas.width === 0 || canvas.height === 0) continue
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
      for (const pixel of new Uint32Array(data.buffer)) {
        print = (Math.imul(print, 31) + pixel) | 0
        if (pixel >>> 24 === 0) continue
        pixels++
        counts.set(pixel, (counts.get(pixel) ?? 0) + 1)
      }
    }
    return { colours: [...counts.values()].filter(count => count > 20).length, pixels, print }
  })
}

/** Chooses the first answer of the palette to a text, as fast as a person who knows it types. */
export async function palette(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+k')
  const sheet = page.getByRole('dialog').filter({ has: page.getByRole('combobox') })
  await sheet.waitFor()
  await page.keyboard.type(text)
  await page.keyboard.press('Enter')
  await sheet.waitFor({ state: 'detached' })
}

/** The dock as a person sees it: each group with its place, its tabs by name, and which one is in front. */
export async function arrangement(
  page: Page,
): Promise<{ place: number[]; floating: boolean; tabs: string[]; front: string[] }[]> {
  await page.locator('[role="tablist"] [role="tab"]').first().waitFor()
  return page.locator('.dv-groupview').evaluateAll(groups =>
    groups
      .map(group => {
        const { x, y, width, height } = group.getBoundingClientRect()
        const tabs = [...group.querySelectorAll<HTMLElement>('.dv-tabs-and-actions-container [role="tab"]')]
        const words = (tab: HTMLElement) => tab.innerText.replace(/\s+/g, ' ').trim()
        return {
          place: [x, y, width, height].map(Math.round),
          floating: group.closest('.dv-resize-container') !== null,
          tabs: tabs.map(words),
          front: tabs.filter(tab => tab.getAttribute('aria-selected') === 'true').map(words),
        }
      })
      .filter(({ place }) => place[2]! > 0)
      .sort((a, b) => Number(a.floating) - Number(b.floating) || a.place[0]! - b.place[0]! || a.place[1]! - b.place[1]!),
  )
}

/** A layout of one panel that fills the dock, in the form that the page stores. */
export function alone(kind: string, link: string | null): unknown {
  const id = `${kind}-1`
  const leaf = { type: 'leaf', size: 1000, data: { views: [id], activeView: id, id: '1' } }
  return {
    version: 1,
    made: 0,
    dock: {
      grid: { root: { type: 'branch', size: 1000, data: [leaf] }, width: 1000, height: 1000, orientation: 'HORIZONTAL' },
      panels: { [id]: { id, contentComponent: 'panel', title: id } },
      activeGroup: '1',
    },
    panels: { [id]: { kind, params: {}, link, subject: null } },
    links: link ? { [link]: 'SPY.DEMO' } : {},
  }
}
