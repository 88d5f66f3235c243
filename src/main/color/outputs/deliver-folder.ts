import { copyFile, open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { DeliveryReceipt, FolderTarget } from '../../../contract/color-outputs.ts'
import { failure } from '../../fail.ts'
import { sha256OfFile } from '../../market/series-segments.ts'
import { folderFailure } from './output-faults.ts'
import type { OutputFile } from './output-files.ts'

/**
 * Files into a folder: each is copied beside its place, forced to disk and then renamed.
 *
 * The folder must be there: one that is made anew where a drive is not connected would swallow the output. The name of the copy
 * follows from the file, so that a try after a crash writes over what the crash left.
 */
export async function deliverToFolder({ path: folder }: FolderTarget, files: readonly OutputFile[]): Promise<DeliveryReceipt> {
  await expectFolder(folder)
  const places: { place: string; sha256: string; bytes: number }[] = []
  for (const file of files) {
    const place = join(folder, file.name)
    await putFile(folder, place, file)
    places.push({ place, sha256: file.sha256, bytes: file.bytes })
  }
  return { places, accepted: [], rejected: [], said: null }
}

async function putFile(folder: string, place: string, file: OutputFile): Promise<void> {
  const part = join(folder, `.${file.name}.${file.sha256.slice(0, 8)}.part`)
  try {
    if ((await sha256OfFile(place).catch(() => null)) !== file.sha256) {
      await copyFile(file.path, part)
      await force(part, 'r+')
      await rename(part, place)
      // Not every system forces a folder; the renaming stands all the same.
      await force(folder, 'r').catch(() => undefined)
    }
    await rm(part, { force: true })
  } catch (fault) {
    await rm(part, { force: true }).catch(() => undefined)
    throw folderFailure(fault, folder, place)
  }
}

async function force(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags)
  await handle.sync().finally(() => handle.close())
}

async function expectFolder(folder: string): Promise<void> {
  if (!isAbsolute(folder)) throw failure('OUTPUT_FOLDER_GONE', { path: folder })
  const found = await stat(folder).catch((fault: unknown) => {
    throw folderFailure(fault, folder, folder)
  })
  if (!found.isDirectory()) throw failure('OUTPUT_FOLDER_GONE', { path: folder })
}

/** Writes a small file into the folder and takes it away again. */
export async function probeFolder({ path: folder }: FolderTarget): Promise<void> {
  await expectFolder(folder)
  const probe = join(folder, '.contango-probe')
  try {
    await writeFile(probe, 'contango')
    await rm(probe)
  } catch (fault) {
    throw folderFailure(fault, folder, probe)
  }
}
