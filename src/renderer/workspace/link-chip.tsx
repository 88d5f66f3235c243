import { Menu, UnstyledButton } from '@mantine/core'
import { useApp, useBench } from '../app-context.tsx'
import { Icon } from '../ui/icons.tsx'
import { useText } from '../ui/text.ts'
import { LINKS } from './layout.ts'
import css from './link-chip.module.css'
import { symbolText } from './symbol-text.ts'

/** The chip of a panel's link group: a letter on its colour, and the menu that changes it. */
export function LinkChip({ id }: { id: string }) {
  const { bench } = useApp()
  const { t } = useText()
  const link = useBench(state => state.panels[id]?.link ?? null)
  const links = useBench(state => state.links)
  const name = link ? t('link.inGroup', { letter: link }) : t('link.notLinked')
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <UnstyledButton
          className={css.chip}
          data-link={link ?? 'none'}
          aria-label={name}
          title={name}
          onPointerDown={event => event.stopPropagation()}
          onClick={event => event.stopPropagation()}
        >
          {link ?? '·'}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('link.menu')}</Menu.Label>
        {LINKS.map(letter => (
          <Menu.Item
            key={letter}
            leftSection={
              <span className={css.chip} data-link={letter} aria-hidden="true">
                {letter}
              </span>
            }
            rightSection={link === letter ? <Icon name="check" /> : null}
            onClick={() => bench.setLink(id, letter)}
          >
            {links[letter] ? t('link.groupWith', { letter, symbol: symbolText(links[letter]) }) : t('link.group', { letter })}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={
            <span className={css.chip} data-link="none" aria-hidden="true">
              ·
            </span>
          }
          rightSection={link === null ? <Icon name="check" /> : null}
          onClick={() => bench.setLink(id, null)}
        >
          {t('link.none')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
