import { useText } from '../../ui/text.ts'
import type { CommandQueue } from './command-queue.ts'
import css from './session.module.css'
import { tellSession } from './session-fault.ts'

/** Why the last typed text does not stand, beside its cell: refused, or somebody else wrote there meanwhile. */
export function CellTrouble({
  queue,
  onUse,
}: {
  queue: CommandQueue
  onUse(cell: { rowId: string; field: string }, text: string, theirs: string | null): void
}) {
  const { t } = useText()
  const trouble = queue.trouble()
  if (!trouble) return null
  const { state } = trouble
  const leave = () => queue.forget(trouble)
  if (state.kind === 'refused')
    return (
      <div role="alert">
        {tellSession(state.fault).sentence}
        <div className={css.bubbleActions}>
          <span className={css.quiet}>{t('colorSession.refusedKeys')}</span>
          <button type="button" className={css.link} onClick={leave}>
            {t('colorSession.dismiss')}
          </button>
        </div>
      </div>
    )
  if (state.kind !== 'conflict') return null
  const { theirs, text } = state
  return (
    <div role="alert">
      {theirs === undefined ? t('colorSession.conflictGone') : t('colorSession.conflict')}
      <dl className={css.both}>
        <dt>{t('colorSession.conflictMine')}</dt>
        <dd>{text}</dd>
        {theirs === undefined ? null : (
          <>
            <dt>{t('colorSession.conflictTheirs')}</dt>
            <dd>{theirs ?? t('colorSession.empty')}</dd>
          </>
        )}
      </dl>
      <div className={css.bubbleActions}>
        {theirs === undefined ? null : (
          <button type="button" className={css.link} onClick={() => onUse(trouble, text, theirs)}>
            {t('colorSession.useMine')}
          </button>
        )}
        <button type="button" className={css.link} onClick={leave}>
          {t('colorSession.keepTheirs')} (Esc)
        </button>
      </div>
    </div>
  )
}
