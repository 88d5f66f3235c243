import { type Ref, useMemo, useRef } from 'react'
import type { DeliveryView } from '../../../contract/color-outputs.ts'
import type { RunEntry } from '../../../contract/color-runs.ts'
import { useFormat } from '../../ui/format.ts'
import { Grid, type GridHandle, type GridLayout } from '../../ui/grid.tsx'
import { Empty } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import css from './runs.module.css'
import { runsColumns } from './runs-columns.ts'
import type { RunsKnown } from './use-runs.ts'

/** Every run and every try, newest first; Enter opens one. */
export function RunsHistory({
  known,
  find,
  deliveries,
  chosen,
  layout,
  onLayout,
  onChoose,
  onRun,
  handle,
}: {
  known: RunsKnown
  find(id: string): RunEntry | undefined
  deliveries(run: string): readonly DeliveryView[]
  chosen: string | null
  layout: GridLayout
  onLayout(patch: GridLayout): void
  onChoose(run: string): void
  onRun(): void
  handle: Ref<GridHandle>
}) {
  const { t } = useText()
  const format = useFormat()
  const rows = useMemo(() => known.runs.map(({ id }) => id), [known.runs])
  const newest = useRef({ find, deliveries })
  newest.current = { find, deliveries }
  // biome-ignore lint/correctness/useExhaustiveDependencies: made anew with what a cell says, and only then
  const columns = useMemo(
    () => runsColumns({ find: id => newest.current.find(id), deliveries: run => newest.current.deliveries(run), t, format }),
    [t, format, known.runs, deliveries],
  )
  if (known.runs.length === 0)
    return known.demo === 'making' ? (
      <div className={css.making} role="status" aria-busy="true">
        <i aria-hidden="true" />
        <strong>{t('colorRuns.making')}</strong>
        <span>{t('colorRuns.makingAbout')}</span>
      </div>
    ) : (
      <Empty title={t('colorRuns.empty')} action={{ label: t('colorRuns.run'), run: onRun }}>
        {t('colorRuns.emptyAbout')}
      </Empty>
    )
  return (
    <Grid
      label={t('panel.color-runs')}
      rows={rows}
      columns={columns}
      layout={layout}
      onLayout={onLayout}
      current={chosen}
      handle={handle}
      nameOf={row => String(find(row)?.run?.number ?? '')}
      onActive={(row, by) => (by === 'pointer' || chosen !== null) && onChoose(row)}
      onOpen={onChoose}
    />
  )
}
