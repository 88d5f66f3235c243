import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { MAIL_PLACEHOLDERS } from '../core/color/output-template.ts'
import { failures } from './errors.ts'
import { procedure } from './procedure.ts'
import { micros } from './wire.ts'

/** When a target gets the output of a run, and what goes with it. */
const terms = {
  enabled: z.boolean(),
  onAutomated: z.boolean().describe('Runs by the clock, or that a person set off'),
  onManual: z.boolean().describe('Sessions that a person published'),
  attachExcluded: z.boolean().describe('The rows that rules left out, as a file of their own'),
  attachDifference: z.boolean().describe('What is another than in the run before, as a file of its own'),
}

export const outputFormat = z.enum(['xlsx', 'csv', 'parquet'])
const zone = z.string().min(1).max(60).describe('IANA name; days and times in names of files are by it')
const line = (longest: number) => z.string().trim().max(longest)

const files = {
  format: outputFormat,
  fileName: line(200).min(1).describe('Without an ending; {{date}} {{time}} {{number}} {{kind}} {{sector}} are filled in'),
  perSector: z.boolean().describe('One file for each sector'),
  zone,
}

const folderTarget = z.object({ kind: z.literal('folder'), ...terms, ...files, path: line(2000).min(1) })
const s3Target = z.object({
  kind: z.literal('s3'),
  ...terms,
  ...files,
  endpoint: line(500).describe('Blank for Amazon; else as https://minio.desk:9000'),
  region: line(60).min(1),
  bucket: line(255).min(3),
  prefix: line(500),
  pathStyle: z
    .boolean()
    .describe('The bucket in the path rather than in the name of the host, as most servers of their own want it'),
  accessKeyId: line(200).min(1),
})
const databaseTarget = z.object({
  kind: z.literal('database'),
  ...terms,
  table: z
    .string()
    .max(63)
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a table is named with letters, digits and _'),
  place: z.discriminatedUnion('engine', [
    z.object({ engine: z.literal('duckdb'), path: line(2000).min(1) }),
    z.object({
      engine: z.literal('postgres'),
      host: line(255).min(1),
      port: z.number().int().min(1).max(65_535),
      database: line(63).min(1),
      user: line(63).min(1),
      schema: z
        .string()
        .max(63)
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a schema is named with letters, digits and _'),
      encryption: z.enum(['verified', 'any', 'none']),
    }),
  ]),
})

/** Where output goes. Passwords and keys are secrets, and no part of it. */
export const outputTarget = z.discriminatedUnion('kind', [folderTarget, s3Target, databaseTarget])
export type OutputTarget = z.infer<typeof outputTarget>
export type FolderTarget = z.infer<typeof folderTarget>
export type S3Target = z.infer<typeof s3Target>
export type DatabaseTarget = z.infer<typeof databaseTarget>

const address = line(320)
const addresses = z.array(address.min(1)).max(200)

/** The mail about a run: the server, whom it goes to, what it says. The password is a secret and no part of it. */
export const mailConfig = z.object({
  enabled: z.boolean(),
  host: line(255),
  port: z.number().int().min(1).max(65_535),
  encryption: z.enum(['starttls', 'tls', 'none']).describe('none is refused where a password would go over the line in plain'),
  checkCertificate: z.boolean(),
  user: line(255),
  from: address,
  to: addresses,
  cc: addresses,
  bcc: addresses,
  subject: z.string().max(500),
  text: z.string().max(20_000),
  html: z.string().max(100_000).describe('Blank sends text alone'),
  onAutomated: z.boolean(),
  onManual: z.boolean(),
  attachOutput: z.boolean(),
  attachExcluded: z.boolean(),
  attachDifference: z.boolean(),
  format: outputFormat,
  zone,
})
export type MailConfig = z.infer<typeof mailConfig>

