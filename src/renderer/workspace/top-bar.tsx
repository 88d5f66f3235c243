import { UnstyledButton } from '@mantine/core'
import { useApp } from '../app-context.tsx'
import { useHello } from '../desk.tsx'
import { Icon } from '../ui/icons.tsx'
import { Keys } from '../ui/kbd.tsx'
import { useText } from '../ui/text.ts'
import { ExchangeClocks } from './clocks.tsx'
import { ConnectionPill } from './connection-pill.tsx'
import { Inbox } from './inbox.tsx'
import css from './top-bar.module.css'
import { UserMenu } from './user-menu.tsx'
import { WorkspaceTabs } from './workspace-tabs.tsx'

/** Workspaces, the field for symbols and commands, the clocks, the connection, the notices and the user. */
export function TopBar() {
  const { view } = useApp()
  const { t } = useText()
  const isDemo = useHello()?.demo === true
  return (
    <header className={css.bar} id="region-top" tabIndex={-1}>
      <WorkspaceTabs />
      <UnstyledButton
        className={css.search}
        data-region-first
        title={t('palette.title')}
        onClick={() => view.setState({ sheet: 'palette' })}
      >
        <Icon name="search" />
        <span className={css.hint}>{t('palette.hint')}</span>
        <Keys chord="Mod+K" />
      </UnstyledButton>
      <ExchangeClocks />
      {isDemo ? (
        <span className={css.demo} title={t('demo.says')}>
          {t('demo.word')}
        </span>
      ) : null}
      <ConnectionPill />
      <Inbox />
      <UserMenu />
    </header>
  )
}
