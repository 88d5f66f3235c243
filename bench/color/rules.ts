import { createRandom, type Random } from '../../src/core/kit/random.ts'
import type { Condition, Rule, Test } from '../../src/core/rules/condition.ts'

// Rules as a desk has them: most name a bucket, a dealer or a quote type and a bound of a price; some a deal, a tranche or a message;
// some have alternatives and exceptions. Together they take out a few rows of a
// hundred, so that most rows are asked by every rule.

const SECTORS = ['MM CLO', 'US CLO 2.0', 'EUROPEAN CLO', 'AUTO ABS', 'EQUITY', 'MEZZ', 'SENIOR', 'AAA', 'BB', ' A']
const SOURCES = ['ASHCOMBE SECURITIES', 'Bellwick', 'corran', 'DRAYTON MARSH', 'EASTLEIGH', 'FERNHURST', 'Gillstone Bank', 'hale']
const BIASES = ['BID', 'OFFER', 'BWIC TALK', 'BWIC COVER', 'VALUATION', 'TRADE CONFIRM', 'COLOR', 'DNT']

const of = (random: Random) => ({
  one: <T>(list: readonly T[]) => list[Math.floor(random.uniform() * list.length)] as T,
  number: (from: number, to: number, places = 2) => (from + random.uniform() * (to - from)).toFixed(places),
})

/** So many rules; the same seed gives the same ones. */
export function makeRules(count: number, seed: number): readonly Rule[] {
  const random = createRandom(seed)
  const { one, number } = of(random)
  const test = (field: string, operator: Test['operator'], value: string, value2?: string): Test => ({
    ...{ kind: 'test', field, operator, value },
    ...(value2 === undefined ? {} : { value2 }),
  })
  const about = (): Condition =>
    one<() => Condition>([
      () => test('SECTOR', 'contains', one(SECTORS)),
      () => test('SECTOR', 'starts-with', one(SECTORS)),
      () => test('SOURCE', one(['is', 'contains', 'starts-with']), one(SOURCES)),
      () => test('BIAS', 'is', one(BIASES)),
      () => ({ kind: 'not', of: test('BIAS', 'is', one(BIASES)) }),
    ])()
  const bound = (): Condition =>
    one<() => Condition>([
      () => test('PX', 'less', number(20, 60)),
      () => test('PX', 'greater', number(101, 106)),
      () => test('PX', 'between', number(30, 40), number(40, 45)),
      () => test('PERCENT_DIFF', 'greater', number(3, 9, 1)),
      () => test('PRICE_DIFF', 'less', number(-9, -3)),
      () => test('CONFIDENCE', 'at-most', number(0, 2, 0)),
      () => test('RANK', 'at-least', number(6, 7, 0)),
      () => test('DATE_1', 'equal', `2026-11-${number(3, 19, 0).padStart(2, '0')}`),
      () => test('ASK', 'greater', number(102, 110)),
    ])()
  const named = (): Condition =>
    one<() => Condition>([
      () =>
        test(
          'TICKER',
          'starts-with',
          String.fromCharCode(65 + Math.floor(random.uniform() * 26), 65 + Math.floor(random.uniform() * 26)),
        ),
      () => test('TICKER', 'contains', `20${number(10, 24, 0)}-${number(1, 3, 0)} ${one(['D', 'E', 'F'])}`),
      () => test('CUSIP', 'is', number(100_000_000, 999_999_999, 0)),
      () => test('MESSAGE_ID', 'ends-with', number(10_000, 99_999, 0)),
    ])()
  return Array.from({ length: count }, (_, at): Rule => {
    const draw = random.uniform()
    const when: Condition =
      draw < 0.5
        ? { kind: 'all', of: [about(), about(), bound()] }
        : draw < 0.75
          ? { kind: 'all', of: [{ kind: 'any', of: [about(), named()] }, bound(), { kind: 'not', of: bound() }] }
          : draw < 0.9
            ? { kind: 'all', of: [named(), bound()] }
            : { kind: 'any', of: [named(), { kind: 'all', of: [about(), bound(), bound()] }] }
    return { id: `rule-${at + 1}`, name: `Rule ${at + 1}`, priority: at + 1, active: true, when }
  })
}
