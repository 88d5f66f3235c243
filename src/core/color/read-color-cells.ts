import { type BiasRanks, rankOf, UNMAPPED_RANK } from './bias-rank.ts'
import { COLOR_COLUMNS, type ColorColumn } from './color-columns.ts'
import { ruleRowUnder } from './color-fields.ts'
import type { ColorProblem, ColorProblemKind } from './color-problems.ts'
import { rankingPrice, unitsOf } from './color-row.ts'
import { cusipProblem, plainCusip } from './cusip.ts'
import { compileChecks, type IntakeCheck } from './intake-checks.ts'
import type { ReadColor } from './read-color.ts'
import { type DayOrder, readDay } from './read-dates.ts'
import { type DecimalStyle, isMissing, readDecimal } from './read-decimals.ts'
import { rowIdOf } from './row-id.ts'
import { brokenBounds, type SectorLimit, USUAL_LIMITS } from './sector-limits.ts'

/** The cells of one row by their columns. */
export interface ColorCells {
  readonly fileRow: number
  /** Why the record as a whole is none. */
  readonly trouble: ColorProblemKind | null
  readonly isBlank: boolean
  /** What stands behind the last named column. */
  readonly surplus: string | null
  /** Column with a character that could not be read. */
  readonly damaged: string | null
  nameOf(column: ColorColumn): string
  /** What stands in a cell without a value, as the #REF! of a formula; null elsewhere. */
  fault(column: ColorColumn): string | null
  /** Without space around it; empty where the file has no such column. */
  text(column: ColorColumn): string
}

/** How the cells of a file are to be understood. */
export interface ColorManner {
  readonly decimals: DecimalStyle
  readonly dates: Readonly<Partial<Record<'DATE' | 'DATE_1', DayOrder>>>
  readonly ranks: BiasRanks
  /** Bounds of prices by sector; the usual ones without it. */
  readonly limits?: readonly SectorLimit[] | undefined
  /** What else rows are asked. */
  readonly checks?: readonly IntakeCheck[] | undefined
}

const USUAL_CONFIDENCE = 5
const MOST_CONFIDENCE = 10
/** Digits that a spreadsheet keeps of a number. */
const SHEET_DIGITS = 15
const LONGEST_TEXT = 120

type Complain = (column: ColorColumn | null, kind: ColorProblemKind, text: string) => void

/** A row as it was understood: null where there is none, and all that is wrong with it. */
export interface ColorFound {
  readonly color: ReadColor | null
  readonly problems: readonly ColorProblem[]
}

/** Reads rows one by one. Fails: RangeError for a check that cannot be used. */
export function createColorReader(manner: ColorManner): { read(cells: ColorCells): ColorFound } {
  const checks = compileChecks(manner.checks ?? [])
  return {
    read(cells) {
      const found = readColorCells(cells, manner)
      if (checks.length === 0 || found.color === null) return found
      const row = ruleRowUnder(found.color.row, manner.limits ?? USUAL_LIMITS)
      const met = checks.filter(({ meets }) => meets(row))
      const problems = met.map(
        ({ kind, column, words }): ColorProblem => ({
          row: cells.fileRow,
          column: column === null ? null : cells.nameOf(column),
          kind,
          text: words,
        }),
      )
      return { color: found.color, problems: [...found.problems, ...problems] }
    },
  }
}

/** Reads one row: the color that it is, null where something essential is missing, and all that is wrong with it. */
export function readColorCells(cells: ColorCells, manner: ColorManner): ColorFound {
  const problems: ColorProblem[] = []
  const complain: Complain = (column, kind, text) =>
    problems.push({
      row: cells.fileRow,
      column: column === null ? null : cells.nameOf(column),
      kind,
      text: text.slice(0, LONGEST_TEXT),
    })
  if (cells.trouble !== null) {
    complain(null, cells.trouble, '')
    return { color: null, problems }
  }
  if (cells.surplus !== null) complain(null, 'too-many-cells', cells.surplus)
  if (cells.damaged !== null) problems.push({ row: cells.fileRow, column: cells.damaged, kind: 'mixed-encoding', text: '' })
  for (const { name } of COLOR_COLUMNS) {
    const fault = cells.fault(name)
    if (fault !== null) complain(name, 'cell-error', fault)
  }
  const ids = readIds(cells, complain)
  const days = readDays(cells, manner, complain)
  const prices = readPrices(cells, manner, complain)
  const { bias, rank } = readBias(cells, manner, prices.bid, complain)
  const confidence = readConfidence(cells, complain)
  for (const column of ['bid', 'ask', 'px'] as const) {
    const broken = brokenBounds(ids.sector, prices[column], manner.limits)
    if (broken) complain(column.toUpperCase() as ColorColumn, 'price-out-of-bounds', `${prices[column]} (${broken})`)
  }
  const row = { ...ids, ...days, ...prices, bias, rank, confidence, received: 0, ...readAdded(cells) }
  return { color: { row: { rowId: rowIdOf(identityOf(row)), ...row }, fileRow: cells.fileRow }, problems }
}

