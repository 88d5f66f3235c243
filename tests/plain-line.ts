import { appendFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

/**
 * Ends a run with the line that CI reads, "N passed, N failed, N skipped".
 *
 * Where CONTANGO_COUNTS names a file the counts are added there instead, for the script that runs several suites and
 * prints one line for all of them.
 */
export default class PlainLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      // A file that does not load, or whose beforeAll fails, may have no failed test: it still counts as a failure.
      const anyFailed = tests.some(test => test.result().state === 'failed')
      if (module.state() === 'failed' && !anyFailed) count.failed++
      for (const test of tests) count[test.result().state]++
    }
    const file = process.env.CONTANGO_COUNTS
    if (file) appendFileSync(file, `${JSON.stringify(count)}\n`)
    else console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
  }
}