const targetView = z.object({
  id: z.string(),
  name: z.string(),
  revision: z.number().int(),
  target: outputTarget,
  /** Whether its key or password is kept; true where it needs none. */
  hasSecret: z.boolean(),
})
export type OutputTargetView = z.infer<typeof targetView>

/** What stands at the other end after a delivery. */
const receipt = z.object({
  /** Path, address in the bucket, table, or message id. */
  places: z.array(z.object({ place: z.string(), sha256: z.string().nullable(), bytes: z.number().nullable() })),
  accepted: z.array(z.string()),
  rejected: z.array(z.string()),
  /** What the other end said, as an etag or the last line of a mail server. */
  said: z.string().nullable(),
})
export type DeliveryReceipt = z.infer<typeof receipt>

export const DELIVERY_STATES = ['waiting', 'sending', 'delivered', 'failed', 'cancelled', 'not-sent'] as const

/** One run on its way to one target. */
const delivery = z.object({
  id: z.string(),
  run: z.string(),
  /** Number of the run. */
  number: z.number().int(),
  isDemo: z.boolean(),
  /** Id of the target; `mail` is the mail. */
  target: z.string(),
  targetName: z.string(),
  kind: z.enum(['folder', 's3', 'database', 'mail']).nullable(),
  planned: micros,
  state: z.enum(DELIVERY_STATES),
  attempts: z.number().int(),
  /** When it is tried next; null where it is not by itself. */
  next: micros.nullable(),
  ended: micros.nullable(),
  /** Why it failed or was not sent, as code and data of the catalogue; null where nothing is to be said. */
  why: z.string().nullable(),
  receipt: receipt.nullable(),
})
export type DeliveryView = z.infer<typeof delivery>

/** One try, as it ended. */
const attempt = z.object({
  entry: z.number().int(),
  at: micros,
  delivery: z.string(),
  number: z.number().int(),
  target: z.string(),
  targetName: z.string(),
  user: z.string(),
  ok: z.boolean(),
  seconds: z.number(),
  why: z.string().nullable(),
  /** Who a mail went to; empty for other targets. */
  recipients: z.array(z.string()),
  subject: z.string().nullable(),
})
export type DeliveryAttempt = z.infer<typeof attempt>

const outputsView = z.object({
  targets: z.array(targetView),
  mail: z.object({ revision: z.number().int(), mail: mailConfig, hasPassword: z.boolean() }),
  /** Newest first, at most 500. */
  deliveries: z.array(delivery),
  /** Newest first, at most 100. */
  attempts: z.array(attempt),
})
export type OutputsView = z.infer<typeof outputsView>

/** What a test found: null where it went well, else code and data of the catalogue. */
const tested = z.object({ why: z.string().nullable(), seconds: z.number() })

const read = { needs: 'color:read', changes: false } as const
const write = { needs: 'color:write', changes: true } as const
const configure = { needs: 'color-setup:write', changes: true } as const
const tags = ['color']
const kept = failures('CONFIG_UNKNOWN', 'CONFIG_CHANGED', 'CONFIG_NAME_TAKEN', 'CONFIG_INVALID')
const secretFaults = failures('SECRETS_CLOSED', 'SECRETS_NO_PLACE', 'OUTPUT_TARGET_UNKNOWN')
const one = z.object({ delivery: z.string().min(1).max(200) })

