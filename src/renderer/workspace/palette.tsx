import { Modal } from '@mantine/core'
import { Command } from 'cmdk'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useApp } from '../app-context.tsx'
import { Icon, isIcon } from '../ui/icons.tsx'
import { Keys } from '../ui/kbd.tsx'
import { useText } from '../ui/text.ts'
import css from './palette.module.css'
import { type Entry, rank, useEntries, useSymbols } from './palette-entries.ts'
import { readRecent, rememberRecent } from './recent.ts'

/** Enter waits so long for the search of what was typed; then what is there counts. */
const PATIENCE_MS = 1500

/** Symbols, panels, workspaces, commands and settings in one field; all of it by keyboard. */
export function Palette({ onClose }: { onClose: () => void }) {
  const app = useApp()
  const { t } = useText()
  const [typed, setTyped] = useState('')
  const [selected, setSelected] = useState('')
  const entries = useEntries()
  const { symbols, failure, isSearching } = useSymbols(typed)
  const recent = useMemo(readRecent, [])
  const groups = useMemo(() => rank([...symbols, ...entries], typed, recent), [symbols, entries, typed, recent])
  const first = groups[0]?.entries[0]?.id ?? ''
  // What is best is chosen until a person moves; results that arrive later must not move the choice.
  useEffect(() => setSelected(first), [first])
  const run = (entry: Entry) => {
    rememberRecent(entry.id)
    onClose()
    // After the focus has gone back to where it was, so that the command acts there.
    setTimeout(() => entry.run(app))
  }
  const hasMoved = useRef(false)
  const [isAwaited, setAwaited] = useState(false)
  // Enter means the best answer to the text in the field, not to the text of a moment ago.
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') hasMoved.current = true
    if (event.key !== 'Enter' || !isSearching || hasMoved.current) return
    event.preventDefault()
    setAwaited(true)
  }
  const best = useRef<() => void>(() => {})
  best.current = () => {
    setAwaited(false)
    const entry = groups[0]?.entries[0]
    if (entry) run(entry)
  }
  useEffect(() => {
    if (!isAwaited) return
    if (!isSearching) return best.current()
    const timer = setTimeout(() => best.current(), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [isAwaited, isSearching])
  const type = (text: string) => {
    hasMoved.current = false
    setAwaited(false)
    setTyped(text)
  }
  return (
    <Modal.Root opened onClose={onClose} size={620}>
      <Modal.Overlay />
      <Modal.Content aria-label={t('palette.title')}>
        <Command
          label={t('palette.title')}
          shouldFilter={false}
          value={selected}
          onValueChange={setSelected}
          onKeyDown={press}
          loop
        >
          <div className={css.field}>
            <Icon name="search" size={15} />
            <Command.Input value={typed} onValueChange={type} placeholder={t('palette.placeholder')} autoFocus data-autofocus />
          </div>
          <Command.List className={css.list}>
            {groups.map(group => (
              <Command.Group key={group.title} heading={t(group.title)}>
                {group.entries.map(entry => (
                  <Command.Item key={entry.id} value={entry.id} onSelect={() => run(entry)} className={css.item ?? ''}>
                    <span className={css.icon}>{entry.icon && isIcon(entry.icon) ? <Icon name={entry.icon} /> : null}</span>
                    <span className={css.title}>{entry.title}</span>
                    {entry.detail ? <span className={css.detail}>{entry.detail}</span> : null}
                    <span className={css.keys}>
                      <Keys chord={entry.keys} />
                    </span>
                  </Command.Item>
                ))}
              </Command.Group>
            ))}
            {groups.length === 0 ? (
              <p className={css.none}>{isSearching ? t('palette.searching') : t('palette.nothing', { text: typed })}</p>
            ) : null}
            {failure ? <p className={css.none}>{t('palette.symbolsFailed', { reason: failure })}</p> : null}
          </Command.List>
          <div className={css.foot}>{t('palette.keysHelp')}</div>
        </Command>
      </Modal.Content>
    </Modal.Root>
  )
}
