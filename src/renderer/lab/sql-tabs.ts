/** One statement under work. Kept with the panel, so that it survives whatever happens to the page. */
export interface SqlTab {
  readonly id: string
  /** Given by the person; null shows the number of the tab. */
  readonly name: string | null
  readonly sql: string
}

export interface SqlTabs {
  readonly tabs: readonly SqlTab[]
  readonly current: string
}

/** The contract takes no longer statement. */
export const MAX_SQL = 100_000

/** What a panel opened for the first time asks: it shows what is stored, and how to read it. */
export const FIRST_SQL = `select name, count(*) as n, min(time) as first, max(time) as last
from series
group by name
order by name`

/** Tabs as they were stored, made whole: at least one, and the current one among them. */
export function wholeTabs(stored: { readonly tabs?: readonly SqlTab[]; readonly current?: string }): SqlTabs {
  const tabs = stored.tabs && stored.tabs.length > 0 ? stored.tabs : [{ id: 'first', name: null, sql: FIRST_SQL }]
  const current = tabs.find(tab => tab.id === stored.current) ?? tabs[0]!
  return { tabs, current: current.id }
}

export function withSql({ tabs, current }: SqlTabs, id: string, sql: string): SqlTabs {
  return { tabs: tabs.map(tab => (tab.id === id ? { ...tab, sql } : tab)), current }
}

export function withName({ tabs, current }: SqlTabs, id: string, name: string | null): SqlTabs {
  return { tabs: tabs.map(tab => (tab.id === id ? { ...tab, name } : tab)), current }
}

/** A new tab after the current one, which it becomes. */
export function withTab({ tabs, current }: SqlTabs, tab: SqlTab): SqlTabs {
  const at = tabs.findIndex(known => known.id === current)
  return { tabs: tabs.toSpliced(at + 1, 0, tab), current: tab.id }
}

/** Without a tab; its neighbour becomes the current one, and the last tab leaves an empty one behind. */
export function withoutTab({ tabs, current }: SqlTabs, id: string, freshId: string): SqlTabs {
  const at = tabs.findIndex(tab => tab.id === id)
  const rest = tabs.filter(tab => tab.id !== id)
  if (rest.length === 0) return { tabs: [{ id: freshId, name: null, sql: '' }], current: freshId }
  return { tabs: rest, current: id === current ? rest[Math.min(Math.max(0, at), rest.length - 1)]!.id : current }
}
