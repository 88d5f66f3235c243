import { useEffect } from 'react'
import { type App, useApp } from '../app-context.tsx'
import { COMMANDS, openPanel, PANEL_KEYS, WORKSPACE_KEYS } from '../commands.ts'
import { PANELS } from '../panels.ts'
import { IS_MAC, isTyping, matches } from '../ui/keys.ts'

/** What the pressed keys ask for, or null: a command, a panel, or a workspace by its number. */
function meantBy(event: KeyboardEvent, typing: boolean): ((app: App) => void) | null {
  const command = COMMANDS.find(
    one => (!typing || one.whileTyping) && one.keys.some(chord => (chord !== '/' || !typing) && matches(chord, event, IS_MAC)),
  )
  if (command) return app => command.run(app)
  const at = WORKSPACE_KEYS.findIndex(chord => matches(chord, event, IS_MAC))
  if (at >= 0)
    return app => {
      const workspace = app.bench.store.getState().workspaces[at]
      if (workspace) void app.workspaces.choose(workspace.id)
    }
  const panel = PANELS.find(({ kind }) => {
    const chord = PANEL_KEYS[kind]
    return chord !== undefined && matches(chord, event, IS_MAC)
  })
  return panel ? app => openPanel(app, panel.kind) : null
}

/** Listens for the keys of the table of commands. A panel that uses a key itself prevents its default and is left alone. */
export function useShortcuts(): void {
  const app = useApp()
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return
      const isOver = app.view.getState().sheet !== 'none'
      const meant = meantBy(event, isTyping(event.target))
      // While a sheet lies over the panels only what opens and closes sheets may act.
      if (!meant || (isOver && !COMMANDS.slice(0, 4).some(one => one.keys.some(chord => matches(chord, event, IS_MAC))))) return
      event.preventDefault()
      meant(app)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [app])
}
