import { useState } from 'react'
import type { AlertRow } from '../../contract/options-alerts.ts'
import { type StreamState, useStream } from '../desk.tsx'

/** Alerts by id, newest first; null until the host has said which there are. */
export type Alerts = ReadonlyMap<string, AlertRow>

/** Alerts with those that came or changed, newest first. */
export function mergeAlerts(before: Alerts | null, kind: 'snapshot' | 'changed', alerts: readonly AlertRow[]): Alerts {
  const merged = new Map(kind === 'snapshot' ? [] : before)
  for (const alert of alerts) merged.set(alert.id, alert)
  return new Map([...merged].sort(([, a], [, b]) => b.raisedAt - a.raisedAt))
}

/** All kept alerts, as they are now. */
export function useAlerts(): { readonly alerts: Alerts | null; readonly stream: StreamState } {
  const [alerts, setAlerts] = useState<Alerts | null>(null)
  const stream = useStream(
    'options.alerts',
    (desk, signal) => desk.options.alerts.list(undefined, { signal }),
    message => setAlerts(before => mergeAlerts(before, message.kind, message.alerts)),
  )
  return { alerts, stream }
}
