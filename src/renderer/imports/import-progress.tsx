import { useFormat } from '../ui/format.ts'
import { useText } from '../ui/text.ts'
import css from './imports.module.css'

/** How far long work on a file is, with what ends it. */
export function Progress({
  label,
  done,
  of,
  detail = null,
  onCancel,
}: {
  label: string
  done: number | null
  of: number
  detail?: string | null
  onCancel(): void
}) {
  const { t } = useText()
  const format = useFormat()
  const share = done === null || of === 0 ? undefined : Math.min(1, done / of)
  return (
    <div className={css.progress} role="status">
      <span>{label}</span>
      <progress value={share} max={1} aria-label={label} />
      <span className={css.quiet}>{detail ?? (share === undefined ? '' : format.percent(share, { decimals: 0 }))}</span>
      <button type="button" className={css.secondary} onClick={onCancel}>
        {t('import.cancel')}
      </button>
    </div>
  )
}
