import { Combobox, useCombobox } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import type { Client } from '../../contract/index.ts'
import type { InstrumentWire } from '../../contract/market.ts'
import { useDesk } from '../desk.tsx'
import { notifyFault } from '../ui/notice-fault.ts'
import { useText } from '../ui/text.ts'
import css from './watchlist.module.css'
import { symbolsOf } from './watchlist-text.ts'

/** What was found for the text typed: an instrument that is here, or a symbol that a source would bring. */
type Found =
  | { readonly kind: 'here'; readonly id: string; readonly symbol: string; readonly name: string; readonly note: string }
  | { readonly kind: 'source'; readonly source: string; readonly symbol: string; readonly name: string; readonly note: string }

const HERE_MS = 90
/** A source is asked over the network: only once the typing has paused. */
const SOURCE_MS = 400
const SHOWN = 12

const here = ({ id, symbol, name, venue }: InstrumentWire): Found => ({ kind: 'here', id, symbol, name, note: venue })

async function findAtSources(desk: Client, text: string): Promise<Found[]> {
  const { sources } = await desk.sources.list()
  const asked = sources.filter(source => source.enabled && source.gives === 'delayed')
  const answers = await Promise.allSettled(
    asked.map(async source => ({ source, ...(await desk.sources.find({ name: source.name, text })) })),
  )
  return answers.flatMap(answer =>
    answer.status === 'fulfilled'
      ? answer.value.found.map(
          ({ symbol, name, venue }): Found => ({
            kind: 'source',
            source: answer.value.source.name,
            symbol,
            name,
            note: `${answer.value.source.title} · ${venue}`,
          }),
        )
      : [],
  )
}

/** Looks up while one types; what is here at once, what a source has after a pause. */
function useFound(text: string) {
  const desk = useDesk()
  const [found, setFound] = useState<{ for: string; here: readonly Found[]; outside: readonly Found[]; isDone: boolean }>({
    for: '',
    here: [],
    outside: [],
    isDone: true,
  })
  useEffect(() => {
    if (text === '' || symbolsOf(text).length > 1) return setFound({ for: text, here: [], outside: [], isDone: true })
    const stop = new AbortController()
    const soon = setTimeout(() => {
      desk.market.search({ text, limit: SHOWN }, { signal: stop.signal }).then(
        ({ instruments }) => setFound(before => ({ ...before, for: text, here: instruments.map(here), isDone: false })),
        () => {},
      )
    }, HERE_MS)
    const later = setTimeout(() => {
      findAtSources(desk, text).then(
        outside => !stop.signal.aborted && setFound(before => ({ ...before, outside: outside.slice(0, SHOWN), isDone: true })),
        () => !stop.signal.aborted && setFound(before => ({ ...before, isDone: true })),
      )
    }, SOURCE_MS)
    setFound(before => ({ ...before, outside: [], isDone: false }))
    return () => {
      clearTimeout(soon)
      clearTimeout(later)
      stop.abort()
    }
  }, [desk, text])
  return found
}

/** Field that adds to a list: a symbol or name with suggestions, or several symbols at once. */
export function AddSymbol({
  isIn,
  onAdd,
  onText,
}: {
  isIn(id: string): boolean
  onAdd(id: string, symbol: string): void
  /** Several symbols were typed or pasted. */
  onText(text: string): void
}) {
  const { t } = useText()
  const desk = useDesk()
  const [text, setText] = useState('')
  const found = useFound(text.trim())
  const field = useRef<HTMLInputElement>(null)
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const options = [...found.here, ...found.outside]
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first of a new list of suggestions is the one that Enter takes
  useEffect(() => void combobox.selectFirstOption(), [options.length, found.for])

  async function take(option: Found): Promise<void> {
    setText('')
    combobox.closeDropdown()
    field.current?.focus()
    if (option.kind === 'here') return onAdd(option.id, option.symbol)
    try {
      const { instrument } = await desk.sources.add({ name: option.source, symbol: option.symbol })
      onAdd(instrument.id, instrument.symbol)
    } catch (fault) {
      notifyFault(fault)
    }
  }
  const several = symbolsOf(text).length > 1
  return (
    <Combobox
      store={combobox}
      onOptionSubmit={value => {
        const option = options[Number(value)]
        if (option) void take(option)
      }}
      withinPortal
      position="bottom-start"
      width={340}
    >
      <Combobox.Target>
        <input
          ref={field}
          className={css.add}
          value={text}
          placeholder={t('watchlist.add')}
          aria-label={t('watchlist.add')}
          title={t('watchlist.addHint')}
          spellCheck={false}
          autoComplete="off"
          onChange={event => {
            setText(event.currentTarget.value)
            combobox.openDropdown()
          }}
          onFocus={() => text && combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
          onKeyDown={event => {
            if (event.key === 'Enter' && several) {
              event.preventDefault()
              onText(text)
              setText('')
            } else if (event.key === 'Escape' && text) {
              event.stopPropagation()
              setText('')
              combobox.closeDropdown()
            }
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={text.trim() === '' || several}>
        <Combobox.Options className={css.options}>
          {options.map((option, k) => (
            <Combobox.Option key={`${option.kind}${option.symbol}${option.note}`} value={String(k)} className={css.option}>
              <strong>{option.symbol}</strong>
              <span className={css.optionName}>{option.name}</span>
              <span className={css.optionNote}>
                {option.kind === 'here' && isIn(option.id) ? t('watchlist.isIn') : option.note}
              </span>
            </Combobox.Option>
          ))}
          {options.length === 0 ? (
            <Combobox.Empty className={css.nothing}>
              {found.isDone && found.for !== '' ? t('watchlist.nothingFound', { text: text.trim() }) : t('watchlist.searching')}
            </Combobox.Empty>
          ) : null}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}
