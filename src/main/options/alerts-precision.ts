import type { PrecisionRow } from '../../contract/options-alerts.ts'
import { MICROS_PER_DAY, MICROS_PER_SECOND } from '../../core/kit/time.ts'
import { DETECTORS } from '../../core/options/detect/table.ts'
import type { KeptAlert } from './alerts-fold.ts'

/** A fault that the demo market planted, and which of its contracts; the truth that alerts are held against. */
export interface PlantedFault {
  readonly kind: string
  readonly from: number
  readonly to: number
  /** As `2026-12-18 600 C`; all of an expiry where a whole smile was moved. */
  readonly contracts: ReadonlySet<string>
  /** The detector whose business it is. */
  readonly detector: string
}

/** An alert is about a fault that is over for no longer than it takes to see it. */
const SEEN_WITHIN = 5 * MICROS_PER_SECOND

/** What was planted in the time that somebody looked: all of it, and what was there from beginning to end meanwhile. */
export interface Truth {
  readonly since: number
  readonly all: readonly PlantedFault[]
  readonly whole: readonly PlantedFault[]
}

interface Counts {
  raised: number
  matched: number
  planted: number
  found: number
}

/** What an alert is about, as the truth names it: a contract, or the expiry at the end of its key. */
function isAbout({ raised }: KeptAlert, fault: PlantedFault): boolean {
  if (raised.startedAt < fault.from - MICROS_PER_SECOND || raised.startedAt > fault.to + SEEN_WITHIN) return false
  if (raised.strike === null) return [...fault.contracts].some(contract => contract.startsWith(`${raised.expiry} `))
  return fault.contracts.has(`${raised.expiry} ${raised.strike} ${raised.side === 'call' ? 'C' : 'P'}`)
}

/**
 * Alerts of the demo market against what is planted there, by detector.
 *
 * A price fault counts as found whichever price detector named it, since one bad quote breaks several rules.
 */
function againstTruth(alerts: readonly KeptAlert[], { all, whole }: Truth): Map<string, Counts> {
  const counts = new Map<string, Counts>()
  const of = (detector: string) => {
    const known = counts.get(detector) ?? { raised: 0, matched: 0, planted: 0, found: 0 }
    counts.set(detector, known)
    return known
  }
  for (const alert of alerts) {
    const mine = of(alert.raised.detector)
    mine.raised++
    if (all.some(fault => isAbout(alert, fault))) mine.matched++
  }
  for (const fault of whole) {
    const mine = of(fault.detector)
    mine.planted++
    if (alerts.some(alert => isAbout(alert, fault))) mine.found++
  }
  return counts
}

/** What the thresholds of a detector would have to be multiplied with for no more than the budget a day. */
function calibration(alerts: readonly KeptAlert[], days: number, budget: number): number | null {
  const allowed = Math.floor(budget * days)
  // Less than a day tells nothing of a day.
  if (days < 1 || alerts.length <= allowed) return null
  const strengths = alerts.map(({ card }) => Math.max(...card.findings.map(({ strength }) => strength))).sort((a, b) => b - a)
  // The first that must not be raised any more would stand exactly on the new threshold, so that goes a little above it.
  return Math.ceil(strengths[Math.max(0, allowed)]! * 1.01 * 100) / 100
}

/** How often each detector was right: by marks, and by the truth where there is one. */
export function precisionOf(
  alerts: readonly KeptAlert[],
  { days, budget, demo }: { days: number; budget: number; demo: Truth | null },
): PrecisionRow[] {
  const ofDemo = alerts.filter(({ raised }) => raised.isDemo && raised.startedAt >= (demo?.since ?? 0))
  const truth = demo && againstTruth(ofDemo, demo)
  return DETECTORS.map(({ name, kind }) => {
    const own = alerts.filter(({ raised }) => raised.detector === name)
    const markedTrue = own.filter(({ mark }) => mark === 'true').length
    const markedFalse = own.filter(({ mark }) => mark === 'false').length
    return {
      detector: name,
      kind,
      raised: own.length,
      perDay: own.length / days,
      markedTrue,
      markedFalse,
      precision: markedTrue + markedFalse > 0 ? markedTrue / (markedTrue + markedFalse) : null,
      demo: truth?.get(name) ?? null,
      calibration: calibration(own, days, budget),
    }
  })
}

/** Days that alerts were collected over: as many as were asked for, or since the first one. */
export function daysOf(alerts: readonly KeptAlert[], asked: number, now: number): number {
  const first = alerts[0]?.raised.raisedAt ?? now
  return Math.max(1 / 24, Math.min(asked, (now - first) / MICROS_PER_DAY))
}
