import { ORPCError } from '@orpc/client'
import { type SessionReason, sessionReason } from '../../../contract/color-session-reasons.ts'
import { sentence } from '../../../contract/errors.ts'
import { type Told, tell } from '../../ui/fault.ts'
import { currentLanguage } from '../../ui/text.ts'
import { columnWords } from './session-words.ts'

interface Refused {
  readonly kind: SessionReason
  readonly details?: Readonly<Record<string, string | number>>
}

/** A failure in the words of the page: why a session refused something stands in its data by kind, in no language. */
export function tellSession(fault: unknown): Told {
  const language = currentLanguage()
  const told = tell(fault, language)
  if (!(fault instanceof ORPCError) || fault.code !== 'SESSION_REFUSED') return told
  const { kind, details = {} } = fault.data as Refused
  const named = typeof details.field === 'string' ? { ...details, field: columnWords(details.field) } : details
  return { ...told, sentence: sentence('SESSION_REFUSED', { reason: sessionReason(kind, named, language) }, language) }
}