export const colorOutputsContract = {
  watch: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/color/outputs/watch',
      summary: 'Targets, mail, outbox and the last tries, again with every change',
      tags,
    })
    .output(eventIterator(outputsView)),
  list: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/outputs', summary: 'Targets, mail, outbox and the last tries', tags })
    .output(outputsView),
  save: procedure
    .meta(configure)
    .route({ method: 'POST', path: '/color/outputs', summary: 'Make a target, or change one', tags })
    .errors(kept)
    .input(
      z.object({
        id: z.string().max(80).nullable(),
        name: z.string().trim().min(1).max(80),
        revision: z.number().int(),
        target: outputTarget,
      }),
    )
    .output(z.object({ target: targetView })),
  remove: procedure
    .meta(configure)
    .route({ method: 'POST', path: '/color/outputs/{id}/remove', summary: 'Remove a target; the log can bring it back', tags })
    .errors(failures('CONFIG_UNKNOWN'))
    .input(z.object({ id: z.string().max(80) }))
    .output(z.object({})),
  saveMail: procedure
    .meta(configure)
    .route({ method: 'POST', path: '/color/outputs/mail', summary: 'Change the mail about runs', tags })
    .errors(kept)
    .input(z.object({ revision: z.number().int(), mail: mailConfig }))
    .output(z.object({ revision: z.number().int() })),
  /** The password of the mail server, of a database, or the secret key of a bucket: it goes in and never comes out. */
  setSecret: procedure
    .meta({ ...configure, audits: ['id'] as readonly string[] })
    .route({
      method: 'POST',
      path: '/color/outputs/secret',
      summary: 'Set the password or key of a target; id mail is the mail',
      tags,
    })
    .errors(secretFaults)
    .input(z.object({ id: z.string().max(80), value: z.string().min(1).max(16_000) }))
    .output(z.object({})),
  test: procedure
    .meta({ needs: 'color-setup:write', changes: false })
    .route({
      method: 'POST',
      path: '/color/outputs/test',
      summary: 'Try a target as it is written, saved or not',
      description: 'A folder and a bucket get a small file, which is taken away again; a database is connected to.',
      tags,
    })
    .input(
      z.object({
        id: z.string().max(80).nullable(),
        target: outputTarget,
        secret: z.string().max(16_000).nullable().default(null),
      }),
    )
    .output(tested),
  testMail: procedure
    .meta({ needs: 'color-setup:write', changes: false })
    .route({
      method: 'POST',
      path: '/color/outputs/mail/test',
      summary: 'Connect to the mail server and log in; nothing is sent',
      tags,
    })
    .input(z.object({ mail: mailConfig, secret: z.string().max(16_000).nullable().default(null) }))
    .output(tested),
  /** What the mail would say of a run, so that a template can be filled while it is written. */
  mailFacts: procedure
    .meta(read)
    .route({
      method: 'GET',
      path: '/color/outputs/mail/facts',
      summary: 'What a mail would say of the last run, or of one',
      tags,
    })
    .errors(failures('RUN_UNKNOWN'))
    .input(z.object({ run: z.string().max(80).optional(), zone: z.string().max(60).default('UTC') }))
    .output(
      z.object({
        /** Null while there is no run: the facts are then an example and say so. */
        run: z.object({ id: z.string(), number: z.number().int(), isDemo: z.boolean() }).nullable(),
        facts: z.record(z.enum(MAIL_PLACEHOLDERS), z.string()),
      }),
    ),
  send: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/color/outputs/send',
      summary: 'Send a run to a target once more, or by mail to somebody',
      description: 'Recipients are for mail alone; without any it goes to those of the mail form.',
      tags,
    })
    .errors(failures('RUN_UNKNOWN', 'OUTPUT_TARGET_UNKNOWN', 'DELIVERY_DEMO', 'DELIVERY_NOT_ENTITLED', 'MAIL_NOT_SET'))
    .input(
      z.object({
        run: z.string().max(80),
        target: z.string().max(80),
        to: addresses.default([]),
        cc: addresses.default([]),
        bcc: addresses.default([]),
      }),
    )
    .output(one),
  retry: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/color/outputs/deliveries/retry',
      summary: 'Try a delivery now, and anew from the first pause',
      tags,
    })
    .errors(failures('DELIVERY_UNKNOWN', 'DELIVERY_DEMO'))
    .input(one)
    .output(z.object({})),
  cancel: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/outputs/deliveries/cancel', summary: 'Try a delivery no more', tags })
    .errors(failures('DELIVERY_UNKNOWN'))
    .input(one)
    .output(z.object({})),
}
