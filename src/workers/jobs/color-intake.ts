import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { constants, gzipSync } from 'node:zlib'
import type { BiasRanks } from '../../core/color/bias-rank.ts'
import { type ColorFile, type FileNote, type FileSheet, openColorFile } from '../../core/color/color-file.ts'
import type { ColorMapping } from '../../core/color/color-header.ts'
import type { ColorFileTrouble, ColorProblem } from '../../core/color/color-problems.ts'
import { dropRepeats } from '../../core/color/color-repeats.ts'
import type { ColorSource, HeadRecord } from '../../core/color/color-source.ts'
import { csvCell } from '../../core/color/csv-cell.ts'
import type { IntakeCheck } from '../../core/color/intake-checks.ts'
import { type IntakeSummary, problemsInOrder, summaryOf } from '../../core/color/intake-summary.ts'
import { type FileLayout, type LearnedMapping, layoutOf } from '../../core/color/learned-mapping.ts'
import type { ReadColor } from '../../core/color/read-color.ts'
import type { ColorManner } from '../../core/color/read-color-cells.ts'
import { type ColorsRead, readColors } from '../../core/color/read-colors.ts'
import type { SectorLimit } from '../../core/color/sector-limits.ts'
import { byteTools } from '../byte-tools.ts'

export interface IntakeInput {
  readonly path: string
  readonly sheet?: string | undefined
  /** What a person says of the columns, by their names. */
  readonly chosen: ColorMapping
  readonly learned: readonly LearnedMapping[]
  readonly dayOrder?: 'dmy' | 'mdy' | undefined
  readonly ranks: BiasRanks
  readonly limits: readonly SectorLimit[]
  readonly checks: readonly IntakeCheck[]
  /** Where rows are to be kept; null to look only. */
  readonly rowsInto: string | null
  /** Where every problem is to be listed as CSV. */
  readonly problemsInto: string | null
}

/** A row of a file as it is shown: its cells in the order of the file. */
export interface ShownRow {
  readonly row: number
  readonly cells: readonly string[]
  readonly outcome: 'accepted' | 'quarantine' | 'repeat'
}

export interface IntakeFound {
  readonly sha256: string
  readonly bytes: number
  readonly sheets: readonly FileSheet[]
  readonly sheet: string | null
  readonly layout: (Omit<FileLayout, 'head'> & { readonly headerRow: number }) | null
  readonly trouble: ColorFileTrouble | null
  readonly summary: IntakeSummary
  readonly decimals: ColorManner['decimals']
  readonly dates: ColorManner['dates']
  readonly problems: readonly ColorProblem[]
  readonly rows: readonly ShownRow[]
  readonly notes: readonly FileNote[]
  /** Of the file with the rows. */
  readonly rowsSha256: string | null
}

export type IntakeOutput = { readonly kind: 'empty' } | ({ readonly kind: 'found' } & IntakeFound)

const LISTED_PROBLEMS = 1000
const SHOWN_ROWS = 500
const READING_SHARE = 0.8
/** A CSV row of colors is about so long: only for saying how far the reading is. */
const USUAL_ROW_BYTES = 130

/**
 * Reads a file of colors: counts, problems and first rows; and keeps its rows in a file if asked.
 *
 * Fails: FileUnusable with the reason for what is no table.
 */
export function takeColors(input: IntakeInput, report: (fraction: number) => void): IntakeOutput {
  const bytes = readFileSync(input.path)
  if (bytes.length === 0) return { kind: 'empty' }
  const file = openFile(bytes, input)
  const { source, sheets, sheet } = file
  const layout = layoutOf(source.heads(), input.learned, input.chosen)
  const { ranks, limits, checks, dayOrder } = input
  const guessed = Math.max(1, bytes.length / USUAL_ROW_BYTES)
  const read = readColors(source, {
    ...{ ranks, limits, checks, dayOrder, mapping: layout?.mapping },
    onRows: rows => report(READING_SHARE * Math.min(1, rows / guessed)),
  })
  const shared = {
    ...({
      kind: 'found',
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
      sheets,
      sheet,
      notes: file.notes(layout?.head.row ?? 1),
    } as const),
    layout: layout && {
      headerRow: layout.head.row,
      mark: layout.mark,
      isLearned: layout.isLearned,
      columns: layout.columns,
      mapping: layout.mapping,
    },
  }
  if (read.kind === 'unusable') {
    const rows = layout ? shownRows(source, layout.head, null) : []
    return {
      ...shared,
      trouble: read.trouble,
      summary: NOTHING,
      decimals: 'unknown',
      dates: {},
      problems: [],
      rows,
      rowsSha256: null,
    }
  }
  const problems = problemsInOrder(read)
  if (input.problemsInto) writeProblems(input.problemsInto, problems)
  return {
    ...shared,
    ...{ trouble: null, summary: summaryOf(read, problems), decimals: read.decimals, dates: read.dates },
    problems: problems.slice(0, LISTED_PROBLEMS),
    rows: input.rowsInto ? [] : shownRows(source, read.header, { read, problems: problems.slice(0, LISTED_PROBLEMS) }),
    rowsSha256: input.rowsInto
      ? writeRows(input.rowsInto, read, fraction => report(READING_SHARE + (1 - READING_SHARE) * fraction))
      : null,
  }
}

