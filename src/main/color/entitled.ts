import type { User } from '../user.ts'

/** Whether somebody may see rows of an asset class; a row that names none is seen by those who may see all. */
export type Entitled = (assetClass: string | null) => boolean

const plain = (name: string) => name.normalize('NFC').trim().toLowerCase()

/** What of the colors a user may see; null of `assetClasses` is everything. */
export function entitledTo({ assetClasses }: Pick<User, 'assetClasses'>): Entitled {
  if (assetClasses === null || assetClasses === undefined) return () => true
  const own = new Set(assetClasses.map(plain))
  return assetClass => assetClass !== null && own.has(plain(assetClass))
}
