import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { ColorColumn } from '../../../core/color/color-columns.ts'
import type { ReadColor } from '../../../core/color/read-color.ts'
import type { ColorManner } from '../../../core/color/read-color-cells.ts'
import type { QuarantinedColor } from '../../../core/color/read-colors.ts'

/** How a file was read, so that a row of it can be read again in the same manner. */
export interface KeptManner extends Pick<ColorManner, 'decimals' | 'dates'> {
  readonly version: 1
  readonly names: readonly string[]
  readonly fields: Readonly<Partial<Record<ColorColumn, number>>>
}

type Line =
  | readonly ['manner', KeptManner]
  | readonly ['apart', QuarantinedColor]
  | readonly ['row', ReadColor]
  | readonly ['repeat' | 'mark', unknown]

/** The file is not the one that the journal names. */
export class RowsDamaged extends Error {
  override readonly name = 'RowsDamaged'
}

/** Files with the rows of uploads, each named by an entry of the journal. */
export interface RowsFiles {
  /** Where a job may write rows before they are kept. */
  partial(id: string): Promise<string>
  /** Gives a written file the name under which the journal will know it. */
  keep(partial: string, id: string): Promise<string>
  /** Fails: RowsDamaged where the file is not what was written. */
  rows(file: string, sha256: string): Promise<readonly ReadColor[]>
  /** How the file was read, and the rows that were set apart. */
  apart(file: string): Promise<{ readonly manner: KeptManner; readonly rows: readonly QuarantinedColor[] }>
  /** Removes what no entry names: what a crash left between the file and the entry. */
  tidy(named: ReadonlySet<string>): Promise<number>
}

export function openRowsFiles(folder: string): RowsFiles {
  const eachLine = async (file: string, take: (line: Line) => boolean, hash?: ReturnType<typeof createHash>): Promise<void> => {
    const raw = createReadStream(join(folder, file))
    if (hash) raw.on('data', piece => void hash.update(piece))
    const gunzip = createGunzip()
    let fault: unknown = null
    pipeline(raw, gunzip, error => {
      fault ??= error ?? null
    })
    const lines = createInterface({ input: gunzip, crlfDelay: Number.POSITIVE_INFINITY })
    try {
      for await (const line of lines) if (line !== '' && !take(JSON.parse(line) as Line)) break
    } finally {
      lines.close()
      raw.destroy()
      gunzip.destroy()
    }
    const code = (fault as NodeJS.ErrnoException | null)?.code
    if (fault && code !== 'ERR_STREAM_PREMATURE_CLOSE' && code !== 'ABORT_ERR') throw new RowsDamaged(`${file}: ${String(fault)}`)
  }
  return {
    async partial(id) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      return join(folder, `${id}.part`)
    },
    async keep(partial, id) {
      const file = `${id}.jsonl.gz`
      await rename(partial, join(folder, file))
      // The entry that names it must not be on the disk before the name is.
      const place = await open(folder, 'r')
      await place.sync().finally(() => place.close())
      return file
    },
    async rows(file, sha256) {
      const found: ReadColor[] = []
      const hash = createHash('sha256')
      await eachLine(
        file,
        ([kind, value]) => {
          if (kind === 'row') found.push(value)
          return true
        },
        hash,
      )
      if (hash.digest('hex') !== sha256) throw new RowsDamaged(`${file} is not what was written`)
      return found
    },
    async apart(file) {
      let manner: KeptManner | null = null
      const rows: QuarantinedColor[] = []
      await eachLine(file, ([kind, value]) => {
        if (kind === 'manner') manner = value
        else if (kind === 'apart') rows.push(value)
        // They stand before all others.
        return kind === 'manner' || kind === 'apart'
      })
      if (!manner) throw new RowsDamaged(`${file} does not begin as it should`)
      return { manner, rows }
    },
    async tidy(named) {
      const found = await readdir(folder).catch(() => [])
      const stray = found.filter(file => /\.(part|jsonl\.gz)$/.test(file) && !named.has(file))
      for (const file of stray) await rm(join(folder, file), { force: true })
      return stray.length
    },
  }
}
