import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { analysed, changed, fairChain, laterBy, rowAt } from '../../../tests/options/fair-chain.ts'
import type { AlertRow } from '../../contract/options-alerts.ts'
import { epochMicros } from '../../core/kit/time.ts'
import type { OptionChain } from '../../core/options/chain.ts'
import { scan } from '../../core/options/detect/scan.ts'
import { type ManualClock, manualClock } from '../../platform/clock.ts'
import { type Journal, openJournal } from '../../platform/journal.ts'
import { silentLog } from '../../platform/log.ts'
import { createMetrics, type Metrics } from '../../platform/metrics.ts'
import type { Notice } from '../notices.ts'
import { type AlertsService, createAlertsService } from './alerts-service.ts'
import type { AlertStep } from './alerts-store.ts'
import type { AnalysedChain } from './chain-service.ts'

const KEY = 'SPY.DEMO'
const fair = fairChain()
const row = rowAt(fair, 602, 1)
const cheap = changed(fair, [row], i => ({ bid: fair.bid[i]! * 0.7, ask: fair.bid[i]! * 0.7 + 0.01 }))

let folder: string
let clock: ManualClock
let journal: Journal
let metrics: Metrics
let alerts: AlertsService
let notices: Notice[]
let written: { raised: string[]; steps: AlertStep[] }
let kept: Map<string, AnalysedChain>
let hear: (chain: AnalysedChain) => void = () => {}
let told: string

/** The chain service's side of alerts: what it announces is moved by hand, what it keeps is kept in memory. */
const chains: Parameters<typeof createAlertsService>[0]['chains'] = {
  onAnalysed(listener) {
    hear = listener
    return () => {
      hear = () => {}
    }
  },
  async keep(chain) {
    const id = `moment-${kept.size + 1}`
    kept.set(id, chain)
    return id
  },
  open: async id => kept.get(id)!,
  snapshots: async () =>
    [...kept].map(([id, { analysis }]) => ({
      id,
      underlying: KEY,
      at: analysis.chain.asOf,
      why: 'alert' as const,
      contracts: analysis.chain.strike.length,
      spot: 600.2,
    })),
  underlyings: () => [{ key: KEY }] as never,
  watch: () => () => {},
}

function open(): AlertsService {
  return createAlertsService({
    chains,
    journal,
    store: {
      raised: alert => void written.raised.push(alert.id),
      step: step => void written.steps.push(step),
      refill: async () => {},
      flush: async () => {},
      close: async () => {},
    },
    bus: { emit: (topic, notice) => void (topic === 'notices' && notices.push(notice as Notice)) },
    clock,
    log: silentLog,
    metrics,
    setting: name => (name === 'alertNotices' ? told : 'en'),
    seed: 1,
    detect: async ({ before, analysis, settings }) => scan(before, analysis, settings),
  })
}

/** Closes everything and opens it from what the disk has, as after a kill. */
function restart(): AlertsService {
  journal.close()
  journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  alerts = open()
  return alerts
}

async function show(chain: OptionChain, second: number, over: Partial<AnalysedChain> = {}): Promise<void> {
  const at = laterBy(chain, second)
  clock.advance(Math.max(0, (at.asOf + 40_000 - clock.now()) / 1e6))
  hear({
    key: KEY,
    symbol: 'SPY',
    name: 'SPY of tests',
    analysis: analysed(at),
    provenance: { source: 'test', state: 'live', asOf: at.asOf, reason: null },
    isFile: false,
    newestReceipt: epochMicros(at.asOf + 5000),
    isDemo: false,
    ...over,
  })
  // The look and what follows it.
  await new Promise(done => setImmediate(done))
}

async function showFor(chain: OptionChain, from: number, to: number): Promise<void> {
  for (let second = from; second <= to; second++) await show(chain, second)
}

