import type * as Electron from 'electron'
import type { DesktopKey, DesktopText } from '../../contract/desktop-text.ts'
import type { DeskLink } from '../../core/workspace/desk-link.ts'

/** What the menus can do; the rest are Electron's own roles. */
export interface MenuActions {
  show(link: DeskLink): void
  checkForUpdates(): void
}

type Items = Electron.MenuItemConstructorOptions[]

/**
 * The native menus: those that people expect of a Mac, and a minimal set elsewhere.
 *
 * The page has its own keys (src/renderer/commands.ts) and hears a key before a menu does. Keys of its that stand in a menu are
 * shown but not taken: `registerAccelerator` is off.
 */
export function menuTemplate(
  { platform, isPackaged, t }: { platform: NodeJS.Platform; isPackaged: boolean; t: DesktopText },
  actions: MenuActions,
): Items {
  const isMac = platform === 'darwin'
  const panel = (key: DesktopKey, kind: string, accelerator?: string): Items[number] => ({
    label: t(key),
    click: () => actions.show({ panel: kind }),
    ...(accelerator ? { accelerator, registerAccelerator: false } : {}),
  })
  const settings = panel('menu.settings', 'settings', 'CmdOrCtrl+,')
  const updates: Items[number] = { label: t('menu.updates'), click: () => actions.checkForUpdates() }
  const separator: Items[number] = { type: 'separator' }
  const application: Items = [
    {
      label: 'Contango',
      submenu: [
        { role: 'about', label: t('menu.about') },
        updates,
        separator,
        settings,
        separator,
        { role: 'services' },
        separator,
        { role: 'hide' },
        { role: 'hideOthers' },
        { role: 'unhide' },
        separator,
        { role: 'quit', label: t('menu.quit') },
      ],
    },
  ]
  const file: Items[number] = {
    label: t('menu.file'),
    submenu: [
      panel('menu.import', 'import'),
      ...(isMac ? [] : [separator, settings, updates]),
      separator,
      isMac ? { role: 'close' } : { role: 'quit', label: t('menu.quit') },
    ],
  }
  const edit: Items[number] = {
    label: t('menu.edit'),
    submenu: (['undo', 'redo', 'cut', 'copy', 'paste', 'selectAll'] as const).map(role => ({ role, registerAccelerator: false })),
  }
  const view: Items[number] = {
    label: t('menu.view'),
    submenu: [
      panel('menu.sources', 'sources'),
      panel('menu.status', 'status'),
      panel('menu.log', 'log'),
      separator,
      { role: 'reload', label: t('menu.reload') },
      ...(isPackaged ? [] : [{ role: 'toggleDevTools' as const }]),
      separator,
      { role: 'togglefullscreen' },
    ],
  }
  const window: Items[number] = isMac
    ? { role: 'windowMenu', label: t('menu.window') }
    : // Closing the last window ends the workstation, so Ctrl W, which closes a tab elsewhere, is not taken.
      { label: t('menu.window'), submenu: [{ role: 'minimize', registerAccelerator: false }] }
  const help: Items[number] = {
    role: 'help',
    label: t('menu.help'),
    submenu: [panel('menu.status', 'status'), ...(isMac ? [] : [{ role: 'about' as const, label: t('menu.about') }])],
  }
  return [...(isMac ? application : []), file, edit, view, window, help]
}
