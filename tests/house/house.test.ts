import { join, resolve } from 'node:path'
import { isContractProcedure } from '@orpc/contract'
import { describe, expect, test } from 'vitest'
import { ERRORS } from '../../src/contract/errors.ts'
import { DOMAINS, ring, trespasses } from './domains.ts'
import { breaches, MANNERS, overlong, undocumented } from './manners.ts'
import { proceduresOf } from './procedures.ts'
import { circle, pathIn, sourcesUnder, violations } from './rooms.ts'

const root = resolve(import.meta.dirname, '../../src')
const files = sourcesUnder(root)
const at = (path: string, text: string) => [{ file: join(root, path), text }]

describe('rooms', () => {
  test('every arrow points down', () => expect(violations(root, files)).toEqual([]))
  test('no import circle', () => expect(circle(files)?.map(file => pathIn(root, file)) ?? null).toBeNull())
  test('the gate looked at the whole house', () => {
    expect(files.length).toBeGreaterThan(60)
    expect(new Set(files.map(({ file }) => pathIn(root, file).split('/')[0]))).toEqual(
      new Set(['core', 'contract', 'platform', 'workers', 'main', 'renderer', 'preload']),
    )
  })

  test.each([
    ['core/a.ts', `import { x } from '../main/host.ts'`, 'core may not use main'],
    ['core/a.ts', `import fs from 'node:fs'`, 'core may not use the package node:fs'],
    ['core/a.ts', `import * as z from 'zod'`, 'core may not use the package zod'],
    ['contract/a.ts', `export * from '../platform/clock.ts'`, 'contract may not use platform'],
    ['platform/a.ts', `import { createHost } from '../main/host.ts'`, 'platform may not use main'],
    ['workers/a.ts', `import { systemClock } from '../platform/clock.ts'`, 'workers may not use platform'],
    ['main/a.ts', `import { jobs } from '../workers/jobs.ts'`, 'main may not use workers'],
    ['main/a.ts', `import { app } from 'electron'`, 'main may not use the package electron'],
    ['main/market/a.ts', `import YahooFinance from 'yahoo-finance2'`, 'main may not use the package yahoo-finance2'],
    ['renderer/a.tsx', `import { x } from '../platform/worker-pool.ts'`, 'renderer may not use platform'],
    ['renderer/a.tsx', `const m = await import('../main/host.ts')`, 'renderer may not use main'],
    ['renderer/a.tsx', `import fs from 'node:fs'`, 'renderer may not use the package node:fs'],
    ['preload/a.ts', `import { contract } from '../contract/index.ts'`, 'preload may not use contract'],
    ['attic/a.ts', `export const a = 1`, 'no room is named attic'],
  ])('a planted breach is named: %s %s', (path, text, sentence) =>
    expect(violations(root, at(path, text)).join()).toContain(sentence),
  )

  test.each([
    ['main/a.ts', `import type { Jobs } from '../workers/jobs.ts'`],
    ['main/a.ts', `type E = typeof import('electron')`],
    ['main/electron.ts', `import electron from 'electron'`],
    ['main/sources/yahoo/source.ts', `import YahooFinance from 'yahoo-finance2'`],
  ])('what is allowed passes: %s %s', (path, text) => expect(violations(root, at(path, text))).toEqual([]))

  test('a planted circle is found', () =>
    expect(
      circle([
        { file: '/a.ts', text: `import './b.ts'` },
        { file: '/b.ts', text: `import './a.ts'` },
      ]),
    ).toEqual(['/a.ts', '/b.ts', '/a.ts']))
})

describe('domains', () => {
  test('no domain reaches where it may not', () => expect(trespasses(root, files)).toEqual([]))
  test('the table has no ring, and a planted ring is seen', () => {
    expect(ring(DOMAINS)).toBeNull()
    expect(ring({ a: ['b'], b: ['a'] })).toEqual(['a', 'b', 'a'])
  })
  test.each([
    ['core/market/a.ts', `import { x } from '../indicators/sma.ts'`, 'market may not use indicators'],
    ['main/lab/a.ts', `import { x } from '../market/series-store.ts'`, 'ask the service'],
    ['main/workspace/a.ts', `import { x } from '../market/series-service.ts'`, 'workspace may not use market'],
  ])('a planted trespass is named: %s %s', (path, text, sentence) =>
    expect(trespasses(root, at(path, text)).join()).toContain(sentence),
  )
  test('asking the service of an allowed domain passes', () =>
    expect(trespasses(root, at('main/lab/a.ts', `import { x } from '../market/series-service.ts'`))).toEqual([]))
})

