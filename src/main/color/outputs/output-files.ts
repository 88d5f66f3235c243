import { randomUUID } from 'node:crypto'
import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PlacedColor } from '../../../core/color/lineage.ts'
import { fillTemplate, NAME_PLACEHOLDERS, type NamePlaceholder, plainFileName } from '../../../core/color/output-template.ts'
import { diffRuns, writeDiff } from '../../../core/color/run-diff.ts'
import type { RunStamp } from '../../../core/color/write-colors.ts'
import { type ExcludedCells, writeExcluded } from '../../../core/color/write-excluded.ts'
import { isTimeZone, toLocal } from '../../../core/kit/calendar.ts'
import { type EpochMicros, toMillis } from '../../../core/kit/time.ts'
import { sha256OfFile } from '../../market/series-segments.ts'
import type { ColorRun, ColorRuns } from '../runs/color-runs.ts'

/** What deliveries read of runs. */
export interface OutputRuns extends Pick<ColorRuns, 'list' | 'find' | 'rows' | 'onChange'> {
  /** The rows that rules took out of a run, with the id of the rule that is credited. */
  excluded(id: string): Promise<readonly ExcludedCells[]>
}

/** Writes rows as a file of a format; the same rows give the same bytes. */
export type WriteOutput = (
  file: string,
  format: 'xlsx' | 'csv' | 'parquet',
  rows: readonly PlacedColor[],
  stamp: RunStamp,
) => Promise<void>

/** A file of a run that waits in scratch to be delivered. */
export interface OutputFile {
  readonly name: string
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

/** What of a run is to be made into files. */
export interface FilesWanted {
  readonly format: 'xlsx' | 'csv' | 'parquet'
  readonly fileName: string
  readonly perSector: boolean
  readonly zone: string
  readonly output: boolean
  readonly excluded: boolean
  readonly difference: boolean
}

export interface FilesGround {
  readonly runs: OutputRuns
  readonly write: WriteOutput
  /** Folder for files on their way; emptied with every start. */
  readonly scratch: string
}

/** How a run is stamped in every file of it. */
export function stampOf({ id, at, kind }: Pick<ColorRun, 'id' | 'at' | 'kind'>): RunStamp {
  const processedAt = new Date(toMillis(at)).toISOString()
  return { runId: id, processedAt, processingType: kind === 'manual' ? 'MANUAL' : 'AUTOMATED' }
}

const two = (n: number) => String(n).padStart(2, '0')

/** Day and time of an instant by the clocks of a zone; one that is unknown here counts as UTC. */
export function dayAndTime(at: EpochMicros, zone: string): { readonly date: string; readonly time: string } {
  const { year, month, day, hour, minute } = toLocal(at, isTimeZone(zone) ? zone : 'UTC')
  return { date: `${year}-${two(month)}-${two(day)}`, time: `${two(hour)}:${two(minute)}` }
}

/**
 * Name of a file without its ending. It follows from the run alone, so that a try after a crash meets the file of the one before.
 *
 * Invented runs say so in the name.
 */
export function fileNameOf(
  run: Pick<ColorRun, 'at' | 'number' | 'kind' | 'isDemo'>,
  template: string,
  zone: string,
  sector: string | null,
) {
  const { date, time } = dayAndTime(run.at, zone)
  const values: Record<NamePlaceholder, string> = {
    ...{ date, time: time.replace(':', ''), number: String(run.number), kind: run.kind },
    sector: sector ?? 'all',
  }
  const says = (name: string) => new RegExp(`\\{\\{\\s*${name}\\s*\\}\\}`).test(template)
  const name = fillTemplate(template, values)
  const apart = sector !== null && !says(NAME_PLACEHOLDERS[4]) ? `${name}-${sector}` : name
  return plainFileName(run.isDemo ? `DEMO-${apart}` : apart)
}

/** Makes the files of a run in a folder of their own, hands them over, and takes them away again. */
export async function withRunFiles<T>(
  ground: FilesGround,
  run: ColorRun,
  wanted: FilesWanted,
  use: (files: readonly OutputFile[]) => Promise<T>,
): Promise<T> {
  const folder = join(ground.scratch, randomUUID())
  await mkdir(folder, { recursive: true })
  try {
    return await use(await makeFiles(ground, run, wanted, folder))
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

async function makeFiles(ground: FilesGround, run: ColorRun, wanted: FilesWanted, folder: string): Promise<OutputFile[]> {
  const { runs, write } = ground
  const { format, fileName, perSector, zone } = wanted
  const made: OutputFile[] = []
  const taken = new Set<string>()
  const place = (name: string, ending: string) => {
    let free = `${name}.${ending}`
    for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${name}-${n}.${ending}`
    taken.add(free.toLowerCase())
    return { name: free, path: join(folder, free) }
  }
  const keep = async ({ name, path }: { name: string; path: string }) => {
    const { size } = await stat(path)
    made.push({ name, path, bytes: size, sha256: await sha256OfFile(path) })
  }
  const rows = wanted.output || wanted.difference ? await runs.rows(run.id) : []
  if (wanted.output)
    for (const [sector, part] of perSector ? bySector(rows) : [[null, rows] as const]) {
      const at = place(fileNameOf(run, fileName, zone, sector), format)
      await write(at.path, format, part, stampOf(run))
      await keep(at)
    }
  const whole = fileNameOf(run, fileName, zone, null)
  if (wanted.excluded) {
    const names = new Map(run.rules.map(({ id, name }) => [id, name]))
    const excluded = (await runs.excluded(run.id)).map(({ cells, rule }) => ({ cells, rule: names.get(rule) ?? rule }))
    const at = place(`${whole}-excluded`, 'csv')
    await writeFile(at.path, writeExcluded(excluded))
    await keep(at)
  }
  if (wanted.difference) {
    const before = runBefore(runs.list(), run)
    const at = place(`${whole}-difference`, 'csv')
    await writeFile(at.path, writeDiff(diffRuns(before ? await runs.rows(before.id) : [], rows)))
    await keep(at)
  }
  return made
}

/** The newest run before one whose output stands; invented ones are compared among themselves. */
function runBefore(runs: readonly ColorRun[], run: ColorRun): ColorRun | null {
  const before = runs.filter(other => other.number < run.number && other.deleted === null && other.isDemo === run.isDemo)
  return before.reduce<ColorRun | null>((last, other) => (last && last.number > other.number ? last : other), null)
}

/** Rows by the sector of their parent, which comes before them: a group is never torn apart where dealers name its sector in two ways. */
function bySector(rows: readonly PlacedColor[]): ReadonlyMap<string, readonly PlacedColor[]> {
  const sectors = new Map<string, PlacedColor[]>()
  let sector = ''
  for (const placed of rows) {
    if (placed.parentRowId === null) sector = placed.row.sector
    const held = sectors.get(sector)
    if (held) held.push(placed)
    else sectors.set(sector, [placed])
  }
  return sectors
}
