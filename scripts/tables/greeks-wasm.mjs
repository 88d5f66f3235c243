// Makes src/core/options/greeks-wasm.ts: node scripts/tables/greeks-wasm.mjs
//
// Compiles greeks.as, two rows at a time, with the AssemblyScript below. The bytes are kept in the repository, so that nobody
// needs the compiler who does not change the loop; a test holds them to the plain loop in european.ts.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { project } from '../run.mjs'

const COMPILER = 'assemblyscript@0.28.20'
const source = join(project, 'scripts/tables/greeks.as')
const folder = mkdtempSync(join(tmpdir(), 'contango-wasm-'))
try {
  const out = join(folder, 'greeks.wasm')
  // The compiler wants .ts, which it is not: other tools would take it for that.
  const copy = join(folder, 'greeks.ts')
  copyFileSync(source, copy)
  const flags = ['-O3', '--runtime', 'stub', '--enable', 'simd', '--noAssert', '--initialMemory', '3', '--outFile', out]
  const made = spawnSync('npm', ['exec', '--yes', `--package=${COMPILER}`, '--', 'asc', copy, ...flags], { stdio: 'inherit' })
  if (made.status !== 0) process.exit(1)
  const base64 = readFileSync(out).toString('base64')
  const stamp = createHash('sha256').update(readFileSync(source)).digest('hex')
  const lines = base64.match(/.{1,120}/g).map(line => `  '${line}',`)
  writeFileSync(
    join(project, 'src/core/options/greeks-wasm.ts'),
    `// Made by scripts/tables/greeks-wasm.mjs; do not edit.

/** SHA-256 of the source that the bytes were made from. */
export const GREEKS_SOURCE = '${stamp}'

/** A WebAssembly module in base64. */
// biome-ignore format: bytes
export const GREEKS_WASM: string = [
${lines.join('\n')}
].join('')
`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
