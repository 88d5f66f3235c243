import { MARKS, QUALITY_MASK } from './batch.ts'
import type { Mapping } from './mapping.ts'
import type { OrderEvidence } from './rows.ts'
import { type Problem, problem } from './rules.ts'
import { ORDER_WORDS } from './times.ts'

/** What came of the rows in the end; `from` and `to` are NaN where none was kept. */
export interface SettledCounts {
  accepted: number
  refused: number
  flagged: number
  from: number
  to: number
}

/**
 * The last look at rows, once they are in order of time: repeats are refused, and what the whole file showed about the order of
 * day and month decides over the rows that could be read both ways.
 */
export interface Settler {
  /** True where row `k` of the columns is kept; its quality is then without marks. */
  keeps(columns: readonly Float64Array[], k: number): boolean
  readonly counts: SettledCounts
}

/** Looks at rows that come in order of time and then of line. */
export function createSettler(mapping: Mapping, evidence: OrderEvidence, onProblem: (problem: Problem) => void): Settler {
  const counts: SettledCounts = { accepted: 0, refused: 0, flagged: 0, from: Number.NaN, to: Number.NaN }
  // Ticks of one instant are many trades, not one trade twice.
  const areRepeatsLegal = mapping.kind === 'ticks'
  const isMixed = evidence.other > 0
  const isGuessed = !isMixed && evidence.asked === 0
  let held: Float64Array | null = null
  const refuse = (one: Problem) => {
    counts.refused++
    onProblem(one)
    return false
  }
  return {
    counts,
    keeps(columns, k) {
      const width = columns.length
      const time = columns[0]![k]!
      const line = columns[width - 1]![k]!
      const quality = columns[width - 2]!
      let marks = quality[k]!
      const isAmbiguous = (marks & MARKS.ambiguous) !== 0
      const text = () => new Date(time / 1000).toISOString()
      if (isAmbiguous && isMixed) return refuse(problem('time-ambiguous', { line, text: text() }))
      if (held && time === held[0] && !areRepeatsLegal) {
        const other = held[width - 1]!
        return refuse(problem(isSame(held, columns, k) ? 'duplicate' : 'duplicate-differs', { line, text: text() }, { other }))
      }
      held ??= new Float64Array(width)
      for (let c = 0; c < width; c++) held[c] = columns[c]![k]!
      if (isAmbiguous && isGuessed) {
        onProblem(problem('time-order-guessed', { line, text: text() }, { order: ORDER_WORDS[mapping.dateOrder] }))
        marks |= MARKS.flagged
      }
      if (marks & MARKS.flagged) counts.flagged++
      quality[k] = marks & QUALITY_MASK
      if (counts.accepted === 0) counts.from = time
      counts.to = time
      counts.accepted++
      return true
    },
  }
}

function isSame(held: Float64Array, columns: readonly Float64Array[], k: number): boolean {
  for (let c = 1; c < columns.length - 2; c++) if (!Object.is(held[c], columns[c]![k])) return false
  return true
}
