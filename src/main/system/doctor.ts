import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type * as z from 'zod'
import type { check } from '../../contract/system.ts'
import type { DataStore } from '../../platform/data-store.ts'
import type { Journal } from '../../platform/journal.ts'

export type Check = z.infer<typeof check>

interface Parts {
  readonly folder: string
  readonly journal: Pick<Journal, 'verify' | 'head'>
  readonly store: Pick<DataStore, 'query' | 'state'>
  readonly pageIsBuilt: () => Promise<boolean>
  /** Segments of quotes and trades that are missing or damaged. */
  readonly ticksProblems: () => readonly string[]
  readonly port: () => number | null
  readonly seriesProblems: () => readonly { readonly name: string; readonly reason: string }[]
  /** Segments of option chains. */
  readonly chains: () => Check
  readonly scheduled: () => Check
  readonly secrets: () => Promise<Check>
  readonly backups: () => Promise<Check>
  readonly updates: () => Check
}

const GIGABYTE = 1e9
const KNOCK_MS = 2000
const OLDEST_NODE = [22, 13] as const

const good = (name: string, finding: string): Check => ({ name, state: 'good', finding, remedy: null })
const attention = (name: string, finding: string, remedy: string): Check => ({ name, state: 'attention', finding, remedy })
const bad = (name: string, finding: string, remedy: string): Check => ({ name, state: 'bad', finding, remedy })

/** Looks at the installation and at both stores, and says for each thing what it found and what would mend it. */
export async function examine(parts: Parts): Promise<Check[]> {
  return Promise.all([
    runtime(),
    folder(parts.folder),
    privacy(parts.folder),
    disk(parts.folder),
    journal(parts),
    market(parts),
    series(parts),
    ticks(parts),
    parts.chains(),
    doors(parts),
    page(parts),
    parts.scheduled(),
    parts.secrets(),
    parts.backups(),
    parts.updates(),
  ])
}

async function runtime(): Promise<Check> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const shell = process.versions.electron ? `Electron ${process.versions.electron}, ` : ''
  const found = `${shell}Node ${process.versions.node} on ${process.platform} ${process.arch}`
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])
  return isOld
    ? bad('runtime', found, 'Start it with npm, which brings its own Node, or install Node 22.13 or newer.')
    : good('runtime', found)
}

async function folder(path: string): Promise<Check> {
  try {
    await access(path, constants.R_OK | constants.W_OK)
    return good('workspace', path)
  } catch (fault) {
    return bad(
      'workspace',
      `${path}: ${(fault as Error).message}`,
      'Give your account the right to write there, or start with --data DIR.',
    )
  }
}

async function privacy(path: string): Promise<Check> {
  if (process.platform === 'win32') return good('privacy', 'the folder lies in your profile')
  const mode = await stat(join(path, 'host.json')).then(
    found => found.mode & 0o777,
    () => 0o600,
  )
  return mode & 0o077
    ? bad('privacy', `host.json can be read by others (${mode.toString(8)})`, 'Close Contango, delete host.json and start again.')
    : good('privacy', 'the token of the launch can be read by you alone')
}

async function disk(path: string): Promise<Check> {
  const space = await statfs(path).catch(() => null)
  if (!space) return attention('disk', 'the free space cannot be read', 'Check that the disk is attached.')
  const free = (space.bavail * space.bsize) / GIGABYTE
  const found = `${free.toFixed(1)} GB free`
  if (free < 0.5) return bad('disk', found, 'Free some space: writing stops when the disk is full.')
  return free < 5 ? attention('disk', found, 'A busy day of ticks takes about 1 GB; make some room soon.') : good('disk', found)
}

async function journal({ journal: book }: Parts): Promise<Check> {
  const verdict = book.verify()
  if (verdict.ok) return good('journal', `${book.head().seq} entries, the chain of hashes is whole`)
  return bad(
    'journal',
    `entry ${verdict.seq}: ${verdict.reason}`,
    'Restore journal.sqlite from a backup; entries before it are sound.',
  )
}

async function market({ store }: Parts): Promise<Check> {
  const { phase, reason, restarts } = store.state()
  if (phase !== 'up')
    return bad(
      'market store',
      `${phase}${reason ? `: ${reason}` : ''}`,
      'Rebuild it from journal and segments in the Status panel.',
    )
  try {
    const table = await store.query('select count(*) as n from series_info')
    const count = (table.columns[0] as Float64Array | undefined)?.[0] ?? 0
    const found = `${count} series, ${restarts} restarts`
    return restarts > 3
      ? attention('market store', found, 'See the log for data.exit and report it with the log.')
      : good('market store', found)
  } catch (fault) {
    return bad('market store', (fault as Error).message, 'Rebuild it from journal and segments in the Status panel.')
  }
}

async function series({ seriesProblems }: Parts): Promise<Check> {
  const [first, ...others] = seriesProblems()
  if (!first) return good('series', 'every series of the journal can be read')
  const more = others.length > 0 ? `, and ${others.length} more` : ''
  return bad('series', `${first.name}: ${first.reason}${more}`, 'Import the file again, or restore its segment from a backup.')
}

async function ticks({ ticksProblems }: Parts): Promise<Check> {
  const [first, ...others] = ticksProblems()
  if (!first) return good('ticks archive', 'no segment of quotes or trades is known to be damaged')
  const more = others.length > 0 ? `, and ${others.length} more` : ''
  return bad('ticks archive', `${first}${more}`, 'Restore segments/ticks from a backup and rebuild the market store.')
}

/** Knocks at our own door as a stranger would: without the token it must stay shut. */
async function doors({ port }: Parts): Promise<Check> {
  const bound = port()
  if (bound === null) return good('doors', 'nothing listens on the network; the window has a line of its own')
  try {
    const { status } = await fetch(`http://127.0.0.1:${bound}/api/system/hello`, { signal: AbortSignal.timeout(KNOCK_MS) })
    return status === 401
      ? good('doors', `127.0.0.1:${bound}, shut to whoever has no token`)
      : bad('doors', `127.0.0.1:${bound} answered ${status} to a caller without the token`, 'Close Contango and report this.')
  } catch (fault) {
    const why = fault instanceof Error ? fault.message : String(fault)
    return bad('doors', `127.0.0.1:${bound} does not answer: ${why}`, 'Start again; a firewall or proxy may stand in between.')
  }
}

async function page({ pageIsBuilt }: Parts): Promise<Check> {
  return (await pageIsBuilt()) ? good('page', 'built') : bad('page', 'the page is not built', 'Run npm run build.')
}
