import { useEffect, useState } from 'react'
import type { Client } from '../../contract/index.ts'
import { useDesk } from '../desk.tsx'
import { useText } from '../ui/text.ts'
import css from './watchlist.module.css'
import { symbolsOf } from './watchlist-text.ts'

/** Instruments that the words of a text stand for, in its order; the words that nothing is named by. */
export async function resolveSymbols(desk: Client, words: readonly string[]): Promise<{ ids: string[]; unknown: string[] }> {
  const found = await Promise.all(
    words.map(async word => {
      const { instruments } = await desk.market.search({ text: word, limit: 20 })
      const lower = word.toLowerCase()
      const match =
        instruments.find(({ id }) => id.toLowerCase() === lower) ??
        instruments.find(({ symbol }) => symbol.toLowerCase() === lower)
      return { word, id: match?.id ?? null }
    }),
  )
  const ids = found.flatMap(({ id }) => (id === null ? [] : [id]))
  return { ids: [...new Set(ids)], unknown: found.flatMap(({ word, id }) => (id === null ? [word] : [])) }
}

const LOOK_UP_MS = 250

/** A text of symbols, and what becomes of it before anything is changed. */
export function ImportSheet({
  initial,
  onTake,
  onClose,
}: {
  initial: string
  onTake(ids: readonly string[], asNew: boolean): void
  onClose(): void
}) {
  const { t } = useText()
  const desk = useDesk()
  const [text, setText] = useState(initial)
  const [read, setRead] = useState<{ ids: readonly string[]; unknown: readonly string[] }>({ ids: [], unknown: [] })
  useEffect(() => {
    let isCurrent = true
    const timer = setTimeout(() => {
      resolveSymbols(desk, symbolsOf(text)).then(
        result => isCurrent && setRead(result),
        () => {},
      )
    }, LOOK_UP_MS)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [desk, text])
  return (
    <form
      className={css.sheet}
      onSubmit={event => {
        event.preventDefault()
        onTake(read.ids, false)
      }}
      onKeyDown={event => event.key === 'Escape' && onClose()}
    >
      <p id="watchlist-import-words">{t('watchlist.importTitle')}</p>
      <textarea
        value={text}
        aria-labelledby="watchlist-import-words"
        spellCheck={false}
        ref={field => field?.focus()}
        onChange={event => setText(event.currentTarget.value)}
      />
      {read.unknown.length > 0 ? (
        <p data-tone="warn">{t('watchlist.importUnknown', { symbols: read.unknown.slice(0, 20).join(', ') })}</p>
      ) : null}
      <div className={css.buttons}>
        <button type="submit" className={css.primary} disabled={read.ids.length === 0}>
          {t('watchlist.importAs', { count: read.ids.length })}
        </button>
        <button type="button" className={css.secondary} disabled={read.ids.length === 0} onClick={() => onTake(read.ids, true)}>
          {t('watchlist.importNew')}
        </button>
        <button type="button" className={css.secondary} onClick={onClose}>
          {t('watchlist.cancel')}
        </button>
      </div>
    </form>
  )
}
