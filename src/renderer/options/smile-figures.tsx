import { useFormat } from '../ui/format.ts'
import { useText } from '../ui/text.ts'
import { noSmileWords } from './chain-reasons.ts'
import { expiryText, leftText, volChange, volText } from './chain-words.ts'
import css from './smile.module.css'
import { nearestPoint, type Smile } from './smile-model.ts'
import { smileInk } from './smile-scene.ts'

/** What the smiles say in numbers, and what stands under the cursor of each. */
export function SmileFigures({ smiles, asOf, cursor }: { smiles: readonly Smile[]; asOf: number; cursor: number | null }) {
  const { t } = useText()
  const format = useFormat()
  return (
    <div className={css.figures}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('smile.expiry')}</th>
            <th scope="col" title={t('chain.atmHint')}>
              ATM
            </th>
            <th scope="col" title={t('smile.rrHint')}>
              RR25
            </th>
            <th scope="col" title={t('smile.bfHint')}>
              BF25
            </th>
            <th scope="col" title={t('smile.skewHint')}>
              {t('smile.skew')}
            </th>
            <th scope="col" title={t('smile.errorHint')}>
              {t('smile.error')}
            </th>
            <th scope="col" title={t('smile.usedHint')}>
              {t('smile.used')}
            </th>
            <th scope="col" className={css.divide}>
              {t('chain.col.strike')}
            </th>
            <th scope="col">{t('chain.col.bidVol')}</th>
            <th scope="col">{t('chain.col.askVol')}</th>
            <th scope="col">{t('chain.col.fitVol')}</th>
            <th scope="col">{t('chain.col.residual')}</th>
            <th scope="col" className={css.words}>
              {t('chain.col.status')}
            </th>
          </tr>
        </thead>
        <tbody>
          {smiles.map((smile, n) => {
            const { summary } = smile
            const point = cursor === null ? null : nearestPoint(smile, cursor)
            const fit = point ? fitAt(smile, point.x) : Number.NaN
            const none = noSmileWords(summary, t)
            return (
              <tr key={summary.date}>
                <th scope="row" title={none ?? undefined}>
                  <i style={{ background: `var(${smileInk(n)})` }} aria-hidden="true" />
                  {expiryText(summary.date, asOf, format)} <span>{leftText(summary, asOf, format, t)}</span>
                </th>
                <td title={none ?? undefined}>{volText(summary.atmVol, format)}</td>
                <td title={none ?? undefined}>{volChange(summary.riskReversal25, format)}</td>
                <td title={none ?? undefined}>{volChange(summary.butterfly25, format)}</td>
                <td title={none ?? undefined}>{format.number(summary.skew, 3)}</td>
                <td title={none ?? undefined}>{volText(summary.fitError, format)}</td>
                <td>
                  {format.whole(summary.used)}
                  <span>/{format.whole(summary.contracts)}</span>
                </td>
                <td className={css.divide}>
                  {point ? `${format.number(point.strike, point.strike % 1 === 0 ? 0 : 2)} ${t(`smile.${point.side}`)}` : ''}
                </td>
                <td>{point ? volText(point.bidVol, format) : ''}</td>
                <td>{point ? volText(point.askVol, format) : ''}</td>
                <td>{point ? volText(fit, format) : ''}</td>
                <td>{point ? volChange(point.vol - fit, format) : ''}</td>
                <td className={css.words} title={point ? t(`chain.status.${point.status}`) : undefined}>
                  {point ? t(`chain.short.${point.status}`) : ''}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

/** The fit where a quote stands, read off the line that is drawn. */
function fitAt({ lineX, lineVol }: Smile, x: number): number {
  let after = 0
  while (after < lineX.length && lineX[after]! < x) after++
  if (after === 0) return lineX[0] === x ? lineVol[0]! : Number.NaN
  if (after === lineX.length) return Math.abs(x - (lineX.at(-1) ?? Number.NaN)) < 1e-9 ? lineVol.at(-1)! : Number.NaN
  const share = (x - lineX[after - 1]!) / (lineX[after]! - lineX[after - 1]!)
  return lineVol[after - 1]! + share * (lineVol[after]! - lineVol[after - 1]!)
}
