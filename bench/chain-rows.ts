import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBrowser } from '../tests/e2e/browser.ts'
import { EXPIRIES, openChainDesk, STRIKES } from './chain-rows/desk.ts'
import { type BareFigures, buildPage, measureBare, pressKeys, quantile, round, round2 } from './table/measure.ts'
import type { PageFigures } from './table/meter.ts'

// The page's own chain panel with 25 expiries of 123 strikes stacked, all open, fed four times a second over a WebSocket with
// every column of what it asks for, while keys are pressed through the browser's own input. The frames were analysed before, so that
// the host's share is not measured here but by the benchmark of the chain. Keys jump from end to end, so that the panel asks for other
// expiries all the time. The peer is a page in the same browser that does
// nothing with the same keys but wait for the next frame.

interface Result {
  readonly bench: string
  readonly value: number
  readonly unit: string
  readonly peer: string
  readonly peerValue: number
  readonly ratio: number
  readonly limit: number
  readonly within: boolean
}

const VIEW = { width: 1680, height: 1000 }
const LEAST_FRAMES = 50
const MOST_DELAY_MS = 50
const PEER = 'the same browser drawing nothing'

export async function run({ seconds = 20 }: { seconds?: number } = {}): Promise<Result[]> {
  const folder = await mkdtemp(join(tmpdir(), 'contango-chain-rows-'))
  try {
    await buildPage('chain-rows', folder)
    const desk = await openChainDesk(folder)
    const browser = await openBrowser(VIEW)
    try {
      const page = await browser.context.newPage()
      await page.goto(desk.url)
      await page.waitForFunction(() => window.bench?.ready(), undefined, { timeout: 30_000 })
      const rows = Number(await page.getByRole('grid').getAttribute('aria-rowcount')) - 2
      if (rows !== EXPIRIES * (STRIKES + 1))
        throw new Error(`the chain stands in ${EXPIRIES * (STRIKES + 1)} lines, ${rows} were there`)
      await page.getByRole('grid').focus()
      await page.waitForTimeout(2000)
      const before = desk.sent()
      await page.evaluate(() => window.bench.begin())
      await pressKeys(page, seconds)
      const figures = await page.evaluate(() => window.bench.end())
      const sent = (desk.sent() - before) / seconds
      await page.close()
      const bare = await measureBare(await browser.context.newPage(), seconds / 2)
      return resultsOf(figures, sent, bare)
    } finally {
      await browser.close()
      await desk.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function resultsOf({ keys, frames, seconds, written }: PageFigures, sent: number, bare: BareFigures): Result[] {
  if (sent < 2) throw new Error(`only ${round(sent)} of 4 frames a second were drawn: the machine is too busy to measure`)
  if (written < seconds * 10 || keys.length < seconds)
    throw new Error('the chain did not live: nothing was written or no key arrived')
  const perSecond = frames.length / seconds
  const bareSecond = bare.frames.length / bare.seconds
  const delay = quantile(keys, 0.99) * 1000
  const bareDelay = quantile(bare.keys, 0.99) * 1000
  process.stderr.write(
    `${EXPIRIES * STRIKES} rows, ${EXPIRIES * STRIKES * 2} contracts, ${round(sent)} frames of the chain/s, ${keys.length} keys, ${Math.round(written / seconds)} cells written/s, frame p99 ${round(quantile(frames, 0.99) * 1000)} ms\n`,
  )
  return [
    {
      ...{ bench: 'chain-rows.input', value: round(delay), unit: 'ms p99', peer: PEER, peerValue: round(bareDelay) },
      ...{ ratio: round2(bareDelay / delay), limit: MOST_DELAY_MS, within: delay < MOST_DELAY_MS },
    },
    {
      ...{ bench: 'chain-rows', value: round(perSecond), unit: 'frames/s', peer: PEER, peerValue: round(bareSecond) },
      ...{ ratio: round2(perSecond / bareSecond), limit: LEAST_FRAMES, within: perSecond >= LEAST_FRAMES },
    },
  ]
}
