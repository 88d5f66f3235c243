import { isIP } from 'node:net'
import type { NodemailerError, SendMailOptions, SMTPTransportOptions } from 'nodemailer'
import type { DeliveryReceipt, MailConfig } from '../../../contract/color-outputs.ts'
import type { Secret } from '../../../platform/secret.ts'
import { failure } from '../../fail.ts'
import { detailOf, lineFailure } from './output-faults.ts'

/** How long a mail server may be silent. */
export interface MailTerms {
  readonly seconds: number
  readonly signal: AbortSignal
}

/** Hands a message to the mail server; resolves once it has taken it. */
export async function sendMail(
  mail: MailConfig,
  secret: Secret | null,
  message: SendMailOptions,
  { seconds, signal }: MailTerms,
): Promise<DeliveryReceipt> {
  const transport = await open(mail, secret, seconds)
  try {
    const { accepted, rejected, response, messageId } = await transport.sendMail({ ...message, signal })
    const place = { place: messageId, sha256: null, bytes: null }
    return { places: [place], accepted: accepted.map(String), rejected: rejected.map(String), said: response.slice(0, 300) }
  } catch (fault) {
    throw mailFailure(fault, mail, seconds)
  } finally {
    transport.close()
  }
}

/** Connects and logs in; nothing is sent. */
export async function probeMail(mail: MailConfig, secret: Secret | null, { seconds }: MailTerms): Promise<void> {
  const transport = await open(mail, secret, seconds)
  try {
    await transport.verify()
  } catch (fault) {
    throw mailFailure(fault, mail, seconds)
  } finally {
    transport.close()
  }
}

const isOwnMachine = (host: string) => host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

async function open(mail: MailConfig, secret: Secret | null, seconds: number) {
  const { host, port, encryption, user } = mail
  if (host === '') throw failure('MAIL_NOT_SET', { reason: 'no server is named' })
  if (user !== '' && secret === null) throw failure('OUTPUT_SECRET_MISSING', { place: placeOf(mail) })
  if (user !== '' && encryption === 'none' && !isOwnMachine(host))
    throw failure('OUTPUT_TLS', { place: placeOf(mail), detail: 'the password would go over the line in plain' })
  const options: SMTPTransportOptions = {
    ...{ host, port, secure: encryption === 'tls', requireTLS: encryption === 'starttls', ignoreTLS: encryption === 'none' },
    tls: { rejectUnauthorized: mail.checkCertificate },
    ...(user === '' || secret === null ? {} : { auth: { user, pass: secret.reveal() } }),
    connectionTimeout: seconds * 1000,
    greetingTimeout: seconds * 1000,
    socketTimeout: seconds * 1000,
    dnsTimeout: seconds * 1000,
  }
  // Loaded when the first mail is sent: it would make every start slower.
  const { createTransport } = await import('nodemailer')
  return createTransport(options)
}

function placeOf({ host, port }: MailConfig): string {
  return `${host}:${port}`
}

function mailFailure(fault: unknown, mail: MailConfig, seconds: number): unknown {
  const place = placeOf(mail)
  const { code, responseCode = 0, response, rejected, command } = (fault ?? {}) as NodemailerError & { rejected?: string[] }
  const detail = detailOf(response ?? fault)
  if (code === 'EAUTH' || responseCode === 535 || responseCode === 534)
    return failure('OUTPUT_LOGIN_REFUSED', { place, user: mail.user })
  if (code === 'ETLS' || /certificate|self-signed|\bTLS\b|\bSSL\b/i.test(detail))
    return failure('OUTPUT_TLS', { place, detail: detailOf(fault) })
  if (responseCode >= 400 && responseCode < 500) return failure('MAIL_LATER', { detail })
  if (code === 'EENVELOPE' && rejected?.length)
    return failure('MAIL_RECIPIENTS_REFUSED', { recipients: rejected.join(', '), detail })
  if (code === 'EENVELOPE' && responseCode === 0) return failure('MAIL_NOT_SET', { reason: detail })
  if (responseCode >= 500) return failure('MAIL_REFUSED', { detail })
  const line = lineFailure(fault, place, seconds)
  if (line) return line
  if (code === 'ECONNECTION' || code === 'ESOCKET' || code === 'ECONNRESET')
    return command === 'CONN' && !/close/i.test(detail)
      ? failure('OUTPUT_UNREACHABLE', { place, detail })
      : failure('MAIL_CUT_OFF', { place })
  return fault
}
