import { ok, type Result, refused } from '../kit/result.ts'
import { finished, type Steps } from '../kit/steps.ts'
import type { BiasRanks } from './bias-rank.ts'
import type { PxDirection } from './order.ts'
import { type SectorLimit, USUAL_LIMITS } from './sector-limits.ts'
import type { SessionCommand, SessionEvent, SessionRefusal } from './session-command.ts'
import { decide } from './session-decide.ts'
import { applyPatch, inversePatch, type SessionContents, type SessionPatch } from './session-patch.ts'

/** Patches, the last one on top; a list that shares its tail, so that undo without limit costs nothing while one works. */
interface PatchStack {
  /** Kind of the command that it came of. */
  readonly command: SessionCommand['kind']
  readonly patch: SessionPatch
  readonly below: PatchStack | null
}

/** A manual session: rows at work, what was left out and why, and the way back. */
export interface ColorSession extends SessionContents {
  readonly ranks: BiasRanks
  readonly limits: readonly SectorLimit[]
  readonly done: PatchStack | null
  readonly undone: PatchStack | null
}

/** What a session begins with. */
export interface SessionSetup {
  readonly ranks: BiasRanks
  /** Of sectors; the usual ones where it is absent. */
  readonly limits?: readonly SectorLimit[]
  readonly direction: PxDirection
}

/** A session after a command, and what happened. */
export interface SessionStep {
  readonly session: ColorSession
  readonly events: readonly SessionEvent[]
}

/** A new session without rows. */
export function createSession({ ranks, limits = USUAL_LIMITS, direction }: SessionSetup): ColorSession {
  const settings = { status: 'new', direction, sort: null, notes: [], imports: [], rulesApplied: [], runId: null } as const
  return { rows: new Map(), groups: new Map(), settings, ranks, limits, done: null, undone: null }
}

/**
 * A session after one command, the one before it untouched; a command that is refused changes nothing.
 *
 * A command that comes to nothing, such as typing what stands there, leaves undo and redo as they are. A saved session is at its end.
 */
export function runCommand(session: ColorSession, command: SessionCommand): Result<SessionStep, SessionRefusal> {
  return finished(commandSteps(session, command))
}

/** The same with places to pause at. */
export function commandSteps(session: ColorSession, command: SessionCommand): Steps<Result<SessionStep, SessionRefusal>> {
  return advance(session, command, false)
}

function* advance(session: ColorSession, command: SessionCommand, isOwned: boolean): Steps<Result<SessionStep, SessionRefusal>> {
  const { ranks, limits, done, undone, ...contents } = session
  const before = { contents, isOwned }
  if (contents.settings.status === 'saved') return refused({ kind: 'saved' })
  if (command.kind === 'undo') {
    if (!done) return refused({ kind: 'nothing-to-undo' })
    const rest = { ranks, limits, done: done.below, undone: { ...done, below: undone } }
    const patch = inversePatch(done.patch)
    yield
    return ok(yield* step(before, patch, [], rest))
  }
  if (command.kind === 'redo') {
    if (!undone) return refused({ kind: 'nothing-to-redo' })
    return ok(yield* step(before, undone.patch, [], { ranks, limits, done: { ...undone, below: done }, undone: undone.below }))
  }
  const decision = yield* decide(contents, command, ranks)
  if (!decision.ok) return decision
  const { patch, remarks } = decision.value
  if (patch.length === 0) return ok({ session, events: remarks })
  const rest = { ranks, limits, done: { command: command.kind, patch, below: done }, undone: null }
  return ok(yield* step(before, patch, remarks, rest))
}

/**
 * The session that a list of commands comes to, such as a journal gives it.
 *
 * Fails: RangeError naming the first command that is refused, because a journal only has commands that were done.
 */
export function foldCommands(setup: SessionSetup, commands: readonly SessionCommand[]): ColorSession {
  return finished(foldSteps(setup, commands))
}

/** The same with places to pause at. */
export function* foldSteps(setup: SessionSetup, commands: readonly SessionCommand[]): Steps<ColorSession> {
  let session = createSession(setup)
  for (const [at, command] of commands.entries()) {
    // Nobody sees what lies between: a long journal is folded without copying all rows for each command.
    const next = yield* advance(session, command, true)
    if (!next.ok) throw new RangeError(`command ${at} (${command.kind}) is refused: ${next.error.kind}`)
    session = next.value.session
    yield
  }
  return session
}

function* step(
  { contents: before, isOwned }: { readonly contents: SessionContents; readonly isOwned: boolean },
  patch: SessionPatch,
  remarks: readonly SessionEvent[],
  rest: Pick<ColorSession, 'ranks' | 'limits' | 'done' | 'undone'>,
): Steps<SessionStep> {
  const { contents, regrouped } = yield* applyPatch(before, patch, isOwned)
  const events: SessionEvent[] = [...remarks, ...patch]
  if (regrouped.length > 0) events.push({ kind: 'regrouped', cusips: regrouped })
  return { session: { ...contents, ...rest }, events }
}
