// The tests in Chromium alone, on a fresh build: npm run e2e -- watchlist
import { binary, node } from './run.mjs'

const code = await node(['scripts/build.mjs'])
process.exitCode =
  code || (await node([binary('vitest'), 'run', '--config', 'tests/e2e/vitest.config.ts', ...process.argv.slice(2)]))
