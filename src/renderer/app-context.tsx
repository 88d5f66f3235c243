import { createContext, type ReactNode, useContext } from 'react'
import { type StoreApi, useStore } from 'zustand'
import type { Desk } from './desk.tsx'
import type { Bench, BenchState } from './workspace/bench.ts'
import type { Windows } from './workspace/windows.ts'
import type { Workspaces } from './workspace/workspaces.ts'

/** What lies over the panels at the moment. */
export interface View {
  readonly sheet: 'none' | 'palette' | 'shortcuts' | 'inbox' | 'about'
  /** A workspace whose name is being edited in its tab. */
  readonly renaming: string | null
}

/** The page as a whole: what commands act on. */
export interface App {
  readonly desk: Desk
  readonly bench: Bench
  readonly workspaces: Workspaces
  readonly windows: Windows
  /** The window that this page is; null for the main one. */
  readonly self: string | null
  readonly view: StoreApi<View>
}

const AppContext = createContext<App | null>(null)

export function AppProvider({ app, children }: { app: App; children: ReactNode }) {
  return <AppContext value={app}>{children}</AppContext>
}

export function useApp(): App {
  const app = useContext(AppContext)
  if (!app) throw new Error('a component of the shell must stand inside <AppProvider>')
  return app
}

export function useBench<T>(pick: (state: BenchState) => T): T {
  return useStore(useApp().bench.store, pick)
}

export function useView<T>(pick: (view: View) => T): T {
  return useStore(useApp().view, pick)
}
