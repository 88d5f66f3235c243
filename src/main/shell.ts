import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type * as Electron from 'electron'
import { environment, readLaunch } from '../platform/config.ts'
import { type Desktop, openWorkstation } from './desktop.ts'
import type { Installation } from './entries.ts'
import type { Host } from './host.ts'
import { openPageFiles, type PageFiles } from './page-files.ts'
import { contentPolicy, SAFE_HEADERS } from './page-policy.ts'

/** The parts of Electron that the shell uses; a double stands in for them where no binary is. */
export type ElectronParts = Pick<
  typeof Electron,
  'app' | 'BrowserWindow' | 'dialog' | 'ipcMain' | 'Menu' | 'protocol' | 'session'
>

/** The page has an origin of its own under this scheme, so that it is neither a file nor reachable from a web page. */
const SCHEME = 'app'
const PAGE = `${SCHEME}://contango/`
/** Copying a chart or a table; nothing else that a page can ask for is granted. */
const GRANTED = 'clipboard-sanitized-write'

/** Must run before Electron is ready: afterwards a scheme can no longer be given an origin. */
function claimScheme({ protocol }: ElectronParts): void {
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } }])
}

async function servePage({ protocol }: ElectronParts, page: PageFiles): Promise<void> {
  const headers = { ...SAFE_HEADERS, 'content-security-policy': contentPolicy([]) }
  protocol.handle(SCHEME, async ({ url }) => {
    const { host, pathname } = new URL(url)
    const found = host === 'contango' ? page.find(decodeURIComponent(pathname)) : null
    if (!found) return new Response('', { status: 404, headers })
    return new Response(new Uint8Array(await readFile(found.file)), { headers: { ...headers, 'content-type': found.type } })
  })
}

/** A page may ask for nothing, go nowhere and open nothing; links and windows are the shell's. */
function confine(contents: Electron.WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  for (const event of ['will-navigate', 'will-redirect', 'will-frame-navigate', 'will-attach-webview'] as const)
    contents.on(event as 'will-navigate', happening => happening.preventDefault())
}

function refusePermissions({ session }: ElectronParts): void {
  const isGranted = (contents: Electron.WebContents | null, permission: string) =>
    permission === GRANTED && Boolean(contents?.getURL().startsWith(PAGE))
  session.defaultSession.setPermissionRequestHandler((contents, permission, answer) => answer(isGranted(contents, permission)))
  session.defaultSession.setPermissionCheckHandler((contents, permission) => isGranted(contents, permission))
  session.defaultSession.setDevicePermissionHandler(() => false)
}

function openWindow(
  { BrowserWindow }: ElectronParts,
  { preload, icon }: { preload: string; icon: string },
): Electron.BrowserWindow {
  const window = new BrowserWindow({
    width: 1600,
    height: 1000,
    minWidth: 900,
    minHeight: 600,
    show: false,
    title: 'Contango',
    icon,
    backgroundColor: '#0b0e13',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  })
  // Shown when the first picture is there, so that nobody looks at an empty frame.
  window.once('ready-to-show', () => window.show())
  return window
}

/** Hands a port to the host when the page itself asked: its own main frame, at its own address, and nobody else. */
function acceptPorts({ ipcMain }: ElectronParts, window: Electron.BrowserWindow, host: Host): void {
  ipcMain.on('desk:connect', event => {
    const [port] = event.ports
    if (!port) return
    const isOwn = event.sender === window.webContents && event.senderFrame === window.webContents.mainFrame
    if (isOwn && event.senderFrame?.url.startsWith(PAGE)) host.servePort(port as never)
    else port.close()
  })
}

function setMenu({ Menu }: ElectronParts): void {
  // Copy and paste need a menu on a Mac; elsewhere the page has every command, and a menu's keys would take its own away.
  const roles = [{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }] as const
  Menu.setApplicationMenu(process.platform === 'darwin' ? Menu.buildFromTemplate([...roles]) : null)
}

function focus(window: Electron.BrowserWindow | null): void {
  if (!window || window.isDestroyed()) return
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/**
 * The Electron window around a host: sandboxed, isolated, with the page over a message port.
 *
 * Takes Electron as an argument, so that a double can stand in where no binary is. A second start with the same workspace brings
 * this window to the front and ends.
 */
export async function startShell(electron: ElectronParts, installation: Installation, argv: readonly string[]): Promise<void> {
  const { app, dialog } = electron
  claimScheme(electron)
  const folder = folderOf(argv)
  if (folder) app.setPath('userData', join(folder, 'electron'))
  if (!app.requestSingleInstanceLock()) return app.exit(0)
  let window: Electron.BrowserWindow | null = null
  let end = () => app.exit(0)
  app.on('second-instance', () => focus(window))
  app.on('window-all-closed', () => end())
  app.on('web-contents-created', (_, contents) => confine(contents))
  await app.whenReady()

  const desktop: Desktop = {
    async opened(host) {
      refusePermissions(electron)
      setMenu(electron)
      await servePage(electron, await openPageFiles(installation.page))
      window = openWindow(electron, { preload: installation.preload, icon: join(installation.resources, 'icon.png') })
      acceptPorts(electron, window, host)
      await window.loadURL(PAGE)
    },
    alreadyOpen(url) {
      dialog.showErrorBox('Contango', `This workspace is already open at ${new URL(url).origin}.`)
      app.exit(0)
    },
    failed(sentence) {
      dialog.showErrorBox('Contango', sentence)
      app.exit(1)
    },
    end: code => app.exit(code),
  }
  const ending = await openWorkstation(argv, installation, desktop)
  if (ending) end = ending
  app.on('before-quit', event => {
    event.preventDefault()
    end()
  })
}

/** The workspace folder that the flags name; null where they cannot be read, which the start then says itself. */
function folderOf(argv: readonly string[]): string | null {
  try {
    return readLaunch(argv, environment()).folder
  } catch {
    return null
  }
}
