import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { COLOR_FIELDS } from '../src/core/color/color-columns.ts'
import { epochMicros } from '../src/core/kit/time.ts'
import type { Rule } from '../src/core/rules/condition.ts'
import { explain } from '../src/core/rules/evaluate.ts'
import { createColorLookup } from '../src/main/color/engine/color-lookup.ts'
import { createColorDryRun } from '../src/main/color/engine/dry-run.ts'
import { processSql } from '../src/main/color/engine/process-query.ts'
import { whyOf } from '../src/main/color/rules/rules-why.ts'
import { systemClock } from '../src/platform/clock.ts'
import type { DataStore } from '../src/platform/data-store.ts'
import { colorsOf, makeColorFile, openColors, UNTIL } from './color/files.ts'
import { type Answers, emptyAnswers, type PlainColor, plainColor, processPlainly } from './color/peer.ts'
import { makeRules } from './color/rules.ts'
import { median } from './peers/measure.ts'

// A million invented colors and 200 rules in the store of the workstation: excluded, ranked and grouped by one query, whose answer for
// every row is a table there. The peer does the same with objects in this process; the answers are read over the border of the data
// process, which is told apart, and compared row by row. Beside it: a dry run of 200 rules against 200 others over 90 days, and why one
// row of the million is excluded.

interface Options {
  readonly rows?: number
  readonly passes?: number
}

interface Result {
  readonly bench: string
  readonly value: number
  readonly unit: string
  readonly peer: string
  readonly peerValue: number | null
  readonly ratio: number | null
  readonly limit: number
  readonly within: boolean
  readonly note: string
}

const RULES = 200
const SEED = 7
const RULES_SEED = 9
const SECONDS = 2
const RATIO = 5
const MOST_MEGABYTES = 1500
const DRY_SECONDS = 5
const WHY_MS = 50

const folder = fileURLToPath(new URL('../build/bench/', import.meta.url))
const say = (text: string) => void process.stderr.write(`${text}\n`)
const round = (value: number, places = 2) => Number(value.toFixed(places))

/** The most memory that a process ever held, in megabytes; NaN where the system does not say. */
function peakMegabytes(pid: number | null): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
  } catch {
    return Number.NaN
  }
}

async function secondsOf<T>(work: () => T | Promise<T>): Promise<{ seconds: number; answer: T }> {
  const started = performance.now()
  const answer = await work()
  return { seconds: (performance.now() - started) / 1000, answer }
}

async function processInStore(store: DataStore): Promise<void> {
  const sql = processSql({ from: 'color_rows', part: 'run_number', rules: makeRules(RULES, RULES_SEED), direction: 'highest' })
  await store.transact([{ sql: `create or replace table color_answers as ${sql}` }])
}

async function readAnswers(store: DataStore, rows: number): Promise<Answers> {
  const { columns } = await store.query('select id, rule, parent_id, place, children_count from color_answers')
  const [id, rule, parent, place, children] = columns as Float64Array[]
  const answers = emptyAnswers(rows)
  for (let row = 0; row < rows; row++) {
    const at = id![row]!
    answers.rule[at] = rule![row]!
    answers.parent[at] = parent![row]!
    answers.place[at] = place![row]!
    answers.children[at] = children![row]!
  }
  return answers
}

function expectSame(a: Answers, b: Answers): void {
  for (const name of ['rule', 'parent', 'place', 'children'] as const) {
    const at = a[name].findIndex((value, row) => !Object.is(value, b[name][row]))
    if (at >= 0) throw new Error(`row ${at}: ${name} is ${a[name][at]} in the store and ${b[name][at]} in the loop`)
  }
}

