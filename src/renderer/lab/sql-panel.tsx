import { useEffect, useMemo, useRef, useState } from 'react'
import type { PanelProps } from '../panels.ts'
import { tell } from '../ui/fault.ts'
import { useFormat } from '../ui/format.ts'
import { followPointer } from '../ui/grid-drag.ts'
import { notify } from '../ui/notice-store.ts'
import { useText } from '../ui/text.ts'
import { ResultView, type RunState } from './result-view.tsx'
import css from './sql.module.css'
import { SqlEditor, type SqlEditorHandle } from './sql-editor.tsx'
import { HistoryList, SchemaList, useStoreTables } from './sql-side.tsx'
import { SqlTabBar } from './sql-tab-bar.tsx'
import { MAX_SQL, type SqlTab, type SqlTabs, wholeTabs, withName, withoutTab, withSql, withTab } from './sql-tabs.ts'
import { useRuns } from './use-runs.ts'

/** What an SQL panel remembers: every statement, so that nothing typed is lost whatever happens to the page. */
export interface SqlParams {
  readonly tabs?: readonly SqlTab[]
  readonly current?: string
  readonly side?: 'none' | 'schema' | 'history'
  /** Height of the editor in pixels. */
  readonly height?: number
}

const EDITOR_HEIGHT = 132
const LEAST_HEIGHT = 60
const quote = (name: string) => `'${name.replaceAll("'", "''")}'`

/** Statements over the local market store: written, run, cancelled, shown, drawn and exported. */
export function Panel({ params, setParams }: PanelProps<SqlParams>) {
  const { t, language } = useText()
  const editor = useRef<SqlEditorHandle>(null)
  const state = useMemo(() => wholeTabs(params), [params])
  const tab = state.tabs.find(known => known.id === state.current)!
  const [turn, setTurn] = useState(0)
  const runs = useRuns(() => setTurn(before => before + 1))
  const store = useStoreTables(turn)
  const side = params.side ?? 'none'
  const run = runs.of(tab.id)

  const put = (next: SqlTabs) => setParams(next)
  const nameOf = (known: SqlTab) => known.name ?? t('sql.tab', { number: state.tabs.indexOf(known) + 1 })
  const start = () => {
    const { sql, line } = editor.current?.chosen() ?? { sql: tab.sql, line: 1 }
    void runs.run(tab.id, sql, line)
  }
  const open = (sql: string) => put(withTab(state, { id: crypto.randomUUID(), name: null, sql }))
  const close = (closed: SqlTab) => {
    const name = nameOf(closed)
    runs.cancel(closed.id)
    put(withoutTab(state, closed.id, crypto.randomUUID()))
    if (closed.sql.trim() === '') return
    notify({
      tone: 'info',
      text: t('sql.closed', { name }),
      actions: [{ label: t('sql.undo'), run: () => put(withTab(state, closed)) }],
    })
  }
  const schema = useMemo(
    () => Object.fromEntries((store.known?.tables ?? []).map(table => [table.name, table.columns.map(column => column.name)])),
    [store.known],
  )
  const names = useMemo(() => store.known?.series.map(({ name }) => name) ?? [], [store.known])
  const failure = run.phase === 'failed' ? tell(run.error, language).sentence : ''

  return (
    <div className={css.panel}>
      <div className={css.bar}>
        <SqlTabBar
          tabs={state.tabs}
          current={tab.id}
          nameOf={nameOf}
          onChoose={id => put({ ...state, current: id })}
          onAdd={() => open('')}
          onClose={close}
          onRename={(id, name) => put(withName(state, id, name))}
        />
        <RunButton run={run} onRun={start} onCancel={() => runs.cancel(tab.id)} />
        {(['schema', 'history'] as const).map(name => (
          <button
            key={name}
            type="button"
            className={css.flat}
            aria-pressed={side === name}
            onClick={() => setParams({ side: side === name ? 'none' : name })}
          >
            {t(`sql.${name}`)}
          </button>
        ))}
      </div>
      <div className={css.middle}>
        <div className={css.main}>
          <div style={{ height: `min(${params.height ?? EDITOR_HEIGHT}px, ${params.height ? 75 : 40}%)`, flex: 'none' }}>
            <SqlEditor
              key={tab.id}
              handle={editor}
              value={tab.sql}
              label={t('sql.editor')}
              hint={t('sql.placeholder')}
              schema={schema}
              names={names}
              failedLine={run.phase === 'failed' ? run.line : null}
              failure={failure}
              onChange={sql => put(withSql(state, tab.id, sql.slice(0, MAX_SQL)))}
              onRun={start}
              onCancel={() => runs.cancel(tab.id)}
            />
          </div>
          <Divider height={params.height ?? EDITOR_HEIGHT} onHeight={height => setParams({ height })} />
          <div className={css.below}>
            <ResultView
              run={run}
              onRun={start}
              onCancel={() => runs.cancel(tab.id)}
              onExport={(sql, format) => void runs.exportAll(sql, format, nameOf(tab))}
            />
          </div>
          {runs.exported ? <ExportNote rows={runs.exported.rows} onCancel={runs.cancelExport} /> : null}
        </div>
        {side === 'none' ? null : (
          <aside className={css.side} aria-label={t(`sql.${side}`)}>
            {side === 'schema' ? (
              <SchemaList
                store={store}
                onInsert={text => editor.current?.insert(text)}
                onSeries={name => open(`select *\nfrom series\nwhere name = ${quote(name)}\norder by time desc\nlimit 1000`)}
              />
            ) : (
              <HistoryList turn={turn} onUse={sql => put(withSql(state, tab.id, sql))} />
            )}
          </aside>
        )}
      </div>
    </div>
  )
}

