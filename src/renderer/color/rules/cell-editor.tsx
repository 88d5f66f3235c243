import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import type { Test } from '../../../core/rules/condition.ts'
import { useText } from '../../ui/text.ts'
import { type CellOption, fieldOptions, operatorOptions } from './cell-options.ts'
import { operatorLabel } from './rule-words.ts'
import css from './tree.module.css'
import type { Cell } from './tree-cursor.ts'

/** Values that stand in a column and begin in that way. */
export type LoadValues = (column: string, starts: string) => Promise<readonly { readonly value: string; readonly rows: number }[]>

/** How typing into a cell ended: on to the next one, back to the one before, or done. */
export type CellEnd = 'next' | 'back' | 'done'

const VALUES_AFTER_MS = 120

function useValues(test: Test, typed: string, isWanted: boolean, load: LoadValues): readonly CellOption[] {
  const [options, setOptions] = useState<readonly CellOption[]>([])
  useEffect(() => {
    if (!isWanted || test.field === '') return
    let isOver = false
    const timer = setTimeout(() => {
      load(test.field, typed.trim()).then(
        values => {
          if (!isOver) setOptions(values.map(({ value, rows }) => ({ value, label: value, about: rows.toLocaleString() })))
        },
        () => {}, // without proposals a value can still be typed
      )
    }, VALUES_AFTER_MS)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [test.field, typed, isWanted, load])
  return isWanted ? options : []
}

/** A cell that is typed into: what is there is proposed, and columns and operators must be one of those proposed. */
export function CellEditor({
  test,
  cell,
  start,
  load,
  onValue,
  onEnd,
  onCancel,
}: {
  test: Test
  cell: Cell
  /** First letters, which replace what stood there; null keeps it. */
  start: string | null
  load: LoadValues
  /** A column, an operator, or a value as it stands after each letter. */
  onValue(text: string): void
  onEnd(end: CellEnd): void
  onCancel(): void
}) {
  const { t } = useText()
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const isFree = cell === 'value' || cell === 'value2'
  const known = cell === 'operator' ? operatorLabel(test.operator, t) : (test[cell] ?? '')
  const [typed, setTyped] = useState(start ?? known)
  // Null until the arrows move it: what stands in the cell is chosen, or the first where nothing does.
  const [moved, setChosen] = useState<number | null>(null)
  const [isTouched, setTouched] = useState(start !== null)
  const [box, setBox] = useState<DOMRect | null>(null)
  // What stands there already narrows nothing: the whole list is shown until something is typed.
  const wanted = isTouched ? typed : ''
  const values = useValues(test, wanted, isFree, load)
  const options = isFree ? values : cell === 'field' ? fieldOptions(wanted, t) : operatorOptions(test, wanted, t)
  const ended = useRef(false)
  const standing = isTouched
    ? 0
    : Math.max(
        0,
        options.findIndex(({ value }) => value === test[cell]),
      )
  const chosen = moved ?? (isFree ? -1 : standing)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when typing begins
  useLayoutEffect(() => {
    const input = field.current!
    input.focus({ preventScroll: true })
    if (start === null) input.select()
    setBox(input.getBoundingClientRect())
    if (start !== null && isFree) onValue(start)
  }, [])

  const commit = (end: CellEnd | null, pick: CellOption | undefined = options[chosen]) => {
    if (ended.current) return
    if (pick && (isTouched || moved !== null || known === '' || end === null)) onValue(pick.value)
    else if (!isFree && isTouched && typed.trim() !== '') return
    ended.current = true
    if (end) onEnd(end)
  }
  const press = (event: React.KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey) {
      if (event.key === 'Enter' || event.key.toLowerCase() === 's') commit('done')
      else event.stopPropagation()
      return
    }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const by = event.key === 'ArrowDown' ? 1 : -1
      const least = isFree ? -1 : 0
      setChosen(Math.min(options.length - 1, Math.max(least, chosen + by)))
    } else if (event.key === 'Enter') commit('next')
    else if (event.key === 'Tab') commit(event.shiftKey ? 'back' : 'next')
    else if (event.key === 'Escape') {
      ended.current = true
      onCancel()
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  const nothing = !isFree && options.length === 0
  return (
    <span className={css.editor}>
      <input
        ref={field}
        role="combobox"
        aria-label={t(`colorRules.cell.${cell}`)}
        aria-expanded={options.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={chosen >= 0 && options[chosen] ? `${id}-${chosen}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        maxLength={2000}
        style={{ width: `${Math.min(40, Math.max(isFree ? 8 : 10, typed.length + 2))}ch` }}
        value={typed}
        onChange={event => {
          const text = event.currentTarget.value
          setTyped(text)
          setTouched(true)
          setChosen(null)
          if (isFree) onValue(text)
        }}
        onKeyDown={press}
        onBlur={() => {
          if (ended.current) return
          ended.current = true
          if (!isFree && isTouched && options[chosen]) onValue(options[chosen].value)
          onEnd('done')
        }}
      />
      {box && (options.length > 0 || nothing)
        ? createPortal(
            <div
              className={css.options}
              id={`${id}-list`}
              role="listbox"
              style={placeOf(box)}
              aria-label={t(`colorRules.cell.${cell}`)}
            >
              {nothing ? (
                <div className={css.none}>{t(`colorRules.noneOf.${cell === 'field' ? 'field' : 'operator'}`)}</div>
              ) : null}
              {options.slice(0, 50).map((option, k) => (
                <div
                  key={option.value}
                  id={`${id}-${k}`}
                  ref={k === chosen ? element => element?.scrollIntoView({ block: 'nearest' }) : undefined}
                  role="option"
                  tabIndex={-1}
                  aria-selected={k === chosen}
                  onPointerDown={event => {
                    event.preventDefault()
                    commit(null, option)
                    onEnd('next')
                  }}
                >
                  <span>{option.label}</span>
                  <em>{option.about}</em>
                </div>
              ))}
            </div>,
            document.body,
          )
        : null}
    </span>
  )
}

const LIST_HEIGHT = 232

/** Under the cell, or above it where there is no room. */
function placeOf(box: DOMRect): React.CSSProperties {
  const isBelow = box.bottom + LIST_HEIGHT < window.innerHeight
  return {
    left: box.left,
    maxHeight: LIST_HEIGHT,
    ...(isBelow ? { top: box.bottom + 2 } : { bottom: window.innerHeight - box.top + 2 }),
  }
}
