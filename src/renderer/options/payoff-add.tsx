import { useState } from 'react'
import type { PositionFrame } from '../../contract/options-risk.ts'
import { STRATEGIES, type StrategyName } from '../../core/options/strategy.ts'
import { useDesk } from '../desk.tsx'
import { useFormat } from '../ui/format.ts'
import { notifyFault } from '../ui/notice-fault.ts'
import { useText } from '../ui/text.ts'
import { expiryText } from './chain-words.ts'
import css from './payoff.module.css'
import type { StoredLeg } from './payoff-model.ts'
import risk from './risk.module.css'

/** The expiry that most positions are made in: the first at least three weeks off. */
export function usualExpiry({ expiries }: PositionFrame): string | null {
  return (expiries.find(({ days }) => days >= 20) ?? expiries.at(-1))?.date ?? null
}

/** Asks the host for a ready-made position and puts it in place of the legs. */
export function useReady(underlying: string, put: (legs: readonly StoredLeg[]) => void) {
  const desk = useDesk()
  return (name: StrategyName, expiry: string | null) => {
    if (expiry === null) return
    desk.options.risk
      .strategy({ underlying, name, expiry })
      .then(({ legs }) => put(legs))
      .catch(notifyFault)
  }
}

/** Ways to bring legs in: one by one at the money, or a ready-made position of an expiry. */
export function AddLegs({
  chain,
  frame,
  legs,
  put,
  left,
}: {
  chain: string
  frame: PositionFrame
  legs: readonly StoredLeg[]
  put(legs: readonly StoredLeg[]): void
  /** Legs that have no price or no volatility. */
  left: number
}) {
  const { t } = useText()
  const format = useFormat()
  const desk = useDesk()
  const [chosen, setChosen] = useState<string | null>(null)
  const expiry = frame.expiries.find(({ date }) => date === chosen)?.date ?? usualExpiry(frame)
  const [name, setName] = useState<StrategyName>('straddle')
  const makeReady = useReady(chain, put)
  const one = async (kind: StoredLeg['kind']) => {
    if (kind === 'underlying') return put([...legs, { kind, expiry: null, strike: 0, quantity: frame.multiplier }])
    if (expiry === null) return
    try {
      const { strikes, forward } = await desk.options.risk.strikes({ underlying: chain, expiry })
      const money = forward ?? frame.spot ?? 0
      const strike = strikes.reduce(
        (best, next) => (Math.abs(next - money) < Math.abs(best - money) ? next : best),
        strikes[0] ?? 0,
      )
      put([...legs, { kind, expiry, strike, quantity: 1 }])
    } catch (fault) {
      notifyFault(fault)
    }
  }
  return (
    <div className={css.add}>
      <select
        className={risk.select}
        aria-label={t('risk.expiry')}
        value={expiry ?? ''}
        onChange={event => setChosen(event.currentTarget.value)}
      >
        {frame.expiries.map(({ date, days }) => (
          <option key={date} value={date}>
            {expiryText(date, frame.asOf, format)} · {t('payoff.days', { count: format.number(days, days < 10 ? 1 : 0) })}
          </option>
        ))}
      </select>
      {(['call', 'put', 'underlying'] as const).map(kind => (
        <button key={kind} type="button" onClick={() => void one(kind)}>
          + {kind === 'underlying' ? frame.symbol : t(`payoff.${kind}`)}
        </button>
      ))}
      <i className={css.rule} />
      <select
        className={risk.select}
        aria-label={t('payoff.ready')}
        value={name}
        onChange={event => setName(event.currentTarget.value as StrategyName)}
      >
        {STRATEGIES.map(one => (
          <option key={one} value={one}>
            {t(`strategy.${one}`)}
          </option>
        ))}
      </select>
      <button type="button" onClick={() => makeReady(name, expiry)}>
        {t('payoff.make')}
      </button>
      {legs.length > 0 ? (
        <button type="button" onClick={() => put([])}>
          {t('payoff.clear')}
        </button>
      ) : null}
      {left > 0 ? (
        <span className={css.warn} role="status">
          {t('payoff.left', { count: left })}
        </span>
      ) : null}
    </div>
  )
}
