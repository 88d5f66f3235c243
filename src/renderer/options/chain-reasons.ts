import type { ExpirySummary, SideColumns } from '../../contract/options.ts'
import type { Translate } from '../ui/text.ts'
import { numberAt, type RowPlace, type Side, statusOf } from './chain-model.ts'

/** The numbers of one contract by name; `null` in a frame becomes NaN. */
export type ChainNumber = Exclude<keyof SideColumns, 'status'>

const QUOTED: readonly ChainNumber[] = ['bid', 'ask', 'bidSize', 'askSize', 'last', 'volume', 'openInterest', 'quoteTime']
const MODELLED: readonly ChainNumber[] = ['price', 'delta', 'gamma', 'vega', 'theta', 'rho', 'vanna', 'volga', 'charm']

/** Why an expiry has no smile; null where it has one. */
export function noSmileWords(summary: Pick<ExpirySummary, 'smile' | 'reason'>, t: Translate): string | null {
  if (summary.smile) return null
  return t(`chain.noSmile.${summary.reason ?? 'too-few-quotes'}`)
}

/** The status of a contract in words; null where it is listed and all is well. */
export function statusWords(columns: SideColumns, at: number, t: Translate): string | null {
  const status = statusOf(columns, at)
  if (status === null) return t('chain.why.notListed')
  return status === 'OK' ? null : t(`chain.status.${status}`)
}

/**
 * Why a number is missing, as a sentence: each em dash of the chain has one.
 *
 * Null where the number is there.
 */
export function whyMissing(place: RowPlace, side: Side, name: ChainNumber, t: Translate): string | null {
  const columns = place.block[side]
  if (!Number.isNaN(numberAt(columns[name], place.at))) return null
  if (statusOf(columns, place.at) === null) return t('chain.why.notListed')
  if (QUOTED.includes(name)) return t('chain.why.notSent')
  const status = statusWords(columns, place.at, t)
  if (name === 'fitVol') return noSmileWords(place.summary, t) ?? status ?? t('chain.why.noAnswer')
  if (name === 'bidVol' || name === 'askVol') return status ?? t(`chain.why.${name}`)
  if (MODELLED.includes(name)) return status ?? noSmileWords(place.summary, t) ?? t('chain.why.noAnswer')
  return status ?? t('chain.why.noAnswer')
}

/** Why a figure made of a quote and another number is missing: the first of them that is. */
export function whyMissingOf(place: RowPlace, side: Side, names: readonly ChainNumber[], t: Translate): string {
  for (const name of names) {
    const why = whyMissing(place, side, name, t)
    if (why) return why
  }
  return statusWords(place.block[side], place.at, t) ?? t('chain.why.zeroQuote')
}
