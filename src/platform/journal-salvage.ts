import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, truncateSync } from 'node:fs'
import type { Clock } from './clock.ts'
import { copyGoodPrefix } from './journal.ts'

/** What could be saved of a damaged journal. */
export interface Salvage {
  /** Number of the last entry that was kept; everything after it was damaged or missing. */
  readonly kept: number
  /** Where the damaged file was set aside. It is never deleted. */
  readonly damagedFile: string
}

const COMPANIONS = ['', '-wal', '-shm', '-head'] as const

/** A copy of the damaged journal to read from, grown to the length its header states: SQLite reads nothing of a shorter file. */
function readingCopy(file: string, copy: string): string {
  for (const end of ['', '-wal']) if (existsSync(file + end)) copyFileSync(file + end, copy + end)
  const header = readFileSync(copy).subarray(0, 32)
  if (header.length < 32) return copy
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16)
  const stated = pageSize * header.readUInt32BE(28)
  // A header that is itself damaged can state anything; a journal is never a hundred times its file.
  const actual = readFileSync(copy).length
  if (stated > actual && stated < actual * 100 + 1e8) truncateSync(copy, stated)
  return copy
}

/**
 * The way out of JournalCorrupt: a new journal from the good entries, with the damaged files kept aside.
 *
 * The workstation must be closed. A kill in between leaves the damaged journal in place, or the new one.
 */
export function salvageJournal({ file, clock }: { readonly file: string; readonly clock: Clock }): Salvage {
  const stamp = new Date(clock.now() / 1000).toISOString().replace(/[:.]/g, '-')
  const fresh = `${file}.salvage-${stamp}`
  const damagedFile = `${file}.damaged-${stamp}`
  const copy = `${file}.reading-${stamp}`
  const head = existsSync(file) ? copyGoodPrefix(readingCopy(file, copy), fresh) : null
  for (const end of COMPANIONS) rmSync(copy + end, { force: true })
  for (const end of COMPANIONS) if (existsSync(file + end)) renameSync(file + end, damagedFile + end)
  if (head) for (const end of COMPANIONS) if (existsSync(fresh + end)) renameSync(fresh + end, file + end)
  return { kept: head?.seq ?? 0, damagedFile }
}
