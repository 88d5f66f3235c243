import type { SessionView } from '../../../contract/color-sessions.ts'
import { useDesk } from '../../desk.tsx'
import { useFormat } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { notifyFault } from '../../ui/notice-fault.ts'
import { useText } from '../../ui/text.ts'
import css from './session.module.css'
import type { SessionActions } from './session-actions.ts'

/** What is to be known before going on: it is published, somebody published the same rows, it may only be read. */
export function SessionBanner({
  session,
  mayWrite,
  actions,
  onOpen,
}: {
  session: SessionView
  mayWrite: boolean
  actions: SessionActions
  onOpen(session: string): void
}) {
  const { t } = useText()
  const format = useFormat()
  const desk = useDesk()
  const another = () =>
    void desk.color.sessions.open({ name: '', uploads: null }).then(({ session: { id } }) => onOpen(id), notifyFault)
  const restore = () => void desk.color.sessions.restore({ session: session.id }).catch(notifyFault)
  if (session.run !== null)
    return (
      <p className={css.banner} data-tone="good" role="status">
        <Icon name="check" size={12} />
        <span>
          {t('colorSession.published', {
            rows: format.whole(session.statistics.working),
            at: format.instant(session.changed, 'dateMinute'),
          })}
        </span>
        {mayWrite ? (
          <button type="button" className={css.link} onClick={another}>
            {t('colorSession.openAnother')}
          </button>
        ) : null}
      </p>
    )
  if (session.status === 'discarded')
    return (
      <p className={css.banner} role="status">
        <span>{t('colorSession.isDiscarded')}</span>
        {mayWrite ? (
          <button type="button" className={css.link} onClick={restore}>
            {t('colorSession.bringBack')}
          </button>
        ) : null}
      </p>
    )
  if (session.taken.length > 0)
    return (
      <p className={css.banner} data-tone="warn" role="alert">
        <Icon name="warning" size={12} />
        <span>
          {t('colorSession.taken', {
            names: session.taken.map(({ name }) => name).join(', '),
            by: [...new Set(session.taken.map(({ by }) => by))].join(', '),
          })}
        </span>
        {mayWrite ? (
          <button
            type="button"
            className={css.link}
            onClick={() => void actions.run({ kind: 'drop-uploads', uploads: session.taken.map(({ upload }) => upload) })}
          >
            {t('colorSession.takeOut')}
          </button>
        ) : null}
      </p>
    )
  if (!mayWrite) return <p className={css.banner}>{t('colorSession.readOnly')}</p>
  return null
}
