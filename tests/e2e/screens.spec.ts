import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callHost } from './caller.ts'
import { type Desk, openDesk, project, startWorkstation, type Workstation } from './workstation.ts'

/** The pictures of the README and the guide; CONTRIBUTING says how they get into docs/screens. */
const screens = join(project, 'build/e2e/docs')
/** A picture that is larger makes the repository heavy for everybody who clones it. */
const LARGEST_BYTES = 320_000

let workstation: Workstation
let desk: Desk
let caller: ReturnType<typeof callHost>

beforeAll(async () => {
  mkdirSync(screens, { recursive: true })
  // Without --demo, so that Yahoo is listed; it is off, and so nothing leaves the machine.
  workstation = await startWorkstation({ args: ['--time-zone', 'exchange'] })
  caller = callHost(workstation.address)
  desk = await openDesk(workstation.address, { width: 1440, height: 900 })
  await chartStands(desk.page)
})
afterAll(async () => {
  caller?.close()
  await desk?.close()
  await workstation?.stop()
})

async function chartStands(page: Page): Promise<void> {
  const chart = page.locator('[data-panel="chart"]').first()
  await chart.locator('canvas').first().waitFor({ timeout: 20_000 })
  await chart.locator('[aria-busy="true"]').waitFor({ state: 'detached', timeout: 15_000 })
}

/** A workspace of one panel, opened; `links` gives the symbols of the link groups. */
async function alone(kind: string, panel: { params?: object; subject?: string }): Promise<void> {
  const id = `${kind}-1`
  const leaf = { type: 'leaf', size: 1000, data: { views: [id], activeView: id, id: '1' } }
  const layout = {
    version: 1,
    made: 0,
    dock: {
      grid: { root: { type: 'branch', size: 1000, data: [leaf] }, width: 1000, height: 1000, orientation: 'HORIZONTAL' },
      panels: { [id]: { id, contentComponent: 'panel', title: id } },
      activeGroup: '1',
    },
    panels: { [id]: { kind, params: panel.params ?? {}, link: null, subject: panel.subject ?? null } },
    links: {},
  }
  const { workspaces } = await caller.client.workspace.list()
  const known = workspaces.find(one => one.id === `docs-${kind}`)
  if (known) await caller.client.workspace.remove({ id: known.id })
  const name = kind === 'sql' ? 'SQL' : kind.slice(0, 1).toUpperCase() + kind.slice(1)
  await caller.client.workspace.save({ id: `docs-${kind}`, name, revision: 0, layout })
  await caller.client.workspace.choose({ id: `docs-${kind}` })
  await desk.page.reload()
  await desk.page
    .locator(`[data-panel="${kind}"]`)
    .waitFor({ timeout: 15_000 })
    .catch(async fault => {
      const shown = await desk.page.locator('body').innerText()
      throw new Error(`${kind} did not open; faults: ${desk.faults.join(' | ')}; the page showed: ${shown.slice(0, 400)}`, {
        cause: fault,
      })
    })
}

async function take(name: string): Promise<void> {
  // Fonts, the first frames of a live table, and whatever the pointer lit.
  await desk.page.mouse.move(0, 0)
  await desk.page.waitForTimeout(1500)
  const file = join(screens, `${name}.png`)
  await desk.page.screenshot({ path: file })
  expect(statSync(file).size).toBeLessThan(LARGEST_BYTES)
  expect(desk.faults).toEqual([])
}

async function speak(language: 'en' | 'es'): Promise<void> {
  await caller.client.workspace.set({ key: 'language', value: language })
  await desk.page.locator(`html[lang="${language}"]`).waitFor({ state: 'attached', timeout: 15_000 })
}

const look = (theme: 'dark' | 'light') => caller.client.workspace.set({ key: 'theme', value: theme })

test('futures-dark: what a first start opens with', async () => {
  await look('dark')
  await desk.page.locator('[data-panel="watchlist"]').getByRole('row').nth(8).waitFor()
  await desk.page.waitForTimeout(4000)
  await take('futures-dark')
})

test('palette: a symbol, found by a few letters', async () => {
  await desk.page.keyboard.press('Control+k')
  await desk.page.getByRole('combobox').fill('oil 2027')
  await desk.page.getByRole('option', { name: /CLH27/ }).waitFor()
  await take('palette')
  await desk.page.keyboard.press('Escape')
})

test('futures-light-es: the same in the light theme and in Spanish', async () => {
  await look('light')
  await speak('es')
  try {
    await take('futures-light-es')
  } finally {
    await look('dark')
    await speak('en')
  }
})

