import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { COLOR_FIELDS } from '../../src/core/color/color-columns.ts'
import { ruleRowOf } from '../../src/core/color/color-fields.ts'
import type { ColorRow } from '../../src/core/color/color-row.ts'
import { generateColors } from '../../src/core/color/generator.ts'
import { placeColors } from '../../src/core/color/lineage.ts'
import { PX_DIRECTIONS, type PxDirection } from '../../src/core/color/order.ts'
import { epochMicros } from '../../src/core/kit/time.ts'
import type { Rule, Test } from '../../src/core/rules/condition.ts'
import { compileCondition, compileRules } from '../../src/core/rules/evaluate.ts'
import { createColorLookup } from '../../src/main/color/engine/color-lookup.ts'
import { createColorDryRun } from '../../src/main/color/engine/dry-run.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { insertRun, openColorStore } from './engine-kit.ts'
import { conditionOf, rowOf } from './engine-rows.ts'

const NOW = epochMicros(Date.UTC(2026, 10, 20, 18) * 1000)
const DAYS = 5
const FROM = '2026-11-16'

interface Run {
  readonly number: number
  readonly rows: readonly ColorRow[]
  readonly direction: PxDirection
  readonly isDeleted?: boolean
}

/** Runs of a desk, runs of rows that are hard to compare, and one whose output was deleted. */
function makeRuns(): readonly Run[] {
  const runs = Array.from({ length: 6 }, (_, k): Run => {
    const rows = [...generateColors({ seed: 3, rows: 300, until: `2026-11-${20 - k}`, days: 2, tranches: 60 })]
    return { number: k + 1, rows, direction: PX_DIRECTIONS[k % 3]! }
  })
  const hard = fc.sample(rowOf, { seed: 5, numRuns: 600 })
  for (let k = 0; k < 3; k++) {
    const rows = hard.slice(200 * k, 200 * k + 200).map((row, at) => ({ ...row, rowId: `h${(at * 37) % 211}` }))
    runs.push({ number: 7 + k, rows, direction: PX_DIRECTIONS[k]! })
  }
  return [...runs, { number: 10, rows: runs[0]!.rows, direction: 'highest', isDeleted: true }]
}

const runs = makeRuns()
let opened: Awaited<ReturnType<typeof openColorStore>>
beforeAll(async () => {
  opened = await openColorStore()
  for (const run of runs) await insertRun(opened.store, run)
})
afterAll(() => opened.close())

/** The same figures by the pure functions. */
function expected(rules: readonly Rule[], inForce: readonly Rule[]) {
  const [then, now] = [compileRules(rules, COLOR_FIELDS), compileRules(inForce, COLOR_FIELDS)]
  const count = {
    rows: 0,
    cusips: 0,
    excludedNow: 0,
    excludedThen: 0,
    removed: 0,
    added: 0,
    parentsChanged: 0,
    cusipsLost: 0,
    cusipsGained: 0,
  }
  const byRule = rules
    .filter(({ active }) => active)
    .map(({ id, when }) => ({ rule: id, meets: compileCondition(when, COLOR_FIELDS), hits: 0, credited: 0 }))
  const byDay = new Map<string, [number, number, number]>()
  const bySector = new Map<string, [number, number, number]>()
  for (const { rows, direction, isDeleted } of runs) {
    if (isDeleted) continue
    const [keptNow, keptThen]: [ColorRow[], ColorRow[]] = [[], []]
    const cusips = new Set<string>()
    for (const row of rows) {
      if (row.date < FROM) continue
      const seen = ruleRowOf(row)
      const [isOutNow, creditedThen] = [now(seen) !== null, then(seen)]
      const isOutThen = creditedThen !== null
      const [out, back] = [Number(isOutThen && !isOutNow), Number(isOutNow && !isOutThen)]
      cusips.add(row.cusip)
      count.rows += 1
      count.excludedNow += Number(isOutNow)
      count.excludedThen += Number(isOutThen)
      count.removed += out
      count.added += back
      if (!isOutNow) keptNow.push(row)
      if (!isOutThen) keptThen.push(row)
      for (const one of byRule) one.hits += Number(one.meets(seen))
      for (const one of byRule) if (one.rule === creditedThen) one.credited += 1
      for (const [map, key] of [
        [byDay, row.date],
        [bySector, row.sector],
      ] as const) {
        const [n, removed, added] = map.get(key) ?? [0, 0, 0]
        map.set(key, [n + 1, removed + out, added + back])
      }
    }
    const parents = (kept: readonly ColorRow[]) =>
      new Map(
        placeColors(kept, direction).flatMap(({ row, parentRowId }) => (parentRowId === null ? [[row.cusip, row.rowId]] : [])),
      )
    const [before, after] = [parents(keptNow), parents(keptThen)]
    count.cusips += cusips.size
    for (const [cusip, row] of before) {
      if (!after.has(cusip)) count.cusipsLost += 1
      else if (after.get(cusip) !== row) count.parentsChanged += 1
    }
    for (const cusip of after.keys()) if (!before.has(cusip)) count.cusipsGained += 1
  }
  return { count, byRule: byRule.map(({ rule, hits, credited }) => ({ rule, hits, credited })), byDay, bySector }
}

