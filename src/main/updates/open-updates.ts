import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import { readUpdateKeys, type UpdateKeys } from './update-manifest.ts'
import { openUpdateMemory } from './update-memory.ts'
import { createUpdatesService, type Installer, type UpdatesService } from './updates-service.ts'

interface Ground {
  readonly folder: string
  readonly installation: { readonly resources: string }
  readonly desktop: { readonly installer: Installer }
  readonly version: string
  readonly clock: Clock
  readonly log: Log
}

/** Keys that cannot be read are as good as none: no update is believed, and the log says why. */
function keysOf({ installation, log }: Ground): UpdateKeys {
  try {
    return readUpdateKeys(readFileSync(join(installation.resources, 'update-keys.json'), 'utf8'))
  } catch (fault) {
    log.warn('updates.keys-unreadable', { fault })
    return {}
  }
}

/** The updates of an installation, with its own keys, memory and settings. */
export function openUpdates(
  ground: Ground,
  settings: { setting(key: 'updateFeed' | 'updateChannel' | 'updateCheck'): string | number | boolean },
): UpdatesService {
  const { folder, desktop, version, clock, log } = ground
  return createUpdatesService({
    ...{ version, clock, log, fetch, installer: desktop.installer, platform: process.platform },
    keys: desktop.installer.absent === null ? keysOf(ground) : {},
    memory: openUpdateMemory(join(folder, 'updates.json')),
    setting: () => ({
      feed: String(settings.setting('updateFeed')),
      channel: String(settings.setting('updateChannel')),
      onStart: settings.setting('updateCheck') === true,
    }),
    // Nothing here can send an order yet; the service that will counts those that work.
    workingOrders: () => 0,
  })
}
