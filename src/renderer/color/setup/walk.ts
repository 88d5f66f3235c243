import type { KeyboardEvent } from 'react'

/** Up and Down go from one element of a list to the next. */
export function walk(event: KeyboardEvent<HTMLElement>, selector: string): void {
  const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (by === 0) return
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>(selector)].filter(one => !one.matches(':disabled'))
  const next = all[all.indexOf(document.activeElement as HTMLElement) + by]
  event.preventDefault()
  next?.focus()
}
