import { constants } from 'node:fs'
import { copyFile, link, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { ImportReport } from '../../contract/imports.ts'
import type { SeriesInfo } from '../../contract/market.ts'
import { columnNames } from '../../core/imports/batch.ts'
import type { Mapping } from '../../core/imports/mapping.ts'
import { epochMicros } from '../../core/kit/time.ts'
import type { ParseInput, ParseOutput } from '../../workers/jobs/imports.ts'
import { fail } from '../fail.ts'
import type { ColumnsBatch, SeriesDraft } from '../market/series-service.ts'
import type { JobHandle } from '../system/jobs-service.ts'
import { readBatches } from './batch-file.ts'
import { translated } from './faults.ts'
import type { ImportsParts, StartImport } from './imports-parts.ts'
import { parquetToCsv } from './parquet-file.ts'
import type { Sampler } from './sampler.ts'
import type { Upload } from './uploads.ts'

interface Order extends Omit<StartImport, 'upload'> {
  readonly upload: Upload
  readonly user: string
}

type Run = (order: Order, handle: JobHandle) => Promise<ImportReport>

/** As many reports are remembered by the list of jobs. */
const LISTS_KEPT = 100
/** Share of the work that is reading the file; the rest is storing it. */
const READING_SHARE = 0.8

/** One import from a file to a series, or a dry run that stores nothing. What it leaves half done it takes away again. */
export function createImportRun(parts: ImportsParts & { readonly sampler: Sampler }): Run {
  const { folder, clock, log } = parts
  return async (order, handle) => {
    const started = clock.monotonic()
    const own = join(folder, 'uploads', `import-${order.upload.id}-${clock.now().toString(36)}`)
    try {
      await mkdir(own, { recursive: true, mode: 0o700 })
      const path = order.dryRun ? order.upload.path : await copyToRead(order.upload, own)
      const parsed = await parse(parts, order, { path, own }, handle)
      if (parsed.read === 0) return fail('FILE_EMPTY', { file: order.upload.file })
      const sha256 = order.mapping.format === 'parquet' ? await parts.sampler.sha256Of(order.upload) : parsed.sha256
      if (!order.dryRun && parsed.accepted > 0) await store(parts, order, { path, own, parsed }, handle)
      handle.progress(1)
      const problemsFile = await keepProblems(folder, own, { series: order.series, at: clock.now() }, parsed)
      log.info('imports.done', { series: order.series, read: parsed.read, refused: parsed.refused, dryRun: order.dryRun })
      return reportOf(order, parsed, { sha256, problemsFile, seconds: clock.monotonic() - started })
    } catch (fault) {
      throw translated(fault, order.upload.file, folder)
    } finally {
      await rm(own, { recursive: true, force: true })
    }
  }
}

/**
 * The file as it is now, out of reach of whoever may still be writing it: what is archived is then what was read.
 *
 * An upload is already ours; another file is copied, or shares its blocks where the file system can do that.
 */
async function copyToRead(upload: Upload, own: string): Promise<string> {
  const path = join(own, `raw${extname(upload.file)}`)
  if (upload.isOurs) await link(upload.path, path).catch(() => copyFile(upload.path, path, constants.COPYFILE_FICLONE))
  else await copyFile(upload.path, path, constants.COPYFILE_FICLONE)
  return path
}

async function parse(
  { pool, store, sampler, clock }: ImportsParts & { readonly sampler: Sampler },
  order: Order,
  { path, own }: { readonly path: string; readonly own: string },
  { signal, progress }: JobHandle,
): Promise<ParseOutput> {
  const { upload, mapping, dryRun } = order
  const base = { now: clock.now(), folder: own, keepRows: !dryRun }
  let input: ParseInput
  if (mapping.format === 'parquet') {
    const to = join(own, 'rows.csv')
    progress(null, 'parquet')
    await parquetToCsv(store, { path, file: upload.file, to, signal })
    const asCsv: Mapping = { ...mapping, format: 'csv', encoding: 'utf-8', delimiter: ',', decimal: '.', headerRows: 1 }
    input = { ...base, path: to, mapping: asCsv, jsonShape: null, bomBytes: 0, lineOffset: -1 }
  } else {
    // The shape of the JSON and the byte order mark are no choice of anybody: they are looked up again.
    const { jsonShape, bomBytes } = await sampler.sample(upload, mapping)
    input = { ...base, path, mapping, jsonShape, bomBytes, lineOffset: 0 }
  }
  return await pool.run('imports.parse', input, { signal, onProgress: done => progress(READING_SHARE * done) })
}

interface Parsed {
  readonly path: string
  readonly own: string
  readonly parsed: ParseOutput
}

async function store(
  { series }: ImportsParts,
  order: Order,
  found: Parsed,
  { signal, progress }: JobHandle,
): Promise<SeriesInfo> {
  const { mapping } = order
  const { parsed } = found
  signal.throwIfAborted()
  const names = columnNames(mapping.kind).slice(0, -1) as (keyof ColumnsBatch)[]
  let stored = 0
  const batches = async function* (): AsyncGenerator<ColumnsBatch> {
    for await (const { rows, columns } of readBatches(join(found.own, 'rows.bin'), mapping.kind)) {
      signal.throwIfAborted()
      const batch = Object.fromEntries(names.map((name, k) => [name, columns[k]!])) as Partial<
        Record<keyof ColumnsBatch, Float64Array>
      >
      yield { ...batch, time: columns[0]! }
      stored += rows
      progress(READING_SHARE + (1 - READING_SHARE) * (stored / parsed.accepted))
    }
  }
  const draft: SeriesDraft = {
    name: order.series,
    kind: mapping.kind,
    timeframe: mapping.timeframe,
    unit: mapping.unit,
    timeZone: mapping.timeZone,
    source: 'file',
    state: 'cached',
    rawFile: found.path,
    user: order.user,
    replace: order.replace,
    counts: () => ({ refused: parsed.refused, flagged: parsed.flagged }),
  }
  return await series.put(draft, batches())
}

async function keepProblems(
  folder: string,
  own: string,
  { series, at }: { readonly series: string; readonly at: number },
  { problems, problemCount }: ParseOutput,
): Promise<string | null> {
  if (problemCount <= problems.length) return null
  const plain = series.replace(/[^\p{L}\p{N}_-]+/gu, '-')
  const place = join(folder, 'problems')
  await mkdir(place, { recursive: true, mode: 0o700 })
  // Each run has a list of its own, so that an older report never shows the rows of a newer one.
  const file = join(place, `${at}-${plain}.csv`)
  await rename(join(own, 'problems.csv'), file)
  const lists = (await readdir(place)).sort()
  for (const old of lists.slice(0, Math.max(0, lists.length - LISTS_KEPT))) await rm(join(place, old), { force: true })
  return file
}

function reportOf(
  { series, dryRun }: Order,
  parsed: ParseOutput,
  rest: { readonly sha256: string; readonly problemsFile: string | null; readonly seconds: number },
): ImportReport {
  const instant = (value: number) => (Number.isNaN(value) ? null : epochMicros(Math.round(value)))
  const { read, accepted, flagged, refused, problems, byRule, from, to } = parsed
  return {
    ...rest,
    series,
    read,
    accepted,
    flagged,
    refused,
    problems: problems.map(problem => ({ ...problem })),
    byRule: { ...byRule },
    from: instant(from),
    to: instant(to),
    dryRun,
  }
}
