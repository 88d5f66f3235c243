import type { Fault } from './data-protocol.ts'
import { DuckFault } from './duck-guard.ts'

/** What the Node binding puts before DuckDB's own sentence; it says nothing to a person. */
const BINDING_WORDS = /^Failed to [a-z ]+: /

/** What went wrong, from what DuckDB said; `cancelled` when we interrupted it ourselves. */
export function faultOf(thrown: unknown): Fault {
  if (thrown instanceof DuckFault) return thrown.fault
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  const has = (pattern: RegExp) => pattern.test(reason)
  if (has(/No space left on device|There is not enough space on the disk|ENOSPC/i)) return { kind: 'disk-full' }
  if (has(/^INTERRUPT Error|Interrupted!/i)) return { kind: 'cancelled' }
  if (has(/Could not set lock on file|Conflicting lock is held|being used by another process/i)) return { kind: 'locked', reason }
  if (isCorrupt(reason)) return { kind: 'corrupt', reason, log: has(/\bWAL\b|write-ahead|replay/i) }
  if (has(/^(FATAL|INTERNAL) Error|database has been invalidated/i)) return { kind: 'broken', reason }
  const line = /\bLINE (\d+):/.exec(reason)
  return { kind: 'refused', reason: reason.replace(BINDING_WORDS, ''), line: line ? Number(line[1]) : null }
}

function isCorrupt(reason: string): boolean {
  return /Corrupt|checksum|not a valid DuckDB database|Serialization Error|failed to deserialize|Failure while replaying WAL|file is too small|could not read enough bytes|trying to read a database file with version/i.test(
    reason,
  )
}
