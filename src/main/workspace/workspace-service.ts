import { isDeepStrictEqual } from 'node:util'
import type { WatchlistWire, WorkspaceWire } from '../../contract/workspace.ts'
import type { Journal, JournalEntry } from '../../platform/journal.ts'
import { fail } from '../fail.ts'
import type { HostBus, Topics } from '../topics.ts'
import { effective, expectSettable, type LaunchSettings, type SettingNow } from './settings.ts'
import {
  emptyState,
  fold,
  type SettingValue,
  SNAPSHOT_KIND,
  snapshotOf,
  tombstone,
  WORKSPACE_KINDS,
  type WorkspaceState,
} from './workspace-fold.ts'

/** So many entries are folded at start-up at most; then the journal gets a snapshot of the state. */
const SNAPSHOT_EVERY = 500
const PAGE = 1000

export type WorkspaceChange = Topics['workspace']

interface Parts {
  readonly journal: Journal
  readonly bus: HostBus
  readonly config: LaunchSettings
}

/** Workspaces, watchlists and settings: what a person arranged, as it stands in the journal. */
export interface WorkspaceService {
  list(): { workspaces: WorkspaceWire[]; current: string | null }
  save(o: { id: string; name: string; layout?: unknown; revision: number }, user: string): { revision: number }
  remove(id: string, user: string): void
  choose(id: string, user: string): void
  watchlists(): WatchlistWire[]
  saveWatchlist(
    o: { id: string; name: string; instruments: readonly string[]; revision: number },
    user: string,
  ): { revision: number }
  removeWatchlist(id: string, user: string): void
  settings(): SettingNow[]
  /** The value that holds now. Fails: RangeError when no setting has that key. */
  setting(key: string): SettingValue
  set(key: string, value: SettingValue | null, user: string): { value: SettingValue }
  /** Changes as they are made, several of one thing merged into the newest where the reader is slow; ends with the signal. */
  watch(signal?: AbortSignal): AsyncGenerator<WorkspaceChange, void>
  close(): void
}

/** Reads the newest snapshot and what came after it; without one, everything. */
function load(journal: Journal): WorkspaceState {
  const state = emptyState()
  const [snapshot] = journal.read({ kinds: [SNAPSHOT_KIND], newestFirst: true, limit: 1 })
  if (snapshot) fold(state, snapshot)
  let after = snapshot?.seq ?? 0
  for (;;) {
    const entries = journal.read({ after, kinds: WORKSPACE_KINDS, limit: PAGE })
    for (const entry of entries) fold(state, entry)
    const last = entries.at(-1)
    if (!last || entries.length < PAGE) return state
    after = last.seq
  }
}

