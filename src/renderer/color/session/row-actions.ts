import type { ConditionWire } from '../../../contract/color.ts'
import type { GridAction } from '../../ui/grid-menu.tsx'
import type { Translate } from '../../ui/text.ts'
import { likeCell } from './like-cell.ts'
import type { SheetPlace } from './sheet.tsx'
import { isEditable } from './sheet-columns.ts'

/** What the menu of a row can do. */
export interface RowDeeds {
  readonly mayChange: boolean
  readonly isLeftOut: boolean
  /** Rows that are meant: those selected, else the one at hand. */
  readonly count: number
  why(place: SheetPlace): void
  note(place: SheetPlace): void
  edit(): void
  copy(place: SheetPlace): void
  showOnly(when: ConditionWire, words: string): void
  removeWhere(when: ConditionWire): void
  /** Takes rows out, or brings them back where they are out. */
  remove(): void
}

/** The lines of the menu of a row. */
export function rowActions(place: SheetPlace, deeds: RowDeeds, t: Translate): GridAction[] {
  const { mayChange, isLeftOut, count } = deeds
  const like = likeCell(place)
  const actions: GridAction[] = [
    { label: t('colorSession.why'), keys: 'Alt Enter', section: 'row', run: () => deeds.why(place) },
    { label: t('colorSession.noteRow'), keys: 'Shift F2', section: 'row', isOff: !mayChange, run: () => deeds.note(place) },
    {
      label: t('colorSession.edit'),
      keys: 'F2',
      section: 'row',
      isOff: !mayChange || isLeftOut || !isEditable(place.column),
      run: deeds.edit,
    },
    { label: t('grid.copy'), keys: 'Ctrl C', section: 'row', run: () => deeds.copy(place) },
  ]
  if (like) {
    const { when, words } = like
    const isOff = !mayChange || isLeftOut
    actions.push({ label: t('colorSession.showLike', { what: words }), section: 'like', run: () => deeds.showOnly(when, words) })
    actions.push({
      ...{ label: t('colorSession.removeLike', { what: words }), section: 'like', isOff },
      run: () => deeds.removeWhere(when),
    })
  }
  actions.push({
    label: t(isLeftOut ? 'colorSession.bringBackCount' : 'colorSession.deleteCount', { count }),
    ...{ keys: isLeftOut ? 'B' : 'Del', section: 'end', isDanger: !isLeftOut, isOff: !mayChange },
    run: deeds.remove,
  })
  return actions
}
