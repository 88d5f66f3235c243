import { useEffect, useState } from 'react'
import type { SessionView } from '../../../contract/color-sessions.ts'
import { useApp } from '../../app-context.tsx'
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
  const desk = useDesk()
  const another = () =>
    void desk.color.sessions.open({ name: '', uploads: null }).then(({ session: { id } }) => onOpen(id), notifyFault)
  const restore = () => void desk.color.sessions.restore({ session: session.id }).catch(notifyFault)
  if (session.run !== null) return <Published session={session} run={session.run} {...(mayWrite ? { onAnother: another } : {})} />
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

/** The run that a session became, and the way to it. */
function Published({ session, run, onAnother }: { session: SessionView; run: string; onAnother?: () => void }) {
  const { t } = useText()
  const format = useFormat()
  const desk = useDesk()
  const { bench } = useApp()
  const [number, setNumber] = useState<number | null>(null)
  useEffect(() => {
    let isGone = false
    desk.color.runs.get({ run }).then(
      found => !isGone && setNumber(found.run.run?.number ?? null),
      () => undefined, // the link says what became of it
    )
    return () => {
      isGone = true
    }
  }, [desk, run])
  function show(): void {
    const { panels } = bench.store.getState()
    const there = Object.keys(panels).find(id => panels[id]?.kind === 'color-runs')
    if (there === undefined) bench.open('color-runs', { params: { run } })
    else {
      bench.setParams(there, { run, view: 'history', shown: null })
      bench.activate(there)
    }
  }
  const said = { rows: format.whole(session.statistics.working), at: format.instant(session.changed, 'dateMinute') }
  return (
    <p className={css.banner} data-tone="good" role="status">
      <Icon name="check" size={12} />
      <span>
        {number === null
          ? t('colorSession.published', said)
          : t('colorSession.publishedRun', { ...said, number: format.whole(number) })}
      </span>
      <button type="button" className={css.link} onClick={show}>
        {t('colorSession.showRun')}
      </button>
      {onAnother ? (
        <button type="button" className={css.link} onClick={onAnother}>
          {t('colorSession.openAnother')}
        </button>
      ) : null}
    </p>
  )
}
