import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import type { Page } from 'playwright-core'
import { build } from 'vite'
import type { PageFigures } from './meter.ts'

const KEYS = [
  'ArrowDown',
  'ArrowDown',
  'ArrowDown',
  'PageDown',
  'ArrowUp',
  'ArrowRight',
  'PageUp',
  'End',
  'ArrowUp',
  'Home',
] as const
const KEY_EVERY_MS = 40

export const round = (value: number) => Math.round(value * 10) / 10
export const round2 = (value: number) => Math.round(value * 100) / 100

/** The value below which that share of the sorted numbers lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** Builds the page of a benchmark, which lies in a folder beside this one. */
export async function buildPage(name: string, folder: string): Promise<void> {
  await build({
    root: fileURLToPath(new URL(`../${name}`, import.meta.url)),
    configFile: false,
    base: './',
    logLevel: 'error',
    plugins: [react()],
    build: {
      outDir: folder,
      emptyOutDir: true,
      minify: true,
      target: 'es2023',
      chunkSizeWarningLimit: 4000,
      rolldownOptions: { input: fileURLToPath(new URL(`../${name}/page.html`, import.meta.url)) },
    },
  })
}

/** Presses keys through the browser's own input for so long. */
export async function pressKeys(page: Page, seconds: number): Promise<void> {
  const until = performance.now() + seconds * 1000
  for (let k = 0; performance.now() < until; k++) {
    await page.keyboard.press(KEYS[k % KEYS.length]!)
    await page.waitForTimeout(KEY_EVERY_MS)
  }
}

export type BareFigures = Pick<PageFigures, 'keys' | 'frames' | 'seconds'>

/** The same keys in a page that asks for every frame and draws nothing. */
export async function measureBare(page: Page, seconds: number): Promise<BareFigures> {
  await page.goto('about:blank')
  await page.evaluate(() => {
    const bare = { keys: [] as number[], frames: [] as number[] }
    Object.assign(globalThis, { bare })
    const channel = new MessageChannel()
    const painted: (() => void)[] = []
    channel.port1.onmessage = () => painted.shift()?.()
    addEventListener('keydown', ({ timeStamp }) =>
      requestAnimationFrame(() => {
        painted.push(() => bare.keys.push((performance.now() - timeStamp) / 1000))
        channel.port2.postMessage(null)
      }),
    )
    let last = performance.now()
    const onFrame = (now: number) => {
      bare.frames.push((now - last) / 1000)
      last = now
      requestAnimationFrame(onFrame)
    }
    requestAnimationFrame(onFrame)
  })
  const began = performance.now()
  await pressKeys(page, seconds)
  const { keys, frames } = (await page.evaluate('bare')) as { keys: number[]; frames: number[] }
  return { keys, frames, seconds: (performance.now() - began) / 1000 }
}
