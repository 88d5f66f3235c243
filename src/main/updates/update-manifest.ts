import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import * as z from 'zod'
import { type EpochMicros, epochMicros } from '../../core/kit/time.ts'

const file = z.strictObject({
  name: z.string().regex(/^[\w][\w .()-]{0,200}$/),
  size: z.number().int().positive(),
  /** Base64, as electron-builder writes it. */
  sha512: z.string().regex(/^[A-Za-z0-9+/]{86}==$/),
})

const manifest = z.strictObject({
  product: z.literal('contango'),
  version: z.string().regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}(?:-[0-9A-Za-z.-]{1,40})?$/),
  channel: z.enum(['latest', 'beta']),
  platform: z.enum(['linux', 'darwin', 'win32']),
  /** When it was signed; a feed that shows an older one than before is replaying. */
  date: z.iso.datetime(),
  /** The oldest version that may go straight to this one. */
  minimum: z.string().regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/),
  /** Share of the installations that are offered it, from 0 to 100. */
  percent: z.number().min(0).max(100),
  notes: z.string().max(20_000),
  files: z.array(file).min(1).max(20),
})
/** What a release says of itself; everything in it is covered by the signature. */
export type UpdateManifest = z.infer<typeof manifest>

/** The signed text travels as text, so that nothing has to be written anew, and differently, before it is checked. */
const envelope = z.strictObject({ key: z.string().max(64), signed: z.string().max(200_000), signature: z.string().max(200) })

/** Why a manifest is not believed. */
export type ManifestFault = 'unreadable' | 'forged'
export type ReadManifest =
  | { readonly ok: true; readonly manifest: UpdateManifest; readonly date: EpochMicros }
  | { readonly ok: false; readonly fault: ManifestFault }

/** Public keys by name, as resources/update-keys.json holds them. */
export type UpdateKeys = Readonly<Record<string, KeyObject>>

/** Fails: Error when the text does not hold ed25519 keys. */
export function readUpdateKeys(text: string): UpdateKeys {
  const { keys } = z.object({ keys: z.record(z.string(), z.string()) }).parse(JSON.parse(text))
  return Object.fromEntries(
    Object.entries(keys).map(([name, pem]) => {
      const key = createPublicKey(pem)
      if (key.asymmetricKeyType !== 'ed25519') throw new Error(`the update key ${name} is no ed25519 key`)
      return [name, key]
    }),
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Reads a signed manifest; nothing of what it says is looked at before its signature was found good. */
export function readUpdateManifest(text: string, keys: UpdateKeys): ReadManifest {
  const outer = envelope.safeParse(parsed(text))
  if (!outer.success) return { ok: false, fault: 'unreadable' }
  const { key, signed, signature } = outer.data
  const known = Object.hasOwn(keys, key) ? keys[key] : undefined
  if (!known || !verify(null, Buffer.from(signed, 'utf8'), known, Buffer.from(signature, 'base64')))
    return { ok: false, fault: 'forged' }
  const inner = manifest.safeParse(parsed(signed))
  if (!inner.success) return { ok: false, fault: 'unreadable' }
  return { ok: true, manifest: inner.data, date: epochMicros(Date.parse(inner.data.date) * 1000) }
}

/** Below 0, 0 or above it, as a version comes before, with or after another; a pre-release comes before its release. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string) => {
    const [numbers = '', pre] = version.split(/-(.*)/s)
    return { numbers: numbers.split('.').map(Number), pre }
  }
  const [one, other] = [parts(a), parts(b)]
  for (let i = 0; i < 3; i++) {
    const step = (one.numbers[i] ?? 0) - (other.numbers[i] ?? 0)
    if (step !== 0) return step
  }
  if (one.pre === other.pre) return 0
  if (one.pre === undefined) return 1
  if (other.pre === undefined) return -1
  return one.pre.localeCompare(other.pre, 'en', { numeric: true })
}

/** Whether an installation is among the share that a staged release is offered to; the answer stays the same for a version. */
export function isInStage({ version, percent }: Pick<UpdateManifest, 'version' | 'percent'>, installation: string): boolean {
  const place = createHash('sha256').update(`${installation} ${version}`).digest().readUInt32BE(0) / 2 ** 32
  return place * 100 < percent
}
