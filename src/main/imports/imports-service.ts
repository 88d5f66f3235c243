import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImportPreview, ImportReport } from '../../contract/imports.ts'
import { suggestName } from '../../core/imports/guess.ts'
import { type Mapping, mappingTrouble } from '../../core/imports/mapping.ts'
import { PROBLEMS_HEADER, problemLine } from '../../core/imports/problems-csv.ts'
import { isTimeZone } from '../../core/kit/calendar.ts'
import { type FileChunk, fileChunks } from '../../platform/file-chunks.ts'
import { fail } from '../fail.ts'
import { translated } from './faults.ts'
import { createImportRun } from './import-run.ts'
import type { ImportsParts, StartImport } from './imports-parts.ts'
import { createSampler } from './sampler.ts'
import { createUploads, type Upload } from './uploads.ts'

/** Files into series: what a file is, what of it would be refused, and the import itself as a job. */
export interface ImportsService {
  open(path: string, fixed?: Partial<Mapping>): Promise<ImportPreview>
  begin(file: string, bytes: number): Promise<{ upload: string }>
  piece(upload: string, offset: number, base64: string): Promise<{ received: number }>
  /** A file of our own, as one that was sent whole. Fails: DISK_FULL. */
  keep(file: string, bytes: Uint8Array): Promise<{ upload: string }>
  preview(upload: string, fixed?: Partial<Mapping>): Promise<ImportPreview>
  /** A file that was sent whole, for whoever reads it otherwise. Fails: UPLOAD_UNKNOWN, FILE_UNREADABLE. */
  uploaded(upload: string): Upload
  start(request: StartImport, user: string): Promise<{ job: string }>
  /** Waits for the job. Fails: with what the job failed with. */
  report(job: string): Promise<ImportReport>
  /** Every problem of an import as CSV, also beyond those in its report. Fails: like report, FILE_UNREADABLE. */
  problems(job: string, signal?: AbortSignal): Promise<AsyncGenerator<FileChunk, void, undefined>>
}

export function createImportsService(parts: ImportsParts): ImportsService {
  const { folder, jobs, series } = parts
  const uploads = createUploads(join(folder, 'uploads'), () => randomUUID())
  const sampler = createSampler(parts)
  const run = createImportRun({ ...parts, sampler })
  const ours = new Set<string>()

  const preview = async (id: string, fixed: Partial<Mapping> = {}): Promise<ImportPreview> => {
    const upload = uploads.find(id)
    const [sample, sha256] = await Promise.all([sampler.sample(upload, fixed), sampler.sha256Of(upload)])
    return {
      upload: id,
      file: upload.file,
      bytes: upload.bytes,
      mapping: { ...sample.mapping, columns: sample.mapping.columns.map(column => ({ ...column })) },
      confidence: { ...sample.confidence },
      rows: sample.rows.map(row => [...row]),
      notes: [...sample.notes],
      suggestedName: suggestName(upload.file),
      sameAs: series.sameAs(sha256),
    }
  }
  const report = async (job: string): Promise<ImportReport> => {
    if (!ours.has(job)) return fail('JOB_UNKNOWN', { job })
    return (await jobs.result(job)) as ImportReport
  }
  return {
    preview,
    async keep(file, bytes) {
      const { id } = await uploads.begin(file, bytes.length)
      await uploads.piece(id, 0, bytes)
      return { upload: id }
    },
    uploaded(id) {
      const upload = uploads.find(id)
      const { file, received, bytes } = upload
      if (received < bytes) return fail('FILE_UNREADABLE', { file, reason: `only ${received} of ${bytes} bytes have arrived` })
      return upload
    },
    open: async (path, fixed) => preview((await uploads.openPath(path)).id, fixed),
    begin: async (file, bytes) => ({ upload: (await uploads.begin(file, bytes)).id }),
    piece: (upload, offset, base64) => uploads.piece(upload, offset, Buffer.from(base64, 'base64')),
    async start(request, user) {
      const upload = uploads.find(request.upload)
      const trouble = mappingTrouble(request.mapping, isTimeZone)
      if (trouble) return fail('MAPPING_INVALID', { reason: trouble })
      const there = series.find(request.series)
      if (there && !request.replace && !request.dryRun) {
        return fail('SERIES_EXISTS', { series: request.series, rows: there.rows })
      }
      const started = jobs.start({
        kind: request.dryRun ? 'import-dry-run' : 'import',
        subject: request.series,
        run: handle => run({ ...request, upload, user }, handle),
      })
      // Who waits for the report hears of a failure; without a waiter it stands in the list of jobs.
      started.done.catch(() => undefined)
      ours.add(started.id)
      return { job: started.id }
    },
    report,
    problems: async (job, signal) => problemChunks(await report(job), folder, signal),
  }
}

/** The list that the run left where the report could not hold it, else the report's own as the same table. */
async function* problemChunks(
  { series, problems, problemsFile, byRule }: ImportReport,
  folder: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<FileChunk, void, undefined> {
  const rows = Object.values(byRule).reduce((sum, count) => sum + count, 0)
  const own = problemsFile === null ? join(folder, 'uploads', `problems-${randomUUID()}.csv`) : null
  try {
    if (own !== null) {
      await mkdir(join(folder, 'uploads'), { recursive: true, mode: 0o700 })
      await writeFile(own, PROBLEMS_HEADER + problems.map(problemLine).join(''), { mode: 0o600 })
    }
    yield* fileChunks(own ?? problemsFile!, rows, signal)
  } catch (fault) {
    throw translated(fault, `${series}-problems.csv`, folder)
  } finally {
    if (own !== null) await rm(own, { force: true })
  }
}
