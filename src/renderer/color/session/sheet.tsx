// biome-ignore-all lint/a11y/useSemanticElements: table elements cannot be drawn a part at a time, so the roles are given
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import type { SessionRow } from '../../../contract/color-sessions.ts'
import grid from '../../ui/grid.module.css'
import { useRowHeight } from '../../ui/grid.tsx'
import { arrangeColumns } from '../../ui/grid-columns.ts'
import { GridHeader } from '../../ui/grid-header.tsx'
import { type GridAction, MenuAt } from '../../ui/grid-menu.tsx'
import {
  CHOOSER,
  type GridColumn,
  type GridLayout,
  type GridSort,
  moveColumn,
  shownColumns,
  widthOf,
} from '../../ui/grid-model.ts'
import { useStubs } from '../../ui/grid-stubs.ts'
import { type ActiveCell, createGridView, type GridView } from '../../ui/grid-view.ts'
import { useText } from '../../ui/text.ts'
import type { RowBook } from './row-book.ts'
import css from './sheet.module.css'
import { isEditable, TREE_COLUMN } from './sheet-columns.ts'
import { CellEditor, type Editing } from './sheet-editor.tsx'
import { pressSheetKey } from './sheet-keys.ts'
import { inPlace, linesFor, nextDirection } from './sheet-lines.ts'
import { useSight } from './sheet-sight.ts'

/** A cell of a row that is there. */
export interface SheetPlace {
  readonly line: number
  readonly row: SessionRow
  /** Key of its column. */
  readonly column: string
  /** Revision of the session that the row is of. */
  readonly revision: number
}

/** What others may do with a sheet. */
export interface SheetHandle {
  focus(): void
  goTo(line: number, column?: string): void
  /** Begins to edit the cell with the keyboard. */
  edit(): void
  /** Keys of the columns shown, in order. */
  columns(): readonly string[]
}

export interface SheetProps {
  readonly label: string
  readonly book: RowBook
  /** Another number whenever something of what is shown is another. */
  readonly turn: number
  readonly columns: readonly GridColumn[]
  readonly layout: GridLayout
  onLayout(patch: GridLayout): void
  readonly sort: GridSort | null
  onSort(sort: GridSort | null): void
  headActions(column: string): readonly GridAction[]
  /** Whether cells may be typed into. */
  readonly mayEdit: boolean
  readonly selected: ReadonlySet<string>
  onSelect(rows: ReadonlySet<string>): void
  /** Text with which editing of a cell begins. */
  textOf(place: SheetPlace): string
  onEdit(place: SheetPlace, text: string): void
  onActive(place: SheetPlace | null): void
  onCopy(place: SheetPlace | null): void
  onPaste(text: string, place: SheetPlace): void
  actions(place: SheetPlace): readonly GridAction[]
  onKey(event: KeyboardEvent, place: SheetPlace | null): boolean
  /** Words beside a cell, as why it was refused. */
  readonly bubble: ReactNode
  readonly bubbleAt: { readonly rowId: string; readonly field: string } | null
  readonly handle: Ref<SheetHandle>
}

const HEADER = 26
/** Room for the words of a cell, as wide as its style lets them be. */
const BUBBLE = 380
const NO_GROUPS = () => ''
const SHIFTED = { key: TREE_COLUMN, pixels: 22 } as const

type Point = { readonly x: number; readonly y: number }
type OpenMenu = { readonly at: Point; readonly of: 'columns' | 'rows' | GridColumn }

/**
 * Rows of a session as a spreadsheet: only what is in view is drawn and read, a cell is edited where it stands.
 *
 * The sheet has the focus as a whole and tells screen readers which cell is meant, since rows come and go while one scrolls.
 */
