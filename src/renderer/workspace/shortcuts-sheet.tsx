import { Modal, TextInput } from '@mantine/core'
import { useState } from 'react'
import { COMMANDS, PANEL_KEYS, WORKSPACE_KEYS } from '../commands.ts'
import { PANELS } from '../panels.ts'
import { Icon } from '../ui/icons.tsx'
import { Keys } from '../ui/kbd.tsx'
import type { Chord } from '../ui/keys.ts'
import { type PlainKey, useText } from '../ui/text.ts'
import { fuzzy } from './fuzzy.ts'
import css from './shortcuts-sheet.module.css'

const GROUPS: readonly PlainKey[] = ['group.app', 'group.view', 'group.panels', 'group.workspaces']

/** Every command with its keys, from the table of commands. */
export function ShortcutsSheet({ onClose }: { onClose: () => void }) {
  const { t } = useText()
  const [typed, setTyped] = useState('')
  const lines: { group: PlainKey; title: string; keys: readonly Chord[] }[] = [
    ...COMMANDS.map(command => ({ group: command.group, title: t(command.title), keys: command.keys })),
    ...PANELS.flatMap(panel => {
      const keys = PANEL_KEYS[panel.kind]
      return keys ? [{ group: 'group.panels' as const, title: t('panel.open', { panel: t(panel.title) }), keys: [keys] }] : []
    }),
    {
      group: 'group.workspaces',
      title: t('workspace.goto', { name: '1–9' }),
      keys: [WORKSPACE_KEYS[0]!, WORKSPACE_KEYS.at(-1)!],
    },
  ]
  return (
    <Modal opened onClose={onClose} title={t('shortcuts.title')} size={880} closeButtonProps={{ 'aria-label': t('panel.close') }}>
      <TextInput
        data-autofocus
        aria-label={t('shortcuts.search')}
        placeholder={t('shortcuts.search')}
        leftSection={<Icon name="search" />}
        value={typed}
        onChange={event => setTyped(event.currentTarget.value)}
      />
      <div className={css.groups}>
        {GROUPS.map(group => {
          const shown = lines.filter(line => line.group === group && fuzzy(line.title, typed) > 0.25)
          if (shown.length === 0) return null
          return (
            <section key={group}>
              <h3>{t(group)}</h3>
              <dl className={css.lines}>
                {shown.map(line => (
                  <div key={line.title} className={css.line}>
                    <dt>{line.title}</dt>
                    <dd>
                      {line.keys.length === 0 ? <span className={css.none}>{t('shortcuts.none')}</span> : null}
                      {line.keys.map(chord => (
                        <Keys key={chord} chord={chord} />
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          )
        })}
      </div>
    </Modal>
  )
}
