import { QUALITY } from '../../core/market/instrument.ts'

/** Follows the numbers of one source, which count up by one over all its records: a hole is a gap. */
export interface Sequence {
  /** The gap bit where numbers before that one never came; 0 otherwise, also where the source does not count (NaN). */
  next(seq: number): number
  /** Numbers up to that one are known to be missing, so that the next record is not called a gap again. */
  skip(toSeq: number): void
}

export function createSequence(): Sequence {
  let newest = Number.NaN
  return {
    next(seq) {
      // An old number is late or a duplicate: the checks see that, instrument by instrument.
      if (!(seq <= newest)) {
        const gap = seq > newest + 1
        if (!Number.isNaN(seq)) newest = seq
        return gap ? QUALITY.gap : 0
      }
      return 0
    },
    skip(toSeq) {
      if (!(toSeq <= newest)) newest = toSeq
    },
  }
}
