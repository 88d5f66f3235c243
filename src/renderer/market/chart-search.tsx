import { TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { InstrumentWire } from '../../contract/market.ts'
import { useDesk } from '../desk.tsx'
import { tell } from '../ui/fault.ts'
import { useText } from '../ui/text.ts'
import css from './chart-panel.module.css'

interface Found {
  readonly text: string
  readonly instruments: readonly InstrumentWire[]
  readonly fault: string | null
}

/** Finds an instrument by symbol or name; arrows choose, Enter takes. */
export function SymbolSearch({ label, onPick }: { label: string; onPick(instrument: InstrumentWire): void }) {
  const desk = useDesk()
  const { t } = useText()
  const [text, setText] = useState('')
  const [found, setFound] = useState<Found | null>(null)
  const [active, setActive] = useState(0)
  useEffect(() => {
    const stop = new AbortController()
    // Typing goes on: only the text that stays for a moment is asked for.
    const timer = setTimeout(() => {
      desk.market
        .search({ text, limit: 30 }, { signal: stop.signal })
        .then(({ instruments }) => {
          setFound({ text, instruments, fault: null })
          setActive(0)
        })
        .catch((error: unknown) => {
          if (!stop.signal.aborted) setFound({ text, instruments: [], fault: tell(error).sentence })
        })
    }, 120)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [desk, text])
  const list = found?.instruments ?? []
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'ArrowDown') setActive(at => Math.min(at + 1, list.length - 1))
    else if (event.key === 'ArrowUp') setActive(at => Math.max(at - 1, 0))
    else if (event.key === 'Enter' && list[active]) onPick(list[active])
    else return
    event.preventDefault()
  }
  return (
    <div className={css.menu}>
      <TextInput
        data-autofocus
        size="xs"
        aria-label={label}
        placeholder={t('chart.search')}
        value={text}
        onChange={event => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <div className={css.list}>
        {list.map((instrument, k) => (
          <button
            key={instrument.id}
            type="button"
            className={css.row}
            data-active={k === active}
            tabIndex={-1}
            onClick={() => onPick(instrument)}
          >
            <strong>{instrument.symbol}</strong>
            <span className={`${css.grow} ${css.quiet}`}>{instrument.name === instrument.symbol ? '' : instrument.name}</span>
            <span className={css.quiet}>{instrument.venue}</span>
          </button>
        ))}
        {found?.fault ? <p className={css.note}>{found.fault}</p> : null}
        {found && !found.fault && list.length === 0 ? <p className={css.note}>{t('chart.searchNone', { text })}</p> : null}
      </div>
    </div>
  )
}
