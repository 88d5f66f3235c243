import type { App } from './app-context.tsx'
import type { PANELS } from './panels.ts'
import type { Chord } from './ui/keys.ts'
import { notifyFault } from './ui/notice-fault.ts'
import { currentLanguage, type PlainKey } from './ui/text.ts'

/** Something a person can do, from the palette, by its keys, or from a menu. */
export interface Command {
  readonly id: string
  readonly title: PlainKey
  readonly group: PlainKey
  readonly keys: readonly Chord[]
  /** Whether the keys also count while a person types into a field. */
  readonly whileTyping?: boolean
  run(app: App): void
}

const active = (app: App) => app.bench.store.getState().active
const onActive = (act: (app: App, id: string) => void) => (app: App) => {
  const id = active(app)
  if (id) act(app, id)
}
const setting = (app: App, key: string) => app.desk.known.getState().settings.find(one => one.key === key)
const put = (app: App, key: string, value: string | number | boolean | null) =>
  void app.desk.setSetting(key, value).catch(notifyFault)
const toggle = (key: string, first: string, second: string) => (app: App) =>
  put(app, key, setting(app, key)?.value === first ? second : first)

const ZOOM_STEP = 10
const zoomBy = (step: number) => (app: App) => {
  const known = setting(app, 'zoom')
  if (typeof known?.value !== 'number') return
  put(app, 'zoom', Math.min(known.to ?? 150, Math.max(known.from ?? 80, known.value + step)))
}

/** Opens a panel of that kind, or goes to it where one of its kind is enough. */
export function openPanel(app: App, kind: (typeof PANELS)[number]['kind']): void {
  const { panels } = app.bench.store.getState()
  const there = Object.keys(panels).find(id => panels[id]?.kind === kind)
  const isSingle = kind === 'settings' || kind === 'sources' || kind === 'status' || kind === 'log'
  if (isSingle && there) app.bench.activate(there)
  else app.bench.open(kind)
}

function nextPanel(app: App, step: 1 | -1): void {
  const ids = app.bench.dock()?.panels.map(panel => panel.id) ?? []
  if (ids.length === 0) return
  const at = ids.indexOf(active(app) ?? '')
  const next = ids[(at + step + ids.length) % ids.length]
  if (next) app.bench.activate(next)
}

const REGIONS = ['region-top', 'region-dock', 'region-status'] as const

function nextRegion(step: 1 | -1): void {
  const at = REGIONS.findIndex(id => document.getElementById(id)?.contains(document.activeElement))
  const region = document.getElementById(REGIONS[(at + step + REGIONS.length) % REGIONS.length]!)
  const inside = region?.querySelector<HTMLElement>(
    '[data-region-first], button:not([disabled]), [href], input:not([disabled]), [tabindex="0"]',
  )
  ;(inside ?? region)?.focus()
}

const sheet = (which: 'palette' | 'shortcuts' | 'inbox' | 'about') => (app: App) =>
  app.view.setState(view => ({ sheet: view.sheet === which ? 'none' : which }))
const currentWorkspace = (act: (app: App, id: string) => void) => (app: App) => {
  const { current } = app.bench.store.getState()
  if (current) act(app, current)
}

const VIEW = 'group.view'
const PANEL = 'group.panels'
const WORKSPACE = 'group.workspaces'
const APP = 'group.app'

