import { Button } from '@mantine/core'
import { useState } from 'react'
import type { SessionView } from '../../../contract/color-sessions.ts'
import { useFormat } from '../../ui/format.ts'
import { useText } from '../../ui/text.ts'
import css from './session.module.css'
import type { SessionActions } from './session-actions.ts'
import { useWaiting, WaitingList } from './waiting-uploads.tsx'

/** Further waiting uploads into a session that is open; the same row twice is one. */
export function MergeUploads({ session, actions }: { session: SessionView; actions: SessionActions }) {
  const { t } = useText()
  const format = useFormat()
  const waiting = useWaiting()
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [done, setDone] = useState<{ rows: number; same: number } | null>(null)
  const here = new Set(session.imports.flatMap(({ uploads }) => uploads))
  const all = (waiting ?? []).filter(({ id }) => !here.has(id))
  const ids = all.filter(({ id }) => chosen === null || chosen.has(id)).map(({ id }) => id)
  async function merge(): Promise<void> {
    setBusy(true)
    const told = await actions.run({ kind: 'import', uploads: ids })
    setBusy(false)
    if (told) setDone({ rows: told.rows, same: told.same })
  }
  return (
    <>
      {all.length === 0 ? (
        <p className={css.words}>{t('colorSession.nothingWaits')}</p>
      ) : (
        <WaitingList uploads={all} chosen={chosen} onChoose={setChosen} />
      )}
      <div className={css.actions}>
        <Button size="compact-sm" variant="filled" disabled={ids.length === 0} loading={isBusy} onClick={() => void merge()}>
          {t('colorSession.mergeCount', { count: ids.length })}
        </Button>
        <span role="status" className={css.quiet}>
          {done ? t('colorSession.merged', { count: done.rows, same: format.whole(done.same) }) : ''}
        </span>
      </div>
      {session.imports.length > 0 ? <h4 className={css.subhead}>{t('colorSession.imports')}</h4> : null}
      <ul className={css.plainList}>
        {session.imports.map(({ name, rows, same, uploads }) => (
          <li key={`${name} ${uploads.join()}`}>
            <span className={css.name} title={name}>
              {name}
            </span>
            <span className={css.number}>{t('colorSession.rows', { count: rows })}</span>
            {same > 0 ? <span className={css.quiet}>{t('colorSession.sameRows', { count: same })}</span> : null}
          </li>
        ))}
      </ul>
    </>
  )
}
