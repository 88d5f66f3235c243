import { createHash } from 'node:crypto'
import type { SendMailOptions } from 'nodemailer'
import type { MailConfig } from '../../../contract/color-outputs.ts'
import { type MailFacts, mailFacts } from '../../../core/color/mail-facts.ts'
import { escapeHtml, fillTemplate } from '../../../core/color/output-template.ts'
import type { ColorRun } from '../runs/color-runs.ts'
import { typeOf } from './deliver-s3.ts'
import { dayAndTime } from './output-files.ts'

/** Whom one mail goes to. */
export interface Recipients {
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly bcc: readonly string[]
}

/** What a mail says of a run. */
export function factsOf(run: ColorRun, zone: string): MailFacts {
  const { number, rows, excluded, seconds, isDemo } = run
  const counts = { rules: run.ignoredRules ? 0 : run.rules.length, uploads: run.uploads.length }
  return mailFacts({ number, rows, excluded, seconds, isDemo, ...counts }, dayAndTime(run.at, zone))
}

/** Subject of a mail on one line, whatever the template holds. */
export function subjectOf(mail: MailConfig, facts: MailFacts): string {
  return fillTemplate(mail.subject, facts)
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
}

/**
 * The message as it is sent. Its id follows from the delivery, so that a repeat after a crash can be recognised as one.
 */
export function messageOf(
  mail: MailConfig,
  facts: MailFacts,
  recipients: Recipients,
  delivery: string,
  files: readonly { readonly name: string; readonly content: Buffer }[],
): SendMailOptions {
  const html = fillTemplate(mail.html, facts, escapeHtml)
  return {
    from: mail.from,
    ...{ to: [...recipients.to], cc: [...recipients.cc], bcc: [...recipients.bcc] },
    subject: subjectOf(mail, facts),
    text: fillTemplate(mail.text, facts),
    ...(html.trim() === '' ? {} : { html }),
    messageId: messageIdOf(delivery, mail.from),
    attachments: files.map(({ name, content }) => ({ filename: name, content, contentType: typeOf(name) })),
    // A template is text that somebody wrote: it may name no files of this machine and no addresses to fetch.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  }
}

/** Id of the message of a delivery: always the same one, at the sender's domain. */
export function messageIdOf(delivery: string, from: string): string {
  const domain = /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'contango.invalid'
  return `<color.${createHash('sha256').update(delivery).digest('hex').slice(0, 32)}@${domain}>`
}
