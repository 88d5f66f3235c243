import { useFormat } from '../ui/format.ts'
import { useText } from '../ui/text.ts'
import { noSmileWords } from './chain-reasons.ts'
import { expiryText, leftText, volChange, volText } from './chain-words.ts'
import css from './smile.module.css'
import type { TermPoint } from './term-model.ts'

/** The term structure in numbers; a press chooses an expiry. */
export function TermFigures({
  term,
  asOf,
  chosen,
  pointed,
  onChoose,
}: {
  term: readonly TermPoint[]
  asOf: number
  chosen: string | null
  pointed: string | null
  onChoose(date: string): void
}) {
  const { t } = useText()
  const format = useFormat()
  const nan = (value: number) => (Number.isNaN(value) ? null : value)
  return (
    <div className={css.figures}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('smile.expiry')}</th>
            <th scope="col" title={t('chain.atmHint')} data-ink="vol">
              ATM
            </th>
            <th scope="col" title={t('term.bandHint')}>
              {t('term.band')}
            </th>
            <th scope="col" title={t('term.forwardVolHint')}>
              {t('term.forwardVol')}
            </th>
            <th scope="col" title={t('smile.rrHint')} data-ink="reversal">
              RR25
            </th>
            <th scope="col" title={t('smile.bfHint')} data-ink="butterfly">
              BF25
            </th>
            <th scope="col" title={t('chain.forwardHint')} data-ink="forward">
              {t('chain.forward')}
            </th>
            <th scope="col" title={t('term.rateHint')}>
              {t('term.rate')}
            </th>
            <th scope="col" title={t('term.yieldHint')}>
              {t('term.yield')}
            </th>
          </tr>
        </thead>
        <tbody>
          {term.map(({ summary, atm, band, forwardVol, variance, reversal, butterfly, forward }) => {
            const none = noSmileWords(summary, t) ?? undefined
            const why = variance === 'falls' ? t('term.falls') : none
            return (
              <tr key={summary.date} data-pointed={summary.date === pointed} aria-current={summary.date === chosen}>
                <th scope="row">
                  <button type="button" className={css.pick} onClick={() => onChoose(summary.date)}>
                    {expiryText(summary.date, asOf, format)} <span>{leftText(summary, asOf, format, t)}</span>
                  </button>
                </th>
                <td title={none}>{volText(nan(atm), format)}</td>
                <td title={Number.isNaN(band.bid) ? t('term.noBand') : undefined}>
                  {volText(nan(band.bid), format)}
                  <span> – </span>
                  {volText(nan(band.ask), format)}
                </td>
                <td title={why} data-tone={variance === 'falls' ? 'warn' : undefined}>
                  {variance === 'falls' ? t('term.fallsShort') : volText(nan(forwardVol), format)}
                </td>
                <td title={none}>{volChange(nan(reversal), format)}</td>
                <td title={none}>{volChange(nan(butterfly), format)}</td>
                <td title={t(`chain.forward.${summary.forwardSource}`, { pairs: summary.parityPairs })}>
                  {format.number(nan(forward), 2)}
                </td>
                <td title={summary.rate === null ? t('term.noRate') : undefined}>{format.percent(summary.rate)}</td>
                <td title={summary.yieldRate === null ? t('term.noRate') : undefined}>{format.percent(summary.yieldRate)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
