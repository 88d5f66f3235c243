import type { LegQuote, NamedLeg, PositionFrame } from '../../contract/options-risk.ts'
import type { Leg } from '../../core/options/portfolio.ts'
import {
  firstExpiry,
  type PositionFigures,
  type ProfitLine,
  positionFigures,
  profitAhead,
  profitAtFirstExpiry,
} from '../../core/options/position.ts'
import { DAYS_PER_YEAR } from '../../core/options/screen-units.ts'

export const PRICES = ['mid', 'bid', 'ask', 'own'] as const
export type PriceOf = (typeof PRICES)[number]

/** A leg as it is stored with the panel. */
export interface StoredLeg {
  readonly kind: 'call' | 'put' | 'underlying'
  readonly expiry: string | null
  readonly strike: number
  /** Contracts, or units of the underlying; below zero when sold. */
  readonly quantity: number
  /** What was paid for it: a side of the quote as it is now, or a price of one's own. The middle where absent. */
  readonly price?: PriceOf
  readonly own?: number
}

/** A leg with what the chain says of it. */
export interface QuotedLeg {
  readonly stored: StoredLeg
  readonly quote: LegQuote | null
  readonly paid: number
  /** Null where a number that it needs is missing. */
  readonly leg: Leg | null
}

/** Name of a leg's contract: legs of one contract share a quote. */
export function legName({ kind, expiry, strike }: NamedLeg): string {
  return kind === 'underlying' ? kind : `${kind} ${expiry} ${strike}`
}

export function namedLegs(legs: readonly StoredLeg[]): NamedLeg[] {
  const names = new Map(legs.map(leg => [legName(leg), { kind: leg.kind, expiry: leg.expiry, strike: leg.strike }]))
  return [...names.values()]
}

/** What one unit of a leg costs by its choice of price; NaN where that side is not quoted. */
function priceOf({ price = 'mid', own }: StoredLeg, quote: LegQuote | null): number {
  if (price === 'own') return own ?? Number.NaN
  const [bid, ask] = [quote?.bid ?? Number.NaN, quote?.ask ?? Number.NaN]
  if (price === 'bid') return bid
  return price === 'ask' ? ask : (bid + ask) / 2
}

/**
 * The legs with their quotes; one whose price or volatility is not known has no `leg`.
 *
 * An option on another future than the one that the position is reckoned in moves with it in proportion: at a ratio of their
 * prices it is so many options on that one, struck at its strike over the ratio.
 */
export function quotedLegs(
  legs: readonly StoredLeg[],
  quotes: ReadonlyMap<string, LegQuote>,
  frame: Pick<PositionFrame, 'multiplier' | 'isAmerican' | 'isOnFuture' | 'spot'>,
): QuotedLeg[] {
  return legs.map(stored => {
    const quote = quotes.get(legName(stored)) ?? null
    const paid = priceOf(stored, quote)
    if (!Number.isFinite(paid)) return { stored, quote, paid, leg: null }
    if (stored.kind === 'underlying') {
      const held = { strike: 0, tteYears: 0, vol: 0, rate: 0, yieldRate: 0, isAmerican: false }
      return { stored, quote, paid, leg: { ...stored, ...held, multiplier: 1, paid } }
    }
    return { stored, quote, paid, leg: optionLeg(stored, quote, paid, frame) }
  })
}

function optionLeg(
  { kind, quantity, strike }: StoredLeg,
  quote: LegQuote | null,
  paid: number,
  { multiplier, isAmerican, isOnFuture, spot }: Pick<PositionFrame, 'multiplier' | 'isAmerican' | 'isOnFuture' | 'spot'>,
): Leg | null {
  const { fitVol, forward, tteYears, rate, yieldRate } = quote ?? {}
  if (fitVol == null || tteYears == null || rate == null || yieldRate == null) return null
  const ratio = isOnFuture && forward != null && spot !== null && spot > 0 ? forward / spot : 1
  return {
    ...{ kind, quantity: quantity * ratio, multiplier, paid: paid / ratio, strike: strike / ratio },
    ...{ tteYears, vol: fitVol, rate, yieldRate: isOnFuture ? rate : yieldRate, isAmerican },
  }
}

