import { type KeyboardEvent, useEffect, useId, useState } from 'react'
import { useDesk } from '../../desk.tsx'
import { useFormat } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { useText } from '../../ui/text.ts'
import css from './search.module.css'

type Suggestion = Awaited<ReturnType<ReturnType<typeof useDesk>['color']['search']['suggest']>>['suggestions'][number]

/** Typing rests so long before it is asked what it may mean. */
const REST_MS = 80

/** The field of a search, with what the text may mean under it; arrows choose, Enter takes, Esc leaves. */
export function SearchText({ value, onChange }: { value: string; onChange(text: string): void }) {
  const { t } = useText()
  const format = useFormat()
  const desk = useDesk()
  const id = useId()
  const [list, setList] = useState<readonly Suggestion[]>([])
  const [at, setAt] = useState(-1)
  const [isOpen, setOpen] = useState(false)
  useEffect(() => {
    if (!isOpen || value.trim().length < 2) {
      setList([])
      return
    }
    const stop = new AbortController()
    const timer = setTimeout(() => {
      desk.color.search.suggest({ text: value }, { signal: stop.signal }).then(
        ({ suggestions }) => {
          setList(suggestions.slice(0, 10))
          setAt(-1)
        },
        // A search without suggestions still searches.
        () => undefined,
      )
    }, REST_MS)
    return () => {
      stop.abort()
      clearTimeout(timer)
    }
  }, [desk, value, isOpen])
  const take = (one: Suggestion) => {
    onChange(one.value)
    setOpen(false)
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setOpen(true)
      if (list.length > 0) setAt(before => (before + (event.key === 'ArrowDown' ? 1 : list.length)) % list.length)
    } else if (event.key === 'Enter') {
      const chosen = isOpen ? list[at] : undefined
      if (chosen) take(chosen)
      else setOpen(false)
    } else if (event.key === 'Escape' && isOpen && list.length > 0) {
      event.preventDefault()
      event.stopPropagation()
      setOpen(false)
    }
  }
  const shows = isOpen && list.length > 0
  return (
    <div className={css.text}>
      <Icon name="search" size={12} />
      <input
        type="search"
        role="combobox"
        aria-label={t('colorSearch.field')}
        aria-expanded={shows}
        aria-controls={`${id}-list`}
        aria-activedescendant={shows && at >= 0 ? `${id}-${at}` : undefined}
        aria-autocomplete="list"
        placeholder={t('colorSearch.field')}
        value={value}
        onChange={event => {
          onChange(event.currentTarget.value)
          setOpen(true)
        }}
        onKeyDown={press}
        onBlur={() => setOpen(false)}
      />
      {shows ? (
        <div role="listbox" id={`${id}-list`} aria-label={t('colorSearch.suggestions')}>
          {list.map((one, k) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard chooses from the field
            // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus
            <div
              key={`${one.kind} ${one.value}`}
              id={`${id}-${k}`}
              role="option"
              aria-selected={k === at}
              onMouseDown={event => event.preventDefault()}
              onClick={() => take(one)}
            >
              <small>{t(`colorSearch.kind.${one.kind}`)}</small>
              <span>{one.value}</span>
              <em>{one.detail}</em>
              <small>{format.whole(one.rows)}</small>
            </div>
          ))}
        </div>
      ) : null}
    </div>
  )
}
