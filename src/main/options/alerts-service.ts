import { createHash } from 'node:crypto'
import { alertWords } from '../../contract/alert-text.ts'
import type { AlertCard, AlertRow, GivenThresholds, PrecisionRow, Thresholds } from '../../contract/options-alerts.ts'
import { MICROS_PER_DAY, MICROS_PER_SECOND } from '../../core/kit/time.ts'
import type { Alert } from '../../core/options/detect/scan.ts'
import type { Clock } from '../../platform/clock.ts'
import type { FileChunk } from '../../platform/file-chunks.ts'
import type { Journal } from '../../platform/journal.ts'
import type { Log } from '../../platform/log.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { HostBus } from '../topics.ts'
import { type AlertsBook, createAlertsBook } from './alerts-book.ts'
import { cardOf, raisedOf } from './alerts-card.ts'
import { alertsCsv } from './alerts-csv.ts'
import type { RaisedAlert, Snooze } from './alerts-fold.ts'
import { daysOf, precisionOf, type Truth } from './alerts-precision.ts'
import { createAlertScans, type Detect, type OpenBefore } from './alerts-scans.ts'
import type { AlertsStore } from './alerts-store.ts'
import { type AlertsMessage, alertsStream } from './alerts-stream.ts'
import { previewThresholds, settingsOf, thresholdsOf } from './alerts-thresholds.ts'
import type { AnalysedChain, ChainService } from './chain-service.ts'

export interface AlertsParts {
  readonly chains: Pick<ChainService, 'onAnalysed' | 'keep' | 'open' | 'snapshots' | 'underlyings' | 'watch'>
  readonly journal: Pick<Journal, 'append' | 'read'>
  readonly store: AlertsStore
  readonly bus: Pick<HostBus, 'emit'>
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Pick<Metrics, 'distribution' | 'counter' | 'step'>
  /** Value of a setting: which alerts are told to the desktop, and in which language. */
  readonly setting: (key: string) => string | number | boolean
  /** Of the demo market, whose planted faults are known. */
  readonly seed: number
  /** Looks at a chain; in a thread, since it takes too long for the host's own. */
  readonly detect: Detect
}

/** Looks at every chain that was analysed, raises alerts, and keeps what people say about them. */
export interface AlertsService {
  list(signal?: AbortSignal): AsyncGenerator<AlertsMessage, void, undefined>
  get(id: string): { alert: AlertRow; card: AlertCard }
  mark(id: string, mark: AlertRow['mark'], user: string): AlertRow
  snooze(id: string, o: { scope: Snooze['scope']; until: number | null; user: string }): AlertRow
  thresholds(): Thresholds
  setThresholds(given: GivenThresholds, user: string): Thresholds
  preview(o: GivenThresholds & { underlying?: string | undefined; limit: number }): ReturnType<typeof previewThresholds>
  precision(o: { days: number; budget: number }): { detectors: PrecisionRow[]; days: number; demoSince: number | null }
  export(): AsyncGenerator<FileChunk, void, undefined>
  close(): Promise<void>
}

/** Severities that each choice of the setting `alertNotices` tells the desktop of. */
const TOLD: Readonly<Record<string, readonly AlertRow['severity'][]>> = {
  none: [],
  high: ['high'],
  medium: ['high', 'medium'],
  all: ['high', 'medium', 'low'],
}

export function createAlertsService(parts: AlertsParts): AlertsService {
  const { chains, journal, store, clock, log, metrics } = parts
  const book = createAlertsBook({ journal, store, clock })
  const scans = createAlertScans(openOnes(book), parts.detect)
  const scanSeconds = metrics.distribution('alert_scan_seconds', 'Seconds of looking at one analysed chain')
  let settings = settingsOf(book.state.thresholds?.given ?? {})
  const lines = createLines(parts)
  const raise = createRaise(parts, book)

  const look = async (chain: AnalysedChain) => {
    const started = clock.monotonic()
    const { fired, ongoing, closed } = await scans.look(chain, settings)
    // The host ends: what is found now would be told to nobody.
    if (ending.signal.aborted) return
    scanSeconds.observe(clock.monotonic() - started)
    for (const alert of fired) {
      raise(chain, alert, settings.gates)
      lines.open(chain.key, alert.key)
    }
    const { asOf } = chain.analysis.chain
    for (const { key } of ongoing) for (const kept of openOf(book, chain.key, key)) kept.lastSeenAt = asOf
    for (const key of closed) {
      lines.close(chain.key, key)
      for (const kept of openOf(book, chain.key, key)) book.closeAlert(kept.raised.id, kept.lastSeenAt)
    }
  }
  const ending = new AbortController()
  const stopHearing = chains.onAnalysed(chain => {
    look(chain).catch(
      fault => ending.signal.aborted || log.warn('alerts.scan-failed', { chain: chain.key, reason: String(fault) }),
    )
  })
  void store.refill(book.state.alerts.values()).catch(fault => log.warn('alerts.refill', { reason: String(fault) }))

  return {
    list: signal => alertsStream(book, clock, signal ? AbortSignal.any([signal, ending.signal]) : ending.signal),
    get: id => ({ alert: book.row(id), card: book.expect(id).card }),
    mark(id, mark, user) {
      book.mark(id, mark, user)
      return book.row(id)
    },
    snooze(id, { scope, until, user }) {
      book.snooze(id, scope, until, user)
      return book.row(id)
    },
    thresholds: () => thresholdsOf(settings, book.state.thresholds?.at ?? null),
    setThresholds(given, user) {
      settings = settingsOf(given)
      book.setThresholds(given, user)
      return thresholdsOf(settings, book.state.thresholds?.at ?? null)
    },
    preview: ({ underlying, limit, ...given }) =>
      previewThresholds(chains, {
        keys: underlying === undefined ? chains.underlyings().map(({ key }) => key) : [underlying],
        limit,
        before: settings,
        after: settingsOf(given),
      }),
    precision: asked => precisionNow(book, scans.truth(parts.seed), { ...asked, now: clock.now() }),
    export: () => exported(book),
    async close() {
      stopHearing()
      ending.abort()
      lines.closeAll()
      await store.close()
    },
  }
}

