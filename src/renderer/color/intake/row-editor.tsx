import type { ColorProblemWire } from '../../../contract/color.ts'
import type { QuarantinedRow } from '../../../contract/color-intake.ts'
import { COLOR_COLUMNS } from '../../../core/color/color-columns.ts'
import { useText } from '../../ui/text.ts'
import css from './intake.module.css'
import { problemSentence } from './problem-words.ts'

/** What follows from others is worked out anew; nobody corrects it. */
const FOLLOWS: readonly string[] = ['PERCENT_DIFF', 'PRICE_DIFF', 'DIFF_STATUS', 'RANK']

/** The cells of a row that was set apart, to be corrected; what would still be wrong is said while typing. */
export function RowEditor({
  row,
  edits,
  problems,
  mayWrite,
  onEdit,
  onRelease,
  onDiscard,
  onForget,
  onLeave,
}: {
  row: QuarantinedRow
  edits: Readonly<Record<string, string | null>>
  problems: readonly ColorProblemWire[]
  mayWrite: boolean
  onEdit(column: string, text: string): void
  onRelease(): void
  onDiscard(): void
  onForget(): void
  onLeave(): void
}) {
  const { t } = useText()
  const wrong = problems.filter(({ outcome }) => outcome === 'quarantine')
  const about = (name: string) => problems.filter(({ column }) => column?.toUpperCase() === name)
  const elsewhere = problems.filter(({ column }) => !COLOR_COLUMNS.some(({ name }) => name === column?.toUpperCase()))
  return (
    <form
      className={css.editor}
      aria-label={t('colorIntake.correct')}
      onSubmit={event => {
        event.preventDefault()
        onRelease()
      }}
      onKeyDown={event => {
        if (event.key === 'Escape') onLeave()
        else if (event.key === 'Enter' && event.ctrlKey) onRelease()
      }}
    >
      <header className={css.sub}>
        <h4>
          {row.uploadName} · {t('colorIntake.atRow', { row: row.row })}
        </h4>
        <span role="status" data-tone={wrong.length === 0 ? 'good' : 'bad'}>
          {wrong.length === 0
            ? t('colorIntake.wouldPass')
            : elsewhere.map(one => `${one.column ? `${one.column}: ` : ''}${problemSentence(t, one)}`).join('. ')}
        </span>
        <span className={css.space} />
        {Object.keys(edits).length > 0 ? (
          <button type="button" className={css.link} onClick={onForget}>
            {t('colorIntake.undo')}
          </button>
        ) : null}
        {mayWrite ? (
          <>
            <button type="button" className={css.secondary} onClick={onDiscard}>
              {t('colorIntake.discard')}
            </button>
            <button type="submit" className={css.primary} title={t('colorIntake.releaseSays')}>
              {t('colorIntake.release')}
            </button>
          </>
        ) : null}
      </header>
      <div className={css.cells}>
        {COLOR_COLUMNS.filter(({ name }) => !FOLLOWS.includes(name)).map(({ name }) => {
          const own = about(name)
          const tone = own.some(one => one.outcome === 'quarantine') ? 'bad' : own.length > 0 ? 'warn' : undefined
          return (
            <label key={name} className={css.cellField} data-tone={tone} data-edited={edits[name] !== undefined || undefined}>
              <span>{name}</span>
              <input
                value={edits[name] ?? row.cells[name] ?? ''}
                readOnly={!mayWrite}
                aria-label={name}
                aria-describedby={own.length > 0 ? `problem-${name}` : undefined}
                aria-invalid={tone === 'bad'}
                spellCheck={false}
                onChange={event => onEdit(name, event.currentTarget.value)}
              />
              {own.length > 0 ? <em id={`problem-${name}`}>{own.map(one => problemSentence(t, one)).join('. ')}</em> : null}
            </label>
          )
        })}
      </div>
    </form>
  )
}
