import { describe, expect, test } from 'vitest'
import type { LegQuote } from '../../contract/options-risk.ts'
import { legName, payoffPicture, quotedLegs, type StoredLeg } from './payoff-model.ts'

const QUOTE: LegQuote = {
  ...{ isListed: true, bid: 4, ask: 4.2, last: null, model: 4.1, fitVol: 0.2, vol: 0.2, delta: 0.5, quoteTime: null },
  ...{ forward: 100, tteYears: 0.25, rate: 0.04, yieldRate: 0.01 },
}
const CALL: StoredLeg = { kind: 'call', expiry: '2026-12-18', strike: 100, quantity: 2 }
const FRAME = { multiplier: 100, isAmerican: false, isOnFuture: false, spot: 100 }
const NOW = { volShift: 0, daysAhead: 0 }

function quoted(legs: readonly StoredLeg[], quote: Partial<LegQuote> = {}, frame: Partial<typeof FRAME> = {}) {
  return quotedLegs(legs, new Map(legs.map(leg => [legName(leg), { ...QUOTE, ...quote }])), { ...FRAME, ...frame })
}

describe('the legs of a position', () => {
  test.each([
    ['mid', 4.1],
    ['bid', 4],
    ['ask', 4.2],
  ] as const)('cost the side that was chosen: %s', (price, paid) =>
    expect(quoted([{ ...CALL, price }])[0]!.paid).toBeCloseTo(paid, 12),
  )
  test('keep a price of one’s own whatever the market does', () =>
    expect(quoted([{ ...CALL, price: 'own', own: 3.25 }], { bid: 9, ask: 10 })[0]).toMatchObject({
      paid: 3.25,
      leg: { paid: 3.25 },
    }))
  test('without the side or a volatility are left out, and counted', () => {
    const legs = [...quoted([{ ...CALL, price: 'bid' }], { bid: null }), ...quoted([CALL], { fitVol: null }), ...quoted([CALL])]
    expect(legs.map(({ leg }) => leg === null)).toEqual([true, true, false])
    expect(payoffPicture(legs, 100, NOW, null)).toMatchObject({ left: 2, cost: expect.closeTo(820, 9) })
    expect(payoffPicture(legs.slice(0, 2), 100, NOW, null)).toBeNull()
  })
  test('at the middle of a quote with one side are left out: the model is no price that anybody gave', () =>
    expect(quoted([CALL], { bid: null })[0]).toMatchObject({ paid: Number.NaN, leg: null }))
  test('without a price of the underlying there is no picture', () =>
    expect(payoffPicture(quoted([CALL]), null, NOW, null)).toBeNull())
})

describe('the picture of a position', () => {
  const picture = payoffPicture(quoted([CALL]), 100, NOW, null)!
  test('has its corners at the strikes exactly', () => {
    expect(picture.end.spots).toContain(100)
    expect(picture.end.profits[picture.end.spots.indexOf(100)]).toBeCloseTo(-820, 9)
    expect(picture.end.breakEvens).toEqual([expect.closeTo(104.1, 9)])
  })
  test('is worth about what was paid now, by the very numbers that are drawn', () => {
    const at = picture.now.spots.indexOf(100)
    expect(picture.now.profits[at]).toBeCloseTo(picture.figures.profit, 6)
    expect(Math.abs(picture.figures.profit)).toBeLessThan(60)
  })
  test('a scenario of more volatility is worth more to who holds options', () =>
    expect(payoffPicture(quoted([CALL]), 100, { volShift: 0.05, daysAhead: 0 }, null)!.figuresLater.price).toBeGreaterThan(
      picture.figures.price,
    ))
})

describe('options on futures', () => {
  test('of a further month move with the one that the position is reckoned in, worth the same', () => {
    // The further future stands at 110: 2 options struck 110 are 2.2 options struck 100 on the one at 100.
    const [further] = quoted([{ ...CALL, strike: 110 }], { forward: 110 }, { isOnFuture: true })
    expect(further!.leg).toMatchObject({ strike: expect.closeTo(100, 9), quantity: expect.closeTo(2.2, 12), yieldRate: 0.04 })
    const { cost } = payoffPicture([further!], 100, NOW, null)!
    expect(cost).toBeCloseTo(2 * 100 * 4.1, 9)
  })
})
