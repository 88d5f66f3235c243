import type { ReactNode } from 'react'
import { createPortal } from 'react-dom'
import css from './form.module.css'
import { Icon, type IconName } from './icons.tsx'

/** Puts a panel's own actions into its header; nothing is drawn until the header is there. */
export function HeaderActions({ into, children }: { into: HTMLElement | null; children: ReactNode }) {
  return into ? createPortal(children, into) : null
}

/** A small button with a drawing; `label` is its name for everyone. */
export function IconButton({
  icon,
  label,
  onClick,
  pressed,
  disabled,
}: {
  icon: IconName
  label: string
  onClick(): void
  pressed?: boolean | undefined
  disabled?: boolean | undefined
}) {
  return (
    <button
      type="button"
      className={css.icon}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  )
}

/** A search field for the top of a panel. */
export function SearchField({
  label,
  value,
  onChange,
  width,
}: {
  label: string
  value: string
  onChange(text: string): void
  width?: number | undefined
}) {
  return (
    <label className={css.search} style={width ? { width } : undefined}>
      <Icon name="search" size={12} />
      <span className="visually-hidden">{label}</span>
      <input type="search" value={value} placeholder={label} onChange={event => onChange(event.currentTarget.value)} />
    </label>
  )
}

/** A name with its value under it, for blocks of figures. */
export function Figure({
  name,
  children,
  title,
  tone,
}: {
  name: string
  children: ReactNode
  title?: string | undefined
  tone?: 'bad' | 'warn' | 'good' | undefined
}) {
  return (
    <div className={css.figure} title={title}>
      <dt>{name}</dt>
      <dd data-tone={tone}>{children}</dd>
    </div>
  )
}

/** Figures in as many columns as fit. */
export function Figures({ children }: { children: ReactNode }) {
  return <dl className={css.figures}>{children}</dl>
}
