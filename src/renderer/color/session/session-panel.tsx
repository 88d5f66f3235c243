import { useEffect, useRef, useState } from 'react'
import type { SessionView } from '../../../contract/color-sessions.ts'
import { useDesk, useHello } from '../../desk.tsx'
import type { PanelProps } from '../../panels.ts'
import type { GridLayout } from '../../ui/grid-model.ts'
import { Failure, Loading } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import type { SessionViewName } from './row-book.ts'
import { SessionDesk } from './session-desk.tsx'
import { SessionStart } from './session-start.tsx'
import { useSessions } from './use-session.ts'

/** What a panel of sessions remembers. */
export interface SessionParams {
  readonly session?: string | null
  readonly view?: SessionViewName
  readonly layout?: GridLayout
}

/** Colors cleaned by hand: the sessions that are open, or one of them. */
export function Panel({ params, setParams, setTitle }: PanelProps<SessionParams>) {
  const { t } = useText()
  const { sessions, stream } = useSessions()
  const hello = useHello()
  const open = sessions?.find(({ id }) => id === params.session) ?? null
  const ended = useEnded(sessions && params.session && !open ? params.session : null)
  // One that was published here a moment ago is not in the list any more, and stays what it was until it is read again.
  const last = useRef<SessionView | null>(null)
  const session = open ?? ended ?? (params.session && last.current?.id === params.session ? last.current : null)
  last.current = session
  const name = session?.name
  useEffect(() => setTitle(name ?? t('panel.color-session')), [name, setTitle, t])
  const leave = () => setParams({ session: null, view: 'working' })

  if (!sessions)
    return stream.error ? (
      <Failure error={stream.error} retry={stream.retry} />
    ) : (
      <Loading waitsFor={t('colorSession.waitSessions')} />
    )
  const mayWrite = hello?.mayWrite.includes('color') ?? false
  if (session)
    return (
      <SessionDesk
        key={session.id}
        session={session}
        params={params}
        setParams={setParams}
        mayWrite={mayWrite}
        onLeave={leave}
        onOpen={id => setParams({ session: id, view: 'working' })}
      />
    )
  return <SessionStart sessions={sessions} mayWrite={mayWrite} onOpen={id => setParams({ session: id, view: 'working' })} />
}

/** A session that is no longer open, as one that was published a moment ago. */
function useEnded(id: string | null): SessionView | null {
  const desk = useDesk()
  const [found, setFound] = useState<SessionView | null>(null)
  useEffect(() => {
    if (id === null) return
    let isGone = false
    desk.color.sessions.list({ ended: true }).then(
      ({ sessions }) => !isGone && setFound(sessions.find(session => session.id === id) ?? null),
      () => undefined, // the list of those that are open stays
    )
    return () => {
      isGone = true
    }
  }, [desk, id])
  return id !== null && found?.id === id ? found : null
}
