import { useRef } from 'react'
import css from './chain.module.css'

/** One of a few, side by side; the arrows move the choice. */
export function Choice<T extends string | number>({
  label,
  options,
  value,
  onChange,
}: {
  label: string
  options: readonly { readonly value: T; readonly label: string; readonly hint?: string }[]
  value: T
  onChange(value: T): void
}) {
  const group = useRef<HTMLDivElement>(null)
  const press = (event: React.KeyboardEvent) => {
    const by =
      event.key === 'ArrowRight' || event.key === 'ArrowDown' ? 1 : event.key === 'ArrowLeft' || event.key === 'ArrowUp' ? -1 : 0
    if (by === 0) return
    event.preventDefault()
    const at = options.findIndex(option => option.value === value)
    const next = (at + by + options.length) % options.length
    onChange(options[next]!.value)
    ;(group.current?.children[next] as HTMLElement | undefined)?.focus()
  }
  return (
    <div ref={group} className={css.choice} role="radiogroup" aria-label={label} onKeyDown={press}>
      {options.map(option => (
        // biome-ignore lint/a11y/useSemanticElements: a native radio cannot be drawn as a joined button
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          tabIndex={option.value === value ? 0 : -1}
          title={option.hint}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  )
}
