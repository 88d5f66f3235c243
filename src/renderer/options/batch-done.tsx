import type { BatchReport } from '../../contract/options-risk.ts'
import css from '../imports/imports.module.css'
import { useFormat } from '../ui/format.ts'
import { useText } from '../ui/text.ts'
import own from './batch.module.css'

/** What was answered: counts by status, rows that could not be read, the first rows. */
export function BatchDone({
  report,
  onSave,
  onAgain,
  onAnother,
}: {
  report: BatchReport
  onSave(): void
  onAgain: (() => void) | null
  onAnother(): void
}) {
  const { t } = useText()
  const format = useFormat()
  const states = Object.entries(report.byStatus).sort(([, a], [, b]) => b - a)
  const tone = (status: string) => (status === 'OK' ? 'good' : status === 'NOT_A_NUMBER' ? 'bad' : 'warn')
  return (
    <div className={css.stack}>
      <header className={css.head}>
        <strong>{t('batch.done', { file: report.file })}</strong>
        <span className={css.quiet}>
          {t(`batch.kind.${report.kind}`)}
          {report.scheme ? ` · ${t(`batch.scheme.${report.scheme}`)}` : ''} · {format.duration(report.seconds)} ·{' '}
          {t('batch.speed', { count: format.volume(report.rows / Math.max(report.seconds, 1e-3)) })}
        </span>
        <span className={css.space} />
        <button type="button" className={css.primary} onClick={onSave}>
          {t('batch.save')}
        </button>
        {onAgain ? (
          <button type="button" className={css.secondary} onClick={onAgain}>
            {t('batch.again')}
          </button>
        ) : null}
        <button type="button" className={css.secondary} onClick={onAnother}>
          {t('batch.another')}
        </button>
      </header>
      <dl className={`${css.counts} ${own.counts}`}>
        <div>
          <dt>{t('batch.rows')}</dt>
          <dd>{format.whole(report.rows)}</dd>
        </div>
        {states.map(([status, count]) => (
          <div key={status}>
            <dt title={status}>{t(`batch.status.${status as 'OK'}`)}</dt>
            <dd data-tone={tone(status)}>{format.whole(count)}</dd>
          </div>
        ))}
      </dl>
      {report.problems.length > 0 ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reached by the keyboard
        <section className={own.problems} tabIndex={0} aria-label={t('batch.problems')}>
          <h3>{t('batch.problemsTitle', { count: report.unread })}</h3>
          <ul>
            {report.problems.map(({ line, column, text }) => (
              <li key={line}>
                {text === ''
                  ? t('batch.problemEmpty', { line: format.whole(line), column })
                  : t('batch.problem', { line: format.whole(line), column, text })}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reached by the keyboard */}
      <section className={css.preview} tabIndex={0} aria-label={t('batch.first')}>
        <table>
          <thead>
            <tr>
              {report.inputColumns.map(name => (
                <th key={`in ${name}`} scope="col" data-role="skip">
                  <span className={css.columnName}>{name}</span>
                </th>
              ))}
              {report.answerColumns.map(name => (
                <th key={`out ${name}`} scope="col">
                  <span className={css.columnName}>{name}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.first.map(({ input, answer }, k) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no other name than their place
              <tr key={k}>
                {report.inputColumns.map((name, at) => (
                  <td key={`in ${name}`} data-role="skip">
                    {input[at] ?? ''}
                  </td>
                ))}
                {report.answerColumns.map((name, at) => (
                  <td key={`out ${name}`} title={answer[at]}>
                    {answer[at] ?? ''}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  )
}
