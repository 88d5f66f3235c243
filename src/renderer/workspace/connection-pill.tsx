import { useEffect, useState } from 'react'
import { useConnection } from '../desk.tsx'
import { useFormat } from '../ui/format.ts'
import { useText } from '../ui/text.ts'
import css from './connection-pill.module.css'

/** Whether the host hears this page; while it does not, when the next try is, and a way to try now. */
export function ConnectionPill() {
  const { phase, retryAt, retryNow } = useConnection()
  const { t } = useText()
  const format = useFormat()
  const [now, setNow] = useState(() => performance.now())
  const isWaiting = phase !== 'open'
  useEffect(() => {
    if (!isWaiting) return
    const timer = setInterval(() => setNow(performance.now()), 250)
    return () => clearInterval(timer)
  }, [isWaiting])
  const words = t(`connection.${phase}`)
  const wait = retryAt === null ? null : Math.max(0, Math.ceil((retryAt - now) / 1000))
  return (
    <span className={css.pill} data-phase={phase}>
      <i className={css.dot} aria-hidden="true" />
      <span role="status">{words}</span>
      {phase === 'lost' || phase === 'refused' ? (
        <button
          type="button"
          className={css.again}
          onClick={retryNow}
          title={wait === null ? undefined : t('connection.retryIn', { seconds: format.whole(wait) })}
        >
          {t('connection.retryNow')}
        </button>
      ) : null}
    </span>
  )
}
