import { ORPCError } from '@orpc/client'
import { ERRORS, type ErrorCode, sentence } from '../../contract/errors.ts'
import { HostUnreachable } from '../link.ts'
import { currentLanguage, type Language, translate } from './text.ts'

/** What a person is told about a failure: one sentence with the remedy, and the details worth copying. */
export interface Told {
  readonly sentence: string
  readonly details: string
  readonly isAbort: boolean
  /** Not worth a retry button: the account may not do it. */
  readonly isForbidden: boolean
}

function isCode(code: string): code is ErrorCode {
  return code in ERRORS
}

function sentenceOf(fault: unknown, language: Language): string {
  if (fault instanceof HostUnreachable) return translate('state.unreachable')
  if (fault instanceof ORPCError) {
    if (isCode(fault.code)) return sentence(fault.code, (fault.data ?? {}) as Record<string, unknown>, language)
    if (fault.code === 'BAD_REQUEST') return translate('state.inputRefused', { reason: fault.message })
    return translate('state.unexpected', { reason: fault.message })
  }
  // The socket client rejects open calls in this way when the line goes down.
  if (fault instanceof Error && /closed|aborted|peer/i.test(fault.message)) return translate('state.unreachable')
  return translate('state.unexpected', { reason: fault instanceof Error ? fault.message : String(fault) })
}

/** The failure in the words of the page's language; the contract's errors by their code and data, all others in general. */
export function tell(fault: unknown, language: Language = currentLanguage()): Told {
  const details =
    fault instanceof ORPCError
      ? JSON.stringify({ code: fault.code, status: fault.status, data: fault.data, message: fault.message }, null, 2)
      : fault instanceof Error
        ? `${fault.name}: ${fault.message}\n${fault.stack ?? ''}`
        : String(fault)
  return {
    sentence: sentenceOf(fault, language),
    details,
    isAbort: fault instanceof DOMException && fault.name === 'AbortError',
    isForbidden: fault instanceof ORPCError && fault.code === 'FORBIDDEN',
  }
}
