// biome-ignore-all lint/a11y/useSemanticElements: table elements cannot be drawn a part at a time, so the roles are given
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus as a whole and names the active cell
import {
  type CSSProperties,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useRowHeight } from '../ui/grid.tsx'
import { type GridColumn, type GridLine, tsvOf } from '../ui/grid-model.ts'
import { type ActiveCell, createGridView, type GridView } from '../ui/grid-view.ts'
import { useText } from '../ui/text.ts'
import css from './chain-grid.module.css'
import { type ChainKeys, pressChainKey } from './chain-keys.ts'
import type { Side } from './chain-model.ts'
import { useInView, useRefresh } from './chain-refresh.ts'
import { revealColumn, useAnchor, useCentre, useCut, useHeaderHeight, useMoney, useWidth } from './chain-scroll.ts'
import { type ChainWidths, chainWidths } from './chain-widths.ts'

/** What others may do with the rows of a chain. */
export interface ChainGridHandle {
  focus(): void
  /** Puts the keyboard on a row, keeping its side, and brings it into view. */
  goTo(row: string, side?: Side): void
  /** Brings the money to the middle. */
  toMoney(): void
}

export interface ChainGridProps {
  readonly label: string
  readonly lines: readonly GridLine[]
  /** Calls, the strike, puts; keep the array between renders. */
  readonly columns: readonly GridColumn[]
  /** Place of the strike among the columns. */
  readonly middle: number
  readonly rowMark: (row: string) => string | null
  readonly groupWords: (name: string, count: number) => string
  /** Calls back when the values changed, at most once a frame. */
  readonly onChanges: (hear: () => void) => () => void
  /** Row that the rest of the page is about. */
  readonly current: string | null
  /** Line of the money, -1 where it is not among the lines. */
  readonly moneyLine: number
  /** Brings the money back to the middle when it leaves it. */
  readonly follows: boolean
  onOpen(row: string, side: Side): void
  /** A row was pressed, or the arrows came to rest on it. */
  onActive(row: string, side: Side): void
  onPayoff(row: string, side: Side): void
  onExpiry(by: 1 | -1): void
  /** The expiries in view and a little beyond, once scrolling rests. */
  onView(dates: readonly string[]): void
  onFold(name: string): void
  onLeave(): boolean
  readonly handle: Ref<ChainGridHandle>
}