/** What makes a row itself: all that two rows of one message for one CUSIP can differ in, prices by their value. */
function identityOf(row: Omit<ReadColor['row'], 'rowId'>): string[] {
  const prices = [row.px, row.bid, row.ask, row.priceLevel].map(price => unitsOf(price)?.toString() ?? '')
  return [row.messageId, row.cusip, row.bias, row.date1, row.date, row.source, row.ticker, String(row.confidence), ...prices]
}

function required(cells: ColorCells, column: ColorColumn, complain: Complain): string {
  const text = cells.text(column)
  if (text === '' && cells.fault(column) === null) complain(column, 'missing', '')
  return text
}

function readIds(cells: ColorCells, complain: Complain) {
  const messageId = required(cells, 'MESSAGE_ID', complain)
  if (/^[+-]?\d+([.,]\d+)?e[+-]?\d+$/i.test(messageId)) complain('MESSAGE_ID', 'id-scientific', messageId)
  else if (messageId !== '' && !/^\d+$/.test(messageId)) complain('MESSAGE_ID', 'id-no-number', messageId)
  else if (messageId.length > SHEET_DIGITS && /^0+$/.test(messageId.slice(SHEET_DIGITS)))
    complain('MESSAGE_ID', 'id-perhaps-rounded', messageId)
  const cusip = plainCusip(required(cells, 'CUSIP', complain))
  // A CUSIP may be digits, an E and digits; a point or a sign is only in what a spreadsheet made of it.
  if (/^\d+([.,]\d+)?E[+-]\d+$|^\d+[.,]\d+E\d+$/.test(cusip)) complain('CUSIP', 'id-scientific', cusip)
  else if (cusip !== '' && cusipProblem(cusip) !== null) complain('CUSIP', 'cusip-invalid', cusip)
  return {
    messageId,
    cusip,
    ticker: required(cells, 'TICKER', complain),
    sector: required(cells, 'SECTOR', complain),
    source: required(cells, 'SOURCE', complain),
  }
}

function readDays(cells: ColorCells, { dates }: ColorManner, complain: Complain) {
  const day = (column: 'DATE' | 'DATE_1', text: string): string => {
    const found = readDay(text, dates[column] ?? 'unknown')
    if ('value' in found) return found.value
    complain(column, found.problem, text)
    return ''
  }
  const written = required(cells, 'DATE', complain)
  const date = written === '' ? '' : day('DATE', written)
  const received = cells.text('DATE_1')
  return { date, date1: isMissing(received) ? date : day('DATE_1', received) }
}

function readPrices(cells: ColorCells, { decimals }: ColorManner, complain: Complain) {
  let isWhole = true
  const price = (column: ColorColumn): string | null => {
    const text = cells.text(column)
    const found = readDecimal(text, decimals)
    if ('value' in found) return found.value
    isWhole = false
    complain(column, found.problem, text)
    return null
  }
  const [bid, ask, given] = [price('BID'), price('ASK'), price('PX')]
  const derived = rankingPrice(bid, ask)
  const prices = { priceLevel: price('PRICE_LEVEL'), bid, ask, px: given ?? derived, covPrice: price('COV_PRICE') }
  if (isWhole && prices.px === null) complain('PX', 'no-price', '')
  if (given !== null && derived !== null && unitsOf(given) !== unitsOf(derived))
    complain('PX', 'px-differs', `${given}, ${derived}`)
  return prices
}

function readBias(cells: ColorCells, { ranks }: ColorManner, bid: string | null, complain: Complain) {
  const written = cells.text('BIAS')
  const known = rankOf(written, bid !== null, ranks)
  if (known.rank === UNMAPPED_RANK) complain('BIAS', 'bias-unmapped', written)
  const given = cells.text('RANK')
  if (!isMissing(given) && Number(given) !== known.rank) complain('RANK', 'rank-differs', `${given}, ${known.rank}`)
  return known
}

/** What a file may add, passed on as it stands there. */
function readAdded(cells: ColorCells) {
  const added = (column: ColorColumn) => cells.text(column) || null
  return { securityName: added('SECURITY_NAME'), bwicCover: added('BWIC_COVER'), assetClass: added('ASSET_CLASS') }
}

function readConfidence(cells: ColorCells, complain: Complain): number {
  const text = cells.text('CONFIDENCE')
  if (isMissing(text)) return USUAL_CONFIDENCE
  const value = /^\d{1,2}(\.0+)?$/.test(text) ? Number(text) : Number.NaN
  if (value <= MOST_CONFIDENCE) return value
  complain('CONFIDENCE', 'confidence-range', text)
  return USUAL_CONFIDENCE
}
