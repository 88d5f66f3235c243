import { setMaxListeners } from 'node:events'
import type { AppUpdater, UpdateInfo } from 'electron-updater'
import type { ErrorCode } from '../../contract/errors.ts'
import type { UpdateState } from '../../contract/updates.ts'
import { type EpochMicros, epochMicros } from '../../core/kit/time.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import { fail } from '../fail.ts'
import { feedAddress, fetchManifest, UpdateRefused } from './update-feed.ts'
import { compareVersions, isInStage, readUpdateManifest, type UpdateKeys, type UpdateManifest } from './update-manifest.ts'
import type { UpdateMemory } from './update-memory.ts'

/** The desktop's part: electron-updater, and the way to end the program for it. */
export interface Installer {
  /** Why there is none here; null where updates can be installed. */
  readonly absent: 'browser' | 'development' | null
  readonly updater: () => AppUpdater
  /** Closes the host, then runs what puts the new version in its place. */
  install(run: () => void): void
}

export interface UpdatesParts {
  readonly installer: Installer
  readonly version: string
  readonly platform: NodeJS.Platform
  readonly keys: UpdateKeys
  readonly memory: UpdateMemory
  readonly clock: Clock
  readonly log: Log
  readonly fetch: typeof globalThis.fetch
  /** The settings as they stand now. */
  readonly setting: () => { readonly feed: string; readonly channel: string; readonly onStart: boolean }
  /** Orders that work at a broker at this moment: an update must not cut a person off from them. */
  readonly workingOrders: () => number
  /** How long a feed may be silent. */
  readonly seconds?: number
}

export interface UpdatesService {
  state(): UpdateState
  watch(signal?: AbortSignal): AsyncGenerator<UpdateState, void>
  check(): Promise<UpdateState>
  load(): Promise<UpdateState>
  /** Fails: UPDATE_NOTHING, UPDATE_ORDERS_WORKING. */
  install(despiteOrders: boolean): void
  close(): void
}

/** Late enough not to compete with the first charts. */
const FIRST_CHECK_SECONDS = 20
const NETWORK: readonly ErrorCode[] = ['UPDATE_SILENT', 'UPDATE_FEED_BAD', 'UPDATE_INCOMPLETE']

/** Whether electron-updater was told the very files that the signed manifest names. */
function isAsSigned(info: UpdateInfo, manifest: UpdateManifest): boolean {
  if (info.version !== manifest.version || 'packages' in info) return false
  const form = (name: string, size: number | undefined, sha512: string) => `${name} ${size} ${sha512}`
  const offered = info.files.map(({ url, size, sha512 }) => form(url, size, sha512)).sort()
  const signed = manifest.files.map(({ name, size, sha512 }) => form(name, size, sha512)).sort()
  return offered.length === signed.length && offered.every((line, at) => line === signed[at])
}

/**
 * Looks for updates and has them installed, none of which without a person's word.
 *
 * The feed is believed because of our signature, not because of where it is: the manifest is fetched and checked first, then
 * electron-updater is asked, and what it was told must be what was signed. It then downloads and compares the SHA-512 of the file.
 */
export function createUpdatesService(parts: UpdatesParts): UpdatesService {
  const { installer, version, clock, log } = parts
  const off = whyOff(parts)
  let state: UpdateState = {
    phase: off ? 'off' : 'idle',
    version,
    fault: off && { code: off, data: {} },
    offered: null,
    progress: null,
    checkedAt: null,
  }
  let running: Promise<UpdateState> | null = null
  let prepared: AppUpdater | null = null
  const ending = new AbortController()
  const listeners = new Set<() => void>()
  setMaxListeners(0, ending.signal)

  const become = (change: Partial<UpdateState>): UpdateState => {
    state = { ...state, ...change }
    for (const hear of [...listeners]) hear()
    return state
  }
  const refused = (fault: unknown): UpdateState => {
    const known = fault instanceof UpdateRefused ? fault : new UpdateRefused('UPDATE_INCOMPLETE', { reason: String(fault) })
    log.warn('updates.refused', { code: known.code, ...known.data })
    const phase = NETWORK.includes(known.code) ? 'failed' : 'refused'
    return become({ phase, fault: { code: known.code, data: { ...known.data } }, offered: null, progress: null })
  }
  const once = (run: () => Promise<UpdateState>): Promise<UpdateState> => {
    running ??= run()
      .catch(refused)
      .finally(() => {
        running = null
      })
    return running
  }
  const updater = (feed: URL, channel: string): AppUpdater => {
    prepared ??= prepare(installer.updater(), log, share => become({ progress: share }))
    prepared.setFeedURL({ provider: 'generic', url: feed.href, channel, useMultipleRangeRequest: false })
    prepared.channel = channel
    // Naming a channel allows downgrades in electron-updater; here nothing does.
    prepared.allowDowngrade = false
    return prepared
  }

  const check = async (): Promise<UpdateState> => {
    const { feed: text, channel } = parts.setting()
    if (text === '') return become({ phase: 'off', fault: { code: 'UPDATE_NO_FEED', data: {} } })
    become({ phase: 'checking', fault: null })
    const feed = feedAddress(text)
    const { manifest, date } = await believed(parts, feed, channel)
    const checkedAt = clock.now()
    if (compareVersions(manifest.version, version) === 0 || !isInStage(manifest, parts.memory.installation))
      return become({ phase: 'none', offered: null, checkedAt })
    const told = updater(feed, channel)
    // Until a check of electron-updater's has agreed with the manifest, it has nothing to download.
    told.isUpdateSupported = info => isAsSigned(info, manifest)
    const answer = await told.checkForUpdates().catch(fault => {
      throw new UpdateRefused('UPDATE_FEED_BAD', { feed: feed.origin, reason: firstLine(fault) })
    })
    if (!answer?.isUpdateAvailable || !isAsSigned(answer.updateInfo, manifest))
      throw new UpdateRefused('UPDATE_MISMATCH', { version: manifest.version })
    const bytes = Math.max(...manifest.files.map(({ size }) => size))
    return become({ phase: 'offered', offered: { version: manifest.version, date, notes: manifest.notes, bytes }, checkedAt })
  }

  const load = async (): Promise<UpdateState> => {
    become({ phase: 'loading', progress: 0 })
    try {
      await prepared!.downloadUpdate()
    } catch (fault) {
      throw new UpdateRefused('UPDATE_INCOMPLETE', { reason: firstLine(fault) })
    }
    return become({ phase: 'ready', progress: 1 })
  }

  if (!off && parts.setting().onStart && parts.setting().feed !== '') {
    const stop = clock.after(FIRST_CHECK_SECONDS, () => void once(check))
    ending.signal.addEventListener('abort', stop)
  }
  return {
    state: () => state,
    watch: signal => follow(() => state, listeners, AbortSignal.any(signal ? [signal, ending.signal] : [ending.signal])),
    check: () => (off ? Promise.resolve(state) : once(check)),
    async load() {
      if (state.phase !== 'offered') return fail('UPDATE_NOTHING', { version })
      return once(load)
    },
    install(despiteOrders) {
      if (state.phase !== 'ready' || !prepared) return fail('UPDATE_NOTHING', { version })
      const orders = parts.workingOrders()
      if (orders > 0 && !despiteOrders) return fail('UPDATE_ORDERS_WORKING', { orders })
      log.info('updates.install', { version: state.offered?.version ?? '' })
      const chosen = prepared
      installer.install(() => chosen.quitAndInstall(false, true))
    },
    close: () => ending.abort(),
  }
}

