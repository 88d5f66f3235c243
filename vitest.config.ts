import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'tests/**/*.test.ts'],
    exclude: ['tests/e2e/**', '**/*.slow.test.ts'],
    reporters: ['default', './tests/plain-line.ts'],
    maxWorkers: 2,
    // Two cores shared with databases, threads and processes: patience here is not a measure of speed.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
