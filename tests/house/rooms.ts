import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'

interface Room {
  /** Rooms it may use. */
  readonly on: readonly string[]
  /** Rooms it may only look at, by `import type`. */
  readonly types?: readonly string[]
  /** Packages it may use; a trailing colon or slash allows all behind it. */
  readonly packages: readonly string[]
}

/** What each room may use. An absent pair is forbidden; a folder that is not here is an error until somebody decides. */
export const ROOMS: Readonly<Record<string, Room>> = {
  core: { on: [], packages: [] },
  contract: { on: ['core'], packages: ['@orpc/contract', 'zod'] },
  platform: {
    on: ['core', 'contract'],
    packages: ['node:', '@duckdb/node-api', 'ws', 'pino', 'prom-client', 'zod', '@napi-rs/keyring'],
  },
  workers: { on: ['core'], packages: ['node:'] },
  main: {
    on: ['core', 'contract', 'platform'],
    types: ['workers'],
    packages: ['node:', '@orpc/server', '@orpc/openapi', '@orpc/client', '@orpc/contract', '@orpc/zod', 'ws', 'zod'],
  },
  renderer: {
    on: ['core', 'contract'],
    packages: [
      '@orpc/client',
      '@mantine/core',
      '@mantine/hooks',
      '@tanstack/react-virtual',
      '@codemirror/',
      '@fontsource-variable/inter',
      '@lezer/highlight',
      'cmdk',
      'codemirror',
      'dockview-react',
      'i18next',
      'lightweight-charts',
      'react',
      'react-dom',
      'react-i18next',
      'zustand',
    ],
  },
  preload: { on: [], packages: ['electron'] },
}

/** Packages that one folder or file of a room may use beyond the room's own: vendors stay where they are spoken to. */
export const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  'main/electron.ts': ['electron', 'electron-updater'],
  'main/sources/yahoo/': ['yahoo-finance2'],
  'main/color/outputs/': ['@aws-sdk/client-s3', 'nodemailer', 'pg'],
  'main/color/sources/': ['oracledb', 'pg'],
}

const IMPORT =
  /(?:^|[;\n])\s*(import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"]+)['"]|\b(import)\s*\(\s*['"]([^'"]+)['"]\s*\)|\bnew URL\(\s*['"](\.[^'"]+\.tsx?)['"]\s*,\s*import\.meta\.url/g

export interface Edge {
  readonly file: string
  readonly line: number
  readonly to: string
  /** `import type`, or a thread or process started from that file: nothing of it is loaded here. */
  readonly typeOnly: boolean
}

export interface SourceText {
  readonly file: string
  readonly text: string
}

export function edgesOf({ file, text }: SourceText): Edge[] {
  return [...text.matchAll(IMPORT)].map(match => ({
    file,
    line: text.slice(0, match.index + match[0].search(/\S/)).split('\n').length,
    to: (match[3] ?? match[5] ?? match[6])!,
    typeOnly:
      Boolean(match[2]) || match[6] !== undefined || (match[4] !== undefined && /typeof\s+$/.test(text.slice(0, match.index))),
  }))
}

export function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap(name => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return filesUnder(path)
    return /\.tsx?$/.test(name) && !/\.d\.ts$/.test(name) ? [path] : []
  })
}

/** Source files of a folder that ship: tests are left out, since they may stand anything on a table. */
export function sourcesUnder(folder: string): SourceText[] {
  return filesUnder(folder)
    .filter(file => !/\.test\.tsx?$/.test(file))
    .map(file => ({ file, text: readFileSync(file, 'utf8') }))
}

export function pathIn(root: string, file: string): string {
  return relative(root, file).split(sep).join('/')
}

/** The sentences a reader sees when a room rule is broken; empty when the house stands. */
export function violations(root: string, files: readonly SourceText[]): string[] {
  return files.flatMap(source => {
    const path = pathIn(root, source.file)
    const room = path.split('/')[0]!
    const rule = ROOMS[room]
    if (!rule) return [`${path}: no room is named ${room}; see docs/rooms.md`]
    return edgesOf(source).flatMap(edge => {
      const where = `${path}:${edge.line}`
      if (edge.to.startsWith('.')) {
        const target = pathIn(root, resolve(dirname(source.file), edge.to)).split('/')[0]!
        const allowed =
          target === room || rule.on.includes(target) || (edge.typeOnly && rule.types?.includes(target)) || target === '..'
        return allowed ? [] : [`${where} ${room} may not use ${target}`]
      }
      if (edge.typeOnly || mayUse(path, rule, edge.to)) return []
      return [`${where} ${room} may not use the package ${edge.to}`]
    })
  })
}

function mayUse(path: string, rule: Room, name: string): boolean {
  const extra = Object.entries(EXCEPTIONS).flatMap(([place, packages]) =>
    path === place || (place.endsWith('/') && path.startsWith(place)) ? packages : [],
  )
  return [...rule.packages, ...extra].some(
    allowed => name === allowed || name.startsWith(/[:/]$/.test(allowed) ? allowed : `${allowed}/`),
  )
}

/** The first import circle found, as a path of files, or null. Types are erased, so they close no circle. */
export function circle(files: readonly SourceText[]): string[] | null {
  const graph = new Map(
    files.map(source => [
      source.file,
      edgesOf(source).flatMap(edge =>
        edge.to.startsWith('.') && !edge.typeOnly ? [resolve(dirname(source.file), edge.to)] : [],
      ),
    ]),
  )
  const state = new Map<string, 'open' | 'done'>()
  const walk = (file: string, path: readonly string[]): string[] | null => {
    if (state.get(file) === 'done') return null
    if (state.get(file) === 'open') return [...path.slice(path.indexOf(file)), file]
    state.set(file, 'open')
    for (const next of graph.get(file) ?? []) {
      const found = walk(next, [...path, file])
      if (found) return found
    }
    state.set(file, 'done')
    return null
  }
  for (const file of graph.keys()) {
    const found = walk(file, [])
    if (found) return found
  }
  return null
}
