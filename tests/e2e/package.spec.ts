import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const out = mkdtempSync(join(tmpdir(), 'contango-package-'))
const resources = join(out, 'linux-unpacked', 'resources')

/** One file of the archive; `outside` lies beside it, where the system's loader can read it. */
interface Packed {
  readonly path: string
  readonly outside: boolean
}
type Folder = { readonly files: Readonly<Record<string, Folder | { unpacked?: boolean; size?: number }>> }

/** The files of an archive, from the JSON at its head. */
function filesOf(archive: string): Packed[] {
  const bytes = readFileSync(archive)
  const head = JSON.parse(bytes.subarray(16, 16 + bytes.readUInt32LE(12)).toString('utf8')) as Folder
  const walk = (folder: Folder, under: string): Packed[] =>
    Object.entries(folder.files).flatMap(([name, entry]) =>
      'files' in entry
        ? walk(entry, `${under}/${name}`)
        : [{ path: `${under}/${name}`.slice(1), outside: (entry as { unpacked?: boolean }).unpacked === true }],
    )
  return walk(head, '')
}

/** Packages that are loaded at run time and not bundled; they and nothing else may be packed. */
const NATIVE = /^node_modules\/(@duckdb\/|@napi-rs\/|detect-libc\/)/
const WANTED = [
  'package.json',
  'LICENSE',
  'build/main/electron.js',
  'build/preload/index.cjs',
  'build/page/index.html',
  'build/host/data-process.mjs',
  'build/host/worker.mjs',
  'build/schema/0010-market.sql',
  'build/resources/icon.png',
  'build/resources/update-keys.json',
]

/** What is wrong with the contents of a package. */
function contentFaults(files: readonly Packed[]): string[] {
  const has = (path: string) => files.some(file => file.path === path)
  const strange = files.filter(
    ({ path }) => !/^(build\/(host|main|page|preload|resources|schema)\/|node_modules\/|package\.json$|LICENSE$)/.test(path),
  )
  const packages = files.filter(({ path }) => path.startsWith('node_modules/') && !NATIVE.test(path))
  const left = files.filter(({ path }) =>
    /\.map$|\.tsx?$|(^|\/)(tests?|fixtures|__tests__)\/|\.(spec|test)\.|\.pem$|\.env/.test(path),
  )
  const shut = files.filter(
    ({ path, outside }) => !outside && /\.(node|so|dylib|dll)$|^build\/(host|schema|resources)\//.test(path),
  )
  return [
    ...WANTED.filter(path => !has(path)).map(path => `${path} is missing`),
    ...(files.some(({ path }) => /^node_modules\/@duckdb\/.*\.node$/.test(path)) ? [] : ['the DuckDB binding is missing']),
    ...strange.map(({ path }) => `${path} has no business there`),
    ...packages.map(({ path }) => `${path} is of a package that is bundled or for development`),
    ...left.map(({ path }) => `${path} is for development`),
    ...shut.map(({ path }) => `${path} is loaded from outside of the archive, and is in it`),
  ]
}

// Packed for Linux alone here; the workflow packs on each system.
describe.skipIf(process.platform !== 'linux')('a package around an empty Electron', () => {
  let files: readonly Packed[] = []
  beforeAll(async () => {
    await promisify(execFile)(process.execPath, ['scripts/package.mjs', '--stub', `-c.directories.output=${out}`], { cwd: root })
    files = filesOf(join(resources, 'app.asar'))
  }, 90_000)
  afterAll(() => rmSync(out, { recursive: true, force: true }))

  test('holds what it needs and nothing else', () => {
    expect(contentFaults(files)).toEqual([])
    for (const { path } of files.filter(({ outside }) => outside))
      expect([path, existsSync(join(resources, 'app.asar.unpacked', path))]).toEqual([path, true])
  })

  test.each([
    ['node_modules/vitest/dist/index.js', false, 'for development'],
    ['build/main/electron.js.map', false, 'for development'],
    ['build/page/market.test.js', false, 'for development'],
    ['fixtures/chain.json', false, 'has no business there'],
    ['update-key.pem', false, 'has no business there'],
    ['node_modules/@duckdb/node-bindings-linux-x64/libduckdb.so', false, 'and is in it'],
    ['build/host/other.mjs', false, 'and is in it'],
  ])('a planted %s is noticed', (path, outside, words) =>
    expect(contentFaults([...files, { path, outside }]).join()).toContain(words),
  )
  test.each([...WANTED, 'node_modules/@duckdb/node-bindings-linux-x64/duckdb.node'])('a missing %s is noticed', path =>
    expect(contentFaults(files.filter(file => file.path !== path)).join()).toMatch(/is missing/),
  )

  test('has the fuses burnt in as the configuration says', () => {
    const program = readFileSync(join(out, 'linux-unpacked', 'contango'))
    const at = program.indexOf('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX') + 32
    const [version, count] = program.subarray(at, at + 2)
    // In the order of @electron/fuses: Node, cookies, options, inspect, integrity, only the archive, snapshot, files, WebAssembly.
    expect([version, program.subarray(at + 2, at + 2 + count!).toString()]).toEqual([1, '010011001'])
  })

  test('tells what it is made of: every package with version, licence and content, and all notices', () => {
    const sbom = JSON.parse(readFileSync(join(resources, 'legal', 'sbom.cdx.json'), 'utf8'))
    expect([sbom.bomFormat, sbom.specVersion]).toEqual(['CycloneDX', '1.6'])
    expect(sbom.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    const purls = sbom.components.map(({ purl }: { purl: string }) => purl) as string[]
    expect(new Set(purls).size).toBe(purls.length)
    for (const name of [
      'react',
      'zod',
      'electron',
      'electron-updater',
      '%40duckdb/node-api',
      '%40fontsource-variable/inter',
      'ws',
    ])
      expect(purls.some(purl => purl.startsWith(`pkg:npm/${name}@`))).toBe(true)
    expect(purls.filter(purl => /vitest|playwright|typescript|electron-builder|chromium/.test(purl))).toEqual([])
    for (const { licenses, hashes, name } of sbom.components) {
      expect([name, licenses.length]).toEqual([name, 1])
      expect([name, hashes?.[0].content.length]).toEqual([name, 128])
    }
    const notices = readFileSync(join(resources, 'legal', 'licences.txt'), 'utf8')
    expect(notices).toContain('Permission is hereby granted')
    expect(notices).toContain('SIL OPEN FONT LICENSE')
    // lightweight-charts asks for its notice.
    expect(notices).toMatch(/lightweight-charts [\d.]+ \(Apache-2\.0\)/)
  })

  test('a licence that nobody allowed stops the packing, a choice that holds an allowed one does not', async () => {
    const { isAllowed } = (await import(new URL('../../scripts/legal.mjs', import.meta.url).href)) as {
      isAllowed(expression: string | undefined): boolean
    }
    expect(['MIT', '(MIT OR GPL-3.0)', 'MIT AND ISC', 'Apache-2.0'].filter(one => !isAllowed(one))).toEqual([])
    expect(['GPL-3.0', 'MIT AND GPL-3.0', 'SSPL-1.0', '', undefined].filter(isAllowed)).toEqual([])
  })
})
