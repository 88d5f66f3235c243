import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type BuiltShell, startBuiltShell } from '../shell/built-shell.ts'
import { CHECKLIST } from '../shell/checklist.ts'

const root = resolve(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** A preload script that hands Electron to the page, as many tutorials of old did. */
function exposing(folder: string): string {
  const file = join(folder, 'exposing.cjs')
  writeFileSync(file, `${read('build/preload/index.cjs')}\nwindow.electronApi = require('electron')\n`)
  return file
}

let sound: BuiltShell
let holed: BuiltShell
const scratch = mkdtempSync(join(tmpdir(), 'contango-holes-'))

beforeAll(async () => {
  sound = await startBuiltShell()
  const preload = { from: 'preload: folder("../preload/index.cjs")', to: `preload: ${JSON.stringify(exposing(scratch))}` }
  holed = await startBuiltShell({ plants: [...CHECKLIST.flatMap(({ plants }) => plants), preload], wait: null })
})
afterAll(async () => {
  await sound?.close()
  await holed?.close()
  rmSync(scratch, { recursive: true, force: true })
})

describe("Electron's security checklist", () => {
  test.each(CHECKLIST)('$number: $title', async ({ check }) => {
    expect(await check(sound)).toEqual([])
    expect(await check(holed), 'the planted hole was not noticed').not.toEqual([])
  })
})

/** The oldest major version that still gets security fixes beside Electron 45: the newest three do. */
const OLDEST_MAJOR = 43

function electronFaults(manifest: string, locked: string): string[] {
  const pinned = (JSON.parse(manifest) as { devDependencies: Record<string, string> }).devDependencies.electron ?? 'none'
  const found = (JSON.parse(locked) as { packages: Record<string, { version: string }> }).packages['node_modules/electron']
  if (!/^\d+\.\d+\.\d+$/.test(pinned)) return [`electron is not pinned exactly, but ${pinned}`]
  if (found?.version !== pinned) return ['the lock file has another electron']
  return Number(pinned.split('.')[0]) >= OLDEST_MAJOR ? [] : [`electron ${pinned} gets no security fixes any more`]
}

test('16: the version of Electron is one that gets fixes, and pinned', () => {
  const [manifest, locked] = [read('package.json'), read('package-lock.json')]
  expect(electronFaults(manifest, locked)).toEqual([])
  expect(electronFaults(manifest.replace(/"electron": "[\d.]+"/, '"electron": "^45.4.1"'), locked)).toHaveLength(1)
  const old = [
    manifest.replace(/"electron": "[\d.]+"/, '"electron": "30.0.1"'),
    locked.replaceAll('"version": "45.4.1"', '"version": "30.0.1"'),
  ] as const
  expect(electronFaults(...old)).toEqual(['electron 30.0.1 gets no security fixes any more'])
})

/** Every fuse with the state it must have, and why. docs/security.md says the same. */
const FUSES = {
  // The data process is a utility process, so nothing needs the program to be a Node.
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  // There is no snapshot of our own to load.
  loadBrowserProcessSpecificV8Snapshot: false,
  // The page is not a file.
  grantFileProtocolExtraPrivileges: false,
}

function fuseFaults(config: string): string[] {
  const { electronFuses = {}, asar } = parse(config) as { electronFuses?: Record<string, boolean>; asar?: boolean }
  const wrong = Object.entries(FUSES).filter(([name, state]) => electronFuses[name] !== state)
  const unknown = Object.keys(electronFuses).filter(name => !(name in FUSES) && name !== 'resetAdHocDarwinSignature')
  return [
    ...wrong.map(([name, state]) => `${name} must be ${state}`),
    ...unknown.map(name => `${name} is set and nobody said why`),
    ...(asar === true ? [] : ['there is no archive to protect']),
  ]
}

test('19: every fuse is set as it must be in the build configuration', () => {
  const config = read('electron-builder.yml')
  expect(fuseFaults(config)).toEqual([])
  for (const [name, state] of Object.entries(FUSES)) {
    expect(fuseFaults(config.replace(`${name}: ${state}`, `${name}: ${!state}`))).toEqual([`${name} must be ${state}`])
    expect(fuseFaults(config.replace(`${name}: ${state}`, ''))).toEqual([`${name} must be ${state}`])
  }
})

test('the list is whole: twenty items, each with a test', () => {
  expect([...CHECKLIST.map(({ number }) => number), 16, 19].toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, index) => index + 1),
  )
})
