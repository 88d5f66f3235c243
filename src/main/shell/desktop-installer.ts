import type { Installer } from '../updates/updates-service.ts'
import type { ElectronParts } from './electron-parts.ts'

/** The updater of an installed package; a development build has none, and none is made for it. */
export function desktopInstaller(
  { app, updater }: Pick<ElectronParts, 'app' | 'updater'>,
  closeFirst: (run: () => void) => void,
): Installer {
  return { absent: app.isPackaged ? null : 'development', updater, install: closeFirst }
}
