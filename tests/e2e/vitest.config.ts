import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['tests/e2e/**/*.spec.ts'],
    reporters: ['default', './tests/plain-line.ts'],
    // One page at a time: two Chromiums and two hosts on two cores time out for reasons that are nobody's fault.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
