import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mapping } from '../../core/imports/mapping.ts'
import type { SampleOutput } from '../../workers/jobs/imports-sample.ts'
import { fail } from '../fail.ts'
import { translated } from './faults.ts'
import type { ImportsParts } from './imports-parts.ts'
import { parquetToCsv } from './parquet-file.ts'
import type { Upload } from './uploads.ts'

type TableSample = Extract<SampleOutput, { kind: 'table' }>

/** Rows of a Parquet file that the guess is made from. */
const PARQUET_ROWS = 5000

/** Looks into files before they are imported. */
export interface Sampler {
  /** Fails: FILE_EMPTY, FILE_UNREADABLE. */
  sample(upload: Upload, fixed: Partial<Mapping>): Promise<TableSample>
  sha256Of(upload: Upload): Promise<string>
}

export function createSampler({ folder, pool, store }: Pick<ImportsParts, 'folder' | 'pool' | 'store'>): Sampler {
  const hashes = new Map<string, Promise<string>>()
  const look = (path: string, file: string, fixed: Partial<Mapping>) => pool.run('imports.sample', { path, file, fixed })

  const lookAtParquet = async (upload: Upload, fixed: Partial<Mapping>): Promise<SampleOutput> => {
    const own = join(folder, 'uploads', upload.id)
    const to = join(own, 'sample.csv')
    await mkdir(own, { recursive: true, mode: 0o700 })
    await parquetToCsv(store, { path: upload.path, file: upload.file, to, rows: PARQUET_ROWS })
    const { format: _, encoding: __, delimiter: ___, decimal: ____, headerRows: _____, ...kept } = fixed
    const sample = await look(to, 'sample.csv', { ...kept, encoding: 'utf-8', delimiter: ',', decimal: '.', headerRows: 1 })
    await rm(to, { force: true })
    if (sample.kind !== 'table') return sample
    return { ...sample, mapping: { ...sample.mapping, format: 'parquet', delimiter: '', headerRows: 0 } }
  }

  return {
    async sample(upload, fixed) {
      const { file } = upload
      if (upload.received < upload.bytes) {
        const reason = `only ${upload.received} of ${upload.bytes} bytes have arrived`
        return fail('FILE_UNREADABLE', { file, reason })
      }
      try {
        const first = await look(upload.path, file, fixed)
        const found = first.kind === 'parquet' ? await lookAtParquet(upload, fixed) : first
        if (found.kind === 'empty') return fail('FILE_EMPTY', { file })
        if (found.kind === 'unreadable') return fail('FILE_UNREADABLE', { file, reason: found.reason })
        if (found.kind === 'parquet') return fail('FILE_UNREADABLE', { file, reason: 'it is not a table' })
        return found
      } catch (fault) {
        throw translated(fault, file, folder)
      }
    },
    sha256Of(upload) {
      const held = hashes.get(upload.id) ?? pool.run('imports.hash', upload.path)
      hashes.set(upload.id, held)
      held.catch(() => hashes.delete(upload.id))
      return held.catch(fault => {
        throw translated(fault, upload.file, folder)
      })
    },
  }
}
