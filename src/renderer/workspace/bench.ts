import type { DockviewApi } from 'dockview-react'
import { createStore, type StoreApi } from 'zustand'
import type { WorkspaceWire } from '../../contract/workspace.ts'
import { type PanelName, panelKind } from '../panels.ts'
import { EMPTY_LAYOUT, type LinkLetter, nextPanelId, type PanelRecord, type StoredLayout, usualRecord } from './layout.ts'

/** What is on the bench: the arrangement of the current workspace, and the names of the others. */
export interface BenchState {
  readonly phase: 'loading' | 'ready' | 'failed'
  readonly error: unknown
  readonly workspaces: readonly WorkspaceWire[]
  /** Further windows of the current workspace, as they are stored. */
  readonly windows: readonly WorkspaceWire[]
  readonly current: string | null
  /** Of the current workspace; see StoredLayout. */
  readonly made: number
  readonly panels: Readonly<Record<string, PanelRecord>>
  readonly links: Readonly<Partial<Record<LinkLetter, string>>>
  /** Titles that panels gave themselves. */
  readonly titles: Readonly<Record<string, string>>
  /** Header elements into which panels put their actions. */
  readonly actions: Readonly<Record<string, HTMLElement>>
  readonly active: string | null
  readonly saving: 'saved' | 'waiting' | 'failed'
  readonly undoDepth: number
  readonly redoDepth: number
}

export type BenchStore = StoreApi<BenchState>

export function createBenchStore(): BenchStore {
  return createStore<BenchState>(() => ({
    phase: 'loading',
    error: null,
    workspaces: [],
    windows: [],
    current: null,
    made: 0,
    panels: {},
    links: {},
    titles: {},
    actions: {},
    active: null,
    saving: 'saved',
    undoDepth: 0,
    redoDepth: 0,
  }))
}

/** The symbol that a panel shows: that of its link group, else its own. */
export function subjectOf(state: Pick<BenchState, 'panels' | 'links'>, id: string): string | null {
  const record = state.panels[id]
  if (!record) return null
  return record.link === null ? record.subject : (state.links[record.link] ?? record.subject)
}

/** Everything that can be done with the panels of the current workspace. Calls before the dock is drawn do nothing. */
export interface Bench {
  readonly store: BenchStore
  attach(api: DockviewApi): () => void
  /** The dock itself, for what only it can do; null until it is drawn. */
  dock(): DockviewApi | null
  layout(): StoredLayout
  put(layout: StoredLayout): boolean
  /** Hears after anything that is stored with the workspace changed. */
  onChange(hear: () => void): void
  open(kind: PanelName, options?: { params?: object; link?: LinkLetter | null; subject?: string | null }): string | null
  close(id: string): void
  duplicate(id: string): void
  float(id: string): void
  maximise(id: string): void
  activate(id: string): void
  move(id: string, direction: 'left' | 'right' | 'up' | 'down'): void
  setParams(id: string, patch: object): void
  setLink(id: string, link: LinkLetter | null): void
  setSubject(id: string, subject: string): void
  /** A link group of another window shows another symbol. */
  followLink(letter: LinkLetter, subject: string): void
  /** Hears when a link group of this window shows another symbol. */
  onLink(hear: (letter: LinkLetter, subject: string) => void): () => void
  setTitle(id: string, title: string): void
  setActions(id: string, element: HTMLElement | null): void
}

const SIDES = { left: 'left', right: 'right', up: 'top', down: 'bottom' } as const

/** A group wider than this holds two panels side by side; one narrower than the other is no place for a further panel. */
const WIDE = 720
const NARROW = 520

/** Where a further panel has room: the group in use, unless it is a narrow column or floats; then the largest. */
function roomy(dock: DockviewApi) {
  const { activeGroup } = dock
  if (activeGroup?.api.location.type === 'grid' && activeGroup.width >= NARROW) return activeGroup
  const docked = dock.groups.filter(group => group.api.location.type === 'grid')
  return docked.toSorted((a, b) => b.width * b.height - a.width * a.height)[0] ?? activeGroup
}

