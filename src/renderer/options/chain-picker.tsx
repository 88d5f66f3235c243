import { Menu } from '@mantine/core'
import type { UnderlyingState } from '../../contract/options.ts'
import { useFormat } from '../ui/format.ts'
import { Icon } from '../ui/icons.tsx'
import { useText } from '../ui/text.ts'
import css from './chain.module.css'
import { isFileChain } from './chain-model.ts'

/** The name of the underlying, which opens the list of chains. */
export function ChainPicker({
  chain,
  chains,
  onPick,
}: {
  chain: UnderlyingState
  chains: readonly UnderlyingState[]
  onPick(chain: UnderlyingState): void
}) {
  const { t } = useText()
  const format = useFormat()
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className={css.symbol} title={t('chain.pick')}>
          <b>{chain.symbol}</b>
          {isFileChain(chain.key) ? <span className={css.tag}>{t('chain.file')}</span> : null}
          <Icon name="down" size={11} />
        </button>
      </Menu.Target>
      <Menu.Dropdown mah="60vh" style={{ overflowY: 'auto' }}>
        <Menu.Label>{t('chain.pick')}</Menu.Label>
        {chains.map(other => (
          <Menu.Item
            key={other.key}
            role="menuitemradio"
            aria-checked={other.key === chain.key}
            leftSection={<span className={css.check}>{other.key === chain.key ? <Icon name="check" size={12} /> : null}</span>}
            rightSection={<span className={css.note}>{t('chain.contracts', { count: format.whole(other.contracts) })}</span>}
            onClick={() => onPick(other)}
          >
            <b>{other.symbol}</b> <span className={css.note}>{other.name}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
