import type * as Electron from 'electron'
import { type ElectronParts, PAGE } from './electron-parts.ts'

/** Copying a chart or a table; nothing else that a page can ask for is granted. */
const GRANTED = 'clipboard-sanitized-write'

/** A page may ask for nothing, go nowhere and open nothing; links and windows are the shell's. */
export function confine(contents: Electron.WebContents, openOutside: (url: string) => void): void {
  contents.setWindowOpenHandler(({ url }) => {
    openOutside(url)
    return { action: 'deny' }
  })
  for (const event of ['will-navigate', 'will-redirect', 'will-frame-navigate', 'will-attach-webview'] as const)
    contents.on(event as 'will-navigate', happening => happening.preventDefault())
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
