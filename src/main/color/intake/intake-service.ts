import { createHash, randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { IntakePreview, IntakeReading, IntakeState, UploadWire } from '../../../contract/color-intake.ts'
import { QUOTE_COLUMNS, templateBook } from '../../../core/color/color-book.ts'
import { csvCell } from '../../../core/color/csv-cell.ts'
import type { ReadColor } from '../../../core/color/read-color.ts'
import type { Clock } from '../../../platform/clock.ts'
import { conflate } from '../../../platform/conflate.ts'
import type { FileChunk } from '../../../platform/file-chunks.ts'
import { fileChunks } from '../../../platform/file-chunks.ts'
import type { Log } from '../../../platform/log.ts'
import { fail } from '../../fail.ts'
import type { Upload } from '../../imports/uploads.ts'
import type { JobHandle, JobsService } from '../../system/jobs-service.ts'
import type { ConfigBook } from '../config/config-book.ts'
import { lessonOf, previewOf, type ReadingParts, readColorUpload, troubleWords } from './intake-reading.ts'
import { type CorrectedRow, createQuarantine, fitRows, type Quarantine, type Rechecked } from './quarantine.ts'
import type { UploadFrom } from './uploads-buffer.ts'
import type { KeptUpload, UploadRow } from './uploads-fold.ts'
import { type KeptUploads, wireUpload } from './uploads-kept.ts'

export interface IntakeParts extends Omit<ReadingParts, 'config'> {
  readonly config: ConfigBook
  readonly jobs: Pick<JobsService, 'start' | 'result'>
  readonly clock: Clock
  readonly log: Log
  readonly kept: KeptUploads
  /** A file that was sent. Fails: UPLOAD_UNKNOWN, FILE_UNREADABLE. */
  readonly uploaded: (id: string) => Upload
}

/** A file that goes into the buffer without anybody looking at it first. */
export interface TakenFile {
  readonly path: string
  readonly file: string
  readonly from: UploadFrom
  readonly folder: string | null
  readonly user: string
  readonly reading?: Omit<IntakeReading, 'upload'>
}

/** Rows of dealers on their way into the buffer. */
export interface IntakeService {
  paste(text: string, name: string): Promise<{ upload: string }>
  /** Fails: UPLOAD_UNKNOWN, FILE_UNREADABLE, FILE_EMPTY, QUERY_CANCELLED. */
  preview(reading: IntakeReading, signal?: AbortSignal): Promise<IntakePreview>
  problems(reading: IntakeReading, signal?: AbortSignal): AsyncGenerator<FileChunk, void, undefined>
  /** Fails: UPLOAD_UNKNOWN, FILE_UNREADABLE. */
  submit(order: IntakeReading & { readonly name?: string | undefined }, user: string): { job: string }
  /** Waits. Fails: JOB_UNKNOWN, COLOR_FILE_UNUSABLE, or with what the job failed with. */
  report(job: string): Promise<{ upload: UploadWire }>
  /** Reads a file and keeps its rows. Fails: COLOR_FILE_UNUSABLE, FILE_EMPTY, FILE_UNREADABLE. */
  take(taken: TakenFile, handle?: Pick<JobHandle, 'signal' | 'progress'>): Promise<KeptUpload>
  /** Rows that are no file, as a query gives them. Fails: COLOR_FILE_UNUSABLE. */
  addTable(table: {
    readonly name: string
    readonly from: UploadFrom
    readonly header: readonly string[]
    readonly rows: readonly (readonly (string | null)[])[]
    readonly user: string
  }): Promise<KeptUpload>
  rows(upload: string, offset: number, limit: number): Promise<{ total: number; rows: readonly ReadColor[] }>
  remove(uploads: readonly string[], reason: string, user: string): void
  restore(uploads: readonly string[], user: string): void
  readonly quarantine: Quarantine
  release(
    rows: readonly CorrectedRow[],
    user: string,
  ): Promise<{ upload: UploadWire | null; released: number; refused: readonly Rechecked[] }>
  discard(rows: readonly UploadRow[], reason: string, user: string): Promise<void>
  bringBack(rows: readonly UploadRow[], user: string): Promise<void>
  uploads(): UploadWire[]
  /** An empty file with the columns that are read. */
  template(format: 'xlsx' | 'csv', signal?: AbortSignal): AsyncGenerator<FileChunk, void, undefined>
  watch(state: () => IntakeState, signal?: AbortSignal): AsyncGenerator<IntakeState, void, undefined>
  /** Says that something of the state changed. */
  changed(): void
}

/** Uploads of the past that are listed beside those that wait. */
const LISTED_PAST = 300
const TOLD_EVERY_MS = 200

export function createIntakeService(parts: IntakeParts): IntakeService {
  const { folder, clock, config, jobs, kept, pool } = parts
  const { state, files, buffer } = kept
  const quarantine = createQuarantine({ state, files, config })
  const pasted = new Map<string, Upload>()
  const ours = new Set<string>()
  const listeners = new Set<() => void>()
  const changed = () => {
    for (const hear of listeners) hear()
  }
  buffer.onChange(changed)
  config.onChange(({ module }) => {
    if (module === 'checks' || module === 'folders' || module === 'mappings') changed()
  })
  const find = (id: string): Upload => pasted.get(id) ?? parts.uploaded(id)
  const wire = (upload: KeptUpload) => wireUpload(upload, quarantine.open(upload))
  const place = join(folder, 'uploads')

  const take: IntakeService['take'] = async (taken, handle) => {
    const { path, file, from, user, reading = {} } = taken
    const partial = await files.partial(randomUUID())
    const watched = handle ? { signal: handle.signal, onProgress: (done: number) => handle.progress(done) } : {}
    try {
      const found = await readColorUpload(parts, { path, file }, { ...reading, rowsInto: partial }, watched).catch(fault => {
        if (!handle?.signal.aborted) kept.failed({ ...failedOf(taken), source: null, message: messageOf(fault) }, user)
        throw fault
      })
      const source = { sha256: found.sha256, bytes: found.bytes }
      if (found.trouble || found.rowsSha256 === null) {
        const message = found.trouble ? troubleWords(found.trouble) : 'it holds no rows'
        kept.failed({ ...failedOf(taken), source, message }, user)
        return fail('COLOR_FILE_UNUSABLE', { file, reason: message })
      }
      learn(config, found, file, user)
      const { counts, quality } = found.summary
      return await kept.receive(
        partial,
        {
          ...{ name: file, from, folder: taken.folder, sha256: found.rowsSha256, source, sheet: found.sheet },
          ...{ counts, score: quality.score, released: [] },
        },
        user,
      )
    } finally {
      await rm(partial, { force: true })
    }
  }

  return {
    quarantine,
    take,
    changed,
    async paste(text, name) {
      if (text.trim() === '') return fail('COLOR_PASTE_EMPTY', {})
      const id = `paste-${randomUUID()}`
      const path = await written(place, id, text)
      pasted.set(id, { id, path, file: name || 'Pasted rows', bytes: Buffer.byteLength(text), isOurs: true, received: 0 })
      return { upload: id }
    },
    async preview(reading, signal) {
      const started = clock.monotonic()
      const upload = find(reading.upload)
      const found = await readColorUpload(parts, upload, reading, signal ? { signal } : {})
      const same = [...state.uploads.values()].filter(({ source }) => source.sha256 === found.sha256)
      const learned = found.layout?.isLearned ? learnedOf(config).find(one => one.mark === found.layout?.mark) : undefined
      return previewOf(upload, found, {
        sameAs: same.reverse().slice(0, 20).map(wire),
        learned: learned ? learned.wire : null,
        seconds: clock.monotonic() - started,
      })
    },
    async *problems(reading, signal) {
      const upload = find(reading.upload)
      const list = join(place, `problems-${randomUUID()}.csv`)
      await mkdir(place, { recursive: true, mode: 0o700 })
      try {
        const found = await readColorUpload(parts, upload, { ...reading, problemsInto: list }, signal ? { signal } : {})
        if (found.trouble) fail('FILE_UNREADABLE', { file: upload.file, reason: troubleWords(found.trouble) })
        const rows = found.summary.byKind.reduce((sum, one) => sum + one.count, 0)
        yield* fileChunks(list, rows, signal)
      } finally {
        await rm(list, { force: true })
      }
    },
    submit({ name, upload: id, ...reading }, user) {
      const upload = find(id)
      const file = name || upload.file
      const from = pasted.has(id) ? 'paste' : 'file'
      const started = jobs.start({
        kind: 'color-intake',
        subject: file,
        run: handle => take({ path: upload.path, file, from, folder: null, user, reading }, handle),
      })
      // Who waits for the report hears of a failure; without a waiter it stands in the list of jobs and in the history.
      started.done.catch(() => undefined)
      ours.add(started.id)
      return { job: started.id }
    },
    async report(job) {
      if (!ours.has(job)) return fail('JOB_UNKNOWN', { job })
      return { upload: wire((await jobs.result(job)) as KeptUpload) }
    },
    async addTable({ name, from, header, rows, user }) {
      const lines = [header, ...rows].map(cells => cells.map(csvCell).join(','))
      const path = await written(place, `table-${randomUUID()}`, `${lines.join('\r\n')}\r\n`)
      try {
        return await take({ path, file: name, from, folder: null, user })
      } finally {
        await rm(path, { force: true })
      }
    },
    async rows(id, offset, limit) {
      const { file, sha256 } = kept.expectKept(id)
      const all = await files.rows(file, sha256)
      return { total: all.length, rows: all.slice(offset, offset + limit) }
    },
    remove(uploads, reason, user) {
      buffer.expectWaiting(uploads)
      kept.write('color.upload.removed', { uploads, reason }, user)
    },
    restore(uploads, user) {
      for (const id of uploads) {
        const { status, released } = kept.expectKept(id)
        if (status !== 'removed') fail('BUFFER_UNKNOWN', { upload: id })
        expectUndecided(kept, released)
      }
      kept.write('color.upload.restored', { uploads }, user)
    },
    async release(rows, user) {
      await quarantine.expect('open', rows)
      const checked = await quarantine.recheck(rows)
      const refused = checked.filter(({ isFit }) => !isFit)
      const fit = checked.filter(({ isFit }) => isFit)
      if (fit.length === 0) return { upload: null, released: 0, refused }
      const partial = await files.partial(randomUUID())
      try {
        const marks = fit.flatMap(({ found }) => found.problems)
        const {
          sha256,
          kept: left,
          repeats,
        } = await pool.run('color.keepCorrected', { path: partial, colors: fitRows(fit), marks })
        // Somebody else may have decided meanwhile.
        const expect = () => expectUndecided(kept, fit)
        const upload = await kept.receive(partial, releasedBody(kept, fit, { sha256, left, repeats }), user, expect)
        return { upload: wire(upload), released: fit.length, refused }
      } finally {
        await rm(partial, { force: true })
      }
    },
    async discard(rows, reason, user) {
      await quarantine.expect('open', rows)
      kept.write('color.upload.discarded', { rows: rows.map(({ upload, row }) => ({ upload, row })), reason }, user)
    },
    async bringBack(rows, user) {
      await quarantine.expect('discarded', rows)
      kept.write('color.upload.brought-back', { rows: rows.map(({ upload, row }) => ({ upload, row })) }, user)
    },
    uploads() {
      const newestFirst = [...state.uploads.values()].reverse()
      const past = newestFirst.filter(({ status }) => status !== 'pending').slice(0, LISTED_PAST)
      const shown = new Set(past)
      return newestFirst.filter(one => one.status === 'pending' || shown.has(one)).map(wire)
    },
    async *template(format, signal) {
      const names = QUOTE_COLUMNS.map(({ header }) => header).join(',')
      const content = format === 'csv' ? `${names}\r\n` : await pool.run('color.sheets', templateBook())
      const path = await written(place, `template-${randomUUID()}`, content)
      try {
        yield* fileChunks(path, 0, signal)
      } finally {
        await rm(path, { force: true })
      }
    },
    async *watch(current, signal = new AbortController().signal) {
      const { messages } = conflate<'state'>({
        subscribe(push) {
          const hear = () => push('state')
          listeners.add(hear)
          return () => void listeners.delete(hear)
        },
        snapshot: () => [],
        keyOf: key => key,
        everyMs: TOLD_EVERY_MS,
        window: Number.POSITIVE_INFINITY,
        ...{ signal, clock },
      })
      for await (const _ of messages) yield current()
    },
  }
}

const failedOf = ({ file, from, folder }: TakenFile) => ({ name: file, from, folder })
const messageOf = (fault: unknown) => (fault instanceof Error ? fault.message : String(fault))

async function written(place: string, name: string, text: string | Uint8Array): Promise<string> {
  await mkdir(place, { recursive: true, mode: 0o700 })
  const path = join(place, name)
  await writeFile(path, text, { mode: 0o600 })
  return path
}

/** Fails: COLOR_ROWS_DECIDED where rows that come back with an upload were decided about anew. */
function expectUndecided({ state }: KeptUploads, rows: readonly UploadRow[]): void {
  for (const { upload, row } of rows) {
    const decision = state.decisions.get(`${upload}/${row}`)
    const name = state.uploads.get(upload)?.name ?? upload
    if (decision) fail('COLOR_ROWS_DECIDED', { row: `${row}`, name, state: decision.state, user: decision.user })
  }
}

function releasedBody(
  { state }: KeptUploads,
  fit: readonly Rechecked[],
  { sha256, left, repeats }: { readonly sha256: string; readonly left: number; readonly repeats: number },
) {
  const origins = [...new Set(fit.map(({ upload }) => upload))].map(id => state.uploads.get(id)!)
  const marked = fit.filter(({ found }) => found.problems.length > 0).length
  return {
    ...{ name: origins.map(({ name }) => name).join(', '), from: origins[0]!.from, folder: null, sha256, sheet: null },
    source: { sha256: '', bytes: 0 },
    counts: { read: fit.length, accepted: left, quarantined: 0, repeats, marked },
    ...{ score: null, released: fit.map(({ upload, row }) => ({ upload, row })) },
  }
}

/** What was learned, with the mark that it is found by. */
export function learnedOf(config: Pick<ConfigBook, 'list'>) {
  return config.list('mappings').map(({ id, name, user, revision, value }) => ({
    mark: value.mark,
    wire: {
      ...{ id, name, user, revision },
      columns: Object.entries(value.mapping).map(([column, meaning]) => ({ name: column, column: meaning })),
    },
  }))
}

/** Keeps what a person corrected, so that the same layout is proposed so the next time. */
function learn(config: ConfigBook, found: Parameters<typeof lessonOf>[0], file: string, user: string): void {
  const lesson = lessonOf(found)
  if (!lesson) return
  const id = createHash('sha256').update(lesson.mark).digest('hex').slice(0, 24)
  const before = config.find('mappings', id)
  const sources = found.summary.bySource
  const wanted = sources.length === 1 && sources[0]!.source !== '' ? sources[0]!.source : file
  const names = new Set(config.list('mappings').flatMap(one => (one.id === id ? [] : [one.name.toLowerCase()])))
  let name = before?.name ?? wanted
  for (let n = 2; names.has(name.toLowerCase()); n++) name = `${wanted} (${n})`
  config.save('mappings', [{ id, name, revision: before?.revision ?? 0, value: lesson }], user)
}
