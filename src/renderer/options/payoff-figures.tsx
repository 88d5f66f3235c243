import type { ReactNode } from 'react'
import { betaWeightedDelta } from '../../core/options/portfolio.ts'
import { useFormat } from '../ui/format.ts'
import { useText } from '../ui/text.ts'
import css from './payoff.module.css'
import type { PayoffPicture } from './payoff-model.ts'
import risk from './risk.module.css'
import { moneyText, toneOf } from './risk-money.ts'

/** How a position is weighed against an index. */
export interface BetaWeight {
  readonly beta: number
  /** Level of the index; the underlying's own price where absent. */
  readonly index: number | null
}

/** Cost, ends and break-evens of a position, and its Greeks now and in the scenario. */
export function PayoffFigures({
  picture,
  isNow,
  symbol,
  weight,
  onWeight,
}: {
  picture: PayoffPicture
  isNow: boolean
  symbol: string
  weight: BetaWeight
  onWeight(weight: BetaWeight): void
}) {
  const { t } = useText()
  const format = useFormat()
  const { figures, figuresLater, end, cost, spot } = picture
  const money = (value: number, signed = true) => moneyText(value, format, t, { signed })
  const limit = (value: number) => (Number.isFinite(value) ? money(value) : value > 0 ? '+∞' : '−∞')
  const weighted = (delta: number) => betaWeightedDelta({ delta, spot, beta: weight.beta }, weight.index ?? spot)
  const rows: readonly (readonly [string, string, (of: typeof figures) => string])[] = [
    [t('payoff.value'), 'USD', of => money(of.price, false)],
    [t('payoff.profit'), 'USD', of => money(of.profit)],
    [t('payoff.delta'), t('payoff.units', { symbol }), of => format.number(of.delta, Math.abs(of.delta) >= 100 ? 0 : 1)],
    [t('payoff.deltaCash'), 'USD', of => money(of.deltaCash)],
    [t('payoff.gamma'), t('payoff.perPercent'), of => money(of.gammaPerPercent)],
    [t('payoff.vega'), t('payoff.perPoint'), of => money(of.vegaPerPoint)],
    [t('payoff.theta'), t('payoff.perDay'), of => money(of.thetaPerDay)],
    [t('payoff.rho'), t('payoff.perBasisPoint'), of => money(of.rhoPerBasisPoint)],
    [t('payoff.weighted'), t('payoff.indexUnits'), of => format.number(weighted(of.delta), 1)],
  ]
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reached by the keyboard
    <section className={css.figures} tabIndex={0} aria-label={t('payoff.figures')}>
      <dl className={css.ends}>
        <End name={cost >= 0 ? t('payoff.paid') : t('payoff.received')}>{moneyText(Math.abs(cost), format, t)}</End>
        <End name={t('payoff.most')} tone="up">
          {limit(end.most)}
        </End>
        <End name={t('payoff.least')} tone="down">
          {limit(end.least)}
        </End>
        <End name={t('payoff.breakEvens')}>
          {end.breakEvens.length === 0 ? t('payoff.none') : end.breakEvens.map(at => format.number(at, 2)).join('  ')}
        </End>
      </dl>
      <p className={css.small}>{end.isClosedForm ? t('payoff.exact') : t('payoff.byModel')}</p>
      <table className={risk.table}>
        <thead>
          <tr>
            <th scope="col">{t('payoff.position')}</th>
            <th scope="col">{t('payoff.now')}</th>
            {isNow ? null : <th scope="col">{t('payoff.scenario')}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, unit, write], k) => (
            <tr key={name}>
              <th scope="row">
                {name} <span className={css.unit}>{unit}</span>
              </th>
              <td data-tone={k === 1 ? toneOf(figures.profit) : undefined}>{write(figures)}</td>
              {isNow ? null : <td data-tone={k === 1 ? toneOf(figuresLater.profit) : undefined}>{write(figuresLater)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      <div className={css.weight}>
        <label>
          β
          <input
            className={risk.number}
            type="number"
            step={0.05}
            style={{ width: 60 }}
            aria-label={t('payoff.beta')}
            value={weight.beta}
            onChange={event => onWeight({ ...weight, beta: Number(event.currentTarget.value) })}
          />
        </label>
        <label>
          {t('payoff.index')}
          <input
            className={risk.number}
            type="number"
            style={{ width: 84 }}
            placeholder={format.number(spot, 2)}
            value={weight.index ?? ''}
            onChange={event => onWeight({ ...weight, index: Number(event.currentTarget.value) || null })}
          />
        </label>
      </div>
    </section>
  )
}

function End({ name, tone, children }: { name: string; tone?: 'up' | 'down'; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={risk.tone} data-tone={tone}>
        {children}
      </dd>
    </div>
  )
}
