import * as z from 'zod'
import { failures } from './errors.ts'
import { procedure } from './procedure.ts'
import { micros } from './wire.ts'

const place = z.enum(['keychain', 'file'])

export const secretsState = z.object({
  /** Nothing kept yet; usable; or closed until a person does something about it. */
  phase: z.enum(['empty', 'ready', 'closed']),
  /** Where they are kept; null while nothing is. */
  place: place.nullable(),
  /** Why it is closed. */
  problem: z.enum(['absent', 'locked', 'swapped', 'slow', 'passphrase', 'damaged', 'missing']).nullable(),
  /** What the system said about it. */
  detail: z.string().nullable(),
  /** Path of the file, where that is the place. */
  file: z.string().nullable(),
  /** Whether this machine has a keychain that answers; null while nobody has looked. */
  hasKeychain: z.boolean().nullable(),
  /** Names of what is kept; a value never leaves the host. */
  names: z.array(z.object({ name: z.string(), setAt: micros, user: z.string() })),
  /** Names that sources ask for, whether set or not. */
  wanted: z.array(z.object({ name: z.string(), by: z.string() })),
})
export type SecretsState = z.infer<typeof secretsState>

const name = z
  .string()
  .max(80)
  .regex(/^[a-z0-9]+([.-][a-z0-9]+)*$/, 'a name is lower-case words with dots, as yahoo.token')
const value = z.string().min(1).max(16_000)
const passphrase = z.string().min(8, 'a passphrase has at least 8 letters').max(1000)

const read = { needs: 'secrets:read', changes: false } as const
/** The audit trail shows names and places, never a value or a passphrase. */
const write = { needs: 'secrets:write', changes: true, audits: ['name', 'to'] as readonly string[] } as const
const tags = ['secrets']
const closed = failures('SECRETS_CLOSED', 'SECRETS_NO_PLACE', 'SECRET_UNKNOWN')
const state = z.object({ state: secretsState })

export const secretsContract = {
  state: procedure
    .meta(read)
    .route({ method: 'GET', path: '/secrets', summary: 'Names of the secrets and where they are kept', tags })
    .output(state),
  set: procedure
    .meta(write)
    .route({ method: 'POST', path: '/secrets/set', summary: 'Set or replace a secret', tags })
    .errors(closed)
    .input(z.object({ name, value }))
    .output(state),
  remove: procedure
    .meta(write)
    .route({ method: 'POST', path: '/secrets/remove', summary: 'Remove a secret', tags })
    .errors(closed)
    .input(z.object({ name }))
    .output(state),
  test: procedure
    .meta(read)
    .route({ method: 'POST', path: '/secrets/test', summary: 'Whether a secret can be read', tags })
    .errors(closed)
    .input(z.object({ name }))
    .output(z.object({ isReadable: z.literal(true) })),
  /** Opens the file with its passphrase, or makes one where nothing is kept yet. */
  open: procedure
    .meta(write)
    .route({ method: 'POST', path: '/secrets/open', summary: 'Open the file of secrets, or make one', tags })
    .errors(closed)
    .input(z.object({ passphrase }))
    .output(state),
  again: procedure
    .meta(write)
    .route({ method: 'POST', path: '/secrets/again', summary: 'Ask the place again', tags })
    .output(state),
  move: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/secrets/move',
      summary: 'Move every secret to another place',
      description: 'Each is written, read back and compared before the old place is emptied.',
      tags,
    })
    .errors(closed)
    .input(z.object({ to: place, passphrase: passphrase.optional() }))
    .output(state),
  startEmpty: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/secrets/start-empty',
      summary: 'Go on without what the old place held',
      description: 'The old place is left as it is, a file is set aside; every secret has to be typed in again.',
      tags,
    })
    .errors(closed)
    .input(z.object({ to: place, passphrase: passphrase.optional() }))
    .output(state),
}
