import { Menu } from '@mantine/core'
import { useState } from 'react'
import type { WatchlistWire } from '../../contract/workspace.ts'
import { Icon } from '../ui/icons.tsx'
import { useText } from '../ui/text.ts'
import css from './watchlist.module.css'

/** How a list can be grouped. */
export const GROUPS = ['none', 'assetClass', 'venue', 'source'] as const
export type Grouping = (typeof GROUPS)[number]

/** The name of the list, which opens the menu of all lists; while it is renamed it is a field. */
export function ListMenu({
  lists,
  list,
  group,
  onChoose,
  onNew,
  onRename,
  onDelete,
  onImport,
  onExport,
  onCopy,
  onGroup,
  onColumns,
}: {
  lists: readonly WatchlistWire[]
  list: WatchlistWire
  group: Grouping
  onChoose(id: string): void
  onNew(): void
  onRename(name: string): void
  onDelete(): void
  onImport(): void
  onExport(): void
  onCopy(): void
  onGroup(group: Grouping): void
  onColumns(at: { x: number; y: number }): void
}) {
  const { t } = useText()
  const [isRenaming, setRenaming] = useState(false)
  if (isRenaming)
    return (
      <RenameField
        name={list.name}
        onEnd={name => {
          setRenaming(false)
          if (name && name !== list.name) onRename(name)
        }}
      />
    )
  return (
    <Menu position="bottom-start" shadow="md" withinPortal>
      <Menu.Target>
        <button type="button" className={css.list} title={t('watchlist.menu')}>
          <span className={css.listName}>{list.name}</span>
          <Icon name="down" size={11} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('watchlist.lists')}</Menu.Label>
        {lists.map(other => (
          <Menu.Item
            key={other.id}
            role="menuitemradio"
            aria-checked={other.id === list.id}
            leftSection={<Check is={other.id === list.id} />}
            rightSection={<span className={css.count}>{other.instruments.length}</span>}
            onClick={() => onChoose(other.id)}
          >
            {other.name}
          </Menu.Item>
        ))}
        <Menu.Item leftSection={<Icon name="plus" size={12} />} onClick={onNew}>
          {t('watchlist.newList')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t('watchlist.group')}</Menu.Label>
        {GROUPS.map(name => (
          <Menu.Item
            key={name}
            role="menuitemradio"
            aria-checked={name === group}
            leftSection={<Check is={name === group} />}
            onClick={() => onGroup(name)}
          >
            {t(`watchlist.group.${name}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          onClick={event => {
            const box = event.currentTarget.getBoundingClientRect()
            onColumns({ x: box.left, y: box.top })
          }}
        >
          {t('watchlist.columns')}
        </Menu.Item>
        <Menu.Item onClick={() => setRenaming(true)}>{t('watchlist.rename')}</Menu.Item>
        <Menu.Item onClick={onImport}>{t('watchlist.importText')}</Menu.Item>
        <Menu.Item onClick={onExport}>{t('watchlist.exportText')}</Menu.Item>
        <Menu.Item onClick={onCopy}>{t('watchlist.copyText')}</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={onDelete}>{t('watchlist.delete')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function Check({ is }: { is: boolean }) {
  return <span className={css.check}>{is ? <Icon name="check" size={12} /> : null}</span>
}

function RenameField({ name, onEnd }: { name: string; onEnd(name: string | null): void }) {
  const { t } = useText()
  const [text, setText] = useState(name)
  return (
    <input
      className={css.rename}
      value={text}
      maxLength={60}
      aria-label={t('watchlist.name')}
      ref={field => field?.focus()}
      onFocus={event => event.currentTarget.select()}
      onChange={event => setText(event.currentTarget.value)}
      onBlur={() => onEnd(text.trim() || null)}
      onKeyDown={event => {
        if (event.key === 'Enter') onEnd(text.trim() || null)
        if (event.key === 'Escape') onEnd(null)
        event.stopPropagation()
      }}
    />
  )
}
