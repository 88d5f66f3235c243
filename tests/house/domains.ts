import { dirname, resolve } from 'node:path'
import { edgesOf, pathIn, type SourceText } from './rooms.ts'

/** Domain, and the domains it may use. */
export const DOMAINS: Readonly<Record<string, readonly string[]>> = {
  market: [],
  indicators: ['market'],
  demo: ['market'],
  sources: ['market', 'demo'],
  imports: ['market', 'sources'],
  options: ['market', 'demo', 'sources', 'imports', 'system', 'workspace'],
  workspace: [],
  lab: ['market'],
  rules: [],
  color: ['rules', 'imports', 'market', 'schedule', 'secrets', 'system', 'workspace'],
  schedule: ['market', 'system'],
  secrets: [],
  backup: ['schedule', 'secrets', 'system'],
  system: [],
  updates: [],
}

/** Rooms in which every domain meets by nature: the contract's table, and the page, where panels stand side by side. */
const MEETING_ROOMS = ['contract', 'renderer']

function domainOf(path: string): string | null {
  const [room, second] = path.split('/')
  if (!room || MEETING_ROOMS.includes(room)) return null
  const name = room === 'workers' ? path.split('/')[2]?.replace(/\.tsx?$/, '') : second
  return name && name in DOMAINS ? name : null
}

/** Sentences for imports that use a domain not in the table, or reach into another's store or router. */
export function trespasses(root: string, files: readonly SourceText[]): string[] {
  return files.flatMap(source => {
    const path = pathIn(root, source.file)
    const from = domainOf(path)
    return edgesOf(source).flatMap(edge => {
      if (!from || !edge.to.startsWith('.')) return []
      const target = pathIn(root, resolve(dirname(source.file), edge.to))
      const to = domainOf(target)
      if (!to || from === to) return []
      // Looking at another domain's types steers nothing; a call does.
      if (!DOMAINS[from]!.includes(to) && !edge.typeOnly) return [`${path}:${edge.line} ${from} may not use ${to}`]
      return /-(store|router)\.ts$/.test(target) ? [`${path}:${edge.line} ${from} may not use ${target}; ask the service`] : []
    })
  })
}

/** The first ring in a table of domains, or null. */
export function ring(domains: Readonly<Record<string, readonly string[]>>): string[] | null {
  const walk = (name: string, path: readonly string[]): string[] | null =>
    path.includes(name)
      ? [...path, name]
      : (domains[name] ?? []).reduce<string[] | null>((hit, next) => hit ?? walk(next, [...path, name]), null)
  return Object.keys(domains).reduce<string[] | null>((hit, name) => hit ?? walk(name, []), null)
}
