import { Menu } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { QueryResult } from '../../contract/lab.ts'
import { tell } from '../ui/fault.ts'
import { useFormat } from '../ui/format.ts'
import { Grid, type GridLayout } from '../ui/grid.tsx'
import { tsvOf } from '../ui/grid-model.ts'
import { notify } from '../ui/notice-store.ts'
import { Empty, Failure, Loading } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import type { ExportFormat } from './export-file.ts'
import { ResultChart } from './result-chart.tsx'
import { isNumeric, isTimelike, resultColumns } from './result-columns.ts'
import css from './sql.module.css'

/** Where the statement of a tab stands. */
export type RunState =
  | { readonly phase: 'none' }
  | { readonly phase: 'running'; readonly query: string; readonly isCancelling: boolean; readonly before: QueryResult | null }
  | { readonly phase: 'done'; readonly result: QueryResult; readonly sql: string }
  | { readonly phase: 'failed'; readonly error: unknown; readonly line: number | null }

/** What a statement gave: its rows, its failure, or what it waits for. */
export function ResultView({
  run,
  onCancel,
  onRun,
  onExport,
}: {
  run: RunState
  onCancel(): void
  onRun(): void
  onExport(sql: string, format: ExportFormat): void
}) {
  const { t } = useText()
  if (run.phase === 'none')
    return (
      <Empty title={t('sql.notRunTitle')} action={{ label: t('sql.run'), run: onRun }}>
        {t('sql.notRun')}
      </Empty>
    )
  if (run.phase === 'running') {
    if (!run.before) return <Loading waitsFor={t('sql.result')} onCancel={onCancel} />
    return (
      <div className={css.result} aria-busy="true" data-old="true">
        <Table result={run.before} />
      </div>
    )
  }
  if (run.phase === 'failed') return <Refusal error={run.error} line={run.line} onRun={onRun} />
  return <Done result={run.result} sql={run.sql} onExport={onExport} />
}

/** A refusal by the store is the person's own text: said at its line; anything else is a failure like any other. */
function Refusal({ error, line, onRun }: { error: unknown; line: number | null; onRun(): void }) {
  const { t, language } = useText()
  const code = (error as { code?: unknown } | null)?.code
  if (code !== 'QUERY_FAILED' && code !== 'QUERY_NOT_READ_ONLY' && code !== 'QUERY_CANCELLED')
    return <Failure error={error} retry={onRun} />
  return (
    <div className={css.refusal} role="alert">
      {line === null ? null : <strong>{t('sql.line', { line })}</strong>}
      <pre>{tell(error, language).sentence}</pre>
    </div>
  )
}

function Done({
  result,
  sql,
  onExport,
}: {
  result: QueryResult
  sql: string
  onExport(sql: string, format: ExportFormat): void
}) {
  const { t } = useText()
  const format = useFormat()
  const [isChart, setChart] = useState(false)
  const count = result.rows.length
  const canDraw = result.columns.some(({ type }) => isTimelike(type)) && result.columns.some(({ type }) => isNumeric(type))
  const copy = () => {
    const rows = result.rows.map((_, at) => String(at))
    void navigator.clipboard
      .writeText(tsvOf(rows, resultColumns(result, format)))
      .then(() => notify({ tone: 'info', text: t('sql.copied', { count }), key: 'copied' }))
  }
  return (
    <div className={css.result}>
      <div className={css.foot} role="status">
        <b>{t('sql.rows', { count })}</b>
        <span>{t('sql.seconds', { time: format.duration(result.seconds) })}</span>
        {result.truncated ? <span className={css.warn}>{t('sql.truncated', { count: format.whole(count) })}</span> : null}
        <span className={css.space} />
        <button
          type="button"
          className={css.flat}
          aria-pressed={isChart}
          disabled={!canDraw}
          title={canDraw ? '' : t('sql.noTime')}
          onClick={() => setChart(!isChart)}
        >
          {t('sql.chart')}
        </button>
        <button type="button" className={css.flat} onClick={copy} disabled={count === 0}>
          {t('sql.copy')}
        </button>
        <Menu position="bottom-end" shadow="md" withinPortal>
          <Menu.Target>
            <button type="button" className={css.flat}>
              {t('sql.export')} ▾
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => onExport(sql, 'csv')}>{t('sql.exportCsv')}</Menu.Item>
            <Menu.Item onClick={() => onExport(sql, 'parquet')}>{t('sql.exportParquet')}</Menu.Item>
            <Menu.Item onClick={() => onExport(sql, 'json')}>{t('sql.exportJson')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      {isChart && canDraw ? <ResultChart result={result} /> : <Table result={result} />}
    </div>
  )
}

function Table({ result }: { result: QueryResult }) {
  const { t } = useText()
  const format = useFormat()
  const [layout, setLayout] = useState<GridLayout>({})
  const columns = useMemo(() => resultColumns(result, format), [result, format])
  const rows = useMemo(() => result.rows.map((_, at) => String(at)), [result])
  return (
    <div className={css.table}>
      <Grid
        label={t('sql.result')}
        rows={rows}
        columns={columns}
        layout={layout}
        onLayout={patch => setLayout(before => ({ ...before, ...patch }))}
        onCopied={count => notify({ tone: 'info', text: t('sql.copied', { count }), key: 'copied' })}
      >
        <Empty title={t('sql.noRows')} />
      </Grid>
    </div>
  )
}
