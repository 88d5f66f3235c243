import { Menu } from '@mantine/core'
import { useApp, useBench } from '../app-context.tsx'
import { Icon } from '../ui/icons.tsx'
import { useText } from '../ui/text.ts'
import { LINKS, type LinkLetter } from './layout.ts'
import css from './link-chip.module.css'
import { symbolText } from './symbol-text.ts'

/** A link group as a letter on its colour; a dot where there is none. */
function Chip({ link }: { link: LinkLetter | null }) {
  return (
    <span className={css.chip} data-link={link ?? 'none'} aria-hidden="true">
      {link ?? '·'}
    </span>
  )
}

/**
 * The chip in the head of a panel; a press with the mouse opens the menu of groups.
 *
 * It is no button of its own, since a tab may hold none: by keyboard the same menu is in the panel's actions.
 */
export function LinkChip({ id }: { id: string }) {
  const { t } = useText()
  const link = useBench(state => state.panels[id]?.link ?? null)
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <span
          className={css.place}
          aria-hidden="true"
          title={link ? t('link.inGroup', { letter: link }) : t('link.notLinked')}
          onPointerDown={event => event.stopPropagation()}
        >
          <Chip link={link} />
        </span>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('link.menu')}</Menu.Label>
        <LinkItems id={id} />
      </Menu.Dropdown>
    </Menu>
  )
}

/** The link groups as items of a menu, each with the symbol it shows. */
export function LinkItems({ id }: { id: string }) {
  const { bench } = useApp()
  const { t } = useText()
  const link = useBench(state => state.panels[id]?.link ?? null)
  const links = useBench(state => state.links)
  const words = (letter: LinkLetter) => {
    const symbol = links[letter]
    return symbol ? t('link.groupWith', { letter, symbol: symbolText(symbol) }) : t('link.group', { letter })
  }
  return ([...LINKS, null] as const).map(letter => (
    <Menu.Item
      key={letter ?? 'none'}
      leftSection={<Chip link={letter} />}
      rightSection={link === letter ? <Icon name="check" /> : null}
      onClick={() => bench.setLink(id, letter)}
    >
      {letter ? words(letter) : t('link.none')}
    </Menu.Item>
  ))
}
