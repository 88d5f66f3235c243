import { type Leg, scenarioGrid } from '../src/core/options/portfolio.ts'
import { cpuSeconds, median, type RatioResult, stream } from './peers/measure.ts'

// Value, profit and Greeks of 30 legs over 41 spots, 21 volatilities and 10 times: 258,300 prices. The limit is 100 ms.

interface Options {
  readonly passes?: number
}

/** Milliseconds of one grid, with European and with American legs. */
export async function run({ passes = 15 }: Options): Promise<RatioResult[]> {
  const next = stream(20_260_104)
  const legs = (isAmerican: boolean): Leg[] =>
    Array.from({ length: 30 }, () => ({
      kind: next() < 0.5 ? 'call' : 'put',
      quantity: Math.ceil(10 * next()) * (next() < 0.5 ? 1 : -1),
      multiplier: 100,
      paid: 5 * next(),
      strike: 80 + 40 * next(),
      tteYears: 0.05 + next(),
      vol: 0.15 + 0.3 * next(),
      rate: 0.04,
      yieldRate: 0.02,
      isAmerican,
    }))
  const axes = {
    spots: Float64Array.from({ length: 41 }, (_, k) => 80 + k),
    volShifts: Float64Array.from({ length: 21 }, (_, k) => (k - 10) / 100),
    ahead: Float64Array.from({ length: 10 }, (_, k) => k / 20),
  }
  return [true, false].map(isAmerican => {
    const all = legs(isAmerican)
    scenarioGrid(all, axes)
    const times = Array.from({ length: passes }, () => cpuSeconds(() => void scenarioGrid(all, axes)))
    const value = 1000 * median(times)
    return {
      bench: isAmerican ? 'grid, American legs' : 'grid',
      value,
      unit: 'ms',
      peer: 'limit of 100 ms for European legs',
      peerValue: isAmerican ? null : 100,
      ratio: isAmerican ? null : 100 / value,
      limit: isAmerican ? null : 1,
      within: isAmerican ? null : value <= 100,
      note: 'processor time of 30 legs x 41 x 21 x 10',
    }
  })
}
