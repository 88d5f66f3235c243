import type { AlertCard, AlertRow, GivenThresholds, SNOOZE_SCOPES } from '../../contract/options-alerts.ts'
import type { Journal, JournalEntry } from '../../platform/journal.ts'

/** What does not change about an alert once it was raised. */
export type RaisedAlert = Omit<AlertRow, 'state' | 'lastSeenAt' | 'closedAt' | 'mark' | 'snoozedUntil' | 'snapshot'> & {
  /** As the scan names it: a contract, or a detector. */
  readonly key: string
  readonly isLate: boolean
}

export interface KeptAlert {
  readonly raised: RaisedAlert
  readonly card: AlertCard
  lastSeenAt: number
  closedAt: number | null
  mark: AlertRow['mark']
  snapshot: string | null
}

/** Something that is to stay quiet until an instant. */
export interface Snooze {
  readonly scope: (typeof SNOOZE_SCOPES)[number]
  readonly id: string
  readonly underlying: string
  readonly key: string
  readonly detector: string
  readonly until: number
}

/** Alerts and what people said about them: a fold over the journal. */
export interface AlertsState {
  /** By id, oldest first. */
  readonly alerts: Map<string, KeptAlert>
  snoozes: readonly Snooze[]
  thresholds: { readonly given: GivenThresholds; readonly at: number } | null
}

export const ALERT_KINDS = [
  'alert.raised',
  'alert.kept',
  'alert.closed',
  'alert.marked',
  'alert.snoozed',
  'alert.thresholds',
] as const
export type AlertEvent = (typeof ALERT_KINDS)[number]

/** Alerts that are held in memory and listed; older ones stay in the journal and the store. */
const KEPT = 2000
const PAGE = 1000

function onAlert(kept: KeptAlert | undefined, { kind, body, at }: JournalEntry): void {
  if (!kept) return
  if (kind === 'alert.kept') kept.snapshot = (body as { snapshot: string }).snapshot
  if (kind === 'alert.marked') kept.mark = (body as { mark: AlertRow['mark'] }).mark
  if (kind !== 'alert.closed') return
  kept.closedAt = at
  kept.lastSeenAt = (body as { lastSeenAt: number }).lastSeenAt
}

/** Brings the state up to date with one entry; entries of other kinds change nothing. */
export function foldAlert(state: AlertsState, entry: JournalEntry): void {
  switch (entry.kind as AlertEvent) {
    case 'alert.raised': {
      const { raised, card } = entry.body as Pick<KeptAlert, 'raised' | 'card'>
      state.alerts.set(entry.subject, { raised, card, lastSeenAt: raised.raisedAt, closedAt: null, mark: null, snapshot: null })
      if (state.alerts.size > KEPT) state.alerts.delete(state.alerts.keys().next().value!)
      return
    }
    case 'alert.snoozed': {
      const snooze = entry.body as Snooze & { until: number | null }
      const same = ({ scope, id, underlying, key, detector }: Snooze) =>
        scope === snooze.scope &&
        (scope === 'alert' ? id === snooze.id : underlying === snooze.underlying) &&
        (scope !== 'contract' || key === snooze.key) &&
        (scope !== 'rule' || detector === snooze.detector)
      const others = state.snoozes.filter(one => !same(one))
      state.snoozes = snooze.until === null ? others : [...others, snooze]
      return
    }
    case 'alert.thresholds':
      state.thresholds = { given: entry.body as GivenThresholds, at: entry.at }
      return
    default:
      onAlert(state.alerts.get(entry.subject), entry)
  }
}

/** The newest alerts with all that was said about them. */
export function loadAlerts(journal: Pick<Journal, 'read'>): AlertsState {
  const state: AlertsState = { alerts: new Map(), snoozes: [], thresholds: null }
  const [thresholds] = journal.read({ kinds: ['alert.thresholds'], newestFirst: true, limit: 1 })
  if (thresholds) foldAlert(state, thresholds)
  const oldest = journal.read({ kinds: ['alert.raised'], newestFirst: true, limit: KEPT }).at(-1)
  if (!oldest) return state
  for (let after = oldest.seq - 1; ; ) {
    const entries = journal.read({ after, kinds: ALERT_KINDS, limit: PAGE })
    for (const entry of entries) foldAlert(state, entry)
    const last = entries.at(-1)
    if (!last || entries.length < PAGE) return state
    after = last.seq
  }
}

/** When an alert may be heard again; null where nobody snoozed it. */
export function snoozedUntil(
  { snoozes }: AlertsState,
  { id, underlying, key, detector }: RaisedAlert,
  now: number,
): number | null {
  const hushing = snoozes.filter(
    one =>
      one.until > now &&
      (one.scope === 'alert'
        ? one.id === id
        : one.underlying === underlying && (one.scope === 'contract' ? one.key === key : one.detector === detector)),
  )
  return hushing.length === 0 ? null : Math.max(...hushing.map(({ until }) => until))
}

/** The alert as it goes over the wire. */
export function alertRowOf(state: AlertsState, kept: KeptAlert, now: number): AlertRow {
  const { key: _, isLate, ...raised } = kept.raised
  const { lastSeenAt, closedAt, mark, snapshot } = kept
  const until = snoozedUntil(state, kept.raised, now)
  const stateNow = closedAt !== null ? 'closed' : until !== null ? 'snoozed' : isLate ? 'late' : 'open'
  return { ...raised, lastSeenAt, closedAt, mark, snapshot, snoozedUntil: until, state: stateNow }
}
