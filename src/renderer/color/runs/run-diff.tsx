import { Button } from '@mantine/core'
import { useEffect, useMemo, useState } from 'react'
import type { ColorRunWire, RunDiff } from '../../../contract/color-runs.ts'
import { useDesk } from '../../desk.tsx'
import { Figure, Figures, IconButton } from '../../ui/form.tsx'
import { type Format, MISSING, useFormat } from '../../ui/format.ts'
import { Grid, type GridColumn, type GridLayout } from '../../ui/grid.tsx'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { type Translate, useText } from '../../ui/text.ts'
import { Demo } from './run-details.tsx'
import css from './runs.module.css'

type Change = RunDiff['changes'][number]

const PLACES = 4

/** What a run shows otherwise than the one before it, the widest moves first. */
export function RunDifference({ run, onBack, onOutput }: { run: ColorRunWire; onBack(): void; onOutput(): void }) {
  const { t } = useText()
  const { diff, error, retry } = useDiff(run.id)
  const other = diff?.other?.number
  return (
    <section
      className={css.panel}
      aria-label={t('colorRuns.difference')}
      onKeyDown={event => event.key === 'Escape' && !event.defaultPrevented && onBack()}
    >
      <div className={css.bar}>
        <IconButton icon="undo" label={t('colorRuns.back')} onClick={onBack} />
        <h3 className={css.heading}>
          {other === undefined
            ? t('colorRuns.title', { number: run.number })
            : t('colorRuns.diffOf', { number: run.number, other })}{' '}
          {run.isDemo ? <Demo /> : null}
        </h3>
        <span className={css.grow} />
        <Button size="compact-sm" variant="default" onClick={onOutput}>
          {t('colorRuns.output')}
        </Button>
      </div>
      {error && !diff ? (
        <Failure error={error} retry={retry} />
      ) : !diff ? (
        <Loading waitsFor={t('colorRuns.difference')} />
      ) : (
        <DiffView diff={diff} />
      )}
    </section>
  )
}

function DiffView({ diff }: { diff: RunDiff }) {
  const { t } = useText()
  const format = useFormat()
  const [layout, setLayout] = useState<GridLayout>({})
  const byCusip = useMemo(() => new Map(diff.changes.map(change => [change.cusip, change])), [diff])
  const rows = useMemo(() => [...byCusip.keys()], [byCusip])
  const columns = useMemo(() => columnsOf(cusip => byCusip.get(cusip)!, t, format), [byCusip, t, format])
  const all = diff.added + diff.removed + diff.changed
  if (!diff.other) return <Empty title={t('colorRuns.noOther')} />
  if (all === 0) return <Empty title={t('colorRuns.same')} />
  return (
    <>
      <div className={css.figures}>
        <Figures>
          {(['added', 'removed', 'changed', 'otherPrice'] as const).map(name => (
            <Figure key={name} name={t(`colorRuns.diff.${name}`)}>
              {format.whole(diff[name])}
            </Figure>
          ))}
        </Figures>
        {all > rows.length ? (
          <p className={css.quiet}>{t('colorRuns.diff.listed', { count: format.whole(rows.length) })}</p>
        ) : null}
      </div>
      <div className={css.fill}>
        <Grid
          label={t('colorRuns.difference')}
          rows={rows}
          columns={columns}
          layout={layout}
          onLayout={patch => setLayout(before => ({ ...before, ...patch }))}
          nameOf={row => row}
        />
      </div>
    </>
  )
}

function columnsOf(find: (cusip: string) => Change, t: Translate, format: Format): readonly GridColumn[] {
  const text = (
    key: string,
    title: string,
    width: number,
    usual: boolean,
    of: (change: Change) => string | null,
  ): GridColumn => ({
    ...{ key, title, width, align: 'start', usual },
    cell: row => ({ text: of(find(row)) ?? MISSING, tone: of(find(row)) === null ? 'dim' : 'quiet' }),
    sort: row => of(find(row)) ?? '',
  })
  const number = (key: string, title: string, of: (change: Change) => string | null | undefined, isMove = false): GridColumn => {
    const value = (row: string) => {
      const found = of(find(row))
      return found === null || found === undefined ? Number.NaN : Number(found)
    }
    return {
      ...{ key, title, width: 92, align: 'end', usual: true },
      cell: row => {
        const at = value(row)
        if (Number.isNaN(at)) return { text: MISSING, tone: 'dim' }
        if (!isMove) return { text: format.number(at, PLACES) }
        return { text: format.change(at, 10 ** -PLACES), tone: at > 0 ? 'up' : at < 0 ? 'down' : 'dim' }
      },
      sort: row => value(row),
    }
  }
  return [
    { ...text('cusip', 'CUSIP', 96, true, ({ cusip }) => cusip), pinned: true },
    text('kind', t('colorRuns.diff.kind'), 92, true, ({ kind }) => t(`colorRuns.change.${kind}`)),
    number('move', t('colorRuns.diff.move'), ({ move }) => move, true),
    number('before', t('colorRuns.diff.before'), ({ before }) => before?.px),
    number('after', t('colorRuns.diff.after'), ({ after }) => after?.px),
    text('sourceBefore', t('colorRuns.diff.sourceBefore'), 150, true, ({ before }) => before?.source ?? null),
    text('sourceAfter', t('colorRuns.diff.sourceAfter'), 150, true, ({ after }) => after?.source ?? null),
    text('biasBefore', t('colorRuns.diff.biasBefore'), 108, true, ({ before }) => before?.bias ?? null),
    text('biasAfter', t('colorRuns.diff.biasAfter'), 108, true, ({ after }) => after?.bias ?? null),
    text('ticker', 'TICKER', 132, true, ({ ticker }) => ticker),
    text('sector', 'SECTOR', 150, true, ({ sector }) => sector),
  ]
}

function useDiff(run: string) {
  const desk = useDesk()
  const [diff, setDiff] = useState<RunDiff | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [turn, setTurn] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a retry asks again
  useEffect(() => {
    let isGone = false
    desk.color.runs.diff({ run }).then(
      found => !isGone && setDiff(found),
      fault => !isGone && setError(fault),
    )
    return () => {
      isGone = true
    }
  }, [desk, run, turn])
  return { diff, error, retry: () => setTurn(before => before + 1) }
}
