import { useCallback, useEffect, useMemo, useState } from 'react'
import type { SeriesInfo } from '../../contract/market.ts'
import { useConnection, useDesk } from '../desk.tsx'
import { type ExportFormat, FileDamaged, receiveFile } from '../lab/export-file.ts'
import { type Format, MISSING, useFormat } from '../ui/format.ts'
import { Grid, type GridAction, type GridColumn, type GridLayout } from '../ui/grid.tsx'
import { notifyFault } from '../ui/notice-fault.ts'
import { notify } from '../ui/notice-store.ts'
import { Empty, Failure, Loading } from '../ui/states.tsx'
import { type Translate, useText } from '../ui/text.ts'
import css from './imports.module.css'

/** The stored series, read again with each connection and each turn. */
export function useSeries(turn: number) {
  const desk = useDesk()
  const { generation } = useConnection()
  const [series, setSeries] = useState<readonly SeriesInfo[] | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [again, setAgain] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of them asks again
  useEffect(() => {
    desk.market.series().then(({ series: list }) => {
      setSeries(list)
      setError(null)
    }, setError)
  }, [desk, generation, turn, again])
  return { series, error, reload: useCallback(() => setAgain(before => before + 1), []) }
}

function seriesColumns(find: (name: string) => SeriesInfo | undefined, t: Translate, format: Format): GridColumn[] {
  const words = (key: string, title: string, width: number, usual: boolean, of: (info: SeriesInfo) => string): GridColumn => ({
    key,
    title,
    width,
    align: 'start',
    usual,
    cell: name => ({ text: find(name) ? of(find(name)!) || MISSING : MISSING, tone: key === 'name' ? 'strong' : 'quiet' }),
    sort: name => (find(name) ? of(find(name)!) : ''),
  })
  const number = (
    key: string,
    title: string,
    width: number,
    usual: boolean,
    of: (info: SeriesInfo) => number | null,
  ): GridColumn => ({
    key,
    title,
    width,
    align: 'end',
    usual,
    cell: name => ({ text: find(name) ? format.whole(of(find(name)!)) : MISSING }),
    sort: name => (find(name) ? (of(find(name)!) ?? Number.NaN) : Number.NaN),
  })
  const date = (key: string, title: string, of: (info: SeriesInfo) => number | null, usual: boolean): GridColumn => ({
    ...number(key, title, 88, usual, of),
    cell: name => ({ text: format.instant(find(name) ? of(find(name)!) : null, 'date', 'UTC'), tone: 'quiet' }),
  })
  return [
    { ...words('name', t('import.series.name'), 150, true, ({ name }) => name), pinned: true },
    words('kind', t('import.kind'), 70, true, ({ kind }) => t(`import.kind.${kind}`)),
    words('timeframe', t('import.timeframe'), 78, true, ({ timeframe }) => timeframe ?? ''),
    number('rows', t('import.series.rows'), 80, true, ({ rows }) => rows),
    date('from', t('import.from'), ({ from }) => from, true),
    date('to', t('import.to'), ({ to }) => to, true),
    words('unit', t('import.unit'), 80, true, ({ unit }) => unit),
    words('source', t('import.series.source'), 110, true, ({ source }) => source),
    words('state', t('import.series.state'), 80, false, ({ state }) => t(`live.${state}`)),
    words('zone', t('import.zone'), 130, false, ({ timeZone }) => timeZone),
    number('flagged', t('import.flagged'), 76, false, ({ flagged }) => flagged),
    number('refused', t('import.refused'), 76, false, ({ refused }) => refused),
    date('imported', t('import.series.imported'), ({ importedAt }) => importedAt, false),
  ]
}

/** Stored series with their extent: charted, exported, removed and brought back. */
export function SeriesList({
  known,
  layout,
  onLayout,
  onChart,
}: {
  known: ReturnType<typeof useSeries>
  layout: GridLayout
  onLayout(patch: GridLayout): void
  onChart(name: string): void
}) {
  const { t } = useText()
  const format = useFormat()
  const desk = useDesk()
  const { series, error, reload } = known
  const byName = useMemo(() => new Map((series ?? []).map(info => [info.name, info])), [series])
  const columns = useMemo(() => seriesColumns(name => byName.get(name), t, format), [byName, t, format])
  const rows = useMemo(() => (series ?? []).map(({ name }) => name), [series])

  const remove = async (names: readonly string[]) => {
    for (const name of names) {
      try {
        await desk.market.removeSeries({ name })
        const restore = () => desk.market.restoreSeries({ name }).then(reload, notifyFault)
        notify({
          tone: 'info',
          text: t('import.series.removed', { name }),
          actions: [{ label: t('import.series.undo'), run: () => void restore() }],
        })
      } catch (fault) {
        notifyFault(fault)
      }
    }
    reload()
  }
  const save = async (name: string, form: ExportFormat) => {
    try {
      const file = `${name}.${form}`
      const count = await receiveFile(await desk.market.exportSeries({ name, format: form }), file, form, () => {})
      notify({ tone: 'good', text: t('import.series.exported', { count, file }) })
    } catch (fault) {
      if (fault instanceof FileDamaged) notify({ tone: 'bad', text: t('sql.exportBroken') })
      else notifyFault(fault)
    }
  }
  const actions = (names: readonly string[]): GridAction[] => [
    { label: t('import.series.chart'), keys: 'Enter', section: 'open', isOff: names.length !== 1, run: () => onChart(names[0]!) },
    ...(['csv', 'parquet', 'json'] as const).map(form => ({
      label: t('import.series.export', { format: form === 'parquet' ? 'Parquet' : form.toUpperCase() }),
      section: 'export',
      run: () => void Promise.all(names.map(name => save(name, form))),
    })),
    { label: t('import.series.remove'), keys: 'Del', section: 'remove', run: () => void remove(names) },
  ]
  if (!series) return error ? <Failure error={error} retry={reload} /> : <Loading waitsFor={t('import.series.what')} />
  return (
    <div className={css.list}>
      <Grid
        label={t('import.series.list')}
        rows={rows}
        columns={columns}
        layout={layout}
        onLayout={onLayout}
        onOpen={onChart}
        onRemove={names => void remove(names)}
        actions={actions}
      >
        <Empty title={t('import.series.none')}>{t('import.series.noneWords')}</Empty>
      </Grid>
    </div>
  )
}
