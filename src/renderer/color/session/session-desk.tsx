import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { ConditionWire } from '../../../contract/color.ts'
import type { SessionView } from '../../../contract/color-sessions.ts'
import type { GridLayout } from '../../ui/grid-model.ts'
import { IS_MAC, matches } from '../../ui/keys.ts'
import { notify } from '../../ui/notice-store.ts'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import { CellBar } from './cell-bar.tsx'
import { CellTrouble } from './cell-trouble.tsx'
import { createPlaces } from './place-store.ts'
import { rowActions } from './row-actions.ts'
import css from './session.module.css'
import { useSessionActions } from './session-actions.ts'
import { type AsideKind, SessionAside } from './session-aside.tsx'
import { SessionBanner } from './session-banner.tsx'
import { SessionBar } from './session-bar.tsx'
import { SessionFigures } from './session-figures.tsx'
import type { SessionParams } from './session-panel.tsx'
import { type Filter, SessionViews } from './session-views.tsx'
import { Sheet, type SheetHandle, type SheetPlace } from './sheet.tsx'
import { sheetColumns } from './sheet-columns.ts'
import { useClipboard } from './use-clipboard.ts'
import { useJump } from './use-jump.ts'
import { useRowBook, useSessionWork, useUndoNames } from './use-session.ts'

const NO_ROWS: ReadonlySet<string> = new Set()
const NO_FILTER: Filter = { text: '', when: null, name: null }
const NO_LAYOUT: GridLayout = {}

