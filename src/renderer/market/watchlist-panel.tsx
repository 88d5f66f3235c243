import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useDesk, useHello, useSetting } from '../desk.tsx'
import type { PanelProps } from '../panels.ts'
import { saveText } from '../ui/download.ts'
import { useFormat } from '../ui/format.ts'
import { Grid, type GridAction, type GridHandle, type GridLayout } from '../ui/grid.tsx'
import { notifyFault } from '../ui/notice-fault.ts'
import { notify } from '../ui/notice-store.ts'
import { Empty, Failure, Loading } from '../ui/states.tsx'
import { isTextKey, useText } from '../ui/text.ts'
import { useInstruments } from './instruments.ts'
import { useLiveRows } from './live-rows.ts'
import css from './watchlist.module.css'
import { type ListPanelProps, useListActions, type WatchlistParams } from './watchlist-actions.ts'
import { AddSymbol } from './watchlist-add.tsx'
import { watchlistColumns } from './watchlist-columns.ts'
import { demoInstruments, FIRST_SIZE, useFirstList } from './watchlist-first.ts'
import { ImportSheet } from './watchlist-import.tsx'
import { ListMenu } from './watchlist-menu.tsx'
import { textOfList } from './watchlist-text.ts'
import { useWatchlists, type Watchlists } from './watchlists.ts'

const NONE: readonly string[] = []
/** The arrows may run over many rows; linked panels follow once they rest. */
const REST_MS = 160

/** Newest quotes of a list of instruments, live. */
export function Panel({ params, setParams, subject, setSubject, setTitle }: PanelProps<WatchlistParams>) {
  const { t } = useText()
  const watchlists = useWatchlists()
  const { lists } = watchlists
  const list = lists?.find(known => known.id === params.list) ?? lists?.[0] ?? null
  useFirstList(watchlists, params.list)
  useEffect(() => {
    if (list) setTitle(list.name)
  }, [list?.name, list, setTitle])
  if (!lists) {
    if (watchlists.error) return <Failure error={watchlists.error} retry={watchlists.retry} />
    return <Loading waitsFor={t('watchlist.what')} />
  }
  if (!list) return <NoList watchlists={watchlists} onMade={id => setParams({ list: id })} />
  return (
    <ListPanel
      key={list.id}
      list={list}
      watchlists={watchlists}
      params={params}
      setParams={setParams}
      subject={subject}
      setSubject={setSubject}
    />
  )
}

function NoList({ watchlists, onMade }: { watchlists: Watchlists; onMade(id: string): void }) {
  const { t } = useText()
  const make = () => {
    const id = crypto.randomUUID()
    watchlists.create(id, t('watchlist.newName', { number: 1 }), []).catch(notifyFault)
    onMade(id)
  }
  return (
    <Empty title={t('watchlist.noListTitle')} action={{ label: t('watchlist.create'), run: make }}>
      {t('watchlist.emptyWords')}
    </Empty>
  )
}

