import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PANELS } from '../../src/renderer/panels.ts'
import { openBrowser } from './browser.ts'
import { callHost } from './caller.ts'
import { alone } from './journey.ts'
import { type Treatment, treatCalls } from './wire.ts'
import { project, startWorkstation, type Workstation } from './workstation.ts'

const screens = join(project, 'build/e2e/screens')

type State = 'data' | 'empty' | 'loading' | 'error'
type Kind = (typeof PANELS)[number]['kind']

const broken: Treatment = {
  do: 'fail',
  code: 'STORE_UNAVAILABLE',
  status: 503,
  message: 'The market store is restarting: the data process ended. Charts come back by themselves in a moment.',
  data: { reason: 'the data process ended' },
}
const answer = (body: unknown): Treatment => ({ do: 'answer', body })

/** The calls that fill each panel: what is held back, refused or answered with nothing to see a state. */
const FILLED_BY: Readonly<Record<Kind, readonly string[]>> = {
  chart: ['/market/search', '/market/bars'],
  watchlist: ['/workspace/watchlists'],
  tape: ['/market/search', '/market/trades'],
  'options-chain': ['/options/'],
  'options-smile': ['/options/'],
  'options-greeks-map': ['/options/'],
  'options-term': ['/options/'],
  'options-gamma': ['/options/'],
  'options-flow': ['/options/'],
  'options-payoff': ['/options/'],
  // Sending a file is the importer's; what it is, is asked here.
  'options-batch': ['/options/'],
  'options-anomalies': ['/options/alerts/'],
  'color-outputs': ['/color/outputs/'],
  'color-intake': ['/color/intake/'],
  'color-rules': ['/color/rules/'],
  'color-runs': ['/color/runs/'],
  'color-session': ['/color/sessions/'],
  'color-board': ['/color/board/'],
  'color-search': ['/color/search/'],
  'color-log': ['/color/log/'],
  'color-setup': ['/color/setup/'],
  sql: ['/lab/'],
  import: ['/market/series', '/imports/'],
  sources: ['/sources/'],
  jobs: ['/schedule/'],
  status: ['/system/watchStatus', '/system/status'],
  log: ['/system/log'],
  settings: ['/workspace/settings'],
  backups: ['/backup/list'],
}
const EMPTIED_BY: Readonly<Partial<Record<Kind, Readonly<Record<string, Treatment>>>>> = {
  chart: { '/market/search': answer({ instruments: [], total: 0 }) },
  watchlist: { '/workspace/watchlists': answer({ watchlists: [{ id: 'mine', name: 'Mine', instruments: [], revision: 1 }] }) },
  tape: { '/market/search': answer({ instruments: [], total: 0 }) },
  // Without a link group no symbol is chosen, so there is no chain to show.
  'options-chain': {},
  'options-smile': {},
  'options-greeks-map': {},
  'options-term': {},
  'options-gamma': {},
  'options-flow': {},
  'options-payoff': {},
  'options-batch': {},
  'options-anomalies': {},
  'color-intake': {},
  'color-search': {
    '/color/search/facets': answer({ facets: [], from: null, to: null, rows: 0, isDemo: false }),
    '/color/search/find': answer({ rows: [], total: 0, cusips: 0, readings: [], seconds: 0.01 }),
  },
  'color-runs': { '/color/runs/list': answer({ runs: [], total: 0, demo: 'none', zone: 'America/New_York' }) },
  'color-log': { '/color/log/recent': answer({ modules: [] }) },
  import: { '/market/series': answer({ series: [] }) },
}

/** Panels that always have something, but can be asked for what they have not. Sources and Status are never empty. */
const SEARCHED: readonly Kind[] = ['log', 'settings']

function treatmentsFor(kind: Kind, state: State): ReadonlyMap<string, Treatment> {
  if (state === 'empty') return new Map(Object.entries(EMPTIED_BY[kind] ?? {}))
  if (state === 'data') return new Map()
  return new Map(FILLED_BY[kind].map(path => [path, state === 'loading' ? { do: 'hold' } : broken]))
}

