import { Button, Checkbox } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { SessionRow, SessionView } from '../../../contract/color-sessions.ts'
import { useDesk } from '../../desk.tsx'
import { receiveFile } from '../../lab/export-file.ts'
import { useFormat } from '../../ui/format.ts'
import { notifyFault } from '../../ui/notice-fault.ts'
import { notify } from '../../ui/notice-store.ts'
import { Failure, Loading } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import css from './session.module.css'
import type { AsideProps } from './session-aside.tsx'
import { tellSession } from './session-fault.ts'
import { columnWords, problemWords } from './session-words.ts'
import { useOutputHead } from './use-output-head.ts'

const FORMATS = ['xlsx', 'csv', 'parquet'] as const
type Format = (typeof FORMATS)[number]

/** What would be published, as it would be written, and the button that does it: all of it or nothing. */
export function PublishSide({ session, mayChange, waiting, onJump, onClose }: AsideProps) {
  const desk = useDesk()
  const { t } = useText()
  const format = useFormat()
  const [replaces, setReplaces] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [fault, setFault] = useState<unknown>(null)
  const { statistics } = session
  const blocking = useBlocking(session)
  async function publish(): Promise<void> {
    setBusy(true)
    setFault(null)
    try {
      const done = await desk.color.sessions.publish({ session: session.id, revision: session.revision, replaceToday: replaces })
      notify({
        tone: 'good',
        text: t('colorSession.publishedAs', { number: done.number, count: done.session.statistics.working }),
      })
      onClose()
    } catch (why) {
      setFault(why)
    } finally {
      setBusy(false)
    }
  }
  async function save(kind: Format): Promise<void> {
    try {
      const pieces = await desk.color.sessions.export({ session: session.id, format: kind })
      await receiveFile(pieces, `${session.name}.${kind}`, kind, () => undefined)
    } catch (why) {
      notifyFault(why)
    }
  }
  return (
    <>
      <p className={css.summary}>
        {t('colorSession.summary', {
          rows: format.whole(statistics.working),
          parents: format.whole(statistics.parents),
          children: format.whole(statistics.children),
          cusips: format.whole(statistics.uniqueCusips),
        })}{' '}
        <span className={css.quiet}>
          {t('colorSession.summaryOut', {
            excluded: format.whole(statistics.excluded),
            deleted: format.whole(statistics.deleted),
          })}
        </span>
      </p>
      {blocking.length > 0 ? (
        <section className={css.blocking} role="alert">
          <p className={css.bad}>{t('colorSession.blocking', { count: statistics.errors })}</p>
          <ul>
            {blocking.slice(0, 200).map(({ row, column, words }) => (
              <li key={`${row.rowId} ${column}`}>
                <button type="button" className={css.link} onClick={() => onJump({ rowId: row.rowId, column, view: 'problems' })}>
                  {row.cells.CUSIP} {row.cells.TICKER}
                </button>
                <span>
                  {columnWords(column)}: {words}
                </span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {fault ? (
        <p className={css.bad} role="alert">
          {tellSession(fault).sentence} {t('colorSession.nothingPublished')}
        </p>
      ) : null}
      {mayChange ? (
        <div className={css.publishRow}>
          <Checkbox
            size="xs"
            label={t('colorSession.replaceToday')}
            description={t('colorSession.replaceTodayAbout')}
            checked={replaces}
            onChange={event => setReplaces(event.currentTarget.checked)}
          />
          <Button
            size="sm"
            variant="filled"
            loading={isBusy}
            disabled={statistics.working === 0 || statistics.errors > 0 || waiting > 0 || session.taken.length > 0}
            onClick={() => void publish()}
          >
            {t('colorSession.publishCount', { count: statistics.working, rows: format.whole(statistics.working) })}
          </Button>
        </div>
      ) : null}
      <div className={css.previewHead}>
        <h4 className={css.subhead}>{t('colorSession.preview')}</h4>
        <span className={css.quiet}>{t('colorSession.saveAs')}</span>
        {FORMATS.map(kind => (
          <Button
            key={kind}
            size="compact-xs"
            variant="default"
            disabled={statistics.working === 0}
            onClick={() => void save(kind)}
          >
            {kind}
          </Button>
        ))}
      </div>
      <Preview session={session} />
    </>
  )
}

interface Blocking {
  readonly row: SessionRow
  readonly column: string
  readonly words: string
}

/** Cells that keep the session from being published. */
function useBlocking({ id, revision, statistics: { errors } }: SessionView): readonly Blocking[] {
  const desk = useDesk()
  const { t } = useText()
  const [rows, setRows] = useState<readonly SessionRow[]>([])
  // biome-ignore lint/correctness/useExhaustiveDependencies: each revision has other problems
  useEffect(() => {
    if (errors === 0) return setRows([])
    let isGone = false
    desk.color.sessions.rows({ session: id, view: 'problems', text: '', offset: 0, limit: 5000 }).then(
      found => !isGone && setRows(found.rows),
      why => !isGone && notifyFault(why),
    )
    return () => {
      isGone = true
    }
  }, [desk, id, revision, errors])
  return rows.flatMap(row =>
    row.problems.flatMap(problem =>
      problem.outcome === 'quarantine' && problem.column
        ? [{ row, column: problem.column, words: problemWords(problem, t) }]
        : [],
    ),
  )
}

function Preview({ session }: { session: SessionView }) {
  const { t } = useText()
  const { head, rows, fault } = useOutputHead(session)
  if (session.statistics.working === 0) return <p className={css.words}>{t('colorSession.noRows.working')}</p>
  if (fault) return <Failure error={fault} />
  if (!head) return <Loading waitsFor={t('colorSession.waitPreview')} />
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and arrows must reach what is out of sight
    <section className={css.scroll} tabIndex={0} aria-label={t('colorSession.preview')}>
      <table className={css.output}>
        <thead>
          <tr>
            {head.map(name => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a file are known by their place
            <tr key={at}>
              {head.map((name, column) => (
                <td key={name}>{row[column] ?? ''}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className={css.words}>{t('colorSession.previewFirst', { count: rows.length })}</p>
    </section>
  )
}
