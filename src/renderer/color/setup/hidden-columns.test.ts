import { describe, expect, test } from 'vitest'
import type { GridColumn, GridLayout } from '../../ui/grid-model.ts'
import { withoutColumns } from './hidden-columns.ts'

const column = (key: string, usual = true): GridColumn => ({
  ...{ key, title: key, width: 80, align: 'start', usual },
  cell: () => ({ text: '' }),
})
const columns = [column('CUSIP'), column('BID'), column('ASK'), column('RANK', false)]

function arranged(layout: GridLayout, hidden: readonly string[]) {
  const saved: GridLayout[] = []
  const grid = withoutColumns({ columns, layout, onLayout: patch => saved.push(patch) }, new Set(hidden))
  return { saved, grid, keys: grid.columns.map(({ key }) => key) }
}

describe('a grid without hidden columns', () => {
  test('has the others, and all where none is hidden', () => {
    expect(arranged({}, ['BID', 'RANK']).keys).toEqual(['CUSIP', 'ASK'])
    expect(arranged({}, []).keys).toEqual(['CUSIP', 'BID', 'ASK', 'RANK'])
  })

  test('keeps the places of the hidden ones while the others are moved', () => {
    const usual = arranged({}, ['BID'])
    usual.grid.onLayout({ shown: ['ASK', 'CUSIP'] })
    expect(usual.saved).toEqual([{ shown: ['ASK', 'BID', 'CUSIP'] }])
    const chosen = arranged({ shown: ['CUSIP', 'ASK', 'RANK'] }, ['RANK', 'BID'])
    chosen.grid.onLayout({ shown: ['CUSIP'] })
    expect(chosen.saved).toEqual([{ shown: ['CUSIP', 'RANK'] }])
  })

  test('changes nothing else that a person arranged', () => {
    const { grid, saved } = arranged({}, ['BID'])
    grid.onLayout({ sort: { column: 'ASK', direction: 'up' } })
    expect(saved).toEqual([{ sort: { column: 'ASK', direction: 'up' } }])
  })
})
