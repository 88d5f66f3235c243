import { useEffect, useState } from 'react'
import type { RowWhy as Why } from '../../../contract/color-rules.ts'
import type { SessionRow, SessionView } from '../../../contract/color-sessions.ts'
import { useDesk } from '../../desk.tsx'
import { useFormat } from '../../ui/format.ts'
import { Failure, Loading } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import type { PlaceStore } from './place-store.ts'
import type { RowBook } from './row-book.ts'
import css from './session.module.css'
import { columnWords, problemWords } from './session-words.ts'
import { TraceView } from './trace-view.tsx'
import { whyBefore } from './why-before.ts'

interface Known {
  readonly row: SessionRow
  readonly group: readonly SessionRow[]
}

/** Why a row is where it is: its group in order with what decided, rules with their conditions, edits, notes, problems. */
export function RowWhy({
  session,
  rowId,
  book,
  places,
}: {
  session: SessionView
  rowId: string
  book: RowBook
  places: PlaceStore
}) {
  const desk = useDesk()
  const { t } = useText()
  const [known, setKnown] = useState<Known | null>(null)
  const [why, setWhy] = useState<Why | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  const { place } = places.getState()
  const here = place?.row.rowId === rowId ? place.row : (known?.row ?? null)
  const cusip = here?.cells.CUSIP ?? null
  // biome-ignore lint/correctness/useExhaustiveDependencies: each revision may answer otherwise
  useEffect(() => {
    let isGone = false
    const when = cusip ? { when: { kind: 'test', field: 'CUSIP', operator: 'is', value: cusip } as const } : {}
    const group = desk.color.sessions.rows({ session: session.id, view: 'working', text: '', offset: 0, limit: 500, ...when })
    group.then(
      ({ rows }) => {
        if (isGone || !here) return
        setKnown({ row: rows.find(row => row.rowId === rowId) ?? here, group: cusip ? rows : [] })
      },
      why => !isGone && setFault(why),
    )
    if (here)
      desk.color.rules.why({ row: { cells: here.cells } }).then(
        found => !isGone && setWhy(found),
        why => !isGone && setFault(why),
      )
    return () => {
      isGone = true
    }
  }, [desk, session.id, session.revision, rowId, cusip, book])
  if (!known) return fault ? <Failure error={fault} /> : <Loading waitsFor={t('colorSession.waitWhy')} />
  return (
    <>
      <Facts row={known.row} session={session} />
      <Lineage known={known} direction={session.direction} />
      <h4 className={css.subhead}>{t('colorSession.whyRules')}</h4>
      {why ? (
        <Rules why={why} row={known.row} />
      ) : fault ? (
        <Failure error={fault} />
      ) : (
        <Loading waitsFor={t('colorSession.waitWhy')} />
      )}
    </>
  )
}

function Facts({ row, session }: { row: SessionRow; session: SessionView }) {
  const { t } = useText()
  const notes = session.notes.filter(({ rowId }) => rowId === row.rowId)
  const edited = Object.entries(row.edited)
  return (
    <>
      <p className={css.headline}>
        <strong>{row.cells.CUSIP}</strong> {row.cells.TICKER}
        <span className={css.quiet}>
          {row.cells.BIAS} · {row.cells.SOURCE} · {row.cells.MESSAGE_ID}
        </span>
      </p>
      {row.leftOut ? (
        <p className={css.warn}>
          {row.leftOut.kind === 'deleted'
            ? t('colorSession.whyDeleted')
            : t('colorSession.whyRule', {
                rule: session.statistics.byRule.find(({ rule }) => rule === row.leftOut?.rule)?.name ?? row.leftOut.rule ?? '',
              })}
        </p>
      ) : null}
      <ul className={css.facts}>
        {row.problems.map(problem => (
          <li key={`${problem.column} ${problem.kind}`} data-tone={problem.outcome === 'quarantine' ? 'bad' : 'warn'}>
            {problem.column ? `${columnWords(problem.column)}: ` : ''}
            {problemWords(problem, t)}
          </li>
        ))}
        {edited.map(([column, was]) => (
          <li key={column}>
            {columnWords(column)}: {row.cells[column] ?? t('colorSession.empty')}{' '}
            <span className={css.quiet}>
              ({was === null ? t('colorSession.wasEmpty') : t('colorSession.was', { text: was })})
            </span>
          </li>
        ))}
        {notes.map(({ text }) => (
          <li key={text}>
            {t('colorSession.col.NOTE')}: {text}
          </li>
        ))}
      </ul>
    </>
  )
}

function Lineage({ known: { row, group }, direction }: { known: Known; direction: SessionView['direction'] }) {
  const { t } = useText()
  if (group.length === 0) return null
  return (
    <>
      <h4 className={css.subhead}>{t('colorSession.whyGroup', { count: group.length })}</h4>
      <ol className={css.lineage}>
        {group.map((member, at) => (
          <li key={member.rowId} aria-current={member.rowId === row.rowId ? 'true' : undefined}>
            <span className={css.number}>{at === 0 ? t('colorSession.parent') : at}</span>
            <span className={css.lineageRow}>
              <b>{member.cells.PX ?? '—'}</b> {member.cells.BIAS} · {t('colorSession.rankOf', { rank: member.cells.RANK ?? '' })}{' '}
              · {member.cells.DATE} · {member.cells.SOURCE}
              {at + 1 < group.length ? (
                <span className={css.quiet}>{t(`colorSession.before.${whyBefore(member, group[at + 1]!, direction)}`)}</span>
              ) : null}
            </span>
          </li>
        ))}
      </ol>
    </>
  )
}

function Rules({ why, row }: { why: Why; row: SessionRow }) {
  const { t } = useText()
  const format = useFormat()
  if (why.rules.length === 0) return <p className={css.words}>{t('colorSession.noRules')}</p>
  const met = why.rules.filter(rule => rule.met).length
  return (
    <>
      <p className={css.words}>{t('colorSession.whyMet', { met: format.whole(met), count: why.rules.length })}</p>
      <ul className={css.rules}>
        {why.rules.map(({ rule, name, active, met: isMet, trace }) => (
          <li key={rule}>
            <details open={isMet || row.leftOut?.rule === rule}>
              <summary>
                <span data-met={isMet}>{isMet ? '✓' : '✕'}</span> {name}
                <span className={css.quiet}>
                  {isMet ? t('colorSession.met') : t('colorSession.notMet')}
                  {active ? '' : ` · ${t('colorSession.ruleOff')}`}
                </span>
              </summary>
              <TraceView trace={trace} />
            </details>
          </li>
        ))}
      </ul>
    </>
  )
}
