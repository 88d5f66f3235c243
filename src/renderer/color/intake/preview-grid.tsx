// biome-ignore-all lint/a11y/useFocusableInteractive: the grid takes the keyboard and names its active cell
// biome-ignore-all lint/a11y/useSemanticElements: table elements cannot be drawn a part at a time, so the roles are given
import { type KeyboardEvent, type Ref, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { ColumnChoiceWire, IntakePreview } from '../../../contract/color-intake.ts'
import { COLOR_COLUMNS } from '../../../core/color/color-columns.ts'
import { useRowHeight } from '../../ui/grid.tsx'
import { useText } from '../../ui/text.ts'
import css from './preview-grid.module.css'
import { type Place, type ProblemPlaces, placesOf } from './problem-places.ts'
import { problemSentence } from './problem-words.ts'

/** What others may do with the preview from outside. */
export interface PreviewHandle {
  /** Puts the keyboard on the next cell with a problem; of one kind, if one is named. */
  nextProblem(by: 1 | -1, kind: string | null): void
}

const OVERSCAN = 6
const LETTER = 7.2
const PADDING = 18
const [NARROWEST, WIDEST] = [64, 240]
const NUMBER_WIDTH = 58
const NUMBERS: ReadonlySet<string> = new Set(
  COLOR_COLUMNS.flatMap(({ name, type }) => (type === 'decimal' || type === 'integer' ? [name] : [])),
)

/** Rows of a file as it has them, under what each column is taken for; cells with problems are marked and explained. */
export function PreviewGrid({
  preview,
  canMap,
  onMap,
  handle,
}: {
  preview: IntakePreview
  canMap: boolean
  onMap(name: string, column: string | null): void
  handle: Ref<PreviewHandle>
}) {
  const { t } = useText()
  const height = useRowHeight()
  const frame = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState<Place>({ line: 0, column: 0 })
  const [view, setView] = useState({ top: 0, height: 600 })
  const places = useMemo(() => placesOf(preview), [preview])
  const widths = useMemo(() => widthsOf(preview), [preview])
  const style = { '--columns': [NUMBER_WIDTH, ...widths].map(width => `${width}px`).join(' ') } as React.CSSProperties
  const { rows, columns } = preview

  useLayoutEffect(() => {
    const element = frame.current
    if (!element) return
    const watch = new ResizeObserver(() => setView(before => ({ ...before, height: element.clientHeight })))
    watch.observe(element)
    return () => watch.disconnect()
  }, [])
  const goTo = (place: Place) => {
    setActive(place)
    const element = frame.current
    if (!element) return
    const head = element.querySelector<HTMLElement>('[data-head]')?.offsetHeight ?? 0
    const top = place.line * height
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + height > element.scrollTop + element.clientHeight - head)
      element.scrollTop = top + height - element.clientHeight + head
    const left = widths.slice(0, Math.max(0, place.column)).reduce((sum, width) => sum + width, 0)
    const right = left + (widths[place.column] ?? 0)
    if (left < element.scrollLeft) element.scrollLeft = left
    else if (right + NUMBER_WIDTH > element.scrollLeft + element.clientWidth)
      element.scrollLeft = right + NUMBER_WIDTH - element.clientWidth
  }
  const nextProblem = (by: 1 | -1, kind: string | null) => {
    const found = places.next(active, by, kind)
    if (!found) return
    goTo(found)
    frame.current?.focus({ preventScroll: true })
  }
  useImperativeHandle(handle, () => ({ nextProblem }))
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target instanceof HTMLSelectElement) {
      if (event.key === 'Escape') frame.current?.focus()
      return
    }
    if (event.key === 'F8') nextProblem(event.shiftKey ? -1 : 1, null)
    else if (event.key === 'Enter' || event.key === 'F2')
      frame.current?.querySelector<HTMLSelectElement>(`select[data-column="${active.column}"]`)?.focus()
    else {
      const to = moved(event, active, { lines: rows.length, columns: columns.length, page: Math.floor(view.height / height) - 2 })
      if (!to) return
      goTo(to)
    }
    event.preventDefault()
  }
  const first = Math.max(0, Math.floor(view.top / height) - OVERSCAN)
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / height) + OVERSCAN)
  const known = Math.min(active.line, rows.length - 1)
  return (
    <>
      <div
        ref={frame}
        className={css.frame}
        style={style}
        role="grid"
        aria-label={t('colorIntake.grid')}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns.length + 1}
        aria-activedescendant={rows.length > 0 ? `cell-${known}-${active.column}` : undefined}
        tabIndex={0}
        onKeyDown={press}
        onScroll={event => setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
      >
        <Head columns={columns} canMap={canMap} active={active.column} onMap={onMap} />
        <div className={css.body} style={{ height: rows.length * height }} role="rowgroup">
          {rows.slice(first, last).map((row, k) => {
            const line = first + k
            return (
              <div
                key={row.row}
                className={css.row}
                role="row"
                aria-rowindex={line + 2}
                data-outcome={row.outcome}
                style={{ top: line * height }}
              >
                <Cell place={{ line, column: -1 }} text={`${row.row}`} {...{ places, active, onPress: setActive }} isRow />
                {columns.map((column, at) => (
                  <Cell
                    // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place; names may come twice
                    key={at}
                    place={{ line, column: at }}
                    text={row.cells[at] ?? ''}
                    isUnused={column.column === null}
                    isNumber={column.column !== null && NUMBERS.has(column.column)}
                    {...{ places, active, onPress: setActive }}
                  />
                ))}
              </div>
            )
          })}
        </div>
      </div>
      <Explanation preview={preview} places={places} active={{ ...active, line: known }} />
    </>
  )
}

