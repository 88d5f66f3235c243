import type { QuarantinedRow } from '../../../contract/color-intake.ts'
import type { ColorColumn } from '../../../core/color/color-columns.ts'
import { COLOR_PROBLEMS } from '../../../core/color/color-problems.ts'
import type { ReadColor } from '../../../core/color/read-color.ts'
import { type ColorFound, createColorReader } from '../../../core/color/read-color-cells.ts'
import type { QuarantinedColor } from '../../../core/color/read-colors.ts'
import { correctedCells } from '../../../core/color/read-corrected.ts'
import { fail } from '../../fail.ts'
import type { ConfigBook } from '../config/config-book.ts'
import { mannerOf, wireProblem } from './intake-reading.ts'
import type { KeptManner, RowsFiles } from './rows-file.ts'
import { type KeptUpload, rowKey, type UploadRow, type UploadsState } from './uploads-fold.ts'

/** A row with its cells as they are to be. */
export interface CorrectedRow extends UploadRow {
  readonly cells: Readonly<Record<string, string | null>>
}

/** What came of reading a corrected row again. */
export interface Rechecked extends UploadRow {
  readonly found: ColorFound
  readonly isFit: boolean
}

/** Which rows are wanted. */
export interface QuarantineQuery {
  readonly state: 'open' | 'discarded' | 'released'
  readonly upload?: string | undefined
  readonly kind?: string | undefined
  readonly offset: number
  readonly limit: number
}

export interface QuarantinePage {
  readonly total: number
  readonly byKind: { kind: string; rows: number }[]
  readonly byState: { open: number; discarded: number; released: number }
  readonly rows: QuarantinedRow[]
}

/** Rows that were set apart, over all uploads, and what they would be if they were corrected. */
export interface Quarantine {
  open(upload: KeptUpload): number
  list(query: QuarantineQuery): Promise<QuarantinePage>
  /** Fails: ROW_UNKNOWN. */
  recheck(rows: readonly CorrectedRow[]): Promise<readonly Rechecked[]>
  /** Fails: ROW_UNKNOWN, COLOR_ROWS_DECIDED unless all of them stand so. */
  expect(state: 'open' | 'discarded', rows: readonly UploadRow[]): Promise<void>
  manner(upload: string): Promise<KeptManner>
}

interface Apart {
  readonly manner: KeptManner
  readonly rows: ReadonlyMap<number, QuarantinedColor>
}

/** Rows that are held in memory at most, of all uploads together; older ones are read again. */
const HELD_ROWS = 200_000