function RunButton({ run, onRun, onCancel }: { run: RunState; onRun(): void; onCancel(): void }) {
  const { t } = useText()
  const isRunning = run.phase === 'running'
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    setSeconds(0)
    if (!isRunning) return
    const timer = setInterval(() => setSeconds(before => before + 1), 1000)
    return () => clearInterval(timer)
  }, [isRunning])
  if (!isRunning)
    return (
      <button type="button" className={css.run} title={t('sql.runKeys')} onClick={onRun}>
        {t('sql.run')} <kbd>Ctrl ↵</kbd>
      </button>
    )
  return (
    <>
      <span className={css.quiet} role="status">
        {run.isCancelling ? t('sql.cancelling') : t('sql.running', { seconds })}
      </span>
      <button type="button" className={css.cancel} title={t('sql.cancelKeys')} onClick={onCancel} disabled={run.isCancelling}>
        {t('sql.cancel')} <kbd>Esc</kbd>
      </button>
    </>
  )
}

/** The edge between editor and result: dragged, or moved with the arrows. */
function Divider({ height, onHeight }: { height: number; onHeight(height: number): void }) {
  const { t } = useText()
  const step = 24
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be focused or moved
    <div
      role="separator"
      aria-orientation="horizontal"
      aria-label={t('sql.editor')}
      aria-valuenow={height}
      tabIndex={0}
      className={css.divider}
      onPointerDown={press => {
        const from = press.clientY
        followPointer(press.nativeEvent, {
          move: event => onHeight(Math.max(LEAST_HEIGHT, height + event.clientY - from)),
          end: () => {},
        })
      }}
      onKeyDown={event => {
        if (event.key === 'ArrowDown') onHeight(height + step)
        if (event.key === 'ArrowUp') onHeight(Math.max(LEAST_HEIGHT, height - step))
      }}
    />
  )
}

function ExportNote({ rows, onCancel }: { rows: number; onCancel(): void }) {
  const { t } = useText()
  const format = useFormat()
  return (
    <div className={css.exporting} role="status">
      {t('sql.exporting', { rows: format.whole(rows) })}
      <button type="button" className={css.flat} onClick={onCancel}>
        {t('sql.cancel')}
      </button>
    </div>
  )
}
