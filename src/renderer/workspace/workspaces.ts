import type { Client } from '../../contract/index.ts'
import type { WorkspaceWire } from '../../contract/workspace.ts'
import { nowMicros } from '../now.ts'
import { tell } from '../ui/fault.ts'
import { notify } from '../ui/notice-store.ts'
import { translate } from '../ui/text.ts'
import type { Bench } from './bench.ts'
import { createHistory, type History } from './history.ts'
import { EMPTY_LAYOUT, readLayout, type StoredLayout } from './layout.ts'
import { PRESETS, type Preset, presetLayout } from './presets.ts'
import { createSaver } from './saver.ts'
import { windowParts, windowsOf } from './window-id.ts'

/** The named arrangements: which there are, which is open, and everything that can be done with them as a whole. */
export interface Workspaces {
  readonly history: History
  /** Reads them from the host and puts the current one on the bench. */
  load(): Promise<void>
  /** Reads the others again, as after another window changed one; what is on the bench stays. */
  refresh(): Promise<void>
  choose(id: string): Promise<void>
  add(name?: string, layout?: StoredLayout): Promise<void>
  rename(id: string, name: string): Promise<void>
  duplicate(id: string): Promise<void>
  remove(id: string): Promise<void>
  arrange(preset: Preset): Promise<void>
  /** Back to the ready-made arrangement of the first preset. */
  reset(): Promise<void>
  flush(): Promise<void>
  close(): void
}

const newId = () => `w-${crypto.randomUUID().slice(0, 8)}`

/** The nearest contract month of the first of these roots that is known, else the symbol of that name. */
async function leadOf(client: Client, wanted: readonly string[]): Promise<string | null> {
  for (const text of wanted) {
    // Without an answer the arrangement opens without a symbol; the panels then say themselves what is wrong.
    const { instruments } = await client.market.search({ text, limit: 200 }).catch(() => ({ instruments: [] }))
    const months = instruments
      .filter(one => one.assetClass === 'future' && one.contractMonth && one.symbol.startsWith(text))
      .sort((a, b) => a.contractMonth!.localeCompare(b.contractMonth!))
    const found = months[0] ?? instruments.find(one => one.symbol === text)
    if (found) return found.id
  }
  return null
}

/** The arrangement of a preset with the symbols that its link groups open with. */
async function filledPreset(client: Client, preset: Preset): Promise<StoredLayout> {
  const pairs = Object.entries(preset.leads).map(async ([letter, wanted]) => [letter, await leadOf(client, wanted)] as const)
  const found = (await Promise.all(pairs)).filter(([, symbol]) => symbol !== null)
  return presetLayout(preset, Object.fromEntries(found))
}

function inOrderMade(listed: readonly WorkspaceWire[]): readonly WorkspaceWire[] {
  const made = (one: WorkspaceWire) => readLayout(one.layout).layout.made
  return [...listed].sort((a, b) => made(a) - made(b) || a.name.localeCompare(b.name))
}