const rulesOf = (seed: number, length: number): readonly Rule[] =>
  fc
    .sample(conditionOf, { seed, numRuns: length })
    .map((when, k) => ({ id: `r${seed}-${k}`, name: `R ${k}`, priority: k, active: k % 4 !== 3, when }))

const dryRun = (rules: readonly Rule[], inForce: readonly Rule[], signal?: AbortSignal) =>
  createColorDryRun(opened.store, systemClock())({ rules, inForce, days: DAYS, now: NOW }, signal)

test.each([
  [1, 2],
  [3, 4],
  [5, 5],
  [6, 7],
  [8, 9],
])('a dry run counts what the pure functions count: sets %i and %i', async (a, b) => {
  const [rules, inForce] = [rulesOf(a, 3), rulesOf(b, 3)]
  const answer = await dryRun(rules, inForce)
  const wanted = expected(rules, inForce)
  expect(answer).toMatchObject(wanted.count)
  expect(answer.byRule.map(({ name: _, ...rest }) => rest)).toEqual(wanted.byRule)
  const flat = (
    list: readonly { readonly rows: number; readonly removed: number; readonly added: number }[],
    key: 'day' | 'sector',
  ) => new Map(list.map(one => [(one as never)[key] as string, [one.rows, one.removed, one.added]]))
  expect(flat(answer.byDay, 'day')).toEqual(wanted.byDay)
  expect(flat(answer.bySector, 'sector')).toEqual(wanted.bySector)
  expect(answer).toMatchObject({ from: FROM, to: '2026-11-20' })
  expect([answer.samplesRemoved.length, answer.samplesAdded.length]).toEqual([
    Math.min(200, wanted.count.removed),
    Math.min(200, wanted.count.added),
  ])
  for (const { cells, rule } of answer.samplesRemoved) expect(compileRules(rules, COLOR_FIELDS)(cells)).toBe(rule)
  for (const { cells, rule } of answer.samplesAdded) expect(compileRules(inForce, COLOR_FIELDS)(cells)).toBe(rule)
})

test('rules that do something here change parents and lose tranches, and the same rules change nothing', async () => {
  const px: Test = { kind: 'test', field: 'PX', operator: 'greater', value: '98' }
  const rules = [{ id: 'dear', name: 'Dear', priority: 1, active: true, when: px }]
  const answer = await dryRun(rules, [])
  expect(Math.min(answer.removed, answer.parentsChanged, answer.cusipsLost)).toBeGreaterThan(10)
  const back = await dryRun([], rules)
  expect([back.added, back.removed, back.cusipsGained, back.parentsChanged]).toEqual([
    answer.removed,
    0,
    answer.cusipsLost,
    answer.parentsChanged,
  ])
  expect(await dryRun(rules, rules)).toMatchObject({ removed: 0, added: 0, parentsChanged: 0, cusipsLost: 0, samplesRemoved: [] })
  expect(await dryRun([], [])).toMatchObject({ excludedNow: 0, byRule: [], rows: answer.rows })
})

test('where there are no rows, nothing is counted', async () => {
  const rules = rulesOf(1, 3)
  const answer = await createColorDryRun(
    opened.store,
    systemClock(),
  )({ rules, inForce: [], days: 1, now: epochMicros(Date.UTC(2027, 0, 1) * 1000) })
  expect(answer).toMatchObject({ rows: 0, cusips: 0, excludedThen: 0, removed: 0, added: 0, parentsChanged: 0, byDay: [] })
  expect(answer.byRule.map(({ hits, credited }) => [hits, credited])).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
  ])
})

test('a signal ends it', async () => {
  const control = new AbortController()
  const asked = dryRun(rulesOf(1, 200), [], control.signal)
  control.abort()
  await expect(asked).rejects.toThrow()
})

test('a row is found with its cells in written form, and values of a column by how they begin', async () => {
  const lookup = createColorLookup(opened.store)
  for (const row of runs[0]!.rows.slice(0, 50)) {
    const cells = await lookup.row('run-1', row.rowId)
    const { ...wanted } = ruleRowOf(row)
    // By value: a decimal comes back without the zeros it was written with.
    const plain = (text: string | null) => (text !== null && /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text)
    expect(cells).toEqual(Object.fromEntries(Object.entries(wanted).map(([name, text]) => [name, plain(text as string | null)])))
  }
  expect(await lookup.row('run-1', 'nobody')).toBeNull()
  const values = await lookup.values('SECTOR', 'us clo', 50)
  const counted = runs.flatMap(({ rows }) => rows).filter(({ sector }) => sector.startsWith('US CLO'))
  expect(values.reduce((sum, one) => sum + one.rows, 0)).toBe(counted.length)
  expect(values.map(({ rows }) => rows)).toEqual(values.map(({ rows }) => rows).sort((x, y) => y - x))
  expect(await lookup.values('SECTOR', '%', 50)).toEqual([{ value: '%', rows: expect.any(Number) }])
})
