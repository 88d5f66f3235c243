import { useMemo, useState } from 'react'
import type { ChainFilePreview, ChainFileProblem, ChainMapping } from '../../contract/options-files.ts'
import { type Format, useFormat } from '../ui/format.ts'
import { Grid, type GridColumn, type GridLayout } from '../ui/grid.tsx'
import { type Translate, textOr, useText } from '../ui/text.ts'
import css from './imports.module.css'

/** What became of the rows of a file. */
type FileCounts = Pick<ChainFilePreview, 'read' | 'accepted' | 'refused' | 'flagged' | 'byRule' | 'problems' | 'expiries'>

/** What a chain file holds, in figures. */
export function ChainCounts({
  counts,
  mapping,
  spot,
  asOf,
}: {
  counts: FileCounts
  mapping: ChainMapping | null
  spot: ChainFilePreview['spot'] | null
  asOf: number | null
}) {
  const { t } = useText()
  const format = useFormat()
  const isWide = mapping?.columns.some(({ role }) => role.startsWith('call') || role.startsWith('put')) ?? false
  const others = isWide ? 0 : Math.max(0, counts.read - counts.accepted - counts.refused)
  return (
    <dl className={css.chainCounts}>
      <Count label={t('chainFile.contracts')} value={format.whole(counts.accepted)} tone={counts.accepted > 0 ? 'good' : 'bad'} />
      <Count label={t('chainFile.expiries')} value={format.whole(counts.expiries)} />
      <Count label={t('import.refused')} value={format.whole(counts.refused)} tone={counts.refused > 0 ? 'bad' : undefined} />
      <Count label={t('import.flagged')} value={format.whole(counts.flagged)} tone={counts.flagged > 0 ? 'warn' : undefined} />
      {others > 0 ? <Count label={t('chainFile.others')} value={format.whole(others)} hint={t('chainFile.othersHint')} /> : null}
      <Count label={t('chainFile.asOf')} value={format.instant(asOf, 'dateMinute', mapping?.timeZone ?? 'America/New_York')} />
      {spot ? <Count label={t('chainFile.spot')} value={spotText(spot, t, format)} /> : null}
    </dl>
  )
}

function spotText({ bid, ask }: ChainFilePreview['spot'], t: Translate, format: Format): string {
  if (bid === null || ask === null) return t('chainFile.noSpot')
  const one = (price: number) => format.number(price, 2)
  return bid === ask ? one(bid) : `${one(bid)} / ${one(ask)}`
}

function Count({
  label,
  value,
  tone,
  hint,
}: {
  label: string
  value: string
  tone?: 'good' | 'warn' | 'bad' | undefined
  hint?: string
}) {
  return (
    <div title={hint}>
      <dt>{label}</dt>
      <dd data-tone={tone}>{value}</dd>
    </div>
  )
}

/** Rows of a chain file that are left out or lack a cell. */
export function ChainProblems({ counts }: { counts: FileCounts }) {
  const { t } = useText()
  const format = useFormat()
  const [layout, setLayout] = useState<GridLayout>({})
  const { problems } = counts
  const columns = useMemo(() => problemColumns(problems, t, format), [problems, t, format])
  const rows = useMemo(() => problems.map((_, at) => String(at)), [problems])
  const byRule = Object.entries(counts.byRule).sort(([, a], [, b]) => b - a)
  const total = byRule.reduce((sum, [, count]) => sum + count, 0)
  if (total === 0) return null
  return (
    <section className={css.chainProblems} aria-label={t('chainFile.problemsOf')}>
      <ul className={css.rules}>
        {byRule.map(([rule, count]) => (
          <li key={rule} data-outcome={problems.find(one => one.rule === rule)?.outcome ?? 'refused'}>
            {textOr(`chainFile.rule.${rule}`, rule)} <b>{format.whole(count)}</b>
          </li>
        ))}
      </ul>
      {total > problems.length ? (
        <p className={css.note}>
          {t('import.firstProblems', { shown: format.whole(problems.length), total: format.whole(total) })}
        </p>
      ) : null}
      <div className={css.problems}>
        <Grid
          label={t('import.problems')}
          rows={rows}
          columns={columns}
          layout={layout}
          onLayout={patch => setLayout(before => ({ ...before, ...patch }))}
        />
      </div>
    </section>
  )
}

function problemColumns(problems: readonly ChainFileProblem[], t: Translate, format: Format): GridColumn[] {
  const at = (row: string) => problems[Number(row)]!
  const reason = (row: string) => textOr(`chainFile.rule.${at(row).rule}`, at(row).rule)
  const words = (key: string, title: string, width: number, of: (row: string) => string): GridColumn => ({
    ...{ key, title, width, align: 'start', usual: true },
    cell: row => ({ text: of(row), hint: of(row), tone: key === 'text' ? 'quiet' : 'plain' }),
    sort: of,
  })
  return [
    {
      ...{ key: 'line', title: t('import.problem.line'), width: 76, align: 'end', usual: true },
      cell: row => ({ text: format.whole(at(row).line) }),
      sort: row => at(row).line,
    },
    {
      ...words('reason', t('import.problem.reason'), 300, reason),
      cell: row => ({
        text: `${at(row).outcome === 'refused' ? '✕' : '⚑'} ${reason(row)}`,
        tone: at(row).outcome === 'refused' ? 'bad' : 'warn',
      }),
    },
    words('column', t('import.problem.column'), 110, row => at(row).column ?? ''),
    words('text', t('import.problem.text'), 260, row => at(row).text),
  ]
}