/** Each theme and each language once: colours go with the one, lengths of words with the other. */
const LOOKS = [
  { theme: 'dark', language: 'en' },
  { theme: 'light', language: 'es' },
] as const

async function wear({ theme, language }: (typeof LOOKS)[number]): Promise<void> {
  await caller.client.workspace.set({ key: 'theme', value: theme })
  await caller.client.workspace.set({ key: 'language', value: language })
}

let workstation: Workstation
let browser: Awaited<ReturnType<typeof openBrowser>>
let caller: ReturnType<typeof callHost>

beforeAll(async () => {
  mkdirSync(screens, { recursive: true })
  workstation = await startWorkstation()
  browser = await openBrowser({ width: 1280, height: 800 })
  caller = callHost(workstation.address)
  // Jobs and sessions of colors are empty in a fresh workspace, which their own journeys show.
  await caller.client.color.sessions.open({ name: 'Monday', uploads: [] })
  const when = { enabled: false, onAutomated: true, onManual: true, attachExcluded: false, attachDifference: false }
  const files = { format: 'xlsx', fileName: 'colors-{{number}}', perSector: false, zone: 'UTC' } as const
  const desk = { kind: 'folder', path: '/desk/out', ...when, ...files } as const
  await caller.client.color.outputs.save({ id: null, name: 'Desk', revision: 0, target: desk })
  const { kinds } = await caller.client.schedule.list()
  for (const { kind, usual } of kinds)
    await caller.client.schedule.save({ id: null, revision: 0, job: { ...usual, name: kind, kind, params: {}, enabled: true } })
})
afterAll(async () => {
  caller?.close()
  await browser?.close()
  await workstation?.stop()
})

async function shown(page: Page, kind: Kind): Promise<void> {
  await page
    .locator(`[data-panel="${kind}"]`)
    .waitFor({ timeout: 15_000 })
    .catch(async fault => {
      await page.screenshot({ path: join(screens, `failed-${kind}.png`) })
      throw new Error(`${kind} did not open: ${(await page.locator('body').innerText()).slice(0, 400)}`, { cause: fault })
    })
}

/** A workspace with one panel of that kind, as a person would leave it, and a page that shows it. */
async function openAlone(kind: Kind, state: State): Promise<{ page: Page; faults: string[] }> {
  const page = await browser.context.newPage()
  const faults: string[] = []
  page.on('pageerror', fault => faults.push(fault.message))
  page.on('console', message => {
    if (message.type() === 'error') faults.push(message.text())
  })
  await treatCalls(page, new Map(treatmentsFor(kind, state)))
  const { workspaces } = await caller.client.workspace.list()
  const id = `only-${kind}`
  const known = workspaces.find(one => one.id === id)
  if (known) await caller.client.workspace.remove({ id })
  const link = PANELS.find(panel => panel.kind === kind)?.linkable && state !== 'empty' ? 'A' : null
  await caller.client.workspace.save({ id, name: kind, revision: 0, layout: alone(kind, link) })
  await caller.client.workspace.choose({ id })
  await page.goto(workstation.address)
  await shown(page, kind)
  return { page, faults }
}

/** What must be on screen in each state before it is photographed. */
async function settled(page: Page, kind: Kind, state: State): Promise<void> {
  const panel = page.locator(`[data-panel="${kind}"]`)
  if (state === 'loading') {
    // After 2 s a panel says what it waits for.
    await panel.locator('[aria-busy="true"]').first().waitFor({ timeout: 10_000 })
    await page.waitForTimeout(2300)
  } else if (state === 'error') await panel.getByRole('alert').first().waitFor({ timeout: 15_000 })
  else if (state === 'data' && kind === 'chart') await panel.locator('canvas').first().waitFor({ timeout: 15_000 })
  else if (state === 'data' && (kind === 'watchlist' || kind === 'tape'))
    await panel.getByRole('row').nth(3).waitFor({ timeout: 15_000 })
  await page.waitForTimeout(900)
}