async function listed(): Promise<AlertRow[]> {
  const stream = alerts.list()
  const { value } = await stream.next()
  await stream.return()
  return value!.alerts
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-alerts-'))
  clock = manualClock(fair.asOf)
  journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  metrics = createMetrics()
  notices = []
  written = { raised: [], steps: [] }
  kept = new Map()
  told = 'all'
  alerts = open()
})
afterEach(async () => {
  await alerts.close()
  journal.close()
  rmSync(folder, { recursive: true })
})

test('a cheap quote becomes one alert with a card, a kept moment, a notice and its latency', async () => {
  await showFor(cheap, 0, 6)
  await Promise.resolve()
  const [alert, ...others] = await listed()
  expect(others).toEqual([])
  expect(alert).toMatchObject({
    ...{ underlying: KEY, symbol: 'SPY', expiry: '2026-03-11', strike: 602, side: 'call', state: 'open', mark: null },
    snapshot: 'moment-1',
    latencySeconds: 0.035,
  })
  const { card } = alerts.get(alert!.id)
  expect(card.quotes[0]).toMatchObject({ strike: 602, side: 'call', ageSeconds: 0, bid: cheap.bid[row] })
  expect(card.fit!.points.strike).toContain(602)
  expect(card.findings.every(({ edge }) => edge! > 0)).toBe(true)
  expect(kept.get('moment-1')!.analysis.chain.bid[row]).toBe(cheap.bid[row])
  expect(notices).toHaveLength(1)
  expect(notices[0]).toMatchObject({
    link: { panel: 'options-anomalies', symbol: 'SPY' },
    title: expect.stringContaining('602 C'),
  })
  expect(written.raised).toEqual([alert!.id])
  expect(await metrics.text()).toContain('alert_seconds_count 1')
})

test('alerts, marks, snoozes and thresholds are there after a restart, and what is still wrong is not raised again', async () => {
  await showFor(cheap, 0, 4)
  const { id } = (await listed())[0]!
  alerts.mark(id, 'true', 'ana')
  alerts.snooze(id, { scope: 'alert', until: clock.now() + 3600e6, user: 'ana' })
  alerts.setThresholds({ detectors: { 'smile-residual': { values: { leastTicks: 5 } } } }, 'ana')
  restart()
  expect((await listed())[0]).toMatchObject({ id, mark: 'true', state: 'snoozed', snapshot: 'moment-1' })
  expect(alerts.get(id).card.quotes[0]!.strike).toBe(602)
  const params = alerts.thresholds().detectors.find(({ name }) => name === 'smile-residual')!.params
  expect(params.find(({ name }) => name === 'leastTicks')).toMatchObject({ value: 5, usual: 2 })
  await showFor(cheap, 8, 14)
  expect(await listed()).toHaveLength(1)
  await showFor(fair, 15, 40)
  expect((await listed())[0]).toMatchObject({ id, state: 'closed', mark: 'true' })
})

test('a mark can be taken back, and unknown alerts are refused by name', async () => {
  await showFor(cheap, 0, 3)
  const { id } = (await listed())[0]!
  expect(alerts.mark(id, 'false', 'ana').mark).toBe('false')
  expect(alerts.mark(id, null, 'ana').mark).toBe(null)
  expect(() => alerts.mark('nonsense', 'true', 'ana')).toThrow(expect.objectContaining({ code: 'ALERT_UNKNOWN' }))
  expect(() => alerts.get('nonsense')).toThrow(expect.objectContaining({ code: 'ALERT_UNKNOWN' }))
})

test('a snoozed rule is listed as snoozed and announced to nobody', async () => {
  await showFor(cheap, 0, 3)
  const first = (await listed())[0]!
  alerts.snooze(first.id, { scope: 'rule', until: clock.now() + 3600e6, user: 'ana' })
  notices.length = 0
  const other = rowAt(fair, 598, -1)
  const both = changed(cheap, [other], i => ({ bid: fair.bid[i]! * 0.7, ask: fair.bid[i]! * 0.7 + 0.01 }))
  await showFor(both, 4, 8)
  const rows = await listed()
  const second = rows.find(({ strike }) => strike === 598)!
  expect(second.detector).toBe(first.detector)
  expect([first.id, second.id].map(id => rows.find(one => one.id === id)!.state)).toEqual(['snoozed', 'snoozed'])
  expect(notices).toEqual([])
  alerts.snooze(first.id, { scope: 'rule', until: null, user: 'ana' })
  expect((await listed()).map(({ state }) => state)).toEqual(['open', 'open'])
})

