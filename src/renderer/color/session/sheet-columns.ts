import type { SessionRow } from '../../../contract/color-sessions.ts'
import { COLOR_COLUMNS, type ColorColumn } from '../../../core/color/color-columns.ts'
import { ROW_FIELDS } from '../../../core/color/color-fields.ts'
import type { PxDirection } from '../../../core/color/order.ts'
import type { GridCell, GridColumn, Tone } from '../../ui/grid-model.ts'
import type { Translate } from '../../ui/text.ts'
import type { CellState } from './command-queue.ts'
import { tellSession } from './session-fault.ts'
import { problemWords } from './session-words.ts'

/** What the columns of a sheet are filled from. */
export interface SheetSource {
  /** Whether children stand under their parents. */
  readonly isGrouped: boolean
  row(line: number): SessionRow | undefined
  state(rowId: string, field: string): CellState | undefined
  /** Whether the children of a parent are shown; null where there is nothing to turn. */
  isOpen(row: SessionRow): boolean | null
  ruleName(rule: string): string
}

/** Place of the column with the arrow that opens a group. */
export const TREE_COLUMN = 'CUSIP'

/** In the order in which a desk reads them: what, which kind, at what price, by whom, when. Widths hold what usually stands there. */
const WIDTHS = {
  CUSIP: 118,
  TICKER: 138,
  SECTOR: 162,
  BIAS: 124,
  RANK: 52,
  PX: 76,
  BID: 72,
  ASK: 72,
  PRICE_LEVEL: 72,
  COV_PRICE: 76,
  PRICE_DIFF: 74,
  PERCENT_DIFF: 62,
  SOURCE: 158,
  DATE: 86,
  DATE_1: 86,
  CONFIDENCE: 48,
  MESSAGE_ID: 150,
  DIFF_STATUS: 140,
  SECURITY_NAME: 150,
  BWIC_COVER: 90,
  ASSET_CLASS: 110,
} as const satisfies Record<ColorColumn, number>

const RIGHT = new Set(['integer', 'decimal'])
const TYPE_OF = new Map(COLOR_COLUMNS.map(({ name, type }) => [name as string, type as string]))
const EDITABLE = new Set(ROW_FIELDS.filter(({ key }) => key !== null).map(({ name }) => name))
const PX_SIGNS: Readonly<Record<PxDirection, string>> = { highest: '▼', lowest: '▲', 'by-side': '⇅' }

/** Whether something may be typed into a column; others are worked out. */
export const isEditable = (column: string): boolean => EDITABLE.has(column)

/** Decimals under each other: what follows the point is filled up with spaces as wide as figures. */
const PLACES = 3
function aligned(text: string): string {
  const [whole = '', fraction] = text.replace('-', '\u2212').split('.')
  const missing = Math.max(0, PLACES - (fraction?.length ?? 0))
  return fraction === undefined ? `${whole}\u2008${'\u2007'.repeat(missing)}` : `${whole}.${fraction}${'\u2007'.repeat(missing)}`
}

function shownText(column: string, text: string): string {
  return TYPE_OF.get(column) === 'decimal' && column !== 'PERCENT_DIFF' ? aligned(text) : text.replace(/^-/, '\u2212')
}

/** Everything that is to be said of a cell: what the host refused, what stood there before, what is odd. */
export function cellWords(row: SessionRow, column: string, state: CellState | undefined, t: Translate): string[] {
  const words: string[] = []
  if (state?.kind === 'refused')
    words.push(`${t('colorSession.refusedText', { text: state.text })} ${tellSession(state.fault).sentence}`)
  if (state?.kind === 'conflict') words.push(t('colorSession.conflictShort', { text: state.text }))
  const was = row.edited[column]
  if (was !== undefined) words.push(was === null ? t('colorSession.wasEmpty') : t('colorSession.was', { text: was }))
  for (const problem of row.problems) if (problem.column === column) words.push(problemWords(problem, t))
  return words
}

type Corner = 'edited' | 'pending' | 'problem' | 'blocks' | 'conflict'

function cornerOf(row: SessionRow, column: string, state: CellState | undefined): Corner | null {
  if (state?.kind === 'refused' || state?.kind === 'conflict') return 'conflict'
  if (state?.kind === 'pending') return 'pending'
  const problem = row.problems.find(known => known.column === column)
  if (problem) return problem.outcome === 'quarantine' ? 'blocks' : 'problem'
  return row.edited[column] !== undefined ? 'edited' : null
}

const LOADING: GridCell = { text: '' }

