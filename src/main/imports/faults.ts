import { ORPCError } from '@orpc/server'
import { failure } from '../fail.ts'
import { whyUnreadable } from './uploads.ts'

/** A failure of the catalogue for what went wrong with a file; anything that is no fault of the file stays what it was. */
export function translated(fault: unknown, file: string, folder: string): unknown {
  if (fault instanceof ORPCError || !(fault instanceof Error)) return fault
  if (fault.name === 'AbortError') return failure('QUERY_CANCELLED', {})
  // An error that crossed from a thread keeps its message and loses its code.
  const code = (fault as NodeJS.ErrnoException).code ?? /^(E[A-Z]+):/.exec(fault.message)?.[1]
  if (code === 'ENOSPC') return failure('DISK_FULL', { folder })
  if (code && /^E[A-Z]+$/.test(code)) {
    return failure('FILE_UNREADABLE', { file, reason: whyUnreadable({ code, message: fault.message }) })
  }
  return fault.name === 'FileUnusable' ? failure('FILE_UNREADABLE', { file, reason: fault.message }) : fault
}
