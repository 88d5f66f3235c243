import { isTimeZone } from '../kit/calendar.ts'
import { MAIL_PLACEHOLDERS, NAME_PLACEHOLDERS, unknownPlaceholders } from './output-template.ts'

/** What is wrong with a form of outputs. `field` is where, `detail` what it is about. */
export interface OutputProblem {
  readonly field: string
  readonly kind: 'placeholder' | 'zone' | 'path' | 'endpoint' | 'bucket' | 'address' | 'missing' | 'plain-password'
  readonly detail: string
}

/** An address as mail servers take it, alone or as `Name <desk@firm.com>`. */
export function isMailAddress(text: string): boolean {
  return /^(?:[^<>\r\n]*<[^\s@<>]+@[^\s@<>]+>|[^\s@<>,;]+@[^\s@<>,;]+)$/.test(text.trim())
}

/** A path from the root of a system, as Unix and Windows write it. */
export function isWholePath(path: string): boolean {
  return /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(path)
}

interface NamedFiles {
  readonly fileName: string
  readonly zone: string
}

/** What is wrong with the names of files. */
export function fileNameProblems({ fileName, zone }: NamedFiles): readonly OutputProblem[] {
  return [
    ...unknownPlaceholders(fileName, NAME_PLACEHOLDERS).map(
      detail => ({ field: 'fileName', kind: 'placeholder', detail }) as const,
    ),
    ...zoneProblems(zone),
  ]
}

function zoneProblems(zone: string): readonly OutputProblem[] {
  return isTimeZone(zone) ? [] : [{ field: 'zone', kind: 'zone', detail: zone }]
}

/** What is wrong with the address of a bucket. */
export function bucketProblems({
  endpoint,
  bucket,
}: {
  readonly endpoint: string
  readonly bucket: string
}): readonly OutputProblem[] {
  const isAddress = endpoint === '' || /^https?:\/\/[^\s/?#@]+\/?$/i.test(endpoint)
  const isBucket = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/.test(bucket)
  return [
    ...(isAddress ? [] : [{ field: 'endpoint', kind: 'endpoint', detail: endpoint } as const]),
    ...(isBucket ? [] : [{ field: 'bucket', kind: 'bucket', detail: bucket } as const]),
  ]
}

interface MailForm {
  readonly enabled: boolean
  readonly host: string
  readonly encryption: 'starttls' | 'tls' | 'none'
  readonly user: string
  readonly from: string
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly bcc: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly zone: string
}

/** What is wrong with the form of the mail; one that is off may be unfinished, and never wrong. */
export function mailProblems(mail: MailForm): readonly OutputProblem[] {
  const lists = ['to', 'cc', 'bcc'] as const
  const missing = ['host', 'from'] as const
  const own = /^(localhost|127(\.\d+){3}|::1)$/i.test(mail.host)
  return [
    ...(['subject', 'text', 'html'] as const).flatMap(field =>
      unknownPlaceholders(mail[field], MAIL_PLACEHOLDERS).map(detail => ({ field, kind: 'placeholder', detail }) as const),
    ),
    ...lists.flatMap(field =>
      mail[field].filter(one => !isMailAddress(one)).map(detail => ({ field, kind: 'address', detail }) as const),
    ),
    ...(mail.from === '' || isMailAddress(mail.from) ? [] : [{ field: 'from', kind: 'address', detail: mail.from } as const]),
    ...(mail.user !== '' && mail.encryption === 'none' && mail.host !== '' && !own
      ? [{ field: 'encryption', kind: 'plain-password', detail: mail.host } as const]
      : []),
    ...(mail.enabled ? missing.filter(field => mail[field] === '') : []).map(
      field => ({ field, kind: 'missing', detail: '' }) as const,
    ),
    ...(mail.enabled && lists.every(list => mail[list].length === 0)
      ? [{ field: 'to', kind: 'missing', detail: '' } as const]
      : []),
    ...zoneProblems(mail.zone),
  ]
}
