import { useEffect, useState } from 'react'
import type { Client } from '../../contract/index.ts'
import type { SeriesInfo } from '../../contract/market.ts'
import { useConnection, useDesk } from '../desk.tsx'
import { useFormat } from '../ui/format.ts'
import { Failure, Loading } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import css from './sql.module.css'

export type StoreTables = Awaited<ReturnType<Client['lab']['tables']>>['tables']
type History = Awaited<ReturnType<Client['lab']['history']>>['entries']

const MAIN = 'series'

/** Tables and series of the store, read again with each connection and each turn. */
export function useStoreTables(turn: number) {
  const desk = useDesk()
  const { generation } = useConnection()
  const [known, setKnown] = useState<{ tables: StoreTables; series: readonly SeriesInfo[] } | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [again, setAgain] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of them asks again
  useEffect(() => {
    Promise.all([desk.lab.tables(), desk.market.series()]).then(([{ tables }, { series }]) => {
      // The view that most statements read stands first.
      setKnown({ tables: tables.toSorted((a, b) => Number(b.name === MAIN) - Number(a.name === MAIN)), series })
      setError(null)
    }, setError)
  }, [desk, generation, turn, again])
  return { known, error, retry: () => setAgain(before => before + 1) }
}

/** Tables with their columns and the stored series; a press puts the name into the statement. */
export function SchemaList({
  store,
  onInsert,
  onSeries,
}: {
  store: ReturnType<typeof useStoreTables>
  onInsert(text: string): void
  onSeries(name: string): void
}) {
  const { t } = useText()
  const format = useFormat()
  if (!store.known) {
    if (store.error) return <Failure error={store.error} retry={store.retry} />
    return <Loading waitsFor={t('sql.tablesWhat')} />
  }
  return (
    <div className={css.sideList}>
      {store.known.tables.map(table => (
        <details key={table.name} open={table.name === MAIN}>
          <summary title={table.comment ?? table.name}>
            <button
              type="button"
              className={css.name}
              title={t('sql.insert', { name: table.name })}
              onClick={event => {
                event.preventDefault()
                onInsert(table.name)
              }}
            >
              {table.name}
            </button>
            <span className={css.note}>{table.kind === 'view' ? t('sql.view') : format.volume(table.rows)}</span>
          </summary>
          {table.columns.map(column => (
            <button
              key={column.name}
              type="button"
              className={css.column}
              title={t('sql.insert', { name: column.name })}
              onClick={() => onInsert(column.name)}
            >
              <span>{column.name}</span>
              <span className={css.note}>{column.type.toLowerCase()}</span>
            </button>
          ))}
        </details>
      ))}
      <h4>{t('sql.series')}</h4>
      {store.known.series.map(series => (
        <button
          key={series.name}
          type="button"
          className={css.column}
          title={t('sql.seriesQuery', { name: series.name })}
          onClick={() => onSeries(series.name)}
        >
          <span>{series.name}</span>
          <span className={css.note}>{format.volume(series.rows)}</span>
        </button>
      ))}
    </div>
  )
}

/** The last statements, newest first; a press puts one into the editor. */
export function HistoryList({ turn, onUse }: { turn: number; onUse(sql: string): void }) {
  const { t } = useText()
  const format = useFormat()
  const desk = useDesk()
  const { generation } = useConnection()
  const [entries, setEntries] = useState<History | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [again, setAgain] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of them asks again
  useEffect(() => {
    desk.lab.history().then(({ entries: list }) => {
      setEntries(list)
      setError(null)
    }, setError)
  }, [desk, generation, turn, again])
  if (!entries) {
    if (error) return <Failure error={error} retry={() => setAgain(before => before + 1)} />
    return <Loading waitsFor={t('sql.historyWhat')} />
  }
  if (entries.length === 0) return <p className={css.quiet}>{t('sql.historyEmpty')}</p>
  return (
    <div className={css.sideList}>
      {entries.map(entry => (
        <button
          key={`${entry.at} ${entry.sql}`}
          type="button"
          className={css.entry}
          data-failed={entry.failed !== null}
          title={entry.failed ?? t('sql.historyUse')}
          onClick={() => onUse(entry.sql)}
        >
          <code>{entry.sql}</code>
          <span className={css.note}>
            {format.instant(entry.at, 'dateMinute')} ·{' '}
            {entry.failed === null
              ? `${t('sql.rows', { count: entry.rows })} · ${format.duration(entry.seconds)}`
              : `✕ ${entry.failed}`}
          </span>
        </button>
      ))}
    </div>
  )
}
