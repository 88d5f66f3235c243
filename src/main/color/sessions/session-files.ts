import { createHash } from 'node:crypto'
import { createWriteStream, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGzip, gunzip } from 'node:zlib'
import type { Steps } from '../../../core/kit/steps.ts'
import type { Clock } from '../../../platform/clock.ts'
import { inSlices } from './in-slices.ts'

/** What is too long for a line of the journal: lists in files that are named by their hash, so that equal lists are one file. */
export interface SessionFiles {
  /** Gives the name; the file is on disk then, whole. */
  write(items: readonly unknown[]): Promise<string>
  /** Null where the file is missing or is not what was written. */
  read(name: string): Promise<readonly unknown[] | null>
  /** A place for a file that is handed out and removed again. */
  scratch(name: string): string
}

const ITEMS_PER_PIECE = 200
/** Files of a hundred thousand rows are written while somebody waits; more thorough packing saves a tenth and takes four times as long. */
const PACKING = 1
const unpack = promisify(gunzip)

/** Removes what no entry names: what a kill left behind. */
export function openSessionFiles(folder: string, named: ReadonlySet<string>, clock: Pick<Clock, 'monotonic'>): SessionFiles {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const file of readdirSync(folder))
    if (!named.has(nameOf(file))) rmSync(join(folder, file), { force: true, recursive: true })
  let parts = 0
  const scratch = (name: string) => join(folder, `${++parts}-${name}.part`)
  return {
    scratch,
    async write(items) {
      const part = scratch('rows')
      const hash = createHash('sha256')
      const hashed = new Transform({
        transform(piece: Buffer, _, done) {
          hash.update(piece)
          done(null, piece)
        },
      })
      try {
        const out = createWriteStream(part, { mode: 0o600, flush: true })
        await pipeline(Readable.from(linesOf(items)), createGzip({ level: PACKING }), hashed, out)
        const name = hash.digest('hex')
        await rename(part, fileOf(folder, name))
        await syncFolder(folder)
        return name
      } catch (fault) {
        await rm(part, { force: true })
        throw fault
      }
    },
    async read(name) {
      const packed = await readFile(fileOf(folder, name)).catch(() => null)
      if (!packed || createHash('sha256').update(packed).digest('hex') !== name) return null
      return inSlices(itemsIn((await unpack(packed)).toString('utf8')), clock)
    },
  }
}

const SUFFIX = '.jsonl.gz'
const fileOf = (folder: string, name: string) => join(folder, `${name}${SUFFIX}`)
const nameOf = (file: string) => (file.endsWith(SUFFIX) ? file.slice(0, -SUFFIX.length) : '')

/** One item a line. Each piece waits for its turn, so that a long list does not hold up the host. */
async function* linesOf(items: readonly unknown[]): AsyncGenerator<string, void> {
  for (let from = 0; from < items.length; from += ITEMS_PER_PIECE) {
    const piece = items.slice(from, from + ITEMS_PER_PIECE).map(item => `${JSON.stringify(item)}\n`)
    yield piece.join('')
    await new Promise(resolve => setImmediate(resolve))
  }
}

function* itemsIn(text: string): Steps<readonly unknown[]> {
  const items: unknown[] = []
  for (let from = 0; from < text.length; ) {
    const to = text.indexOf('\n', from)
    items.push(JSON.parse(text.slice(from, to)))
    from = to + 1
    if (items.length % ITEMS_PER_PIECE === 0) yield
  }
  return items
}

async function syncFolder(folder: string): Promise<void> {
  // Windows refuses to open a folder; the file itself was forced to disk.
  const handle = await open(folder, 'r').catch(() => null)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}
