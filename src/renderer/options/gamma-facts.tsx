import type { ReactNode } from 'react'
import type { GammaFrame } from '../../contract/options-risk.ts'
import { useFormat } from '../ui/format.ts'
import { useText } from '../ui/text.ts'
import { expiryText } from './chain-words.ts'
import css from './risk.module.css'
import { moneyText, toneOf } from './risk-money.ts'

/** What the numbers rest on, in words: signs, open interest, gamma. */
export function GammaSays({ frame }: { frame: GammaFrame }) {
  const { t } = useText()
  const format = useFormat()
  const date = format.instant(Date.parse(`${frame.openInterestOf}T12:00:00Z`) * 1000, 'monthDay', 'UTC')
  return (
    <div className={css.says}>
      <span>
        <b>{t('gamma.signConvention')}</b> {frame.convention === 'naive' ? t('gamma.saysNaive') : t('gamma.saysFlow')}
      </span>
      <span>
        <b>{t('gamma.oi')}</b> {t('gamma.oiOf', { date })}
        {frame.addsVolume ? `, ${t('gamma.plusVolume')}` : ''}
      </span>
      <span>
        <b>{t('gamma.method')}</b> {t('gamma.methodSays')}
      </span>
    </div>
  )
}

/** The figures that the picture comes down to. */
export function GammaFigures({ frame }: { frame: GammaFrame }) {
  const { t } = useText()
  const format = useFormat()
  const price = (value: number | null, digits: number) => format.number(value, digits)
  const { left } = frame
  return (
    <dl className={css.figures}>
      <One name={`${t('risk.net')} · ${t('gamma.unit')}`} lead>
        <span className={css.tone} data-tone={toneOf(frame.net)}>
          {moneyText(frame.net, format, t, { signed: true })}
        </span>
      </One>
      <One name={t('risk.calls')}>{moneyText(frame.calls, format, t, { signed: true })}</One>
      <One name={t('risk.puts')}>{moneyText(frame.puts, format, t, { signed: true })}</One>
      <One name={t('risk.spot')} title={frame.spotSource === 'forward' ? t('gamma.fromForward') : undefined}>
        {price(frame.spot, 2)}
        {frame.spotSource === 'forward' ? '*' : ''}
      </One>
      <One name={t('gamma.callWall')} title={t('gamma.callWallHint')}>
        {price(frame.callWall, (frame.callWall ?? 0) % 1 === 0 ? 0 : 2)}
      </One>
      <One name={t('gamma.putWall')} title={t('gamma.putWallHint')}>
        {price(frame.putWall, (frame.putWall ?? 0) % 1 === 0 ? 0 : 2)}
      </One>
      <One
        name={t('gamma.flip')}
        title={frame.flip === null ? t('gamma.noFlip') : t('gamma.flipHint', { count: frame.flips.length })}
      >
        {price(frame.flip, 2)}
      </One>
      <One
        name={t('gamma.counted')}
        title={t('gamma.countedHint', {
          noOpenInterest: format.whole(left.noOpenInterest),
          noVol: format.whole(left.noVol),
          expired: format.whole(left.expired),
          noSign: format.whole(left.noSign),
        })}
      >
        {format.whole(frame.counted)}
      </One>
      {frame.convention === 'flow-signed' ? (
        <One name={t('gamma.signed')}>{format.percent(frame.signedShare, { decimals: 1 })}</One>
      ) : null}
    </dl>
  )
}

/** A name with its value below it. */
export function One({
  name,
  title,
  lead = false,
  children,
}: {
  name: string
  title?: string | undefined
  lead?: boolean
  children: ReactNode
}) {
  return (
    <div data-lead={lead} title={title}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** Exposure of each expiry; pressing one shows it alone, pressing it again all. */
export function GammaByExpiry({
  frame,
  chosen,
  onExpiry,
}: {
  frame: GammaFrame
  chosen: string
  onExpiry(expiries: string): void
}) {
  const { t } = useText()
  const format = useFormat()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reached by the keyboard
    <section className={css.side} tabIndex={0} aria-label={t('gamma.byExpiry')}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{t('risk.expiry')}</th>
            <th scope="col">{t('risk.calls')}</th>
            <th scope="col">{t('risk.puts')}</th>
            <th scope="col">{t('risk.net')}</th>
          </tr>
        </thead>
        <tbody>
          {frame.byExpiry.map(({ date, calls, puts, net, isToday }) => (
            <tr key={date} aria-current={chosen === date}>
              <th scope="row">
                <button type="button" className={css.choose} onClick={() => onExpiry(chosen === date ? 'all' : date)}>
                  {expiryText(date, frame.asOf, format)}
                </button>
                {isToday ? <span className={css.tiny}>{t('risk.today')}</span> : null}
              </th>
              <td>{moneyText(calls, format, t)}</td>
              <td>{moneyText(puts, format, t)}</td>
              <td data-tone={toneOf(net)}>{moneyText(net, format, t, { signed: true })}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
