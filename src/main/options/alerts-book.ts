import type { AlertCard, AlertRow, GivenThresholds } from '../../contract/options-alerts.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Journal } from '../../platform/journal.ts'
import { fail } from '../fail.ts'
import {
  type AlertEvent,
  type AlertsState,
  alertRowOf,
  foldAlert,
  type KeptAlert,
  loadAlerts,
  type RaisedAlert,
  type Snooze,
  snoozedUntil,
} from './alerts-fold.ts'
import type { AlertsStore } from './alerts-store.ts'

/** Alerts as the journal has them: each change is on disk before anybody hears of it. */
export interface AlertsBook {
  readonly state: AlertsState
  rows(): AlertRow[]
  row(id: string): AlertRow
  /** Fails: ALERT_UNKNOWN. */
  expect(id: string): KeptAlert
  isSnoozed(raised: RaisedAlert): boolean
  raise(raised: RaisedAlert, card: AlertCard): void
  kept(id: string, snapshot: string): void
  closeAlert(id: string, lastSeenAt: number): void
  mark(id: string, mark: AlertRow['mark'], user: string): void
  snooze(id: string, scope: Snooze['scope'], until: number | null, user: string): void
  setThresholds(given: GivenThresholds, user: string): void
  /** Told of alerts by id whenever something about them changed. */
  onChange(hear: (ids: readonly string[]) => void): () => void
  changed(ids: readonly string[]): void
}

/** Who changes alerts when nobody did. */
const HOST = 'host'

/** Reads what the journal knows and keeps it up to date. */
export function createAlertsBook({
  journal,
  store,
  clock,
}: {
  journal: Pick<Journal, 'append' | 'read'>
  store: Pick<AlertsStore, 'raised' | 'step'>
  clock: Clock
}): AlertsBook {
  const state = loadAlerts(journal)
  const listeners = new Set<(ids: readonly string[]) => void>()
  const changed = (ids: readonly string[]) => {
    if (ids.length > 0) for (const hear of listeners) hear(ids)
  }
  const write = (kind: AlertEvent, subject: string, user: string, body: unknown) => {
    const entry = journal.append({ kind, subject, user, body })
    foldAlert(state, entry)
    return entry
  }
  const expect = (id: string) => state.alerts.get(id) ?? fail('ALERT_UNKNOWN', { alert: id })
  const step = (id: string, at: number, event: 'closed' | 'marked' | 'snoozed', value: string, userName: string) =>
    store.step({ id, at, event, value, userName })
  return {
    state,
    rows: () => {
      const now = clock.now()
      return [...state.alerts.values()].map(kept => alertRowOf(state, kept, now)).reverse()
    },
    row: id => alertRowOf(state, expect(id), clock.now()),
    expect,
    isSnoozed: raised => snoozedUntil(state, raised, clock.now()) !== null,
    raise(raised, card) {
      write('alert.raised', raised.id, HOST, { raised, card })
      store.raised(raised)
      changed([raised.id])
    },
    kept(id, snapshot) {
      if (!state.alerts.has(id)) return
      write('alert.kept', id, HOST, { snapshot })
      changed([id])
    },
    closeAlert(id, lastSeenAt) {
      const { at } = write('alert.closed', id, HOST, { lastSeenAt })
      step(id, at, 'closed', '', HOST)
      changed([id])
    },
    mark(id, mark, user) {
      if (expect(id).mark === mark) return
      const { at } = write('alert.marked', id, user, { mark })
      step(id, at, 'marked', mark ?? '', user)
      changed([id])
    },
    snooze(id, scope, until, user) {
      const { underlying, key, detector } = expect(id).raised
      const { at } = write('alert.snoozed', id, user, { scope, id, underlying, key, detector, until })
      step(id, at, 'snoozed', `${scope} ${until ?? ''}`.trim(), user)
      const touched = [...state.alerts.values()].filter(({ raised }) =>
        scope === 'alert'
          ? raised.id === id
          : raised.underlying === underlying && (scope === 'contract' ? raised.key === key : raised.detector === detector),
      )
      changed(touched.map(({ raised }) => raised.id))
    },
    setThresholds: (given, user) => void write('alert.thresholds', 'thresholds', user, given),
    onChange(hear) {
      listeners.add(hear)
      return () => void listeners.delete(hear)
    },
    changed,
  }
}
