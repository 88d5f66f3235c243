import { ActionIcon, Menu } from '@mantine/core'
import { useApp } from '../app-context.tsx'
import { openPanel } from '../commands.ts'
import { useDesk, useHello } from '../desk.tsx'
import { saveDiagnostics } from '../system/save-diagnostics.ts'
import { Icon } from '../ui/icons.tsx'
import { Keys } from '../ui/kbd.tsx'
import { notifyFault } from '../ui/notice-fault.ts'
import { useText } from '../ui/text.ts'

/** Who is at the desk and what that account may change; settings, shortcuts and what this is. */
export function UserMenu() {
  const app = useApp()
  const desk = useDesk()
  const hello = useHello()
  const { t } = useText()
  const name = t('user.title', { name: hello?.user ?? '' })
  return (
    <Menu width={250}>
      <Menu.Target>
        <ActionIcon aria-label={name} title={name}>
          <Icon name="user" size={15} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{name}</Menu.Label>
        {hello ? <Menu.Label>{t('user.rights', { rights: hello.mayWrite.join(', ') })}</Menu.Label> : null}
        <Menu.Divider />
        <Menu.Item
          leftSection={<Icon name="settings" />}
          rightSection={<Keys chord="Mod+," />}
          onClick={() => openPanel(app, 'settings')}
        >
          {t('panel.settings')}
        </Menu.Item>
        <Menu.Item
          leftSection={<Icon name="list" />}
          rightSection={<Keys chord="?" />}
          onClick={() => app.view.setState({ sheet: 'shortcuts' })}
        >
          {t('shortcuts.title')}
        </Menu.Item>
        <Menu.Item onClick={() => void saveDiagnostics(desk).catch(notifyFault)}>{t('diagnostics.save')}</Menu.Item>
        <Menu.Item onClick={() => app.view.setState({ sheet: 'about' })}>{t('user.about')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
