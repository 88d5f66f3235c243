import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COLOR_FIELDS } from '../../src/core/color/color-columns.ts'
import { ruleRowOf } from '../../src/core/color/color-fields.ts'
import type { ColorRow } from '../../src/core/color/color-row.ts'
import { placeColors } from '../../src/core/color/lineage.ts'
import { PX_DIRECTIONS, type PxDirection } from '../../src/core/color/order.ts'
import { inOrder, type Rule } from '../../src/core/rules/condition.ts'
import { compileRules } from '../../src/core/rules/evaluate.ts'
import { processSql } from '../../src/main/color/engine/process-query.ts'
import type { DataStore } from '../../src/platform/data-store.ts'
import { insertRun, openColorStore } from './engine-kit.ts'
import { conditionOf, rowOf } from './engine-rows.ts'

let opened: Awaited<ReturnType<typeof openColorStore>>
let store: DataStore
beforeAll(async () => {
  opened = await openColorStore()
  store = opened.store
})
afterAll(() => opened.close())

const RUNS = 40
const ROWS = 150
const SEED = 20_261_120

/** Rows of many runs; an id says nothing of the place of its row. */
function makeRuns(seed: number): ReadonlyMap<number, readonly ColorRow[]> {
  const rows = fc.sample(rowOf, { seed, numRuns: RUNS * ROWS })
  const runs = new Map<number, ColorRow[]>()
  rows.forEach((row, k) => {
    const number = 1 + Math.floor(k / ROWS)
    const rowId = `${((k * 7919) % 10_007).toString(16)}-${number}`
    runs.set(number, [...(runs.get(number) ?? []), { ...row, rowId }])
  })
  return runs
}

const makeRules = (seed: number, count: number): readonly Rule[] =>
  fc.sample(conditionOf, { seed, numRuns: count }).map((when, k) => ({
    ...{ id: `r${k}`, name: `r${k}`, priority: (k * 31) % count, when },
    active: k % 5 !== 0,
  }))

interface Placed {
  readonly excludedBy: string | null
  readonly parent: string | null
  readonly place: number | null
  readonly children: number | null
}

/** The same by the pure functions, each run for itself. */
function expected(runs: ReadonlyMap<number, readonly ColorRow[]>, rules: readonly Rule[], direction: PxDirection) {
  const excludes = compileRules(rules, COLOR_FIELDS)
  const all = new Map<string, Placed>()
  for (const rows of runs.values()) {
    const kept = rows.filter(row => {
      const excludedBy = excludes(ruleRowOf(row))
      if (excludedBy !== null) all.set(row.rowId, { excludedBy, parent: null, place: null, children: null })
      return excludedBy === null
    })
    for (const [place, { row, parentRowId, childrenCount }] of placeColors(kept, direction).entries())
      all.set(row.rowId, { excludedBy: null, parent: parentRowId, place, children: childrenCount })
  }
  return all
}

/** The first few rows that are placed otherwise. */
function differing(answer: ReadonlyMap<string, Placed>, wanted: ReadonlyMap<string, Placed>) {
  expect(answer.size).toBe(wanted.size)
  return [...wanted]
    .flatMap(([id, one]) => (isDeepStrictEqual(answer.get(id), one) ? [] : [[id, answer.get(id), one]]))
    .slice(0, 3)
}

async function asked(rules: readonly Rule[], direction: PxDirection): Promise<Map<string, Placed>> {
  const active = inOrder(rules.filter(rule => rule.active))
  const { columns, rows } = await store.query(
    `select row.row_id, rule, parent.row_id, p.place, p.children_count
      from (${processSql({ from: 'color_rows', part: 'run_number', rules, direction })}) p
      join color_rows row on row.rowid = p.id left join color_rows parent on parent.rowid = p.parent_id`,
  )
  const number = (value: unknown) => (Number.isNaN(value) ? null : (value as number))
  return new Map(
    Array.from({ length: rows }, (_, k) => {
      const [rowId, rule, parent, place, children] = columns.map(column => column[k])
      const at = number(rule)
      const excludedBy = at === null ? null : active[at]!.id
      return [rowId as string, { excludedBy, parent: parent as string | null, place: number(place), children: number(children) }]
    }),
  )
}

describe('the query that excludes, ranks and groups agrees with the pure functions', () => {
  const runs = makeRuns(SEED)
  beforeAll(async () => {
    for (const [number, rows] of runs) await insertRun(store, { number, rows })
  })

  test.each(PX_DIRECTIONS)('prices by %s, on rows without rules', async direction => {
    const answer = await asked([], direction)
    expect(answer.size).toBe(RUNS * ROWS)
    expect(differing(answer, expected(runs, [], direction))).toEqual([])
  })

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('with rules of any form, set %i', async seed => {
    // More tests of one column than a word has bits.
    const rules = makeRules(seed, seed === 8 ? 200 : 12)
    const direction = PX_DIRECTIONS[seed % 3]!
    const [answer, wanted] = [await asked(rules, direction), expected(runs, rules, direction)]
    expect(differing(answer, wanted)).toEqual([])
    if (seed === 1) expect([...wanted.values()].filter(({ excludedBy }) => excludedBy).length).toBeGreaterThan(0)
  })

  test('one rule at a time, so that none hides behind another', async () => {
    for (const rule of makeRules(99, 60)) {
      const rules = [{ ...rule, active: true }]
      const answer = await asked(rules, 'highest')
      const excludes = compileRules(rules, COLOR_FIELDS)
      const wrong = [...runs.values()].flat().filter(row => answer.get(row.rowId)?.excludedBy !== excludes(ruleRowOf(row)))
      expect(wrong.slice(0, 3).map(row => [row, rule.when])).toEqual([])
    }
  })
})
