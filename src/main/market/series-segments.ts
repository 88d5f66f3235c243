import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'

/** Streams a file, hashing it and, where `to` is given, copying it. Gives the hash. */
async function hashed(file: string, to: string | null): Promise<string> {
  const hash = createHash('sha256')
  const out = to === null ? null : await open(to, 'w', 0o600)
  try {
    for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) {
      hash.update(piece as Buffer)
      await out?.writeFile(piece as Buffer)
    }
    await out?.sync()
  } finally {
    await out?.close()
  }
  return hash.digest('hex')
}

export function sha256OfFile(file: string): Promise<string> {
  return hashed(file, null)
}

/** The files that truth is in: segments/ (Parquet) and raw/ (files as they came, named by their hash). */
export interface SegmentFolder {
  /** Full path of a segment. */
  path(segment: string): string
  /** Name for a new segment. */
  nameFor(series: string, at: number): string
  /** Copies a raw file into raw/ under its hash; the same bytes are kept once. */
  archive(file: string): Promise<{ readonly raw: string; readonly sha256: string }>
  exists(segment: string): Promise<boolean>
  /** Removes what no entry of the journal names: what a kill left behind. Gives the names. */
  tidy(keep: { readonly segments: ReadonlySet<string>; readonly raws: ReadonlySet<string> }): Promise<readonly string[]>
}

const SEGMENT = /^[a-z0-9-]+\.parquet(\.part)?$/
const RAW = /^([0-9a-f]{64}(\.[a-z0-9]{1,8})?|[^/]*\.part)$/

export async function openSegmentFolder(folder: string): Promise<SegmentFolder> {
  const segments = join(folder, 'segments')
  const raw = join(folder, 'raw')
  await mkdir(segments, { recursive: true })
  await mkdir(raw, { recursive: true })
  const exists = (file: string) =>
    stat(file).then(
      found => found.isFile(),
      () => false,
    )
  return {
    path: segment => join(segments, segment),
    nameFor(series, at) {
      const plain = series
        .normalize('NFKD')
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .slice(0, 40)
        .replace(/^-|-$/g, '')
      const own = createHash('sha256').update(`${series}\n${at}`).digest('hex').slice(0, 8)
      return `${plain || 'series'}-${own}.parquet`
    },
    async archive(file) {
      const partial = join(raw, `${basename(file).replaceAll(/[^\w.-]/g, '_')}-${process.pid}.part`)
      const sha256 = await hashed(file, partial)
      const extension = /^\.[a-z0-9]{1,8}$/.test(extname(file).toLowerCase()) ? extname(file).toLowerCase() : ''
      const name = `${sha256}${extension}`
      await rename(partial, join(raw, name))
      return { raw: name, sha256 }
    },
    exists: segment => exists(join(segments, segment)),
    async tidy(keep) {
      const found = [
        ...(await readdir(segments))
          .filter(name => SEGMENT.test(name) && !keep.segments.has(name))
          .map(name => join(segments, name)),
        ...(await readdir(raw)).filter(name => RAW.test(name) && !keep.raws.has(name)).map(name => join(raw, name)),
      ]
      for (const file of found) await rm(file, { force: true })
      return found
    },
  }
}
