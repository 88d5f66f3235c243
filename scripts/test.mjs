// Every check and every test, ending in one line: N passed, N failed, N skipped.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binary, node } from './run.mjs'

const folder = mkdtempSync(join(tmpdir(), 'contango-test-'))
const counts = join(folder, 'counts')
const total = { passed: 0, failed: 0, skipped: 0 }

/** A step that is not a test file counts as one test. */
async function step(name, command) {
  const code = await node(command)
  console.log(`${name}: ${code === 0 ? 'good' : 'FAILED'}`)
  total[code === 0 ? 'passed' : 'failed']++
  return code === 0
}

async function suite(name, config) {
  const before = recorded().length
  const code = await node([binary('vitest'), 'run', '--config', config], { CONTANGO_COUNTS: counts })
  const added = recorded().slice(before)
  for (const count of added) for (const key of Object.keys(total)) total[key] += count[key]
  // A suite that died before it could count must not pass for an empty one.
  const failures = added.reduce((sum, count) => sum + count.failed, 0)
  if (added.length === 0 || (code !== 0 && failures === 0)) total.failed++
  console.log(`${name}: ${code === 0 ? 'good' : 'FAILED'}`)
}

function recorded() {
  try {
    return readFileSync(counts, 'utf8')
      .trim()
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line))
  } catch {
    return []
  }
}

await step('checks', ['scripts/check.mjs', '--no-house'])
const built = await step('build', ['scripts/build.mjs'])
await suite('tests', 'vitest.config.ts')
if (built) await suite('tests in Chromium', 'tests/e2e/vitest.config.ts')
else {
  total.failed++
  console.log('tests in Chromium: not run, since the build failed')
}
rmSync(folder, { recursive: true, force: true })
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed === 0 ? 0 : 1
