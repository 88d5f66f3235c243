import type { SpawnData } from '../platform/data-store.ts'
import type { Notice } from './notices.ts'
import type { Installer } from './updates/updates-service.ts'

/** What only a desktop has, given to the host by whatever surrounds it. */
export interface DesktopParts {
  /** Shows something outside of the page. */
  notify(notice: Notice): void
  readonly installer: Installer
  /** How the data process is started; null where a fork does. */
  readonly spawnData: SpawnData | null
}

/** A host in a terminal or a browser: the page's own inbox has every notice, and nothing updates itself. */
export const NO_DESKTOP: DesktopParts = {
  notify: () => undefined,
  spawnData: null,
  installer: {
    absent: 'browser',
    updater: () => {
      throw new Error('there is no updater without the desktop application')
    },
    install: () => undefined,
  },
}
