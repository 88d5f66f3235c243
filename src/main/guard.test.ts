import { describe, expect, it } from 'vitest'
import { contract } from '../contract/index.ts'
import type { Policy } from '../contract/procedure.ts'
import { auditForm } from './guard.ts'

const fieldsOf = (one: { '~orpc': { meta: unknown } }) => (one['~orpc'].meta as Policy).audits

describe('what the audit trail keeps of a saved workspace', () => {
  const layout = {
    panels: Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`chart-${n}`, { kind: 'chart', params: {} }])),
  }

  it('is which one it was and not its layout, that the entry before has', () => {
    const input = { id: 'w', name: 'Desk', layout, revision: 3 }
    expect(auditForm(input, fieldsOf(contract.workspace.save))).toEqual({ id: 'w', name: 'Desk', revision: 3 })
    expect(JSON.stringify(auditForm(input)).length).toBeGreaterThan(2000)
  })

  it('is the same for a watchlist', () => {
    const input = { id: 'l', name: 'Oil', instruments: ['CLZ26.DEMO'], revision: 1 }
    expect(auditForm(input, fieldsOf(contract.workspace.saveWatchlist))).toEqual({ id: 'l', name: 'Oil', revision: 1 })
  })
})
