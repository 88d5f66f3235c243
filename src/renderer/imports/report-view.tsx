import { useMemo, useState } from 'react'
import type { ImportReport } from '../../contract/imports.ts'
import { RULES } from '../../core/imports/rules.ts'
import { useDesk } from '../desk.tsx'
import { FileDamaged, receiveFile } from '../lab/export-file.ts'
import { type Format, useFormat } from '../ui/format.ts'
import { Grid, type GridColumn, type GridLayout } from '../ui/grid.tsx'
import { notifyFault } from '../ui/notice-fault.ts'
import { notify } from '../ui/notice-store.ts'
import { type TextKey, type Translate, textOr, useText } from '../ui/text.ts'
import css from './imports.module.css'
import { rowReason } from './row-reason.ts'

const outcomeOf = (rule: string) => (rule in RULES ? RULES[rule as keyof typeof RULES].outcome : 'refused')

function problemColumns(report: ImportReport, t: Translate, format: Format): GridColumn[] {
  const at = (row: string) => report.problems[Number(row)]!
  const said = (row: string, key: 'column' | 'reason' | 'text') =>
    key === 'reason' ? rowReason(at(row).rule, at(row).reason, t) : (at(row)[key] ?? '')
  const words = (key: 'column' | 'reason' | 'text', title: TextKey & `import.problem.${string}`, width: number): GridColumn => ({
    key,
    title: t(title),
    width,
    align: 'start',
    usual: true,
    cell: row => ({ text: said(row, key), hint: said(row, key), tone: key === 'text' ? 'quiet' : 'plain' }),
    sort: row => said(row, key),
  })
  return [
    {
      key: 'line',
      title: t('import.problem.line'),
      width: 76,
      align: 'end',
      usual: true,
      cell: row => ({ text: format.whole(at(row).line) }),
      sort: row => at(row).line,
    },
    {
      key: 'rule',
      title: t('import.problem.rule'),
      width: 168,
      align: 'start',
      usual: true,
      cell: row => {
        const { rule } = at(row)
        const isRefused = outcomeOf(rule) === 'refused'
        return { text: `${isRefused ? '✕' : '⚑'} ${textOr(`import.rule.${rule}`, rule)}`, tone: isRefused ? 'bad' : 'warn' }
      },
      sort: row => at(row).rule,
    },
    words('column', 'import.problem.column', 92),
    words('reason', 'import.problem.reason', 300),
    words('text', 'import.problem.text', 260),
  ]
}

/** What an import took and what it refused, by rule and row by row. */
export function ReportView({ report, job }: { report: ImportReport; job: string }) {
  const { t } = useText()
  const desk = useDesk()
  const format = useFormat()
  const [isSaving, setSaving] = useState(false)
  const [layout, setLayout] = useState<GridLayout>({})
  const columns = useMemo(() => problemColumns(report, t, format), [report, t, format])
  const rows = useMemo(() => report.problems.map((_, at) => String(at)), [report])
  const byRule = Object.entries(report.byRule).sort(([, a], [, b]) => b - a)
  const total = byRule.reduce((sum, [, count]) => sum + count, 0)
  const save = async () => {
    setSaving(true)
    try {
      const file = `${report.series}-problems.csv`
      const count = await receiveFile(await desk.imports.problems({ job }), file, 'csv', () => {})
      notify({ tone: 'good', text: t('import.series.exported', { count, file }) })
    } catch (fault) {
      if (fault instanceof FileDamaged) notify({ tone: 'bad', text: t('sql.exportBroken') })
      else notifyFault(fault)
    } finally {
      setSaving(false)
    }
  }
  return (
    <section className={css.report} aria-label={t('import.report')}>
      <dl className={css.counts}>
        <Count label={t('import.read')} value={format.whole(report.read)} />
        <Count label={t('import.accepted')} value={format.whole(report.accepted)} tone="good" />
        <Count label={t('import.flagged')} value={format.whole(report.flagged)} tone={report.flagged > 0 ? 'warn' : undefined} />
        <Count label={t('import.refused')} value={format.whole(report.refused)} tone={report.refused > 0 ? 'bad' : undefined} />
        <Count label={t('import.from')} value={format.instant(report.from, 'date', 'UTC')} />
        <Count label={t('import.to')} value={format.instant(report.to, 'date', 'UTC')} />
        <Count label={t('import.took')} value={format.duration(report.seconds)} />
      </dl>
      {byRule.length > 0 ? (
        <>
          <ul className={css.rules}>
            {byRule.map(([rule, count]) => (
              <li key={rule} data-outcome={outcomeOf(rule)}>
                {outcomeOf(rule) === 'refused' ? '✕' : '⚑'} {textOr(`import.rule.${rule}`, rule)} <b>{format.whole(count)}</b>
              </li>
            ))}
            <li>
              <button type="button" className={css.link} disabled={isSaving} onClick={() => void save()}>
                {t('import.saveProblems', { count: format.whole(total) })}
              </button>
            </li>
          </ul>
          {total > report.problems.length ? (
            <p className={css.note}>
              {t('import.firstProblems', { shown: format.whole(report.problems.length), total: format.whole(total) })}
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
        </>
      ) : (
        <p className={css.note}>✓ {t('import.noProblems')}</p>
      )}
    </section>
  )
}

function Count({ label, value, tone }: { label: string; value: string; tone?: 'good' | 'warn' | 'bad' | undefined }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd data-tone={tone}>{value}</dd>
    </div>
  )
}
