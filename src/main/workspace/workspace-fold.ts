import type { WatchlistWire, WorkspaceWire } from '../../contract/workspace.ts'
import type { JournalEntry } from '../../platform/journal.ts'

export type SettingValue = string | number | boolean

/** Kinds of journal entries that this fold reads. */
export const WORKSPACE_KINDS = [
  'workspace.saved',
  'workspace.removed',
  'workspace.chosen',
  'watchlist.saved',
  'watchlist.removed',
  'setting.set',
] as const
/** A copy of the whole state, so that opening need not read years of layouts. */
export const SNAPSHOT_KIND = 'workspace.snapshot'

/** What a person arranged: a fold over the journal, kept in memory. */
export interface WorkspaceState {
  readonly workspaces: Map<string, WorkspaceWire>
  readonly watchlists: Map<string, WatchlistWire>
  readonly settings: Map<string, SettingValue>
  /** Last revision of what was removed, so that a new one of the same id is never taken for the old one. */
  readonly removed: Map<string, number>
  current: string | null
  /** Entries folded since the last snapshot. */
  sinceSnapshot: number
}

export function emptyState(): WorkspaceState {
  return {
    workspaces: new Map(),
    watchlists: new Map(),
    settings: new Map(),
    removed: new Map(),
    current: null,
    sinceSnapshot: 0,
  }
}

interface SnapshotBody {
  readonly workspaces: WorkspaceWire[]
  readonly watchlists: WatchlistWire[]
  readonly settings: [string, SettingValue][]
  readonly removed: [string, number][]
  readonly current: string | null
}

export function snapshotOf(state: WorkspaceState): SnapshotBody {
  return {
    workspaces: [...state.workspaces.values()],
    watchlists: [...state.watchlists.values()],
    settings: [...state.settings],
    removed: [...state.removed],
    current: state.current,
  }
}

function restore(state: WorkspaceState, body: SnapshotBody): void {
  for (const kept of [state.workspaces, state.watchlists, state.settings, state.removed]) kept.clear()
  for (const workspace of body.workspaces) state.workspaces.set(workspace.id, workspace)
  for (const watchlist of body.watchlists) state.watchlists.set(watchlist.id, watchlist)
  for (const [key, value] of body.settings) state.settings.set(key, value)
  for (const [key, revision] of body.removed) state.removed.set(key, revision)
  state.current = body.current
  state.sinceSnapshot = 0
}

/** Key of a removed thing: workspaces and watchlists may share an id. */
export function tombstone(kind: 'workspace' | 'watchlist', id: string): string {
  return `${kind}:${id}`
}

/** Brings the state up to date with one entry; entries of other kinds change nothing. */
export function fold(state: WorkspaceState, entry: JournalEntry): void {
  const id = entry.subject
  switch (entry.kind) {
    case SNAPSHOT_KIND:
      restore(state, entry.body as SnapshotBody)
      return
    case 'workspace.saved': {
      const body = entry.body as { name: string; layout: unknown; revision: number }
      state.workspaces.set(id, { id, name: body.name, layout: body.layout, revision: body.revision, savedAt: entry.at })
      state.current ??= id
      break
    }
    case 'workspace.removed':
      state.removed.set(tombstone('workspace', id), state.workspaces.get(id)?.revision ?? 0)
      state.workspaces.delete(id)
      if (state.current === id) state.current = null
      break
    case 'workspace.chosen':
      state.current = id
      break
    case 'watchlist.saved': {
      const body = entry.body as { name: string; instruments: string[]; revision: number }
      state.watchlists.set(id, { id, name: body.name, instruments: body.instruments, revision: body.revision })
      break
    }
    case 'watchlist.removed':
      state.removed.set(tombstone('watchlist', id), state.watchlists.get(id)?.revision ?? 0)
      state.watchlists.delete(id)
      break
    case 'setting.set': {
      const { value } = entry.body as { value: SettingValue | null }
      if (value === null) state.settings.delete(id)
      else state.settings.set(id, value)
      break
    }
    default:
      return
  }
  state.sinceSnapshot++
}
