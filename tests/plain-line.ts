import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with the line that CI reads: "N passed, N failed, N skipped". */
export default class PlainLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      // A file that does not load has no tests: it must still count as a failure.
      if (tests.length === 0 && module.state() === 'failed') count.failed++
      for (const test of tests) count[test.result().state]++
    }
    console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
  }
}
