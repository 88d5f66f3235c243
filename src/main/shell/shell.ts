import { join } from 'node:path'
import type * as Electron from 'electron'
import { type DesktopText, desktopText } from '../../contract/desktop-text.ts'
import type { DeskLink } from '../../core/workspace/desk-link.ts'
import { systemClock } from '../../platform/clock.ts'
import { environment, readLaunch } from '../../platform/config.ts'
import { type Desktop, openWorkstation } from '../desktop.ts'
import type { Installation } from '../entries.ts'
import type { Host } from '../host.ts'
import type { Notice } from '../notices.ts'
import { openPageFiles } from '../page-files.ts'
import { confine, refusePermissions } from './confine.ts'
import { desktopInstaller } from './desktop-installer.ts'
import type { ElectronParts } from './electron-parts.ts'
import { createExternalLinks } from './external-links.ts'
import { createLinkGate, linkAmong, ownWords, registerLinks } from './link-gate.ts'
import { menuTemplate } from './menu.ts'
import { createNotifier } from './notifications.ts'
import { claimScheme, servePage } from './page-scheme.ts'
import { acceptPorts, bringToFront, openPageWindow, showLink } from './page-window.ts'
import { openTray } from './tray.ts'
import { utilityData } from './utility-data.ts'
import { createWindowPlaces } from './window-places.ts'

/** As in electron-builder.yml. */
const APP_ID = 'io.contango.workstation'

/** With any of these another program could read the page and speak for it; the fuses close the ways into Node, not these. */
const DEBUGGING = ['remote-debugging-port', 'remote-debugging-pipe', 'remote-debugging-address', 'inspect', 'inspect-brk']

/** An installed program that was started to be debugged ends at once, with a sentence. */
function isPriedOpen({ app, dialog }: ElectronParts): boolean {
  const found = app.isPackaged ? DEBUGGING.find(name => app.commandLine.hasSwitch(name)) : undefined
  if (!found) return false
  dialog.showErrorBox('Contango', desktopText(app.getLocale())('window.debugging', { flag: `--${found}` }))
  app.exit(1)
  return true
}

/** What the shell knows at a moment: the window and host come, and go. */
interface Standing {
  window: Electron.BrowserWindow | null
  /** Opens a further window of the workspace, or brings it to the front; nothing until there is a page that can ask. */
  openFurther: (id: string) => Promise<void>
  host: Host | null
  tray: Electron.Tray | null
  /** Asked for before there was a window. */
  waiting: DeskLink | null
  end: () => void
  /** An installer runs once everything is closed; Electron then ends by itself. */
  installing: (() => void) | null
}

/**
 * The Electron window around a host: sandboxed, isolated, with the page over a message port.
 *
 * Takes Electron as an argument, so that a double can stand in where no binary is. A second start with the same workspace brings
 * this window to the front, with what its link asks for, and ends.
 */
export async function startShell(electron: ElectronParts, installation: Installation, argv: readonly string[]): Promise<void> {
  const { app } = electron
  claimScheme(electron)
  if (isPriedOpen(electron)) return
  // Windows ties notifications and the task bar to this name, which must be the installer's.
  app.setAppUserModelId(APP_ID)
  const words = ownWords(argv)
  const folder = folderOf(words)
  if (folder) app.setPath('userData', join(folder, 'electron'))
  if (!app.requestSingleInstanceLock()) return app.exit(0)
  const standing: Standing = {
    window: null,
    openFurther: async () => undefined,
    host: null,
    tray: null,
    waiting: null,
    end: () => app.exit(0),
    installing: null,
  }
  const t = () => textOf(electron, standing)
  const show = (link: DeskLink) => {
    bringToFront(standing.window)
    if (standing.window) void showLink(standing.window, link).catch(() => undefined)
    else standing.waiting = link
  }
  const notify = createNotifier(electron, show)
  const gate = createLinkGate({ dialog: electron.dialog, clock: systemClock(), t, show })
  app.on('second-instance', (_, others) => {
    const link = linkAmong(others)
    if (link) gate(link)
    else bringToFront(standing.window)
  })
  // A Mac hands links over as events, even before it is ready.
  app.on('open-url', (event, url) => {
    event.preventDefault()
    gate(url)
  })
  app.on('window-all-closed', () => standing.end())
  const openOutside = createExternalLinks(electron, t)
  app.on('web-contents-created', (_, contents) =>
    confine(contents, { outside: openOutside, ownWindow: id => void standing.openFurther(id) }),
  )
  await app.whenReady()

  const first = linkAmong(argv)
  if (first) gate(first)
  const ending = await openWorkstation(words, installation, desktopOf(electron, { installation, standing, t, show, notify }))
  if (ending) standing.end = ending
  app.on('before-quit', event => {
    event.preventDefault()
    standing.end()
  })
}

