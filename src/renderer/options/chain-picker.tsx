import { Menu } from '@mantine/core'
import { useState } from 'react'
import type { UnderlyingState } from '../../contract/options.ts'
import { useDesk } from '../desk.tsx'
import { tell } from '../ui/fault.ts'
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
          <Menu.RadioItem
            key={other.key}
            value={other.key}
            checked={other.key === chain.key}
            closeMenuOnClick
            checkIcon={<Icon name="check" size={12} />}
            rightSection={
              other.contracts > 0 ? (
                <span className={css.note}>{t('chain.contracts', { count: format.whole(other.contracts) })}</span>
              ) : null
            }
            onChange={() => onPick(other)}
          >
            <b>{other.symbol}</b> <span className={css.note}>{other.name}</span>
          </Menu.RadioItem>
        ))}
        <Menu.Divider />
        <WatchItem chain={chain} />
        <AskYahoo onAdded={onPick} />
      </Menu.Dropdown>
    </Menu>
  )
}

/** Lets the detectors look at the chain while no panel shows it. */
function WatchItem({ chain }: { chain: UnderlyingState }) {
  const { t, language } = useText()
  const desk = useDesk()
  const [fault, setFault] = useState<unknown>(null)
  if (isFileChain(chain.key)) return null
  const flip = () => {
    setFault(null)
    desk.options.watchInBackground({ underlying: chain.key, on: !chain.watchedInBackground }).catch(setFault)
  }
  return (
    <>
      <Menu.CheckboxItem
        checked={chain.watchedInBackground}
        checkIcon={<Icon name="check" size={12} />}
        title={t('chain.watchHint')}
        onChange={flip}
      >
        {t('chain.watch', { symbol: chain.symbol })}
      </Menu.CheckboxItem>
      {fault ? <div className={css.menuWords}>{tell(fault, language).sentence}</div> : null}
    </>
  )
}

/** Asks Yahoo for the options on another symbol. */
function AskYahoo({ onAdded }: { onAdded(chain: UnderlyingState): void }) {
  const { t, language } = useText()
  const desk = useDesk()
  const [symbol, setSymbol] = useState('')
  const [state, setState] = useState<{ readonly isAsking: boolean; readonly fault: unknown }>({ isAsking: false, fault: null })
  const ask = () => {
    if (symbol.trim() === '' || state.isAsking) return
    setState({ isAsking: true, fault: null })
    desk.options.add({ source: 'yahoo', symbol: symbol.trim() }).then(
      ({ underlying }) => {
        setState({ isAsking: false, fault: null })
        setSymbol('')
        onAdded(underlying)
      },
      fault => setState({ isAsking: false, fault }),
    )
  }
  return (
    <form
      className={css.ask}
      onSubmit={event => {
        event.preventDefault()
        ask()
      }}
    >
      <input
        value={symbol}
        maxLength={20}
        aria-label={t('chain.askYahoo')}
        placeholder={t('chain.askYahoo')}
        onChange={event => setSymbol(event.currentTarget.value)}
        onKeyDown={event => event.key !== 'Escape' && event.stopPropagation()}
      />
      <button type="submit" className={css.secondary} disabled={symbol.trim() === '' || state.isAsking}>
        {state.isAsking ? t('chain.asking') : t('chain.ask')}
      </button>
      {state.fault ? <div className={css.menuWords}>{tell(state.fault, language).sentence}</div> : null}
    </form>
  )
}