test('chart: indicators in panes, and another symbol to compare', async () => {
  const indicators = ['ema', 'rsi', 'macd'].map(name => ({ id: name, name, values: {}, colors: [], isHidden: false }))
  await alone('chart', { subject: 'SPY.DEMO', params: { timeframe: '1d', compare: ['AAPL.DEMO', 'NVDA.DEMO'], indicators } })
  await chartStands(desk.page)
  await desk.page.waitForTimeout(2000)
  await take('chart')
})

/** A file as people have them: mostly fine, with a few rows that must not get into a series. */
function faultyFile(): string {
  const rows = ['Date,Open,High,Low,Close,Volume']
  for (let k = 0; k < 120; k++) {
    const date = new Date(Date.UTC(2026, 0, 5 + k)).toISOString().slice(0, 10)
    const open = 70 + Math.round(400 * Math.sin(k / 9)) / 100
    const [high, low, close] = [open + 1.1, open - 0.9, open + 0.25]
    rows.push(
      [date, open, high, low, close]
        .map(one => (typeof one === 'number' ? one.toFixed(2) : one))
        .join(',')
        .concat(',', String(1200 + k)),
    )
  }
  rows[18] = '2026-01-22,71.10,70.40,71.90,71.30,1400'
  rows[31] = '2026-02-04,n/a,72.20,70.10,71.00,1380'
  rows[44] = rows[43]!
  rows[57] = '2026-02-31,70.10,71.00,69.80,70.40,1290'
  rows[70] = '2026-03-15,68.20,69.00,67.80,68.60,-5'
  rows[88] = '2026-04-02,-37.63,-36.00,-40.32,-37.63,2100'
  rows[101] = '2026-04-15,70.10,71.00'
  return `${rows.join('\n')}\n`
}

test('import: a dry run that names what it would refuse', async () => {
  await alone('import', {})
  const file = { name: 'crude.csv', mimeType: 'text/csv', buffer: Buffer.from(faultyFile()) }
  await desk.page.locator('[data-panel="import"] input[type="file"]').setInputFiles(file)
  await desk.page.getByRole('button', { name: 'Try without storing' }).click()
  await desk.page.getByText('Tried; nothing was stored').waitFor({ timeout: 20_000 })
  await take('import')
})

test('sql: a statement and its result as a chart', async () => {
  const sql = `-- Highest and lowest close of each month
select date_trunc('month', time) as month, max(close) as highest, min(close) as lowest
from series
where name = 'sp500'
group by month
order by month`
  await alone('sql', { params: { tabs: [{ id: 'first', name: 'S&P 500 by month', sql }], current: 'first' } })
  const panel = desk.page.locator('[data-panel="sql"]')
  await panel.getByRole('button', { name: /^Run/ }).first().click()
  await panel.getByText('244 rows').first().waitFor({ timeout: 20_000 })
  await panel.getByRole('button', { name: 'Chart' }).click()
  await panel.locator('canvas').first().waitFor()
  await take('sql')
})

test('options: the ready-made workspace on the demo market', async () => {
  await desk.page.keyboard.press('Alt+Shift+N')
  await desk.page
    .getByRole('button', { name: /^Options/ })
    .first()
    .click()
  const chain = desk.page.locator('[data-panel="options-chain"]')
  await chain.getByText('With a volatility').waitFor({ timeout: 30_000 })
  // A planted fault stands at least once in 80 s; an empty list of alerts shows nothing of what it is for.
  await desk.page.locator('[data-panel="options-anomalies"]').getByRole('row').nth(1).waitFor({ timeout: 100_000 })
  await take('options')
}, 150_000)

test('jobs: what is done by the clock, with its next runs', async () => {
  const { client } = caller
  const { kinds } = await client.schedule.list()
  for (const [kind, name] of [
    ['backup', 'Nightly backup'],
    ['yahoo.refresh', 'Daily bars'],
  ] as const) {
    const found = kinds.find(one => one.kind === kind)!
    const params = Object.fromEntries(found.params.map(one => [one.name, one.spec.usual]))
    await client.schedule.save({ id: null, revision: 0, job: { ...found.usual, name, kind, params, enabled: true } })
  }
  await alone('jobs', {})
  await desk.page.locator('[data-panel="jobs"]').getByText('Nightly backup').first().click()
  await desk.page.waitForTimeout(1000)
  await take('jobs')
})

test.each([
  ['status', 640],
  ['sources', 330],
  ['backups', 330],
] as const)('%s', async (kind, height) => {
  await desk.page.setViewportSize({ width: 1440, height })
  await alone(kind, {})
  await desk.page.waitForTimeout(2500)
  await take(kind)
})