test('a threshold is tried on kept moments before it is set: old against new count', async () => {
  await showFor(cheap, 0, 3)
  await Promise.resolve()
  const strict = {
    detectors: Object.fromEntries(
      ['vertical', 'butterfly', 'parity', 'calendar', 'smile-residual'].map(name => [name, { values: { leastTicks: 50 } }]),
    ),
  }
  const tried = await alerts.preview({ ...strict, limit: 10 })
  expect(tried).toMatchObject({ moments: 1, before: { total: 1 }, after: { total: 0 } })
  expect(() => alerts.setThresholds({ detectors: { vertical: { values: { leastTicks: -1 } } } }, 'ana')).toThrow(
    expect.objectContaining({ code: 'THRESHOLD_INVALID', message: expect.stringContaining('leastTicks') }),
  )
  await expect(async () => alerts.preview({ gates: { nonsense: 1 }, limit: 10 })).rejects.toMatchObject({
    code: 'THRESHOLD_INVALID',
  })
})

test('marks give each detector its precision, and a budget its calibration', async () => {
  await showFor(cheap, 0, 3)
  const { id, detector } = (await listed())[0]!
  const of = () => alerts.precision({ days: 30, budget: 0.1 }).detectors.find(one => one.detector === detector)!
  expect(of()).toMatchObject({ raised: 1, markedTrue: 0, precision: null })
  expect(of().calibration).toBe(null)
  clock.advance(2 * 86_400)
  expect(of().calibration).toBeGreaterThan(1)
  alerts.mark(id, 'false', 'ana')
  expect(of().precision).toBe(0)
  alerts.mark(id, 'true', 'ana')
  expect(of().precision).toBe(1)
})

test('after ten minutes without quotes what is found is late, and says so', async () => {
  await showFor(fair, 0, 3)
  await showFor(cheap, 603, 606)
  expect((await listed())[0]).toMatchObject({ state: 'late' })
  expect(notices[0]!.body).toContain('Late, from backfill')
  expect(notices[0]!.urgency).toBe('low')
})

test('a chain of a file is looked at once, without persistence, without a notice, and not twice', async () => {
  await show(cheap, 0, { isFile: true })
  await show(cheap, 0, { isFile: true })
  expect(await listed()).toMatchObject([{ strike: 602, latencySeconds: null }])
  expect(notices).toEqual([])
})

test('the setting decides which severities the desktop is told of', async () => {
  told = 'none'
  await showFor(cheap, 0, 4)
  expect(await listed()).toHaveLength(1)
  expect(notices).toEqual([])
})

test('the stream says what changed, once for several changes', async () => {
  await showFor(cheap, 0, 3)
  await Promise.resolve()
  const stream = alerts.list()
  const { value: first } = await stream.next()
  expect(first!.kind).toBe('snapshot')
  const { id } = first!.alerts[0]!
  const next = stream.next()
  alerts.mark(id, 'true', 'ana')
  alerts.mark(id, 'false', 'ana')
  expect((await next).value).toMatchObject({ kind: 'changed', alerts: [{ id, mark: 'false' }] })
  await stream.return()
})

test('the export is a table that a spreadsheet opens, with nothing that it would run', async () => {
  await showFor(cheap, 0, 3)
  const { value } = await alerts.export().next()
  const [head, line] = Buffer.from(value!.base64, 'base64').toString('utf8').split('\r\n')
  expect(head).toMatch(/^id,underlying,symbol,expiry,strike/)
  expect(line).toContain('SPY.DEMO,SPY,2026-03-11,602,call')
  expect(line).toContain('2026-03-11T13:45:')
})