function colorColumn(name: ColorColumn, source: SheetSource, direction: PxDirection, t: Translate): GridColumn {
  const isTree = name === TREE_COLUMN
  const title = t(`colorSession.col.${name}`)
  return {
    key: name,
    title: name === 'PX' ? `${title} ${PX_SIGNS[direction]}` : title,
    hint:
      name === 'PX'
        ? `${t('colorSession.hint.PX')} ${t(`colorSession.px.${direction}`)}`
        : name === 'COV_PRICE'
          ? t('colorSession.hint.COV_PRICE')
          : name,
    width: WIDTHS[name],
    align: RIGHT.has(TYPE_OF.get(name) ?? '') ? 'end' : 'start',
    usual: !['DIFF_STATUS', 'SECURITY_NAME', 'BWIC_COVER', 'ASSET_CLASS'].includes(name),
    pinned: isTree || name === 'TICKER',
    // The host sorts; that a head can be pressed is all that is needed of it here.
    sort: () => 0,
    cell(line) {
      const row = source.row(Number(line))
      if (!row) return LOADING
      const state = source.state(row.rowId, name)
      const isOurs = state?.kind === 'pending' || state?.kind === 'kept'
      const text = isOurs ? state.text : (row.cells[name] ?? '')
      const problem = row.problems.find(known => known.column === name)
      const words = cellWords(row, name, state, t)
      const tone = isOurs
        ? 'plain'
        : problem
          ? problem.outcome === 'quarantine'
            ? 'bad'
            : 'warn'
          : toneOf(name, row, source.isGrouped)
      const isMissing = text === ''
      return {
        text: isMissing ? (problem ? '—' : '') : shownText(name, text),
        tone,
        ...(words.length > 0 ? { hint: words.join(' · ') } : {}),
      }
    },
    draw(element, line) {
      const row = source.row(Number(line))
      const corner = row ? cornerOf(row, name, source.state(row.rowId, name)) : null
      if (corner) element.dataset.corner = corner
      else delete element.dataset.corner
      if (!isTree) return
      const isOpen = row ? source.isOpen(row) : null
      const arrow = isOpen === null ? '' : isOpen ? '▾' : '▸'
      if (element.dataset.arrow !== arrow) element.dataset.arrow = arrow
    },
  }
}

function toneOf(name: ColorColumn, row: SessionRow, isGrouped: boolean): Tone {
  if (name === 'PX' && row.parentRowId === null) return 'strong'
  // The group says it once.
  if (isGrouped && row.parentRowId !== null && (name === 'CUSIP' || name === 'TICKER' || name === 'SECTOR')) return 'dim'
  if (name === 'PERCENT_DIFF' || name === 'PRICE_DIFF') return row.cells.DIFF_STATUS?.startsWith('Significant') ? 'warn' : 'quiet'
  if (name === 'MESSAGE_ID' || name === 'DATE_1' || name === 'CONFIDENCE') return 'quiet'
  return 'plain'
}

/** The columns of a sheet; `leftOut` adds why a row is not in the output. */
export function sheetColumns(
  source: SheetSource,
  { direction, leftOut, t }: { readonly direction: PxDirection; readonly leftOut: boolean; readonly t: Translate },
): GridColumn[] {
  const children: GridColumn = {
    key: 'CHILDREN',
    title: t('colorSession.col.CHILDREN'),
    hint: t('colorSession.hint.CHILDREN'),
    width: 36,
    align: 'end',
    usual: true,
    cell(line) {
      const row = source.row(Number(line))
      return { text: row && row.childrenCount > 0 ? String(row.childrenCount) : '', tone: 'quiet' }
    },
  }
  const why: GridColumn = {
    key: 'LEFT_OUT',
    title: t('colorSession.col.LEFT_OUT'),
    width: 170,
    align: 'start',
    usual: true,
    cell(line) {
      const out = source.row(Number(line))?.leftOut
      if (!out) return LOADING
      const text = out.kind === 'deleted' ? t('colorSession.byHand') : source.ruleName(out.rule ?? '')
      return { text, tone: 'quiet', hint: text }
    },
  }
  const note: GridColumn = {
    key: 'NOTE',
    title: t('colorSession.col.NOTE'),
    width: 180,
    align: 'start',
    usual: true,
    cell(line) {
      const text = source.row(Number(line))?.note ?? ''
      return text ? { text, hint: text } : LOADING
    },
  }
  const names = Object.keys(WIDTHS) as ColorColumn[]
  const [cusip, ticker, ...rest] = names.map(name => colorColumn(name, source, direction, t))
  return [cusip!, ticker!, ...(leftOut ? [why] : [children]), ...rest, note]
}
