import { ORPCError } from '@orpc/client'
import type { SessionCommandWire, SessionView } from '../../../contract/color-sessions.ts'

/** What a command came to. */
export interface CommandDone {
  readonly session: SessionView
  readonly rows: number
  readonly cusips: number
  readonly same: number
}

/** The host, as far as commands go. */
export interface CommandHost {
  run(revision: number, command: SessionCommandWire): Promise<CommandDone>
  /** The session as it is now. */
  read(): Promise<SessionView>
  /** What stands in a cell now; undefined where the row is no longer at work. */
  cell(rowId: string, field: string): Promise<string | null | undefined>
}

/** A cell whose text was typed here and is not yet what the host has, or will not be. */
export type CellState =
  | { readonly kind: 'pending'; readonly text: string }
  /** It stands in the journal; rows of before that revision do not show it yet. */
  | { readonly kind: 'kept'; readonly text: string; readonly revision: number }
  | { readonly kind: 'refused'; readonly text: string; readonly fault: unknown }
  /** Somebody else wrote into it meanwhile; undefined where the row was left out. */
  | { readonly kind: 'conflict'; readonly text: string; readonly theirs: string | null | undefined }

export interface Cell {
  readonly rowId: string
  readonly field: string
}

/** Commands of one session, sent one after another in the order given. */
export interface CommandQueue {
  /** Shows at once. `was` is what stood there, in the rows of revision `seen`, when typing began; without it the newest. */
  edit(cell: Cell, text: string, was: string | null, seen?: number): void
  /** Resolves when it stands in the journal. Fails: what the host answered. */
  run(command: SessionCommandWire): Promise<CommandDone>
  cell(rowId: string, field: string): CellState | undefined
  /** Lets go of a refusal or a conflict: what the host has is shown. */
  forget(cell: Cell): void
  /** Rows of that revision are shown: what was kept until then is among them. */
  shown(revision: number): void
  /** The latest cell with a refusal or a conflict. */
  trouble(): (Cell & { readonly state: CellState }) | null
  waiting(): number
  /** The session became another one by a command from elsewhere. */
  heard(session: SessionView): void
}

const keyOf = (rowId: string, field: string) => `${rowId}\u0000${field}`
/** Somebody else wrote into the cell while it was typed into. */
class Overtaken extends Error {
  override readonly name = 'Overtaken'
}
const isMoved = (fault: unknown) => fault instanceof Overtaken || (fault instanceof ORPCError && fault.code === 'SESSION_MOVED')
const plain = (text: string | null) => (text ?? '').trim()

/** Commands whose meaning does not depend on what others did meanwhile; undo, redo and rules mean another thing then. */
const REPEATED: ReadonlySet<SessionCommandWire['kind']> = new Set([
  ...(['add', 'bring-back', 'delete', 'direction', 'import', 'note', 'sort'] as const),
])
const TRIES = 5

/**
 * Sends commands with the revision that they were made on. One that the host refuses because the session moved on is sent again where
 * that cannot harm: an edit, if its own cell is as it was.
 *
 * `onChange` is told of every change of a cell or of the session.
 */
export function createCommandQueue(
  start: SessionView,
  host: CommandHost,
  onChange: (session: SessionView) => void,
): CommandQueue {
  let session = start
  let tail: Promise<unknown> = Promise.resolve()
  let waiting = 0
  /** Revisions that commands from here made. */
  const ours = new Set<number>()
  const cells = new Map<string, Cell & { readonly state: CellState }>()

  function take(next: SessionView): void {
    if (next.revision >= session.revision) session = next
    onChange(session)
  }
  function setCell({ rowId, field }: Cell, state: CellState | null): void {
    const key = keyOf(rowId, field)
    cells.delete(key)
    if (state) cells.set(key, { rowId, field, state })
    onChange(session)
  }
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    waiting++
    const done = tail.then(work).finally(() => {
      waiting--
      onChange(session)
    })
    tail = done.catch(() => undefined)
    return done
  }
  async function send(command: SessionCommandWire, mayRepeat: () => Promise<boolean>): Promise<CommandDone> {
    for (let tries = 1; ; tries++)
      try {
        const done = await host.run(session.revision, command)
        ours.add(done.session.revision)
        take(done.session)
        return done
      } catch (fault) {
        if (!isMoved(fault)) throw fault
        take(await host.read())
        if (tries === TRIES || !(await mayRepeat())) throw fault
      }
  }
  /** Whether somebody else did something after that revision; what was done here before was seen. */
  function isBehind(seen: number): boolean {
    for (let revision = seen + 1; revision <= session.revision; revision++) if (!ours.has(revision)) return true
    return false
  }
  async function sendEdit({ rowId, field }: Cell, text: string, was: string | null, seen: number): Promise<void> {
    const key = keyOf(rowId, field)
    let theirs: string | null | undefined = was
    // A later text for the same cell is on its way: this one still goes first, so that each can be taken back.
    const isNewest = () => {
      const { state } = cells.get(key) ?? {}
      return state?.kind === 'pending' && state.text === text
    }
    const isAsItWas = async () => {
      theirs = await host.cell(rowId, field)
      return theirs !== undefined && plain(theirs) === plain(was)
    }
    try {
      if (isBehind(seen) && !(await isAsItWas())) throw new Overtaken()
      const done = await send({ kind: 'edit', rowId, field, text }, isAsItWas)
      if (isNewest()) setCell({ rowId, field }, { kind: 'kept', text, revision: done.session.revision })
    } catch (fault) {
      // The answer to an edit that was done may have been lost with the line.
      if (isMoved(fault) && theirs !== undefined && plain(theirs) === plain(text)) return setCell({ rowId, field }, null)
      if (isNewest())
        setCell({ rowId, field }, isMoved(fault) ? { kind: 'conflict', text, theirs } : { kind: 'refused', text, fault })
    }
  }

  return {
    edit(cell, text, was, seen = session.revision) {
      const before = cells.get(keyOf(cell.rowId, cell.field))?.state
      // What was typed before stands there by the time this is sent.
      const base = before?.kind === 'pending' ? before.text : was
      setCell(cell, { kind: 'pending', text })
      void inTurn(() => sendEdit(cell, text, base, seen))
    },
    run: command => inTurn(() => send(command, async () => REPEATED.has(command.kind))),
    cell: (rowId, field) => cells.get(keyOf(rowId, field))?.state,
    forget: cell => setCell(cell, null),
    shown(revision) {
      for (const [key, { state }] of cells) if (state.kind === 'kept' && state.revision <= revision) cells.delete(key)
    },
    trouble: () => [...cells.values()].findLast(({ state }) => state.kind === 'refused' || state.kind === 'conflict') ?? null,
    waiting: () => waiting,
    heard: take,
  }
}
