import { createStore } from 'zustand'
import type { App, View } from './app-context.tsx'
import { createDesk } from './desk.tsx'
import type { Link } from './link.ts'
import { createBench } from './workspace/bench.ts'
import { createWorkspaces } from './workspace/workspaces.ts'

/** The page as a whole, built around its line to the host. Apart from its context, which panels use, so that no imports ring. */
export function createApp(link: Link): App {
  const bench = createBench()
  const desk = createDesk(link)
  const workspaces = createWorkspaces(bench, link.client)
  desk.onChanged(({ changed, id }) => {
    if (changed === 'workspaces' && id !== bench.store.getState().current) void workspaces.refresh()
  })
  return {
    desk,
    bench,
    workspaces,
    view: createStore<View>(() => ({ sheet: 'none', renaming: null })),
  }
}