/** One session at work: its rows as a sheet, and all that can be done to them. */
export function SessionDesk({
  session: start,
  params,
  setParams,
  mayWrite,
  onLeave,
  onOpen,
}: {
  session: SessionView
  params: SessionParams
  setParams(patch: Partial<SessionParams>): void
  mayWrite: boolean
  onLeave(): void
  onOpen(session: string): void
}) {
  const { t } = useText()
  const messages = useRef(new Map<string, string>())
  const work = useSessionWork(start, rowId => messages.current.get(rowId) ?? null)
  const { session, queue } = work
  const actions = useSessionActions(queue)
  const view = params.view ?? 'working'
  const [filter, setFilter] = useState(NO_FILTER)
  const { book, turn } = useRowBook(session, view, filter.when, filter.text, work)
  const [selected, setSelected] = useState(NO_ROWS)
  const [aside, setAside] = useState<AsideKind | null>(null)
  const [places] = useState(createPlaces)
  const sheet = useRef<SheetHandle>(null)
  const search = useRef<HTMLInputElement>(null)
  const names = useUndoNames(session)
  const isOpen = session.status === 'new' || session.status === 'preview'
  const mayChange = mayWrite && isOpen
  const isLeftOut = view === 'excluded' || view === 'deleted'

  const { statistics, direction } = session
  // Read when a cell is drawn: columns that changed with every command would be drawn anew each time.
  const byRule = useRef(statistics.byRule)
  byRule.current = statistics.byRule
  const columns = useMemo(
    () =>
      sheetColumns(
        {
          row: line => book.row(line),
          state: (rowId, field) => queue.cell(rowId, field),
          isOpen: book.isOpen,
          isGrouped: book.isGrouped,
          ruleName: rule => byRule.current.find(known => known.rule === rule)?.name ?? rule,
        },
        { direction, leftOut: isLeftOut, t },
      ),
    [book, queue, direction, isLeftOut, t],
  )
  const show = useCallback(
    (next: NonNullable<SessionParams['view']>) => {
      setSelected(NO_ROWS)
      setParams({ view: next })
    },
    [setParams],
  )
  const jump = useJump(book, turn, sheet, next => {
    setFilter(NO_FILTER)
    show(next)
  })
  const clipboard = useClipboard({
    book,
    queue,
    sheet,
    selected,
    mayChange: mayChange && !isLeftOut,
    onRows: rows => setAside({ kind: 'add', rows }),
  })
  const toAside = (next: AsideKind | null) => {
    setAside(next)
    if (!next) sheet.current?.focus()
  }
  const chosen = () => {
    const { place } = places.getState()
    return selected.size > 0 ? [...selected] : place ? [place.row.rowId] : []
  }
  async function remove(): Promise<void> {
    const ids = chosen()
    if (ids.length === 0 || !mayChange) return
    setSelected(NO_ROWS)
    const done = await (isLeftOut ? actions.bringBack(ids) : actions.remove(ids))
    if (done && isLeftOut) notify({ tone: 'good', text: t('colorSession.broughtBack', { count: done.rows }), seconds: 4 })
  }
  function edit({ row, column, revision }: SheetPlace, text: string): void {
    const cell = { rowId: row.rowId, field: column }
    const state = queue.cell(row.rowId, column)
    const isOurs = state?.kind === 'pending' || state?.kind === 'kept'
    const was = isOurs ? state.text : (row.cells[column] ?? null)
    if (text.trim() === (was ?? '').trim()) {
      if (!isOurs) queue.forget(cell)
      return
    }
    if (row.cells.MESSAGE_ID) messages.current.set(row.rowId, row.cells.MESSAGE_ID)
    queue.edit(cell, text, was, revision)
  }
  function textOf({ row, column }: SheetPlace): string {
    return queue.cell(row.rowId, column)?.text ?? row.cells[column] ?? ''
  }
  function press(event: React.KeyboardEvent, at: SheetPlace | null): boolean {
    const is = (chord: string) => matches(chord, event.nativeEvent, IS_MAC)
    const trouble = queue.trouble()
    if (is('Mod+Z')) mayChange && session.undo && actions.undo()
    else if (is('Mod+Y') || is('Mod+Shift+Z')) mayChange && session.redo && actions.redo()
    else if (is('/')) search.current?.focus()
    else if (event.key === 'Delete' && !isLeftOut) void remove()
    else if (isLeftOut && is('b')) void remove()
    else if (is('Insert') && mayChange) setAside({ kind: 'add', rows: null })
    else if (is('Alt+Enter') && at) setAside({ kind: 'why', rowId: at.row.rowId })
    else if (is('Shift+F2') && at && mayChange) setAside({ kind: 'notes', rowId: at.row.rowId })
    else if (event.key === 'Escape' && trouble) queue.forget(trouble)
    else if (event.key === 'Escape' && selected.size === 0 && aside) setAside(null)
    else return false
    return true
  }
  const isEmptied = book.total() === 0
  useEffect(() => {
    // A row that is gone cannot stay selected.
    if (isEmptied) setSelected(NO_ROWS)
  }, [isEmptied])
  const takeFilter = (when: ConditionWire, name: string) => setFilter(before => ({ ...before, when, name }))

  if (book.total() === null)
    return book.fault() ? <Failure error={book.fault()} retry={book.renew} /> : <Loading waitsFor={t('colorSession.waitRows')} />
  return (
    <div className={css.desk}>
      <SessionBar
        session={session}
        names={names}
        actions={actions}
        mayChange={mayChange}
        aside={aside?.kind ?? null}
        onAside={toAside}
        onLeave={onLeave}
      />
      <SessionBanner session={session} mayWrite={mayWrite} actions={actions} onOpen={onOpen} />
      <SessionFigures statistics={statistics} onRule={() => show('excluded')} />
      <SessionViews
        statistics={statistics}
        view={view}
        shown={book.total()}
        session={session}
        filter={filter}
        onView={show}
        onFilter={setFilter}
        search={search}
        onLeave={() => sheet.current?.focus()}
      />
      <div className={css.body}>
        <div className={css.main}>
          <Sheet
            label={t('colorSession.sheet', { name: session.name })}
            book={book}
            turn={turn + work.turn}
            columns={columns}
            layout={params.layout ?? NO_LAYOUT}
            onLayout={patch => setParams({ layout: { ...params.layout, ...patch } })}
            sort={
              session.sort ? { column: session.sort.field, direction: session.sort.order === 'rising' ? 'up' : 'down' } : null
            }
            onSort={sort => mayChange && actions.sort(sort)}
            headActions={column =>
              column === 'PX'
                ? (['highest', 'lowest', 'by-side'] as const).map(value => ({
                    label: t(`colorSession.px.${value}`),
                    section: 'px',
                    isChecked: direction === value,
                    isOff: !mayChange,
                    run: () => actions.turnPrices(value),
                  }))
                : []
            }
            mayEdit={mayChange && !isLeftOut}
            selected={selected}
            onSelect={setSelected}
            textOf={textOf}
            onEdit={edit}
            onActive={places.take}
            onCopy={at => void clipboard.copy(at)}
            onPaste={clipboard.paste}
            onKey={press}
            bubble={<CellTrouble queue={queue} onUse={(cell, text, theirs) => queue.edit(cell, text, theirs)} />}
            bubbleAt={queue.trouble()}
            actions={at =>
              rowActions(
                at,
                {
                  ...{ mayChange, isLeftOut, count: chosen().length },
                  why: ({ row }) => setAside({ kind: 'why', rowId: row.rowId }),
                  note: ({ row }) => setAside({ kind: 'notes', rowId: row.rowId }),
                  edit: () => sheet.current?.edit(),
                  copy: meant => void clipboard.copy(meant),
                  showOnly: takeFilter,
                  removeWhere: when => void actions.removeWhere(when),
                  remove: () => void remove(),
                },
                t,
              )
            }
            handle={sheet}
          />
          {isEmptied ? (
            <div className={css.emptyRows}>
              <Empty
                title={filter.when || filter.text ? t('colorSession.noHits') : t(`colorSession.noRows.${view}`)}
                action={
                  filter.when || filter.text
                    ? { label: t('colorSession.clearFilter'), run: () => setFilter(NO_FILTER) }
                    : view === 'working' && mayChange
                      ? { label: t('colorSession.merge'), run: () => setAside({ kind: 'merge' }) }
                      : undefined
                }
              />
            </div>
          ) : null}
        </div>
        {aside ? (
          <SessionAside
            aside={aside}
            session={session}
            book={book}
            places={places}
            names={names}
            queue={queue}
            actions={actions}
            mayChange={mayChange}
            waiting={work.waiting}
            onJump={jump}
            onClose={() => toAside(null)}
          />
        ) : null}
      </div>
      <CellBar
        places={places}
        queue={queue}
        selected={selected.size}
        isLeftOut={isLeftOut}
        mayChange={mayChange}
        mayWrite={mayWrite}
        waiting={work.waiting}
        keptAt={work.keptAt}
        onRemove={() => void remove()}
      />
    </div>
  )
}
