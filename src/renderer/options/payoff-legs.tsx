import { useEffect, useRef, useState } from 'react'
import type { PositionFrame } from '../../contract/options-risk.ts'
import { useDesk } from '../desk.tsx'
import { IconButton } from '../ui/form.tsx'
import { useFormat } from '../ui/format.ts'
import { useText } from '../ui/text.ts'
import { expiryText } from './chain-words.ts'
import css from './payoff.module.css'
import { PRICES, type PriceOf, type QuotedLeg, type StoredLeg } from './payoff-model.ts'
import risk from './risk.module.css'
import { moneyText, toneOf } from './risk-money.ts'

type Put = (legs: readonly StoredLeg[]) => void

/** Strikes of each expiry that a leg has, asked for once. */
function useStrikes(underlying: string, expiries: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const desk = useDesk()
  const [known, setKnown] = useState<ReadonlyMap<string, readonly number[]>>(new Map())
  const asked = useRef(new Set<string>())
  useEffect(() => {
    for (const expiry of expiries) {
      if (asked.current.has(expiry)) continue
      asked.current.add(expiry)
      desk.options.risk
        .strikes({ underlying, expiry })
        .then(({ strikes }) => setKnown(before => new Map(before).set(expiry, strikes)))
        .catch(() => asked.current.delete(expiry))
    }
  }, [desk, underlying, expiries])
  return known
}

/** The legs of a position: what and how many, at which price, and what the chain says of each. */
export function PayoffLegs({ legs, frame, put }: { legs: readonly QuotedLeg[]; frame: PositionFrame; put: Put }) {
  const { t } = useText()
  const stored = legs.map(leg => leg.stored)
  const named = [...new Set(stored.flatMap(({ expiry }) => expiry ?? []))].join()
  const [expiries, setExpiries] = useState<readonly string[]>([])
  useEffect(() => setExpiries(named === '' ? [] : named.split(',')), [named])
  const strikes = useStrikes(frame.underlying, expiries)
  const change = (at: number, patch: Partial<StoredLeg>) => put(stored.map((leg, k) => (k === at ? { ...leg, ...patch } : leg)))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reached by the keyboard
    <section className={css.legs} tabIndex={0} aria-label={t('payoff.legs')}>
      <table className={risk.table}>
        <thead>
          <tr>
            {(['quantity', 'kind', 'expiry', 'strike', 'priceOf', 'paid', 'bid', 'ask', 'iv', 'age', 'result'] as const).map(
              name => (
                <th key={name} scope="col">
                  {t(`payoff.col.${name}`)}
                </th>
              ),
            )}
            <th scope="col">
              <span className="visually-hidden">{t('payoff.remove')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {legs.map((leg, at) => (
            <LegRow
              // biome-ignore lint/suspicious/noArrayIndexKey: two legs may be the very same contract, and a row is its place
              key={at}
              leg={leg}
              frame={frame}
              strikes={leg.stored.expiry ? strikes.get(leg.stored.expiry) : undefined}
              onChange={patch => change(at, patch)}
              onRemove={() => put(stored.filter((_, k) => k !== at))}
            />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function LegRow({
  leg: { stored, quote, paid, leg },
  frame,
  strikes,
  onChange,
  onRemove,
}: {
  leg: QuotedLeg
  frame: PositionFrame
  strikes: readonly number[] | undefined
  onChange(patch: Partial<StoredLeg>): void
  onRemove(): void
}) {
  const { t } = useText()
  const format = useFormat()
  const { kind, expiry, strike, quantity, price = 'mid' } = stored
  const name = kind === 'underlying' ? frame.symbol : `${expiry} ${strike} ${t(`payoff.${kind}`)}`
  const isOption = kind !== 'underlying'
  const mid = quote && quote.bid !== null && quote.ask !== null ? (quote.bid + quote.ask) / 2 : null
  const size = isOption ? frame.multiplier : 1
  const result = mid === null ? null : quantity * size * (mid - paid)
  const listed = strikes && !strikes.includes(strike) ? [...strikes, strike].sort((a, b) => a - b) : (strikes ?? [strike])
  return (
    <tr data-incomplete={leg === null} title={leg === null ? t('payoff.incomplete') : undefined}>
      <td>
        <input
          className={risk.number}
          type="number"
          step={isOption ? 1 : 10}
          style={{ width: 58 }}
          aria-label={t('payoff.quantityOf', { leg: name })}
          value={quantity}
          onChange={event => onChange({ quantity: Number(event.currentTarget.value) })}
        />
      </td>
      <td>
        {isOption ? (
          <select
            className={risk.select}
            aria-label={t('payoff.kindOf', { leg: name })}
            value={kind}
            onChange={event => onChange({ kind: event.currentTarget.value as StoredLeg['kind'] })}
          >
            <option value="call">{t('payoff.call')}</option>
            <option value="put">{t('payoff.put')}</option>
          </select>
        ) : (
          frame.symbol
        )}
      </td>
      <td>
        {isOption ? (
          <select
            className={risk.select}
            aria-label={t('payoff.expiryOf', { leg: name })}
            value={expiry ?? ''}
            onChange={event => onChange({ expiry: event.currentTarget.value })}
          >
            {frame.expiries.some(({ date }) => date === expiry) ? null : <option value={expiry ?? ''}>{expiry}</option>}
            {frame.expiries.map(({ date }) => (
              <option key={date} value={date}>
                {expiryText(date, frame.asOf, format)}
              </option>
            ))}
          </select>
        ) : null}
      </td>
      <td>
        {isOption ? (
          <select
            className={risk.select}
            aria-label={t('payoff.strikeOf', { leg: name })}
            value={strike}
            onChange={event => onChange({ strike: Number(event.currentTarget.value) })}
          >
            {listed.map(one => (
              <option key={one} value={one}>
                {format.number(one, one % 1 === 0 ? 0 : 2)}
              </option>
            ))}
          </select>
        ) : null}
      </td>
      <td>
        <select
          className={risk.select}
          aria-label={t('payoff.priceOf', { leg: name })}
          value={price}
          onChange={event => {
            const next = event.currentTarget.value as PriceOf
            onChange(next === 'own' ? { price: next, own: Number.isFinite(paid) ? Number(paid.toFixed(4)) : 0 } : { price: next })
          }}
        >
          {PRICES.map(one => (
            <option key={one} value={one}>
              {t(`payoff.price.${one}`)}
            </option>
          ))}
        </select>
      </td>
      <td>
        {price === 'own' ? (
          <input
            className={risk.number}
            type="number"
            step={frame.tickSize}
            style={{ width: 76 }}
            aria-label={t('payoff.ownOf', { leg: name })}
            value={stored.own ?? 0}
            onChange={event => onChange({ own: Number(event.currentTarget.value) })}
          />
        ) : (
          format.number(paid, 3)
        )}
      </td>
      <td>{format.price(quote?.bid, frame.tickSize)}</td>
      <td>{format.price(quote?.ask, frame.tickSize)}</td>
      <td>{isOption ? format.number(quote?.fitVol == null ? null : quote.fitVol * 100, 1) : ''}</td>
      <td data-tone="dim">{quote?.isListed === false ? t('payoff.notListed') : format.age(quote?.quoteTime)}</td>
      <td data-tone={toneOf(result)}>{moneyText(result, format, t, { signed: true })}</td>
      <td>
        <IconButton icon="close" label={t('payoff.removeLeg', { leg: name })} onClick={onRemove} />
      </td>
    </tr>
  )
}
