import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { openBrowser } from '../tests/e2e/browser.ts'
import { startWorkstation } from '../tests/e2e/workstation.ts'

const VIEW = { width: 1680, height: 1000 }

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

/** Resolves once a chart has painted candles: some pixels of its canvases are neither empty nor of one colour. */
export async function chartIsPainted(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      for (const canvas of document.querySelectorAll<HTMLCanvasElement>('[data-panel="chart"] canvas')) {
        if (canvas.width < 300 || canvas.height < 150) continue
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
        const colours = new Set<number>()
        for (let i = 0; i < data.length; i += 4 * 97)
          if (data[i + 3]! > 0) colours.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!)
        if (colours.size >= 4) return true
      }
      return false
    },
    null,
    { polling: 20, timeout: 30_000 },
  )
}

/** Seconds from the launch of `npm start`'s script and of a cold Chromium to a painted live chart, on a workspace that was open before. */
async function launch(folder: string): Promise<{ seconds: number; address: number }> {
  const began = performance.now()
  const browserOpens = openBrowser(VIEW)
  const workstation = await startWorkstation({ folder })
  const address = (performance.now() - began) / 1000
  const browser = await browserOpens
  try {
    const page = await browser.context.newPage()
    await page.goto(workstation.address)
    await chartIsPainted(page)
    return { seconds: (performance.now() - began) / 1000, address }
  } finally {
    await browser.close()
    await workstation.stop()
  }
}

/** The peer: the same Chromium, cold, until it has painted an empty page. Nothing that shows a page can be quicker. */
async function blank(): Promise<number> {
  const began = performance.now()
  const browser = await openBrowser(VIEW)
  try {
    const page = await browser.context.newPage()
    await page.goto('about:blank')
    await page.evaluate(() => new Promise(done => requestAnimationFrame(() => done(null))))
    return (performance.now() - began) / 1000
  } finally {
    await browser.close()
  }
}

/** From launch to a painted live chart: median of `runs` after one that warms the disk and makes the workspace. */
export async function run({ runs = 5 }: { runs?: number } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'contango-bench-start-'))
  try {
    const first = await launch(folder)
    const times: number[] = []
    const addresses: number[] = []
    const peers: number[] = []
    for (let k = 0; k < runs; k++) {
      const { seconds, address } = await launch(folder)
      times.push(seconds)
      addresses.push(address)
      peers.push(await blank())
    }
    const value = median(times)
    const peerValue = median(peers)
    return [
      {
        bench: 'start',
        value,
        unit: 's to a painted live chart',
        limit: 3,
        peer: 'the same Chromium, cold, to a blank page',
        peerValue,
        ratio: value / peerValue,
        worst: Math.max(...times),
        hostAnswersAfter: median(addresses),
        freshWorkspace: first.seconds,
        runs,
      },
    ]
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
