import type { ComponentType } from 'react'
import type { PlainKey } from './ui/text.ts'

/** What every panel is given, whatever it shows. */
export interface PanelProps<P> {
  readonly id: string
  readonly params: P
  setParams(patch: Partial<P>): void
  /** Symbol of the link group, or of the panel itself where it is in none. */
  readonly subject: string | null
  setSubject(id: string): void
  setTitle(text: string): void
  /** Element of the panel's header where it puts its own actions (portal); null until the header is drawn. */
  readonly actions: HTMLElement | null
}

/** One kind of panel. Params must be plain JSON: they are stored with the workspace. */
export interface PanelKind<K extends string = string, P extends object = object> {
  readonly kind: K
  /** Key of its name, as `panel.chart`. */
  readonly title: PlainKey
  /** Follows the symbol of a link group. */
  readonly linkable: boolean
  /** Shows prices of the market, so that its header says DEMO where they are simulated. A panel that may show a file instead says so itself. */
  readonly showsFeed: boolean
  /** Letter of its icon in menus and in pictures of workspaces. */
  readonly icon: string
  readonly params: P
  load(): Promise<{ readonly Panel: ComponentType<PanelProps<P>> }>
}

/** A kind of panel, checked: the component that is loaded must take the params given here. */
export function definePanel<K extends string, P extends object>(kind: PanelKind<K, P>): PanelKind<K, P> {
  return kind
}

