import type { DeskLink } from '../../core/workspace/desk-link.ts'
import type { Notice } from '../notices.ts'
import type { ElectronParts } from './electron-parts.ts'

/** So many may stand at once; a storm of alerts must not bury the desktop. The inbox in the page has them all. */
const MOST_SHOWN = 4

/** Shows what the host has to say as notifications of the system; a click brings the window to the front with what it is about. */
export function createNotifier(
  { Notification }: Pick<ElectronParts, 'Notification'>,
  show: (link: DeskLink) => void,
): (notice: Notice) => void {
  // Kept until they are gone: a notification that is collected loses its click.
  const open = new Map<string, InstanceType<ElectronParts['Notification']>>()
  return ({ key, title, body, urgency, link }) => {
    if (!Notification.isSupported()) return
    open.get(key)?.close()
    open.delete(key)
    if (open.size >= MOST_SHOWN && urgency !== 'critical') return
    const shown = new Notification({ title, body, urgency, silent: urgency === 'low' })
    open.set(key, shown)
    shown.on('click', () => {
      open.delete(key)
      show(link ?? {})
    })
    shown.on('close', () => {
      if (open.get(key) === shown) open.delete(key)
    })
    shown.show()
  }
}
