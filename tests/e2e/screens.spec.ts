import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SessionCommandWire } from '../../src/contract/color-sessions.ts'
import { generateColors } from '../../src/core/color/generator.ts'
import { writeQuotes } from '../../src/core/color/write-colors.ts'
import { startSmtp } from '../color/outputs-kit.ts'
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
  const panelId = `${kind}-1`
  const leaf = { type: 'leaf', size: 1000, data: { views: [panelId], activeView: panelId, id: '1' } }
  const layout = {
    version: 1,
    made: 0,
    dock: {
      grid: { root: { type: 'branch', size: 1000, data: [leaf] }, width: 1000, height: 1000, orientation: 'HORIZONTAL' },
      panels: { [panelId]: { id: panelId, contentComponent: 'panel', title: panelId } },
      activeGroup: '1',
    },
    panels: { [panelId]: { kind, params: panel.params ?? {}, link: null, subject: panel.subject ?? null } },
    links: {},
  }
  const { workspaces } = await caller.client.workspace.list()
  // The panels of the color desk share a workspace, so that the bar above them is not full of tabs.
  const family = kind.startsWith('color-') ? 'color' : kind
  const id = `docs-${family}`
  const known = workspaces.find(one => one.id === id)
  if (known) await caller.client.workspace.remove({ id })
  const name = family === 'sql' ? 'SQL' : family.slice(0, 1).toUpperCase() + family.slice(1)
  await caller.client.workspace.save({ id, name, revision: 0, layout })
  await caller.client.workspace.choose({ id })
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

/** Dealer quotes of one day as a file, one row in `dirty` spoilt. */
const quotes = (seed: number, rows: number, dirty = 0) =>
  [...writeQuotes(generateColors({ seed, rows, until: '2026-11-20', days: 1, dirty }))].join('')

/** The months that a demo workspace invents, and two rules: what the pictures of the color desk show. */
async function colorHistory() {
  const { color } = caller.client
  const is = { kind: 'test', operator: 'is' } as const
  const mezz = { kind: 'test', field: 'SECTOR', operator: 'contains', value: 'mezz' } as const
  const dear = { kind: 'test', field: 'PX', operator: 'between', value: '100', value2: '105' } as const
  const trades = { kind: 'not', of: { ...is, field: 'BIAS', value: 'TRADE CONFIRM' } } as const
  const common = { active: true, cases: [], revision: 0 }
  const rules = [
    {
      ...common,
      id: 'dear-mezz',
      name: 'Mezzanine above par',
      priority: 1,
      when: { kind: 'all' as const, of: [mezz, dear, trades] },
    },
    {
      ...common,
      id: 'unsure',
      name: 'Unsure readings',
      priority: 2,
      when: { ...mezz, field: 'CONFIDENCE' as const, operator: 'less' as const, value: '3' },
    },
  ]
  await color.rules.save({ rules, anyway: true })
  await expect.poll(async () => (await color.runs.list({})).demo, { timeout: 60_000, interval: 250 }).toBe('there')
}

test('color-runs: three months of runs, and what became of one', async () => {
  await colorHistory()
  const { runs } = await caller.client.color.runs.list({})
  await alone('color-runs', { params: { run: runs[0]!.id } })
  await desk.page.locator('[data-panel="color-runs"]').getByRole('row').nth(12).waitFor()
  await take('color-runs')
}, 90_000)

test('color-rules: a rule written with the keyboard, and what it would have done to three months', async () => {
  await alone('color-rules', {})
  const { keyboard } = desk.page
  const panel = desk.page.locator('[data-panel="color-rules"]')
  await panel.getByRole('listbox').first().focus()
  await keyboard.press('n')
  await keyboard.type('No talk')
  await keyboard.press('Enter')
  await keyboard.press('Enter')
  for (const cell of ['bias', 'is', 'BWIC TALK']) {
    await keyboard.type(cell)
    await keyboard.press('Enter')
  }
  await keyboard.press('Control+Enter')
  await panel.locator('dl > div', { hasText: 'Rows taken out' }).locator('dd').waitFor({ timeout: 30_000 })
  await take('color-rules')
})

test('color-search: a dealer, and one of the colors with its prices', async () => {
  await alone('color-search', { params: { query: { text: 'kirkmoor' } } })
  const grid = desk.page.locator('[data-panel="color-search"]').getByRole('grid')
  await grid.getByRole('gridcell').first().waitFor({ timeout: 15_000 })
  await grid.focus()
  await desk.page.keyboard.press('ArrowDown')
  await desk.page.keyboard.press('Enter')
  await take('color-search')
})

