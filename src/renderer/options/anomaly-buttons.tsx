import { useState } from 'react'
import { type AlertRow, SNOOZE_SCOPES } from '../../contract/options-alerts.ts'
import { Keys } from '../ui/kbd.tsx'
import { useText } from '../ui/text.ts'
import css from './anomaly.module.css'
import { type SnoozeScope, useAlertActions } from './anomaly-actions.ts'

const DURATIONS = [15, 60, 240, 1440] as const

/** Marks and snooze of one alert. */
export function AlertButtons({ alert }: { alert: AlertRow }) {
  const { t } = useText()
  const actions = useAlertActions()
  const [scope, setScope] = useState<SnoozeScope>('alert')
  const [minutes, setMinutes] = useState<number>(60)
  const lasts = (span: number) => (span < 60 ? t('alerts.minutes', { count: span }) : t('alerts.hours', { count: span / 60 }))
  return (
    <div className={css.actions}>
      <span className={css.buttons}>
        <button
          type="button"
          className={css.secondary}
          aria-pressed={alert.mark === 'true'}
          onClick={() => actions.mark(alert, alert.mark === 'true' ? null : 'true')}
        >
          ✓ {t('alerts.markTrue')} <Keys chord="T" />
        </button>
        <button
          type="button"
          className={css.secondary}
          aria-pressed={alert.mark === 'false'}
          onClick={() => actions.mark(alert, alert.mark === 'false' ? null : 'false')}
        >
          ✗ {t('alerts.markFalse')} <Keys chord="F" />
        </button>
      </span>
      <span className={css.buttons}>
        {alert.snoozedUntil === null ? (
          <>
            <button type="button" className={css.secondary} onClick={() => actions.snooze(alert, scope, minutes)}>
              {t('alerts.snooze')} <Keys chord="S" />
            </button>
            <select
              aria-label={t('alerts.snoozeWhat')}
              value={scope}
              onChange={event => setScope(event.currentTarget.value as SnoozeScope)}
            >
              {SNOOZE_SCOPES.map(one => (
                <option key={one} value={one}>
                  {t(`alerts.snoozeScope.${one}`)}
                </option>
              ))}
            </select>
            <select
              aria-label={t('alerts.snoozeFor')}
              value={minutes}
              onChange={event => setMinutes(Number(event.currentTarget.value))}
            >
              {DURATIONS.map(span => (
                <option key={span} value={span}>
                  {lasts(span)}
                </option>
              ))}
            </select>
          </>
        ) : (
          <button
            type="button"
            className={css.secondary}
            onClick={() => {
              for (const one of SNOOZE_SCOPES) actions.snooze(alert, one, null)
            }}
          >
            {t('alerts.wake')} <Keys chord="S" />
          </button>
        )}
      </span>
    </div>
  )
}