/** Every panel there is. Menus, the palette and the shortcuts are made from this table. */
export const PANELS = [
  definePanel({
    kind: 'chart',
    title: 'panel.chart',
    linkable: true,
    showsFeed: true,
    icon: 'chart',
    params: {},
    load: () => import('./market/chart-panel.tsx'),
  }),
  definePanel({
    kind: 'watchlist',
    title: 'panel.watchlist',
    linkable: true,
    showsFeed: true,
    icon: 'list',
    params: {},
    load: () => import('./market/watchlist-panel.tsx'),
  }),
  definePanel({
    kind: 'tape',
    title: 'panel.tape',
    linkable: true,
    showsFeed: true,
    icon: 'tape',
    params: {},
    load: () => import('./market/tape-panel.tsx'),
  }),
  definePanel({
    kind: 'options-chain',
    title: 'panel.options-chain',
    linkable: true,
    showsFeed: false,
    icon: 'chain',
    params: {},
    load: () => import('./options/chain-panel.tsx'),
  }),
  definePanel({
    kind: 'options-smile',
    title: 'panel.options-smile',
    linkable: true,
    showsFeed: false,
    icon: 'smile',
    params: {},
    load: () => import('./options/smile-panel.tsx'),
  }),
  definePanel({
    kind: 'options-greeks-map',
    title: 'panel.options-greeks-map',
    linkable: true,
    showsFeed: false,
    icon: 'heat',
    params: {},
    load: () => import('./options/greeks-map-panel.tsx'),
  }),
  definePanel({
    kind: 'options-term',
    title: 'panel.options-term',
    linkable: true,
    showsFeed: false,
    icon: 'term',
    params: {},
    load: () => import('./options/term-panel.tsx'),
  }),
  definePanel({
    kind: 'options-gamma',
    title: 'panel.options-gamma',
    linkable: true,
    showsFeed: true,
    icon: 'gamma',
    params: {},
    load: () => import('./options/gamma-panel.tsx'),
  }),
  definePanel({
    kind: 'options-flow',
    title: 'panel.options-flow',
    linkable: true,
    showsFeed: true,
    icon: 'flow',
    params: {},
    load: () => import('./options/flow-panel.tsx'),
  }),
  definePanel({
    kind: 'options-payoff',
    title: 'panel.options-payoff',
    linkable: true,
    showsFeed: true,
    icon: 'payoff',
    params: {},
    load: () => import('./options/payoff-panel.tsx'),
  }),
  definePanel({
    kind: 'options-batch',
    title: 'panel.options-batch',
    linkable: false,
    showsFeed: false,
    icon: 'batch',
    params: {},
    load: () => import('./options/batch-panel.tsx'),
  }),
  definePanel({
    kind: 'options-anomalies',
    title: 'panel.options-anomalies',
    linkable: false,
    showsFeed: true,
    icon: 'anomaly',
    params: {},
    load: () => import('./options/anomaly-panel.tsx'),
  }),
  definePanel({
    kind: 'color-board',
    title: 'panel.color-board',
    linkable: false,
    showsFeed: false,
    icon: 'gamma',
    params: {},
    load: () => import('./color/board/board-panel.tsx'),
  }),
  definePanel({
    kind: 'color-search',
    title: 'panel.color-search',
    linkable: false,
    showsFeed: false,
    icon: 'list',
    params: {},
    load: () => import('./color/search/search-panel.tsx'),
  }),
  definePanel({
    kind: 'color-outputs',
    title: 'panel.color-outputs',
    linkable: false,
    showsFeed: false,
    icon: 'outputs',
    params: {},
    load: () => import('./color/outputs/outputs-panel.tsx'),
  }),
  definePanel({
    kind: 'color-intake',
    title: 'panel.color-intake',
    linkable: false,
    showsFeed: false,
    icon: 'intake',
    params: {},
    load: () => import('./color/intake/intake-panel.tsx'),
  }),
  definePanel({
    kind: 'color-rules',
    title: 'panel.color-rules',
    linkable: false,
    showsFeed: false,
    icon: 'rules',
    params: {},
    load: () => import('./color/rules/rules-panel.tsx'),
  }),
  definePanel({
    kind: 'color-runs',
    title: 'panel.color-runs',
    linkable: false,
    showsFeed: false,
    icon: 'jobs',
    params: {},
    load: () => import('./color/runs/runs-panel.tsx'),
  }),
  definePanel({
    kind: 'color-session',
    title: 'panel.color-session',
    linkable: false,
    showsFeed: false,
    icon: 'table',
    params: {},
    load: () => import('./color/session/session-panel.tsx'),
  }),
  definePanel({
    kind: 'color-log',
    title: 'panel.color-log',
    linkable: false,
    showsFeed: false,
    icon: 'log',
    params: {},
    load: () => import('./color/log/log-panel.tsx'),
  }),
  definePanel({
    kind: 'color-setup',
    title: 'panel.color-setup',
    linkable: false,
    showsFeed: false,
    icon: 'settings',
    params: {},
    load: () => import('./color/setup/setup-panel.tsx'),
  }),
  definePanel({
    kind: 'sql',
    title: 'panel.sql',
    linkable: false,
    showsFeed: false,
    icon: 'sql',
    params: {},
    load: () => import('./lab/sql-panel.tsx'),
  }),
  definePanel({
    kind: 'import',
    title: 'panel.import',
    linkable: false,
    showsFeed: false,
    icon: 'import',
    params: {},
    load: () => import('./imports/import-panel.tsx'),
  }),
  definePanel({
    kind: 'sources',
    title: 'panel.sources',
    linkable: false,
    showsFeed: false,
    icon: 'sources',
    params: {},
    load: () => import('./sources/sources-panel.tsx'),
  }),
  definePanel({
    kind: 'jobs',
    title: 'panel.jobs',
    linkable: false,
    showsFeed: false,
    icon: 'jobs',
    params: {},
    load: () => import('./schedule/jobs-panel.tsx'),
  }),
  definePanel({
    kind: 'status',
    title: 'panel.status',
    linkable: false,
    showsFeed: false,
    icon: 'status',
    params: {},
    load: () => import('./system/status-panel.tsx'),
  }),
  definePanel({
    kind: 'log',
    title: 'panel.log',
    linkable: false,
    showsFeed: false,
    icon: 'log',
    params: {},
    load: () => import('./system/log-panel.tsx'),
  }),
  definePanel({
    kind: 'backups',
    title: 'panel.backups',
    linkable: false,
    showsFeed: false,
    icon: 'backup',
    params: {},
    load: () => import('./backup/backups-panel.tsx'),
  }),
  definePanel({
    kind: 'settings',
    title: 'panel.settings',
    linkable: false,
    showsFeed: false,
    icon: 'settings',
    params: {},
    load: () => import('./system/settings-panel.tsx'),
  }),
] as const

export type PanelName = (typeof PANELS)[number]['kind']

/** The kind of that name, or null where a stored layout names one that is gone. */
export function panelKind(kind: string): PanelKind<PanelName> | null {
  return (PANELS.find(known => known.kind === kind) as PanelKind<PanelName> | undefined) ?? null
}
