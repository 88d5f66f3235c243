import { ok, type Result, refused } from '../kit/result.ts'
import type { BiasRanks } from './bias-rank.ts'
import type { PxDirection } from './order.ts'
import type { SessionCommand, SessionEvent, SessionRefusal } from './session-command.ts'
import { decide } from './session-decide.ts'
import { applyPatch, inversePatch, type SessionContents, type SessionPatch } from './session-patch.ts'

/** Patches, the last one on top; a list that shares its tail, so that undo without limit costs nothing while one works. */
interface PatchStack {
  readonly patch: SessionPatch
  readonly below: PatchStack | null
}

/** A manual session: rows at work, what was left out and why, and the way back. */
export interface ColorSession extends SessionContents {
  readonly ranks: BiasRanks
  readonly done: PatchStack | null
  readonly undone: PatchStack | null
}

/** What a session begins with. */
export interface SessionSetup {
  readonly ranks: BiasRanks
  readonly direction: PxDirection
}

/** A session after a command, and what happened. */
export interface SessionStep {
  readonly session: ColorSession
  readonly events: readonly SessionEvent[]
}

/** A new session without rows. */
export function createSession({ ranks, direction }: SessionSetup): ColorSession {
  const settings = { status: 'new', direction, sort: null, notes: [], imports: [], rulesApplied: [], runId: null } as const
  return { rows: new Map(), groups: new Map(), settings, ranks, done: null, undone: null }
}

/**
 * A session after one command, the one before it untouched; a command that is refused changes nothing.
 *
 * A command that comes to nothing, such as typing what stands there, leaves undo and redo as they are. A saved session is at its end.
 */
export function runCommand(session: ColorSession, command: SessionCommand): Result<SessionStep, SessionRefusal> {
  return advance(session, command, false)
}

function advance(session: ColorSession, command: SessionCommand, isOwned: boolean): Result<SessionStep, SessionRefusal> {
  const { ranks, done, undone, ...contents } = session
  const before = { contents, isOwned }
  if (contents.settings.status === 'saved') return refused({ kind: 'saved' })
  if (command.kind === 'undo') {
    if (!done) return refused({ kind: 'nothing-to-undo' })
    return ok(
      step(before, inversePatch(done.patch), [], { ranks, done: done.below, undone: { patch: done.patch, below: undone } }),
    )
  }
  if (command.kind === 'redo') {
    if (!undone) return refused({ kind: 'nothing-to-redo' })
    return ok(step(before, undone.patch, [], { ranks, done: { patch: undone.patch, below: done }, undone: undone.below }))
  }
  const decision = decide(contents, command, ranks)
  if (!decision.ok) return decision
  const { patch, remarks } = decision.value
  if (patch.length === 0) return ok({ session, events: remarks })
  return ok(step(before, patch, remarks, { ranks, done: { patch, below: done }, undone: null }))
}

/**
 * The session that a list of commands comes to, such as a journal gives it.
 *
 * Fails: RangeError naming the first command that is refused, because a journal only has commands that were done.
 */
export function foldCommands(setup: SessionSetup, commands: readonly SessionCommand[]): ColorSession {
  return commands.reduce((session, command, at) => {
    // Nobody sees what lies between: a long journal is folded without copying all rows for each command.
    const next = advance(session, command, true)
    if (!next.ok) throw new RangeError(`command ${at} (${command.kind}) is refused: ${next.error.kind}`)
    return next.value.session
  }, createSession(setup))
}

function step(
  { contents: before, isOwned }: { readonly contents: SessionContents; readonly isOwned: boolean },
  patch: SessionPatch,
  remarks: readonly SessionEvent[],
  rest: Pick<ColorSession, 'ranks' | 'done' | 'undone'>,
): SessionStep {
  const { contents, regrouped } = applyPatch(before, patch, isOwned)
  const events: SessionEvent[] = [...remarks, ...patch]
  if (regrouped.length > 0) events.push({ kind: 'regrouped', cusips: regrouped })
  return { session: { ...contents, ...rest }, events }
}
