import { Button, Combobox, Loader, TextInput, useCombobox } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { Client } from '../../contract/index.ts'
import { useDesk } from '../desk.tsx'
import { tell } from '../ui/fault.ts'
import { notifyFault } from '../ui/notice-fault.ts'
import { notify } from '../ui/notice-store.ts'
import { useText } from '../ui/text.ts'
import css from './sources-panel.module.css'

type Found = Awaited<ReturnType<Client['sources']['find']>>['found'][number]

/** A vendor counts each question, so a search waits until the typing pauses. */
const PAUSE_MS = 350

/** Searches the symbols of a source, or takes one as typed, and brings it into the book. */
export function AddSymbol({ source, title, onAdded }: { source: string; title: string; onAdded(id: string): void }) {
  const desk = useDesk()
  const { t } = useText()
  const combobox = useCombobox()
  const [typed, setTyped] = useState('')
  const [found, setFound] = useState<{ text: string; list: readonly Found[]; failure: string | null } | null>(null)
  const [isAdding, setAdding] = useState(false)
  const text = typed.trim()
  useEffect(() => {
    if (text.length < 2) return setFound(null)
    const stop = new AbortController()
    const timer = setTimeout(() => {
      desk.sources
        .find({ name: source, text }, { signal: stop.signal })
        .then(answer => setFound({ text, list: answer.found, failure: null }))
        .catch(fault => {
          if (!stop.signal.aborted) setFound({ text, list: [], failure: tell(fault).sentence })
        })
    }, PAUSE_MS)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [desk, source, text])
  const add = (symbol: string) => {
    combobox.closeDropdown()
    setAdding(true)
    desk.sources
      .add({ name: source, symbol })
      .then(({ instrument }) => {
        setTyped('')
        notify({
          tone: 'good',
          text: t('source.added', { symbol: instrument.symbol, name: instrument.name }),
          actions: [{ label: t('source.showAdded'), run: () => onAdded(instrument.id) }],
        })
      })
      .catch(notifyFault)
      .finally(() => setAdding(false))
  }
  const isSearching = text.length >= 2 && found?.text !== text
  return (
    <form
      className={css.add}
      onSubmit={event => {
        event.preventDefault()
        if (text) add(text.toUpperCase())
      }}
    >
      <Combobox store={combobox} onOptionSubmit={add}>
        <Combobox.Target>
          <TextInput
            className={css.addField ?? ''}
            aria-label={t('source.addTo', { source: title })}
            placeholder={t('source.addHint')}
            value={typed}
            disabled={isAdding}
            rightSection={isSearching ? <Loader size={12} /> : null}
            onChange={event => {
              setTyped(event.currentTarget.value)
              combobox.openDropdown()
            }}
            onBlur={() => combobox.closeDropdown()}
          />
        </Combobox.Target>
        <Combobox.Dropdown hidden={!found || text.length < 2}>
          <Combobox.Options>
            {found?.list.map(one => (
              <Combobox.Option key={one.symbol} value={one.symbol}>
                <span className={css.found}>
                  <strong>{one.symbol}</strong>
                  <span>{one.name}</span>
                  <span className={css.foundKind}>{`${one.kind} · ${one.venue}`}</span>
                </span>
              </Combobox.Option>
            ))}
            {found && found.list.length === 0 ? (
              <Combobox.Empty>{found.failure ?? t('source.noneFound', { text })}</Combobox.Empty>
            ) : null}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      <Button type="submit" loading={isAdding} disabled={text === ''}>
        {t('source.add')}
      </Button>
    </form>
  )
}
