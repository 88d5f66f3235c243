import type { ColorRow } from '../../../core/color/color-row.ts'
import type { PlacedColor } from '../../../core/color/lineage.ts'
import type { PxDirection } from '../../../core/color/order.ts'
import type { ExcludedColor } from '../../../core/color/run-columns.ts'
import type { SectorLimit } from '../../../core/color/sector-limits.ts'
import type { EpochMicros } from '../../../core/kit/time.ts'

/** A rule as a run used it. */
export interface RuleUse {
  readonly id: string
  readonly name: string
  /** Entry of the configuration that made the rule what it was. */
  readonly revision: number
  readonly hits: number
  readonly credited: number
}

/** Rows on their way out, and where they came from. */
export interface Publication {
  /** Asked again with the same id, the run that is there is the answer: nothing is published twice. */
  readonly id: string
  readonly kind: 'automated' | 'manual'
  readonly user: string
  /** The rows that stay, in any order; they are ranked and grouped here. */
  readonly rows: readonly ColorRow[]
  /** Rows that rules took out: kept beside the output, so that a dry run of other rules sees them. */
  readonly out?: readonly ExcludedColor[]
  readonly direction: PxDirection
  /** What the rows are measured by; what they come to is kept with them. */
  readonly limits: readonly SectorLimit[]
  readonly received: number
  readonly quarantined: number
  readonly repeats: number
  readonly excluded: number
  readonly rules: readonly RuleUse[]
  readonly ignoredRules: boolean
  /** Waiting uploads that this uses up, in the same journal entry. */
  readonly uploads: readonly string[]
  readonly session: string | null
  readonly job: { readonly id: string; readonly name: string } | null
  /** Earlier runs of the same day are set aside, and can be brought back. */
  readonly replaceToday: boolean
  readonly isDemo: boolean
}

/** A run that was published. */
export interface ColorRun extends Omit<Publication, 'rows' | 'out' | 'limits'> {
  /** Counted up from 1. */
  readonly number: number
  readonly at: EpochMicros
  /** Day of the desk on which it was published. */
  readonly day: string
  readonly seconds: number
  readonly rows: number
  readonly parents: number
  readonly children: number
  readonly cusips: number
  /** Of the file that its rows are kept in. */
  readonly sha256: string
  /** When and by whom its output was deleted, and the run that took its place; null while it stands. */
  readonly deleted: { readonly at: EpochMicros; readonly user: string; readonly replacedBy: string | null } | null
  /** Targets that it was to be delivered to, by id, at the time. */
  readonly targets: readonly string[]
}

/** Runs of the color desk and their output, as other parts of the host use them. */
export interface ColorRuns {
  /** All or nothing: when it resolves the run stands in the journal. Fails: ROWS_UNFIT, UPLOADS_TAKEN, BUFFER_UNKNOWN, DISK_FULL. */
  publish(publication: Publication): Promise<ColorRun>
  /** Newest first, also those whose output was deleted. */
  list(): readonly ColorRun[]
  find(id: string): ColorRun | null
  /** The output of a run, in the order of the output. Fails: RUN_UNKNOWN. */
  rows(id: string): Promise<readonly PlacedColor[]>
  /** Hears of every run that is published, deleted or restored, after it stands in the journal. */
  onChange(hear: (run: ColorRun) => void): () => void
}
