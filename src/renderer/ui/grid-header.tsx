// biome-ignore-all lint/a11y/useSemanticElements: table elements cannot be drawn a part at a time, so the roles are given
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names the cell as its active descendant
import { memo, type PointerEvent as Press, useState } from 'react'
import css from './grid.module.css'
import { followPointer } from './grid-drag.ts'
import { type GridColumn, type GridSort, MAX_COLUMN, MIN_COLUMN } from './grid-model.ts'
import { useText } from './text.ts'

interface HeaderProps {
  readonly columns: readonly GridColumn[]
  readonly widths: readonly number[]
  readonly sort: GridSort | null
  /** Column with the keyboard, -1 for none. */
  readonly active: number
  readonly idPrefix: string
  onSort(column: GridColumn): void
  onWidth(column: GridColumn, width: number | null): void
  onMove(column: string, before: string | null): void
  onMenu(column: GridColumn, at: { x: number; y: number }): void
}

/** Heads of the columns: press to sort, drag to move, drag the edge for the width, right press for the rest. */
export const GridHeader = memo(function GridHeader(props: HeaderProps) {
  const { columns, widths, sort, active, idPrefix } = props
  const { t } = useText()
  const [drop, setDrop] = useState<number | null>(null)

  function resize(press: Press, column: GridColumn, width: number): void {
    if (press.button !== 0) return
    press.preventDefault()
    press.stopPropagation()
    const from = press.clientX
    followPointer(press.nativeEvent, {
      move: event => props.onWidth(column, Math.min(MAX_COLUMN, Math.max(MIN_COLUMN, width + event.clientX - from))),
      end: () => {},
    })
  }

  function press(press: Press<HTMLElement>, column: GridColumn): void {
    if (press.button !== 0) return
    const row = press.currentTarget.parentElement!
    const placeAt = (x: number): number => {
      const heads = [...row.querySelectorAll('[role=columnheader]')]
      const at = heads.findIndex(head => {
        const box = head.getBoundingClientRect()
        return x < box.left + box.width / 2
      })
      return at < 0 ? heads.length : at
    }
    let to: number | null = null
    followPointer(press.nativeEvent, {
      move(event) {
        to = placeAt(event.clientX)
        setDrop(to)
      },
      end(wasDrag) {
        setDrop(null)
        if (!wasDrag) props.onSort(column)
        else if (to !== null) props.onMove(column.key, columns[to]?.key ?? null)
      },
    })
  }

  return (
    <div role="rowgroup" className={css.header}>
      <div role="row" aria-rowindex={1} className={css.headRow}>
        {columns.map((column, at) => {
          const direction = sort?.column === column.key ? sort.direction : null
          const isSortable = column.sort !== undefined
          return (
            <div
              key={column.key}
              id={`${idPrefix}-head-${at}`}
              role="columnheader"
              aria-colindex={at + 1}
              {...(isSortable
                ? { 'aria-sort': direction === 'up' ? 'ascending' : direction === 'down' ? 'descending' : 'none' }
                : {})}
              className={css.head}
              data-align={column.align}
              data-active={active === at}
              data-sortable={isSortable}
              data-pinned={column.pinned ?? false}
              data-drop={drop === at ? 'before' : drop === columns.length && at === columns.length - 1 ? 'after' : undefined}
              style={{ width: `var(--w${at})`, opacity: `var(--o${at})` }}
              title={column.hint}
              onPointerDown={event => press(event, column)}
              onContextMenu={event => {
                event.preventDefault()
                event.stopPropagation()
                props.onMenu(column, { x: event.clientX, y: event.clientY })
              }}
            >
              <span className={css.headText}>{column.title}</span>
              {direction ? (
                <span className={css.arrow} aria-hidden="true">
                  {direction === 'up' ? '↑' : '↓'}
                </span>
              ) : null}
              <span
                className={css.grip}
                aria-hidden="true"
                title={t('grid.resize', { column: column.title })}
                onPointerDown={event => resize(event, column, widths[at]!)}
                onDoubleClick={event => {
                  event.stopPropagation()
                  props.onWidth(column, null)
                }}
              />
            </div>
          )
        })}
      </div>
    </div>
  )
})
