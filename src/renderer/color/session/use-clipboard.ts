import type { RefObject } from 'react'
import type { SessionRow } from '../../../contract/color-sessions.ts'
import { useDesk } from '../../desk.tsx'
import { notifyFault } from '../../ui/notice-fault.ts'
import { notify } from '../../ui/notice-store.ts'
import { useText } from '../../ui/text.ts'
import type { CommandQueue } from './command-queue.ts'
import { MOST_PASTED, readPasted, writeTsv } from './paste-cells.ts'
import type { RowBook } from './row-book.ts'
import type { SheetHandle, SheetPlace } from './sheet.tsx'
import { isEditable } from './sheet-columns.ts'

/** Rows made of a paste, by the names of their columns. */
export interface PastedRows {
  readonly rows: readonly Readonly<Record<string, string>>[]
  readonly unknown: readonly string[]
}

const READ_AT_ONCE = 5000

/** Copies rows to a spreadsheet and takes cells or rows from one. */
export function useClipboard({
  book,
  queue,
  sheet,
  selected,
  mayChange,
  onRows,
}: {
  readonly book: RowBook
  readonly queue: CommandQueue
  readonly sheet: RefObject<SheetHandle | null>
  readonly selected: ReadonlySet<string>
  readonly mayChange: boolean
  onRows(rows: PastedRows): void
}) {
  const desk = useDesk()
  const { t } = useText()

  async function selectedRows(): Promise<SessionRow[]> {
    const { session, view, when, text } = book.wanted
    const found: SessionRow[] = []
    const total = book.total() ?? 0
    for (let offset = 0; offset < total && found.length < selected.size; offset += READ_AT_ONCE) {
      const wanted = { session, view, text, offset, limit: READ_AT_ONCE, ...(when ? { when } : {}) }
      const { rows } = await desk.color.sessions.rows(wanted)
      found.push(...rows.filter(({ rowId }) => selected.has(rowId)))
    }
    return found
  }
  async function copy(place: SheetPlace | null): Promise<void> {
    try {
      if (selected.size === 0) {
        if (place) await navigator.clipboard.writeText(place.row.cells[place.column] ?? '')
        return
      }
      const names = (sheet.current?.columns() ?? []).filter(name => name !== 'CHILDREN' && name !== 'LEFT_OUT' && name !== 'NOTE')
      const rows = await selectedRows()
      await navigator.clipboard.writeText(
        writeTsv(
          names,
          rows.map(({ cells }) => cells),
        ),
      )
      notify({ tone: 'good', text: t('grid.copied', { count: rows.length }), seconds: 3, key: 'color-session-copied' })
    } catch (fault) {
      notifyFault(fault)
    }
  }
  function pasteCells(cells: readonly (readonly string[])[], place: SheetPlace): void {
    const columns = sheet.current?.columns() ?? []
    const first = columns.indexOf(place.column)
    let done = 0
    let leftOut = 0
    cells.forEach((line, down) => {
      const row = book.row(place.line + down)
      line.forEach((text, across) => {
        const field = columns[first + across]
        if (!row || !field || !isEditable(field)) {
          leftOut++
          return
        }
        const was = row.cells[field] ?? null
        if (text.trim() === (was ?? '').trim()) return
        done++
        queue.edit({ rowId: row.rowId, field }, text.trim(), was, book.revision())
      })
    })
    if (leftOut > 0)
      notify({ tone: 'warn', text: t('colorSession.pasted', { count: done, leftOut }), key: 'color-session-pasted', seconds: 10 })
  }
  function paste(text: string, place: SheetPlace): void {
    if (!mayChange || text === '') return
    const pasted = readPasted(text)
    const size = pasted.kind === 'rows' ? pasted.rows.length : pasted.cells.reduce((sum, line) => sum + line.length, 0)
    if (size > MOST_PASTED) notify({ tone: 'warn', text: t('colorSession.pastedTooMuch', { count: size, most: MOST_PASTED }) })
    else if (pasted.kind === 'rows') onRows(pasted)
    else pasteCells(pasted.cells, place)
  }
  return { copy, paste }
}
