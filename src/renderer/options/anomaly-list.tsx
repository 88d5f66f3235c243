import { useCallback, useMemo, useRef } from 'react'
import type { AlertRow } from '../../contract/options-alerts.ts'
import { useFormat } from '../ui/format.ts'
import { Grid, type GridHandle, type GridLayout } from '../ui/grid.tsx'
import { isTyping } from '../ui/keys.ts'
import { useText } from '../ui/text.ts'
import css from './anomaly.module.css'
import { useAlertActions, useReplay } from './anomaly-actions.ts'
import { AlertSheet } from './anomaly-card.tsx'
import { alertColumns } from './anomaly-columns.ts'
import { subjectText } from './anomaly-words.ts'
import type { Alerts } from './use-alerts.ts'

const HOUR = 60

/** The list with the card of the chosen alert beside it, and the keys that mark, snooze and replay it. */
export function AlertList({
  alerts,
  rows,
  chosen,
  layout,
  onLayout,
  onChoose,
}: {
  alerts: Alerts
  rows: readonly string[]
  chosen: string | null
  layout: GridLayout
  onLayout(patch: GridLayout): void
  onChoose(id: string | null): void
}) {
  const { t } = useText()
  const format = useFormat()
  const actions = useAlertActions()
  const replay = useReplay()
  const grid = useRef<GridHandle>(null)
  const newest = useRef(alerts)
  newest.current = alerts
  const columns = useMemo(() => alertColumns({ alerts: () => newest.current, t, format }), [t, format])
  const alert = chosen === null ? undefined : alerts.get(chosen)
  const active = useRef<string | null>(chosen)
  const nameOf = useCallback(
    (row: string) => {
      const one = newest.current.get(row)
      return one ? subjectText(one, format) : row
    },
    [format],
  )
  const press = (event: React.KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    const target = newest.current.get(chosen ?? active.current ?? rows[0] ?? '')
    const act = KEYS[event.key.toLowerCase()]
    if (!target || !act) return
    event.preventDefault()
    event.stopPropagation()
    act(target)
  }
  const KEYS: Readonly<Record<string, (target: AlertRow) => void>> = {
    t: target => actions.mark(target, 'true'),
    f: target => actions.mark(target, 'false'),
    u: target => actions.mark(target, null),
    s: target => actions.snooze(target, 'alert', target.snoozedUntil === null ? HOUR : null),
    r: target => replay(target, 'options-chain'),
  }
  return (
    // The keys are those of the grid and the card within, taken before the grid's type-ahead.
    <div className={css.body} onKeyDownCapture={press}>
      <div className={css.main}>
        <Grid
          label={t('alerts.list')}
          rows={rows}
          columns={columns}
          layout={layout}
          onLayout={onLayout}
          current={chosen}
          handle={grid}
          nameOf={nameOf}
          onActive={row => {
            active.current = row
            if (chosen !== null) onChoose(row)
          }}
          onOpen={onChoose}
        />
      </div>
      {alert ? (
        <AlertSheet
          alert={alert}
          onClose={() => {
            onChoose(null)
            grid.current?.focus()
          }}
        />
      ) : null}
    </div>
  )
}
