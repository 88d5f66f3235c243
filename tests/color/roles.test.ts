import { call } from '@orpc/server'
import { describe, expect, test } from 'vitest'
import type { Right } from '../../src/contract/procedure.ts'
import { entitledTo } from '../../src/main/color/entitled.ts'
import type { GuardedContext } from '../../src/main/guard.ts'
import { router } from '../../src/main/router.ts'
import type { User } from '../../src/main/user.ts'
import { silentLog } from '../../src/platform/log.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { proceduresOf } from '../house/procedures.ts'

const ROLES = ['viewer', 'editor', 'administrator'] as const
type Role = (typeof ROLES)[number]

/** What each role holds (REQ-MC-15). */
const RIGHTS: Readonly<Record<Role, readonly Right[]>> = {
  viewer: ['color:read'],
  editor: ['color:read', 'color:write'],
  administrator: ['color:read', 'color:write', 'color-setup:read', 'color-setup:write'],
}

/** Procedures that look and leave everything as it is, by their last name. */
const LOOKING = new Set([
  ...['list', 'recent', 'watch', 'look', 'get', 'rows', 'ids', 'export', 'history', 'at', 'values', 'why', 'dryRun', 'diff'],
  ...[
    'state',
    'preview',
    'problems',
    'report',
    'quarantine',
    'recheck',
    'find',
    'suggest',
    'facets',
    'saved',
    'data',
    'mailFacts',
    'template',
    'classes',
  ],
])
/** What the desk's administrator decides, besides all of `sources`, which name machines and logins, and what changes `setup`. */
const SETUP = new Set([
  'outputs.save',
  'outputs.remove',
  'outputs.saveMail',
  'outputs.setSecret',
  'outputs.test',
  'outputs.testMail',
])

/** The least role that may, as a person would say it; the contract must agree. */
function leastRole(name: string): Role {
  const [part = '', last = ''] = name.split('.')
  if (part === 'sources' || SETUP.has(name)) return 'administrator'
  if (LOOKING.has(last)) return 'viewer'
  return part === 'setup' ? 'administrator' : 'editor'
}

const color = proceduresOf().flatMap(({ domain, name }) => (domain === 'color' ? [name.slice('color.'.length)] : []))
const procedureAt = (name: string) =>
  name.split('.').reduce((table, key) => (table as unknown as Record<string, unknown>)[key], router.color as unknown)

/** The code that a call ends with. Behind the guard stands nothing, so that a call which gets through fails otherwise. */
async function codeOf(name: string, role: Role): Promise<string> {
  const user: User = { name: role, may: new Set(RIGHTS[role]) }
  const guard = {
    journal: { append: () => expect.unreachable() },
    log: silentLog,
    metrics: createMetrics(),
  }
  const context = { user, lane: 'browser', services: {}, guard } as unknown as GuardedContext
  try {
    await call(procedureAt(name) as never, {} as never, { context, path: ['color', ...name.split('.')] } as never)
    return 'done'
  } catch (fault) {
    return String((fault as { code?: string }).code)
  }
}

describe('a call of the color desk', () => {
  test.each(color)('%s is refused to those below its role and to nobody above', async name => {
    const least = ROLES.indexOf(leastRole(name))
    for (const [at, role] of ROLES.entries()) {
      const code = await codeOf(name, role)
      if (at < least) expect(code, role).toBe('FORBIDDEN')
      else expect(['BAD_REQUEST', 'INTERNAL', 'done'], `${role}: ${code}`).toContain(code)
    }
  })

  test('has every kind among them', () => {
    expect(color.length).toBeGreaterThan(60)
    expect(new Set(color.map(leastRole))).toEqual(new Set(ROLES))
  })
})

describe('rows of asset classes', () => {
  test('are seen by those who may see all, and by those whose class it is', () => {
    const all = [entitledTo({}), entitledTo({ assetClasses: null })]
    for (const entitled of all) expect([entitled('CLO'), entitled(null)]).toEqual([true, true])
    const clo = entitledTo({ assetClasses: ['CLO', 'Euro ABS'] })
    expect([clo('clo'), clo(' Euro ABS '), clo('ABS'), clo(''), clo(null)]).toEqual([true, true, false, false, false])
    expect(entitledTo({ assetClasses: [] })('CLO')).toBe(false)
  })
})
