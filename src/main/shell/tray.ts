import type * as Electron from 'electron'
import type { DesktopText } from '../../contract/desktop-text.ts'
import type { ElectronParts } from './electron-parts.ts'

/** The sign beside the clock of the system: a way back to the window, and out. Null where the system has no such place. */
export function openTray(
  { Menu, Tray }: Pick<ElectronParts, 'Menu' | 'Tray'>,
  { icon, t, show, quit }: { icon: string; t: DesktopText; show: () => void; quit: () => void },
): Electron.Tray | null {
  try {
    const tray = new Tray(icon)
    tray.setToolTip('Contango')
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: t('tray.show'), click: show },
        { type: 'separator' },
        // Its place is kept, and it says why it does nothing, until there are orders to stop.
        { label: t('tray.killSwitch'), enabled: false },
        { type: 'separator' },
        { label: t('tray.quit'), click: quit },
      ]),
    )
    tray.on('click', show)
    return tray
  } catch {
    return null
  }
}