interface Surroundings {
  readonly installation: Installation
  readonly standing: Standing
  readonly t: () => DesktopText
  readonly show: (link: DeskLink) => void
  readonly notify: (notice: Notice) => void
}

/** What the host is given, and what is done as it opens, fails and ends. */
function desktopOf(electron: ElectronParts, surroundings: Surroundings): Desktop {
  const { app, dialog } = electron
  const { standing, t, notify } = surroundings
  const installer = desktopInstaller(electron, run => {
    standing.installing = run
    standing.end()
  })
  return {
    parts: { notify, installer, spawnData: utilityData(electron) },
    opened: host => openDesktop(electron, host, surroundings),
    alreadyOpen(url) {
      dialog.showErrorBox('Contango', t()('window.alreadyOpen', { origin: new URL(url).origin }))
      app.exit(0)
    },
    failed(sentence) {
      dialog.showErrorBox('Contango', sentence)
      app.exit(1)
    },
    end(code) {
      standing.tray?.destroy()
      standing.tray = null
      const { installing } = standing
      if (!installing) return app.exit(code)
      // Only a host that closed in peace makes way, and only once: what comes late must not cut the installer off.
      standing.installing = () => undefined
      app.removeAllListeners('before-quit')
      app.removeAllListeners('window-all-closed')
      installing()
    },
  }
}

async function openDesktop(electron: ElectronParts, host: Host, { installation, standing, t, show, notify }: Surroundings) {
  const { app, Menu, screen } = electron
  const icon = join(installation.resources, 'icon.png')
  const quit = () => standing.end()
  standing.host = host
  refusePermissions(electron)
  registerLinks(electron)
  const checkForUpdates = () => {
    show({ panel: 'settings' })
    void host.services.updates.check()
  }
  const about = { platform: process.platform, isPackaged: app.isPackaged, t: t() }
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(about, { show, checkForUpdates })))
  servePage(electron, await openPageFiles(installation.page))
  acceptPorts(electron, host)
  const clock = systemClock()
  const openOne = (id: string | null) =>
    openPageWindow({
      ...{ electron, host, clock, icon, t, quit, id, preload: installation.preload },
      places: createWindowPlaces({ screen, clock, file: join(host.folder, 'electron', placeFile(id)) }),
      recovered: reason =>
        notify({ key: 'page', title: 'Contango', body: t()('window.pageDied', { reason }), urgency: 'normal', link: null }),
    })
  const further = new Map<string, Promise<Electron.BrowserWindow>>()
  standing.openFurther = async id => {
    const there = further.get(id)
    if (there) return bringToFront(await there)
    const opening = openOne(id)
    further.set(id, opening)
    const window = await opening
    window.on('closed', () => further.delete(id))
  }
  const main = await openOne(null)
  standing.window = main
  // The further windows belong to the main one: what is in them is stored, and comes back with it.
  main.on('closed', () => {
    for (const opening of further.values()) void opening.then(window => window.isDestroyed() || window.close())
  })
  standing.tray = openTray(electron, { icon, t: t(), show: () => bringToFront(standing.window), quit })
  if (standing.waiting) show(standing.waiting)
  standing.waiting = null
}

/** Where a window stood is kept for each by its own name. */
function placeFile(id: string | null): string {
  return id === null ? 'window.json' : `window-${id.replace('~', '-')}.json`
}

/** The words in the language that was chosen; until there is a host, and where the system decides, in the system's. */
function textOf({ app }: ElectronParts, { host }: Standing): DesktopText {
  const chosen = host?.services.workspace.setting('language')
  return desktopText(chosen === 'en' || chosen === 'es' ? chosen : app.getLocale())
}

/** The workspace folder that the flags name; null where they cannot be read, which the start then says itself. */
function folderOf(argv: readonly string[]): string | null {
  try {
    return readLaunch(argv, environment()).folder
  } catch {
    return null
  }
}