async function ranking(rows: number, passes: number): Promise<Result[]> {
  const spec = { runs: 1, rowsEach: rows, seed: SEED }
  const file = await makeColorFile(folder, spec, say)
  const colors: PlainColor[] = []
  for (const row of colorsOf(spec)) colors.push(plainColor(row, colors.length))
  say(`${rows} objects for the peer`)
  const store = await openColors(file)
  const [ours, peers]: [number[], number[]] = [[], []]
  let excluded = 0
  try {
    for (let pass = 0; pass < passes; pass++) {
      const mine = await secondsOf(() => processInStore(store))
      const read = await secondsOf(() => readAnswers(store, rows))
      const theirs = await secondsOf(() => processPlainly(colors, makeRules(RULES, RULES_SEED)))
      expectSame(read.answer, theirs.answer)
      excluded = read.answer.rule.filter(rule => !Number.isNaN(rule)).length
      ours.push(mine.seconds)
      peers.push(theirs.seconds)
      say(
        `pass ${pass + 1} of ${passes}: ${mine.seconds.toFixed(2)} s in the store, ${read.seconds.toFixed(2)} s to read it, ${theirs.seconds.toFixed(2)} s in the loop`,
      )
    }
    const peak = peakMegabytes(store.state().pid)
    const why = await whyOfRow(store, colors)
    const [value, peerValue] = [median(ours), median(peers)]
    const peer = 'a plain TypeScript loop over objects, with the same answer for every row'
    const note = `${rows} rows, ${RULES} rules that exclude ${excluded} of them; the answer of every row as a table of the store`
    return [
      why,
      limited({
        bench: 'color/peak memory of the data process',
        value: peak,
        unit: 'MB',
        limit: MOST_MEGABYTES,
        note: 'after all passes',
      }),
      limited({ bench: 'color/rules, rank and group', value, unit: 's', limit: SECONDS, note: `median of ${passes}; ${note}` }),
      {
        ...{ bench: 'color/rules, rank and group, ratio', value: round(value), unit: 's', peer, peerValue: round(peerValue) },
        ...{ ratio: round(peerValue / value), limit: RATIO, within: peerValue / value >= RATIO, note },
      },
    ]
  } finally {
    await store.close()
  }
}

/** Asks about rows all over the table, the first one before anything of it was read. */
async function whyOfRow(store: DataStore, colors: readonly PlainColor[]): Promise<Result> {
  const lookup = createColorLookup(store)
  const rules = makeRules(RULES, RULES_SEED)
  const taken: number[] = []
  for (let k = 0; k < 60; k++) {
    const { row } = colors[(k * 7_919_177 + 13) % colors.length] as PlainColor
    const { seconds, answer } = await secondsOf(async () => whyOf((await lookup.row('run-1', row.rowId)) ?? {}, rules))
    if (answer.cells.MESSAGE_ID !== row.messageId) throw new Error(`row ${row.rowId} was not found`)
    // Each rule is told with all of its tests, as explain has it.
    if (answer.rules.length !== RULES || explain(rules[0]!.when, answer.cells, COLOR_FIELDS).met !== answer.rules[0]!.met)
      throw new Error('not every rule was explained')
    taken.push(seconds * 1000)
  }
  const p95 = taken.toSorted((a, b) => a - b)[Math.ceil(taken.length * 0.95) - 1]!
  const note = `one of ${colors.length} rows, ${RULES} rules with every condition; p50 ${median(taken).toFixed(1)} ms, first ${taken[0]!.toFixed(1)} ms`
  return limited({ bench: 'color/why p95', value: p95, unit: 'ms', limit: WHY_MS, note })
}

async function dryRun(rowsEach: number, passes: number): Promise<Result> {
  const spec = { runs: 90, rowsEach, seed: SEED }
  const file = await makeColorFile(folder, spec, say)
  const store = await openColors(file)
  try {
    const ask = createColorDryRun(store, systemClock())
    const now = epochMicros(Date.parse(UNTIL) * 1000)
    // 90 business days are some 130 of the calendar; half of the rules are others than those in force.
    const [rules, others] = [makeRules(RULES, RULES_SEED), makeRules(RULES, RULES_SEED + 1)]
    const inForce = rules.map((rule, at) => (at % 2 === 0 ? rule : (others[at] as Rule)))
    const question = { rules, inForce, days: 200, now }
    const taken: number[] = []
    let said = ''
    for (let pass = 0; pass < passes; pass++) {
      const { seconds, answer } = await secondsOf(() => ask(question))
      taken.push(seconds)
      said = `${answer.rows} rows of ${answer.byDay.length} days; ${answer.removed} out, ${answer.added} back, ${answer.parentsChanged} other parents`
      say(`dry run ${pass + 1} of ${passes}: ${seconds.toFixed(2)} s; ${said}`)
    }
    const note = `${RULES} rules against ${RULES} in force; ${said}; peak ${peakMegabytes(store.state().pid).toFixed(0)} MB`
    return limited({ bench: `color/dry run, 90 days of ${rowsEach}`, value: median(taken), unit: 's', limit: DRY_SECONDS, note })
  } finally {
    await store.close()
  }
}

function limited(one: Pick<Result, 'bench' | 'value' | 'unit' | 'limit' | 'note'>): Result {
  return { ...one, value: round(one.value), peer: 'none', peerValue: null, ratio: null, within: one.value < one.limit }
}

/** `--rows` for fewer than a million, `--passes` for more or fewer. */
export async function run({ rows = 1_000_000, passes = 5 }: Options = {}): Promise<Result[]> {
  const few = await dryRun(1_800, passes)
  const many = await dryRun(10_000, passes)
  return [few, many, ...(await ranking(rows, passes))]
}