function moved(
  event: KeyboardEvent,
  { line, column }: Place,
  { lines, columns, page }: { lines: number; columns: number; page: number },
): Place | null {
  const at = (toLine: number, toColumn: number): Place => ({
    line: Math.min(lines - 1, Math.max(0, toLine)),
    column: Math.min(columns - 1, Math.max(-1, toColumn)),
  })
  switch (event.key) {
    case 'ArrowDown':
      return at(line + 1, column)
    case 'ArrowUp':
      return at(line - 1, column)
    case 'ArrowRight':
      return at(line, column + 1)
    case 'ArrowLeft':
      return at(line, column - 1)
    case 'PageDown':
      return at(line + page, column)
    case 'PageUp':
      return at(line - page, column)
    case 'Home':
      return at(event.ctrlKey ? 0 : line, event.ctrlKey ? column : 0)
    case 'End':
      return at(event.ctrlKey ? lines - 1 : line, event.ctrlKey ? column : columns - 1)
    default:
      return null
  }
}

function Head({
  columns,
  canMap,
  active,
  onMap,
}: {
  columns: readonly ColumnChoiceWire[]
  canMap: boolean
  active: number
  onMap(name: string, column: string | null): void
}) {
  const { t } = useText()
  return (
    <div className={css.head} role="row" aria-rowindex={1} data-head>
      <span className={css.corner} role="columnheader">
        {t('colorIntake.row')}
      </span>
      {columns.map(({ name, column, by }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place; names may come twice
        <span key={at} className={css.column} role="columnheader" data-by={by} title={t(`colorIntake.bySays.${by}`)}>
          <span className={css.meaning}>
            <select
              data-column={at}
              aria-label={t('colorIntake.meaningOf', { name })}
              value={column ?? ''}
              disabled={!canMap || name === '' || by === 'run'}
              tabIndex={at === active ? 0 : -1}
              onChange={event => onMap(name, event.currentTarget.value || null)}
            >
              <option value="">{t('colorIntake.meansNothing')}</option>
              {COLOR_COLUMNS.map(known => (
                <option key={known.name} value={known.name}>
                  {known.name}
                </option>
              ))}
            </select>
            <em data-by={by}>{t(`colorIntake.by.${by}`)}</em>
          </span>
          <span className={css.name}>{name || '—'}</span>
        </span>
      ))}
    </div>
  )
}

const isThere = (one: Place, other: Place) => one.line === other.line && one.column === other.column

function Cell({
  place,
  text,
  places,
  active,
  isRow = false,
  isUnused = false,
  isNumber = false,
  onPress,
}: {
  place: Place
  text: string
  places: ProblemPlaces
  active: Place
  isRow?: boolean
  isUnused?: boolean
  isNumber?: boolean
  onPress(place: Place): void
}) {
  const { t } = useText()
  const problems = places.at(place)
  const tone = problems.some(({ outcome }) => outcome === 'quarantine') ? 'bad' : problems.length > 0 ? 'warn' : undefined
  const words = problems.map(problem => problemSentence(t, problem)).join('. ')
  return (
    <span
      id={`cell-${place.line}-${place.column}`}
      className={isRow ? css.number : css.cell}
      role={isRow ? 'rowheader' : 'gridcell'}
      data-tone={tone}
      data-active={isThere(place, active) || undefined}
      data-unused={isUnused || undefined}
      data-number={isNumber || undefined}
      title={words || (text.length > 12 ? text : undefined)}
      onPointerDown={() => onPress(place)}
    >
      {tone ? <i aria-hidden="true">{tone === 'bad' ? '✗' : '!'}</i> : null}
      {text === '' && tone ? '∅' : text}
    </span>
  )
}

/** What is wrong with the cell that the keyboard is on, read out as it moves. */
function Explanation({ preview, places, active }: { preview: IntakePreview; places: ProblemPlaces; active: Place }) {
  const { t } = useText()
  const row = preview.rows[active.line]
  if (!row) return null
  const column = preview.columns[active.column]
  const problems = places.at(active)
  const where = column
    ? t('colorIntake.at', { row: row.row, column: column.column ?? column.name })
    : t('colorIntake.atRow', { row: row.row })
  const said = problems.map(problem => ({
    text: problemSentence(t, problem),
    outcome: t(problem.outcome === 'quarantine' ? 'colorIntake.keepsOut' : 'colorIntake.marks'),
    tone: problem.outcome === 'quarantine' ? 'bad' : 'warn',
  }))
  if (said.length === 0 && row.outcome === 'repeat') said.push({ text: t('colorIntake.repeat'), outcome: '', tone: 'quiet' })
  return (
    <div className={css.explanation} role="status">
      <b>{where}</b>
      {said.length === 0 ? <span className={css.quiet}>{t('colorIntake.fine')}</span> : null}
      {said.map(one => (
        <span key={one.text} data-tone={one.tone}>
          {one.text}
          {one.outcome ? <em>{one.outcome}</em> : null}
        </span>
      ))}
      <span className={css.keys}>{t('colorIntake.nextKey')}</span>
    </div>
  )
}

/** Wide enough for the first rows and for what the column is taken for. */
function widthsOf({ columns, rows }: IntakePreview): readonly number[] {
  return columns.map(({ name, column, by }, at) => {
    const cells = rows.slice(0, 60).map(row => row.cells[at]?.length ?? 0)
    const meaning = (column?.length ?? 9) + 5 + (by === 'none' ? 0 : 7)
    const letters = Math.max(name.length, meaning, ...cells)
    return Math.round(Math.min(WIDEST, Math.max(NARROWEST, letters * LETTER + PADDING)))
  })
}
