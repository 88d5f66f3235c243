import { useEffect, useMemo, useRef, useState } from 'react'
import { COLOR_COLUMNS } from '../../../core/color/color-columns.ts'
import { useFormat } from '../../ui/format.ts'
import { Grid, type GridColumn, type GridHandle, type GridLayout } from '../../ui/grid.tsx'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import { focusFirst } from './focus-first.ts'
import css from './intake.module.css'
import { problemName, problemSentence } from './problem-words.ts'
import { RowEditor } from './row-editor.tsx'
import { type RowState, type Shown, useQuarantine } from './use-quarantine.ts'

const STATES: readonly RowState[] = ['open', 'discarded', 'released']

/** Rows that were set apart, over all uploads: corrected and released, discarded with a reason, brought back. */
export function QuarantineTab({ version, mayWrite }: { version: number; mayWrite: boolean }) {
  const { t } = useText()
  const format = useFormat()
  const [shown, setShown] = useState<Shown>({ state: 'open', kind: null })
  const tray = useQuarantine(shown, version)
  const [layout, setLayout] = useState<GridLayout>({})
  const [current, setCurrent] = useState<string | null>(null)
  const [asked, setAsked] = useState<readonly string[] | null>(null)
  const grid = useRef<GridHandle>(null)
  const { page, rows, edits } = tray
  const keys = useMemo(() => [...rows.keys()], [rows])
  const columns = useColumns(tray)
  useEffect(() => {
    if (current === null || !rows.has(current)) setCurrent(keys[0] ?? null)
  }, [current, rows, keys])
  if (tray.error) return <Failure error={tray.error} retry={tray.retry} />
  if (!page) return <Loading waitsFor={t('colorIntake.tab.quarantine')} />
  const isOpen = shown.state === 'open'
  const row = current === null ? null : (rows.get(current) ?? null)
  return (
    <div className={css.stack}>
      <header className={css.bar}>
        <div className={css.choice} role="radiogroup" aria-label={t('colorIntake.col.status')}>
          {STATES.map(state => (
            // biome-ignore lint/a11y/useSemanticElements: a native radio cannot be drawn as a joined button
            <button
              key={state}
              type="button"
              role="radio"
              aria-checked={shown.state === state}
              onClick={() => setShown({ state, kind: null })}
            >
              {t(`colorIntake.state.${state}`)} <b>{format.whole(page.byState[state])}</b>
            </button>
          ))}
        </div>
        <label className={css.field}>
          {t('colorIntake.col.reason')}
          <select value={shown.kind ?? ''} onChange={event => setShown({ ...shown, kind: event.currentTarget.value || null })}>
            <option value="">{t('colorIntake.anyKind')}</option>
            {page.byKind.map(one => (
              <option key={one.kind} value={one.kind}>
                {problemName(t, one.kind)} ({format.whole(one.rows)})
              </option>
            ))}
          </select>
        </label>
        {page.rows.length < page.total ? (
          <span className={css.quiet}>
            {t('colorIntake.shown', { shown: format.whole(page.rows.length), total: format.whole(page.total) })}
          </span>
        ) : null}
        <span className={css.space} />
        {isOpen && mayWrite && edits.size > 0 ? (
          <button type="button" className={css.primary} onClick={() => void tray.release([...edits.keys()])}>
            {t('colorIntake.releaseAll', { count: format.whole(edits.size) })}
          </button>
        ) : null}
      </header>
      {asked ? (
        <DiscardReason
          onLeave={() => setAsked(null)}
          onReason={reason => {
            void tray.discard(asked, reason)
            setAsked(null)
            grid.current?.focus()
          }}
        />
      ) : null}
      {keys.length === 0 ? (
        <Empty title={t('colorIntake.quarantineNone')}>
          {isOpen && shown.kind === null ? t('colorIntake.quarantineEmpty') : null}
        </Empty>
      ) : (
        <div className={css.gridPlace}>
          <Grid
            label={t('colorIntake.tab.quarantine')}
            rows={keys}
            {...{ columns, layout, current }}
            handle={grid}
            onLayout={patch => setLayout(before => ({ ...before, ...patch }))}
            onActive={setCurrent}
            {...(isOpen && mayWrite ? { onRemove: (chosen: readonly string[]) => setAsked(chosen) } : {})}
            actions={chosen =>
              !mayWrite
                ? []
                : isOpen
                  ? [
                      { label: t('colorIntake.release'), section: 'color', run: () => void tray.release(chosen) },
                      { label: t('colorIntake.discard'), keys: 'Del', section: 'color', run: () => setAsked(chosen) },
                    ]
                  : shown.state === 'discarded'
                    ? [{ label: t('colorIntake.bringBack'), section: 'color', run: () => void tray.bringBack(chosen) }]
                    : []
            }
          />
        </div>
      )}
      {row && current && isOpen ? (
        <RowEditor
          key={current}
          row={row}
          edits={edits.get(current) ?? {}}
          problems={tray.problems(current)}
          mayWrite={mayWrite}
          onEdit={(column, text) => tray.edit(current, column, text)}
          onRelease={() => void tray.release([current])}
          onDiscard={() => setAsked([current])}
          onForget={() => tray.forget(current)}
          onLeave={() => grid.current?.focus()}
        />
      ) : null}
    </div>
  )
}

