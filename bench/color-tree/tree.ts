import { createRandom } from '../../src/core/kit/random.ts'
import type { Condition, Test } from '../../src/core/rules/condition.ts'

const FIELDS = [
  ['SECTOR', 'contains'],
  ['TICKER', 'starts-with'],
  ['BIAS', 'is'],
  ['PX', 'greater'],
  ['RANK', 'at-most'],
] as const

/** A condition of so many tests and groups, three levels deep, as a person builds them. */
export function manyNodes(nodes: number): Condition {
  const random = createRandom(20261122)
  let left = nodes - 1
  const test = (): Test => {
    const [field, operator] = FIELDS[Math.floor(random.uniform() * FIELDS.length)]!
    const value = field === 'PX' || field === 'RANK' ? `${Math.floor(1 + random.uniform() * 100)}` : `word${left}`
    left--
    return { kind: 'test', field, operator, value }
  }
  const groups: Condition[] = []
  while (left > 0) {
    left--
    const of: Condition[] = []
    while (left > 0 && of.length < 6) of.push(test())
    if (left > 3) {
      left--
      of.push({ kind: 'not', of: { kind: 'all', of: [test(), test()] } })
    }
    groups.push({ kind: 'all', of: of.length > 0 ? of : [test()] })
  }
  return { kind: 'any', of: groups }
}

export function countNodes(condition: Condition): number {
  if (condition.kind === 'test') return 1
  if (condition.kind === 'not') return countNodes(condition.of)
  return 1 + condition.of.reduce((sum, part) => sum + countNodes(part), 0)
}
