import type * as Electron from 'electron'
import { type ElectronParts, PAGE } from './electron-parts.ts'

/** Copying a chart or a table; nothing else that a page can ask for is granted. */
const GRANTED = 'clipboard-sanitized-write'

/** A page may ask for nothing, go nowhere and open nothing; links and windows are the shell's, its own further windows too. */
export function confine(contents: Electron.WebContents, open: { outside(url: string): void; ownWindow(id: string): void }): void {
  contents.setWindowOpenHandler(({ url }) => {
    const id = contents.getURL().startsWith(PAGE) ? ownWindowOf(url) : null
    // Never what the page would open: a window that the shell makes, confined like the first.
    if (id !== null) open.ownWindow(id)
    else open.outside(url)
    return { action: 'deny' }
  })
  for (const event of ['will-navigate', 'will-redirect', 'will-frame-navigate', 'will-attach-webview'] as const)
    contents.on(event as 'will-navigate', happening => happening.preventDefault())
}

/** The further window of a workspace that an address of our own page names; null for any other address. */
export function ownWindowOf(url: string): string | null {
  const [, id] = /^app:\/\/contango\/\?window=([\w-]{1,50}(?:~|%7E)[1-9]\d?)$/.exec(url) ?? []
  return id === undefined ? null : decodeURIComponent(id)
}

/** Answers every request for a permission, of this session and any other that might be made. */
export function refusePermissions({ app, session }: ElectronParts): void {
  const isGranted = (contents: Electron.WebContents | null, permission: string) =>
    permission === GRANTED && Boolean(contents?.getURL().startsWith(PAGE))
  const refuse = (one: Electron.Session) => {
    one.setPermissionRequestHandler((contents, permission, answer) => answer(isGranted(contents, permission)))
    one.setPermissionCheckHandler((contents, permission) => isGranted(contents, permission))
    one.setDevicePermissionHandler(() => false)
  }
  refuse(session.defaultSession)
  app.on('session-created', refuse)
}
