import type { Rule } from '../rules/condition.ts'
import type { TestProblem } from '../rules/evaluate.ts'
import type { ColorRow } from './color-row.ts'
import type { PxDirection } from './order.ts'
import type { SectorLimit } from './sector-limits.ts'
import type { RowChange, SessionSort, SettingChange } from './session-patch.ts'
import type { HeldProblem } from './session-problems.ts'

/**
 * What a person asks of a session. A command carries all that it needs, rules included, so that the list of commands is the session:
 * it is what the journal keeps, and folding it again gives the same.
 */
export type SessionCommand =
  /** The first one opens the preview; a later one merges, and the same row twice is one. */
  | { readonly kind: 'import'; readonly parts: readonly ImportPart[] }
  /** Rows that came with these uploads and with no other go, and the uploads are not used up. */
  | { readonly kind: 'drop-uploads'; readonly uploads: readonly string[] }
  | { readonly kind: 'add'; readonly row: ColorRow }
  /** The field by its column, the text as typed; an empty text takes the value away. */
  | { readonly kind: 'edit'; readonly rowId: string; readonly field: string; readonly text: string }
  | { readonly kind: 'delete'; readonly rowIds: readonly string[] }
  /** Rows that rules excluded or somebody deleted. */
  | { readonly kind: 'bring-back'; readonly rowIds: readonly string[] }
  /** Rules that somebody chose run whether they are active or not. Limits of then; absent in old commands, which had the usual ones. */
  | { readonly kind: 'apply-rules'; readonly rules: readonly Rule[]; readonly limits?: readonly SectorLimit[] }
  | { readonly kind: 'direction'; readonly direction: PxDirection }
  | { readonly kind: 'sort'; readonly sort: SessionSort | null }
  | { readonly kind: 'note'; readonly text: string; readonly rowId: string | null }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' }
  | { readonly kind: 'publish'; readonly runId: string }

/** Rows that came together. */
export interface ImportPart {
  readonly name: string
  /** The waiting upload that these are; null for rows that wait nowhere. */
  readonly upload: string | null
  readonly rows: readonly ColorRow[]
}

/** A row with what is wrong with it. */
export interface RowReport {
  readonly rowId: string
  readonly problems: readonly HeldProblem[]
}

/** Why a command was not done; nothing of it was. */
export type SessionRefusal =
  | { readonly kind: 'saved' | 'nothing-to-undo' | 'nothing-to-redo' | 'nothing-to-publish' | 'empty-note' }
  | { readonly kind: 'unknown-row'; readonly rowId: string }
  | { readonly kind: 'unknown-upload'; readonly upload: string }
  | { readonly kind: 'unknown-field' | 'not-editable'; readonly field: string }
  | { readonly kind: 'missing' | 'unreadable' | 'out-of-range'; readonly field: string; readonly found: string }
  | { readonly kind: 'same-row'; readonly rowId: string }
  | { readonly kind: 'rule-unusable'; readonly ruleId: string; readonly field: string; readonly problem: TestProblem }
  /** Rows that cannot be converted into output. */
  | { readonly kind: 'cannot-convert'; readonly rows: readonly RowReport[] }

/** What happened, in the order in which it did. */
export type SessionEvent =
  | RowChange
  | SettingChange
  /** A row that came again; the earlier one stays. */
  | { readonly kind: 'same-row'; readonly rowId: string; readonly as: string }
  | { readonly kind: 'regrouped'; readonly cusips: readonly string[] }
