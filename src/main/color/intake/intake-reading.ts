import type { IntakePreview, IntakeReading, LearnedMapping as LearnedWire } from '../../../contract/color-intake.ts'
import { type BiasRanks, USUAL_RANKS } from '../../../core/color/bias-rank.ts'
import type { ColorColumn } from '../../../core/color/color-columns.ts'
import type { ColorMapping } from '../../../core/color/color-header.ts'
import { COLOR_PROBLEMS, type ColorFileTrouble, type ColorProblem } from '../../../core/color/color-problems.ts'
import type { IntakeCheck } from '../../../core/color/intake-checks.ts'
import type { SectorLimit } from '../../../core/color/sector-limits.ts'
import type { RunOptions, WorkerPool } from '../../../platform/worker-pool.ts'
import type { IntakeFound } from '../../../workers/jobs/color-intake.ts'
import type { Jobs } from '../../../workers/jobs.ts'
import { fail } from '../../fail.ts'
import { translated } from '../../imports/faults.ts'
import type { Upload } from '../../imports/uploads.ts'
import type { ConfigBook } from '../config/config-book.ts'
import { limitsInForce } from '../config/limits-in-force.ts'

export interface ReadingParts {
  /** The workspace folder. */
  readonly folder: string
  readonly pool: Pick<WorkerPool<Jobs>, 'run'>
  readonly config: Pick<ConfigBook, 'list' | 'find'>
}

/** What rows are measured by, as it is configured now. */
export function mannerOf(config: ReadingParts['config']): {
  readonly ranks: BiasRanks
  readonly limits: readonly SectorLimit[]
  readonly checks: readonly IntakeCheck[]
} {
  const ranks = config.find('ranks', 'ranks')
  return {
    ranks: ranks ? { ...ranks.value, version: ranks.revision } : USUAL_RANKS,
    limits: limitsInForce(config),
    checks: config
      .list('checks')
      .filter(({ value }) => value.active)
      .map(({ name, value }) => ({ name, when: value.when, outcome: value.outcome, message: value.message })),
  }
}

/** A file of colors on its way in, and where what is read is to go. */
export interface ReadOrder extends Omit<IntakeReading, 'upload'> {
  readonly rowsInto?: string
  readonly problemsInto?: string
}

/** Reads a file in a thread. Fails: FILE_EMPTY, FILE_UNREADABLE, QUERY_CANCELLED, DISK_FULL. */
export async function readColorUpload(
  { folder, pool, config }: ReadingParts,
  upload: Pick<Upload, 'path' | 'file'>,
  order: ReadOrder,
  watched: RunOptions = {},
): Promise<IntakeFound> {
  const { path, file } = upload
  const learned = config.list('mappings').map(({ value }) => ({ mark: value.mark, mapping: value.mapping }))
  const found = await pool
    .run(
      'color.take',
      {
        ...{ path, learned, ...mannerOf(config), sheet: order.sheet, dayOrder: order.dayOrder },
        chosen: (order.mapping ?? {}) as ColorMapping,
        ...{ rowsInto: order.rowsInto ?? null, problemsInto: order.problemsInto ?? null },
      },
      watched,
    )
    .catch(fault => {
      throw translated(fault, file, folder)
    })
  if (found.kind === 'empty') return fail('FILE_EMPTY', { file })
  return found
}

export const wireProblem = ({ row, column, kind, text }: ColorProblem) => ({
  ...{ row, column, kind, text },
  outcome: COLOR_PROBLEMS[kind],
})

/** A file as it was read, for whoever looks at it. */
export function previewOf(
  upload: Pick<Upload, 'id' | 'file'>,
  found: IntakeFound,
  more: Pick<IntakePreview, 'sameAs' | 'seconds'> & { readonly learned: LearnedWire | null },
): IntakePreview {
  const { layout, summary, dates, decimals, trouble } = found
  return {
    ...{ upload: upload.id, file: upload.file, bytes: found.bytes, decimals, ...more },
    ...{ sheets: found.sheets.map(sheet => ({ ...sheet })), sheet: found.sheet, notes: found.notes.map(note => ({ ...note })) },
    headerRow: layout?.headerRow ?? null,
    columns: layout?.columns.map(column => ({ ...column })) ?? [],
    trouble: trouble && wireTrouble(trouble),
    counts: { ...summary.counts },
    dates: { ...dates } as IntakePreview['dates'],
    asksDayOrder: summary.byKind.some(({ kind }) => kind === 'date-ambiguous' || kind === 'date-orders-mixed'),
    problems: found.problems.map(wireProblem),
    byKind: summary.byKind.map(one => ({ ...one })),
    quality: wireQuality(summary.quality),
    bySource: summary.bySource.slice(0, MOST_SOURCES).map(({ source, quality }) => ({ source, quality: wireQuality(quality) })),
    rows: found.rows.map(({ row, cells, outcome }) => ({ row, cells: [...cells], outcome })),
  }
}

/** The worst stand first. */
const MOST_SOURCES = 100

const wireQuality = ({ rows, score, parts }: IntakeFound['summary']['quality']) => ({
  ...{ rows, score, parts: parts.map(part => ({ ...part })) },
})

function wireTrouble(trouble: ColorFileTrouble): NonNullable<IntakePreview['trouble']> {
  if (trouble.kind === 'column-missing') return { kind: trouble.kind, columns: [...trouble.columns], headers: [] }
  if (trouble.kind === 'column-twice') return { kind: trouble.kind, columns: [trouble.column], headers: [...trouble.headers] }
  return { kind: trouble.kind, columns: [], headers: [] }
}

/** Why nothing of a file can be used, as the end of a sentence. */
export function troubleWords(trouble: ColorFileTrouble): string {
  switch (trouble.kind) {
    case 'empty':
      return 'it is empty'
    case 'no-header':
      return 'it has no row with the names of the columns'
    case 'column-missing':
      return `it has no column ${trouble.columns.join(', ')}`
    case 'column-twice':
      return `two of its columns are ${trouble.column}: '${trouble.headers.join("' and '")}'`
  }
}

/** Columns as a person corrected them, where that is anything to be learned. */
export function lessonOf({ layout }: IntakeFound): { mark: string; names: readonly string[]; mapping: ColorMapping } | null {
  if (!layout?.columns.some(({ by }) => by === 'chosen')) return null
  const told = layout.columns.filter(({ by, name }) => name !== '' && (by === 'chosen' || by === 'learned'))
  const mapping = Object.fromEntries(told.map(({ name, column }): [string, ColorColumn | null] => [name, column]))
  return { mark: layout.mark, names: layout.columns.map(({ name }) => name), mapping }
}
