import type { GridAction } from './grid-menu.tsx'
import { type GridColumn, type GridLayout, moveColumn } from './grid-model.ts'
import type { Translate } from './text.ts'

/** What a person can do to the columns of a grid, as menus and as calls; all of it ends in the layout. */
export function arrangeColumns({
  columns,
  shown,
  layout,
  onLayout,
  onColumns,
  t,
}: {
  columns: readonly GridColumn[]
  shown: readonly GridColumn[]
  layout: GridLayout
  onLayout(patch: GridLayout): void
  /** Opens the list of columns where the menu of the head stands. */
  onColumns(): void
  t: Translate
}) {
  const keys = shown.map(column => column.key)
  const setShown = (next: readonly string[]) => onLayout({ shown: next })

  function setWidth(column: GridColumn, width: number | null): void {
    const { [column.key]: _, ...rest } = layout.widths ?? {}
    onLayout({ widths: width === null ? rest : { ...rest, [column.key]: Math.round(width) } })
  }
  /** A column that comes back stands where it usually does, after the shown one that usually precedes it. */
  function withColumn(column: GridColumn): string[] {
    const usual = columns.map(other => other.key)
    const earlier = usual.slice(0, usual.indexOf(column.key)).findLast(key => keys.includes(key))
    const at = earlier === undefined ? 0 : keys.indexOf(earlier) + 1
    return keys.toSpliced(at, 0, column.key)
  }
  function columnActions(): GridAction[] {
    const list = columns.map((column): GridAction => {
      const isShown = shown.includes(column)
      return {
        label: column.title || column.key,
        isChecked: isShown,
        isOff: isShown && shown.length === 1,
        staysOpen: true,
        run: () => setShown(isShown ? keys.filter(key => key !== column.key) : withColumn(column)),
      }
    })
    return [...list, { label: t('grid.columnsReset'), section: 'reset', run: () => onLayout({ shown: [], widths: {} }) }]
  }
  function headActions(column: GridColumn): GridAction[] {
    const place = keys.indexOf(column.key)
    const sortTo = (direction: 'up' | 'down' | null) => () =>
      onLayout({ sort: direction ? { column: column.key, direction } : null })
    const left = () => setShown(moveColumn(keys, column.key, keys[place - 1] ?? null))
    const right = () => setShown(moveColumn(keys, column.key, keys[place + 2] ?? null))
    const hide = () => setShown(keys.filter(key => key !== column.key))
    return [
      { label: t('grid.sortUp'), section: 'sort', isOff: !column.sort, run: sortTo('up') },
      { label: t('grid.sortDown'), section: 'sort', isOff: !column.sort, run: sortTo('down') },
      { label: t('grid.sortNone'), section: 'sort', isOff: !layout.sort, run: sortTo(null) },
      { label: t('grid.moveLeft'), keys: 'Alt ←', section: 'move', isOff: place <= 0, run: left },
      { label: t('grid.moveRight'), keys: 'Alt →', section: 'move', isOff: place === keys.length - 1, run: right },
      { label: t('grid.widen'), section: 'move', run: () => setWidth(column, null) },
      { label: t('grid.hideColumn'), section: 'hide', isOff: shown.length === 1, run: hide },
      { label: t('grid.columns'), section: 'hide', staysOpen: true, run: onColumns },
    ]
  }
  return { keys, setShown, setWidth, columnActions, headActions }
}
