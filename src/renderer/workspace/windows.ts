import type { Client } from '../../contract/index.ts'
import type { WorkspaceWire } from '../../contract/workspace.ts'
import { isInShell } from '../link.ts'
import { nowMicros } from '../now.ts'
import { notifyFault } from '../ui/notice-fault.ts'
import { notify } from '../ui/notice-store.ts'
import { translate } from '../ui/text.ts'
import type { Bench } from './bench.ts'
import { type PanelRecord, readLayout } from './layout.ts'
import { singleLayout } from './presets.ts'
import { openWindowChannel, type WindowMessage } from './window-channel.ts'
import { nextWindowId, windowParts } from './window-id.ts'
import type { Workspaces } from './workspaces.ts'

/** Further windows of the current workspace, on whatever monitor a person puts them. */
export interface Windows {
  /** Takes a panel out of this window and opens another with it. */
  detach(panel: string): Promise<void>
  /** Takes a panel out of this window and puts it into the main one. */
  dock(panel: string): Promise<void>
  /** Opens a window that is stored, or brings it to the front. */
  open(id: string): void
  /** Brings the panels of a window into this one and forgets the window. */
  bringBack(id: string): Promise<void>
  close(): void
}

interface Parts {
  readonly bench: Bench
  readonly client: Client
  readonly workspaces: Workspaces
  /** The window that this page is; null for the main one. */
  readonly self: string | null
}

/** Another window answers within this time, or is not there. */
const ANSWER_MS = 1500
/** So long the windows that are open have to say so. */
const ROLL_CALL_MS = 300
const MAIN = 'main'
const SIZE = 'popup,width=1100,height=750'