function ListPanel(props: ListPanelProps) {
  const { list, watchlists, params, setParams, subject, setSubject } = props
  const { t } = useText()
  const desk = useDesk()
  const format = useFormat()
  const [timeZone] = useSetting('timeZone')
  const actions = useListActions(props)
  const { book, version } = useInstruments(list.instruments)
  const { live, onChanges } = useLiveRows(list.instruments)
  const [importing, setImporting] = useState<string | null>(null)
  const grid = useRef<GridHandle>(null)
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined)
  const group = params.group ?? 'none'

  // biome-ignore lint/correctness/useExhaustiveDependencies: the columns are made again when more is known of the instruments
  const columns = useMemo(
    () => watchlistColumns({ live, instrument: book.get, t, format, timeZone }),
    [live, book, version, t, format, timeZone],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows change their group when more is known of them
  const groupOf = useMemo(() => {
    if (group === 'none') return null
    return (id: string) => {
      const value = book.get(id)?.[group] ?? ''
      const key = `watchlist.class.${value}`
      if (group === 'assetClass' && isTextKey(key)) return (t as (key: string) => string)(key)
      return value || t('watchlist.unclassed')
    }
  }, [group, book, version, t])
  const setLayout = useCallback(
    (patch: GridLayout) => setParams({ grid: { ...params.grid, ...patch } }),
    [params.grid, setParams],
  )
  const rowMark = useCallback((id: string) => (live.state(id) === 'stale' ? 'stale' : null), [live])

  const onActive = (id: string, by: 'pointer' | 'keyboard') => {
    clearTimeout(rest.current)
    if (by === 'pointer') setSubject(id)
    else rest.current = setTimeout(() => setSubject(id), REST_MS)
  }
  const rowActions = (ids: readonly string[]): GridAction[] => [
    { label: t('watchlist.show'), keys: 'Enter', section: 'show', isOff: ids.length !== 1, run: () => setSubject(ids[0]!) },
    {
      label: t('watchlist.top'),
      section: 'move',
      isOff: Boolean(params.grid?.sort) || group !== 'none',
      run: () => actions.move(ids, list.instruments.find(id => !ids.includes(id)) ?? null),
    },
    { label: t('watchlist.remove'), keys: 'Del', section: 'remove', run: () => actions.take(ids) },
  ]
  const fill = () =>
    void desk.market
      .search({ text: '', limit: 200 })
      .then(async ({ instruments }) => {
        const demo = await demoInstruments(desk)
        actions.add(demo.length > 0 ? demo : instruments.slice(0, FIRST_SIZE).map(({ id }) => id))
      })
      .catch(notifyFault)
  const isDemo = useHello()?.demo === true

  if (importing !== null)
    return (
      <ImportSheet
        initial={importing}
        onClose={() => setImporting(null)}
        onTake={(ids, asNew) => {
          setImporting(null)
          if (asNew) actions.makeNew(ids)
          else actions.add(ids)
        }}
      />
    )
  return (
    <div className={css.panel}>
      <div className={css.bar}>
        <ListMenu
          lists={watchlists.lists ?? []}
          list={list}
          group={group}
          onChoose={id => setParams({ list: id })}
          onNew={() => actions.makeNew()}
          onRename={actions.rename}
          onDelete={actions.delete}
          onImport={() => setImporting('')}
          onExport={() => saveText(`${list.name}.txt`, textOfList(list.name, list.instruments))}
          onCopy={() => void navigator.clipboard.writeText(textOfList(list.name, list.instruments)).catch(notifyFault)}
          onGroup={next => setParams({ group: next })}
          onColumns={at => grid.current?.chooseColumns(at)}
        />
        <AddSymbol
          isIn={id => list.instruments.includes(id)}
          onText={setImporting}
          onAdd={id => {
            book.need([id])
            actions.add([id])
          }}
        />
        <span className={css.space} />
        <span className={css.tally}>{t('grid.rows', { count: list.instruments.length })}</span>
      </div>
      <div className={css.body}>
        {list.instruments.length === 0 ? (
          <Empty
            title={t('watchlist.emptyTitle')}
            action={{ label: isDemo ? t('watchlist.fill') : t('watchlist.fillAny'), run: fill }}
          >
            {t('watchlist.emptyWords')}
          </Empty>
        ) : (
          <Grid
            handle={grid}
            label={t('watchlist.grid', { name: list.name })}
            rows={list.instruments ?? NONE}
            columns={columns}
            layout={params.grid ?? {}}
            onLayout={setLayout}
            groupOf={groupOf}
            current={subject}
            rowMark={rowMark}
            onChanges={onChanges}
            nameOf={id => book.get(id)?.symbol ?? id}
            onActive={onActive}
            onOpen={setSubject}
            onRemove={actions.take}
            onMoveRows={actions.move}
            actions={rowActions}
            onCopied={count => notify({ tone: 'info', text: t('watchlist.copied', { count }), key: 'copied' })}
          />
        )}
      </div>
    </div>
  )
}
