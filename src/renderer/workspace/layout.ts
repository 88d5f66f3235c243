import type { SerializedDockview } from 'dockview-react'
import { PANELS, type PanelName, panelKind } from '../panels.ts'

/** The link groups; each has a letter beside its colour, so that the colour is never alone. */
export const LINKS = ['A', 'B', 'C', 'D', 'E', 'F'] as const
export type LinkLetter = (typeof LINKS)[number]

/** What is kept of one panel besides its place in the dock. */
export interface PanelRecord {
  readonly kind: PanelName
  readonly params: object
  readonly link: LinkLetter | null
  /** Its own symbol, used while it is in no link group. */
  readonly subject: string | null
}

/** What is stored of a workspace; the host keeps it whole. */
export interface StoredLayout {
  readonly version: 1
  /** When the workspace was made, in epoch microseconds: the order of the tabs. The host lists the current one first. */
  readonly made: number
  readonly dock: SerializedDockview | null
  readonly panels: Readonly<Record<string, PanelRecord>>
  /** Symbol of each link group. */
  readonly links: Readonly<Partial<Record<LinkLetter, string>>>
}

export const EMPTY_LAYOUT: StoredLayout = { version: 1, made: 0, dock: null, panels: {}, links: {} }

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A panel out of what was stored; null where it is of no kind that there is. */
export function recordOf(stored: unknown): PanelRecord | null {
  if (!isObject(stored)) return null
  const kind = panelKind(String(stored.kind))
  if (!kind) return null
  return {
    kind: kind.kind,
    params: isObject(stored.params) ? stored.params : kind.params,
    link: LINKS.find(letter => letter === stored.link) ?? null,
    subject: typeof stored.subject === 'string' ? stored.subject : null,
  }
}

/**
 * The layout that was stored, or what of it can be used: an unknown panel is left out and named.
 *
 * `lost` lists the panels that were left out; `whole` is false where the arrangement itself cannot be read.
 */
export function readLayout(stored: unknown): { layout: StoredLayout; lost: readonly string[]; whole: boolean } {
  if (!isObject(stored) || stored.version !== 1 || !isObject(stored.panels)) {
    const isBlank = stored === null || stored === undefined || (isObject(stored) && Object.keys(stored).length === 0)
    return { layout: EMPTY_LAYOUT, lost: [], whole: isBlank }
  }
  const lost: string[] = []
  const panels: Record<string, PanelRecord> = {}
  for (const [id, value] of Object.entries(stored.panels)) {
    const record = recordOf(value)
    if (record) panels[id] = record
    else lost.push(isObject(value) ? String(value.kind) : id)
  }
  const links = Object.fromEntries(
    Object.entries(isObject(stored.links) ? stored.links : {}).filter(
      ([letter, subject]) => (LINKS as readonly string[]).includes(letter) && typeof subject === 'string',
    ),
  )
  const dock = isObject(stored.dock) ? (stored.dock as unknown as SerializedDockview) : null
  const made = typeof stored.made === 'number' ? stored.made : 0
  return { layout: { version: 1, made, dock, panels, links }, lost, whole: true }
}

/** The arrangement without its sizes: two layouts with the same shape differ only by a dragged edge or a resized window. */
export function shapeOf(dock: SerializedDockview): string {
  return JSON.stringify(dock, (key, value) =>
    key === 'size' ||
    key === 'title' ||
    key === 'width' ||
    key === 'height' ||
    key === 'activeView' ||
    key === 'activeGroup' ||
    key === 'position'
      ? undefined
      : value,
  )
}

/** A free id for another panel of that kind: `chart-3`. Ids are never used twice in one workspace. */
export function nextPanelId(kind: PanelName, taken: Readonly<Record<string, unknown>>): string {
  let n = 1
  while (`${kind}-${n}` in taken) n++
  return `${kind}-${n}`
}

/** The params that a new panel of that kind starts with. */
export function usualRecord(kind: PanelName, link: LinkLetter | null = null): PanelRecord {
  const known = PANELS.find(entry => entry.kind === kind)
  return { kind, params: known?.params ?? {}, link: known?.linkable ? link : null, subject: null }
}
