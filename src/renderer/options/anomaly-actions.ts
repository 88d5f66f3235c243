import { useCallback } from 'react'
import type { AlertRow, SNOOZE_SCOPES } from '../../contract/options-alerts.ts'
import { useApp } from '../app-context.tsx'
import { useDesk } from '../desk.tsx'
import { nowMicros } from '../now.ts'
import type { PanelName } from '../panels.ts'
import { notifyFault } from '../ui/notice-fault.ts'
import { chooseContract } from './chain-selection.ts'

export type SnoozeScope = (typeof SNOOZE_SCOPES)[number]
export const ANOMALIES = 'options-anomalies'
const MINUTE = 60e6

/** Marks and snoozes of alerts; a refusal is said at the side. */
export interface AlertActions {
  mark(alert: AlertRow, mark: AlertRow['mark']): void
  snooze(alert: AlertRow, scope: SnoozeScope, minutes: number | null): void
}

export function useAlertActions(): AlertActions {
  const desk = useDesk()
  return {
    mark: ({ id }, mark) => void desk.options.alerts.mark({ id, mark }).catch(notifyFault),
    snooze: ({ id }, scope, minutes) => {
      const until = minutes === null ? null : nowMicros() + minutes * MINUTE
      void desk.options.alerts.snooze({ id, scope, until }).catch(notifyFault)
    },
  }
}

/** Opens the card of an alert: in the panel that is there, else in a new one. */
export function useOpenAlert(): (id: string) => void {
  const { bench } = useApp()
  return useCallback(
    id => {
      const open = panelOf(bench.store.getState().panels, ANOMALIES)
      if (open === null) bench.open(ANOMALIES as PanelName, { params: { alert: id } })
      else {
        bench.setParams(open, { alert: id, view: 'list' })
        bench.activate(open)
      }
    },
    [bench],
  )
}

/** Reopens the moment of an alert in a chain or smile panel, with its contract chosen. */
export function useReplay(): (alert: AlertRow, kind: 'options-chain' | 'options-smile') => void {
  const { bench } = useApp()
  return useCallback(
    ({ underlying, snapshot, expiry, strike, side }, kind) => {
      if (snapshot === null) return
      const params =
        kind === 'options-chain'
          ? { chain: underlying, at: snapshot, expiry, layout: 'tabs' }
          : { chain: underlying, at: snapshot, mode: 'smile', ...(expiry === null ? {} : { expiries: [expiry] }) }
      const open = panelOf(bench.store.getState().panels, kind)
      if (open === null) bench.open(kind as PanelName, { params })
      else {
        bench.setParams(open, params)
        bench.activate(open)
      }
      if (expiry !== null && strike !== null && side !== null) chooseContract(underlying, { expiry, strike, side })
    },
    [bench],
  )
}

function panelOf(panels: Readonly<Record<string, { readonly kind: string }>>, kind: string): string | null {
  return Object.entries(panels).find(([, record]) => record.kind === kind)?.[0] ?? null
}
