import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBrowser } from '../tests/e2e/browser.ts'
import { openBenchDesk, RATE, ROWS } from './table/desk.ts'
import { type BareFigures, buildPage, measureBare, pressKeys, quantile, round, round2 } from './table/measure.ts'
import type { PageFigures } from './table/meter.ts'

// The page's own grid, columns and quote table with 3,000 rows, fed over a WebSocket with the contract's quote stream at 2,000
// changes a second, conflated and acknowledged as the host does it. The table is sorted by a value that changes all the time,
// and keys are pressed through the browser's own input while it lives. The host itself is left out: its share is measured
// by the benchmarks of ingest and latency. The peer is a page in the same browser that does nothing with the same keys but wait
// for the next frame: no table can be quicker.

interface Result {
  readonly bench: string
  readonly value: number
  readonly unit: string
  readonly peer: string | null
  readonly peerValue: number | null
  readonly ratio: number | null
  readonly limit: number
  readonly within: boolean
}

const VIEW = { width: 1680, height: 1000 }
const LEAST_FRAMES = 50
const MOST_DELAY_MS = 50
const PEER = 'the same browser drawing nothing'

export async function run({ seconds = 20 }: { seconds?: number } = {}): Promise<Result[]> {
  const folder = await mkdtemp(join(tmpdir(), 'contango-table-'))
  let figures: PageFigures
  let peer: BareFigures
  let changes = 0
  try {
    await buildPage('table', folder)
    const desk = await openBenchDesk(folder)
    const browser = await openBrowser(VIEW)
    try {
      const page = await browser.context.newPage()
      await page.goto(desk.url)
      await page.waitForFunction(() => window.bench?.ready())
      await page.getByRole('grid').focus()
      await page.waitForTimeout(2000)
      const before = desk.changes()
      await page.evaluate(() => window.bench.begin())
      await pressKeys(page, seconds)
      figures = await page.evaluate(() => window.bench.end())
      changes = desk.changes() - before
      await page.close()
      peer = await measureBare(await browser.context.newPage(), seconds / 2)
    } finally {
      await browser.close()
      await desk.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return resultsOf(figures, changes, peer)
}

function resultsOf({ keys, frames, drawn, seconds, written }: PageFigures, changes: number, bare: BareFigures): Result[] {
  const rate = changes / seconds
  if (rate < RATE * 0.95)
    throw new Error(`only ${round(rate)} of ${RATE} changes a second were made: the machine is too busy to measure`)
  if (written < seconds * 10 || keys.length < seconds)
    throw new Error('the table did not live: nothing was written or no key arrived')
  const perSecond = frames.length / seconds
  const delay = quantile(keys, 0.99) * 1000
  const alone = { peer: null, peerValue: null, ratio: null }
  const barePerSecond = bare.frames.length / bare.seconds
  /** Above one is better than the peer, whichever way the unit counts. */
  const beside = (peerValue: number, ratio: number) => ({ peer: PEER, peerValue: round(peerValue), ratio: round2(ratio) })
  const bareDelay = (part: number) => quantile(bare.keys, part) * 1000
  process.stderr.write(
    `${ROWS} rows, ${round(rate)} changes/s, ${keys.length} keys, ${Math.round(written / seconds)} cells written/s, frame p99 ${round(quantile(frames, 0.99) * 1000)} ms\n`,
  )
  return [
    {
      bench: 'table.input.p50',
      value: round(quantile(keys, 0.5) * 1000),
      unit: 'ms p50',
      ...beside(bareDelay(0.5), bareDelay(0.5) / (quantile(keys, 0.5) * 1000)),
      limit: MOST_DELAY_MS,
      within: quantile(keys, 0.5) * 1000 < MOST_DELAY_MS,
    },
    {
      bench: 'table.input',
      value: round(delay),
      unit: 'ms p99',
      ...beside(bareDelay(0.99), bareDelay(0.99) / delay),
      limit: MOST_DELAY_MS,
      within: delay < MOST_DELAY_MS,
    },
    {
      bench: 'table.drawn',
      value: round(quantile(drawn, 0.99) * 1000),
      unit: 'ms p99',
      ...alone,
      limit: 100,
      within: quantile(drawn, 0.99) < 0.1,
    },
    {
      bench: 'table',
      value: round(perSecond),
      unit: 'frames/s',
      ...beside(barePerSecond, perSecond / barePerSecond),
      limit: LEAST_FRAMES,
      within: perSecond >= LEAST_FRAMES,
    },
  ]
}
