import { useEffect, useMemo, useState } from 'react'
import { COLOR_FIELDS } from '../../../core/color/color-columns.ts'
import { inOrder, type Rule, testsOf } from '../../../core/rules/condition.ts'
import { explain, type Trace } from '../../../core/rules/evaluate.ts'
import { useDesk } from '../../desk.tsx'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { type Translate, useText } from '../../ui/text.ts'
import { type Cells, cellsTitle, RowCells } from './row-cells.tsx'
import { operatorLabel } from './rule-words.ts'
import css from './rules.module.css'

/** The row that is asked about: one of a run, one of a session, or typed cells. */
export type WhyRow =
  | { readonly run: string; readonly rowId: string }
  | { readonly session: string; readonly rowId: string }
  | { readonly cells: Cells }

interface Known {
  readonly cells: Cells | null
  readonly error: unknown
}

/** The cells of the row that is asked about, read from the host where they are not given. */
export function useWhyCells(row: WhyRow | null): Known & { retry(): void } {
  const desk = useDesk()
  const [known, setKnown] = useState<Known>({ cells: null, error: null })
  const [turn, setTurn] = useState(0)
  const key = row === null || 'cells' in row ? null : JSON.stringify(row)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row is what its key says; a turn asks again
  useEffect(() => {
    if (key === null || row === null) return
    let isOver = false
    setKnown({ cells: null, error: null })
    desk.color.rules.why({ row }).then(
      ({ cells }) => isOver || setKnown({ cells, error: null }),
      error => isOver || setKnown({ cells: null, error }),
    )
    return () => {
      isOver = true
    }
  }, [key, turn, desk])
  const given = row && 'cells' in row ? row.cells : null
  return {
    cells: given ?? (row ? known.cells : null),
    error: given || !row ? null : known.error,
    retry: () => setTurn(before => before + 1),
  }
}

interface RuleWhy {
  readonly rule: Rule
  /** Null where the rule cannot be used as it stands. */
  readonly trace: Trace | null
}

function whyOf(rules: readonly Rule[], cells: Cells): readonly RuleWhy[] {
  return inOrder(rules).map(rule => {
    try {
      return { rule, trace: explain(rule.when, cells, COLOR_FIELDS) }
    } catch (fault) {
      if (fault instanceof RangeError) return { rule, trace: null }
      throw fault
    }
  })
}

/** Why a row stays or goes: every rule, met or not, condition by condition with the value that it saw. Drafts count as they stand. */
export function WhyTab({
  row,
  known,
  rules,
  chosen,
  canEdit,
  onRow,
  onChoose,
  onKeep,
}: {
  row: WhyRow | null
  known: ReturnType<typeof useWhyCells>
  rules: readonly Rule[]
  chosen: string | null
  canEdit: boolean
  onRow(row: WhyRow | null): void
  onChoose(rule: string): void
  onKeep(cells: Cells): void
}) {
  const { t } = useText()
  const { cells, error } = known
  const used = useMemo(() => new Set(rules.flatMap(({ when }) => testsOf(when)).map(({ field }) => field)), [rules])
  const answers = useMemo(() => (cells ? whyOf(rules, cells) : []), [rules, cells])
  const [isOpen, setOpen] = useState(false)
  const typeOwn = () => {
    setOpen(true)
    onRow({ cells: {} })
  }
  if (!row)
    return (
      <Empty title={t('colorRules.whyEmpty')} action={{ label: t('colorRules.whyType'), run: typeOwn }}>
        {t('colorRules.whyAbout')}
      </Empty>
    )
  if (error) return <Failure error={error} retry={known.retry} />
  if (!cells) return <Loading waitsFor={t('colorRules.whyWait')} />
  const credited = answers.find(({ rule, trace }) => rule.active && trace?.met) ?? null
  return (
    <div className={css.stack}>
      <div className={css.verdict} data-out={credited !== null}>
        <strong>{credited ? t('colorRules.excludedBy', { name: credited.rule.name }) : t('colorRules.keptRow')}</strong>
        <span className={css.quiet}>{cellsTitle(cells)}</span>
        <span className={css.buttons}>
          {canEdit ? (
            <button type="button" className={css.secondary} disabled={chosen === null} onClick={() => onKeep(cells)}>
              {t('colorRules.keepAsCase')}
            </button>
          ) : null}
          <button type="button" className={css.secondary} onClick={typeOwn}>
            {t('colorRules.whyOther')}
          </button>
        </span>
      </div>
      <details className={css.fold} open={isOpen} onToggle={event => setOpen(event.currentTarget.open)}>
        <summary>{t('colorRules.theRow')}</summary>
        <RowCells cells={cells} used={used} canEdit onCells={next => onRow({ cells: next })} />
      </details>
      {answers.map(({ rule, trace }) => (
        <details key={rule.id} className={css.why} open={rule.id === chosen || rule === credited?.rule}>
          <summary>
            <span className={css.sign} data-met={trace?.met ?? undefined}>
              {trace === null ? '?' : trace.met ? '✓' : '✗'}
            </span>
            <span className={css.whyName}>{rule.name}</span>
            <span className={css.quiet}>
              {t(trace === null ? 'colorRules.unusable' : trace.met ? 'colorRules.met' : 'colorRules.notMet')}
            </span>
            {rule.active ? null : <span className={css.state}>{t('colorRules.off')}</span>}
          </summary>
          {trace ? <TraceRows trace={trace} t={t} /> : null}
          {rule.id === chosen ? null : (
            <button type="button" className={css.link} onClick={() => onChoose(rule.id)}>
              {t('colorRules.openRule')}
            </button>
          )}
        </details>
      ))}
    </div>
  )
}

function TraceRows({ trace, t }: { trace: Trace; t: Translate }) {
  return (
    <ul className={css.trace}>
      <TraceRow trace={trace} t={t} />
    </ul>
  )
}

const GROUPS = { all: 'colorRules.allOf', any: 'colorRules.anyOf', not: 'colorRules.notWord' } as const

function TraceRow({ trace, t }: { trace: Trace; t: Translate }) {
  return (
    <li>
      <span className={css.sign} data-met={trace.met}>
        {trace.met ? '✓' : '✗'}
      </span>
      {trace.kind === 'test' ? (
        <>
          <span>
            {trace.test.field} {operatorLabel(trace.test.operator, t)} {trace.test.value}
            {trace.test.operator === 'between' ? ` ${t('colorRules.and')} ${trace.test.value2 ?? ''}` : ''}
          </span>
          <em title={t('colorRules.actualHint')}>{trace.actual ?? t('colorRules.noValue')}</em>
        </>
      ) : (
        <>
          <b>{t(GROUPS[trace.kind])}</b>
          <ul>
            {trace.of.map((part, k) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: parts of one answer stay in their places
              <TraceRow key={k} trace={part} t={t} />
            ))}
          </ul>
        </>
      )}
    </li>
  )
}
