import type { AlertCard } from '../../contract/options-alerts.ts'
import type { EpochMicros } from '../../core/kit/time.ts'
import { MICROS_PER_SECOND } from '../../core/kit/time.ts'
import type { OptionChain } from '../../core/options/chain.ts'
import type { ChainAnalysis } from '../../core/options/chain-analysis.ts'
import type { Finding } from '../../core/options/detect/finding.ts'
import { type GateValues, quoteAge } from '../../core/options/detect/gates.ts'
import type { Alert } from '../../core/options/detect/scan.ts'
import { detectorNamed } from '../../core/options/detect/table.ts'
import type { RaisedAlert } from './alerts-fold.ts'
import type { AnalysedChain } from './chain-service.ts'

/** Findings, and quotes of other contracts, that a card holds at most: one bad quote can break dozens of rules. */
const MOST_FINDINGS = 12
const MOST_QUOTES = 10
/** Strikes on each side of the one at fault in the picture. */
const PICTURE_STRIKES = 15

const known = (value: number): number | null => (Number.isFinite(value) ? value : null)

type Place = Pick<AlertCard['quotes'][number], 'expiry' | 'strike' | 'side'>

function placeOf(chain: OptionChain, row: number): Place {
  const expiry = chain.expiries.find(({ to }) => row < to)!
  return { expiry: expiry.date, strike: chain.strike[row]!, side: chain.side[row]! > 0 ? 'call' : 'put' }
}

function quoteOf({ chain, vol, fitVol, greeks }: ChainAnalysis, row: number): AlertCard['quotes'][number] {
  return {
    ...placeOf(chain, row),
    bid: known(chain.bid[row]!),
    ask: known(chain.ask[row]!),
    bidSize: known(chain.bidSize[row]!),
    askSize: known(chain.askSize[row]!),
    volume: known(chain.volume[row]!),
    ageSeconds: known(quoteAge(chain, row)),
    vol: known(vol[row]!),
    fitVol: known(fitVol[row]!),
    price: known(greeks.price[row]!),
  }
}

function findingOf(chain: OptionChain, finding: Finding): AlertCard['findings'][number] {
  const { detector, rule, direction, unit, value, baseline, threshold, strength, sampleSize, edge, edgeVol, legs } = finding
  return {
    detector,
    kind: detectorNamed(detector)?.kind ?? 'shift',
    ...{ rule, direction, unit, value, baseline, threshold, strength },
    sampleSize: Math.round(sampleSize),
    edge: known(edge),
    edgeVol: known(edgeVol),
    legs: legs.map(({ row, action, units, price }) => ({
      contract: row < 0 ? null : placeOf(chain, row),
      action,
      units,
      price: known(price),
    })),
  }
}

/** Rows out of the money around one: what a smile is drawn from, and the row itself whatever side it is. */
function pictureRows({ chain, expiries }: ChainAnalysis, expiry: number, suspect: number): number[] {
  const { from, to } = chain.expiries[expiry]!
  const { forward } = expiries[expiry]!
  const rows: number[] = []
  for (let row = from; row < to; row++) {
    const isOut = chain.side[row]! * (chain.strike[row]! - forward) >= 0
    if (row === suspect || (isOut && !(suspect >= 0 && chain.strike[row] === chain.strike[suspect]))) rows.push(row)
  }
  const around = suspect >= 0 ? rows.indexOf(suspect) : rows.findIndex(row => chain.strike[row]! >= forward)
  const middle = around < 0 ? rows.length >> 1 : around
  return rows.slice(Math.max(0, middle - PICTURE_STRIKES), middle + PICTURE_STRIKES + 1)
}

function fitOf(analysis: ChainAnalysis, expiry: number, suspect: number): AlertCard['fit'] {
  const at = analysis.expiries[expiry]
  if (!at) return null
  const rows = pictureRows(analysis, expiry, suspect)
  const column = (of: Float64Array) => rows.map(row => known(of[row]!))
  return {
    expiry: at.date,
    forward: known(at.forward),
    tteYears: at.tteYears,
    used: at.used,
    fitError: known(at.fitError),
    atmVol: known(at.atmVol),
    smile: at.smile,
    points: {
      strike: rows.map(row => analysis.chain.strike[row]!),
      vol: column(analysis.vol),
      bidVol: column(analysis.bidVol),
      askVol: column(analysis.askVol),
      fitVol: column(analysis.fitVol),
    },
  }
}

/** Everything that an alert says for itself, taken from the scan that raised it. */
export function cardOf(analysis: ChainAnalysis, { findings, suspect, scans }: Alert, gates: GateValues): AlertCard {
  const { chain } = analysis
  const rows = new Set([...(suspect >= 0 ? [suspect] : []), ...findings.flatMap(finding => finding.rows)])
  return {
    findings: findings.slice(0, MOST_FINDINGS).map(finding => findingOf(chain, finding)),
    quotes: [...rows].slice(0, MOST_QUOTES).map(row => quoteOf(analysis, row)),
    spot: {
      bid: known(chain.spotBid),
      ask: known(chain.spotAsk),
      ageSeconds: known((chain.asOf - chain.spotTime) / MICROS_PER_SECOND),
    },
    asOf: chain.asOf,
    tickSize: chain.tickSize,
    scans,
    costs: { perContract: gates.costPerContract, perShare: gates.costPerShare },
    fit: fitOf(analysis, findings[0]!.expiry, suspect),
  }
}

/** The facts of a new alert; its id follows from what it is about and when it began, so that a replay makes the same. */
export function raisedOf({ key, symbol, analysis, isDemo }: AnalysedChain, alert: Alert, at: EpochMicros): RaisedAlert {
  const { chain } = analysis
  const finding = alert.findings[0]!
  const place = alert.suspect >= 0 ? placeOf(chain, alert.suspect) : null
  return {
    id: `${key}-${alert.key}-${alert.since.toString(36)}`.replaceAll(/[^\w.-]+/g, '-'),
    key: alert.key,
    underlying: key,
    symbol,
    expiry: place?.expiry ?? chain.expiries[finding.expiry]?.date ?? null,
    strike: place?.strike ?? null,
    side: place?.side ?? null,
    detector: alert.detector,
    kind: detectorNamed(alert.detector)?.kind ?? 'shift',
    rule: finding.rule,
    direction: finding.direction,
    severity: alert.severity,
    startedAt: alert.since,
    raisedAt: at,
    value: finding.value,
    baseline: finding.baseline,
    threshold: finding.threshold,
    unit: finding.unit,
    sampleSize: Math.round(finding.sampleSize),
    edge: known(finding.edge),
    edgeVol: known(finding.edgeVol),
    multiplier: chain.multiplier,
    findings: alert.findings.length,
    others: alert.others,
    isDemo,
    latencySeconds: null,
    isLate: alert.isLate,
  }
}
