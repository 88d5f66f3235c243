import { type EpochMicros, MICROS_PER_SECOND } from '../../kit/time.ts'
import type { OptionChain } from '../chain.ts'
import type { ChainAnalysis } from '../chain-analysis.ts'
import { alignBaselines, type Baselines, emptyBaselines, nextBaselines } from './baselines.ts'
import { areNeighbours, asOneMoment, type Cluster, fewestSuspects } from './cover.ts'
import type { DetectContext } from './detector.ts'
import type { Finding, Severity } from './finding.ts'
import { usableQuotes } from './gates.ts'
import type { DetectSettings } from './settings.ts'
import { DETECTORS, detectorNamed } from './table.ts'

/** One thing that is wrong with a chain: a contract, or what moves many contracts at once. */
export interface Alert {
  /** The same anomaly has the same key from its first scan to its last: a contract, or a detector and where it is strongest. */
  readonly key: string
  /** Row of the contract in this scan; -1 where a whole expiry or the whole chain is meant. */
  readonly suspect: number
  /** Detector that names it. */
  readonly detector: string
  readonly severity: Severity
  /** Strongest of its detector first. */
  readonly findings: readonly Finding[]
  /** Further contracts of its expiry that are wrong as well: then the quotes are not of one moment, and none is to be trusted. */
  readonly others: number
  /** First scan that saw it, and scans in a row until it counted. */
  readonly since: EpochMicros
  readonly scans: number
  /** It was there already when quotes came back after a gap, so it began at a time that nobody saw. */
  readonly isLate: boolean
}

interface Pending {
  readonly since: EpochMicros
  readonly scans: number
}

interface Active {
  readonly since: EpochMicros
  readonly severity: Severity
  readonly lastSeen: number
}

/** What one scan leaves for the next. Made by `startState` and `scan` only. */
export interface ScanState {
  readonly chain: OptionChain | null
  readonly baselines: Baselines | null
  readonly pending: ReadonlyMap<string, Pending>
  readonly active: ReadonlyMap<string, Active>
  /** Instants until which a key stays quiet, and how severe it was. */
  readonly quiet: ReadonlyMap<string, { readonly until: number; readonly severity: Severity }>
  /** Instant of the newest scan, and of the first one after the last gap; NaN where there was none. */
  readonly at: number
  readonly gapEnd: number
}

/** What a scan says. */
export interface ScanResult {
  readonly state: ScanState
  /** New ones. */
  readonly fired: readonly Alert[]
  /** Those that go on, as they are now. */
  readonly ongoing: readonly Alert[]
  /** Keys of those that are over. */
  readonly closed: readonly string[]
  /** All findings of this scan, also those that did not last yet. */
  readonly findings: readonly Finding[]
}

/** Without quotes for longer than this, what is found next is late. */
const GAP_SECONDS = 60
const RANK: Readonly<Record<Severity, number>> = { low: 0, medium: 1, high: 2 }

/** State before the first scan; `active` are alerts that were open when the last run ended, `at` its newest scan. */
export function startState(
  active: readonly { key: string; since: EpochMicros; severity: Severity }[] = [],
  at = Number.NaN,
): ScanState {
  return {
    chain: null,
    baselines: null,
    pending: new Map(),
    active: new Map(active.map(({ key, since, severity }) => [key, { since, severity, lastSeen: Number.NaN }])),
    quiet: new Map(),
    at,
    gapEnd: Number.NaN,
  }
}

/** A contract by its own terms, as `2026-12-18 600 C`, whatever row it has. */
export function contractKey(chain: OptionChain, row: number): string {
  const expiry = chain.expiries.find(({ to }) => row < to)
  return `${expiry?.date} ${chain.strike[row]} ${chain.side[row]! > 0 ? 'C' : 'P'}`
}

function findingKey(chain: OptionChain, { detector, rule, direction, rows, expiry }: Finding): string {
  const place = rows.length > 0 ? contractKey(chain, rows[0]!) : chain.expiries[expiry]?.date
  return `${detector} ${rule} ${direction} ${place}`
}

