import type { AlertCard, AlertRow } from '../../contract/options-alerts.ts'
import { type Format, MISSING } from '../ui/format.ts'
import { type Translate, textOr } from '../ui/text.ts'
import { expiryText } from './chain-words.ts'

type Place = Pick<AlertRow, 'symbol' | 'expiry' | 'strike' | 'side'>

/** Name of a detector; its own key where a newer host has one that this page does not know. */
export function detectorText(name: string): string {
  return textOr(`alerts.detector.${name}`, name)
}

export function ruleText(rule: string): string {
  return textOr(`alerts.rule.${rule}`, rule)
}

/** A contract as a desk writes it: expiry, strike, side. */
export function contractText(place: Omit<Place, 'symbol'>, asOf: number, format: Format): string {
  const { expiry, strike, side } = place
  const date = expiry === null ? '' : expiryText(expiry, asOf, format)
  if (strike === null || side === null) return date
  return `${date} ${format.number(strike, strike % 1 === 0 ? 0 : 2)} ${side === 'call' ? 'C' : 'P'}`
}

/** What an alert is about: symbol and contract, or the symbol and its expiry. */
export function subjectText(alert: Place & Pick<AlertRow, 'raisedAt'>, format: Format): string {
  return `${alert.symbol} ${contractText(alert, alert.raisedAt, format)}`.trim()
}

/** A value in its own unit: price, points of volatility, contracts. */
export function unitText(value: number, unit: AlertRow['unit'], format: Format): string {
  if (unit === 'contracts') return format.whole(value)
  return unit === 'vol' ? `${format.number(value * 100, 2)} %` : format.number(value, 2)
}

/** Profit of one contract in currency. */
export function edgeText(edge: number | null, multiplier: number, format: Format): string {
  return edge === null ? MISSING : format.number(edge * multiplier, 2)
}

/** The legs of a trade, one line each. */
export function legText(leg: AlertCard['findings'][number]['legs'][number], asOf: number, format: Format, t: Translate): string {
  const { contract, action, units, price } = leg
  return t('alerts.leg', {
    action: t(action === 'buy' ? 'alerts.buy' : 'alerts.sell'),
    units: format.number(units, units % 1 === 0 ? 0 : 2),
    what: contract ? contractText(contract, asOf, format) : t('alerts.underlying'),
    price: format.number(price, 2),
  })
}

/** What hovering over the state of an alert says. */
export function stateHint(alert: AlertRow, format: Format, t: Translate): string {
  if (alert.state === 'snoozed') return t('alerts.stateHint.snoozed', { until: format.instant(alert.snoozedUntil, 'dateMinute') })
  if (alert.state === 'closed') return t('alerts.stateHint.closed', { at: format.instant(alert.closedAt, 'second') })
  return t(alert.state === 'late' ? 'alerts.stateHint.late' : 'alerts.stateHint.open')
}
