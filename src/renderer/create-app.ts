import { createStore } from 'zustand'
import type { App, View } from './app-context.tsx'
import { createDesk } from './desk.tsx'
import type { Link } from './link.ts'
import { createBench } from './workspace/bench.ts'
import { windowOfPage } from './workspace/window-id.ts'
import { createWindows } from './workspace/windows.ts'
import { createWorkspaces } from './workspace/workspaces.ts'

/** The page as a whole, built around its line to the host. Apart from its context, which panels use, so that no imports ring. */
export function createApp(link: Link): App {
  const bench = createBench()
  const desk = createDesk(link)
  const self = windowOfPage(location.search)
  const workspaces = createWorkspaces(bench, link.client, self)
  desk.onChanged(({ changed, id }) => {
    if (changed === 'workspaces' && id !== bench.store.getState().current) void workspaces.refresh()
  })
  return {
    desk,
    bench,
    workspaces,
    windows: createWindows({ bench, client: link.client, workspaces, self }),
    self,
    view: createStore<View>(() => ({ sheet: 'none', renaming: null })),
  }
}