/** Names that were learned help to find the sheet that is meant. */
function openFile(bytes: Uint8Array, { sheet, learned, chosen }: IntakeInput): ColorFile {
  const mapping = Object.assign({}, ...learned.map(one => one.mapping), chosen) as ColorMapping
  return openColorFile(bytes, { sheet, mapping }, byteTools)
}

const NOTHING: IntakeSummary = {
  counts: { read: 0, accepted: 0, quarantined: 0, repeats: 0, marked: 0 },
  byKind: [],
  quality: { rows: 0, score: null, parts: [] },
  bySource: [],
}

/** The first rows, and all that have a listed problem. */
function shownRows(
  source: ColorSource,
  head: HeadRecord,
  known: { readonly read: ColorsRead; readonly problems: readonly ColorProblem[] } | null,
): readonly ShownRow[] {
  const odd = new Set(known?.problems.map(({ row }) => row))
  const apart = new Set(known?.read.quarantine.map(({ fileRow }) => fileRow))
  const repeats = new Set(known?.read.repeats.map(({ fileRow }) => fileRow))
  const shown: ShownRow[] = []
  let seen = 0
  source.each(head, record => {
    const isEarly = seen < SHOWN_ROWS
    if (!isEarly && !odd.has(record.fileRow)) return
    const cells = Array.from({ length: record.count }, (_, k) => record.fault(k) ?? record.text(k))
    if (record.trouble === null && cells.every(cell => cell.trim() === '')) return
    seen += 1
    const row = record.fileRow
    shown.push({ row, cells, outcome: apart.has(row) ? 'quarantine' : repeats.has(row) ? 'repeat' : 'accepted' })
  })
  return shown
}

function writeProblems(path: string, problems: readonly ColorProblem[]): void {
  const file = openSync(path, 'w', 0o600)
  try {
    const lines = ['row,column,kind,text\r\n']
    for (const { row, column, kind, text } of problems) lines.push(`${row},${csvCell(column)},${kind},${csvCell(text)}\r\n`)
    writeSync(file, lines.join(''))
  } finally {
    closeSync(file)
  }
}

/** Lines in one member of the archive. */
const LINES = 4000

/** What is kept of a reading. */
type KeptRead = Pick<ColorsRead, 'decimals' | 'dates' | 'colors' | 'quarantine' | 'repeats' | 'marks'> & {
  readonly header: Pick<ColorsRead['header'], 'names' | 'fields'>
}

/**
 * Writes what was read as lines of JSON, compressed, and on the disk before this ends: how it was read, then rows that are set
 * apart with their cells, rows that are not, repeats and marks. Answers the hash of the file.
 */
function writeRows(path: string, read: KeptRead, report: (fraction: number) => void): string {
  const hash = createHash('sha256')
  const file = openSync(path, 'w', 0o600)
  let lines: string[] = []
  const flush = () => {
    if (lines.length === 0) return
    const packed = gzipSync(`${lines.join('\n')}\n`, { level: constants.Z_BEST_SPEED })
    lines = []
    hash.update(packed)
    let at = 0
    while (at < packed.length) at += writeSync(file, packed, at)
  }
  const write = (kind: string, value: unknown) => {
    lines.push(JSON.stringify([kind, value]))
    if (lines.length >= LINES) flush()
  }
  try {
    const { decimals, dates, header, colors, quarantine, repeats, marks } = read
    write('manner', { version: 1, decimals, dates, names: header.names, fields: Object.fromEntries(header.fields) })
    for (const apart of quarantine) write('apart', apart)
    for (const [k, color] of colors.entries()) {
      write('row', color)
      if (k % LINES === 0) report(k / colors.length)
    }
    for (const repeat of repeats) write('repeat', repeat)
    for (const mark of marks) write('mark', mark)
    flush()
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return hash.digest('hex')
}

/** Rows that were corrected and go on. */
export interface CorrectedInput {
  readonly path: string
  readonly colors: readonly ReadColor[]
  readonly marks: readonly ColorProblem[]
}

/** Keeps corrected rows as those of a file are; of two that say the same one stays. Answers the hash of the file and how many were left. */
function keepCorrected({ path, colors, marks }: CorrectedInput): {
  readonly sha256: string
  readonly kept: number
  readonly repeats: number
} {
  const { kept, repeats } = dropRepeats(colors)
  const read: KeptRead = {
    ...{ decimals: 'point', dates: {}, header: { names: [], fields: new Map() } },
    ...{ colors: kept, quarantine: [], repeats, marks },
  }
  return { sha256: writeRows(path, read, () => undefined), kept: kept.length, repeats: repeats.length }
}

/** Jobs of what comes in. */
export const colorIntakeJobs = {
  'color.take': takeColors,
  'color.keepCorrected': keepCorrected,
} as const
