import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Journal } from '../../platform/journal.ts'
import type { Log } from '../../platform/log.ts'
import type { ColumnsBatch, SeriesDraft, SeriesService } from './series-service.ts'

/** One series of the data that comes with the app: real, with its source, from the npm package vega-datasets (BSD-3-Clause). */
interface FirstSeries {
  readonly draft: Pick<SeriesDraft, 'name' | 'kind' | 'unit'>
  readonly file: string
  /** Rows of the file to take, by a column and its text. */
  readonly only?: { readonly column: string; readonly is: string }
  /** Numbers of a row by name of the batch's column; `of` reads a column of the file. */
  readonly numbers: Readonly<Partial<Record<keyof ColumnsBatch, (of: (column: string) => number) => number>>>
}

const meanTemperature = (of: (column: string) => number) => (of('temp_max') + of('temp_min')) / 2

const FIRST: readonly FirstSeries[] = [
  {
    draft: { name: 'sp500', kind: 'bars', unit: 'index points' },
    file: 'sp500-2000.csv',
    numbers: Object.fromEntries(
      (['open', 'high', 'low', 'close', 'volume'] as const).map(name => [name, (of: (column: string) => number) => of(name)]),
    ),
  },
  // The mean of the day's highest and lowest temperature is what degree days are counted from.
  ...(['Seattle', 'New York'] as const).map(city => ({
    draft: { name: `weather-${city.toLowerCase().replace(' ', '-')}`, kind: 'values', unit: '°C' } as const,
    file: 'weather.csv',
    only: { column: 'location', is: city },
    numbers: { value: meanTemperature },
  })),
]

interface Parsed {
  readonly batch: ColumnsBatch
  readonly refused: number
}

/** These files are plain: no quotes, no commas inside a field, one header row. */
function parse(text: string, { only, numbers }: FirstSeries): Parsed {
  const [header = '', ...lines] = text.trim().split(/\r?\n/)
  const names = header.split(',')
  const at = (fields: readonly string[], column: string) => fields[names.indexOf(column)] ?? ''
  const rows = lines.map(line => line.split(',')).filter(fields => !only || at(fields, only.column) === only.is)
  const days = rows.map(fields => Date.parse(`${at(fields, 'date')}T00:00:00Z`) * 1000)
  const values = Object.entries(numbers).map(([name, read]) => ({
    name,
    cells: rows.map(fields => read(column => (at(fields, column) === '' ? Number.NaN : Number(at(fields, column))))),
  }))
  const good = rows
    .map((_, k) => k)
    .filter(k => Number.isFinite(days[k]) && values.every(({ cells }) => Number.isFinite(cells[k])))
  const kept = (cells: readonly number[]) => Float64Array.from(good, k => cells[k]!)
  const batch: ColumnsBatch = { time: kept(days), ...Object.fromEntries(values.map(({ name, cells }) => [name, kept(cells)])) }
  return { batch, refused: rows.length - good.length }
}

async function* once(batch: ColumnsBatch): AsyncGenerator<ColumnsBatch> {
  yield batch
}

/**
 * Stores the series that come with the app, each once in the life of a workspace: one that a person removed stays away.
 *
 * A file that is missing or unreadable costs its series and a line in the log, not the start.
 */
export async function storeFirstSeries({
  series,
  journal,
  resources,
  log,
}: {
  readonly series: Pick<SeriesService, 'put' | 'find'>
  readonly journal: Pick<Journal, 'read'>
  /** Folder with the files, as the build copies them. */
  readonly resources: string
  readonly log: Log
}): Promise<void> {
  for (const first of FIRST) {
    const { name } = first.draft
    if (journal.read({ kinds: ['series.stored'], subject: name, limit: 1 }).length > 0) continue
    const rawFile = join(resources, first.file)
    try {
      const { batch, refused } = parse(await readFile(rawFile, 'utf8'), first)
      const rest = {
        timeframe: '1d',
        timeZone: 'UTC',
        source: 'vega-datasets',
        state: 'cached',
        user: 'system',
        replace: false,
      } as const
      await series.put({ ...first.draft, ...rest, rawFile, counts: () => ({ refused }) }, once(batch))
    } catch (fault) {
      log.warn('series.first', { name, reason: fault instanceof Error ? fault.message : String(fault) })
    }
  }
}
