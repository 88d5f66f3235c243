import type { SessionView } from '../../../contract/color-sessions.ts'
import { useFormat } from '../../ui/format.ts'
import { useText } from '../../ui/text.ts'
import css from './session.module.css'

const FIGURES = [
  ...(['total', 'working', 'parents', 'children', 'uniqueCusips', 'valid', 'marked', 'errors', 'excluded', 'deleted'] as const),
]

/** A session in numbers, and what each rule took. */
export function SessionFigures({ statistics, onRule }: { statistics: SessionView['statistics']; onRule(): void }) {
  const { t } = useText()
  const format = useFormat()
  return (
    <div className={css.figures}>
      <dl>
        {FIGURES.map(name => {
          const value = statistics[name]
          const tone = value === 0 ? undefined : name === 'errors' ? 'bad' : name === 'marked' ? 'warn' : undefined
          return (
            <div key={name} title={t(`colorSession.figure.${name}.about`)}>
              <dt>{t(`colorSession.figure.${name}`)}</dt>
              <dd data-tone={tone}>{format.whole(value)}</dd>
            </div>
          )
        })}
      </dl>
      <ul className={css.byRule} aria-label={t('colorSession.byRule')}>
        {statistics.byRule.map(({ rule, name, rows }) => (
          <li key={rule}>
            <button type="button" onClick={onRule} title={t('colorSession.ruleTook', { name, count: rows })}>
              <span className={css.name}>{name}</span> <b>{format.whole(rows)}</b>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
