import { useMemo, useRef } from 'react'
import type { DeliveryView, OutputsView } from '../../../contract/color-outputs.ts'
import { useFormat } from '../../ui/format.ts'
import { Grid, type GridHandle } from '../../ui/grid.tsx'
import { isTyping } from '../../ui/keys.ts'
import { Empty } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import { DeliverySheet } from './delivery-sheet.tsx'
import { possible } from './delivery-state.tsx'
import { outboxColumns } from './outbox-columns.ts'
import css from './outputs.module.css'
import type { OutputsParams } from './outputs-panel.tsx'
import { useOutputActions, useOutputRights } from './use-outputs.ts'

const OPEN: readonly DeliveryView['state'][] = ['waiting', 'sending', 'failed']

function isShown(one: DeliveryView, { show = 'all', delivery }: OutputsParams): boolean {
  if (show === 'all' || one.id === delivery) return true
  return show === 'failed' ? one.state === 'failed' : OPEN.includes(one.state)
}

/** Every delivery with what became of it, and the sheet of the chosen one. */
export function OutboxView({
  view,
  params,
  setParams,
}: {
  view: OutputsView
  params: OutputsParams
  setParams(patch: Partial<OutputsParams>): void
}) {
  const { t, language } = useText()
  const format = useFormat()
  const actions = useOutputActions()
  const { mayWork } = useOutputRights()
  const grid = useRef<GridHandle>(null)
  const byId = useMemo(() => new Map(view.deliveries.map(one => [one.id, one])), [view.deliveries])
  const newest = useRef(byId)
  newest.current = byId
  const rows = view.deliveries.filter(one => isShown(one, params)).map(({ id }) => id)
  // The columns follow the stream, so that its cells are read anew with each change.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of the deliveries draws the cells again
  const columns = useMemo(
    () => outboxColumns({ deliveries: () => newest.current, t, language, format }),
    [t, language, format, view.deliveries],
  )
  const active = useRef<string | null>(params.delivery ?? null)
  const chosen = params.delivery ? byId.get(params.delivery) : undefined
  const press = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape' && chosen && !event.defaultPrevented) {
      setParams({ delivery: null })
      grid.current?.focus()
      return
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !mayWork) return
    const one = newest.current.get(chosen?.id ?? active.current ?? rows[0] ?? '')
    const key = event.key.toLowerCase()
    if (!one || (key !== 'r' && key !== 'c')) return
    event.preventDefault()
    event.stopPropagation()
    const can = possible(one)
    if (key === 'r' && can.retry) actions.retry(one.id)
    if (key === 'c' && can.cancel) actions.cancel(one.id)
  }
  if (view.deliveries.length === 0) return <Empty title={t('outputs.outbox.none')}>{t('outputs.outbox.noneWords')}</Empty>
  if (rows.length === 0)
    return (
      <Empty
        title={t('outputs.outbox.noneShown')}
        action={{ label: t('outputs.outbox.showAll'), run: () => setParams({ show: 'all' }) }}
      />
    )
  return (
    // The keys are those of the grid and the sheet within, taken before the grid's type-ahead.
    <div className={css.body} onKeyDownCapture={press}>
      <div className={css.grid}>
        <Grid
          label={t('outputs.outbox.list')}
          rows={rows}
          columns={columns}
          layout={params.layout ?? {}}
          onLayout={patch => setParams({ layout: { ...params.layout, ...patch } })}
          current={chosen?.id ?? null}
          handle={grid}
          nameOf={row => newest.current.get(row)?.targetName ?? row}
          onActive={row => {
            active.current = row
            if (chosen) setParams({ delivery: row })
          }}
          onOpen={row => setParams({ delivery: row })}
        />
      </div>
      {chosen ? (
        <DeliverySheet
          delivery={chosen}
          attempts={view.attempts.filter(({ delivery }) => delivery === chosen.id)}
          actions={actions}
          mayWork={mayWork}
          onClose={() => {
            setParams({ delivery: null })
            grid.current?.focus()
          }}
        />
      ) : null}
    </div>
  )
}
