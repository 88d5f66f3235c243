import { useEffect, useRef, useState } from 'react'
import type { ActiveCell } from '../../ui/grid-view.ts'
import { columnWords } from './session-words.ts'
import css from './sheet.module.css'
import type { SheetPlace } from './sheet.tsx'

/** A cell that is being typed into. */
export interface Editing {
  readonly place: SheetPlace
  readonly cell: ActiveCell
  readonly text: string
  /** Whether it began with a letter, which takes the place of what stood there. */
  readonly wasTyped: boolean
}

const GO: Readonly<Record<string, 'down' | 'up'>> = { ArrowDown: 'down', ArrowUp: 'up' }

/** The field over a cell: Enter and Tab keep and move on, Esc leaves what stood there. */
export function CellEditor({
  editing,
  box,
  align,
  onEnd,
}: {
  editing: Editing
  box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number }
  align: 'start' | 'end' | 'center'
  onEnd(text: string | null, go: 'stay' | 'down' | 'up' | 'right' | 'left', takesFocus: boolean): void
}) {
  const [text, setText] = useState(editing.text)
  const field = useRef<HTMLInputElement>(null)
  const isOver = useRef(false)
  useEffect(() => {
    const input = field.current!
    input.focus({ preventScroll: true })
    if (editing.wasTyped) input.setSelectionRange(input.value.length, input.value.length)
    else input.select()
  }, [editing.wasTyped])
  const end: typeof onEnd = (next, go, takesFocus) => {
    if (isOver.current) return
    isOver.current = true
    onEnd(next, go, takesFocus)
  }
  return (
    <input
      ref={field}
      className={css.editor}
      data-align={align}
      style={{ left: box.left, top: box.top, minWidth: box.width, height: box.height }}
      size={Math.max(1, Math.min(60, text.length))}
      aria-label={columnWords(editing.place.column)}
      maxLength={2000}
      spellCheck={false}
      value={text}
      onChange={event => setText(event.currentTarget.value)}
      onPointerDown={event => event.stopPropagation()}
      onDoubleClick={event => event.stopPropagation()}
      onContextMenu={event => event.stopPropagation()}
      onBlur={() => end(text, 'stay', false)}
      onKeyDown={event => {
        event.stopPropagation()
        if (event.nativeEvent.isComposing) return
        const go =
          event.key === 'Enter'
            ? event.shiftKey
              ? 'up'
              : 'down'
            : event.key === 'Tab'
              ? event.shiftKey
                ? 'left'
                : 'right'
              : GO[event.key]
        if (event.key === 'Escape') end(null, 'stay', true)
        else if (go) end(text, go, true)
        else return
        event.preventDefault()
      }}
    />
  )
}