export function createBench(): Bench {
  const store = createBenchStore()
  let dock: DockviewApi | null = null
  const listeners: (() => void)[] = []
  const linkListeners = new Set<(letter: LinkLetter, subject: string) => void>()
  const changed = () => {
    for (const hear of listeners) hear()
  }
  const patch = (id: string, part: Partial<PanelRecord>) => {
    const record = store.getState().panels[id]
    if (!record) return
    store.setState(({ panels }) => ({ panels: { ...panels, [id]: { ...record, ...part } } }))
    changed()
  }

  /** Panels that left the dock leave the records too, once what removed them is over (a move removes and adds). */
  const tidy = () => {
    if (!dock) return
    const { panels, titles, actions } = store.getState()
    const isThere = (id: string) => dock?.getPanel(id) !== undefined
    if (Object.keys(panels).every(isThere)) return
    const keep = <T>(all: Readonly<Record<string, T>>) => Object.fromEntries(Object.entries(all).filter(([id]) => isThere(id)))
    store.setState({ panels: keep(panels), titles: keep(titles), actions: keep(actions) })
  }

  function layout(): StoredLayout {
    const { panels, links, made } = store.getState()
    return dock && dock.totalPanels > 0
      ? { version: 1, made, dock: dock.toJSON(), panels, links }
      : { ...EMPTY_LAYOUT, made, links }
  }

  function put(next: StoredLayout): boolean {
    store.setState({ panels: { ...next.panels }, links: { ...next.links }, titles: {}, actions: {} })
    if (!dock) return true
    dock.clear()
    store.setState({ panels: { ...next.panels } })
    if (!next.dock) return true
    const known = new Set(Object.keys(next.panels))
    try {
      dock.fromJSON(structuredClone(next.dock))
      for (const panel of dock.panels) if (!known.has(panel.id)) panel.api.close()
      return true
    } catch {
      // The arrangement is broken, the panels need not be: they come back as tabs of one group.
      dock.clear()
      store.setState({ panels: { ...next.panels } })
      for (const id of known) dock.addPanel({ id, component: 'panel', title: id })
      return false
    }
  }

  function open(kind: PanelName, options: { params?: object; link?: LinkLetter | null; subject?: string | null } = {}) {
    if (!dock) return null
    const { panels } = store.getState()
    const id = nextPanelId(kind, panels)
    const usual = usualRecord(kind, options.link === undefined ? 'A' : options.link)
    const record = { ...usual, params: { ...usual.params, ...options.params }, subject: options.subject ?? null }
    store.setState({ panels: { ...panels, [id]: record } })
    // Panels without a symbol gather in one group, so that Settings does not cover the watchlist.
    const isAside = (other: string) => panelKind(panels[other]?.kind ?? '')?.linkable === false
    const gathered = dock.groups.find(group => group.panels.some(panel => isAside(panel.id)))
    const beside = (panelKind(kind)?.linkable === false ? gathered : undefined) ?? roomy(dock)
    const wide = beside && beside !== gathered && beside.width > WIDE
    const place = !beside
      ? {}
      : wide
        ? { position: { referenceGroup: beside, direction: 'right' as const } }
        : { position: { referenceGroup: beside } }
    dock.addPanel({ id, component: 'panel', title: id, ...place })
    return id
  }

  function putLink(letter: LinkLetter, subject: string) {
    if (store.getState().links[letter] === subject) return
    store.setState(({ links }) => ({ links: { ...links, [letter]: subject } }))
    changed()
  }

  return {
    store,
    dock: () => dock,
    layout,
    put,
    open,
    onChange: hear => void listeners.push(hear),
    attach(api) {
      dock = api
      const ends = [
        api.onDidActivePanelChange(() => store.setState({ active: api.activePanel?.id ?? null })),
        api.onDidLayoutChange(() => {
          tidy()
          changed()
        }),
      ]
      return () => {
        for (const end of ends) end.dispose()
        if (dock !== api) return
        dock = null
        // What is on the bench now is nobody's arrangement; it must not be stored as one.
        store.setState({ phase: 'loading' })
      }
    },
    close: id => dock?.getPanel(id)?.api.close(),
    duplicate(id) {
      const record = store.getState().panels[id]
      if (record) open(record.kind, { ...record, params: structuredClone(record.params) })
    },
    float(id) {
      const panel = dock?.getPanel(id)
      if (!dock || !panel) return
      if (panel.api.location.type === 'floating') {
        const home = dock.groups.find(group => group.api.location.type === 'grid')
        panel.api.moveTo(home ? { group: home } : { position: 'right' })
      } else dock.addFloatingGroup(panel, { width: 560, height: 380, position: { top: 80, left: 120 } })
    },
    maximise(id) {
      const panel = dock?.getPanel(id)
      if (panel?.api.isMaximized()) panel.api.exitMaximized()
      else panel?.api.maximize()
    },
    activate: id => {
      const panel = dock?.getPanel(id)
      panel?.api.setActive()
      panel?.focus()
    },
    move(id, direction) {
      const panel = dock?.getPanel(id)
      if (!dock || !panel) return
      const next = dock.adjacentGroupInDirection(panel.group, direction)
      if (next) panel.api.moveTo({ group: next as never })
      else if (panel.group.panels.length > 1) panel.api.moveTo({ group: panel.group, position: SIDES[direction] })
    },
    setParams: (id, part) => patch(id, { params: { ...store.getState().panels[id]?.params, ...part } }),
    setLink(id, link) {
      const subject = subjectOf(store.getState(), id)
      patch(id, { link, subject })
      // The first panel of a group brings its symbol along; a later one takes over the group's.
      if (link && subject && !store.getState().links[link])
        store.setState(({ links }) => ({ links: { ...links, [link]: subject } }))
    },
    setSubject(id, subject) {
      const record = store.getState().panels[id]
      if (!record) return
      if (record.link === null) return patch(id, { subject })
      const { link } = record
      putLink(link, subject)
      for (const hear of linkListeners) hear(link, subject)
    },
    followLink: putLink,
    onLink(hear) {
      linkListeners.add(hear)
      return () => void linkListeners.delete(hear)
    },
    setTitle: (id, title) =>
      void (store.getState().titles[id] !== title && store.setState(({ titles }) => ({ titles: { ...titles, [id]: title } }))),
    setActions(id, element) {
      const { actions } = store.getState()
      if ((actions[id] ?? null) === element) return
      const { [id]: _before, ...others } = actions
      store.setState({ actions: element ? { ...others, [id]: element } : others })
    },
  }
}
