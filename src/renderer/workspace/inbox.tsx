import { UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import type { AlertRow } from '../../contract/options-alerts.ts'
import { useApp, useView } from '../app-context.tsx'
import { ANOMALIES, useOpenAlert } from '../options/anomaly-actions.ts'
import { detectorText, edgeText, subjectText } from '../options/anomaly-words.ts'
import { useAlerts } from '../options/use-alerts.ts'
import type { PanelName } from '../panels.ts'
import { useFormat } from '../ui/format.ts'
import { NoticeInbox } from '../ui/notice.tsx'
import { useText } from '../ui/text.ts'
import css from './inbox.module.css'

/** Alerts that fit without scrolling; the panel has them all. */
const SHOWN = 8

const isWaiting = ({ state }: AlertRow) => state === 'open' || state === 'late'

/** The bell of the top bar: what was said, and the alerts that wait, each one press from its card. */
export function Inbox() {
  const { alerts } = useAlerts()
  const { view } = useApp()
  const isOpen = useView(state => state.sheet === 'inbox')
  const [readUpTo, setReadUpTo] = useState(0)
  const waiting = [...(alerts?.values() ?? [])].filter(isWaiting)
  const newest = waiting[0]?.raisedAt ?? 0
  // What stands in an open inbox is read; it counts again only when something newer comes.
  if (isOpen && newest > readUpTo) setReadUpTo(newest)
  const unread = waiting.filter(({ raisedAt }) => raisedAt > readUpTo).length
  return (
    <NoticeInbox unread={unread}>
      {waiting.length > 0 ? <Waiting alerts={waiting} onLeave={() => view.setState({ sheet: 'none' })} /> : null}
    </NoticeInbox>
  )
}

function Waiting({ alerts, onLeave }: { alerts: readonly AlertRow[]; onLeave(): void }) {
  const { t } = useText()
  const format = useFormat()
  const { bench } = useApp()
  const open = useOpenAlert()
  const leaveTo = (run: () => void) => {
    onLeave()
    run()
  }
  return (
    <section className={css.alerts} aria-label={t('inbox.alerts')}>
      <div className={css.head}>
        <strong>{t('inbox.alerts')}</strong>
        <UnstyledButton className={css.all} onClick={() => leaveTo(() => bench.open(ANOMALIES as PanelName))}>
          {t('inbox.allAlerts')}
        </UnstyledButton>
      </div>
      <ul>
        {alerts.slice(0, SHOWN).map(alert => {
          const what = `${subjectText(alert, format)} ${detectorText(alert.detector)}`
          return (
            <li key={alert.id}>
              <UnstyledButton
                className={css.alert}
                data-severity={alert.severity}
                aria-label={t('inbox.openAlert', { what })}
                onClick={() => leaveTo(() => open(alert.id))}
              >
                <b>{subjectText(alert, format)}</b>
                <span>
                  {detectorText(alert.detector)} · {t(`alerts.direction.${alert.direction}`)}
                  {alert.edge === null ? '' : ` · ${edgeText(alert.edge, alert.multiplier, format)}`}
                </span>
                <time>{format.instant(alert.raisedAt, 'second')}</time>
              </UnstyledButton>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
