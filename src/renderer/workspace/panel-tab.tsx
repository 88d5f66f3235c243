import { ActionIcon, Menu } from '@mantine/core'
import type { IDockviewHeaderActionsProps, IDockviewPanelHeaderProps } from 'dockview-react'
import { useEffect, useReducer, useRef } from 'react'
import { useApp, useBench } from '../app-context.tsx'
import { COMMANDS, openPanel } from '../commands.ts'
import { useHello } from '../desk.tsx'
import { PANELS, panelKind } from '../panels.ts'
import { Icon, isIcon } from '../ui/icons.tsx'
import { Keys } from '../ui/kbd.tsx'
import { useText } from '../ui/text.ts'
import { subjectOf } from './bench.ts'
import { LinkChip, LinkItems } from './link-chip.tsx'
import css from './panel-tab.module.css'
import { symbolText } from './symbol-text.ts'

/** The head of one panel: link group, symbol, title and close. */
export function PanelTab({ api }: IDockviewPanelHeaderProps) {
  const { id } = api
  const { bench } = useApp()
  const { t } = useText()
  const record = useBench(state => state.panels[id])
  const subject = useBench(state => subjectOf(state, id))
  const title = useBench(state => state.titles[id])
  const kind = record ? panelKind(record.kind) : null
  const symbol = kind?.linkable && subject ? symbolText(subject) : null
  // A panel may begin its own title with the symbol, which stands there already.
  const own = title && symbol && title.startsWith(symbol) ? title.slice(symbol.length).replace(/^[\s·]+/, '') : title
  const name = own || (kind ? t(kind.title) : '')
  const label = [kind?.linkable ? record?.link : null, symbol, name].filter(Boolean).join(' ')
  // The dock gives the tab its name for screen readers, and announces panels by it.
  useEffect(() => api.setTitle(label), [api, label])
  if (!record) return null
  return (
    <div className={css.tab} onAuxClick={event => event.button === 1 && bench.close(id)}>
      {kind?.linkable ? <LinkChip id={id} /> : null} {symbol ? <strong className={css.subject}>{symbol}</strong> : null}{' '}
      <span className={css.title}>{name}</span>
      <span
        className={css.close}
        aria-hidden="true"
        title={t('panel.close')}
        onPointerDown={event => event.stopPropagation()}
        onClick={event => {
          event.stopPropagation()
          bench.close(id)
        }}
      >
        <Icon name="close" size={12} />
      </span>
    </div>
  )
}

const MENU = ['panel.float', 'panel.maximise', 'panel.duplicate', 'panel.close'] as const

/** The right end of a group's header: what the panel in front puts there, and what can be done with it. */
export function GroupActions({ activePanel, containerApi, api }: IDockviewHeaderActionsProps) {
  const app = useApp()
  const { t } = useText()
  const isDemo = useHello()?.demo === true
  const place = useRef<HTMLDivElement>(null)
  const [, redraw] = useReducer((n: number) => n + 1, 0)
  const id = activePanel?.id
  const kind = useBench(state => (id ? state.panels[id]?.kind : undefined))
  useEffect(() => {
    if (!id || !place.current) return
    app.bench.setActions(id, place.current)
    return () => app.bench.setActions(id, null)
  }, [app, id])
  useEffect(() => {
    const ends = [containerApi.onDidMaximizedGroupChange(redraw), api.onDidLocationChange(redraw)]
    return () => {
      for (const end of ends) end.dispose()
    }
  }, [containerApi, api])
  if (!id || !kind) return <div ref={place} />
  const isMaximised = activePanel.api.isMaximized()
  const isFloating = api.location.type === 'floating'
  const labels = {
    'panel.float': isFloating ? t('panel.dock') : t('panel.float'),
    'panel.maximise': isMaximised ? t('panel.restore') : t('panel.maximise'),
    'panel.duplicate': t('panel.duplicate'),
    'panel.close': t('panel.close'),
  }
  const run = {
    'panel.float': app.bench.float,
    'panel.maximise': app.bench.maximise,
    'panel.duplicate': app.bench.duplicate,
    'panel.close': app.bench.close,
  }
  return (
    <div className={css.actions}>
      <div className={css.place} ref={place} />
      {isDemo && panelKind(kind)?.showsFeed ? (
        <span className={css.demo} title={t('demo.says')}>
          {t('demo.word')}
        </span>
      ) : null}
      <Menu width={210}>
        <Menu.Target>
          <ActionIcon aria-label={t('panel.actionsOf', { panel: t(`panel.${kind}`) })} title={t('panel.menu')}>
            <Icon name="more" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {MENU.map(command => (
            <Menu.Item
              key={command}
              rightSection={<Keys chord={COMMANDS.find(one => one.id === command)?.keys[0]} />}
              onClick={() => run[command](id)}
            >
              {labels[command]}
            </Menu.Item>
          ))}
          <Menu.Item
            rightSection={<Keys chord={COMMANDS.find(one => one.id === 'panel.window')?.keys[0]} />}
            onClick={() => void app.windows.detach(id)}
          >
            {t('window.detach')}
          </Menu.Item>
          {app.self ? (
            <Menu.Item
              rightSection={<Keys chord={COMMANDS.find(one => one.id === 'panel.home')?.keys[0]} />}
              onClick={() => void app.windows.dock(id)}
            >
              {t('window.dock')}
            </Menu.Item>
          ) : null}
          <Menu.Divider />
          {panelKind(kind)?.linkable ? (
            <Menu.Sub>
              <Menu.Sub.Target>
                <Menu.Sub.Item>{t('link.menu')}</Menu.Sub.Item>
              </Menu.Sub.Target>
              <Menu.Sub.Dropdown>
                <LinkItems id={id} />
              </Menu.Sub.Dropdown>
            </Menu.Sub>
          ) : null}
          <Menu.Sub>
            <Menu.Sub.Target>
              <Menu.Sub.Item>{t('dock.addPanel')}</Menu.Sub.Item>
            </Menu.Sub.Target>
            <Menu.Sub.Dropdown>
              {PANELS.map(panel => (
                <Menu.Item
                  key={panel.kind}
                  leftSection={isIcon(panel.icon) ? <Icon name={panel.icon} /> : null}
                  onClick={() => openPanel(app, panel.kind)}
                >
                  {t(panel.title)}
                </Menu.Item>
              ))}
            </Menu.Sub.Dropdown>
          </Menu.Sub>
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}
