import { useEffect, useState } from 'react'
import type { SessionView } from '../../../contract/color-sessions.ts'
import { useDesk } from '../../desk.tsx'
import { useFormat } from '../../ui/format.ts'
import { Failure, Loading } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import css from './session.module.css'
import { commandWords } from './session-words.ts'
import type { HistoryEntry } from './undo-names.ts'

/** What was done in a session, newest first. */
export function SessionHistory({ session: { id, revision } }: { session: SessionView }) {
  const desk = useDesk()
  const { t } = useText()
  const format = useFormat()
  const [entries, setEntries] = useState<readonly HistoryEntry[] | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  const [limit, setLimit] = useState(200)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each revision is another history
  useEffect(() => {
    let isGone = false
    desk.color.sessions.history({ session: id, limit }).then(
      found => !isGone && setEntries(found.entries),
      why => !isGone && setFault(why),
    )
    return () => {
      isGone = true
    }
  }, [desk, id, revision, limit])
  if (fault) return <Failure error={fault} />
  if (!entries) return <Loading waitsFor={t('colorSession.waitHistory')} />
  if (entries.length === 0) return <p className={css.words}>{t('colorSession.noHistory')}</p>
  return (
    <>
      <ol className={css.history}>
        {entries.map((entry, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two commands of one instant differ by their place alone
          <li key={`${entry.at} ${at}`}>
            <time title={format.instant(entry.at, 'dateSecond')}>{format.instant(entry.at, 'second')}</time>
            <span className={css.did}>
              {commandWords(entry, t)}
              {entry.text ? <q>{entry.text}</q> : null}
            </span>
            <span className={css.quiet}>{entry.user}</span>
          </li>
        ))}
      </ol>
      {entries.length === limit && limit < 1000 ? (
        <button type="button" className={css.link} onClick={() => setLimit(1000)}>
          {t('colorSession.moreHistory')}
        </button>
      ) : null}
    </>
  )
}
