import type { DesktopText } from '../../contract/desktop-text.ts'
import { type DeskLink, LINK_SCHEME, readDeskLink } from '../../core/workspace/desk-link.ts'
import type { Clock } from '../../platform/clock.ts'
import type { ElectronParts } from './electron-parts.ts'

/** A web page can send links without end; one in this time is heard, and one refusal at a time is shown. */
const PAUSE_SECONDS = 1

const isLink = (word: string) => word.toLowerCase().startsWith(`${LINK_SCHEME}:`)

/** The link among the words of a start, null where there is none. */
export function linkAmong(argv: readonly string[]): string | null {
  return argv.find(isLink) ?? null
}

/**
 * The words of a start that are the person's own.
 *
 * What a browser hands over stands behind `--` (see registerLinks), so that no link can carry flags with it.
 */
export function ownWords(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--')
  return (end < 0 ? argv : argv.slice(0, end)).filter(word => !isLink(word))
}

/** Asks the system to bring `contango://` links here; only a package can, since a development build is some Electron. */
export function registerLinks({ app }: ElectronParts): boolean {
  return app.isPackaged && app.setAsDefaultProtocolClient(LINK_SCHEME, process.execPath, ['--'])
}

/** Takes links from outside, which anybody can have written: shows what they ask for, or says why not. */
export function createLinkGate({
  dialog,
  clock,
  t,
  show,
}: {
  readonly dialog: ElectronParts['dialog']
  readonly clock: Pick<Clock, 'monotonic'>
  readonly t: () => DesktopText
  readonly show: (link: DeskLink) => void
}): (text: string) => void {
  let last = -Infinity
  let isTelling = false
  return text => {
    const now = clock.monotonic()
    if (now - last < PAUSE_SECONDS || isTelling) return
    last = now
    const read = readDeskLink(text)
    if (read.ok) return show(read.link)
    const { refusal } = read
    isTelling = true
    const message = t()(`link.refused.${refusal.kind}`, 'word' in refusal ? { word: refusal.word } : {})
    dialog
      .showMessageBox({ type: 'warning', message, buttons: ['OK'], noLink: true })
      .catch(() => undefined)
      .finally(() => {
        isTelling = false
      })
  }
}