/** Every action of the shell, once. The palette, the keys and the sheet of shortcuts are made from this table. */
export const COMMANDS: readonly Command[] = [
  {
    id: 'palette',
    title: 'command.palette',
    group: APP,
    keys: ['Mod+K', 'Mod+P', '/'],
    whileTyping: true,
    run: sheet('palette'),
  },
  { id: 'shortcuts', title: 'command.shortcuts', group: APP, keys: ['?'], run: sheet('shortcuts') },
  { id: 'inbox', title: 'command.inbox', group: APP, keys: ['Alt+I'], run: sheet('inbox') },
  { id: 'about', title: 'user.about', group: APP, keys: [], run: sheet('about') },
  { id: 'reconnect', title: 'command.reconnect', group: APP, keys: [], run: app => app.desk.link.retryNow() },
  { id: 'region.next', title: 'command.regionNext', group: VIEW, keys: ['F6'], whileTyping: true, run: () => nextRegion(1) },
  {
    id: 'region.previous',
    title: 'command.regionPrevious',
    group: VIEW,
    keys: ['Shift+F6'],
    whileTyping: true,
    run: () => nextRegion(-1),
  },
  { id: 'theme', title: 'command.theme', group: VIEW, keys: ['Alt+T'], run: toggle('theme', 'light', 'dark') },
  {
    id: 'language',
    title: 'command.language',
    group: VIEW,
    keys: ['Alt+Shift+L'],
    run: app => put(app, 'language', currentLanguage() === 'es' ? 'en' : 'es'),
  },
  { id: 'density', title: 'command.density', group: VIEW, keys: [], run: toggle('density', 'comfortable', 'compact') },
  { id: 'zoom.in', title: 'command.zoomIn', group: VIEW, keys: ['Alt+='], whileTyping: true, run: zoomBy(ZOOM_STEP) },
  { id: 'zoom.out', title: 'command.zoomOut', group: VIEW, keys: ['Alt+-'], whileTyping: true, run: zoomBy(-ZOOM_STEP) },
  {
    id: 'zoom.reset',
    title: 'command.zoomReset',
    group: VIEW,
    keys: ['Alt+0'],
    whileTyping: true,
    run: app => put(app, 'zoom', null),
  },
  { id: 'panel.next', title: 'panel.focusNext', group: PANEL, keys: ['Alt+.'], whileTyping: true, run: app => nextPanel(app, 1) },
  {
    id: 'panel.previous',
    title: 'panel.focusPrevious',
    group: PANEL,
    keys: ['Alt+,'],
    whileTyping: true,
    run: app => nextPanel(app, -1),
  },
  {
    id: 'panel.close',
    title: 'command.closePanel',
    group: PANEL,
    keys: ['Alt+W'],
    run: onActive((app, id) => app.bench.close(id)),
  },
  {
    id: 'panel.maximise',
    title: 'command.maximisePanel',
    group: PANEL,
    keys: ['Alt+M'],
    run: onActive((app, id) => app.bench.maximise(id)),
  },
  {
    id: 'panel.float',
    title: 'command.floatPanel',
    group: PANEL,
    keys: ['Alt+F'],
    run: onActive((app, id) => app.bench.float(id)),
  },
  {
    id: 'panel.duplicate',
    title: 'command.duplicatePanel',
    group: PANEL,
    keys: ['Alt+Shift+D'],
    run: onActive((app, id) => app.bench.duplicate(id)),
  },
  {
    id: 'panel.window',
    title: 'command.panelWindow',
    group: PANEL,
    keys: ['Alt+Shift+W'],
    run: onActive((app, id) => void app.windows.detach(id)),
  },
  {
    id: 'panel.home',
    title: 'command.panelHome',
    group: PANEL,
    keys: ['Alt+Shift+H'],
    run: onActive((app, id) => void app.windows.dock(id)),
  },
  ...(['left', 'right', 'up', 'down'] as const).map(side => {
    const name = `${side[0]!.toUpperCase()}${side.slice(1)}` as 'Left' | 'Right' | 'Up' | 'Down'
    return {
      id: `panel.move.${side}`,
      title: `panel.move${name}`,
      group: PANEL,
      keys: [`Alt+Shift+Arrow${name}`],
      run: onActive((app, id) => app.bench.move(id, side)),
    } as const satisfies Command
  }),
  { id: 'undo', title: 'command.undo', group: PANEL, keys: ['Mod+Z'], run: app => app.workspaces.history.undo() },
  { id: 'redo', title: 'command.redo', group: PANEL, keys: ['Mod+Shift+Z', 'Mod+Y'], run: app => app.workspaces.history.redo() },
  { id: 'workspace.add', title: 'workspace.add', group: WORKSPACE, keys: ['Alt+Shift+N'], run: app => void app.workspaces.add() },
  {
    id: 'workspace.rename',
    title: 'workspace.rename',
    group: WORKSPACE,
    keys: ['F2'],
    run: currentWorkspace((app, id) => app.view.setState({ renaming: id })),
  },
  {
    id: 'workspace.duplicate',
    title: 'workspace.duplicate',
    group: WORKSPACE,
    keys: [],
    run: currentWorkspace((app, id) => void app.workspaces.duplicate(id)),
  },
  {
    id: 'workspace.delete',
    title: 'workspace.delete',
    group: WORKSPACE,
    keys: [],
    run: currentWorkspace((app, id) => void app.workspaces.remove(id)),
  },
  { id: 'workspace.reset', title: 'workspace.reset', group: WORKSPACE, keys: [], run: app => void app.workspaces.reset() },
]

/** Keys that open a panel; the rest of the panels are in the palette. */
export const PANEL_KEYS: Readonly<Partial<Record<(typeof PANELS)[number]['kind'], Chord>>> = {
  settings: 'Mod+,',
  chart: 'Alt+C',
  watchlist: 'Alt+L',
  sql: 'Alt+Q',
}

/** Nine places for workspaces by number. */
export const WORKSPACE_KEYS: readonly Chord[] = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].map(digit => `Alt+${digit}`)
