import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { access, mkdir, open, readdir, rename, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import type { WatchFolderState } from '../../../contract/color-intake.ts'
import { sentence } from '../../../contract/errors.ts'
import type { EpochMicros } from '../../../core/kit/time.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { Log } from '../../../platform/log.ts'
import { whyUnreadable } from '../../imports/uploads.ts'
import type { HostBus } from '../../topics.ts'
import type { ConfigBook, ConfigEntity } from '../config/config-book.ts'
import type { IntakeService } from './intake-service.ts'
import type { KeptUploads } from './uploads-kept.ts'

export interface WatchFoldersParts {
  readonly config: Pick<ConfigBook, 'list'>
  readonly kept: Pick<KeptUploads, 'state'>
  readonly intake: Pick<IntakeService, 'take' | 'changed'>
  readonly clock: Clock
  readonly bus: Pick<HostBus, 'emit'>
  readonly log: Pick<Log, 'info' | 'warn'>
  /** Value of a setting: in which language it is told. */
  readonly setting: (key: string) => unknown
  /** Seconds between two looks. */
  readonly every?: number
}

/** Folders out of which files are taken by themselves. */
export interface WatchFolders {
  states(): WatchFolderState[]
  /** Looks into all of them now; a look that is under way is waited for. */
  look(): Promise<void>
  close(): Promise<void>
}

type Folder = ConfigEntity<'folders'>

/** What is known of a file since the last look: it is taken when it stands as it stood. */
interface Seen {
  readonly size: number
  readonly changed: number
  /** Nothing is to be done with these bytes any more. */
  readonly isDone: boolean
  readonly waits: Waits | null
}

/** Why a file is not taken yet. */
type Waits = Pick<WatchFolderState['waiting'][number], 'kind' | 'detail'>

interface Watched {
  trouble: WatchFolderState['trouble']
  looked: EpochMicros | null
  readonly files: Map<string, Seen>
}

const LOOK_EVERY_SECONDS = 3
/** The user of the journal for what happens by itself. */
const BY_ITSELF = 'watch'
/** What spreadsheets and downloads leave beside the file that is meant. */
const NOT_MEANT = /^~\$|^\.|\.(part|tmp|crdownload|lock)$/i

/**
 * Looks into folders by the clock, since no system tells of every change on a shared drive. A file is taken when it stopped growing
 * between two looks, and its bytes once only, whatever it is called.
 */
export function createWatchFolders(parts: WatchFoldersParts): WatchFolders {
  const { config, clock, log, intake, bus } = parts
  const known = new Map<string, Watched>()
  const ending = new AbortController()
  let looking: Promise<void> | null = null

  const watchedOf = ({ id, value }: Folder): Watched => {
    const key = `${id}\u0000${value.path}`
    const found = known.get(key) ?? { trouble: null, looked: null, files: new Map() }
    known.set(key, found)
    return found
  }
  const say = (folder: Folder, watched: Watched, trouble: Watched['trouble']) => {
    if (watched.trouble?.kind === trouble?.kind) return
    watched.trouble = trouble
    intake.changed()
    const { id, name, value } = folder
    log[trouble ? 'warn' : 'info']('color.folder', { folder: name, trouble })
    const language = parts.setting('language') === 'es' ? 'es' : 'en'
    const body = trouble
      ? sentence('COLOR_FOLDER_LOST', { name, path: value.path, reason: trouble.detail }, language)
      : sentence('COLOR_FOLDER_BACK', { name }, language)
    const link = { panel: 'color-intake' } as const
    bus.emit('notices', { key: `color-folder:${id}`, title: name, body, urgency: 'normal', link })
  }
  const lookInto = async (folder: Folder) => {
    const watched = watchedOf(folder)
    const names = await readdir(folder.value.path).catch((fault: unknown) => {
      const isGone = codeOf(fault) === 'ENOENT'
      const detail = isGone ? 'it is not there' : whyUnreadable(fault)
      say(folder, watched, { kind: isGone ? 'gone' : 'unreadable', detail })
      return null
    })
    if (!names || ending.signal.aborted) return
    say(folder, watched, null)
    watched.looked = clock.now()
    const meets = patternOf(folder.value.pattern)
    const meant = names.filter(name => !NOT_MEANT.test(name) && meets(name)).sort()
    for (const name of [...watched.files.keys()]) if (!meant.includes(name)) watched.files.delete(name)
    for (const name of meant) {
      if (ending.signal.aborted) return
      const before = watched.files.get(name)
      const now = await lookAt(parts, folder, name, before, ending.signal)
      if (now) watched.files.set(name, now)
      else watched.files.delete(name)
      if (now?.waits?.kind !== before?.waits?.kind || now?.isDone !== before?.isDone) intake.changed()
    }
  }
  const look = (): Promise<void> => {
    looking ??= (async () => {
      for (const folder of config.list('folders'))
        if (folder.value.enabled && !ending.signal.aborted)
          await lookInto(folder).catch(fault => log.warn('color.folder-failed', { folder: folder.name, fault }))
    })().finally(() => {
      looking = null
    })
    return looking
  }
  const stop = clock.every(parts.every ?? LOOK_EVERY_SECONDS, () => void look())
  return {
    look,
    states: () =>
      config.list('folders').map(folder => {
        const { trouble, looked, files } = watchedOf(folder)
        const { id, name, revision, value } = folder
        const taken = [...parts.kept.state.uploads.values()].filter(one => one.folder === id && one.status !== 'failed').length
        const waiting = [...files].flatMap(([file, { waits }]) => (waits === null ? [] : [{ file, ...waits }]))
        return { id, name, revision, ...value, trouble: value.enabled ? trouble : null, looked, taken, waiting }
      }),
    async close() {
      stop()
      ending.abort(new DOMException('the host is closing', 'AbortError'))
      await looking
    },
  }
}

/** A file as it stands now, taken if it stands as it did at the last look; null where it is gone. */
async function lookAt(
  parts: WatchFoldersParts,
  folder: Folder,
  name: string,
  before: Seen | undefined,
  signal: AbortSignal,
): Promise<Seen | null> {
  const path = join(folder.value.path, name)
  const found = await stat(path).catch(() => null)
  if (!found?.isFile()) return null
  const now = { size: found.size, changed: found.mtimeMs, isDone: false, waits: null }
  if (before?.size !== now.size || before.changed !== now.changed) return { ...now, waits: { kind: 'growing', detail: '' } }
  if (before.isDone) return before
  const locked = await whyLocked(path)
  if (locked) return { ...now, waits: locked }
  try {
    const sha256 = await hashOf(path)
    const isKnown = [...parts.kept.state.uploads.values()].some(one => one.folder === folder.id && one.source.sha256 === sha256)
    if (isKnown) return { ...now, isDone: true }
    const taken = await parts.intake
      .take({ path, file: name, from: 'folder', folder: folder.id, user: BY_ITSELF }, { signal, progress: () => undefined })
      .then(
        () => 'done' as const,
        () => 'failed' as const,
      )
    if (signal.aborted) return before
    if (folder.value.after === 'keep') return { ...now, isDone: true }
    await moveAside(folder.value.path, name, taken)
    return null
  } catch (fault) {
    return { ...now, waits: { kind: 'unreadable', detail: whyUnreadable(fault) } }
  }
}

const codeOf = (fault: unknown) => (fault as NodeJS.ErrnoException).code

/** Why a file cannot be opened; a spreadsheet program that has it open holds it on some systems. */
async function whyLocked(path: string): Promise<Waits | null> {
  try {
    await access(path, constants.R_OK)
    const file = await open(path, 'r')
    await file.close()
    return null
  } catch (fault) {
    const isLocked = ['EBUSY', 'EPERM', 'ETXTBSY'].includes(codeOf(fault) ?? '')
    return { kind: isLocked ? 'locked' : 'unreadable', detail: whyUnreadable(fault) }
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer)
  return hash.digest('hex')
}

/** Moves a file that was taken into a folder below; one of the same name that is there already stays. */
async function moveAside(folder: string, name: string, into: 'done' | 'failed'): Promise<void> {
  const place = join(folder, into)
  await mkdir(place, { recursive: true })
  const there = new Set(await readdir(place))
  const [stem, extension] = [basename(name, extname(name)), extname(name)]
  let target = name
  for (let n = 2; there.has(target); n++) target = `${stem} (${n})${extension}`
  await rename(join(folder, name), join(place, target))
}

/** Whether a name meets one of several patterns with * and ?, whatever the case. */
export function patternOf(pattern: string): (name: string) => boolean {
  const parts = pattern
    .split(';')
    .map(part => part.trim())
    .filter(part => part !== '')
    .map(part => {
      const escaped = part.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i')
    })
  return name => parts.some(part => part.test(name))
}
