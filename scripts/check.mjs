// Types, style and dead code, then the rules of the house. Each breach is named on its own line; any of them fails.
import { binary, node } from './run.mjs'

const gates = [
  ['types', [binary('typescript', 'tsc'), '-b', '--pretty', 'false']],
  ['style', [binary('@biomejs/biome', 'biome'), 'ci', '--colors=off', '.']],
  ['dead code', [binary('knip'), '--no-progress']],
]
// `npm test` runs the house with all other tests, once.
if (!process.argv.includes('--no-house')) gates.push(['house', [binary('vitest'), 'run', 'tests/house']])

let broken = 0
for (const [name, command] of gates) {
  const code = await node(command)
  console.log(`check ${name}: ${code === 0 ? 'good' : 'BROKEN'}`)
  if (code !== 0) broken++
}
process.exitCode = broken === 0 ? 0 : 1
