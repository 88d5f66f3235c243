import type { SessionView } from '../../../contract/color-sessions.ts'
import type { ColorRow } from '../../../core/color/color-row.ts'
import type { SectorLimit } from '../../../core/color/sector-limits.ts'
import type { SessionSetup } from '../../../core/color/session.ts'
import type { SessionCommand } from '../../../core/color/session-command.ts'
import type { EpochMicros } from '../../../core/kit/time.ts'
import type { Condition, Rule } from '../../../core/rules/condition.ts'
import type { Journal, JournalEntry } from '../../../platform/journal.ts'

export const OPENED = 'color.session.opened'
export const COMMAND = 'color.session.command'
export const PUBLISHED = 'color.session.published'
export const DISCARDED = 'color.session.discarded'
export const RESTORED = 'color.session.restored'
export const SESSION_KINDS = [OPENED, COMMAND, PUBLISHED, DISCARDED, RESTORED] as const

/** Rows by id; a long list of them is in a file. */
export type KeptIds = readonly string[] | { readonly file: string; readonly count: number }

/** A rule as it was when somebody applied it. */
export type AppliedRule = Rule & { readonly revision: number }

/** A command as the journal has it: all that is needed to do it again, rows that came in by the file they are in. */
export type KeptCommand =
  | { readonly kind: 'import'; readonly parts: readonly KeptPart[] }
  | { readonly kind: 'drop-uploads'; readonly uploads: readonly string[] }
  | { readonly kind: 'add'; readonly row: ColorRow }
  | { readonly kind: 'delete'; readonly rowIds: KeptIds; readonly when: Condition | null }
  | { readonly kind: 'bring-back'; readonly rowIds: KeptIds }
  | { readonly kind: 'apply-rules'; readonly rules: readonly AppliedRule[]; readonly limits?: readonly SectorLimit[] }
  | Extract<SessionCommand, { readonly kind: 'edit' | 'direction' | 'sort' | 'note' | 'undo' | 'redo' }>

export interface KeptPart {
  readonly name: string
  readonly upload: string
  readonly rows: number
  readonly file: string
}

/** What a command came to, for whoever gave it. */
export interface CommandEffect {
  readonly rows: number
  readonly cusips: number
  readonly same: number
}

type AfterKeys = 'status' | 'direction' | 'sort' | 'imports' | 'notes' | 'undo' | 'redo'
/** What is shown of a session without opening it. */
export type SessionAfter = Pick<SessionView, AfterKeys> & {
  readonly statistics: Omit<SessionView['statistics'], 'byRule'> & { readonly byRule: readonly (readonly [string, number])[] }
}

export interface OpenedBody {
  readonly name: string
  readonly setup: SessionSetup
  readonly after: SessionAfter
}
export interface CommandBody {
  readonly revision: number
  readonly command: KeptCommand
  readonly effect: CommandEffect
  /** What of it changed. */
  readonly after: Partial<SessionAfter>
}
export interface PublishedBody {
  readonly run: string
  readonly number: number
}

/** A session as the list has it. */
export interface SessionHead {
  readonly id: string
  readonly name: string
  readonly user: string
  readonly setup: SessionSetup
  readonly opened: EpochMicros
  changed: EpochMicros
  revision: number
  after: SessionAfter
  ended: 'published' | 'discarded' | null
  run: PublishedBody | null
  /** Rules that were applied at any time, as they were the last time. */
  readonly rules: Map<string, AppliedRule>
}

/** Takes one entry into the list. */
export function foldSession(heads: Map<string, SessionHead>, { kind, subject, at, user, body }: JournalEntry): void {
  if (kind === OPENED) {
    const { name, setup, after } = body as OpenedBody
    const rest = { revision: 0, after, ended: null, run: null, rules: new Map<string, AppliedRule>() }
    heads.set(subject, { id: subject, name, user, setup, opened: at, changed: at, ...rest })
    return
  }
  const head = heads.get(subject)
  if (!head) return
  head.changed = at
  if (kind === COMMAND) {
    const { revision, command, after } = body as CommandBody
    head.revision = revision
    head.after = { ...head.after, ...after }
    if (command.kind === 'apply-rules') for (const rule of command.rules) head.rules.set(rule.id, rule)
  } else if (kind === PUBLISHED) {
    head.ended = 'published'
    head.run = body as PublishedBody
    head.after = { ...head.after, status: 'saved', undo: null, redo: null }
  } else head.ended = kind === DISCARDED ? 'discarded' : null
}

/** What is new of a state that is shown, so that notes are not written again with every command. */
export function changedPart(before: SessionAfter, after: SessionAfter): Partial<SessionAfter> {
  const changed = Object.entries(after).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key as keyof SessionAfter]),
  )
  return Object.fromEntries(changed)
}

/** Files that a command names. */
export function filesOf(command: KeptCommand): readonly string[] {
  if (command.kind === 'import') return command.parts.map(({ file }) => file)
  return 'rowIds' in command && 'file' in command.rowIds ? [command.rowIds.file] : []
}

const PAGE = 500

/** Entries of a query a page at a time, so that years of them are never in memory together. */
export function* entriesOf(
  journal: Pick<Journal, 'read'>,
  query: { readonly kinds: readonly string[]; readonly subject?: string },
): Generator<JournalEntry, void> {
  for (let after = 0; ; ) {
    const page = journal.read({ ...query, after, limit: PAGE })
    yield* page
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = last.seq
  }
}
