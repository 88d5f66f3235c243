import { type ReactNode, useRef } from 'react'
import css from './drop-place.module.css'

/** Where a panel says that files may be dropped on it, with a button to pick one. */
export function DropPlace({
  says,
  pick,
  accept,
  onFile,
  children,
}: {
  says: string
  /** Words of the button. */
  pick: string
  /** Endings of names that are meant, as a file field takes them. */
  accept: string
  onFile(file: File): void
  /** More buttons. */
  children?: ReactNode
}) {
  const field = useRef<HTMLInputElement>(null)
  return (
    <div className={css.place}>
      <p>{says}</p>
      <div className={css.buttons}>
        {children}
        <button type="button" className={css.pick} onClick={() => field.current?.click()}>
          {pick}
        </button>
      </div>
      <input
        ref={field}
        type="file"
        hidden
        accept={accept}
        aria-label={pick}
        onChange={event => {
          const file = event.currentTarget.files?.[0]
          event.currentTarget.value = ''
          if (file) onFile(file)
        }}
      />
    </div>
  )
}
