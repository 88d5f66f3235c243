import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ColorPlan } from '../../core/color/generator.ts'
import type { PlacedColor } from '../../core/color/lineage.ts'
import type { ColorsRead } from '../../core/color/read-colors.ts'
import type { RunStamp } from '../../core/color/write-colors.ts'
import { systemClock } from '../../platform/clock.ts'
import { openDataStore } from '../../platform/data-store.ts'
import { silentLog } from '../../platform/log.ts'
import { WorkerPool } from '../../platform/worker-pool.ts'
import type { ReadOutput } from '../../workers/jobs/color-files.ts'
import type { Jobs } from '../../workers/jobs.ts'
import { type ColorWriterParts, writeColorFile } from '../color/files/write-color-file.ts'
import type { Installation } from '../entries.ts'
import { whyUnreadable } from '../imports/uploads.ts'
import { UsageError } from './arguments.ts'
import { troubleSentence } from './color-files.ts'

/** What the commands of this desk work with: a thread of their own, and a store where Parquet is written. */
export interface ColorTools {
  readonly installation: Pick<Installation, 'worker' | 'dataProcess'>
  readonly signal: AbortSignal
}

/** How a file is to be read. */
export interface QuotesWishes {
  readonly sheet?: string | undefined
  readonly dayOrder?: 'dmy' | 'mdy' | undefined
}

/** A file of quotes as it was read, and what the file is. */
export interface Quotes extends Omit<ReadOutput, 'result'> {
  readonly read: ColorsRead
}

export const OUTPUT_FORMATS = ['xlsx', 'csv', 'parquet'] as const
export type OutputFormat = (typeof OUTPUT_FORMATS)[number]

/** The format that the name of a file says; null for another ending. */
export function formatOf<F extends OutputFormat>(path: string, formats: readonly F[]): F | null {
  const ending = path.split('.').at(-1)?.toLowerCase()
  return path.includes('.') ? (formats.find(format => format === ending) ?? null) : null
}

/** Reads a file of quotes in a thread. Fails: UsageError that says what is wrong with it. */
export async function readQuotes({ installation, signal }: ColorTools, path: string, wishes: QuotesWishes): Promise<Quotes> {
  const pool = new WorkerPool<Jobs>(installation.worker, 1)
  try {
    await expectFile(path)
    const { result, ...file } = await pool.run('color.read', { path, ...wishes }, { signal })
    if (result.kind === 'unusable') throw new UsageError(troubleSentence(path, result.trouble))
    return { ...file, read: result }
  } catch (fault) {
    throw told(
      fault,
      reason => `${path} cannot be read: ${reason}.`,
      (code, message) => whyUnreadable({ code, message }),
    )
  } finally {
    await pool.close()
  }
}

/** A file that is not there or empty is said before a thread is started. */
async function expectFile(path: string): Promise<void> {
  const { size } = await stat(path).catch(fault => {
    throw new UsageError(`${path} cannot be read (${(fault as NodeJS.ErrnoException).code}).`)
  })
  if (size === 0) throw new UsageError(`${path} is empty.`)
}

/** Writes an output in its format; its hash. Fails: UsageError that says why the file cannot be written. */
export async function writeOutput(
  { installation, signal }: ColorTools,
  { file, format, rows, stamp }: { file: string; format: OutputFormat; rows: readonly PlacedColor[]; stamp: RunStamp },
): Promise<string> {
  const pool = new WorkerPool<Jobs>(installation.worker, 1)
  try {
    const write = async (store: ColorWriterParts['store']) =>
      (await writeColorFile({ pool, store }, { file, format, rows, stamp, signal })).sha256
    return await (format === 'parquet' ? withStore(installation, write) : write(NO_STORE))
  } catch (fault) {
    throw told(fault, reason => `${file} cannot be written: ${reason}.`, whyUnwritable)
  } finally {
    await pool.close()
  }
}

const NO_STORE: ColorWriterParts['store'] = {
  copyFiles: () => Promise.reject(new Error('no store is open')),
}

async function withStore<T>(
  { dataProcess }: ColorTools['installation'],
  use: (store: ColorWriterParts['store']) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'contango-color-'))
  const store = await openDataStore({
    ...{ file: join(folder, 'files.duckdb'), entry: dataProcess, log: silentLog, clock: systemClock(), migrations: [] },
  })
  try {
    return await use(store)
  } finally {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Writes invented quotes as a file that comes in; its hash. Fails: UsageError that says why the file cannot be written. */
export async function writeInvented(
  { installation, signal }: ColorTools,
  { file, format, plan }: { readonly file: string; readonly format: 'xlsx' | 'csv'; readonly plan: ColorPlan },
): Promise<string> {
  const pool = new WorkerPool<Jobs>(installation.worker, 1)
  const partial = `${file}.${randomUUID().slice(0, 8)}.part`
  try {
    return (await pool.run('color.generate', { file, partial, format, plan }, { signal })).sha256
  } catch (fault) {
    throw told(fault, reason => `${file} cannot be written: ${reason}.`, whyUnwritable)
  } finally {
    await pool.close()
    await rm(partial, { force: true }).catch(() => undefined)
  }
}

const UNWRITABLE: Readonly<Record<string, string>> = {
  ENOENT: 'the folder is not there',
  ENOTDIR: 'the folder is not there',
  EBUSY: 'another program has it open, most likely Excel; close it there and try again',
  EPERM: 'you have no permission to write there, or Excel has the file open',
  EACCES: 'you have no permission to write there',
  EROFS: 'the disk can only be read',
  ENOSPC: 'the disk is full',
}
const whyUnwritable = (code: string, message: string) => UNWRITABLE[code] ?? message

/** What a person did or can undo, as a sentence; anything else stays what it was. */
function told(fault: unknown, sentence: (reason: string) => string, why: (code: string, message: string) => string): unknown {
  if (!(fault instanceof Error) || fault instanceof UsageError) return fault
  if (fault.name === 'FileUnusable') return new UsageError(sentence(fault.message))
  // An error that crossed from a thread keeps its message and loses its code.
  const code = (fault as NodeJS.ErrnoException).code ?? /^(E[A-Z]+):/.exec(fault.message)?.[1]
  if (code === undefined || !/^E[A-Z]+$/.test(code)) return fault
  return new UsageError(sentence(`${why(code, fault.message)} (${code})`))
}
