import { type ReactNode, useEffect, useState } from 'react'
import { tell } from './fault.ts'
import css from './states.module.css'
import { useText } from './text.ts'

/** What a panel is for, and the one button that fills it. */
export function Empty({
  title,
  children,
  action,
}: {
  title: string
  children?: ReactNode
  action?: { label: string; run(): void } | undefined
}) {
  return (
    <div className={css.state}>
      <h3 className={css.title}>{title}</h3>
      {children ? <div className={css.words}>{children}</div> : null}
      {action ? (
        <button type="button" className={css.primary} onClick={action.run}>
          {action.label}
        </button>
      ) : null}
    </div>
  )
}

/**
 * A skeleton of the right shape; after 2 s also what it waits for, with a way to stop waiting.
 *
 * `rows` draws table rows; `chart` one area.
 */
export function Loading({
  shape = 'rows',
  waitsFor,
  onCancel,
}: {
  shape?: 'rows' | 'chart' | 'text'
  waitsFor: string
  onCancel?: (() => void) | undefined
}) {
  const { t } = useText()
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setSeconds(before => before + 1), 1000)
    return () => clearInterval(timer)
  }, [])
  return (
    <div className={css.loading} aria-busy="true">
      <div className={css.skeleton} data-shape={shape} aria-hidden="true">
        {shape === 'chart' ? <i /> : ROWS.map(width => <i key={width} style={{ width: `${width}%` }} />)}
      </div>
      <div className={css.waits} role="status">
        {seconds < 2 ? (
          <span className={css.quiet}>{t('state.loading')}</span>
        ) : (
          <>
            <span>{t('state.waitsFor', { what: waitsFor })}</span>
            <span className={css.quiet}>{t('state.waited', { seconds })}</span>
            {onCancel ? (
              <button type="button" className={css.secondary} onClick={onCancel}>
                {t('state.cancel')}
              </button>
            ) : null}
          </>
        )}
      </div>
    </div>
  )
}
const ROWS = [72, 64, 81, 58, 77, 69, 62, 74]

/** The sentence of a failure with its remedy; try again, and copy what a report needs. */
export function Failure({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const { t, language } = useText()
  const [copied, setCopied] = useState(false)
  const told = tell(error, language)
  const copy = () => void navigator.clipboard.writeText(`${told.sentence}\n${told.details}`).then(() => setCopied(true))
  if (told.isForbidden) return <NotPermitted />
  return (
    <div className={css.state} role="alert">
      <h3 className={css.title} data-tone="bad">
        {t('state.failed')}
      </h3>
      <p className={css.words}>{told.sentence}</p>
      <div className={css.buttons}>
        {retry ? (
          <button type="button" className={css.primary} onClick={retry}>
            {t('state.retry')}
          </button>
        ) : null}
        <button type="button" className={css.secondary} onClick={copy}>
          {copied ? t('state.copied') : t('state.copyDetails')}
        </button>
      </div>
    </div>
  )
}

/** What the account may not see, and who can change that. */
export function NotPermitted({ who }: { who?: string }) {
  const { t } = useText()
  return (
    <div className={css.state}>
      <p className={css.words}>{t('state.notPermitted', { who: who ?? t('state.administrator') })}</p>
    </div>
  )
}
