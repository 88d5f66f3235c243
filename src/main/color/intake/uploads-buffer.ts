import type { ColorRow } from '../../../core/color/color-row.ts'
import type { EpochMicros } from '../../../core/kit/time.ts'

export type UploadFrom = 'file' | 'paste' | 'folder' | 'sql'

/** What became of rows that came in. */
export type UploadStatus = 'pending' | 'published' | 'failed' | 'removed'

/** Rows that came in together and wait for a run or a session, or did. */
export interface ColorUpload {
  readonly id: string
  readonly name: string
  readonly from: UploadFrom
  readonly at: EpochMicros
  readonly user: string
  readonly sha256: string
  readonly status: UploadStatus
  /** Rows that were read, that can be published, and that are kept apart. */
  readonly read: number
  readonly rows: number
  readonly quarantined: number
  readonly repeats: number
  /** The run that published it. */
  readonly run: string | null
}

/** Rows that wait, as runs and sessions see them; the intake fills it. */
export interface UploadsBuffer {
  /** In the order in which they came. */
  waiting(): readonly ColorUpload[]
  find(id: string): ColorUpload | null
  /** The rows that can be published, also those released from quarantine. Fails: BUFFER_UNKNOWN. */
  rows(id: string): Promise<readonly ColorRow[]>
  /**
   * Fails: BUFFER_UNKNOWN for one that was removed, UPLOADS_TAKEN naming those that another run published.
   * Runs ask this right before they write the journal entry that publishes, without waiting in between.
   */
  expectWaiting(ids: readonly string[]): void
  onChange(hear: () => void): () => void
}
