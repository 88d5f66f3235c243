import { closeSync, openSync, writeSync } from 'node:fs'
import { demoDays, demoFile } from '../../core/color/demo-colors.ts'
import { mergeColors } from '../../core/color/merge-colors.ts'
import { type RunColumns, runColumns } from '../../core/color/run-columns.ts'
import type { SectorLimit } from '../../core/color/sector-limits.ts'
import { writeQuotes } from '../../core/color/write-colors.ts'

export interface DemoInput {
  readonly seed: number
  /** Last business day, and how many there are. */
  readonly until: string
  readonly days: number
  /** Days of this part, as numbers from 0: several threads make a part each. */
  readonly from: number
  readonly to: number
  readonly limits: readonly SectorLimit[]
  /** A file of its own, for the rows of all days as CSV with names: a thread cannot write Parquet, and rows must not go through the host. */
  readonly file: string
}

/** One day as a run of the past. */
export interface DemoRun {
  readonly run: string
  readonly day: string
  readonly received: number
  readonly repeats: number
  readonly rows: number
  readonly parents: number
}

/** Stands for a missing cell: no text of an invented row is like it. */
const NO_CELL = '\\N'

function history(
  { seed, until, days, from, to, limits, file }: DemoInput,
  report: (fraction: number) => void,
): readonly DemoRun[] {
  const out = openSync(file, 'w', 0o600)
  try {
    let written = 0
    return demoDays(seed, until, days)
      .slice(from, to)
      .map(({ day, rows }, k) => {
        const made = rows()
        const { rows: kept, repeats } = mergeColors([made])
        const run = `demo-${day}`
        const found = runColumns(run, kept, [], { direction: 'highest', limits })
        if (written++ === 0) writeSync(out, `${Object.keys(found.columns).join(',')}\n`)
        writeSync(out, linesOf(found))
        report((k + 1) / (to - from))
        return { run, day, received: made.length, repeats, rows: found.rows, parents: found.parents }
      })
  } finally {
    closeSync(out)
  }
}

function linesOf({ columns, rows }: RunColumns): string {
  const all = Object.values(columns)
  let text = ''
  for (let at = 0; at < rows; at++) {
    const cells = all.map(column => {
      const cell = column[at] ?? null
      return cell === null ? NO_CELL : typeof cell === 'string' ? `"${cell.replaceAll('"', '""')}"` : String(cell)
    })
    text += `${cells.join(',')}\n`
  }
  return text
}

/** The quotes of one invented day as a file that comes in. */
function file({ seed, day, historyDays }: { seed: number; day: string; historyDays: number }): string {
  return [...writeQuotes(demoFile(seed, day, historyDays))].join('')
}

export const colorDemoJobs = { 'color.demoHistory': history, 'color.demoFile': file } as const
