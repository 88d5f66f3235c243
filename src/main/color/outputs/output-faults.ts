import { ORPCError } from '@orpc/server'
import { ERRORS, type ErrorCode } from '../../../contract/errors.ts'
import { failureReason } from '../../../contract/schedule.ts'
import { failure } from '../../fail.ts'

/** What the next try would meet again: a person has to change something first. */
const FINAL: ReadonlySet<string> = new Set<ErrorCode>([
  'OUTPUT_LOGIN_REFUSED',
  'OUTPUT_SECRET_MISSING',
  'OUTPUT_TLS',
  'OUTPUT_BUCKET_UNKNOWN',
  'OUTPUT_BUCKET_REFUSED',
  'OUTPUT_TARGET_UNKNOWN',
  'OUTPUT_RUN_GONE',
  'OUTPUT_SUPERSEDED',
  'MAIL_RECIPIENTS_REFUSED',
  'MAIL_REFUSED',
  'MAIL_NOT_SET',
])

/** Why a try failed, as it is kept: code and data of the catalogue. */
export interface Why {
  readonly code: ErrorCode
  readonly data: Readonly<Record<string, unknown>>
  /** Trying again by itself would help nobody. */
  readonly isFinal: boolean
}

/** The reason of a failed try; what nobody foresaw keeps the words of whoever threw it. */
export function whyOf(fault: unknown): Why {
  if (fault instanceof ORPCError && Object.hasOwn(ERRORS, fault.code)) {
    const code = fault.code as ErrorCode
    return { code, data: (fault.data ?? {}) as Why['data'], isFinal: FINAL.has(code) }
  }
  return { code: 'OUTPUT_FAILED', data: { detail: detailOf(fault) }, isFinal: false }
}

/** A reason as the wire has it. */
export function whyText({ code, data }: Pick<Why, 'code' | 'data'>): string {
  return failureReason(code, data)
}

/** What somebody else's program said, as one line that can stand in a sentence. */
export function detailOf(fault: unknown): string {
  const text = fault instanceof Error ? fault.message || fault.name : String(fault)
  const [line = ''] = text.trim().split(/[\r\n]/)
  return line.replace(/[\s.]+$/, '').slice(0, 300) || 'no reason was given'
}

/** A fault of the file system as a sentence about the folder or the file. */
export function folderFailure(fault: unknown, folder: string, file: string): unknown {
  const code = (fault as NodeJS.ErrnoException | null)?.code
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ESTALE':
    case 'ENODEV':
      return failure('OUTPUT_FOLDER_GONE', { path: folder })
    case 'EACCES':
    case 'EROFS':
      return failure('OUTPUT_FOLDER_REFUSED', { path: folder })
    case 'EPERM':
    case 'EBUSY':
      // Windows answers so where a spreadsheet has the file open; elsewhere it is a matter of rights.
      return process.platform === 'win32'
        ? failure('OUTPUT_FILE_BUSY', { path: file })
        : failure('OUTPUT_FOLDER_REFUSED', { path: folder })
    case 'ENOSPC':
    case 'EDQUOT':
      return failure('OUTPUT_DISK_FULL', { path: folder })
    default:
      return fault
  }
}

const UNREACHABLE = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EDNS', 'ENETDOWN', 'EADDRNOTAVAIL'],
])
const TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/

/** A fault of a line to a server as a sentence about it; null where it is none of those. */
export function lineFailure(fault: unknown, place: string, seconds: number) {
  const { code = '', name } = (fault ?? {}) as NodeJS.ErrnoException
  const inner = (fault as { cause?: NodeJS.ErrnoException } | null)?.cause?.code ?? ''
  if (code === 'ETIMEDOUT' || name === 'TimeoutError') return failure('OUTPUT_SLOW', { place, seconds })
  if (TLS.test(code) || TLS.test(inner)) return failure('OUTPUT_TLS', { place, detail: detailOf(fault) })
  if (UNREACHABLE.has(code) || UNREACHABLE.has(inner)) return failure('OUTPUT_UNREACHABLE', { place, detail: detailOf(fault) })
  return null
}
