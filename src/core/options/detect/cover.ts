import type { OptionChain } from '../chain.ts'
import type { DetectContext } from './detector.ts'
import type { Finding } from './finding.ts'
import type { SmilePoint } from './smile-around.ts'
import { doubtOf } from './smile-model.ts'

/** Findings that one contract explains; its row comes first. -1 where a whole expiry or the whole chain is meant. */
export interface Cluster {
  readonly suspect: number
  readonly findings: readonly Finding[]
  /** Further contracts of the expiry that are at fault as well: its quotes are not of one moment. */
  readonly others: number
}

/** Whether two rows stand at the same strike of one expiry, or at strikes next to each other. */
export function areNeighbours(chain: OptionChain, a: number, b: number): boolean {
  if (a === b) return true
  const [low, high] = a < b ? [a, b] : [b, a]
  if (chain.expiries.findIndex(({ to }) => low < to) !== chain.expiries.findIndex(({ to }) => high < to)) return false
  let steps = 0
  for (let row = low + 1; row <= high && steps < 2; row++) if (chain.strike[row] !== chain.strike[row - 1]) steps++
  return steps < 2
}

/**
 * The fewest contracts that explain the findings, each with what it explains.
 *
 * One bad quote breaks many rules: every butterfly, spread and pair that it is a leg of. The contract that most findings share is taken
 * first, among equals the one furthest from what the other strikes say; what stands right beside it is taken for its shadow. The search is
 * greedy, so on a tangle it may name one contract too many.
 */
export function fewestSuspects(context: DetectContext, findings: readonly Finding[]): Cluster[] {
  const { chain } = context.analysis
  const points = new Map<number, readonly SmilePoint[]>()
  const doubts = new Map<number, number>()
  const doubt = (row: number) => {
    const found = doubts.get(row) ?? doubtOf(context, row, points)
    doubts.set(row, found)
    return found
  }
  const clusters: Cluster[] = []
  let left = findings
  while (left.length > 0) {
    const counts = new Map<number, number>()
    for (const { rows } of left) for (const row of rows) counts.set(row, (counts.get(row) ?? 0) + 1)
    let suspect = -1
    let most = 0
    for (const [row, count] of counts)
      if (count > most || (count === most && doubt(row) > doubt(suspect))) {
        most = count
        suspect = row
      }
    const isExplained = ({ rows }: Finding) => rows.includes(suspect) || rows.every(row => areNeighbours(chain, row, suspect))
    clusters.push({ suspect, findings: left.filter(isExplained), others: 0 })
    left = left.filter(finding => !isExplained(finding))
  }
  return clusters
}

/**
 * Clusters of an expiry as one where they are more than `most`.
 *
 * So many wrong quotes at once are not so many faults: they were made at different moments, and could not all be traded on.
 */
export function asOneMoment(chain: OptionChain, clusters: readonly Cluster[], most: number): Cluster[] {
  const expiryOf = ({ suspect }: Cluster) => chain.expiries.findIndex(({ to }) => suspect < to)
  return chain.expiries.flatMap((_, expiry) => {
    const own = clusters.filter(cluster => expiryOf(cluster) === expiry)
    if (own.length <= most) return own
    const worst = own.reduce((a, b) => (b.findings.length > a.findings.length ? b : a))
    return [{ ...worst, others: own.length - 1 }]
  })
}
