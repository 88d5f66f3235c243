import { ActionIcon, Menu } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { useApp, useBench, useView } from '../app-context.tsx'
import { COMMANDS } from '../commands.ts'
import { Icon } from '../ui/icons.tsx'
import { Keys } from '../ui/kbd.tsx'
import { useText } from '../ui/text.ts'
import { readLayout } from './layout.ts'
import { windowParts } from './window-id.ts'
import css from './workspace-tabs.module.css'

const chordOf = (id: string) => COMMANDS.find(command => command.id === id)?.keys[0]

/** The workspaces by name; a click opens one, a double click renames it. */
export function WorkspaceTabs() {
  const { workspaces, view, self } = useApp()
  const { t } = useText()
  const all = useBench(state => state.workspaces)
  const current = useBench(state => state.current)
  const saving = useBench(state => state.saving)
  const renaming = useView(state => state.renaming)
  // A further window shows one arrangement and no others.
  if (self) return <span className={css.window}>{all[0]?.name ?? ''}</span>
  return (
    <nav className={css.tabs} aria-label={t('workspace.bar')}>
      {all.map((workspace, index) =>
        renaming === workspace.id ? (
          <NameField key={workspace.id} id={workspace.id} name={workspace.name} />
        ) : (
          <div key={workspace.id} className={css.tab} data-current={workspace.id === current}>
            <button
              type="button"
              className={css.name}
              aria-current={workspace.id === current ? 'page' : undefined}
              title={index < 9 ? `${workspace.name} (Alt+${index + 1})` : workspace.name}
              onClick={() => void workspaces.choose(workspace.id)}
              onDoubleClick={() => view.setState({ renaming: workspace.id })}
            >
              {workspace.name}
            </button>
            {workspace.id === current ? (
              <>
                {saving === 'failed' ? (
                  <span className={css.unsaved} role="img" title={t('workspace.unsaved')} aria-label={t('workspace.unsaved')}>
                    <Icon name="warning" size={12} />
                  </span>
                ) : null}
                <TabMenu id={workspace.id} name={workspace.name} />
              </>
            ) : null}
          </div>
        ),
      )}
      <ActionIcon aria-label={t('workspace.add')} title={t('workspace.add')} onClick={() => void workspaces.add()}>
        <Icon name="plus" />
      </ActionIcon>
    </nav>
  )
}

function TabMenu({ id, name }: { id: string; name: string }) {
  const { workspaces, view } = useApp()
  const { t } = useText()
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className={css.menu} aria-label={t('workspace.menu', { name })}>
          <Icon name="down" size={10} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item rightSection={<Keys chord={chordOf('workspace.rename')} />} onClick={() => view.setState({ renaming: id })}>
          {t('workspace.rename')}
        </Menu.Item>
        <Menu.Item onClick={() => void workspaces.duplicate(id)}>{t('workspace.duplicate')}</Menu.Item>
        <Menu.Item onClick={() => void workspaces.reset()}>{t('workspace.reset')}</Menu.Item>
        <WindowItems />
        <Menu.Divider />
        <Menu.Item onClick={() => void workspaces.remove(id)}>{t('workspace.delete')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** The further windows of this workspace: to the front, or back into this one. */
function WindowItems() {
  const { windows } = useApp()
  const { t } = useText()
  const all = useBench(state => state.windows)
  if (all.length === 0) return null
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{t('window.list')}</Menu.Label>
      {all.map(({ id, layout }) => {
        const number = windowParts(id)?.number ?? 0
        const panels = Object.values(readLayout(layout).layout.panels).map(({ kind }) => t(`panel.${kind}`))
        return (
          <Menu.Sub key={id}>
            <Menu.Sub.Target>
              <Menu.Sub.Item>{t('window.one', { number, panels: panels.join(', ') })}</Menu.Sub.Item>
            </Menu.Sub.Target>
            <Menu.Sub.Dropdown>
              <Menu.Item onClick={() => windows.open(id)}>{t('window.open', { number })}</Menu.Item>
              <Menu.Item onClick={() => void windows.bringBack(id)}>{t('window.bringBack')}</Menu.Item>
            </Menu.Sub.Dropdown>
          </Menu.Sub>
        )
      })}
    </>
  )
}

function NameField({ id, name }: { id: string; name: string }) {
  const { workspaces, view } = useApp()
  const { t } = useText()
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.select(), [])
  const done = (text: string | null) => {
    view.setState({ renaming: null })
    if (text !== null) void workspaces.rename(id, text)
  }
  return (
    <input
      ref={field}
      className={css.field}
      aria-label={t('workspace.name')}
      defaultValue={name}
      maxLength={60}
      onBlur={event => done(event.currentTarget.value)}
      onKeyDown={event => {
        if (event.key === 'Enter') done(event.currentTarget.value)
        if (event.key === 'Escape') done(null)
      }}
    />
  )
}