/** What a person asks of a position besides now. */
export interface PayoffScenario {
  /** Added to each volatility, as a fraction. */
  readonly volShift: number
  readonly daysAhead: number
}

/** All that the panel draws and writes of a position. */
export interface PayoffPicture {
  readonly legs: readonly Leg[]
  /** Legs left out because a number is missing. */
  readonly left: number
  readonly spot: number
  readonly end: ProfitLine
  readonly now: ProfitLine
  readonly later: ProfitLine
  readonly figures: PositionFigures
  readonly figuresLater: PositionFigures
  /** Money that was paid (above zero) or received for the whole. */
  readonly cost: number
  /** Days to the first expiry; infinite without options. */
  readonly days: number
}

const POINTS = 121

/** The stretch of spots worth drawing: three deviations to the first expiry, and every strike with room around it. */
export function payoffStretch(legs: readonly Leg[], spot: number): readonly [number, number] {
  const options = legs.filter(({ kind }) => kind !== 'underlying')
  const deviation = options.reduce((most, { vol, tteYears }) => Math.max(most, vol * Math.sqrt(tteYears)), 0.02)
  const reach = Math.min(0.6, 2.5 * deviation)
  const strikes = options.map(({ strike }) => strike)
  const span = 0.04 * spot
  return [
    Math.max(0, Math.min(spot * (1 - reach), ...strikes.map(strike => strike - span))),
    Math.max(spot * (1 + reach), ...strikes.map(strike => strike + span)),
  ]
}

/** Even steps, and every strike exactly: there the payoff has its corners. */
function spotsOf(from: number, to: number, legs: readonly Leg[]): Float64Array {
  const even = Array.from({ length: POINTS }, (_, k) => from + ((to - from) * k) / (POINTS - 1))
  const corners = legs.flatMap(({ kind, strike }) => (kind !== 'underlying' && strike > from && strike < to ? [strike] : []))
  return Float64Array.from(new Set([...even, ...corners])).sort()
}

/** Curves and figures of a position; null where there is no leg with all its numbers, or no price of the underlying. */
export function payoffPicture(
  quoted: readonly QuotedLeg[],
  spot: number | null,
  { volShift, daysAhead }: PayoffScenario,
  stretch: readonly [number, number] | null,
): PayoffPicture | null {
  const legs = quoted.flatMap(({ leg }) => leg ?? [])
  if (legs.length === 0 || spot === null || !(spot > 0)) return null
  const [from, to] = stretch ?? payoffStretch(legs, spot)
  const spots = spotsOf(from, to, legs)
  const ahead = daysAhead / DAYS_PER_YEAR
  return {
    legs,
    left: quoted.length - legs.length,
    spot,
    end: profitAtFirstExpiry(legs, spots),
    now: profitAhead(legs, spots, { volShift: 0, ahead: 0 }),
    later: profitAhead(legs, spots, { volShift, ahead }),
    figures: positionFigures(legs, { spot, volShift: 0, ahead: 0 }),
    figuresLater: positionFigures(legs, { spot, volShift, ahead }),
    cost: legs.reduce((sum, leg) => sum + leg.quantity * leg.multiplier * leg.paid, 0),
    days: firstExpiry(legs) * DAYS_PER_YEAR,
  }
}

/** Axes of the scenario grid: 41 spots, 21 volatilities from half to one and a half of the usual range, 10 times to the first expiry. */
export function gridAxes(stretch: readonly [number, number], days: number) {
  const [from, to] = stretch
  const last = Number.isFinite(days) ? days / DAYS_PER_YEAR : 30 / DAYS_PER_YEAR
  return {
    spots: Array.from({ length: 41 }, (_, k) => from + ((to - from) * k) / 40),
    volShifts: Array.from({ length: 21 }, (_, k) => (k - 10) / 100),
    ahead: Array.from({ length: 10 }, (_, k) => (last * k) / 9),
  }
}
