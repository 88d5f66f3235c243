import { ORPCError } from '@orpc/client'
import type { Client } from '../../contract/index.ts'
import { tell } from '../ui/fault.ts'
import { notify, withdrawNotice } from '../ui/notice-store.ts'
import { translate } from '../ui/text.ts'
import type { Bench } from './bench.ts'
import type { StoredLayout } from './layout.ts'

/** A change is on its way to the host this long after the last one. */
const SAVE_AFTER_MS = 250
/** While changes keep coming, as when an edge is dragged, this long after the first: each save stays in the journal for good. */
const SAVE_AT_LATEST_MS = 2000

/** Keeps the current workspace stored: sent a quarter of a second after the last change, and every two seconds while they go on. */
export interface Saver {
  /** Sends what waits now, as before another workspace is opened or the page goes. */
  flush(): Promise<void>
  /** The layout that was just loaded or stored, with its revision: from here on only differences are sent. */
  begin(layout: StoredLayout, revision: number): void
  close(): void
}

interface Conflict {
  reload(): void
  saveAsNew(): void
}

export function createSaver(bench: Bench, client: Client, conflict: Conflict): Saver {
  let timer: ReturnType<typeof setTimeout> | undefined
  let latest: ReturnType<typeof setTimeout> | undefined
  /** The layout as the last change left it: a change that changes nothing must not put the save off. */
  let seen = ''
  let revision = 0
  let stored = ''
  let running: Promise<void> | null = null
  /** After a conflict nothing is sent until a person has decided which of the two stays. */
  let isHeld = false

  const setSaving = (saving: 'saved' | 'waiting' | 'failed') => bench.store.setState({ saving })

  async function send(): Promise<void> {
    const { current, workspaces, phase } = bench.store.getState()
    const workspace = workspaces.find(one => one.id === current)
    // A dock that is being filled or taken down is empty, and the workspace is not.
    if (!workspace || isHeld || phase !== 'ready') return
    const layout = bench.layout()
    const text = JSON.stringify(layout)
    if (text === stored) return setSaving('saved')
    try {
      const saved = await client.workspace.save({ id: workspace.id, name: workspace.name, layout, revision })
      revision = saved.revision
      stored = text
      bench.store.setState(state => ({
        saving: 'saved',
        workspaces: state.workspaces.map(one => (one.id === workspace.id ? { ...one, layout, revision: saved.revision } : one)),
      }))
      withdrawNotice('workspace.save')
    } catch (fault) {
      setSaving('failed')
      refused(fault)
    }
  }

  function refused(fault: unknown): void {
    const told = tell(fault)
    if (fault instanceof ORPCError && fault.code === 'WORKSPACE_CHANGED') {
      isHeld = true
      notify({
        tone: 'warn',
        key: 'workspace.save',
        text: told.sentence,
        actions: [
          { label: translate('workspace.reload'), run: conflict.reload },
          { label: translate('workspace.saveAsNew'), run: conflict.saveAsNew },
        ],
      })
      return
    }
    notify({
      tone: 'bad',
      key: 'workspace.save',
      text: translate('workspace.notSaved', { reason: told.sentence }),
      details: told.details,
      actions: [{ label: translate('state.retry'), run: () => void flush() }],
    })
  }

  function settle(): void {
    clearTimeout(timer)
    clearTimeout(latest)
    timer = latest = undefined
  }

  function flush(): Promise<void> {
    settle()
    // One save at a time: the revision that the next one needs comes with the answer to this one.
    const next = (running ?? Promise.resolve()).then(send)
    const mine = next.finally(() => {
      if (running === mine) running = null
    })
    running = mine
    return mine
  }

  bench.onChange(() => {
    if (bench.store.getState().phase !== 'ready') return
    setSaving('waiting')
    const text = JSON.stringify(bench.layout())
    if (timer !== undefined && text === seen) return
    seen = text
    clearTimeout(timer)
    timer = setTimeout(() => void flush(), SAVE_AFTER_MS)
    latest ??= setTimeout(() => void flush(), SAVE_AT_LATEST_MS)
  })
  const leaving = () => timer !== undefined && void flush()
  window.addEventListener('pagehide', leaving)
  document.addEventListener('visibilitychange', leaving)
  return {
    flush,
    begin(layout, loaded) {
      settle()
      stored = JSON.stringify(layout)
      revision = loaded
      isHeld = false
      withdrawNotice('workspace.save')
      setSaving('saved')
    },
    close() {
      settle()
      window.removeEventListener('pagehide', leaving)
      document.removeEventListener('visibilitychange', leaving)
    },
  }
}
