import { describe, expect, test } from 'vitest'
import { FIRST_SQL, type SqlTabs, wholeTabs, withoutTab, withSql, withTab } from './sql-tabs.ts'

const three: SqlTabs = {
  tabs: ['a', 'b', 'c'].map(id => ({ id, name: null, sql: id })),
  current: 'b',
}

describe('tabs of the console', () => {
  test('a panel that never was used starts with a statement that shows what is stored', () => {
    expect(wholeTabs({})).toEqual({ tabs: [{ id: 'first', name: null, sql: FIRST_SQL }], current: 'first' })
  })
  test('a stored current tab that is gone gives way to the first', () => {
    expect(wholeTabs({ ...three, current: 'gone' }).current).toBe('a')
  })
  test('a new tab stands beside the current one and becomes it', () => {
    const next = withTab(three, { id: 'n', name: null, sql: '' })
    expect(next.tabs.map(tab => tab.id)).toEqual(['a', 'b', 'n', 'c'])
    expect(next.current).toBe('n')
  })
  test('closing the current tab moves to its neighbour, closing another one stays', () => {
    expect(withoutTab(three, 'b', 'f').current).toBe('c')
    expect(withoutTab({ ...three, current: 'c' }, 'c', 'f').current).toBe('b')
    expect(withoutTab(three, 'a', 'f').current).toBe('b')
  })
  test('the last tab leaves an empty one behind', () => {
    expect(withoutTab({ tabs: [{ id: 'a', name: null, sql: 'x' }], current: 'a' }, 'a', 'f')).toEqual({
      tabs: [{ id: 'f', name: null, sql: '' }],
      current: 'f',
    })
  })
  test('writing in one tab leaves the others as they are', () => {
    expect(withSql(three, 'b', 'select 1').tabs.map(tab => tab.sql)).toEqual(['a', 'select 1', 'c'])
  })
})
