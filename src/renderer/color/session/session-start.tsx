import { Button } from '@mantine/core'
import { useState } from 'react'
import type { SessionView } from '../../../contract/color-sessions.ts'
import { useDesk } from '../../desk.tsx'
import { nowMicros } from '../../now.ts'
import { IconButton } from '../../ui/form.tsx'
import { useFormat } from '../../ui/format.ts'
import { Icon } from '../../ui/icons.tsx'
import { notifyFault } from '../../ui/notice-fault.ts'
import { notify } from '../../ui/notice-store.ts'
import { Empty } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import css from './session.module.css'
import { useWaiting, WaitingList } from './waiting-uploads.tsx'

/** The sessions that are open, and the way to a new one. */
export function SessionStart({
  sessions,
  mayWrite,
  onOpen,
}: {
  sessions: readonly SessionView[]
  mayWrite: boolean
  onOpen(session: string): void
}) {
  const desk = useDesk()
  const { t } = useText()
  const format = useFormat()
  const waiting = useWaiting()
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null)
  const [isOpening, setOpening] = useState(false)
  const all = waiting ?? []
  const uploads = all.filter(({ id }) => chosen === null || chosen.has(id))
  const rows = uploads.reduce((sum, { counts }) => sum + counts.accepted, 0)
  async function open(ids: string[]): Promise<void> {
    setOpening(true)
    try {
      onOpen((await desk.color.sessions.open({ name: '', uploads: ids })).session.id)
    } catch (fault) {
      notifyFault(fault)
    } finally {
      setOpening(false)
    }
  }
  async function discard(session: SessionView): Promise<void> {
    try {
      await desk.color.sessions.discard({ session: session.id })
      const undo = () => void desk.color.sessions.restore({ session: session.id }).catch(notifyFault)
      const text = t('colorSession.discarded', { name: session.name })
      notify({ tone: 'info', text, actions: [{ label: t('colorSession.bringBack'), run: undo }], seconds: 20 })
    } catch (fault) {
      notifyFault(fault)
    }
  }
  if (sessions.length === 0 && all.length === 0)
    return (
      <Empty
        title={t('colorSession.none')}
        action={mayWrite ? { label: t('colorSession.openEmpty'), run: () => void open([]) } : undefined}
      >
        {t(mayWrite ? 'colorSession.noneAbout' : 'colorSession.noneRead')}
      </Empty>
    )
  return (
    <div className={css.start}>
      {mayWrite ? (
        <section className={css.block} aria-label={t('colorSession.new')}>
          <header className={css.blockHead}>
            <h3>{t('colorSession.new')}</h3>
            <span className={css.quiet}>
              {all.length === 0 ? t('colorSession.nothingWaits') : t('colorSession.waiting', { count: all.length })}
            </span>
          </header>
          {all.length > 0 ? <WaitingList uploads={all} chosen={chosen} onChoose={setChosen} /> : null}
          <div className={css.actions}>
            <Button size="compact-sm" variant="filled" loading={isOpening} onClick={() => void open(uploads.map(({ id }) => id))}>
              {uploads.length === 0
                ? t('colorSession.openEmpty')
                : t('colorSession.openWith', { count: rows, rows: format.whole(rows) })}
            </Button>
          </div>
        </section>
      ) : null}
      <section className={css.block} aria-label={t('colorSession.openOnes')}>
        <header className={css.blockHead}>
          <h3>{t('colorSession.openOnes')}</h3>
          {sessions.length === 0 ? <span className={css.quiet}>{t('colorSession.noOpen')}</span> : null}
        </header>
        {sessions.length > 0 ? (
          <SessionTable sessions={sessions} mayWrite={mayWrite} onOpen={onOpen} onDiscard={session => void discard(session)} />
        ) : null}
      </section>
    </div>
  )
}

function SessionTable({
  sessions,
  mayWrite,
  onOpen,
  onDiscard,
}: {
  sessions: readonly SessionView[]
  mayWrite: boolean
  onOpen(session: string): void
  onDiscard(session: SessionView): void
}) {
  const { t } = useText()
  const format = useFormat()
  return (
    <table className={css.list}>
      <thead>
        <tr>
          <th scope="col">{t('colorSession.list.name')}</th>
          <th scope="col">{t('colorSession.list.user')}</th>
          <th scope="col" data-align="end">
            {t('colorSession.list.rows')}
          </th>
          <th scope="col" data-align="end">
            {t('colorSession.list.changed')}
          </th>
          <th scope="col">{t('colorSession.list.state')}</th>
          <th scope="col">
            <span className="visually-hidden">{t('colorSession.discard')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {sessions.map(session => (
          <tr key={session.id}>
            <td>
              <button type="button" className={css.link} onClick={() => onOpen(session.id)}>
                {session.name}
              </button>
            </td>
            <td>{session.user}</td>
            <td data-align="end">{format.whole(session.statistics.working)}</td>
            <td data-align="end" title={format.instant(session.changed, 'dateSecond')}>
              {t('colorSession.ago', { age: format.age(session.changed, nowMicros()) })}
            </td>
            <td>
              {session.stale ? (
                <span className={css.stale} title={t('colorSession.staleAbout')}>
                  <Icon name="warning" size={11} />
                  {t('colorSession.stale')}
                </span>
              ) : (
                t(`colorSession.status.${session.status}`)
              )}
            </td>
            <td data-align="end">
              {mayWrite ? (
                <IconButton
                  icon="close"
                  label={t('colorSession.discardNamed', { name: session.name })}
                  onClick={() => onDiscard(session)}
                />
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
