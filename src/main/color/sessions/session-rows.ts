import type { SESSION_VIEWS, SessionRow } from '../../../contract/color-sessions.ts'
import { ROW_FIELDS, ruleRowUnder } from '../../../core/color/color-fields.ts'
import type { ColorRow } from '../../../core/color/color-row.ts'
import type { PlacedColor } from '../../../core/color/lineage.ts'
import type { ColorSession } from '../../../core/color/session.ts'
import { problemsOfHeld } from '../../../core/color/session-problems.ts'
import { leftOutColors, shownColors } from '../../../core/color/session-view.ts'
import type { Steps } from '../../../core/kit/steps.ts'
import type { Condition } from '../../../core/rules/condition.ts'
import { compileCondition } from '../../../core/rules/evaluate.ts'
import type { Entitled } from '../entitled.ts'

export interface RowsAsked {
  readonly view: (typeof SESSION_VIEWS)[number]
  readonly when?: Condition | undefined
  readonly text: string
}

type Limits = ColorSession['limits']

const ROWS_PER_STEP = 128

/** The rows of a session that are asked for, in the order shown; left out ones by when they came. */
export function* rowsAsked(
  session: ColorSession,
  { view, when, text }: RowsAsked,
  entitled: Entitled,
): Steps<readonly PlacedColor[]> {
  const meets = when ? compileCondition(when, ROW_FIELDS) : null
  const wanted = text.trim().toLowerCase()
  const found: PlacedColor[] = []
  let seen = 0
  for (const placed of placedOf(session, view)) {
    if (++seen % ROWS_PER_STEP === 0) yield
    const { row } = placed
    if (!entitled(row.assetClass) || !belongs(session, placed, view)) continue
    if (meets && !meets(ruleRowUnder(row, session.limits))) continue
    if (wanted !== '' && !holds(row, wanted, session.limits)) continue
    found.push(placed)
  }
  return found
}

const outside = (row: ColorRow): PlacedColor => ({ row, parentRowId: null, childrenCount: 0 })

function placedOf(session: ColorSession, view: RowsAsked['view']): readonly PlacedColor[] {
  if (view === 'excluded' || view === 'deleted') return leftOutColors(session).map(({ row }) => outside(row))
  const shown = shownColors(session)
  return view === 'edited' ? [...shown, ...leftOutColors(session).map(({ row }) => outside(row))] : shown
}

function belongs({ rows, limits }: ColorSession, { row, parentRowId }: PlacedColor, view: RowsAsked['view']): boolean {
  const held = rows.get(row.rowId)
  switch (view) {
    case 'working':
      return true
    case 'parents':
      return parentRowId === null
    case 'problems':
      return problemsOfHeld(row, limits).length > 0
    case 'excluded':
      return held?.leftOut?.kind === 'rule'
    case 'deleted':
      return held?.leftOut?.kind === 'deleted'
    case 'edited':
      return held !== undefined && held.came !== row && Object.keys(editedCells(held.came, row)).length > 0
  }
}

const KEYS = ROW_FIELDS.flatMap(({ key }) => key ?? [])

/** What is computed is worked out only where the text could stand in it: of a hundred thousand rows that is most of the time. */
function holds(row: ColorRow, wanted: string, limits: Limits): boolean {
  if (
    KEYS.some(key =>
      String(row[key] ?? '')
        .toLowerCase()
        .includes(wanted),
    )
  )
    return true
  if (!STATUSES.some(status => status.includes(wanted)) && !/^[-\d.]+$/.test(wanted)) return false
  const { PERCENT_DIFF, PRICE_DIFF, DIFF_STATUS } = ruleRowUnder(row, limits)
  return [PERCENT_DIFF, PRICE_DIFF, DIFF_STATUS].some(cell => cell?.toLowerCase().includes(wanted))
}

/** What DIFF_STATUS can say; the other computed columns are decimals. */
const STATUSES = ['significant difference', 'small difference']

/** Columns in which a row is not as it came, with what stood there. */
function editedCells(came: ColorRow, row: ColorRow): SessionRow['edited'] {
  if (came === row) return {}
  const changed = ROW_FIELDS.flatMap(({ name, key }) =>
    key === null || came[key] === row[key] ? [] : [[name, came[key] === null ? null : String(came[key])] as const],
  )
  return Object.fromEntries(changed)
}

/** The columns of a row by their names, in written form. */
export function cellsOf(row: ColorRow, limits: Limits): SessionRow['cells'] {
  const cells = ruleRowUnder(row, limits)
  return Object.fromEntries(ROW_FIELDS.map(({ name }) => [name, cells[name] ?? null]))
}

/** Rows with what the limits of the session say of them, for an output that has no run. */
export function* judgedRows({ limits }: ColorSession, placed: readonly PlacedColor[]): Steps<readonly PlacedColor[]> {
  const judged: PlacedColor[] = []
  for (const one of placed) {
    if (judged.length % ROWS_PER_STEP === ROWS_PER_STEP - 1) yield
    judged.push({ ...one, diffStatus: ruleRowUnder(one.row, limits).DIFF_STATUS })
  }
  return judged
}

/** A row as it goes to the page. */
export function wireRows(session: ColorSession, placed: readonly PlacedColor[]): SessionRow[] {
  const notes = new Map<string, string[]>()
  for (const { rowId, text } of session.settings.notes) if (rowId !== null) notes.set(rowId, [...(notes.get(rowId) ?? []), text])
  return placed.map(({ row, parentRowId, childrenCount }): SessionRow => {
    const held = session.rows.get(row.rowId)
    const leftOut = held?.leftOut ?? null
    return {
      ...{ rowId: row.rowId, cells: cellsOf(row, session.limits), parentRowId, childrenCount },
      problems: problemsOfHeld(row, session.limits).map(({ field, kind, found, blocks }) => ({
        ...{ row: null, column: field, kind, outcome: blocks ? ('quarantine' as const) : ('mark' as const), text: found },
      })),
      note: notes.get(row.rowId)?.join('\n') ?? null,
      leftOut: leftOut && { kind: leftOut.kind, rule: leftOut.kind === 'rule' ? leftOut.ruleId : null },
      edited: held ? editedCells(held.came, row) : {},
    }
  })
}
