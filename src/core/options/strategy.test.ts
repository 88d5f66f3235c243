import { describe, expect, test } from 'vitest'
import { analysisOf, type Contract } from '../../../tests/options/risk-book.ts'
import { type Leg, payoffAtExpiry } from './portfolio.ts'
import { ladders, makeStrategy, STRATEGIES, type StrategyLeg, type StrategyName } from './strategy.ts'

/** Three expiries with calls and puts from 80 to 120 in ones, at 20 %. */
const CHAIN = analysisOf(
  [7, 30, 60].flatMap(days =>
    Array.from({ length: 41 }, (_, k) => 80 + k).flatMap((strike): Contract[] => [
      { days, strike, side: 1, vol: 0.2 },
      { days, strike, side: -1, vol: 0.2 },
    ]),
  ),
)
const LADDERS = ladders(CHAIN)
const EXPIRY = LADDERS[1]!.expiry

function made(name: StrategyName): readonly StrategyLeg[] {
  const answer = makeStrategy(name, LADDERS, EXPIRY, 100)
  if (!answer.ok) throw new Error(answer.kind)
  return answer.legs
}

/** Payoff of a strategy that cost nothing. */
function payoff(name: StrategyName) {
  return payoffAtExpiry(
    made(name).map(
      ({ kind, quantity, strike }): Leg => ({
        ...{ kind, quantity, strike, multiplier: kind === 'underlying' ? 1 : 100, paid: 0, tteYears: 0.1, vol: 0.2 },
        ...{ rate: 0, yieldRate: 0, isAmerican: false },
      }),
    ),
  )
}

describe('ready-made positions', () => {
  test('every one is made of listed strikes', () => {
    for (const name of STRATEGIES)
      for (const leg of made(name)) if (leg.kind !== 'underlying') expect(LADDERS[1]!.strikes).toContain(leg.strike)
  })
  test('the middle is the strike nearest to the forward, wings half a deviation out', () => {
    // 20 % over 30 days is 5.73 points: half of it is three strikes.
    expect(made('straddle').map(({ strike }) => strike)).toEqual([100, 100])
    expect(made('strangle').map(({ kind, strike }) => [kind, strike])).toEqual([
      ['put', 97],
      ['call', 103],
    ])
    expect(made('condor').map(({ strike }) => strike)).toEqual([94, 97, 103, 106])
  })
  test('each has the payoff that its name promises', () => {
    expect(payoff('call-vertical')).toMatchObject({ most: 300, least: 0 })
    expect(payoff('put-vertical')).toMatchObject({ most: 300, least: 0 })
    expect(payoff('butterfly')).toMatchObject({ most: 300, least: 0, slopeAbove: 0 })
    expect(payoff('condor')).toMatchObject({ most: 0, least: -300, slopeAbove: 0 })
    expect(payoff('straddle')).toMatchObject({ most: Number.POSITIVE_INFINITY, least: 0 })
    expect(payoff('covered-call')).toMatchObject({ most: 10_300, least: 0, slopeAbove: 0 })
    expect(payoff('collar')).toMatchObject({ most: 10_300, least: 9700 })
    expect(payoff('risk-reversal')).toMatchObject({ most: Number.POSITIVE_INFINITY, least: -9700 })
  })
  test('a calendar sells the nearer expiry and buys one at least a week later at the same strike', () => {
    expect(made('calendar')).toEqual([
      { kind: 'call', quantity: -1, expiry: EXPIRY, strike: 100 },
      { kind: 'call', quantity: 1, expiry: LADDERS[2]!.expiry, strike: 100 },
    ])
    expect(makeStrategy('calendar', LADDERS, LADDERS[2]!.expiry, 100)).toEqual({ ok: false, kind: 'no-later-expiry' })
  })
  test('a chain that is too short or has no forward is refused, not stretched', () => {
    const short = [{ ...LADDERS[1]!, strikes: [99, 100, 101] }]
    expect(makeStrategy('condor', short, EXPIRY, 100)).toEqual({ ok: false, kind: 'too-few-strikes' })
    const blind = [{ ...LADDERS[1]!, forward: Number.NaN }]
    expect(makeStrategy('straddle', blind, EXPIRY, 100)).toEqual({ ok: false, kind: 'no-forward' })
  })
  test('without a volatility the next strikes serve as wings', () => {
    const blind = [{ ...LADDERS[1]!, deviation: Number.NaN }]
    const answer = makeStrategy('condor', blind, EXPIRY, 100)
    expect(answer.ok && answer.legs.map(({ strike }) => strike)).toEqual([98, 99, 101, 102])
  })
})
