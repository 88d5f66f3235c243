import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { epochMicros, isoDate, MICROS_PER_DAY } from '../../core/kit/time.ts'
import { centreOf, centresOf, type LinedChain, nextPoll, type PolledChain, planLines, pollsPerTurn } from './chain-lines.ts'

const NOW = Date.UTC(2026, 2, 11, 15) * 1000
const dates = ['2026-03-13', '2026-03-20', '2026-03-27', '2026-04-17', '2026-06-19', '2026-12-18'].map(isoDate)

/** A chain of so many expiries with strikes 1 apart around 100, a call and a put each. */
function chainOf({ key = 'X', expiries = 4, strikes = 61, spot = 100, over = {} as Partial<LinedChain> } = {}): LinedChain {
  const strike: number[] = []
  const listed = dates.slice(0, expiries).map((date, e) => {
    const from = strike.length
    for (let k = 0; k < strikes; k++) strike.push(100 - (strikes >> 1) + k, 100 - (strikes >> 1) + k)
    return { date, settlesAt: epochMicros(NOW + (e + 1) * 7 * MICROS_PER_DAY), from, to: strike.length }
  })
  return {
    ...{ key, expiries: listed, strike: Float64Array.from(strike), spot, shown: new Set(), watched: [], centres: new Map() },
    ...over,
  }
}

/** Strikes that are streamed of one expiry. */
function streamed(chain: LinedChain, rows: readonly number[], expiry: number): number[] {
  const { from, to } = chain.expiries[expiry]!
  return [...new Set(rows.filter(row => row >= from && row < to).map(row => chain.strike[row]!))]
}

describe('the centre', () => {
  const strikes = [95, 100, 105, 110]
  test('it is the nearest strike at first, and stays while the spot moves within three quarters of a step', () => {
    expect(centreOf(strikes, 101, undefined)).toBe(100)
    expect(centreOf(strikes, 103.7, 100)).toBe(100)
    expect(centreOf(strikes, 103.8, 100)).toBe(105)
    expect(centreOf(strikes, 101.3, 105)).toBe(105)
    expect(centreOf(strikes, 101.2, 105)).toBe(100)
  })
  test('beyond the last strike it is the last one; without a spot it is the one before, or the middle', () => {
    expect(centreOf(strikes, 500, 110)).toBe(110)
    expect(centreOf(strikes, 500, undefined)).toBe(110)
    expect(centreOf(strikes, Number.NaN, 95)).toBe(95)
    expect(centreOf(strikes, Number.NaN, undefined)).toBe(105)
  })
  test('a strike that is listed no more, as after a split, is forgotten', () => {
    expect(centreOf([9.5, 10, 10.5], 10.1, 100)).toBe(10)
  })
})

describe('the plan of lines', () => {
  test('the strikes around the money of the nearest expiries are streamed, both sides of each', () => {
    const chain = chainOf({ expiries: 6 })
    const [rows] = planLines([chain], { budget: 4 * 41 * 2, now: NOW })
    expect(rows).toHaveLength(328)
    for (const expiry of [0, 1, 2, 3]) {
      const strikes = streamed(chain, rows!, expiry)
      expect([Math.min(...strikes), Math.max(...strikes), strikes.length]).toEqual([80, 120, 41])
    }
    expect(streamed(chain, rows!, 4)).toEqual([])
  })

  test('an expiry that somebody looks at comes before others however far it is; a watched contract before all', () => {
    const far = 5
    const plain = chainOf({ expiries: 6 })
    const { from } = plain.expiries[far]!
    const chain = { ...plain, shown: new Set([dates[far]!]), watched: [from] }
    const [rows] = planLines([chain], { budget: 40, now: NOW })
    expect(rows).toContain(from)
    expect(streamed(chain, rows!, far).filter(strike => strike > 80)).toEqual(Array.from({ length: 20 }, (_, k) => 90 + k))
  })

  test('an expiry that has settled is not streamed', () => {
    const chain = chainOf({ expiries: 2 })
    const [rows] = planLines([chain], { budget: 1000, now: chain.expiries[0]!.settlesAt })
    expect(streamed(chain, rows!, 0)).toEqual([])
    expect(streamed(chain, rows!, 1)).toHaveLength(61)
  })

  test('never more than the budget, no row twice, each of its own chain', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            expiries: fc.integer({ min: 0, max: 6 }),
            strikes: fc.integer({ min: 1, max: 61 }),
            spot: fc.oneof(fc.double({ min: 1, max: 300, noNaN: true }), fc.constant(Number.NaN)),
            shown: fc.subarray(dates),
            watched: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 5 }),
          }),
          { maxLength: 4 },
        ),
        fc.integer({ min: 0, max: 900 }),
        (drafts, budget) => {
          const chains = drafts.map(({ shown, watched, ...draft }) => {
            const made = chainOf(draft)
            return { ...made, shown: new Set(shown), watched: watched.filter(row => row < made.strike.length) }
          })
          const plans = planLines(chains, { budget, now: NOW })
          const total = plans.reduce((sum, rows) => sum + rows.length, 0)
          const listed = chains.reduce((sum, chain) => sum + chain.strike.length, 0)
          expect(total).toBe(Math.min(budget, listed))
          for (const [at, rows] of plans.entries()) {
            expect(new Set(rows).size).toBe(rows.length)
            for (const row of rows) expect(row >= 0 && row < chains[at]!.strike.length).toBe(true)
          }
        },
      ),
    ))

  test('a spot that moves a cent at a time changes lines when it has gone three quarters of a step, and not before', () => {
    let centres: LinedChain['centres'] = new Map()
    let [changes, before] = [0, '']
    for (let cents = 0; cents <= 300; cents++) {
      const chain = chainOf({ spot: 100 + cents / 100, over: { centres } })
      centres = centresOf(chain, NOW)
      const plan = JSON.stringify(planLines([{ ...chain, centres }], { budget: 100, now: NOW }))
      if (before !== '' && plan !== before) changes++
      before = plan
    }
    // Three dollars up, one change a strike.
    expect(changes).toBe(3)
    // And a spot that trembles where two strikes are equally near changes nothing.
    for (let k = 0; k < 50; k++) {
      const chain = chainOf({ spot: 102.5 + (k % 2 ? 0.02 : -0.02), over: { centres } })
      centres = centresOf(chain, NOW)
      expect(JSON.stringify(planLines([{ ...chain, centres }], { budget: 100, now: NOW }))).toBe(before)
    }
  })

  test('wherever the spot goes, the strikes next to it are streamed', () =>
    fc.assert(
      fc.property(fc.array(fc.double({ min: 75, max: 125, noNaN: true }), { minLength: 1, maxLength: 12 }), spots => {
        let centres: LinedChain['centres'] = new Map()
        for (const spot of spots) {
          const chain = chainOf({ spot, over: { centres } })
          centres = centresOf(chain, NOW)
          const [rows] = planLines([{ ...chain, centres }], { budget: 60, now: NOW })
          for (const expiry of [0, 1, 2, 3]) {
            const strikes = streamed(chain, rows!, expiry)
            expect(strikes).toContain(Math.floor(spot))
            expect(strikes).toContain(Math.ceil(spot))
          }
        }
      }),
    ))
})

