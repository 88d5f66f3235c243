import { randomUUID } from 'node:crypto'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { BatchPreview, BatchReport } from '../../contract/options-risk.ts'
import type { AmericanSchemeName } from '../../core/options/american-scheme.ts'
import { batchHeader } from '../../core/options/batch.ts'
import { BATCH_KINDS, type BatchKind, type BatchLayout, bare, missingFor, readHeader } from '../../core/options/batch-columns.ts'
import type { Clock } from '../../platform/clock.ts'
import { type FileChunk, fileChunks } from '../../platform/file-chunks.ts'
import type { WorkerPool } from '../../platform/worker-pool.ts'
import type { Jobs } from '../../workers/jobs.ts'
import { fail } from '../fail.ts'
import { translated } from '../imports/faults.ts'
import type { Upload } from '../imports/uploads.ts'
import type { JobHandle, JobsService } from '../system/jobs-service.ts'
import { type BatchHead, readBatchHead, runBatch, schemeFor } from './batch-run.ts'

/** What a batch is started with. */
export interface StartBatch {
  readonly upload: string
  readonly kind: BatchKind
  readonly scheme?: AmericanSchemeName | undefined
  readonly model: 'usual' | 'bachelier' | 'american'
}

/** Files of options: what they are, and the answers to all their rows as a job. */
export interface BatchService {
  /** Fails: UPLOAD_UNKNOWN, FILE_UNREADABLE, FILE_EMPTY. */
  preview(upload: string): Promise<BatchPreview>
  /** Fails: like preview, BATCH_COLUMNS. */
  start(order: StartBatch): Promise<{ job: string }>
  /** Waits for the job. Fails: JOB_UNKNOWN, or with what the job failed with. */
  result(job: string): Promise<BatchReport>
  download(job: string, signal?: AbortSignal): Promise<AsyncGenerator<FileChunk, void, undefined>>
}

export interface BatchParts {
  /** The workspace folder. */
  readonly folder: string
  readonly clock: Clock
  readonly pool: Pick<WorkerPool<Jobs>, 'run'>
  readonly jobs: Pick<JobsService, 'start' | 'result'>
  /** A file that was sent. Fails: UPLOAD_UNKNOWN, FILE_UNREADABLE. */
  readonly uploaded: (id: string) => Upload
}

const SHOWN = 100
/** Answers lie on the disk until the host ends; so many of them. */
const ANSWERS_KEPT = 10

export function createBatchService({ folder, clock, pool, jobs, uploaded }: BatchParts): BatchService {
  const place = join(folder, 'uploads')
  const answers = new Map<string, { target: string; rows: number }>()

  const headOf = async (upload: Upload, rows: number): Promise<BatchHead> => {
    const head = await readBatchHead(upload.path, rows).catch(fault => {
      throw translated(fault, upload.file, folder)
    })
    return head ?? fail('FILE_EMPTY', { file: upload.file })
  }
  const keep = async (job: string, target: string, rows: number) => {
    answers.set(job, { target, rows })
    for (const [old, { target: gone }] of [...answers].slice(0, -ANSWERS_KEPT)) {
      answers.delete(old)
      await rm(gone, { force: true })
    }
  }
  const run = async (order: StartBatch, upload: Upload, target: string, handle: JobHandle): Promise<BatchReport> => {
    const started = clock.monotonic()
    const { kind, model } = order
    try {
      const head = await headOf(upload, SHOWN)
      const { layout, columns } = readHeader(head.line)
      const scheme = order.scheme ?? schemeFor(head.size)
      await mkdir(place, { recursive: true, mode: 0o700 })
      const done = await runBatch({
        ...{ path: upload.path, head, target, pool, signal: handle.signal },
        plan: { kind, layout, scheme, isNormal: model === 'bachelier', isAmerican: model === 'american' },
        onProgress: (fraction, rows) => handle.progress(fraction, String(rows)),
      })
      const { rows, byStatus, problems } = done
      const usesScheme = kind === 'american' || model === 'american'
      return {
        ...{ kind, file: upload.file, rows, byStatus: { ...byStatus }, seconds: clock.monotonic() - started },
        scheme: usesScheme ? scheme : null,
        problems: problems.map(problem => ({ ...problem })),
        unread: byStatus.NOT_A_NUMBER ?? 0,
        inputColumns: columns.map(({ name }) => name),
        answerColumns: batchHeader(kind).split(','),
        first: await firstAnswers(target, head, layout),
      }
    } catch (fault) {
      await rm(target, { force: true })
      throw translated(fault, upload.file, folder)
    }
  }
  const result = async (job: string): Promise<BatchReport> => {
    if (!answers.has(job)) return fail('JOB_UNKNOWN', { job })
    return (await jobs.result(job)) as BatchReport
  }
  return {
    async preview(id) {
      const upload = uploaded(id)
      const head = await headOf(upload, SHOWN)
      const { layout, columns } = readHeader(head.line)
      const sampled = head.rows.reduce((sum, row) => sum + row.length + 1, 0)
      return {
        ...{ upload: id, file: upload.file, bytes: head.size, delimiter: layout.delimiter },
        columns: columns.map(column => ({ ...column })),
        missing: Object.fromEntries(BATCH_KINDS.map(kind => [kind, missingFor(layout, kind)])) as BatchPreview['missing'],
        suggested: layout.price >= 0 ? 'iv' : 'price',
        rows: head.rows.map(row => fieldsOf(row, layout)),
        about: head.rows.length < SHOWN ? head.rows.length : Math.round(((head.size - head.end) * head.rows.length) / sampled),
        suggestedScheme: schemeFor(head.size),
      }
    },
    async start(order) {
      const upload = uploaded(order.upload)
      const head = await headOf(upload, 0)
      const missing = missingFor(readHeader(head.line).layout, order.kind)
      if (missing.length > 0)
        return fail('BATCH_COLUMNS', { file: upload.file, missing: missing.map(need => need.replace('|', '/')).join(', ') })
      const target = join(place, `answers-${randomUUID()}.csv`)
      const job = jobs.start({
        kind: 'options-batch',
        subject: upload.file,
        run: handle => run(order, upload, target, handle),
      })
      // Who waits for the result hears of a failure; without a waiter it stands in the list of jobs.
      job.done.catch(() => undefined)
      await keep(job.id, target, 0)
      return { job: job.id }
    },
    result,
    async download(job, signal) {
      const { rows, file } = await result(job)
      return chunksOf(answers.get(job)!.target, rows, file, signal)
    },
  }

  async function* chunksOf(target: string, rows: number, file: string, signal?: AbortSignal) {
    try {
      yield* fileChunks(target, rows, signal)
    } catch (fault) {
      throw translated(fault, `${file}-answers.csv`, folder)
    }
  }
}

function fieldsOf(line: string, { delimiter }: BatchLayout): string[] {
  return line.split(delimiter).map(bare)
}

/** The first rows of the file beside their answers; both are in the same order, one for one. */
async function firstAnswers(target: string, head: BatchHead, layout: BatchLayout): Promise<BatchReport['first']> {
  const source = await open(target, 'r')
  try {
    const { buffer, bytesRead } = await source.read(Buffer.alloc(65_536), 0, 65_536, 0)
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n').slice(1, -1)
    return head.rows
      .slice(0, lines.length)
      .map((row, k) => ({ input: fieldsOf(row, layout), answer: fieldsOf(lines[k]!, { ...layout, delimiter: ',' }) }))
  } finally {
    await source.close()
  }
}
