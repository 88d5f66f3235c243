import type { Encoding } from '../../imports/encoding.ts'
import type { DateOrder } from '../../imports/times.ts'
import type { Exercise } from '../chain.ts'
import type { Settlement } from '../expiry-time.ts'
import { type ChainRole, SIDED_FIELDS, sidedRole } from './roles.ts'

/** How a chain file is to be read. */
export interface ChainMapping {
  readonly encoding: Encoding
  readonly delimiter: string
  readonly decimal: '.' | ','
  /** Records before the first row of data. */
  readonly headerRows: number
  readonly columns: readonly { readonly name: string; readonly role: ChainRole }[]
  readonly dateOrder: DateOrder
  /** Zone of the quotes' clock where a time names none. */
  readonly timeZone: string
  /** Symbol of the chain wanted; rows of others are left out. */
  readonly underlying: string
  readonly exercise: Exercise
  readonly settlement: Settlement
  readonly isOnFuture: boolean
  readonly multiplier: number
  /** What a written strike is multiplied with: 0.001 where it is in thousandths. */
  readonly strikeScale: number
  /** `moments`: rows of one time are one chain. `rows`: each row has the time of its own quote, and all are one chain. */
  readonly times: 'moments' | 'rows'
  /** The moment wanted, in epoch microseconds; null is the newest. */
  readonly moment: number | null
}

/** What can be wrong with a mapping. */
export const CHAIN_TROUBLES = [
  'two-columns',
  'no-zone',
  'bad-delimiter',
  'no-contract',
  'no-side',
  'no-quotes',
  'bad-terms',
] as const
export type ChainMappingTrouble = (typeof CHAIN_TROUBLES)[number]

/** Why no chain can be made with a mapping; null where it can. */
export function chainMappingTrouble(mapping: ChainMapping, isZone: (name: string) => boolean): ChainMappingTrouble | null {
  const { columns, delimiter, decimal, multiplier, strikeScale } = mapping
  const count = (role: ChainRole) => columns.filter(column => column.role === role).length
  const has = (...roles: ChainRole[]) => roles.every(role => count(role) > 0)
  if (columns.some(({ role }) => role !== 'skip' && count(role) > 1)) return 'two-columns'
  if (!isZone(mapping.timeZone)) return 'no-zone'
  if (delimiter.length !== 1 || delimiter === decimal) return 'bad-delimiter'
  if (!(multiplier > 0 && strikeScale > 0)) return 'bad-terms'
  if (!has('contract') && !has('expiry', 'strike')) return 'no-contract'
  const isWide = isSideBySide(mapping)
  if (!isWide && !has('contract') && !has('side')) return 'no-side'
  return isWide || has('bid') || has('ask') || has('last') ? null : 'no-quotes'
}

/** True for files with the call and the put of a strike in one row. */
export function isSideBySide({ columns }: Pick<ChainMapping, 'columns'>): boolean {
  const roles = new Set(columns.map(({ role }) => role))
  return ([1, -1] as const).some(side => SIDED_FIELDS.some(field => roles.has(sidedRole(side, field))))
}