function alertKey(chain: OptionChain, { suspect, findings, others }: Cluster): string {
  const { detector, expiry } = findings[0]!
  if (others > 0) return `incoherent ${chain.expiries[expiry]?.date}`
  const place = suspect >= 0 ? contractKey(chain, suspect) : String(chain.expiries[expiry]?.date)
  return detectorNamed(detector)?.groups === 'contract' && !findings.every(isLegacy) ? place : `${detector} ${place}`
}

/** Findings as clusters: by contract, or all of one detector where one cause moves many contracts. */
function clustersOf(context: DetectContext, findings: readonly Finding[]): Cluster[] {
  const byContract = findings.filter(({ detector }) => detectorNamed(detector)?.groups === 'contract')
  // The legacy detector is there to be compared, so it neither joins nor hides what the others say.
  const [compared, real] = [byContract.filter(isLegacy), byContract.filter(finding => !isLegacy(finding))]
  return [
    ...asOneMoment(context.analysis.chain, fewestSuspects(context, real), context.gates.mostSuspects),
    ...compared.map(finding => ({ suspect: finding.rows[0]!, findings: [finding], others: 0 })),
    ...DETECTORS.filter(({ groups }) => groups === 'detector').flatMap(({ name }) => {
      const sorted = findings.filter(({ detector }) => detector === name).toSorted((a, b) => b.strength - a.strength)
      return sorted[0] ? [{ suspect: sorted[0].rows[0] ?? -1, findings: sorted, others: 0 }] : []
    }),
  ]
}

function isLegacy({ detector }: Finding): boolean {
  return detectorNamed(detector)?.kind === 'legacy'
}

function toAlert(context: DetectContext, cluster: Cluster, pending: ReadonlyMap<string, Pending>, gapEnd: number): Alert {
  const { chain } = context.analysis
  const place = ({ detector }: Finding) => DETECTORS.findIndex(known => known.name === detector)
  const findings = cluster.findings.toSorted(
    (a, b) => place(a) - place(b) || (b.edge || 0) - (a.edge || 0) || b.strength - a.strength,
  )
  const severities = findings.map(finding => detectorNamed(finding.detector)?.severity(finding, context) ?? 'low')
  const waited = findings.map(finding => pending.get(findingKey(chain, finding))!)
  const first = waited.reduce((a, b) => (b.since < a.since ? b : a))
  return {
    key: alertKey(chain, { ...cluster, findings }),
    suspect: cluster.suspect,
    detector: findings[0]!.detector,
    // What cannot be traded on is no more than worth knowing.
    severity: cluster.others > 0 ? 'low' : severities.reduce((a, b) => (RANK[b] > RANK[a] ? b : a)),
    findings,
    others: cluster.others,
    since: first.since,
    scans: first.scans,
    isLate: first.since === gapEnd,
  }
}

/** Key of the open alert that a new one is part of: the same contract, one beside it, or one that it rests on. */
function openOneOf(chain: OptionChain, alert: Alert, open: ReadonlyMap<string, number>): string | null {
  if (open.has(alert.key)) return alert.key
  if (alert.others > 0 || alert.findings.every(isLegacy)) return null
  // What moves many contracts is one thing as long as it lasts, whichever of them it is strongest in.
  if (detectorNamed(alert.detector)?.groups === 'detector')
    return [...open.keys()].find(key => key.startsWith(`${alert.detector} `)) ?? null
  for (const [key, row] of open) {
    if (row < 0) continue
    if (alert.suspect >= 0 && areNeighbours(chain, row, alert.suspect)) return key
    if (alert.findings.every(({ rows }) => rows.includes(row))) return key
  }
  return null
}

/** Row of a contract by its key; -1 where this chain has none. */
export function rowOfContract(chain: OptionChain, key: string): number {
  const [date, strike, side] = key.split(' ')
  const expiry = chain.expiries.find(one => one.date === date)
  if (!expiry) return -1
  for (let row = expiry.from; row < expiry.to; row++)
    if (chain.strike[row] === Number(strike) && chain.side[row]! > 0 === (side === 'C')) return row
  return -1
}

