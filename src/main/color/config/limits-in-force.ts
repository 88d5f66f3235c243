import { type SectorLimit, USUAL_LIMITS } from '../../../core/color/sector-limits.ts'
import type { ConfigBook } from './config-book.ts'

/** What sectors bear, as it is configured now; the same list until somebody changes it. */
export function limitsInForce(config: Pick<ConfigBook, 'find'>): readonly SectorLimit[] {
  return config.find('limits', 'limits')?.value.sectors ?? USUAL_LIMITS
}