describe('the rotation', () => {
  function polledOf(chain: LinedChain, isStreamed: (row: number) => boolean): PolledChain {
    return {
      ...{ expiries: chain.expiries, shown: chain.shown, asked: new Float64Array(chain.strike.length) },
      isStreamed: Uint8Array.from(chain.strike, (_, row) => (isStreamed(row) ? 1 : 0)),
    }
  }

  test('every contract that is not streamed is asked for within a turn, none that is, and no poll crosses what it may not', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            expiries: fc.integer({ min: 1, max: 6 }),
            strikes: fc.integer({ min: 1, max: 30 }),
            shown: fc.subarray(dates),
            every: fc.integer({ min: 1, max: 5 }),
          }),
          { minLength: 1, maxLength: 3 },
        ),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 0, max: 50 }),
        fc.boolean(),
        (drafts, size, warmUp, isAcross) => {
          const terms = { size, isAcross, now: NOW }
          const chains = drafts.map(({ shown, every, ...draft }) =>
            polledOf({ ...chainOf(draft), shown: new Set(shown) }, row => row % every === 0 && every > 1),
          )
          let polls = 0
          const poll = () => {
            const next = nextPoll(chains, { ...terms, prefersShown: ++polls % 2 === 1 })
            if (!next) return []
            expect(next.rows.length).toBeLessThanOrEqual(size)
            const { expiries, asked, isStreamed } = chains[next.chain]!
            const places = next.rows.map(row => expiries.findIndex(one => row >= one.from && row < one.to))
            if (!isAcross) expect(new Set(places).size).toBe(1)
            for (const row of next.rows) {
              expect(isStreamed[row]).toBe(0)
              asked[row] = polls
            }
            return next.rows.map(row => `${next.chain} ${row}`)
          }
          // From any moment on, not only from the first.
          for (let k = 0; k < warmUp; k++) poll()
          const seen = new Set<string>()
          for (let k = pollsPerTurn(chains, terms); k > 0; k--) for (const place of poll()) seen.add(place)
          const waiting = chains.reduce((sum, { isStreamed }) => sum + isStreamed.filter(mark => mark === 0).length, 0)
          expect(seen.size).toBe(waiting)
        },
      ),
    ))

  test('what is shown is asked for every other time, and what has settled not at all', () => {
    const chain = { ...chainOf({ expiries: 3, strikes: 5 }), shown: new Set([dates[2]!]) }
    const polled = polledOf(chain, () => false)
    const order = Array.from({ length: 6 }, (_, k) => {
      const next = nextPoll([polled], {
        ...{ size: 10, isAcross: false, now: chain.expiries[0]!.settlesAt },
        prefersShown: k % 2 === 0,
      })!
      for (const row of next.rows) polled.asked[row] = k + 1
      return chain.expiries.findIndex(one => next.rows[0]! >= one.from && next.rows[0]! < one.to)
    })
    expect(order).toEqual([2, 1, 2, 1, 2, 1])
  })
})
