import type { EpochMicros } from '../../core/kit/time.ts'
import type { Journal } from '../../platform/journal.ts'
import type { SecretPlace } from '../../platform/secrets.ts'

/** Journal kinds of this domain: which place is used and what it holds, never a value. */
export const SECRETS_KINDS = ['secrets.place', 'secrets.set', 'secrets.removed'] as const

/** The place that holds the secrets. Its mark is a random text kept there; the journal has its hash, to know the place again. */
export interface KeptPlace {
  readonly place: SecretPlace
  readonly id: string
  readonly markHash: string
}

export interface SecretsTruth {
  kept: KeptPlace | null
  readonly names: Map<string, { readonly setAt: EpochMicros; readonly user: string }>
}

export function foldSecrets(journal: Pick<Journal, 'read'>): SecretsTruth {
  const truth: SecretsTruth = { kept: null, names: new Map() }
  for (const entry of journal.read({ kinds: SECRETS_KINDS })) {
    if (entry.kind === 'secrets.set') truth.names.set(entry.subject, { setAt: entry.at, user: entry.user })
    else if (entry.kind === 'secrets.removed') truth.names.delete(entry.subject)
    else {
      const { isEmptied, ...kept } = entry.body as KeptPlace & { isEmptied: boolean }
      truth.kept = kept
      if (isEmptied) truth.names.clear()
    }
  }
  return truth
}
