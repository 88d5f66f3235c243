import type * as Electron from 'electron'
import type { AppUpdater } from 'electron-updater'

/** The parts of Electron that the shell uses; a double stands in for them where no binary is. */
export type ElectronParts = Pick<
  typeof Electron,
  | 'app'
  | 'BrowserWindow'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'Notification'
  | 'protocol'
  | 'screen'
  | 'session'
  | 'shell'
  | 'Tray'
  | 'utilityProcess'
> & {
  /** Made only when it is asked for: a development build has none to make. */
  readonly updater: () => AppUpdater
}

/** The page has an origin of its own under this scheme, so that it is neither a file nor reachable from a web page. */
export const SCHEME = 'app'
export const PAGE = `${SCHEME}://contango/`
