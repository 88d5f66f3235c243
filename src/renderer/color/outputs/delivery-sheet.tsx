import { Button } from '@mantine/core'
import type { DeliveryAttempt, DeliveryView } from '../../../contract/color-outputs.ts'
import { runReason } from '../../../contract/schedule.ts'
import { IconButton } from '../../ui/form.tsx'
import { useFormat } from '../../ui/format.ts'
import { useText } from '../../ui/text.ts'
import { possible, StateMark } from './delivery-state.tsx'
import css from './outputs.module.css'
import type { OutputActions } from './use-outputs.ts'

/** One delivery: why it is as it is, its receipt, and each of its tries. */
export function DeliverySheet({
  delivery,
  attempts,
  actions,
  mayWork,
  onClose,
}: {
  delivery: DeliveryView
  attempts: readonly DeliveryAttempt[]
  actions: OutputActions
  mayWork: boolean
  onClose(): void
}) {
  const { t, language } = useText()
  const can = possible(delivery)
  const target = delivery.target === 'mail' ? t('outputs.kind.mail') : delivery.targetName
  const title = t('outputs.sheet.title', { number: delivery.number, target })
  return (
    <section
      className={css.side}
      aria-label={title}
      onKeyDown={event => event.key === 'Escape' && !event.defaultPrevented && onClose()}
    >
      <header>
        <h3>{title}</h3>
        <IconButton icon="close" label={t('outputs.close')} onClick={onClose} />
      </header>
      <div className={css.standing}>
        <StateMark delivery={delivery} />
        {delivery.isDemo ? <b className={css.demo}>DEMO</b> : null}
      </div>
      {delivery.why !== null && delivery.state !== 'delivered' ? <p>{runReason(delivery.why, language)}</p> : null}
      {mayWork ? (
        <div className={css.buttons}>
          {can.retry ? (
            <Button size="compact-sm" onClick={() => actions.retry(delivery.id)}>
              {t('outputs.sheet.retry')}
            </Button>
          ) : null}
          {can.cancel ? (
            <Button size="compact-sm" variant="default" onClick={() => actions.cancel(delivery.id)}>
              {t('outputs.sheet.cancel')}
            </Button>
          ) : null}
          {delivery.state === 'delivered' ? (
            <Button size="compact-sm" variant="default" onClick={() => void actions.send(delivery.run, delivery.target, [])}>
              {t('outputs.sheet.again')}
            </Button>
          ) : null}
        </div>
      ) : null}
      <Receipt delivery={delivery} />
      <Tries delivery={delivery} attempts={attempts} />
    </section>
  )
}

function Receipt({ delivery: { receipt } }: { delivery: DeliveryView }) {
  const { t } = useText()
  const format = useFormat()
  if (!receipt) return null
  const { places, accepted, rejected, said } = receipt
  return (
    <>
      <h4>{t('outputs.sheet.receipt')}</h4>
      <ul className={css.places}>
        {places.map(({ place, sha256, bytes }) => (
          <li key={place}>
            <span>{place}</span>
            {bytes === null ? null : <span className={css.under}>{format.bytes(bytes)}</span>}
            {sha256 === null ? null : <code>sha256 {sha256}</code>}
          </li>
        ))}
      </ul>
      <dl className={css.facts}>
        {accepted.length > 0 ? (
          <>
            <dt>{t('outputs.sheet.accepted')}</dt>
            <dd>{accepted.join(', ')}</dd>
          </>
        ) : null}
        {rejected.length > 0 ? (
          <>
            <dt>{t('outputs.sheet.rejected')}</dt>
            <dd className={css.bad}>✕ {rejected.join(', ')}</dd>
          </>
        ) : null}
        {said === null ? null : (
          <>
            <dt>{t('outputs.sheet.said')}</dt>
            <dd>{said}</dd>
          </>
        )}
      </dl>
    </>
  )
}

function Tries({ delivery, attempts }: { delivery: DeliveryView; attempts: readonly DeliveryAttempt[] }) {
  const { t, language } = useText()
  const format = useFormat()
  return (
    <>
      <h4>{t('outputs.sheet.tries')}</h4>
      {delivery.attempts === 0 ? <p className={css.quiet}>{t('outputs.sheet.noTries')}</p> : null}
      <ol className={css.tries}>
        {attempts.map(({ entry, at, ok, seconds, why, recipients, subject }) => (
          <li key={entry}>
            <span className={css.try}>
              <span className={css.state} data-state={ok ? 'delivered' : 'failed'}>
                {ok ? '✓' : '✕'} {t(ok ? 'outputs.sheet.ok' : 'outputs.sheet.notOk')}
              </span>
              <span>{format.instant(at, 'dateSecond')}</span>
              <span className={css.under}>{t('outputs.sheet.took', { time: format.duration(seconds) })}</span>
            </span>
            {why === null ? null : <span className={css.under}>{runReason(why, language)}</span>}
            {subject === null ? null : <span className={css.under}>{`${subject} → ${recipients.join(', ')}`}</span>}
          </li>
        ))}
      </ol>
      {attempts.length < delivery.attempts ? <p className={css.quiet}>{t('outputs.sheet.olderTries')}</p> : null}
    </>
  )
}
