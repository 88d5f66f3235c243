import { readFile } from 'node:fs/promises'
import type { DatabaseTarget, DeliveryReceipt, MailConfig, OutputTarget } from '../../../contract/color-outputs.ts'
import type { DataStore } from '../../../platform/data-store.ts'
import type { Secret } from '../../../platform/secret.ts'
import { failure } from '../../fail.ts'
import type { ColorRun } from '../runs/color-runs.ts'
import { deliverToDuck, probeDuck } from './deliver-database.ts'
import { deliverToFolder, probeFolder } from './deliver-folder.ts'
import { probeMail, sendMail } from './deliver-mail.ts'
import { deliverToPostgres, probePostgres } from './deliver-postgres.ts'
import { deliverToS3, probeS3 } from './deliver-s3.ts'
import { factsOf, messageOf, type Recipients, subjectOf } from './mail-message.ts'
import type { Delivery } from './outbox.ts'
import type { Delivered } from './outbox-runner.ts'
import { type FilesGround, type FilesWanted, stampOf, withRunFiles } from './output-files.ts'

/** Seconds that the other end may be silent. */
const SILENCE = { s3: 60, mail: 30, postgres: 60 } as const
/** A person waits for a test. */
const PROBE_SECONDS = 15

export interface DeliverGround extends FilesGround {
  readonly store: Pick<DataStore, 'openSegment' | 'queryFiles'>
  /** The workspace folder. */
  readonly folder: string
  /** DuckDB files are written to one at a time. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
}

type Duck = DatabaseTarget & { place: { engine: 'duckdb' } }
type Postgres = DatabaseTarget & { place: { engine: 'postgres' } }
const isDuck = (target: DatabaseTarget): target is Duck => target.place.engine === 'duckdb'

const plain = (receipt: DeliveryReceipt): Delivered => ({ receipt, recipients: [], subject: null })

/** A run into a folder, a bucket or a table. `newer` are places of later runs, which are not written over. */
export async function deliverRun(
  ground: DeliverGround,
  {
    run,
    target,
    secret,
    newer,
  }: { run: ColorRun; target: OutputTarget; secret: Secret | null; newer: ReadonlyMap<string, number> },
  signal: AbortSignal,
): Promise<Delivered> {
  if (target.kind === 'database') {
    const [rows, stamp] = [await ground.runs.rows(run.id), stampOf(run)]
    if (isDuck(target)) return plain(await deliverToDuck(target, rows, stamp, { ...ground, signal }))
    const terms = { secret, seconds: SILENCE.postgres, signal }
    return plain(await deliverToPostgres(target as Postgres, rows, stamp, terms))
  }
  const wanted: FilesWanted = { ...target, output: true, excluded: target.attachExcluded, difference: target.attachDifference }
  return await withRunFiles(ground, run, wanted, async files => {
    for (const { name } of files) {
      const after = newer.get(name)
      if (after !== undefined) throw failure('OUTPUT_SUPERSEDED', { newer: String(after), run: String(run.number) })
    }
    if (target.kind === 'folder') return plain(await deliverToFolder(target, files))
    return plain(await deliverToS3(target, expectSecret(secret, target.bucket), files, { seconds: SILENCE.s3, signal }))
  })
}

function expectSecret(secret: Secret | null, place: string): Secret {
  if (secret) return secret
  throw failure('OUTPUT_SECRET_MISSING', { place })
}

/** Name of attachments where the mail form has none of its own. */
const ATTACHED = 'colors-{{date}}-{{number}}'

/** A run by mail. */
export async function deliverMail(
  ground: DeliverGround,
  { run, mail, secret, delivery }: { run: ColorRun; mail: MailConfig; secret: Secret | null; delivery: Delivery },
  signal: AbortSignal,
): Promise<Delivered> {
  const recipients = recipientsOf(mail, delivery)
  const all = [...recipients.to, ...recipients.cc, ...recipients.bcc]
  if (all.length === 0) throw failure('MAIL_NOT_SET', { reason: 'nobody is to get it' })
  if (mail.from === '') throw failure('MAIL_NOT_SET', { reason: 'there is no sender' })
  const facts = factsOf(run, mail.zone)
  const { format, zone, attachOutput: output, attachExcluded: excluded, attachDifference: difference } = mail
  const wanted: FilesWanted = { format, zone, output, excluded, difference, fileName: ATTACHED, perSector: false }
  return await withRunFiles(ground, run, wanted, async files => {
    const contents = await Promise.all(files.map(async ({ name, path }) => ({ name, content: await readFile(path) })))
    const message = messageOf(mail, facts, recipients, delivery.id, contents)
    const sent = await sendMail(mail, secret, message, { seconds: SILENCE.mail, signal })
    const attached = files.map(({ name, sha256, bytes }) => ({ place: name, sha256, bytes }))
    const receipt = { ...sent, places: [...sent.places, ...attached] }
    return { receipt, recipients: all, subject: subjectOf(mail, facts) }
  })
}

/** Whom a delivery by mail goes to: those a person named, else those of the form. */
export function recipientsOf(mail: MailConfig, { recipients }: Pick<Delivery, 'recipients'>): Recipients {
  return recipients ?? { to: mail.to, cc: mail.cc, bcc: mail.bcc }
}

/** Tries a target without a run. */
export async function probeTarget(ground: DeliverGround, target: OutputTarget, secret: Secret | null): Promise<void> {
  const signal = AbortSignal.timeout(2 * PROBE_SECONDS * 1000)
  const terms = { seconds: PROBE_SECONDS, signal }
  if (target.kind === 'folder') return await probeFolder(target)
  if (target.kind === 's3') return await probeS3(target, expectSecret(secret, target.bucket), terms)
  if (isDuck(target)) return await probeDuck(target, { ...ground, signal })
  return await probePostgres(target as Postgres, { ...terms, secret })
}

/** Connects to the mail server and logs in. */
export function probeMailServer(mail: MailConfig, secret: Secret | null): Promise<void> {
  return probeMail(mail, secret, { seconds: PROBE_SECONDS, signal: AbortSignal.timeout(2 * PROBE_SECONDS * 1000) })
}
