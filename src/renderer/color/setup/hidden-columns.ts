import { type GridColumn, type GridLayout, shownColumns } from '../../ui/grid-model.ts'
import type { Translate } from '../../ui/text.ts'

/** Columns as their heads call them. */
export const namesOf = (columns: Iterable<string>, t: Translate) =>
  [...columns].map(name => (name === 'COV_PRICE' ? t('colorRuns.col.eval') : name)).join(', ')

/** A grid without some of its columns; what a person arranges meanwhile keeps the places of those it does not show. */
export function withoutColumns(
  grid: { readonly columns: readonly GridColumn[]; readonly layout: GridLayout; onLayout(patch: GridLayout): void },
  hidden: ReadonlySet<string>,
): typeof grid {
  if (hidden.size === 0) return grid
  const { columns, layout, onLayout } = grid
  return {
    ...{ columns: columns.filter(({ key }) => !hidden.has(key)), layout },
    onLayout: patch => {
      if (!patch.shown) return onLayout(patch)
      const shown = [...patch.shown]
      for (const [at, { key }] of shownColumns(columns, layout.shown).entries()) if (hidden.has(key)) shown.splice(at, 0, key)
      onLayout({ ...patch, shown })
    },
  }
}
