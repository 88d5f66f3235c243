import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import type { Page } from 'playwright-core'
import { conditionOf, setTest, treeLines, treeOf } from '../src/core/rules/tree-edit.ts'
import { openBrowser } from '../tests/e2e/browser.ts'
import { countNodes, manyNodes } from './color-tree/tree.ts'
import { buildPage, quantile, round, round2 } from './table/measure.ts'

// The page's own editor of rules with 500 conditions and groups, its sentence and its checks, while letters are typed into a value and
// rows are added and moved through the browser's own input. The peer is react-querybuilder with the same tree in the same browser, into
// whose value letters are typed; it knows no keys for the rest. What counts is the processor time of the page's own thread for each key: handlers,
// drawing anew, styles, layout, paint, and what was put off until after the frame.

interface Result {
  readonly bench: string
  readonly value: number
  readonly unit: string
  readonly peer: string
  readonly peerValue: number | null
  readonly ratio: number | null
  readonly limit: number
  readonly within: boolean
  readonly note: string
}

const VIEW = { width: 1680, height: 1000 }
const NODES = 500
const LIMIT_MS = 16
const PEER = 'react-querybuilder 8.24.1'
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

/** Keys of each kind of edit, pressed again and again. */
const EDITS = {
  typing: ['a', 'b', 'c', 'd', 'Backspace', 'Backspace', 'Backspace', 'Backspace'],
  rows: ['Alt+ArrowUp', 'Alt+ArrowDown', '!', '!', 'Tab', 'Shift+Tab', 'ArrowDown', 'ArrowUp'],
} as const

export async function run({ turns = 25 }: { turns?: number } = {}): Promise<Result[]> {
  const when = manyNodes(NODES)
  if (countNodes(when) !== NODES) throw new Error(`the tree has ${countNodes(when)} nodes, not ${NODES}`)
  const folder = await mkdtemp(join(tmpdir(), 'contango-color-tree-'))
  try {
    await buildPage('color-tree', folder)
    const site = await serve(folder)
    const browser = await openBrowser(VIEW)
    try {
      const page = await browser.context.newPage()
      await page.goto(`${site.url}?nodes=${NODES}`)
      const typing = await typeIntoOurs(page, turns)
      const rows = await pressRows(page, turns)
      await page.goto(`${site.url}?nodes=${NODES}&peer=1`)
      const peer = await typeIntoPeer(page, turns)
      return [pureEdit(), resultOf('color-tree.rows', rows, null), resultOf('color-tree', typing, peer)]
    } finally {
      await browser.close()
      site.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Figures {
  /** Seconds of processor time of the page's thread for each key. */
  readonly work: readonly number[]
  /** Seconds from a key to the frame drawn after it. */
  readonly keys: readonly number[]
}

async function press(page: Page, keys: readonly string[], turns: number): Promise<Figures> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const worked = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    const found = metrics.find(({ name }) => name === 'TaskDuration')
    if (!found) throw new Error('this browser does not say how long its tasks took')
    return found.value
  }
  const work: number[] = []
  const pressAll = async () => {
    for (const key of keys) {
      const before = await worked()
      await page.keyboard.press(key)
      await page.waitForTimeout(60)
      work.push((await worked()) - before)
    }
  }
  await pressAll()
  await page.evaluate(() => window.keyMeter.begin())
  work.length = 0
  for (let turn = 0; turn < turns; turn++) await pressAll()
  const drawn = await page.evaluate(() => window.keyMeter.end())
  await session.detach()
  if (drawn.length < turns * keys.length) throw new Error(`only ${drawn.length} keys arrived`)
  return { work, keys: drawn }
}

async function typeIntoOurs(page: Page, turns: number): Promise<Figures> {
  const tree = page.getByRole('tree')
  await tree.focus()
  // Into the middle of the tree, and there into the value of a test.
  for (let k = 0; k < 8; k++) await page.keyboard.press('PageDown')
  while ((await page.getByRole('combobox').count()) === 0) {
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('F2')
    await page.waitForTimeout(50)
  }
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await page.keyboard.press('End')
  const before = await page.getByRole('combobox').inputValue()
  await page.keyboard.press('x')
  if ((await page.getByRole('combobox').inputValue()) !== `${before}x`) throw new Error('no letter arrived in the value')
  return press(page, EDITS.typing, turns)
}

async function pressRows(page: Page, turns: number): Promise<Figures> {
  await page.keyboard.press('Enter')
  return press(page, EDITS.rows, turns)
}

async function typeIntoPeer(page: Page, turns: number): Promise<Figures> {
  const values = page.locator('input.rule-value')
  await values.first().waitFor()
  const middle = values.nth(Math.floor((await values.count()) / 2))
  await middle.focus()
  await page.keyboard.press('End')
  return press(page, EDITS.typing, turns)
}

function resultOf(bench: string, { work, keys }: Figures, peer: Figures | null): Result {
  const value = quantile(work, 0.99) * 1000
  const peerValue = peer && quantile(peer.work, 0.99) * 1000
  const ms = (times: readonly number[], share: number) => round(quantile(times, share) * 1000)
  return {
    ...{ bench, value: round(value), unit: 'ms p99', peer: PEER, peerValue: peerValue && round(peerValue) },
    ...{ ratio: peerValue && round2(peerValue / value), limit: LIMIT_MS, within: value < LIMIT_MS },
    note: `p50 ${ms(work, 0.5)} ms${peer ? ` (peer ${ms(peer.work, 0.5)})` : ''}; key to drawn frame, with the wait for it, p50 ${ms(keys, 0.5)}, p99 ${ms(keys, 0.99)} ms${peer ? ` (peer ${ms(peer.keys, 0.5)}, ${ms(peer.keys, 0.99)})` : ''}; ${work.length} keys`,
  }
}

/** The edit alone: a letter into a value, the condition of it, and the rows of the tree. */
function pureEdit(): Result {
  let tree = treeOf(manyNodes(NODES))
  const folded: ReadonlySet<number> = new Set()
  const tests = treeLines(tree, folded).flatMap(({ node }) => (node.kind === 'test' ? [node.id] : []))
  const times: number[] = []
  for (let k = 0; k < 4000; k++) {
    const began = performance.now()
    tree = setTest(tree, tests[k % tests.length]!, { value: `v${k}` }).tree
    conditionOf(tree.root)
    treeLines(tree, folded)
    times.push(performance.now() - began)
  }
  const value = quantile(times.slice(1000), 0.99)
  return {
    ...{ bench: 'color-tree.pure', value: round2(value), unit: 'ms p99', peer: 'none', peerValue: null, ratio: null },
    ...{ limit: LIMIT_MS, within: value < LIMIT_MS, note: `p50 ${round2(quantile(times.slice(1000), 0.5))} ms` },
  }
}

async function serve(folder: string): Promise<{ url: string; close(): void }> {
  const http = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://x').pathname)
    const file = join(folder, path === '/' ? 'page.html' : path)
    readFile(file).then(
      bytes => {
        response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream')
        response.end(bytes)
      },
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>(done => http.listen(0, '127.0.0.1', done))
  const address = http.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`, close: () => http.close() }
}
