/** A command as the history tells it. */
export interface HistoryEntry {
  readonly at: number
  readonly user: string
  readonly kind: string
  readonly rows: number
  readonly field: string | null
  readonly text: string | null
}

/** What undo would take back and redo would bring again; null where there is none, or where the history does not reach that far. */
export interface UndoNames {
  readonly undo: HistoryEntry | null
  readonly redo: HistoryEntry | null
}

/** What happened to a session as a whole; none of it is undone. */
const NO_COMMANDS: ReadonlySet<string> = new Set(['opened', 'published', 'publish', 'discarded', 'restored'])

/** Walks the commands as the session did: undo and redo move one from pile to pile, any other ends what could be done again. */
export function undoNames(newestFirst: readonly HistoryEntry[]): UndoNames {
  const done: HistoryEntry[] = []
  let undone: HistoryEntry[] = []
  for (const entry of newestFirst.toReversed()) {
    if (NO_COMMANDS.has(entry.kind)) continue
    if (entry.kind === 'undo') {
      const taken = done.pop()
      if (taken) undone.push(taken)
    } else if (entry.kind === 'redo') {
      const again = undone.pop()
      if (again) done.push(again)
    } else {
      done.push(entry)
      undone = []
    }
  }
  return { undo: done.at(-1) ?? null, redo: undone.at(-1) ?? null }
}
