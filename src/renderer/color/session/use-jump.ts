import { type RefObject, useCallback, useEffect, useState } from 'react'
import type { RowBook, SessionViewName } from './row-book.ts'
import type { SheetHandle } from './sheet.tsx'

/** A cell that somebody wants to see, wherever it stands. */
export interface JumpTarget {
  readonly rowId: string
  readonly column: string
  readonly view: SessionViewName
}

/** Goes to a row of another view: shows that view, and once its rows are there puts the keyboard on the cell. */
export function useJump(
  book: RowBook,
  turn: number,
  sheet: RefObject<SheetHandle | null>,
  show: (view: SessionViewName) => void,
): (target: JumpTarget) => void {
  const [target, setTarget] = useState<JumpTarget | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a turn may bring the rows that were waited for
  useEffect(() => {
    const { wanted } = book
    if (!target || wanted.view !== target.view || wanted.when || wanted.text !== '' || book.total() === null) return
    setTarget(null)
    void book.lineOfRow(target.rowId).then(line => line >= 0 && sheet.current?.goTo(line, target.column))
  }, [target, book, turn, sheet])
  return useCallback(
    (next: JumpTarget) => {
      setTarget(next)
      show(next.view)
    },
    [show],
  )
}