function precisionNow({ state }: AlertsBook, demo: Truth | null, asked: { days: number; budget: number; now: number }) {
  const recent = [...state.alerts.values()].filter(({ raised }) => raised.raisedAt >= asked.now - asked.days * MICROS_PER_DAY)
  const days = daysOf(recent, asked.days, asked.now)
  return { detectors: precisionOf(recent, { days, budget: asked.budget, demo }), days, demoSince: demo?.since ?? null }
}

async function* exported(book: AlertsBook): AsyncGenerator<FileChunk, void, undefined> {
  const rows = book.rows()
  const bytes = Buffer.from(alertsCsv(rows), 'utf8')
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  yield { base64: bytes.toString('base64'), rows: rows.length, done: true, sha256 }
}

function openOf({ state }: AlertsBook, underlying: string, key: string) {
  return [...state.alerts.values()].filter(
    ({ raised, closedAt }) => closedAt === null && raised.underlying === underlying && raised.key === key,
  )
}

function openOnes({ state }: AlertsBook): OpenBefore[] {
  return [...state.alerts.values()].flatMap(({ raised, closedAt, lastSeenAt }) => {
    const { underlying, key, startedAt, severity } = raised
    return closedAt === null ? [{ underlying, key, since: startedAt as OpenBefore['since'], severity, lastSeenAt }] : []
  })
}

/** Contracts of open alerts are streamed before others, so that their end is seen at once. */
function createLines({ chains }: Pick<AlertsParts, 'chains'>) {
  const open = new Map<string, () => void>()
  return {
    open(underlying: string, key: string): void {
      const [expiry, strike, side] = key.split(' ')
      if (side !== 'C' && side !== 'P') return
      const place = { expiry, strike: Number(strike), side: side === 'C' ? 1 : -1 } as Parameters<
        ChainService['watch']
      >[1][number]
      const name = `${underlying} ${key}`
      open.get(name)?.()
      open.set(name, chains.watch(underlying, [place]))
    },
    close(underlying: string, key: string): void {
      open.get(`${underlying} ${key}`)?.()
      open.delete(`${underlying} ${key}`)
    },
    closeAll(): void {
      for (const stop of open.values()) stop()
      open.clear()
    },
  }
}

/** Writes a new alert down, tells of it, and keeps its moment. */
function createRaise(parts: AlertsParts, book: AlertsBook) {
  const { chains, clock, log, metrics } = parts
  const seconds = metrics.distribution('alert_seconds', 'Seconds from the arrival of the newest quote to the alert')
  // The same once more among the steps that the Status panel draws.
  const step = metrics.step('alert')
  return (chain: AnalysedChain, alert: Alert, gates: Parameters<typeof cardOf>[2]): void => {
    const raised = raisedOf(chain, alert, clock.now())
    // A chain of a file is looked at again whenever it is opened.
    if (book.state.alerts.has(raised.id)) return
    const latency = chain.isFile ? null : Math.max(0, (clock.now() - chain.newestReceipt) / MICROS_PER_SECOND)
    if (latency !== null) {
      seconds.observe(latency)
      step.observe(latency)
    }
    metrics.counter('alerts_raised_total', 'Alerts by their detector', { detector: raised.detector }).add()
    book.raise({ ...raised, latencySeconds: latency }, cardOf(chain.analysis, alert, gates))
    if (!chain.isFile && !book.isSnoozed(raised)) tell(parts, raised)
    chains.keep(chain, 'alert').then(
      snapshot => book.kept(raised.id, snapshot),
      fault => log.warn('alerts.moment-not-kept', { alert: raised.id, reason: String(fault) }),
    )
  }
}

function tell({ bus, setting }: AlertsParts, raised: RaisedAlert): void {
  if (!TOLD[String(setting('alertNotices'))]?.includes(raised.severity)) return
  const { symbol, expiry, strike, side, kind, detector, isLate, isDemo, edge, severity, multiplier } = raised
  const contract = strike === null ? expiry : `${expiry} ${strike} ${side === 'call' ? 'C' : 'P'}`
  const money = edge === null ? null : (edge * multiplier).toFixed(2)
  const words = alertWords(
    { kind, detector, subject: [symbol, contract].filter(part => part !== null).join(' '), edge: money, isLate, isDemo },
    setting('language') === 'es' ? 'es' : 'en',
  )
  bus.emit('notices', {
    key: raised.id,
    ...words,
    urgency: isLate || severity === 'low' ? 'low' : 'normal',
    link: { panel: 'options-anomalies', symbol },
  })
}