function DiscardReason({ onReason, onLeave }: { onReason(reason: string): void; onLeave(): void }) {
  const { t } = useText()
  const [reason, setReason] = useState('')
  return (
    <form
      className={css.ask}
      onSubmit={event => {
        event.preventDefault()
        if (reason.trim()) onReason(reason.trim())
      }}
      onKeyDown={event => event.key === 'Escape' && onLeave()}
    >
      <label className={css.field}>
        {t('colorIntake.discardReason')}
        <input ref={focusFirst} value={reason} maxLength={300} onChange={event => setReason(event.currentTarget.value)} />
      </label>
      <button type="submit" className={css.primary} disabled={!reason.trim()}>
        {t('colorIntake.discard')}
      </button>
      <button type="button" className={css.secondary} onClick={onLeave}>
        {t('colorIntake.cancel')}
      </button>
    </form>
  )
}

const FIRST = ['CUSIP', 'TICKER', 'SECTOR', 'BIAS', 'PX', 'BID', 'ASK', 'DATE', 'SOURCE', 'MESSAGE_ID'] as const

function useColumns({ rows, edits, problems }: ReturnType<typeof useQuarantine>): readonly GridColumn[] {
  const { t } = useText()
  const format = useFormat()
  return useMemo(() => {
    const apart = (key: string) => problems(key).filter(({ outcome }) => outcome === 'quarantine')
    const columns: GridColumn[] = [
      {
        ...{ key: 'row', title: t('colorIntake.row'), width: 56, align: 'end', usual: true, pinned: true },
        cell: key => ({ text: `${rows.get(key)?.row ?? ''}`, tone: 'quiet' }),
        sort: key => rows.get(key)?.row ?? Number.NaN,
      },
      {
        ...{ key: 'why', title: t('colorIntake.col.reason'), width: 240, align: 'start', usual: true },
        cell: key => {
          const decided = rows.get(key)?.decided
          const wrong = apart(key)
          const words = wrong.map(one => `${one.column ? `${one.column}: ` : ''}${problemSentence(t, one)}`).join('. ')
          if (decided?.reason) return { text: decided.reason, hint: words }
          if (wrong.length === 0) return { text: `✓ ${t('colorIntake.wouldPass')}`, tone: 'strong' }
          return {
            text: `✗ ${wrong.map(one => `${one.column ?? ''} ${problemName(t, one.kind)}`.trim()).join(', ')}`,
            tone: 'bad',
            hint: words,
          }
        },
        sort: key => apart(key)[0]?.kind ?? '',
      },
      {
        ...{ key: 'upload', title: t('colorIntake.col.upload'), width: 200, align: 'start', usual: true },
        cell: key => ({ text: rows.get(key)?.uploadName ?? '' }),
        sort: key => rows.get(key)?.uploadName ?? '',
      },
    ]
    const names = [
      ...FIRST,
      ...COLOR_COLUMNS.map(({ name }) => name).filter(name => !(FIRST as readonly string[]).includes(name)),
    ]
    for (const name of names) {
      const value = (key: string) => edits.get(key)?.[name] ?? rows.get(key)?.cells[name] ?? ''
      columns.push({
        ...{ key: name, title: name, align: 'start', usual: (FIRST as readonly string[]).includes(name) },
        width: name === 'MESSAGE_ID' || name === 'TICKER' || name === 'SOURCE' ? 140 : 92,
        cell: key => {
          const text = value(key)
          const isEdited = edits.get(key)?.[name] !== undefined
          const wrong = problems(key).filter(one => one.column?.toUpperCase() === name)
          const tone = wrong.some(one => one.outcome === 'quarantine')
            ? 'bad'
            : wrong.length > 0
              ? 'warn'
              : isEdited
                ? 'strong'
                : 'plain'
          const hint = wrong.map(one => problemSentence(t, one)).join('. ')
          const sign = tone === 'bad' ? '✗ ' : isEdited ? '✎ ' : ''
          return { text: `${sign}${text || (wrong.length > 0 ? '∅' : '')}`, tone, hint }
        },
        sort: value,
      })
    }
    columns.push({
      ...{ key: 'decided', title: t('colorIntake.col.user'), width: 150, align: 'start', usual: true },
      cell: key => {
        const decided = rows.get(key)?.decided
        return {
          text: decided ? t('colorIntake.decidedBy', { user: decided.user, at: format.instant(decided.at, 'dateMinute') }) : '',
        }
      },
    })
    return columns
  }, [rows, edits, problems, t, format])
}