export function createWorkspaceService({ journal, bus, config }: Parts): WorkspaceService {
  const state = load(journal)
  const writer = createWriter(journal, bus, state)
  const ending = new AbortController()
  const settingNow = (key: string) => {
    const entry = config.entries.find(one => one.key === key)
    if (!entry) throw new RangeError(`no setting is named ${key}`)
    return effective(entry, config, state.settings.get(key))
  }
  return {
    list: () => ({ workspaces: currentFirst(state), current: state.current }),
    ...workspaceWrites(state, writer),
    watchlists: () => [...state.watchlists.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    ...watchlistWrites(state, writer),
    settings: () => config.entries.map(entry => effective(entry, config, state.settings.get(entry.key))),
    setting: key => settingNow(key).value,
    set(key, value, user) {
      const checked = expectSettable(config, key, value)
      if (state.settings.get(key) !== (checked ?? undefined)) {
        const written = writer.append({ kind: 'setting.set', subject: key, user, body: { value: checked } })
        writer.announce('settings', key, written.seq)
      }
      return { value: settingNow(key).value }
    },
    watch: signal => changesOf(bus, signal ? AbortSignal.any([signal, ending.signal]) : ending.signal),
    close: () => ending.abort(),
  }
}

type Writer = ReturnType<typeof createWriter>

function createWriter(journal: Journal, bus: HostBus, state: WorkspaceState) {
  return {
    append(event: { kind: (typeof WORKSPACE_KINDS)[number]; subject: string; user: string; body: unknown }): JournalEntry {
      const entry = journal.append(event)
      fold(state, entry)
      if (state.sinceSnapshot >= SNAPSHOT_EVERY) {
        fold(state, journal.append({ kind: SNAPSHOT_KIND, subject: 'workspace', user: event.user, body: snapshotOf(state) }))
      }
      return entry
    },
    announce(changed: WorkspaceChange['changed'], id: string, revision: number): void {
      bus.emit('workspace', { changed, id, revision })
    },
  }
}

function currentFirst(state: WorkspaceState): WorkspaceWire[] {
  const rank = (one: WorkspaceWire) => (one.id === state.current ? 0 : 1)
  return [...state.workspaces.values()].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
}

/** Refuses a save that was made from an older revision, or of something that was removed meanwhile. */
function nextRevision(held: number | undefined, loaded: number, buried: number | undefined): number {
  if ((held ?? 0) !== loaded) fail('WORKSPACE_CHANGED', { revision: held ?? 0 })
  return (held ?? buried ?? 0) + 1
}

function workspaceWrites(state: WorkspaceState, writer: Writer): Pick<WorkspaceService, 'save' | 'remove' | 'choose'> {
  const expectKnown = (id: string) => {
    if (!state.workspaces.has(id)) fail('WORKSPACE_UNKNOWN', { workspace: id })
  }
  return {
    save({ id, name, layout = null, revision: loaded }, user) {
      const held = state.workspaces.get(id)
      const revision = nextRevision(held?.revision, loaded, state.removed.get(tombstone('workspace', id)))
      // A page saves on every move; what did not change must not fill the journal.
      if (held && held.name === name && isDeepStrictEqual(held.layout, layout)) return { revision: held.revision }
      writer.append({ kind: 'workspace.saved', subject: id, user, body: { name, layout, revision } })
      writer.announce('workspaces', id, revision)
      return { revision }
    },
    remove(id, user) {
      expectKnown(id)
      const revision = state.workspaces.get(id)!.revision
      writer.append({ kind: 'workspace.removed', subject: id, user, body: {} })
      writer.announce('workspaces', id, revision)
    },
    choose(id, user) {
      expectKnown(id)
      if (state.current === id) return
      writer.append({ kind: 'workspace.chosen', subject: id, user, body: {} })
      writer.announce('workspaces', id, state.workspaces.get(id)!.revision)
    },
  }
}

function watchlistWrites(state: WorkspaceState, writer: Writer): Pick<WorkspaceService, 'saveWatchlist' | 'removeWatchlist'> {
  return {
    saveWatchlist({ id, name, instruments, revision: loaded }, user) {
      const held = state.watchlists.get(id)
      const revision = nextRevision(held?.revision, loaded, state.removed.get(tombstone('watchlist', id)))
      if (held && held.name === name && isDeepStrictEqual(held.instruments, instruments)) return { revision: held.revision }
      writer.append({ kind: 'watchlist.saved', subject: id, user, body: { name, instruments, revision } })
      writer.announce('watchlists', id, revision)
      return { revision }
    },
    removeWatchlist(id, user) {
      const held = state.watchlists.get(id)
      if (!held) return fail('WORKSPACE_UNKNOWN', { workspace: id })
      writer.append({ kind: 'watchlist.removed', subject: id, user, body: {} })
      writer.announce('watchlists', id, held.revision)
    },
  }
}

async function* changesOf(bus: HostBus, signal: AbortSignal): AsyncGenerator<WorkspaceChange, void> {
  const waiting = new Map<string, WorkspaceChange>()
  let wake = () => {}
  const leave = bus.on('workspace', change => {
    waiting.set(`${change.changed}:${change.id}`, change)
    wake()
  })
  const abort = () => wake()
  signal.addEventListener('abort', abort)
  try {
    while (!signal.aborted) {
      const [first] = waiting
      if (first) {
        waiting.delete(first[0])
        yield first[1]
      } else {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    }
  } finally {
    leave()
    signal.removeEventListener('abort', abort)
  }
}