/** The rows of a chain: calls at the left, puts at the right, and the strikes between them always in view. */
export function ChainGrid(props: ChainGridProps) {
  const { lines, columns, middle, moneyLine } = props
  const { t } = useText()
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const body = useRef<HTMLDivElement>(null)
  const head = useRef<HTMLDivElement>(null)
  const view = useRef<GridView | null>(null)
  const rowHeight = useRowHeight()
  const room = useWidth(scroller)
  const [active, setActive] = useState<ActiveCell>({ line: -2, column: middle })
  const [typed, setTyped] = useState('')
  const placed = useMemo(() => chainWidths(columns, middle, room), [columns, middle, room])
  const at: ActiveCell = {
    line: Math.min(active.line === -2 ? Math.max(0, moneyLine) : active.line, lines.length - 1),
    column: Math.min(active.column, columns.length - 1),
  }
  const headerHeight = useHeaderHeight(head)
  // What was typed is a strike for as long as one goes on typing it.
  useEffect(() => {
    if (typed === '') return
    const timer = setTimeout(() => setTyped(''), TYPING_MS)
    return () => clearTimeout(timer)
  }, [typed])

  useLayoutEffect(() => {
    const made = createGridView({ scroller: scroller.current!, body: body.current!, styles: css, idPrefix: id })
    view.current = made
    return () => {
      made.close()
      view.current = null
    }
  }, [id])
  useAnchor(scroller, lines, rowHeight)
  useLayoutEffect(() => {
    view.current?.show({
      lines,
      columns,
      rowHeight,
      headerHeight,
      active: at,
      selected: NOTHING,
      current: props.current,
      rowMark: props.rowMark,
      groupWords: props.groupWords,
    })
  })
  const { onChanges } = props
  useInView(scroller, { lines, rowHeight }, props.onView)
  useRefresh(scroller, view, onChanges, { lines, rowHeight })
  useCut(scroller, placed, middle)
  useCentre(scroller, placed, room)
  const money = useMoney(scroller, { moneyLine, rowHeight, headerHeight, follows: props.follows, lines })

  function sideOf(column: number): Side {
    return column > middle ? 'put' : 'call'
  }
  function move(next: ActiveCell): void {
    setActive(next)
    view.current?.reveal(next.line)
    // Asking where a column is costs a layout: only where the column has changed.
    if (next.column !== at.column) revealColumn(scroller.current, placed, middle, next.column)
    const line = lines[next.line]
    if (line?.kind === 'row') props.onActive(line.key, sideOf(next.column))
  }
  const keys: ChainKeys = {
    lines,
    columns: columns.length,
    active: at,
    page: () => view.current?.pageSize() ?? 10,
    typed,
    setTyped,
    move,
    toMoney: () => {
      if (moneyLine >= 0) move({ line: moneyLine, column: at.column })
      money.centre()
    },
    open: row => props.onOpen(row, sideOf(at.column)),
    payoff: row => props.onPayoff(row, sideOf(at.column)),
    expiry: props.onExpiry,
    fold: props.onFold,
    copy: row => void navigator.clipboard.writeText(tsvOf([row], columns)),
    leave: props.onLeave,
  }
  useImperativeHandle(props.handle, () => ({
    focus: () => scroller.current?.focus({ preventScroll: true }),
    goTo(row, side) {
      const line = lines.findIndex(known => known.kind === 'row' && known.key === row)
      if (line < 0) return
      const column = side === undefined ? at.column : side === 'call' ? middle - 1 : middle + 1
      setActive({ line, column })
      view.current?.reveal(line)
    },
    toMoney: money.centre,
  }))

  const onPointerDown = (event: React.PointerEvent) => {
    if (event.button !== 0) return
    const line = view.current?.lineOf(event.target) ?? -1
    const known = lines[line]
    if (!known) return
    if (known.kind === 'group') return props.onFold(known.name)
    const column = view.current?.columnOf(event.target) ?? middle
    setActive({ line, column })
    props.onActive(known.key, sideOf(column))
  }
  const onDoubleClick = (event: React.MouseEvent) => {
    const known = lines[view.current?.lineOf(event.target) ?? -1]
    if (known?.kind === 'row') props.onOpen(known.key, sideOf(view.current?.columnOf(event.target) ?? middle))
  }
  const style = {
    '--total': `${placed.total}px`,
    '--spine-from': `${placed.spineFrom}px`,
    '--spine-to': `${placed.spineTo}px`,
    ...Object.fromEntries(placed.widths.map((width, k) => [`--w${k}`, `${width}px`])),
  }
  return (
    <div className={css.frame}>
      <div
        ref={scroller}
        role="grid"
        tabIndex={0}
        className={css.grid}
        aria-label={props.label}
        aria-rowcount={lines.length + 2}
        aria-colcount={columns.length}
        aria-describedby={`${id}-keys`}
        style={style as CSSProperties}
        onKeyDown={event => pressChainKey(event, keys)}
        onPointerDown={onPointerDown}
        onDoubleClick={onDoubleClick}
      >
        <ChainHeader columns={columns} middle={middle} placed={placed} idPrefix={id} ref={head} />
        <div ref={body} role="rowgroup" className={css.body} />
      </div>
      {money.way ? (
        <button type="button" tabIndex={-1} className={css.money} data-way={money.way} onClick={money.centre}>
          {money.way === 'up' ? '↑' : '↓'} {t('chain.toMoney')}
        </button>
      ) : null}
      {typed ? <output className={css.typed}>{t('chain.typing', { text: typed })}</output> : null}
      <span id={`${id}-keys`} className="visually-hidden">
        {t('chain.keys')}
      </span>
    </div>
  )
}

const TYPING_MS = 1500
const NOTHING: ReadonlySet<string> = new Set()

function ChainHeader({
  columns,
  middle,
  placed,
  idPrefix,
  ref,
}: {
  columns: readonly GridColumn[]
  middle: number
  placed: ChainWidths
  idPrefix: string
  ref: Ref<HTMLDivElement>
}) {
  const { t } = useText()
  return (
    <div className={css.header} role="rowgroup" ref={ref}>
      <div className={css.bands} role="row" aria-rowindex={1}>
        <div role="columnheader" aria-colspan={middle} className={css.band} data-side="call" style={{ width: placed.spineFrom }}>
          <span className={css.bandWords}>{t('chain.calls')}</span>
        </div>
        <div
          role="columnheader"
          className={`${css.band} ${css.spine}`}
          style={{ width: placed.spineTo - placed.spineFrom }}
          aria-label={t('chain.col.strike')}
        />
        <div
          role="columnheader"
          aria-colspan={columns.length - middle - 1}
          className={css.band}
          data-side="put"
          style={{ width: placed.total - placed.spineTo }}
        >
          <span className={css.bandWords}>{t('chain.puts')}</span>
        </div>
      </div>
      <div className={css.headRow} role="row" aria-rowindex={2}>
        {columns.map((column, k) => (
          <div
            key={column.key}
            id={`${idPrefix}-head-${k}`}
            role="columnheader"
            aria-colindex={k + 1}
            className={k === middle ? `${css.head} ${css.spine}` : css.head}
            data-align={column.align}
            title={column.hint}
            style={{ width: `var(--w${k})`, opacity: `var(--o${k})` }}
          >
            {column.title}
          </div>
        ))}
      </div>
    </div>
  )
}
