import { Orientation, type SerializedDockview } from 'dockview-react'
import type { PanelName } from '../panels.ts'
import type { PlainKey } from '../ui/text.ts'
import { type LinkLetter, nextPanelId, type PanelRecord, type StoredLayout, usualRecord } from './layout.ts'

/** A part of a ready-made arrangement: a group of tabs, or a row or column of parts with their shares. */
export type Part =
  | { readonly tabs: readonly { readonly kind: PanelName; readonly params?: object; readonly link?: LinkLetter }[] }
  | { readonly split: 'row' | 'column'; readonly parts: readonly (readonly [share: number, part: Part])[] }

export interface Preset {
  readonly key: 'futures' | 'equities' | 'options' | 'color' | 'research'
  readonly title: PlainKey
  readonly about: PlainKey
  readonly root: Part
  /** What to look for as the first symbol of each link group: a root of contract months, or a symbol; the first found is taken. */
  readonly leads: Readonly<Partial<Record<LinkLetter, readonly string[]>>>
}

const one = (kind: PanelName, link?: LinkLetter, params?: object): Part => ({
  tabs: [{ kind, ...(link ? { link } : {}), ...(params ? { params } : {}) }],
})

/** The ready-made workspaces that an empty dock offers; the first is also what a new workspace folder opens with. */
export const PRESETS: readonly Preset[] = [
  {
    key: 'futures',
    title: 'preset.futures',
    about: 'preset.futures.about',
    leads: { A: ['CL', 'CL=F', 'ES'] },
    root: {
      split: 'row',
      parts: [
        [0.303, one('watchlist', 'A')],
        [
          0.697,
          {
            split: 'column',
            parts: [
              [0.7, one('chart', 'A')],
              [
                0.3,
                {
                  split: 'row',
                  parts: [
                    [0.4, one('tape', 'A')],
                    [0.6, { tabs: [{ kind: 'sources' }, { kind: 'status' }, { kind: 'log' }] }],
                  ],
                },
              ],
            ],
          },
        ],
      ],
    },
  },
  {
    key: 'equities',
    title: 'preset.equities',
    about: 'preset.equities.about',
    leads: { A: ['SPY', 'AAPL'], B: ['AAPL', 'MSFT'] },
    root: {
      split: 'row',
      parts: [
        [0.28, one('watchlist', 'A')],
        [
          0.5,
          {
            split: 'column',
            parts: [
              [0.5, one('chart', 'A')],
              [0.5, one('chart', 'B')],
            ],
          },
        ],
        [0.22, one('tape', 'A')],
      ],
    },
  },
  {
    key: 'options',
    title: 'preset.options',
    about: 'preset.options.about',
    leads: { A: ['SPY'] },
    root: {
      split: 'row',
      parts: [
        [
          0.58,
          {
            split: 'column',
            parts: [
              [0.68, one('options-chain', 'A')],
              [
                0.32,
                {
                  tabs: [
                    { kind: 'options-anomalies', link: 'A' },
                    { kind: 'options-term', link: 'A' },
                    { kind: 'options-greeks-map', link: 'A' },
                  ],
                },
              ],
            ],
          },
        ],
        [
          0.42,
          {
            split: 'column',
            parts: [
              [0.5, one('options-smile', 'A')],
              [
                0.5,
                {
                  tabs: [
                    { kind: 'options-gamma', link: 'A' },
                    { kind: 'options-flow', link: 'A' },
                  ],
                },
              ],
            ],
          },
        ],
      ],
    },
  },
  {
    key: 'color',
    title: 'preset.color',
    about: 'preset.color.about',
    leads: {},
    root: {
      split: 'row',
      parts: [
        [
          0.3,
          {
            split: 'column',
            parts: [
              [0.5, one('color-intake')],
              [0.5, { tabs: [{ kind: 'color-runs' }, { kind: 'color-outputs' }, { kind: 'color-log' }] }],
            ],
          },
        ],
        [0.7, { tabs: [{ kind: 'color-session' }, { kind: 'color-rules' }, { kind: 'color-search' }, { kind: 'color-board' }] }],
      ],
    },
  },
  {
    key: 'research',
    title: 'preset.research',
    about: 'preset.research.about',
    leads: { A: ['sp500', 'SPY'] },
    root: {
      split: 'row',
      parts: [
        [0.5, { tabs: [{ kind: 'sql' }, { kind: 'import' }] }],
        [0.5, one('chart', 'A')],
      ],
    },
  },
]

interface Built {
  readonly records: Record<string, PanelRecord>
  groups: number
}

type Node = SerializedDockview['grid']['root']

function nodeOf(part: Part, size: number, built: Built): Node {
  if ('tabs' in part) {
    const views = part.tabs.map(({ kind, link, params }) => {
      const id = nextPanelId(kind, built.records)
      const usual = usualRecord(kind, link ?? null)
      built.records[id] = params ? { ...usual, params: { ...usual.params, ...params } } : usual
      return id
    })
    built.groups++
    return { type: 'leaf', size, data: { views, activeView: views[0]!, id: String(built.groups) } }
  }
  return { type: 'branch', size, data: part.parts.map(([share, inner]) => nodeOf(inner, share * 1000, built)) }
}

/** The arrangement of a preset, with the symbols of its link groups where they are known. */
export function presetLayout(preset: Preset, links: StoredLayout['links']): StoredLayout {
  const built: Built = { records: {}, groups: 0 }
  const isRow = 'split' in preset.root && preset.root.split === 'row'
  const root = nodeOf('tabs' in preset.root ? { split: 'row', parts: [[1, preset.root]] } : preset.root, 1000, built)
  const panels = Object.fromEntries(Object.keys(built.records).map(id => [id, { id, contentComponent: 'panel', title: id }]))
  return {
    version: 1,
    made: 0,
    dock: {
      grid: { root, width: 1000, height: 1000, orientation: isRow ? Orientation.HORIZONTAL : Orientation.VERTICAL },
      panels,
      activeGroup: '1',
    },
    panels: built.records,
    links,
  }
}

/** The arrangement of a window with one panel in it. */
export function singleLayout(record: PanelRecord, links: StoredLayout['links']): StoredLayout {
  const built: Built = { records: {}, groups: 0 }
  const leaf = nodeOf(one(record.kind), 1000, built)
  const [id] = Object.keys(built.records) as [string]
  return {
    version: 1,
    made: 0,
    dock: {
      grid: {
        root: { type: 'branch', size: 1000, data: [leaf] },
        width: 1000,
        height: 1000,
        orientation: Orientation.HORIZONTAL,
      },
      panels: { [id]: { id, contentComponent: 'panel', title: id } },
      activeGroup: '1',
    },
    panels: { [id]: record },
    links,
  }
}

/** Rectangles of a preset in fractions of the whole, for its picture. */
export function pictureOf(
  part: Part,
  box = { x: 0, y: 0, w: 1, h: 1 },
): { kind: PanelName; x: number; y: number; w: number; h: number }[] {
  if ('tabs' in part) return [{ kind: part.tabs[0]!.kind, ...box }]
  let at = 0
  return part.parts.flatMap(([share, inner]) => {
    const inside =
      part.split === 'row'
        ? { ...box, x: box.x + at * box.w, w: share * box.w }
        : { ...box, y: box.y + at * box.h, h: share * box.h }
    at += share
    return pictureOf(inner, inside)
  })
}
