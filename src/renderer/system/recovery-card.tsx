import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { Recovery } from '../../contract/system.ts'
import { useConnection, useDesk } from '../desk.tsx'
import { type Format, useFormat } from '../ui/format.ts'
import { notifyFault } from '../ui/notice-fault.ts'
import { type Translate, useText } from '../ui/text.ts'
import css from './recovery-card.module.css'
import { saveDiagnostics } from './save-diagnostics.ts'

/** What a start after a crash or a restore brought back: beside the panels, which are usable at once, until it was read. */
export function RecoveryCard() {
  const desk = useDesk()
  const { t } = useText()
  const format = useFormat()
  const { generation } = useConnection()
  const [recovery, setRecovery] = useState<Recovery | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new connection may be to a host that was started again
  useEffect(() => {
    desk.system.recovery().then(
      found => setRecovery(found.recovery),
      () => {},
    )
  }, [desk, generation])
  if (!recovery) return null
  const close = () => {
    setRecovery(null)
    desk.system.recoveryRead().catch(notifyFault)
  }
  return (
    <aside className={css.card} aria-label={t('recovery.title')} data-recovery>
      <h2>{t(recovery.why === 'restored' ? 'recovery.restored' : 'recovery.notClosed')}</h2>
      <p>{introduction(recovery, t, format)}</p>
      <h3>{t('recovery.here')}</h3>
      <ul>
        {recovery.kept.map(({ what, count }) => (
          <li key={what}>
            <span className={css.count}>{format.whole(count)}</span> {t(`recovery.kept.${what}`, { count })}
          </li>
        ))}
      </ul>
      {recovery.interrupted.length > 0 ? (
        <>
          <h3>{t('recovery.interrupted')}</h3>
          <ul>
            {recovery.interrupted.map(work => (
              <li key={work}>{work}</li>
            ))}
          </ul>
        </>
      ) : null}
      {recovery.lossWindowSeconds > 0 ? (
        <p className={css.quiet}>{t('recovery.window', { window: format.duration(recovery.lossWindowSeconds) })}</p>
      ) : null}
      <div className={css.buttons}>
        <Button size="compact-sm" variant="default" onClick={() => void saveDiagnostics(desk).catch(notifyFault)}>
          {t('diagnostics.save')}
        </Button>
        <Button size="compact-sm" onClick={close}>
          {t('recovery.goOn')}
        </Button>
      </div>
    </aside>
  )
}

function introduction({ why, endedAt, backup }: Recovery, t: Translate, format: Format): string {
  if (why === 'restored' && backup)
    return t('recovery.fromBackup', { file: backup.file, time: format.instant(backup.madeAt, 'dateMinute') })
  return t('recovery.lastSeen', { time: format.instant(endedAt, 'dateMinute') })
}