test('color-board: the charts of three months', async () => {
  await alone('color-board', {})
  await desk.page.locator('[data-panel="color-board"] section canvas').nth(3).waitFor({ timeout: 15_000 })
  await take('color-board')
})

test('color-intake: a file with faults, before anything is kept', async () => {
  await alone('color-intake', {})
  const panel = desk.page.locator('[data-panel="color-intake"]')
  const file = { name: 'dealers-2026-11-20.csv', mimeType: 'text/csv', buffer: Buffer.from(quotes(9, 400, 0.05)) }
  await panel.locator('input[type="file"]').setInputFiles(file)
  await panel.getByRole('gridcell').first().waitFor({ timeout: 20_000 })
  await take('color-intake')
})

/** A session over a file of quotes: a cell edited, a row deleted, the rules applied. */
async function cleanedSession(): Promise<string> {
  const { intake, sessions } = caller.client.color
  const name = 'dealers-2026-11-20.csv'
  const { upload } = await intake.paste({ text: quotes(5, 400), name })
  const { job } = await intake.submit({ upload, name })
  await intake.report({ job })
  const { session } = await sessions.open({ name: 'Friday morning', uploads: null })
  const { rows } = await sessions.rows({ session: session.id, view: 'working', limit: 20 })
  const [edited, gone] = [rows[2]!.rowId, rows[7]!.rowId]
  const commands: SessionCommandWire[] = [
    { kind: 'edit', rowId: edited, field: 'SOURCE', text: 'KIRKMOOR' },
    { kind: 'note', rowId: edited, text: 'Called: it was Kirkmoor' },
    { kind: 'delete', rowIds: [gone] },
    { kind: 'apply-rules', rules: null },
  ]
  for (const command of commands) await sessions.run({ session: session.id, revision: null, command })
  return session.id
}

test('color-session and color-outputs: rows cleaned by hand, and where they went', async () => {
  const { outputs, sessions } = caller.client.color
  const session = await cleanedSession()
  await alone('color-session', { params: { session } })
  await desk.page.locator('[data-panel="color-session"]').getByRole('gridcell').first().waitFor()
  await take('color-session')

  const smtp = await startSmtp()
  try {
    const terms = { enabled: true, onAutomated: true, onManual: true, attachExcluded: false, attachDifference: false }
    const files = { format: 'xlsx', fileName: 'colors-{{date}}-{{number}}', perSector: false, zone: 'America/New_York' } as const
    // A drive that is not connected: what the outbox is for.
    const share = { kind: 'folder', ...terms, ...files, path: '/mnt/credit-share/colors' } as const
    await outputs.save({ id: null, name: 'Credit share', revision: 0, target: share })
    const { mail } = await outputs.list()
    const server = { host: '127.0.0.1', port: smtp.port, checkCertificate: false, user: '' }
    const people = { from: 'Color desk <colors@firm.example>', to: ['pm@firm.example', 'risk@firm.example'] }
    await outputs.saveMail({
      revision: mail.revision,
      mail: { ...mail.mail, ...server, ...people, enabled: true, attachOutput: true },
    })
    const found = (await sessions.list({ ended: false })).sessions.find(one => one.id === session)!
    await sessions.publish({ session, revision: found.revision, replaceToday: false })
    await alone('color-outputs', { params: { view: 'outbox' } })
    const panel = desk.page.locator('[data-panel="color-outputs"]')
    await panel.getByText('to be retried').first().waitFor({ timeout: 15_000 })
    await panel.getByText('delivered').first().waitFor({ timeout: 15_000 })
    await panel.getByRole('grid').focus()
    await desk.page.keyboard.press('ArrowDown')
    await desk.page.keyboard.press('Enter')
    await take('color-outputs')
  } finally {
    await smtp.stop()
  }
}, 60_000)

test('color-log: a rule that was changed twice, and its way back', async () => {
  const { rules, log } = caller.client.color
  const rule = (await rules.list()).rules.find(({ id }) => id === 'unsure')!
  await rules.save({ rules: [{ ...rule, active: false }], anyway: true })
  const { entries } = await log.list({ module: 'rules' })
  await alone('color-log', { params: { entry: entries[0]!.entry } })
  await desk.page.locator('[data-panel="color-log"]').getByRole('button', { name: 'Take back' }).waitFor()
  await take('color-log')
})

test('color-setup: how much each quote type weighs', async () => {
  await alone('color-setup', {})
  const panel = desk.page.locator('[data-panel="color-setup"]')
  await panel.getByRole('textbox', { name: 'Other words for BWIC TALK' }).waitFor({ timeout: 15_000 })
  await take('color-setup')
})

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