async function serious(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = await page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }[] }>
      }
    }
    return (await checker.run()).violations
  })
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(node => `${node.target.join(' ')} ${node.failureSummary}`)
          .slice(0, 3)
          .join(' | ')}`,
    )
}

/** Log and Settings are empty where nothing answers to what was typed; SQL has nothing to load or fail at until a statement is run. */
async function provoke(page: Page, kind: Kind, state: State): Promise<void> {
  if (state === 'empty' && SEARCHED.includes(kind)) {
    const panel = page.locator(`[data-panel="${kind}"]`)
    await panel.getByRole('searchbox').or(panel.getByRole('textbox')).first().fill('nothing answers to this')
    await panel.getByRole('heading', { level: 3 }).first().waitFor({ timeout: 10_000 })
  }
  if (kind === 'options-batch' && state !== 'empty') {
    const buffer = Buffer.from('S,K,days,vol,r,q,cp\n100,110,90,0.25,0.04,0.01,1\n100,90,90,0.28,0.04,0.01,-1\n')
    await page
      .locator('[data-panel="options-batch"] input[type="file"]')
      .setInputFiles({ name: 'options.csv', mimeType: 'text/csv', buffer })
  }
  if (kind === 'color-intake' && state === 'data') {
    const [names, ...rows] = [
      'MESSAGE_ID,TICKER,SECTOR,CUSIP,DATE,PRICE_LEVEL,BID,ASK,PX,Dealer,BIAS',
      '90071992547409931,SHELF 2021-1 B,CLO 2.0 mezz,037833100,2026-11-20,98.75,98.75,,98.75,DEALER A,BID',
      '9.00719E+16,SHELF 2021-1 B,CLO 2.0 mezz,037833109,2026-11-20,98.5,98.5,,n/q x,DEALER A,BID',
    ]
    const buffer = Buffer.from([names, ...rows].join('\n'))
    await page
      .locator('[data-panel="color-intake"] input[type="file"]')
      .setInputFiles({ name: 'quotes.csv', mimeType: 'text/csv', buffer })
    await page.locator('[data-panel="color-intake"]').getByRole('gridcell').first().waitFor({ timeout: 15_000 })
  }
  if (kind === 'sql' && state !== 'empty')
    await page
      .locator('[data-panel="sql"]')
      .getByRole('button', { name: /^(Run|Ejecutar)/ })
      .first()
      .click()
}

describe.each(PANELS.map(({ kind }) => kind))('%s', kind => {
  const states: readonly State[] =
    kind in EMPTIED_BY || kind === 'sql' || SEARCHED.includes(kind)
      ? ['data', 'empty', 'loading', 'error']
      : ['data', 'loading', 'error']
  test.each(states)('%s: a screenshot in each look, nothing serious for axe', async state => {
    // Without its settings the page keeps the look it had last, so there is only one to see.
    const isUnset = kind === 'settings' && (state === 'loading' || state === 'error')
    const looks = LOOKS.slice(0, isUnset ? 1 : 2)
    await wear(looks[0]!)
    const { page, faults } = await openAlone(kind, state)
    try {
      await provoke(page, kind, state)
      await settled(page, kind, state)
      // The second look is put on while the panel stands there, as a person does it.
      for (const [k, look] of looks.entries()) {
        const { theme, language } = look
        if (k > 0) {
          await wear(look)
          await page.locator(`html[lang="${language}"][data-mantine-color-scheme="${theme}"]`).waitFor({ timeout: 10_000 })
          await page.waitForTimeout(400)
        }
        await page.screenshot({
          path: join(screens, isUnset ? `${kind}-${state}.png` : `${kind}-${state}-${theme}-${language}.png`),
        })
        if (!isUnset) expect(await page.locator('html').getAttribute('lang')).toBe(language)
        expect(await serious(page)).toEqual([])
      }
      expect(faults).toEqual([])
    } finally {
      await page.close()
    }
  })
})
