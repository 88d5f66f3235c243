import { closeSync, openSync, writeSync } from 'node:fs'
import { PROBLEMS_HEADER, problemLine } from '../../core/imports/problems-csv.ts'
import type { Problem } from '../../core/imports/rules.ts'

/** As many problems go into a report; the rest is in the file. */
export const REPORTED = 1000

/** Problems as they are found: counted, the first kept, and all written to a CSV file. */
export interface ProblemList {
  add(problem: Problem): void
  finish(): { readonly first: readonly Problem[]; readonly byRule: Record<string, number>; readonly total: number }
}

export function createProblemList(path: string): ProblemList {
  const byRule: Record<string, number> = {}
  const kept: Problem[] = []
  let total = 0
  let file = -1
  let pending = ''
  const flush = () => {
    if (file >= 0 && pending) writeSync(file, pending)
    pending = ''
  }
  return {
    add(problem) {
      byRule[problem.rule] = (byRule[problem.rule] ?? 0) + 1
      // Repeats are found after everything else: room is kept for them, so that the report can be in order of line.
      if (kept.length < 2 * REPORTED && (byRule[problem.rule] ?? 0) <= REPORTED) kept.push(problem)
      if (total++ === 0) {
        file = openSync(path, 'w', 0o600)
        pending = PROBLEMS_HEADER
      }
      pending += problemLine(problem)
      if (pending.length > 1 << 16) flush()
    },
    finish() {
      flush()
      if (file >= 0) closeSync(file)
      const first = kept.sort((a, b) => a.line - b.line).slice(0, REPORTED)
      return { first, byRule, total }
    },
  }
}
