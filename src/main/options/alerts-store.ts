import type { Clock } from '../../platform/clock.ts'
import type { DataStore } from '../../platform/data-store.ts'
import type { Log } from '../../platform/log.ts'
import { createWriteBehind } from '../../platform/write-behind.ts'
import type { KeptAlert, RaisedAlert } from './alerts-fold.ts'

/** What became of an alert. */
export interface AlertStep {
  readonly id: string
  readonly at: number
  readonly event: 'closed' | 'marked' | 'snoozed'
  readonly value: string
  readonly userName: string
}

/** Alerts as rows for SQL; what cannot be written now is written once the store is back. */
export interface AlertsStore {
  raised(alert: RaisedAlert): void
  step(step: AlertStep): void
  /** Writes the alerts that the store does not have, as after it was made anew. */
  refill(alerts: Iterable<KeptAlert>): Promise<void>
  flush(): Promise<void>
  close(): Promise<void>
}

const WRITING = { everySeconds: 0.5, maxRows: 200, limit: 20_000 } as const

function rowOf(
  {
    key: _,
    symbol: __,
    multiplier: ___,
    others: ____,
    isLate,
    isDemo,
    strike,
    edge,
    edgeVol,
    latencySeconds,
    ...rest
  }: RaisedAlert,
  snapshot: string | null,
) {
  const number = (value: number | null) => value ?? Number.NaN
  return {
    ...rest,
    strike: number(strike),
    edge: number(edge),
    edgeVol: number(edgeVol),
    latencySeconds: number(latencySeconds),
    isLate: Number(isLate),
    isDemo: Number(isDemo),
    snapshot,
  }
}

/** Opens the writers of the two tables. */
export function createAlertsStore({
  store,
  clock,
  log,
}: {
  store: Pick<DataStore, 'append' | 'query'>
  clock: Clock
  log: Log
}): AlertsStore {
  const alerts = createWriteBehind({ store, table: 'option_alerts', clock, log, ...WRITING })
  const steps = createWriteBehind({ store, table: 'option_alert_events', clock, log, ...WRITING })
  const flush = async () => {
    await alerts.flush()
    await steps.flush()
  }
  return {
    raised: alert => alerts.push(rowOf(alert, null)),
    step: ({ at, ...rest }) => steps.push({ ...rest, time: at }),
    async refill(kept) {
      const { columns } = await store.query('select id from option_alerts')
      const known = new Set(columns[0])
      const missing = [...kept].filter(({ raised }) => !known.has(raised.id))
      alerts.pushMany(missing.map(({ raised, snapshot }) => rowOf(raised, snapshot)))
      steps.pushMany(
        missing.flatMap(({ raised: { id }, closedAt, mark }) => [
          ...(closedAt === null ? [] : [{ id, time: closedAt, event: 'closed', value: '', userName: 'host' }]),
          ...(mark === null ? [] : [{ id, time: closedAt ?? 0, event: 'marked', value: mark, userName: 'host' }]),
        ]),
      )
    },
    flush,
    async close() {
      await alerts.close()
      await steps.close()
    },
  }
}