export function Sheet(props: SheetProps) {
  const { book, columns, layout, selected, turn } = props
  const { t } = useText()
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const body = useRef<HTMLDivElement>(null)
  const view = useRef<GridView | null>(null)
  const rowHeight = useRowHeight()
  const [active, setActiveCell] = useState<ActiveCell>({ line: 0, column: 0 })
  const [editing, setEditing] = useState<Editing | null>(null)
  const [menu, setMenu] = useState<OpenMenu | null>(null)
  const anchor = useRef(0)

  const shown = useMemo(() => inPlace(shownColumns(columns, layout.shown)), [columns, layout.shown])
  const widths = useMemo(() => shown.map(column => widthOf(column, layout.widths)), [shown, layout.widths])
  useStubs(scroller, shown, widths)
  const { count } = book.lines()
  const lines = useMemo(() => linesFor(count), [count])
  const at: ActiveCell = {
    line: Math.max(0, Math.min(active.line, count - 1)),
    column: Math.max(0, Math.min(active.column, shown.length - 1)),
  }
  const placeAt = (cell: ActiveCell): SheetPlace | null => {
    const row = book.row(cell.line)
    const column = shown[cell.column]
    return row && column ? { line: cell.line, row, column: column.key, revision: book.revision() } : null
  }
  const place = placeAt(at)

  useLayoutEffect(() => {
    const made = createGridView({ scroller: scroller.current!, body: body.current!, styles: grid, idPrefix: id })
    view.current = made
    return () => {
      made.close()
      view.current = null
    }
  }, [id])
  const marks = useMemo(
    () => (key: string) => {
      const row = book.row(Number(key))
      return row ? (!book.isGrouped ? 'row' : row.parentRowId === null ? 'parent' : 'child') : 'loading'
    },
    [book],
  )
  useLayoutEffect(() => {
    const isSelected = (key: string) => {
      const row = book.row(Number(key))
      return row !== undefined && selected.has(row.rowId)
    }
    const picture = { lines, columns: shown, rowHeight, headerHeight: HEADER, active: at, current: null, groupWords: NO_GROUPS }
    view.current?.show({ ...picture, selected: { has: isSelected }, rowMark: marks })
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn is another state of the same book
  useLayoutEffect(() => view.current?.refresh(null), [turn, book])
  useSight(scroller, book, { rowHeight, headerHeight: HEADER, count })
  const { onActive } = props
  const activeKey = place ? `${place.row.rowId} ${place.column}` : null
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says when it is another cell, or the same with other contents
  useEffect(() => onActive(place), [activeKey, turn, onActive])

  const leftOf = (column: number) => widths.slice(0, column).reduce((sum, width) => sum + width, 0)
  function revealColumn(column: number): void {
    const element = scroller.current
    if (!element || shown[column]?.pinned) return
    const pinned = shown.reduce((sum, known, k) => sum + (known.pinned ? widths[k]! : 0), 0)
    const [left, right] = [leftOf(column), leftOf(column) + widths[column]!]
    if (left - pinned < element.scrollLeft) element.scrollLeft = left - pinned
    else if (right > element.scrollLeft + element.clientWidth - CHOOSER)
      element.scrollLeft = right - element.clientWidth + CHOOSER
  }
  function setActive(cell: ActiveCell): void {
    // Asked before anything is written: the answer would cost a layout afterwards.
    if (cell.column !== at.column) revealColumn(cell.column)
    setActiveCell(cell)
    view.current?.reveal(cell.line)
  }
  const focus = () => scroller.current?.focus({ preventScroll: true })
  function edit(cell: ActiveCell, letter: string | null): void {
    const meant = placeAt(cell)
    if (!meant || !props.mayEdit || !isEditable(meant.column)) return
    revealColumn(cell.column)
    setEditing({ place: meant, cell, text: letter ?? props.textOf(meant), wasTyped: letter !== null })
  }
  function endEdit(text: string | null, go: 'stay' | 'down' | 'up' | 'right' | 'left', takesFocus: boolean): void {
    if (!editing) return
    setEditing(null)
    if (text !== null) props.onEdit(editing.place, text)
    const { line, column } = editing.cell
    const by = { stay: [0, 0], down: [1, 0], up: [-1, 0], right: [0, 1], left: [0, -1] }[go] as [number, number]
    const clamp = (value: number, last: number) => Math.max(0, Math.min(last, value))
    if (go !== 'stay') setActive({ line: clamp(line + by[0], count - 1), column: clamp(column + by[1], shown.length - 1) })
    if (takesFocus) focus()
  }
  async function selectBetween(from: number, to: number): Promise<void> {
    props.onSelect(new Set(await book.idsBetween(from, to)))
  }
  function selectLine(line: number): void {
    const row = book.row(line)
    if (!row) return
    const next = new Set(selected)
    if (!next.delete(row.rowId)) next.add(row.rowId)
    props.onSelect(next)
    anchor.current = line
  }
  function press(event: React.PointerEvent): void {
    if (event.button !== 0 || !view.current) return
    const line = view.current.lineOf(event.target)
    if (line < 0) return
    const column = view.current.columnOf(event.target)
    const row = book.row(line)
    const isTree = shown[column]?.key === SHIFTED.key
    const box = isTree ? view.current.cellBox({ line, column }) : null
    if (row && box && event.clientX - box.left < SHIFTED.pixels && row.childrenCount > 0) book.toggle(row)
    if (event.shiftKey) void selectBetween(anchor.current, line)
    else if (event.ctrlKey || event.metaKey) selectLine(line)
    else {
      anchor.current = line
      if (selected.size > 0 && !(row && selected.has(row.rowId))) props.onSelect(new Set())
    }
    setActive({ line, column })
  }

  const setSort = (patch: GridLayout) => {
    const { sort, ...rest } = patch
    if (sort !== undefined) props.onSort(sort)
    if (Object.keys(rest).length > 0) props.onLayout(rest)
  }
  const arrange = arrangeColumns({
    columns,
    shown,
    layout: { ...layout, sort: props.sort },
    onLayout: setSort,
    onColumns: () => menu && setMenu({ of: 'columns', at: menu.at }),
    t,
  })
  function menuActions({ of }: OpenMenu): readonly GridAction[] {
    if (of === 'columns') return arrange.columnActions()
    if (of === 'rows') return place ? props.actions(place) : []
    return [...props.headActions(of.key), ...arrange.headActions(of)]
  }
  useImperativeHandle(props.handle, () => ({
    focus,
    goTo(line, column) {
      const wanted = shown.findIndex(({ key }) => key === column)
      setActive({ line, column: wanted < 0 ? at.column : wanted })
      focus()
    },
    edit: () => edit(at, null),
    columns: () => shown.map(({ key }) => key),
  }))

  const troubled = props.bubbleAt
  /** Under its cell, wherever the row went; null where it is out of sight, and the words stand at the foot of the sheet. */
  function placeOfBubble({ rowId, field }: { rowId: string; field: string }): { left: number; top: number } | null {
    const column = shown.findIndex(({ key }) => key === field)
    const element = scroller.current
    if (column < 0 || !element) return null
    const first = Math.floor(element.scrollTop / rowHeight)
    const inSight = Array.from({ length: Math.ceil(element.clientHeight / rowHeight) }, (_, k) => first + k)
    const line = inSight.find(known => book.row(known)?.rowId === rowId)
    if (line === undefined) return null
    const farthest = element.scrollLeft + element.clientWidth - BUBBLE
    const start = Math.min(leftOf(column) - 60, farthest)
    return { left: Math.max(element.scrollLeft + 4, start), top: HEADER + (line + 1) * rowHeight + 2 }
  }
  const bubblePlace = troubled && !editing ? placeOfBubble(troubled) : null
  const total = widths.reduce((sum, width) => sum + width, 0)
  const style = { '--total': `${total + CHOOSER}px`, ...Object.fromEntries(widths.map((width, k) => [`--w${k}`, `${width}px`])) }
  return (
    <div className={`${grid.frame} ${css.sheet}`}>
      <div
        ref={scroller}
        role="grid"
        tabIndex={0}
        className={grid.grid}
        aria-label={props.label}
        aria-rowcount={count + 1}
        aria-colcount={shown.length}
        aria-multiselectable="true"
        aria-readonly={!props.mayEdit}
        aria-describedby={`${id}-keys`}
        style={style as CSSProperties}
        onPointerDown={press}
        onDoubleClick={event => {
          const line = view.current?.lineOf(event.target) ?? -1
          if (line >= 0) edit({ line, column: view.current!.columnOf(event.target) }, null)
        }}
        onContextMenu={event => {
          const line = view.current?.lineOf(event.target) ?? -1
          if (line < 0) return
          event.preventDefault()
          setActive({ line, column: view.current!.columnOf(event.target) })
          setMenu({ of: 'rows', at: { x: event.clientX, y: event.clientY } })
        }}
        onPaste={event => {
          if (event.target !== event.currentTarget || !place) return
          event.preventDefault()
          props.onPaste(event.clipboardData.getData('text/plain'), place)
        }}
        onKeyDown={event =>
          pressSheetKey(event, {
            active: at,
            size: { lines: count, columns: shown.length, page: view.current?.pageSize() ?? 10 },
            hasSelection: selected.size > 0,
            setActive: cell => {
              if (!event.shiftKey && cell.line !== at.line) anchor.current = cell.line
              setActive(cell)
            },
            extendTo: line => void selectBetween(anchor.current, line),
            selectLine,
            selectAll: () => void book.allIds().then(ids => props.onSelect(new Set(ids))),
            selectNone: () => props.onSelect(new Set()),
            edit: letter => edit(at, letter),
            clear: () => place && props.mayEdit && isEditable(place.column) && props.onEdit(place, ''),
            turn: opens => place && book.isOpen(place.row) === !opens && book.toggle(place.row),
            copy: () => props.onCopy(place),
            menu: () => {
              const box = view.current?.cellBox(at)
              if (box) setMenu({ of: 'rows', at: { x: box.left, y: box.bottom } })
            },
            pass: key => props.onKey(key, place),
          })
        }
      >
        <GridHeader
          columns={shown}
          widths={widths}
          sort={props.sort}
          active={-1}
          idPrefix={id}
          onSort={column => column.sort && props.onSort({ column: column.key, direction: nextDirection(props.sort, column.key) })}
          onWidth={arrange.setWidth}
          onMove={(column, before) => arrange.setShown(moveColumn(arrange.keys, column, before))}
          onMenu={(column, point) => setMenu({ of: column, at: point })}
        />
        <div ref={body} role="rowgroup" className={grid.body} />
        {editing ? (
          <CellEditor
            key={`${editing.cell.line} ${editing.cell.column}`}
            editing={editing}
            box={{
              left: leftOf(editing.cell.column) + (shown[editing.cell.column]?.pinned ? (scroller.current?.scrollLeft ?? 0) : 0),
              top: HEADER + editing.cell.line * rowHeight,
              width: widths[editing.cell.column]!,
              height: rowHeight,
            }}
            align={shown[editing.cell.column]?.align ?? 'start'}
            onEnd={endEdit}
          />
        ) : null}
        {bubblePlace ? (
          <div className={css.bubble} style={bubblePlace}>
            {props.bubble}
          </div>
        ) : null}
      </div>
      {troubled && !editing && !bubblePlace ? <div className={`${css.bubble} ${css.atFoot}`}>{props.bubble}</div> : null}
      <button
        type="button"
        tabIndex={-1}
        className={grid.chooser}
        title={t('grid.columns')}
        aria-label={t('grid.columns')}
        onClick={event => {
          const box = event.currentTarget.getBoundingClientRect()
          setMenu({ of: 'columns', at: { x: box.left, y: box.bottom } })
        }}
      >
        ⋯
      </button>
      <span id={`${id}-keys`} className="visually-hidden">
        {t('colorSession.keys')}
      </span>
      {menu ? (
        <MenuAt
          at={menu.at}
          actions={menuActions(menu)}
          label={props.label}
          onClose={() => {
            setMenu(null)
            focus()
          }}
        />
      ) : null}
    </div>
  )
}
