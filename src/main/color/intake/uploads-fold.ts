import type { EpochMicros } from '../../../core/kit/time.ts'
import type { JournalEntry } from '../../../platform/journal.ts'
import type { UploadFrom, UploadStatus } from './uploads-buffer.ts'

/** A row of an upload, as a spreadsheet counts. */
export interface UploadRow {
  readonly upload: string
  readonly row: number
}

export interface UploadCounts {
  readonly read: number
  readonly accepted: number
  readonly quarantined: number
  readonly repeats: number
  readonly marked: number
}

/** Body of `color.upload.received`: rows that came in, and the file that has them. */
export interface ReceivedBody {
  readonly id: string
  readonly name: string
  readonly from: UploadFrom
  /** The watched folder that it came out of. */
  readonly folder: string | null
  readonly file: string
  /** Of the file with the rows. */
  readonly sha256: string
  /** Of what came in. */
  readonly source: { readonly sha256: string; readonly bytes: number }
  readonly sheet: string | null
  readonly counts: UploadCounts
  readonly score: number | null
  /** Rows of a quarantine that these were released from. */
  readonly released: readonly UploadRow[]
}

/** Body of `color.upload.failed`. */
export interface FailedBody extends Pick<ReceivedBody, 'id' | 'name' | 'from' | 'folder'> {
  readonly source: { readonly sha256: string; readonly bytes: number } | null
  readonly message: string
}

/** What happens to uploads, by the kind of its journal entry. */
export interface UploadBodies {
  readonly 'color.upload.received': ReceivedBody
  readonly 'color.upload.failed': FailedBody
  readonly 'color.upload.removed': { readonly uploads: readonly string[]; readonly reason: string }
  readonly 'color.upload.restored': { readonly uploads: readonly string[] }
  readonly 'color.upload.discarded': { readonly rows: readonly UploadRow[]; readonly reason: string }
  readonly 'color.upload.brought-back': { readonly rows: readonly UploadRow[] }
}
export type UploadKind = keyof UploadBodies
export const UPLOAD_KINDS: readonly UploadKind[] = [
  'color.upload.received',
  'color.upload.failed',
  'color.upload.removed',
  'color.upload.restored',
  'color.upload.discarded',
  'color.upload.brought-back',
]
/** Written by runs; its body names the uploads that it used up. */
const PUBLISHED = 'color.run.published'
export const FOLDED_KINDS: readonly string[] = [...UPLOAD_KINDS, PUBLISHED]

/** An upload as it stands. */
export interface KeptUpload extends Omit<ReceivedBody, 'file' | 'sha256'> {
  readonly at: EpochMicros
  readonly user: string
  readonly file: string | null
  readonly sha256: string | null
  status: UploadStatus
  message: string | null
  run: { readonly id: string; readonly number: number } | null
}

/** What was decided about a row that was set apart. */
export interface RowDecision {
  readonly state: 'discarded' | 'released'
  readonly user: string
  readonly at: EpochMicros
  readonly reason: string
  /** The upload that it was released into. */
  readonly into: string | null
}

export const rowKey = ({ upload, row }: UploadRow) => `${upload}/${row}`

/** All uploads and what was decided about their rows, as the journal says. */
export interface UploadsState {
  /** In the order in which they came. */
  readonly uploads: ReadonlyMap<string, KeptUpload>
  readonly decisions: ReadonlyMap<string, RowDecision>
  apply(entry: JournalEntry): void
}

const NOTHING: UploadCounts = { read: 0, accepted: 0, quarantined: 0, repeats: 0, marked: 0 }

/** An empty state that entries are told to in their order. */
export function foldUploads(): UploadsState {
  const uploads = new Map<string, KeptUpload>()
  const decisions = new Map<string, RowDecision>()
  const release = ({ id, user, at, released }: KeptUpload) => {
    for (const row of released) decisions.set(rowKey(row), { state: 'released', user, at, reason: '', into: id })
  }
  const takeBack = ({ id, released }: KeptUpload) => {
    for (const row of released) if (decisions.get(rowKey(row))?.into === id) decisions.delete(rowKey(row))
  }
  const changed = (ids: readonly string[], change: (upload: KeptUpload) => void) => {
    for (const id of ids) {
      const upload = uploads.get(id)
      if (upload) change(upload)
    }
  }
  return {
    uploads,
    decisions,
    apply({ kind, at, user, body }) {
      switch (kind) {
        case 'color.upload.received': {
          const upload: KeptUpload = { ...(body as ReceivedBody), at, user, status: 'pending', message: null, run: null }
          uploads.set(upload.id, upload)
          release(upload)
          break
        }
        case 'color.upload.failed': {
          const { message, source, ...failed } = body as FailedBody
          const empty = { file: null, sha256: null, sheet: null, counts: NOTHING, score: null, released: [], run: null }
          uploads.set(failed.id, {
            ...{ ...failed, ...empty, at, user, status: 'failed', message },
            source: source ?? { sha256: '', bytes: 0 },
          })
          break
        }
        case 'color.upload.removed': {
          const { uploads: ids, reason } = body as UploadBodies['color.upload.removed']
          changed(ids, upload => {
            upload.status = 'removed'
            upload.message = reason === '' ? null : reason
            takeBack(upload)
          })
          break
        }
        case 'color.upload.restored':
          changed((body as UploadBodies['color.upload.restored']).uploads, upload => {
            upload.status = 'pending'
            upload.message = null
            release(upload)
          })
          break
        case 'color.upload.discarded': {
          const { rows, reason } = body as UploadBodies['color.upload.discarded']
          for (const row of rows) decisions.set(rowKey(row), { state: 'discarded', user, at, reason, into: null })
          break
        }
        case 'color.upload.brought-back':
          for (const row of (body as UploadBodies['color.upload.brought-back']).rows) decisions.delete(rowKey(row))
          break
        case PUBLISHED: {
          const run = body as { readonly id: string; readonly number: number; readonly uploads?: readonly string[] }
          changed(run.uploads ?? [], upload => {
            upload.status = 'published'
            upload.run = { id: run.id, number: run.number }
          })
        }
      }
    },
  }
}