function contextOf(state: ScanState, analysis: ChainAnalysis, settings: DetectSettings): DetectContext {
  const { chain } = analysis
  const { gates } = settings
  const baselines = state.baselines && state.chain ? alignBaselines(state.baselines, state.chain, chain) : emptyBaselines(chain)
  return { analysis, gates, quotes: usableQuotes(analysis, gates), baselines }
}

function findAll(context: DetectContext, settings: DetectSettings): Finding[] {
  return DETECTORS.flatMap(detector => {
    const chosen = settings.detectors[detector.name]
    return chosen?.on ? detector.detect(context, chosen.values) : []
  })
}

function waiting(before: ScanState, chain: OptionChain, findings: readonly Finding[]): Map<string, Pending> {
  const pending = new Map<string, Pending>()
  for (const finding of findings) {
    const key = findingKey(chain, finding)
    const known = before.pending.get(key)
    if (!pending.has(key)) pending.set(key, { since: known?.since ?? chain.asOf, scans: (known?.scans ?? 0) + 1 })
  }
  return pending
}

/**
 * One look at a chain: what is new, what goes on, what is over; and the state for the next look.
 *
 * A breach counts once it was there in as many scans in a row as the gates ask. A chain that is not newer than the last one is no scan:
 * the same quotes seen twice prove nothing.
 */
export function scan(before: ScanState, analysis: ChainAnalysis, settings: DetectSettings): ScanResult {
  const { chain } = analysis
  if (chain.asOf <= before.at) return { state: before, fired: [], ongoing: [], closed: [], findings: [] }
  const { gates } = settings
  const context = contextOf(before, analysis, settings)
  const gapEnd = chain.asOf - before.at > GAP_SECONDS * MICROS_PER_SECOND ? chain.asOf : before.gapEnd
  const findings = findAll(context, settings)
  const pending = waiting(before, chain, findings)
  const ripe = findings.filter(finding => pending.get(findingKey(chain, finding))!.scans >= gates.persistScans)
  const alerts = clustersOf(context, ripe).map(cluster => toAlert(context, cluster, pending, gapEnd))

  const active = new Map(before.active)
  const quiet = new Map([...before.quiet].filter(([, { until }]) => until > chain.asOf))
  const open = new Map([...active.keys()].map(key => [key, rowOfContract(chain, key)]))
  const fired: Alert[] = []
  const ongoing: Alert[] = []
  for (const alert of alerts) {
    const known = openOneOf(chain, alert, open)
    const hushed = quiet.get(alert.key)
    if (known === null && hushed && RANK[alert.severity] <= RANK[hushed.severity]) continue
    const key = known ?? alert.key
    const since = active.get(key)?.since ?? alert.since
    active.set(key, { since, severity: worse(active.get(key)?.severity, alert.severity), lastSeen: chain.asOf })
    if (known === null) {
      fired.push(alert)
      open.set(key, alert.suspect)
    } else ongoing.push({ ...alert, key, since })
  }
  const closed: string[] = []
  for (const [key, { lastSeen, ...rest }] of active) {
    // After a restart nobody has looked yet: the time runs from the first scan.
    if (Number.isNaN(lastSeen)) active.set(key, { ...rest, lastSeen: chain.asOf })
    else if (chain.asOf - lastSeen >= gates.closeSeconds * MICROS_PER_SECOND) {
      closed.push(key)
      active.delete(key)
      quiet.set(key, { until: chain.asOf + gates.cooldownSeconds * MICROS_PER_SECOND, severity: rest.severity })
    }
  }
  const baselines = nextBaselines(context.baselines, analysis, context.quotes)
  const state = { chain, baselines, pending, active, quiet, at: chain.asOf, gapEnd }
  return { state, fired, ongoing, closed, findings }
}

function worse(a: Severity | undefined, b: Severity): Severity {
  return a !== undefined && RANK[a] > RANK[b] ? a : b
}