function whyOff({ installer, keys }: UpdatesParts): ErrorCode | null {
  if (installer.absent === 'browser') return 'UPDATE_BROWSER'
  if (installer.absent === 'development') return 'UPDATE_DEVELOPMENT'
  return Object.keys(keys).length === 0 ? 'UPDATE_NO_KEY' : null
}

const firstLine = (fault: unknown) => (fault instanceof Error ? fault.message : String(fault)).split('\n', 1)[0]!.slice(0, 200)

function prepare(updater: AppUpdater, log: Log, onShare: (share: number) => void): AppUpdater {
  updater.autoDownload = false
  updater.autoInstallOnAppQuit = false
  updater.disableWebInstaller = true
  // Its block maps are not signed; a whole file costs some seconds and is compared as one.
  updater.disableDifferentialDownload = true
  const note = (level: 'info' | 'warn') => (text?: unknown) => log[level]('updates.library', { text: firstLine(text) })
  updater.logger = { info: note('info'), warn: note('warn'), error: note('warn') }
  updater.on('download-progress', ({ percent }) => onShare(Math.min(1, percent / 100)))
  // Every failure also rejects the call that met it; without a listener Node would end the process.
  updater.on('error', () => undefined)
  return updater
}

/** The manifest of the feed, after everything that can be wrong with it was looked for. Fails: UpdateRefused. */
async function believed(
  { version, platform, keys, memory, clock, fetch, seconds }: UpdatesParts,
  feed: URL,
  channel: string,
): Promise<{ manifest: UpdateManifest; date: EpochMicros }> {
  const text = await fetchManifest({ feed, channel, platform }, { fetch, clock, ...(seconds ? { seconds } : {}) })
  const read = readUpdateManifest(text, keys)
  if (!read.ok)
    throw read.fault === 'forged'
      ? new UpdateRefused('UPDATE_FORGED', { feed: feed.origin })
      : new UpdateRefused('UPDATE_FEED_BAD', { feed: feed.origin, reason: 'its manifest is cut short or no manifest' })
  const { manifest, date } = read
  if (manifest.channel !== channel || manifest.platform !== platform)
    throw new UpdateRefused('UPDATE_FEED_BAD', { feed: feed.origin, reason: 'its manifest is for another system or channel' })
  const day = (at: number) => new Date(at / 1000).toISOString().slice(0, 16)
  if (date < memory.newest())
    throw new UpdateRefused('UPDATE_REPLAYED', { feed: feed.origin, date: day(date), newest: day(memory.newest()) })
  if (compareVersions(manifest.version, version) < 0)
    throw new UpdateRefused('UPDATE_OLDER', { offered: manifest.version, version })
  if (compareVersions(version, manifest.minimum) < 0)
    throw new UpdateRefused('UPDATE_STEP', { offered: manifest.version, minimum: manifest.minimum, version })
  memory.remember(date)
  return { manifest, date: epochMicros(date) }
}

async function* follow(
  state: () => UpdateState,
  listeners: Set<() => void>,
  signal: AbortSignal,
): AsyncGenerator<UpdateState, void> {
  let wake = () => {}
  const hear = () => wake()
  listeners.add(hear)
  signal.addEventListener('abort', hear)
  try {
    for (;;) {
      if (signal.aborted) return
      const shown = state()
      yield shown
      if (state() === shown && !signal.aborted)
        await new Promise<void>(done => {
          wake = done
        })
    }
  } finally {
    listeners.delete(hear)
    signal.removeEventListener('abort', hear)
  }
}
