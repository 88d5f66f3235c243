import type { DesktopText } from '../../contract/desktop-text.ts'
import type { ElectronParts } from './electron-parts.ts'

/** The only sites that a page can send a person to in the browser: those that its own notices link to. */
const ALLOWED = ['https://www.tradingview.com/']

/**
 * The address as the browser would read it, null where it is not one of those few.
 *
 * Compared after parsing, so that neither `https://www.tradingview.com@evil.example` nor `javascript:` gets through.
 */
export function allowedAddress(text: string): string | null {
  try {
    const url = new URL(text)
    if (url.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.port !== '') return null
    return ALLOWED.some(allowed => new URL(allowed).origin === url.origin) ? url.href : null
  } catch {
    return null
  }
}

/** Opens an address of the list in the browser, after a person was shown it and agreed; asks for one at a time. */
export function createExternalLinks({ dialog, shell }: ElectronParts, t: () => DesktopText): (url: string) => void {
  let isAsking = false
  const ask = async (address: string) => {
    const words = t()
    const { response } = await dialog.showMessageBox({
      type: 'question',
      message: words('external.ask'),
      detail: address,
      buttons: [words('external.open'), words('external.cancel')],
      defaultId: 1,
      cancelId: 1,
      noLink: true,
    })
    if (response === 0) await shell.openExternal(address)
  }
  return url => {
    const address = allowedAddress(url)
    if (!address || isAsking) return
    isAsking = true
    void ask(address)
      .catch(() => undefined)
      .finally(() => {
        isAsking = false
      })
  }
}