describe('manners', () => {
  test('nobody breaks one', () => expect(breaches(root, files)).toEqual([]))
  test('no file is overlong', () => expect(overlong(root, files)).toEqual([]))
  test('what core and platform offer is explained', () => expect(undocumented(root, files)).toEqual([]))

  test.each([
    ['core/a.ts', 'const t = Date.now()', 0],
    ['core/a.ts', 'const r = Math.random()', 0],
    ['main/market/a.ts', 'const t = new Date()', 1],
    ['main/market/a.ts', 'const r = Math.random()', 2],
    ['platform/a.ts', 'const home = process.env.HOME', 3],
    ['main/market/a.ts', 'console.log(1)', 4],
    ['core/utils.ts', 'export const a = 1', 5],
  ])('a planted breach is named: %s %s', (path, text, manner) =>
    expect(breaches(root, at(path, text)).join()).toContain(MANNERS[manner]!.name),
  )
  test('a word in a comment is no breach', () =>
    expect(breaches(root, at('core/a.ts', '// unlike Date.now()\n/* Math.random */'))).toEqual([]))
  test('a planted giant and a planted mute export are named', () => {
    expect(overlong(root, at('core/a.ts', 'x\n'.repeat(401)))).toHaveLength(1)
    expect(undocumented(root, at('core/a.ts', 'export function price() {}'))).toEqual(['core/a.ts:1 price has no docstring'])
  })
})

interface Declared {
  readonly meta: { readonly needs: string; readonly changes: boolean }
  readonly route: {
    readonly method?: string
    readonly path?: string
    readonly summary?: string
    readonly tags?: readonly string[]
  }
  readonly errorMap: Readonly<Record<string, unknown>>
}

/** What is wrong with how a procedure is declared. */
function complaints(domain: string, procedure: unknown): string[] {
  if (!isContractProcedure(procedure)) return ['is not a procedure']
  const { meta, route, errorMap } = procedure['~orpc'] as unknown as Declared
  const found: string[] = []
  if (meta.needs === 'nobody') found.push('is open to nobody: declare what it needs')
  else if (!meta.needs.startsWith(`${domain}:`) && !meta.needs.startsWith(`${domain}-setup:`))
    found.push(`needs a right of another domain, ${meta.needs}`)
  if (meta.changes && !meta.needs.endsWith(':write')) found.push('changes something on a reading right')
  if (!/^[A-Z].{5,}[^.]$/.test(route.summary ?? '')) found.push('has no summary')
  if (!/^\/[a-z]/.test(route.path ?? '')) found.push('has no path')
  if (meta.changes && route.method === 'GET') found.push('changes something by GET')
  for (const code of Object.keys(errorMap)) if (!(code in ERRORS)) found.push(`declares ${code}, which is not in the catalogue`)
  return found
}

describe('contract', () => {
  const procedures = proceduresOf()

  test.each(procedures)('$name says what it does, what it needs and where it is over HTTP', ({ domain, procedure }) =>
    expect(complaints(domain, procedure)).toEqual([]),
  )
  test('no two procedures share a route', () => {
    const routes = procedures.map(({ procedure }) => {
      const { route } = procedure['~orpc'] as unknown as Declared
      return `${route.method} ${route.path}`
    })
    expect(new Set(routes).size).toBe(routes.length)
  })
  test('a procedure that kept the closed default is named', async () => {
    const { procedure } = await import('../../src/contract/procedure.ts')
    expect(complaints('market', procedure.route({ method: 'GET', path: '/x' }))).toEqual([
      'is open to nobody: declare what it needs',
      'has no summary',
    ])
  })
  test.each(Object.entries(ERRORS))(
    '%s has a sentence in both languages, with the same data in each',
    (_, { message, es, data, status }) => {
      const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(match => match[1]).sort()
      expect(message.length).toBeGreaterThan(20)
      expect(es).not.toBe(message)
      expect(holes(es)).toEqual(holes(message))
      for (const hole of holes(message)) expect(Object.keys(data.shape)).toContain(hole)
      expect(status).toBeGreaterThanOrEqual(400)
    },
  )
})