export function createWorkspaces(bench: Bench, client: Client, self: string | null = null): Workspaces {
  const { store } = bench
  const history = createHistory(bench)
  const saver = createSaver(bench, client, {
    reload: () => void load(),
    saveAsNew: () => void add(undefined, bench.layout()),
  })

  /** What this page shows: every workspace and none of their windows, or the one window that it is. */
  const mine = (listed: readonly WorkspaceWire[]) =>
    inOrderMade(listed.filter(({ id }) => (self ? id === self : windowParts(id) === null)))
  const failed = (fault: unknown) => {
    const told = tell(fault)
    notify({ tone: 'bad', text: told.sentence, details: told.details })
  }
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work()
    } catch (fault) {
      failed(fault)
    }
  }

  function show(workspace: WorkspaceWire): void {
    // The dock went while the host was asked; the next one asks again.
    if (!bench.dock()) return
    const { layout, lost, whole } = readLayout(workspace.layout)
    store.setState({ current: workspace.id, made: layout.made, phase: 'loading' })
    const isPut = bench.put(layout)
    store.setState({ phase: 'ready', error: null })
    if (lost.length > 0) notify({ tone: 'warn', text: translate('workspace.panelsLost', { panels: lost.join(', ') }) })
    if (!whole || !isPut) notify({ tone: 'warn', text: translate('workspace.broken', { name: workspace.name }) })
    saver.begin(bench.layout(), workspace.revision)
    history.reset()
  }

  function freeName(wanted: string): string {
    const taken = new Set(store.getState().workspaces.map(one => one.name))
    let name = wanted
    for (let n = 2; taken.has(name); n++) name = `${wanted} ${n}`
    return name.slice(0, 60)
  }

  async function create(name: string, layout: StoredLayout): Promise<WorkspaceWire> {
    const id = newId()
    const dated = { ...layout, made: nowMicros() }
    const { revision } = await client.workspace.save({ id, name, layout: dated, revision: 0 })
    const created: WorkspaceWire = { id, name, layout: dated, revision, savedAt: 0 }
    // The host tells every window of it, this one too, and that may have come first.
    store.setState(state => ({ workspaces: [...state.workspaces.filter(one => one.id !== id), created] }))
    return created
  }

  async function load(): Promise<void> {
    try {
      const { workspaces: listed, current } = await client.workspace.list()
      const workspaces = mine(listed)
      const found = workspaces.find(one => one.id === (self ?? current)) ?? workspaces[0]
      store.setState({ workspaces, windows: found ? windowsOf(found.id, listed) : [] })
      if (found) return show(found)
      // A window whose panels all went home is no longer stored, and has nothing to show.
      if (self) return window.close()
      const first = PRESETS[0]!
      const made = await create(translate(first.title), await filledPreset(client, first))
      await client.workspace.choose({ id: made.id })
      show(made)
    } catch (error) {
      store.setState({ phase: 'failed', error })
    }
  }

  async function refresh(): Promise<void> {
    // A line that is down is said by the connection pill; the next connection reads them again.
    const answer = await client.workspace.list().catch(() => null)
    if (!answer) return
    const { current, workspaces } = store.getState()
    const here = workspaces.find(one => one.id === current)
    store.setState({
      workspaces: mine(answer.workspaces.map(one => (one.id === current && here ? here : one))),
      windows: current ? windowsOf(current, answer.workspaces) : [],
    })
  }

  async function open(workspace: WorkspaceWire): Promise<void> {
    await saver.flush()
    show(store.getState().workspaces.find(one => one.id === workspace.id) ?? workspace)
    await client.workspace.choose({ id: workspace.id })
    await refresh()
  }

  const choose = (id: string) =>
    attempt(async () => {
      const found = store.getState().workspaces.find(one => one.id === id)
      if (found && id !== store.getState().current) await open(found)
    })
  const add = (name?: string, layout: StoredLayout = EMPTY_LAYOUT) =>
    attempt(async () => open(await create(freeName(name ?? translate('workspace.newName')), layout)))

  const rename = (id: string, name: string) =>
    attempt(async () => {
      const trimmed = name.trim().slice(0, 60)
      if (id === store.getState().current) await saver.flush()
      const found = store.getState().workspaces.find(one => one.id === id)
      if (!found || trimmed === '' || trimmed === found.name) return
      const { revision } = await client.workspace.save({ ...found, name: trimmed })
      store.setState(state => ({
        workspaces: state.workspaces.map(one => (one.id === id ? { ...one, name: trimmed, revision } : one)),
      }))
      if (id === store.getState().current) saver.begin(bench.layout(), revision)
    })

  const remove = (id: string) =>
    attempt(async () => {
      if (id === store.getState().current) await saver.flush()
      const { workspaces, current } = store.getState()
      const at = workspaces.findIndex(one => one.id === id)
      const found = workspaces[at]
      if (!found) return
      for (const one of id === current ? store.getState().windows : []) await client.workspace.remove({ id: one.id })
      await client.workspace.remove({ id })
      const left = workspaces.filter(one => one.id !== id)
      store.setState({ workspaces: left })
      notify({
        tone: 'info',
        text: translate('workspace.removed', { name: found.name }),
        seconds: 20,
        actions: [{ label: translate('workspace.undoRemove'), run: () => void add(found.name, readLayout(found.layout).layout) }],
      })
      if (id !== current) return
      const next = left[Math.max(0, at - 1)]
      if (next) {
        show(next)
        await client.workspace.choose({ id: next.id })
      } else await open(await create(translate('workspace.newName'), EMPTY_LAYOUT))
    })

  const arrange = (preset: Preset) =>
    attempt(async () => {
      bench.put(await filledPreset(client, preset))
      const { workspaces, current } = store.getState()
      const found = workspaces.find(one => one.id === current)
      // A name that nobody chose gives way to what the workspace now is.
      if (found?.name.startsWith(translate('workspace.newName'))) await rename(found.id, freeName(translate(preset.title)))
    })

  return {
    history,
    load,
    refresh,
    choose,
    add,
    rename,
    remove,
    arrange,
    duplicate: id =>
      attempt(async () => {
        if (id === store.getState().current) await saver.flush()
        const found = store.getState().workspaces.find(one => one.id === id)
        if (found) await open(await create(freeName(found.name), readLayout(found.layout).layout))
      }),
    reset: () => arrange(PRESETS[0]!),
    flush: saver.flush,
    close: saver.close,
  }
}
