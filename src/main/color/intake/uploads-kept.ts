import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { UploadWire } from '../../../contract/color-intake.ts'
import type { ColorRow } from '../../../core/color/color-row.ts'
import type { Journal } from '../../../platform/journal.ts'
import type { Log } from '../../../platform/log.ts'
import { fail } from '../../fail.ts'
import { openRowsFiles, type RowsFiles } from './rows-file.ts'
import type { ColorUpload, UploadsBuffer } from './uploads-buffer.ts'
import {
  type FailedBody,
  FOLDED_KINDS,
  foldUploads,
  type KeptUpload,
  type ReceivedBody,
  type UploadBodies,
  type UploadKind,
  type UploadsState,
} from './uploads-fold.ts'

/** Uploads as the journal and its files have them. */
export interface KeptUploads {
  readonly buffer: UploadsBuffer
  readonly state: UploadsState
  readonly files: RowsFiles
  /** Writes what happened to uploads; when it returns, it stands. */
  write<K extends UploadKind>(kind: K, body: UploadBodies[K], user: string): void
  /** The file with rows becomes that of an upload: named first, then told to the journal. `expect` may refuse right before that. */
  receive(partial: string, body: Omit<ReceivedBody, 'id' | 'file'>, user: string, expect?: () => void): Promise<KeptUpload>
  failed(body: Omit<FailedBody, 'id'>, user: string): void
  /** Fails: BUFFER_UNKNOWN where it never was or has no rows. */
  expectKept(id: string): KeptUpload & { readonly file: string; readonly sha256: string }
  close(): void
}

export function openKeptUploads({
  folder,
  journal,
  log,
}: {
  /** The workspace folder. */
  readonly folder: string
  readonly journal: Pick<Journal, 'read' | 'append' | 'onAppend'>
  readonly log: Pick<Log, 'info' | 'warn'>
}): KeptUploads {
  const files = openRowsFiles(join(folder, 'color', 'uploads'))
  const state = foldUploads()
  for (const entry of journal.read({ kinds: FOLDED_KINDS })) state.apply(entry)
  const listeners = new Set<() => void>()
  const folded = new Set(FOLDED_KINDS)
  const stop = journal.onAppend(entry => {
    if (!folded.has(entry.kind)) return
    state.apply(entry)
    for (const hear of listeners) hear()
  })
  const named = new Set([...state.uploads.values()].flatMap(({ file }) => file ?? []))
  files
    .tidy(named)
    .then(removed => removed > 0 && log.info('color.uploads-tidied', { removed }))
    .catch(fault => log.warn('color.uploads-tidy', { fault }))

  const write: KeptUploads['write'] = (kind, body, user) => {
    journal.append({ kind, subject: 'color/uploads', user, body })
  }
  const expectKept: KeptUploads['expectKept'] = id => {
    const found = state.uploads.get(id)
    const { file = null, sha256 = null } = found ?? {}
    return found && file !== null && sha256 !== null ? { ...found, file, sha256 } : fail('BUFFER_UNKNOWN', { upload: id })
  }
  const buffer: UploadsBuffer = {
    waiting: () => [...state.uploads.values()].filter(({ status }) => status === 'pending').map(bufferedOf),
    find(id) {
      const found = state.uploads.get(id)
      return found ? bufferedOf(found) : null
    },
    async rows(id): Promise<readonly ColorRow[]> {
      const { file, sha256 } = expectKept(id)
      return (await files.rows(file, sha256)).map(({ row }) => row)
    },
    expectWaiting(ids) {
      const uploads = ids.map(id => state.uploads.get(id) ?? fail('BUFFER_UNKNOWN', { upload: id }))
      const taken = uploads.filter(({ status }) => status === 'published')
      if (taken.length > 0)
        fail('UPLOADS_TAKEN', {
          names: taken.map(({ name }) => name).join(', '),
          by: [...new Set(taken.map(({ run }) => `run ${run?.number ?? '?'}`))].join(', '),
        })
      for (const { id, status } of uploads) if (status !== 'pending') fail('BUFFER_UNKNOWN', { upload: id })
    },
    onChange(hear) {
      listeners.add(hear)
      return () => void listeners.delete(hear)
    },
  }
  return {
    ...{ buffer, state, files, write, expectKept },
    async receive(partial, body, user, expect) {
      const id = randomUUID()
      const file = await files.keep(partial, id)
      try {
        expect?.()
        write('color.upload.received', { ...body, id, file }, user)
      } catch (fault) {
        await rm(join(folder, 'color', 'uploads', file), { force: true })
        throw fault
      }
      return state.uploads.get(id)!
    },
    failed: (body, user) => write('color.upload.failed', { ...body, id: randomUUID() }, user),
    close: stop,
  }
}

function bufferedOf(upload: KeptUpload): ColorUpload {
  const { id, name, from, at, user, source, status, counts, run } = upload
  return {
    ...{ id, name, from, at, user, status, sha256: source.sha256, run: run?.id ?? null },
    ...{ read: counts.read, rows: counts.accepted, quarantined: counts.quarantined, repeats: counts.repeats },
  }
}

/** An upload for whoever looks at it; `open` are rows of it that wait for a decision. */
export function wireUpload(upload: KeptUpload, open: number): UploadWire {
  const { id, name, from, at, user, status, counts, score, run, message, released } = upload
  const origins = new Set(released.map(row => row.upload))
  return {
    ...{ id, name, from, at, user, status, score, message, open, counts: { ...counts } },
    ...{ run: run?.id ?? null, runNumber: run?.number ?? null },
    releasedFrom: origins.size === 1 ? [...origins][0]! : null,
  }
}
