// biome-ignore-all lint/a11y/useSemanticElements: table elements cannot be drawn a part at a time, so the roles are given
import {
  type CSSProperties,
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import css from './grid.module.css'
import { arrangeColumns } from './grid-columns.ts'
import { GridHeader } from './grid-header.tsx'
import { type KeyedGrid, pressKey } from './grid-keys.ts'
import { type GridAction, MenuAt } from './grid-menu.tsx'
import {
  CHOOSER,
  type GridColumn,
  type GridLayout,
  isInOrder,
  linesOf,
  moveColumn,
  nextSort,
  rowsBetween,
  shownColumns,
  sortRows,
  tsvOf,
  widthOf,
} from './grid-model.ts'
import { pressRow } from './grid-press.ts'
import { useStubs } from './grid-stubs.ts'
import { type ActiveCell, createGridView, type GridView } from './grid-view.ts'
import { useText } from './text.ts'

export type { GridAction, GridColumn, GridLayout }

/** What others may do with a grid from outside. */
export interface GridHandle {
  focus(): void
  /** Puts the keyboard on a row and brings it into view. */
  goTo(row: string): void
  /** Whether the first row is in view, so that rows may come in above it without moving what is read. */
  isAtTop(): boolean
  goToTop(): void
  /** Opens the list of columns at a point of the page. */
  chooseColumns(at: { x: number; y: number }): void
}

export interface GridProps {
  /** Name for screen readers. */
  readonly label: string
  /** Keys of the rows in their own order. */
  readonly rows: readonly string[]
  /** Every column there is; keep the array between renders. */
  readonly columns: readonly GridColumn[]
  readonly layout: GridLayout
  onLayout(patch: GridLayout): void
  readonly groupOf?: ((row: string) => string) | null
  /** Row that the rest of the page is about. */
  readonly current?: string | null
  readonly rowMark?: ((row: string) => string | null) | null
  /** Calls back with the rows whose values changed, at most once a frame; their cells are written without a render. */
  readonly onChanges?: (hear: (changed: ReadonlySet<string> | null) => void) => () => void
  /** Text that type-ahead looks at. */
  nameOf?(row: string): string
  /** A row was pressed, or the arrows came to it. */
  onActive?(row: string, by: 'pointer' | 'keyboard'): void
  /** Enter or a double press. */
  onOpen?(row: string): void
  onRemove?(rows: readonly string[]): void
  /** Rows were put before another one; null is the end. Only offered in the rows' own order. */
  onMoveRows?(rows: readonly string[], before: string | null): void
  actions?(rows: readonly string[]): readonly GridAction[]
  onCopied?(count: number): void
  readonly handle?: Ref<GridHandle>
  readonly children?: ReactNode
}

type Point = { readonly x: number; readonly y: number }
/** The menu that is open, and of what. */
type OpenMenu =
  | { readonly of: 'columns'; readonly at: Point }
  | { readonly of: 'head'; readonly at: Point; readonly column: GridColumn }
  | { readonly of: 'rows'; readonly at: Point; readonly keys: readonly string[] }

const HEADER = 26
const NOTHING: ReadonlySet<string> = new Set()

const rowHeightNow = () => Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--row')) || 24

/** Height of a row as the density setting has it now. */
export function useRowHeight(): number {
  const [height, setHeight] = useState(rowHeightNow)
  useEffect(() => {
    const watch = new MutationObserver(() => setHeight(rowHeightNow()))
    watch.observe(document.documentElement, { attributes: true, attributeFilter: ['data-density', 'data-zoom'] })
    return () => watch.disconnect()
  }, [])
  return height
}

/** Rows in their order, sorted again only when the rows or the wish change, or when nobody points at them. */
function useOrder(props: GridProps, frame: { current: HTMLElement | null }) {
  const { rows, columns, layout, onChanges } = props
  const sort = layout.sort ?? null
  const [turn, setTurn] = useState(0)
  const [hasDrifted, setDrifted] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a turn asks for the same sort with the values of now
  const order = useMemo(() => sortRows(rows, columns, sort), [rows, columns, sort?.column, sort?.direction, turn])
  const resort = useCallback(() => {
    setDrifted(false)
    setTurn(before => before + 1)
  }, [])
  useEffect(() => {
    setDrifted(false)
    if (!sort || !onChanges) return
    let moved = false
    const leave = onChanges(() => {
      moved = true
    })
    const timer = setInterval(() => {
      if (!moved) return
      moved = false
      if (isInOrder(order, columns, sort)) return
      const isUsed = frame.current?.matches(':hover, :focus-within')
      if (isUsed) setDrifted(true)
      else resort()
    }, 1000)
    return () => {
      clearInterval(timer)
      leave()
    }
  }, [order, columns, sort, onChanges, frame, resort])
  return { order, hasDrifted, resort }
}

/**
 * A table of thousands of live rows: only what is in view is drawn, and a changed value touches only its own text.
 *
 * The grid has the focus as a whole and tells screen readers which cell is meant (aria-activedescendant), since rows
 * come and go while one scrolls.
 */
export function Grid(props: GridProps) {
  const { rows, columns, layout, onLayout, onChanges } = props
  const { t } = useText()
  const id = useId()
  const frame = useRef<HTMLDivElement>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const body = useRef<HTMLDivElement>(null)
  const view = useRef<GridView | null>(null)
  const rowHeight = useRowHeight()
  const [active, setActive] = useState<ActiveCell>({ line: 0, column: 0 })
  const [selected, setSelected] = useState<ReadonlySet<string>>(NOTHING)
  const [menu, setMenu] = useState<OpenMenu | null>(null)
  const anchor = useRef(0)
  const typed = useRef({ text: '', at: 0 })

  const { shown: chosenColumns, widths: chosenWidths } = layout
  const shown = useMemo(() => shownColumns(columns, chosenColumns), [columns, chosenColumns])
  const widths = useMemo(() => shown.map(column => widthOf(column, chosenWidths)), [shown, chosenWidths])
  useStubs(scroller, shown, widths)
  const arrange = arrangeColumns({
    columns,
    shown,
    layout,
    onLayout,
    onColumns: () => menu && setMenu({ of: 'columns', at: menu.at }),
    t,
  })
  const { order, hasDrifted, resort } = useOrder(props, frame)
  const lines = useMemo(() => linesOf(order, props.groupOf ?? null, layout.collapsed), [order, props.groupOf, layout.collapsed])
  const at: ActiveCell = {
    line: Math.min(active.line, lines.length - 1),
    column: Math.min(active.column, Math.max(0, shown.length - 1)),
  }

  // Before the effect below, which hands it the first picture: a passive effect would come after and leave it empty.
  useLayoutEffect(() => {
    const made = createGridView({ scroller: scroller.current!, body: body.current!, styles: css, idPrefix: id })
    view.current = made
    return () => {
      made.close()
      view.current = null
    }
  }, [id])
  const groupWords = useCallback((_: string, count: number) => t('grid.rows', { count }), [t])
  useLayoutEffect(() => {
    view.current?.show({
      lines,
      columns: shown,
      rowHeight,
      headerHeight: HEADER,
      active: at,
      selected,
      current: props.current ?? null,
      rowMark: props.rowMark ?? null,
      groupWords,
    })
  })
  useEffect(() => onChanges?.(changed => view.current?.refresh(changed)), [onChanges])

  function chosen(): string[] {
    if (selected.size > 0) return order.filter(key => selected.has(key))
    const line = lines[at.line]
    return line?.kind === 'row' ? [line.key] : []
  }
  function copy(): void {
    const keys = chosen()
    if (keys.length === 0) return
    void navigator.clipboard.writeText(tsvOf(keys, shown)).then(() => props.onCopied?.(keys.length))
  }
  function toggleGroup(name: string): void {
    const folded = layout.collapsed ?? []
    onLayout({ collapsed: folded.includes(name) ? folded.filter(known => known !== name) : [...folded, name] })
  }
  const openColumns = (at: Point) => setMenu({ of: 'columns', at })
  function menuActions(open: OpenMenu): readonly GridAction[] {
    if (open.of === 'columns') return arrange.columnActions()
    if (open.of === 'head') return arrange.headActions(open.column)
    const own = props.actions?.(open.keys) ?? []
    return [...own, { label: t('grid.copy'), keys: 'Ctrl C', section: 'grid', run: copy }]
  }

  const keyed: KeyedGrid = {
    lines,
    order,
    columns: shown,
    active: at,
    selected,
    anchor,
    typed,
    view: view.current,
    canMoveRows: props.onMoveRows !== undefined && !layout.sort && !props.groupOf,
    setActive: (next, by) => {
      setActive(next)
      view.current?.reveal(next.line)
      const line = lines[next.line]
      if (line?.kind === 'row' && next.line !== at.line) props.onActive?.(line.key, by)
    },
    setSelected,
    nameOf: row => props.nameOf?.(row) ?? shown[0]?.cell(row).text ?? row,
    chosen,
    copy,
    resort,
    toggleGroup,
    open: row => props.onOpen?.(row),
    remove: keys => {
      props.onRemove?.(keys)
      setSelected(NOTHING)
    },
    moveRows: (keys, before) => props.onMoveRows?.(keys, before),
    sortBy: column => column.sort && onLayout({ sort: nextSort(layout.sort, column.key) }),
    moveColumn: (column, by) => {
      const to = at.column + by
      if (to < 0 || to >= shown.length) return
      arrange.setShown(moveColumn(arrange.keys, column.key, arrange.keys[by < 0 ? to : to + 1] ?? null))
      setActive({ line: -1, column: to })
    },
    widen: (column, by) => arrange.setWidth(column, widthOf(column, layout.widths) + by),
    menu: () => {
      if (at.line === -1) {
        const head = document.getElementById(`${id}-head-${at.column}`)?.getBoundingClientRect()
        const column = shown[at.column]
        if (head && column) setMenu({ of: 'head', at: { x: head.left, y: head.bottom }, column })
        return
      }
      const box = view.current?.cellBox(at)
      if (box) setMenu({ of: 'rows', at: { x: box.left, y: box.bottom }, keys: chosen() })
    },
    rowsBetween: (from, to) => rowsBetween(lines, from, to),
  }

  useImperativeHandle(props.handle, () => ({
    focus: () => scroller.current?.focus(),
    goTo(row) {
      const line = lines.findIndex(known => known.kind === 'row' && known.key === row)
      if (line < 0) return
      setActive({ line, column: 0 })
      view.current?.reveal(line)
    },
    isAtTop: () => (scroller.current?.scrollTop ?? 0) < rowHeight / 2,
    goToTop: () => {
      if (scroller.current) scroller.current.scrollTop = 0
    },
    chooseColumns: openColumns,
  }))

  const total = widths.reduce((sum, width) => sum + width, 0)
  const style = { '--total': `${total + CHOOSER}px`, ...Object.fromEntries(widths.map((width, k) => [`--w${k}`, `${width}px`])) }
  return (
    <div className={css.frame} ref={frame}>
      <div
        ref={scroller}
        role="grid"
        tabIndex={0}
        className={css.grid}
        aria-label={props.label}
        aria-rowcount={lines.length + 1}
        aria-colcount={shown.length}
        aria-multiselectable="true"
        aria-describedby={`${id}-keys`}
        style={style as CSSProperties}
        onKeyDown={event => pressKey(event, keyed)}
        onPointerDown={event => pressRow(event, keyed, body.current!, props.onActive)}
        onDoubleClick={event => {
          const line = lines[view.current?.lineOf(event.target) ?? -1]
          if (line?.kind === 'row') props.onOpen?.(line.key)
        }}
        onContextMenu={event => {
          const line = lines[view.current?.lineOf(event.target) ?? -1]
          event.preventDefault()
          if (line?.kind !== 'row') return
          const keys = selected.has(line.key) ? chosen() : [line.key]
          if (!selected.has(line.key)) setSelected(new Set(keys))
          setMenu({ of: 'rows', at: { x: event.clientX, y: event.clientY }, keys })
        }}
      >
        <GridHeader
          columns={shown}
          widths={widths}
          sort={layout.sort ?? null}
          active={at.line === -1 ? at.column : -1}
          idPrefix={id}
          onSort={keyed.sortBy}
          onWidth={arrange.setWidth}
          onMove={(column, before) => arrange.setShown(moveColumn(arrange.keys, column, before))}
          onMenu={(column, point) => setMenu({ of: 'head', at: point, column })}
        />
        <div ref={body} role="rowgroup" className={css.body} />
      </div>
      {/* Outside of the grid, whose rows may hold cells only; Shift+F10 on a head opens the same for the keyboard. */}
      <button
        type="button"
        tabIndex={-1}
        className={css.chooser}
        title={t('grid.columns')}
        aria-label={t('grid.columns')}
        onClick={event => {
          const box = event.currentTarget.getBoundingClientRect()
          openColumns({ x: box.left, y: box.bottom })
        }}
      >
        ⋯
      </button>
      {hasDrifted ? (
        <button type="button" className={css.resort} title={t('grid.resortHint')} onClick={resort}>
          ↕ {t('grid.resort')}
        </button>
      ) : null}
      <span id={`${id}-keys`} className="visually-hidden">
        {t('grid.keys')}
      </span>
      {rows.length === 0 ? props.children : null}
      {menu ? (
        <MenuAt
          at={menu.at}
          actions={menuActions(menu)}
          label={props.label}
          onClose={() => {
            setMenu(null)
            scroller.current?.focus()
          }}
        />
      ) : null}
    </div>
  )
}
