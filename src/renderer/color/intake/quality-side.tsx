import type { IntakePreview, QualityWire } from '../../../contract/color-intake.ts'
import { useFormat } from '../../ui/format.ts'
import { textOr, useText } from '../../ui/text.ts'
import css from './intake.module.css'

/** How good a file is, of what that is made, and who sends what. */
export function QualitySide({ preview: { quality, bySource } }: { preview: Pick<IntakePreview, 'quality' | 'bySource'> }) {
  const { t } = useText()
  const format = useFormat()
  return (
    <aside className={css.quality} aria-label={t('colorIntake.score')} title={t('colorIntake.scoreSays')}>
      <h4>{t('colorIntake.score')}</h4>
      <p className={css.score}>
        <b>{format.number(quality.score, 1)}</b> / 100
      </p>
      <meter min={0} max={100} low={80} high={95} optimum={100} value={quality.score ?? 0} aria-label={t('colorIntake.score')} />
      <Parts quality={quality} />
      <h4>{t('colorIntake.bySource')}</h4>
      <ul className={css.sources}>
        {bySource.map(one => (
          <li key={one.source}>
            <details>
              <summary>
                <span>{one.source || t('colorIntake.noSource')}</span>
                <span className={css.quiet}>{format.whole(one.quality.rows)}</span>
                <b>{format.number(one.quality.score, 1)}</b>
              </summary>
              <Parts quality={one.quality} />
            </details>
          </li>
        ))}
      </ul>
    </aside>
  )
}

function Parts({ quality }: { quality: QualityWire }) {
  const { t } = useText()
  const format = useFormat()
  if (quality.parts.length === 0) return <p className={css.quiet}>{t('colorIntake.noProblems')}</p>
  return (
    <dl className={css.parts}>
      {quality.parts.map(({ kind, rows, lost }) => (
        <div key={kind}>
          <dt>{textOr(`colorIntake.part.${kind}`, kind)}</dt>
          <dd>{t('colorIntake.lost', { lost: format.number(lost, 1), rows: format.whole(rows) })}</dd>
        </div>
      ))}
    </dl>
  )
}
