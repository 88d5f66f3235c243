import { useState } from 'react'
import { Icon } from '../ui/icons.tsx'
import { useText } from '../ui/text.ts'
import css from './sql.module.css'
import type { SqlTab } from './sql-tabs.ts'

/** Tabs of the statements: arrows move between them, two presses rename one. */
export function SqlTabBar({
  tabs,
  current,
  nameOf,
  onChoose,
  onAdd,
  onClose,
  onRename,
}: {
  tabs: readonly SqlTab[]
  current: string
  nameOf(tab: SqlTab): string
  onChoose(id: string): void
  onAdd(): void
  onClose(tab: SqlTab): void
  onRename(id: string, name: string | null): void
}) {
  const { t } = useText()
  const [renaming, setRenaming] = useState<string | null>(null)
  const step = (by: number) => {
    const at = tabs.findIndex(tab => tab.id === current)
    const next = tabs[(at + by + tabs.length) % tabs.length]
    if (!next) return
    onChoose(next.id)
    document.getElementById(`sql-tab-${next.id}`)?.focus()
  }
  return (
    <div className={css.tabs}>
      <div role="tablist" aria-label={t('sql.tabs')} className={css.tabList}>
        {tabs.map(tab =>
          renaming === tab.id ? (
            <input
              key={tab.id}
              className={css.rename}
              defaultValue={nameOf(tab)}
              maxLength={40}
              aria-label={t('sql.tabName')}
              ref={field => field?.select()}
              onBlur={event => {
                setRenaming(null)
                onRename(tab.id, event.currentTarget.value.trim() || null)
              }}
              onKeyDown={event => {
                if (event.key === 'Enter') event.currentTarget.blur()
                if (event.key === 'Escape') setRenaming(null)
                event.stopPropagation()
              }}
            />
          ) : (
            <div key={tab.id} className={css.tab} data-current={tab.id === current} role="presentation">
              <button
                type="button"
                role="tab"
                id={`sql-tab-${tab.id}`}
                aria-selected={tab.id === current}
                tabIndex={tab.id === current ? 0 : -1}
                title={t('sql.rename')}
                onClick={() => onChoose(tab.id)}
                onDoubleClick={() => setRenaming(tab.id)}
                onKeyDown={event => {
                  if (event.key === 'ArrowRight') step(1)
                  else if (event.key === 'ArrowLeft') step(-1)
                  else if (event.key === 'F2') setRenaming(tab.id)
                  else if (event.key === 'Delete') onClose(tab)
                }}
              >
                {nameOf(tab)}
              </button>
              <button
                type="button"
                className={css.closeTab}
                tabIndex={-1}
                // A tab list may hold tabs alone; by keyboard and screen reader Delete on the tab closes it.
                aria-hidden="true"
                title={t('sql.closeTab', { name: nameOf(tab) })}
                onClick={() => onClose(tab)}
              >
                <Icon name="close" size={10} />
              </button>
            </div>
          ),
        )}
      </div>
      <button type="button" className={css.addTab} aria-label={t('sql.newTab')} title={t('sql.newTab')} onClick={onAdd}>
        <Icon name="plus" size={12} />
      </button>
    </div>
  )
}