export function createQuarantine({
  state,
  files,
  config,
}: {
  readonly state: UploadsState
  readonly files: Pick<RowsFiles, 'apart'>
  readonly config: Pick<ConfigBook, 'list' | 'find'>
}): Quarantine {
  const held = new Map<string, Promise<Apart>>()
  const sizes = new Map<string, number>()

  const apartOf = (upload: KeptUpload): Promise<Apart> => {
    const known = held.get(upload.id)
    if (known) return known
    const reading = files
      .apart(upload.file!)
      .then(({ manner, rows }) => ({ manner, rows: new Map(rows.map(row => [row.fileRow, row])) }))
    held.set(upload.id, reading)
    sizes.set(upload.id, upload.counts.quarantined)
    reading.catch(() => held.delete(upload.id))
    let sum = [...sizes.values()].reduce((all, size) => all + size, 0)
    for (const [id, size] of sizes) {
      if (sum <= HELD_ROWS || id === upload.id) break
      held.delete(id)
      sizes.delete(id)
      sum -= size
    }
    return reading
  }
  // Rows of an upload that somebody removed wait with it.
  const isShown = ({ status, file, counts }: KeptUpload) => file !== null && counts.quarantined > 0 && status !== 'removed'
  const rowOf = async ({ upload, row }: UploadRow): Promise<{ upload: KeptUpload; apart: Apart; row: QuarantinedColor }> => {
    const known = state.uploads.get(upload)
    const apart = known && isShown(known) ? await apartOf(known) : null
    const found = apart?.rows.get(row)
    return known && apart && found ? { upload: known, apart, row: found } : fail('ROW_UNKNOWN', { row: `${row}` })
  }
  const stateOf = (row: UploadRow) => state.decisions.get(rowKey(row))?.state ?? 'open'

  return {
    open(upload) {
      if (!isShown(upload)) return 0
      let decided = 0
      for (const key of state.decisions.keys()) if (key.startsWith(`${upload.id}/`)) decided += 1
      return upload.counts.quarantined - decided
    },
    async list({ state: wanted, upload: only, kind, offset, limit }) {
      const byState = { open: 0, discarded: 0, released: 0 }
      const kinds = new Map<string, number>()
      const rows: QuarantinedRow[] = []
      let total = 0
      const newestFirst = [...state.uploads.values()].filter(isShown).reverse()
      for (const upload of newestFirst) {
        if (only !== undefined && upload.id !== only) continue
        const apart = await apartOf(upload)
        for (const row of apart.rows.values()) {
          const place = { upload: upload.id, row: row.fileRow }
          const stands = stateOf(place)
          byState[stands] += 1
          if (stands !== wanted) continue
          const own = new Set(
            row.problems.filter(one => COLOR_PROBLEMS[one.kind] === 'quarantine').map(one => one.kind as string),
          )
          for (const one of own) kinds.set(one, (kinds.get(one) ?? 0) + 1)
          if (kind !== undefined && !own.has(kind)) continue
          if (total >= offset && rows.length < limit) rows.push(wireRow(upload, row, state))
          total += 1
        }
      }
      const byKind = [...kinds].map(([name, count]) => ({ kind: name, rows: count })).sort((a, b) => b.rows - a.rows)
      return { total, byKind, byState, rows }
    },
    async recheck(rows) {
      const manner = mannerOf(config)
      const readers = new Map<string, ReturnType<typeof createColorReader>>()
      const checked: Rechecked[] = []
      for (const { upload: id, row: number, cells } of rows) {
        const { upload, apart, row } = await rowOf({ upload: id, row: number })
        const { decimals, dates, fields, names } = apart.manner
        const reader = readers.get(id) ?? createColorReader({ ...manner, decimals, dates })
        readers.set(id, reader)
        const nameOf = (column: ColorColumn) => names[fields[column] ?? -1] ?? column
        const found = reader.read(correctedCells(number, { ...row.cells, ...cells }, nameOf))
        const isFit = found.color !== null && found.problems.every(({ kind }) => COLOR_PROBLEMS[kind] === 'mark')
        checked.push({ upload: upload.id, row: number, found, isFit })
      }
      return checked
    },
    async expect(wanted, rows) {
      for (const place of rows) {
        const { upload } = await rowOf(place)
        const decision = state.decisions.get(rowKey(place))
        if ((decision?.state ?? 'open') === wanted) continue
        fail('COLOR_ROWS_DECIDED', {
          ...{ row: `${place.row}`, name: upload.name, state: decision?.state ?? 'open', user: decision?.user ?? upload.user },
        })
      }
    },
    manner: async id => (await apartOf(state.uploads.get(id)!)).manner,
  }
}

function wireRow(
  upload: KeptUpload,
  { fileRow, cells, problems }: QuarantinedColor,
  { decisions }: UploadsState,
): QuarantinedRow {
  const decision = decisions.get(rowKey({ upload: upload.id, row: fileRow }))
  return {
    ...{ upload: upload.id, uploadName: upload.name, row: fileRow, at: upload.at },
    cells: { ...cells } as QuarantinedRow['cells'],
    problems: problems.map(wireProblem),
    state: decision?.state ?? 'open',
    decided: decision ? { user: decision.user, at: decision.at, reason: decision.reason } : null,
  }
}

/** The rows that can go on. */
export const fitRows = (rows: readonly Rechecked[]): readonly ReadColor[] =>
  rows.flatMap(({ isFit, found }) => (isFit && found.color ? [found.color] : []))
