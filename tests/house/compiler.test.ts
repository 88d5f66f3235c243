import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const project = resolve(import.meta.dirname, '../..')

/** Breaches that the compiler itself must refuse, since each room is told what world it lives in. */
const PLANTED: readonly (readonly [file: string, text: string, error: RegExp])[] = [
  ['src/core/planted-climb.ts', `export { contract } from '../contract/index.ts'\n`, /TS6307|TS6059/],
  ['src/core/planted-process.ts', `export const home = process.env\n`, /TS2591|TS2580|TS2304/],
  ['src/core/planted-document.ts', `export const title = document.title\n`, /TS2584|TS2304/],
  ['src/core/planted-timer.ts', `export const timer = setTimeout(() => 1, 1)\n`, /TS2304/],
  ['src/core/planted-console.ts', `console.log(1)\nexport {}\n`, /TS2584|TS2304/],
  ['src/contract/planted-climb.ts', `export { systemClock } from '../platform/clock.ts'\n`, /TS6307|TS6059/],
  ['src/preload/planted-climb.ts', `export { contract } from '../contract/index.ts'\n`, /TS6307|TS6059/],
  ['src/core/planted-any.ts', `export const n: number = 'text'\n`, /TS2322/],
]

describe('the compiler withholds what a room may not touch', () => {
  const folder = mkdtempSync(join(tmpdir(), 'contango-planted-'))
  let output = ''

  beforeAll(() => {
    // The lower rooms are enough: a breach is refused where it stands, and the copy compiles in seconds.
    for (const room of ['core', 'contract', 'preload'])
      cpSync(join(project, 'src', room), join(folder, 'src', room), { recursive: true })
    cpSync(join(project, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'))
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ files: [], references: ['core', 'contract', 'preload'].map(room => ({ path: `src/${room}` })) }),
    )
    symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'), 'junction')
    for (const [file, text] of PLANTED) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    }
    const run = spawnSync(process.execPath, [join(project, 'node_modules/typescript/bin/tsc'), '-b', '--pretty', 'false'], {
      cwd: folder,
      encoding: 'utf8',
    })
    output = run.stdout + run.stderr
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each(PLANTED)('%s is refused by name', (file, _text, error) => {
    const lines = output.split('\n').filter(line => line.replaceAll('\\', '/').includes(file.split('/').at(-1)!))
    expect(lines.join('\n')).toMatch(error)
  })
  test('nothing else in those rooms is refused', () =>
    expect(output.split('\n').filter(line => /error TS/.test(line) && !line.includes('planted-'))).toEqual([]))
})
