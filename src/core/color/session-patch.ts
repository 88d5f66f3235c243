import type { Steps } from '../kit/steps.ts'
import type { ColorRow } from './color-row.ts'
import { type PlacedColor, placeColors } from './lineage.ts'
import type { PxDirection } from './order.ts'

/** Why a row of a session is not in its output. */
export type LeftOut = { readonly kind: 'rule'; readonly ruleId: string } | { readonly kind: 'deleted' }

/** A row as a session holds it; nothing that came in is ever forgotten. */
export interface HeldColor {
  readonly row: ColorRow
  /** Null for a row of the working set. */
  readonly leftOut: LeftOut | null
  /** What the row said when it came: an edit does not make the same row another. */
  readonly key: string
  /** The row as it came, before any edit. */
  readonly came: ColorRow
  /** Uploads that it came with; none for a row by hand. */
  readonly uploads: readonly string[]
}

/** By which column groups are shown; children stay under their parent. */
export interface SessionSort {
  readonly field: string
  readonly order: 'rising' | 'falling'
}

/** What somebody wrote about a session, or about one row of it. */
export interface SessionNote {
  readonly text: string
  readonly rowId: string | null
}

/** Rows that came in together, and what of the waiting uploads they used up. */
export interface SessionImport {
  readonly name: string
  readonly uploads: readonly string[]
  readonly rows: number
  /** How many of them were there already. */
  readonly same: number
}

/** What a session has once. */
export interface SessionSettings {
  readonly status: 'new' | 'preview' | 'saved'
  readonly direction: PxDirection
  readonly sort: SessionSort | null
  readonly notes: readonly SessionNote[]
  readonly imports: readonly SessionImport[]
  /** Rules that were applied, by id. */
  readonly rulesApplied: readonly string[]
  /** Set when it is published. */
  readonly runId: string | null
}

/** A row before and after; null where it was not there. */
export interface RowChange {
  readonly kind: 'row'
  readonly rowId: string
  readonly before: HeldColor | null
  readonly after: HeldColor | null
}

/** A setting before and after. */
export type SettingChange = {
  [K in keyof SessionSettings]: {
    readonly kind: 'setting'
    readonly name: K
    readonly before: SessionSettings[K]
    readonly after: SessionSettings[K]
  }
}[keyof SessionSettings]

/** What a command changes, with all that is needed to take it back. */
export type SessionPatch = readonly (RowChange | SettingChange)[]

/** Rows, their groups by CUSIP, and settings. */
export interface SessionContents {
  readonly rows: ReadonlyMap<string, HeldColor>
  /** The working set by CUSIP, the parent first; never an empty group. */
  readonly groups: ReadonlyMap<string, readonly PlacedColor[]>
  readonly settings: SessionSettings
}

const GROUPS_PER_STEP = 64
const CHANGES_PER_STEP = 1000

/** The patch that takes a patch back. */
export function inversePatch(patch: SessionPatch): SessionPatch {
  return patch.toReversed().map(change => ({ ...change, before: change.after, after: change.before }) as SessionPatch[number])
}

/** A change of one setting. */
export function settingChange<K extends keyof SessionSettings>(
  settings: SessionSettings,
  name: K,
  after: SessionSettings[K],
): SettingChange {
  return { kind: 'setting', name, before: settings[name], after } as SettingChange
}

/**
 * The contents after a patch, and the CUSIPs whose groups were made anew.
 *
 * Only touched groups are placed again, because a cell is edited far more often than the direction of prices is changed. With `isOwned`
 * nobody else sees the contents before, and their maps are changed instead of copied.
 */
export function* applyPatch(
  contents: SessionContents,
  patch: SessionPatch,
  isOwned: boolean,
): Steps<{ readonly contents: SessionContents; readonly regrouped: readonly string[] }> {
  const settings = { ...contents.settings }
  const changes = patch.filter(change => change.kind === 'row')
  const rows = isOwned || changes.length === 0 ? contents.rows : new Map(contents.rows)
  for (const change of patch) if (change.kind === 'setting') Object.assign(settings, { [change.name]: change.after })
  for (const [at, { rowId, after }] of changes.entries()) {
    if (at % CHANGES_PER_STEP === 0) yield
    if (after) (rows as Map<string, HeldColor>).set(rowId, after)
    else (rows as Map<string, HeldColor>).delete(rowId)
  }
  const isTurned = settings.direction !== contents.settings.direction
  const touched = touchedCusips(changes, isTurned ? contents.groups.keys() : [])
  if (touched.size === 0) return { contents: { rows, groups: contents.groups, settings }, regrouped: [] }
  yield
  const members = yield* membersOf(touched, contents.groups, rows, changes)
  const groups = isOwned ? (contents.groups as Map<string, readonly PlacedColor[]>) : new Map(contents.groups)
  yield
  let placed = 0
  for (const [cusip, group] of members) {
    if (group.length > 0) groups.set(cusip, placeColors(group, settings.direction))
    else groups.delete(cusip)
    if (++placed % GROUPS_PER_STEP === 0) yield
  }
  return { contents: { rows, groups, settings }, regrouped: [...touched] }
}

function touchedCusips(changes: readonly RowChange[], all: Iterable<string>): ReadonlySet<string> {
  const touched = new Set(all)
  for (const { before, after } of changes)
    for (const held of [before, after]) if (held && !held.leftOut) touched.add(held.row.cusip)
  return touched
}

function* membersOf(
  touched: ReadonlySet<string>,
  groups: SessionContents['groups'],
  rows: SessionContents['rows'],
  changes: readonly RowChange[],
): Steps<ReadonlyMap<string, ColorRow[]>> {
  const moved = new Set(changes.map(({ rowId }) => rowId))
  const members = new Map<string, ColorRow[]>()
  for (const cusip of touched) {
    if (members.size % CHANGES_PER_STEP === 0) yield
    members.set(
      cusip,
      (groups.get(cusip) ?? []).flatMap(({ row }) => (moved.has(row.rowId) ? [] : [row])),
    )
  }
  yield
  for (const rowId of moved) {
    const held = rows.get(rowId)
    if (held && !held.leftOut) members.get(held.row.cusip)?.push(held.row)
  }
  return members
}
