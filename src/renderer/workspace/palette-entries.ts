import { useEffect, useMemo, useState } from 'react'
import type { InstrumentWire } from '../../contract/market.ts'
import { type App, useBench } from '../app-context.tsx'
import { COMMANDS, openPanel, PANEL_KEYS, WORKSPACE_KEYS } from '../commands.ts'
import { useDesk, useSettings } from '../desk.tsx'
import { PANELS, panelKind } from '../panels.ts'
import { tell } from '../ui/fault.ts'
import type { Chord } from '../ui/keys.ts'
import { type PlainKey, textOr, useText } from '../ui/text.ts'
import { fuzzy } from './fuzzy.ts'

/** One line of the palette. */
export interface Entry {
  readonly id: string
  readonly group: PlainKey
  readonly title: string
  readonly detail: string | null
  readonly icon: string | null
  readonly keys: Chord | undefined
  /** Set by the host's own search: not filtered again here. */
  readonly isFound?: boolean
  run(app: App): void
}

export interface EntryGroup {
  readonly title: PlainKey
  readonly entries: readonly Entry[]
}

/** Shows a symbol where a person is: in the active panel if it takes one, else in the first that does, else in a new chart. */
export function showSymbol(app: App, instrument: string): void {
  const { active, panels } = app.bench.store.getState()
  const takes = (id: string | null) => id !== null && panels[id] !== undefined && panelKind(panels[id].kind)?.linkable === true
  const target = takes(active) ? active : (Object.keys(panels).find(takes) ?? null)
  if (target) app.bench.setSubject(target, instrument)
  else app.bench.open('chart', { link: 'A', subject: instrument })
}

/** Everything the palette offers besides symbols. */
export function useEntries(): readonly Entry[] {
  const { t, language } = useText()
  const workspaces = useBench(state => state.workspaces)
  const settings = useSettings()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the titles are written in the language of the page
  return useMemo(() => {
    const panels = PANELS.map<Entry>(panel => ({
      id: `panel:${panel.kind}`,
      group: 'palette.panels',
      title: t('panel.open', { panel: t(panel.title) }),
      detail: null,
      icon: panel.icon,
      keys: PANEL_KEYS[panel.kind],
      run: app => openPanel(app, panel.kind),
    }))
    const places = workspaces.map<Entry>((workspace, index) => ({
      id: `workspace:${workspace.id}`,
      group: 'palette.workspaces',
      title: t('workspace.goto', { name: workspace.name }),
      detail: null,
      icon: null,
      keys: WORKSPACE_KEYS[index],
      run: app => void app.workspaces.choose(workspace.id),
    }))
    const commands = COMMANDS.filter(command => command.id !== 'palette').map<Entry>(command => ({
      id: `command:${command.id}`,
      group: 'palette.commands',
      title: t(command.title),
      detail: t(command.group),
      icon: null,
      keys: command.keys[0],
      run: app => command.run(app),
    }))
    const known = settings.map<Entry>(setting => ({
      id: `setting:${setting.key}`,
      group: 'palette.settings',
      title: textOr(`setting.${setting.key}`, setting.key),
      detail: textOr(`setting.group.${setting.group}`, setting.group),
      icon: 'settings',
      keys: undefined,
      run: app => {
        openPanel(app, 'settings')
        const there = Object.entries(app.bench.store.getState().panels).find(([, record]) => record.kind === 'settings')
        if (there) app.bench.setParams(there[0], { search: textOr(`setting.${setting.key}`, setting.key) })
      },
    }))
    return [...panels, ...places, ...commands, ...known]
  }, [workspaces, settings, language])
}

/** More than are shown, so that the nearest contract months are among them. */
const SEARCHED = 100

/** As the host ranked them, but the contract months of one root by their delivery. */
function inOrder(found: readonly InstrumentWire[]): readonly InstrumentWire[] {
  const months = found
    .filter(one => one.contractMonth !== null)
    .sort((a, b) => a.name.slice(0, 6).localeCompare(b.name.slice(0, 6)) || a.contractMonth!.localeCompare(b.contractMonth!))
  return found.map(one => (one.contractMonth === null ? one : months.shift()!))
}

/** Instruments and series that answer the text, from the host; an answer that comes after the next letter is dropped. */
export function useSymbols(typed: string): { symbols: readonly Entry[]; failure: string | null; isSearching: boolean } {
  const desk = useDesk()
  const [found, setFound] = useState<{ text: string; list: readonly InstrumentWire[]; failure: string | null }>({
    text: '',
    list: [],
    failure: null,
  })
  const text = typed.trim()
  useEffect(() => {
    if (text === '') return setFound({ text, list: [], failure: null })
    const stop = new AbortController()
    desk.market
      .search({ text, limit: SEARCHED }, { signal: stop.signal })
      .then(({ instruments }) => setFound({ text, list: inOrder(instruments), failure: null }))
      .catch(fault => {
        if (!stop.signal.aborted) setFound({ text, list: [], failure: tell(fault).sentence })
      })
    return () => stop.abort()
  }, [desk, text])
  const symbols = useMemo(
    () =>
      found.list.map<Entry>(instrument => ({
        id: `symbol:${instrument.id}`,
        group: 'palette.symbols',
        title: instrument.symbol,
        detail: `${instrument.name} · ${instrument.venue}`,
        icon: 'chart',
        keys: undefined,
        isFound: true,
        run: app => showSymbol(app, instrument.id),
      })),
    [found.list],
  )
  return { symbols, failure: found.failure, isSearching: found.text !== text }
}

const ORDER: readonly PlainKey[] = [
  'palette.symbols',
  'palette.panels',
  'palette.workspaces',
  'palette.commands',
  'palette.settings',
]
const SHOWN = 8

/** Letters scattered over a long title must not stand above the word itself, only because its group comes first. */
const NEAR_BEST = 0.6

function scoreOf(entry: Entry, text: string): number {
  if (entry.isFound) return 0.6
  // A panel is also known by its short name: the tape is Time and sales.
  const name = entry.group === 'palette.panels' ? entry.id.slice('panel:'.length) : ''
  return Math.max(fuzzy(entry.title, text), 0.5 * fuzzy(entry.detail ?? '', text), 0.9 * fuzzy(name, text))
}

/** The entries that answer what was typed, best first in each group; without text the recent ones lead. */
export function rank(entries: readonly Entry[], typed: string, recent: readonly string[]): readonly EntryGroup[] {
  const text = typed.trim()
  if (text === '') {
    const again = recent.flatMap(id => entries.find(entry => entry.id === id) ?? [])
    const rest = ORDER.slice(1).map(title => ({
      title,
      entries: entries.filter(entry => entry.group === title && !recent.includes(entry.id)),
    }))
    return [{ title: 'palette.recent' as const, entries: again }, ...rest].filter(group => group.entries.length > 0)
  }
  const rated = entries.map(entry => ({ entry, score: scoreOf(entry, text) }))
  const best = Math.max(...rated.filter(({ entry }) => !entry.isFound).map(({ score }) => score))
  const scored = rated
    .filter(({ entry, score }) => score > 0.25 && (entry.isFound || score >= NEAR_BEST * best))
    .sort((a, b) => b.score - a.score || recent.indexOf(b.entry.id) - recent.indexOf(a.entry.id))
  return ORDER.map(title => ({
    title,
    entries: scored
      .filter(({ entry }) => entry.group === title)
      .map(({ entry }) => entry)
      .slice(0, title === 'palette.symbols' ? 12 : SHOWN),
  })).filter(group => group.entries.length > 0)
}