export function createWindows({ bench, client, workspaces, self }: Parts): Windows {
  const channel = openWindowChannel()
  const { store } = bench
  const name = self ?? MAIN
  const isShell = isInShell()
  const home = () => (self ? windowParts(self)!.workspace : store.getState().current)

  /** What one of the others answers to an ask; null where none does in time. */
  const ask = (told: WindowMessage & { ask: string }, isAnswer: (answer: WindowMessage) => boolean) =>
    new Promise<WindowMessage | null>(resolve => {
      const late = setTimeout(() => settle(null), ANSWER_MS)
      const leave = channel.onMessage(answer => 'ask' in answer && answer.ask === told.ask && isAnswer(answer) && settle(answer))
      function settle(answer: WindowMessage | null) {
        clearTimeout(late)
        leave()
        resolve(answer)
      }
      channel.tell(told)
    })

  const adopt = (record: PanelRecord): void => {
    const { kind, params, link, subject } = record
    bench.open(kind, { params, link, subject })
  }

  const hear = (told: WindowMessage): void => {
    if (told.kind === 'link' && told.workspace === home()) bench.followLink(told.letter, told.subject)
    else if (told.kind === 'adopt' && told.to === name) {
      if (!bench.dock()) return
      adopt(told.panel)
      window.focus()
      channel.tell({ kind: 'adopted', ask: told.ask })
    } else if (told.kind === 'who') channel.tell({ kind: 'here', ask: told.ask, window: name })
    else if (told.kind === 'close' && told.window === self) window.close()
    // A window belongs to its workspace: when the main one turns to another, it goes, and comes again with its own.
    else if (told.kind === 'current' && self && told.workspace !== home()) void workspaces.flush().then(() => window.close())
  }
  const leave = [
    channel.onMessage(hear),
    bench.onLink((letter, subject) => {
      const workspace = home()
      if (workspace) channel.tell({ kind: 'link', workspace, letter, subject })
    }),
  ]
  if (self === null)
    leave.push(
      store.subscribe((state, before) => {
        if (state.phase !== 'ready' || !state.current || (state.current === before.current && before.phase === 'ready')) return
        channel.tell({ kind: 'current', workspace: state.current })
        void restore(state.windows)
      }),
    )

  const show = (id: string): boolean => {
    const address = new URL(location.href)
    address.search = `?window=${encodeURIComponent(id)}`
    address.hash = ''
    // The shell makes a window of its own of it, or brings the one there is to the front.
    if (isShell) {
      window.open(address.href)
      return true
    }
    // By name and without an address first: one that is open must not be loaded again.
    const opened = window.open('', `contango-${id}`, SIZE)
    if (opened?.location.href === 'about:blank') opened.location.replace(address.href)
    opened?.focus()
    return opened !== null
  }

  /** The windows of a workspace that was opened, but for those that are there already. */
  async function restore(windows: readonly WorkspaceWire[]): Promise<void> {
    if (windows.length === 0) return
    const there = new Set<string>()
    const number = crypto.randomUUID()
    const end = channel.onMessage(told => told.kind === 'here' && told.ask === number && there.add(told.window))
    channel.tell({ kind: 'who', ask: number })
    await new Promise(resolve => setTimeout(resolve, ROLL_CALL_MS))
    end()
    const missing = windows.filter(({ id }) => !there.has(id))
    // A browser opens none without a click, and one for each click; trying would only make it show its own warning.
    if (isShell) for (const { id } of missing) show(id)
    else if (missing.length > 0)
      notify({
        tone: 'info',
        key: 'windows',
        text: translate('window.more', { count: missing.length }),
        actions: missing.slice(0, 3).map(({ id }) => ({
          label: translate('window.open', { number: windowParts(id)?.number ?? 2 }),
          run: () => void show(id),
        })),
      })
  }

  const panelsIn = (stored: WorkspaceWire) => Object.values(readLayout(stored.layout).layout.panels)

  return {
    async detach(panel) {
      const { panels, links } = store.getState()
      const record = panels[panel]
      const workspace = home()
      if (!record || !workspace) return
      try {
        const { workspaces: all } = await client.workspace.list()
        const id = nextWindowId(workspace, all)
        const title = all.find(one => one.id === workspace)?.name ?? workspace
        const layout = { ...singleLayout(record, links), made: nowMicros() }
        await client.workspace.save({ id, name: `${title.slice(0, 50)} · ${windowParts(id)!.number}`, layout, revision: 0 })
        bench.close(panel)
        await workspaces.flush()
        await workspaces.refresh()
        // Under the desktop shell this opens a window without a word from anybody; a browser may want a click of its own.
        if (!show(id)) blocked(id)
      } catch (fault) {
        notifyFault(fault)
      }
    },
    async dock(panel) {
      const record = store.getState().panels[panel]
      if (!record || !self) return
      const told = { kind: 'adopt', to: MAIN, ask: crypto.randomUUID(), panel: record } as const
      if (!(await ask(told, answer => answer.kind === 'adopted')))
        return void notify({ tone: 'warn', text: translate('window.mainGone') })
      bench.close(panel)
      if ((bench.dock()?.totalPanels ?? 0) > 0) return
      await workspaces.flush()
      await client.workspace.remove({ id: self }).catch(() => {})
      window.close()
    },
    open(id) {
      if (!show(id)) blocked(id)
    },
    async bringBack(id) {
      try {
        channel.tell({ kind: 'close', window: id })
        const { workspaces: all } = await client.workspace.list()
        const stored = all.find(one => one.id === id)
        if (!stored) return
        for (const record of panelsIn(stored)) adopt(record)
        await workspaces.flush()
        await client.workspace.remove({ id })
        await workspaces.refresh()
      } catch (fault) {
        notifyFault(fault)
      }
    },
    close() {
      for (const end of leave) end()
      channel.close()
    },
  }

  function blocked(id: string): void {
    notify({
      tone: 'warn',
      text: translate('window.blocked'),
      key: `window.${id}`,
      actions: [{ label: translate('window.open', { number: windowParts(id)?.number ?? 2 }), run: () => void show(id) }],
    })
  }
}
