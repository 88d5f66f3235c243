import type * as Electron from 'electron'
import type { DesktopText } from '../../contract/desktop-text.ts'
import { type DeskLink, writeLinkWords } from '../../core/workspace/desk-link.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Host } from '../host.ts'
import { type ElectronParts, PAGE } from './electron-parts.ts'
import type { WindowPlaces } from './window-places.ts'

/** More deaths of a page than these within the window are told to a person, who decides. */
const MOST_DEATHS = 3
const DEATHS_WINDOW_SECONDS = 60

/** What a window is made with, and who hears of it. */
export interface PageWindowParts {
  readonly electron: ElectronParts
  readonly host: Host
  readonly clock: Clock
  readonly places: WindowPlaces
  /** A further window of a workspace; null for the main one. */
  readonly id: string | null
  readonly preload: string
  readonly icon: string
  readonly t: () => DesktopText
  readonly quit: () => void
  /** The page was loaded again after it died; `deaths` counts those of the last minute. */
  readonly recovered: (reason: string, deaths: number) => void
}

/** Everything that a page is not allowed is switched off by name, so that a changed default of Electron changes nothing. */
function preferences(preload: string): Electron.WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    spellcheck: false,
    // A desk that is not looked at goes on: prices, alerts and clocks must be right when it is turned to.
    backgroundThrottling: false,
  }
}

/** Opens the window with the page in it, where it last stood; resolves when the page is loaded. */
export async function openPageWindow(parts: PageWindowParts): Promise<Electron.BrowserWindow> {
  const { electron, places, icon, preload, id } = parts
  const { bounds, maximised, fullScreen } = places.restore()
  const window = new electron.BrowserWindow({
    ...bounds,
    minWidth: 900,
    minHeight: 600,
    show: false,
    title: 'Contango',
    icon,
    // The page has every command; Alt shows the menu for those who look for it there.
    autoHideMenuBar: true,
    backgroundColor: '#0b0e13',
    webPreferences: preferences(preload),
  })
  if (maximised) window.maximize()
  if (fullScreen) window.setFullScreen(true)
  places.follow(window)
  // Shown when the first picture is there, so that nobody looks at an empty frame.
  window.once('ready-to-show', () => window.show())
  surviveDeaths(window, parts)
  await window.loadURL(id === null ? PAGE : `${PAGE}?window=${encodeURIComponent(id)}`)
  return window
}

/** Hands a port to the host when the page itself asked: the main frame of one of our windows, at its own address, and nobody else. */
export function acceptPorts({ ipcMain, BrowserWindow }: ElectronParts, host: Host): void {
  ipcMain.on('desk:connect', event => {
    const [port] = event.ports
    if (!port) return
    const { sender, senderFrame } = event
    const isOwn = BrowserWindow.getAllWindows().some(({ webContents }) => webContents === sender)
    if (isOwn && senderFrame === sender.mainFrame && senderFrame?.url.startsWith(PAGE)) host.servePort(port as never)
    else port.close()
  })
}

/**
 * Shows in a window what a link asks for.
 *
 * Only what stands behind the # changes, so the page is not loaded again; it reads the words as strictly as the shell did.
 */
export async function showLink(window: Electron.BrowserWindow, link: DeskLink): Promise<void> {
  if (Object.keys(link).length > 0) await window.loadURL(`${PAGE}#${writeLinkWords(link)}`)
}

export function bringToFront(window: Electron.BrowserWindow | null): void {
  if (!window || window.isDestroyed()) return
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/** A page that died is loaded again: its panels are stored by the host, at most two seconds old. */
function surviveDeaths(
  window: Electron.BrowserWindow,
  { electron: { dialog }, host, clock, t, quit, recovered }: PageWindowParts,
) {
  const { webContents } = window
  let deaths: number[] = []
  let isAsking = false
  const ask = async (sentence: string, buttons: readonly [string, string]): Promise<number> => {
    if (isAsking || window.isDestroyed()) return -1
    isAsking = true
    try {
      const shown = {
        type: 'warning' as const,
        message: sentence,
        buttons: [...buttons],
        defaultId: 0,
        cancelId: 0,
        noLink: true,
      }
      return (await dialog.showMessageBox(window, shown)).response
    } finally {
      isAsking = false
    }
  }
  webContents.on('render-process-gone', (_, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    const now = clock.monotonic()
    deaths = [...deaths.filter(at => now - at < DEATHS_WINDOW_SECONDS), now]
    host.log.error('page.died', { reason, deaths: deaths.length })
    if (deaths.length <= MOST_DEATHS) {
      webContents.reload()
      return recovered(reason, deaths.length)
    }
    const words = t()
    const sentence = words('window.pageDiesAgain', { times: deaths.length, reason })
    void ask(sentence, [words('window.reload'), words('window.quit')]).then(answer => {
      if (answer === 0) webContents.reload()
      if (answer === 1) quit()
    })
  })
  window.on('unresponsive', () => {
    host.log.warn('page.unresponsive', {})
    const words = t()
    void ask(words('window.unresponsive'), [words('window.wait'), words('window.reload')]).then(answer => {
      if (answer === 1) webContents.reload()
    })
  })
}
