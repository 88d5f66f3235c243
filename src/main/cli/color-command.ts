import { resolve } from 'node:path'
import { COLOR_FIELDS } from '../../core/color/color-columns.ts'
import type { ColorProblem } from '../../core/color/color-problems.ts'
import { textSource } from '../../core/color/color-source.ts'
import { generateColors } from '../../core/color/generator.ts'
import { PX_DIRECTIONS, type PxDirection } from '../../core/color/order.ts'
import { type ColorsProcessed, processColors } from '../../core/color/process.ts'
import { type ColorsRead, readColors } from '../../core/color/read-colors.ts'
import { writeColors, writeQuotes } from '../../core/color/write-colors.ts'
import { checkRules } from '../../core/rules/checks.ts'
import type { Rule } from '../../core/rules/condition.ts'
import { type Arguments, UsageError } from './arguments.ts'
import { bytesOf, rulesOf, sha256, textOf, troubleSentence, writeWhole } from './color-files.ts'
import { explainRow } from './color-why.ts'
import { FINDING_WORDS, problemSentence } from './color-words.ts'
import type { Outcome } from './command-context.ts'

/** Entries of each list in the JSON; counts count them all. */
const LISTED = 1000
const TOLD = 20
/** Share of rows with a fault in a file that is to have some. */
const DIRTY_SHARE = 0.05

/** Checks, excludes, ranks and groups the colors of a file, or says why rules meet one row. No host is asked, and nothing is kept. */
export async function runColor(args: Arguments, signal: AbortSignal): Promise<Outcome> {
  const [word, given] = args.given
  if (word === 'generate') return await generate(args, signal)
  if (word !== 'process' && word !== 'why')
    throw new UsageError(`color is followed by generate, process or why${word === undefined ? '' : `; it was '${word}'`}.`)
  const rules = args.flags.get('rules')?.[0]
  if (given === undefined || rules === undefined)
    throw new UsageError(
      `color ${word} needs a file and rules: npx contango color ${word} FILE.csv --rules RULES.json ${word === 'why' ? '--row N' : '--out FILE.csv'}`,
    )
  const input = { path: resolve(given), rulesPath: resolve(rules) }
  return word === 'why' ? await why(input, args) : await processFile(input, args, signal)
}

/** A day on which the invented colors end where none is named: a seed gives the same file today and in a year. */
const USUAL_END = '2026-11-20'
const ROWS_A_DAY = 1800

/** Writes invented dealer colors in the form of a file that comes in. */
async function generate({ flags }: Arguments, signal: AbortSignal): Promise<Outcome> {
  const out = flags.get('out')?.[0]
  const whole = (name: string, usual: number, most: number) => {
    const value = Number(flags.get(name)?.[0] ?? usual)
    if (!Number.isInteger(value) || value < 1 || value > most)
      throw new UsageError(`--${name} is a whole number from 1 to ${most}.`)
    return value
  }
  if (out === undefined)
    throw new UsageError('color generate needs --out FILE.csv: npx contango color generate --rows N --seed S --out FILE.csv')
  if (!/\.csv$/i.test(out)) throw new UsageError(`The file is CSV for now, so that --out ends in .csv; it was '${out}'.`)
  const rows = whole('rows', ROWS_A_DAY, 10_000_000)
  const seed = whole('seed', 1, 4_294_967_295)
  const plan = { seed, rows, until: USUAL_END, days: Math.ceil(rows / ROWS_A_DAY), dirty: flags.has('dirty') ? DIRTY_SHARE : 0 }
  const target = resolve(out)
  const hash = await writeWhole(target, writeQuotes(generateColors(plan)), signal)
  return {
    json: { file: target, rows, seed, until: USUAL_END, days: plan.days, dirty: plan.dirty, sha256: hash },
    text: `${target}: ${rows} invented colors of ${plan.days} days up to ${USUAL_END}, seed ${seed}.`,
    code: 0,
  }
}

interface Input {
  readonly path: string
  readonly rulesPath: string
}

interface Opened {
  readonly read: ColorsRead
  readonly rules: readonly Rule[]
  readonly hashes: { readonly input: string; readonly rules: string }
}

async function openInput({ path, rulesPath }: Input, { flags }: Arguments): Promise<Opened> {
  const ruleBytes = await bytesOf(rulesPath)
  const rules = rulesOf(rulesPath, ruleBytes)
  const bytes = await bytesOf(path)
  const dayOrder = flags.get('date-order')?.[0] as 'dmy' | 'mdy' | undefined
  const read = readColors(textSource(textOf(path, bytes)), { dayOrder })
  if (read.kind === 'unusable') throw new UsageError(troubleSentence(path, read.trouble))
  return { read, rules, hashes: { input: sha256(bytes), rules: sha256(ruleBytes) } }
}

async function processFile(input: Input, args: Arguments, signal: AbortSignal): Promise<Outcome> {
  const out = args.flags.get('out')?.[0]
  if (out === undefined) throw new UsageError('color process needs --out FILE.csv.')
  const target = resolve(out)
  if (target === input.path || target === input.rulesPath)
    throw new UsageError('--out must be another file than those that are read.')
  if (!/\.csv$/i.test(target)) throw new UsageError(`The output is CSV for now, so that --out ends in .csv; it was '${out}'.`)
  const opened = await openInput(input, args)
  signal.throwIfAborted()
  const direction = PX_DIRECTIONS.find(one => one === args.flags.get('direction')?.[0]) ?? 'highest'
  const done = processColors(opened.read, opened.rules, direction)
  const stamp = { runId: runIdOf(opened, direction), processedAt: '', processingType: 'MANUAL' } as const
  const output = await writeWhole(target, writeColors(done.placed, stamp), signal)
  const answer = { input, target, runId: stamp.runId, opened, done, output }
  return { json: asJson(answer), text: asText(answer), code: 0 }
}

/** The same input, rules and direction are the same run: an id that a repetition gives again. */
function runIdOf({ hashes, read }: Opened, direction: PxDirection): string {
  const orders = JSON.stringify(read.dates)
  return sha256([hashes.input, hashes.rules, direction, String(read.rankTable), orders].join('\n')).slice(0, 32)
}

interface Answer {
  readonly input: Input
  readonly target: string
  readonly runId: string
  readonly opened: Opened
  readonly done: ColorsProcessed
  readonly output: string
}

const told = (problem: ColorProblem) => ({ ...problem, sentence: problemSentence(problem) })

function byKind(problems: readonly ColorProblem[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { kind } of problems) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

function asJson({ input, target, runId, opened: { read, rules, hashes }, done, output }: Answer): unknown {
  const { header, quarantine, marks, repeats } = read
  return {
    file: input.path,
    rules: input.rulesPath,
    out: target,
    runId,
    direction: done.direction,
    rankTable: read.rankTable,
    decimals: read.decimals,
    dates: read.dates,
    sha256: { ...hashes, output },
    counts: { ...done.counts, marks: marks.length },
    problemsByKind: byKind([...quarantine.flatMap(({ problems }) => problems), ...marks]),
    ignoredColumns: header.unknown,
    byRule: done.tally.map(({ rule: { id, name, priority, active }, hits, credited }) => ({
      id,
      name,
      priority,
      active,
      hits,
      credited,
    })),
    ruleFindings: findingsOf(rules),
    excluded: done.excluded.slice(0, LISTED).map(({ color, rule }) => ({ row: color.fileRow, rule })),
    quarantine: quarantine.slice(0, LISTED).map(({ fileRow, problems }) => ({ row: fileRow, problems: problems.map(told) })),
    repeats: repeats.slice(0, LISTED).map(({ fileRow, of }) => ({ row: fileRow, of })),
    problems: marks.slice(0, LISTED).map(told),
  }
}

function findingsOf(rules: readonly Rule[]) {
  const nameOf = new Map(rules.map(({ id, name }) => [id, name]))
  return checkRules(rules, COLOR_FIELDS).map(finding => ({
    ...finding,
    sentence: `Rule '${nameOf.get(finding.rule)}': ${FINDING_WORDS[finding.kind]}${finding.other === null ? '' : ` ('${nameOf.get(finding.other)}')`}.`,
  }))
}

function asText({ target, opened: { read, rules }, done }: Answer): string {
  const { counts } = done
  const problems = [...read.quarantine.flatMap(one => one.problems), ...read.marks]
  const credited = done.tally.filter(one => one.credited > 0)
  return [
    `${target}: ${counts.placed} rows, ${counts.parents} parents and ${counts.children} children, prices ${done.direction} first.`,
    `Of ${counts.read} rows ${counts.quarantined} are quarantined, ${counts.repeats} repeat another, ${counts.excluded} are excluded by rules.`,
    ...credited.map(({ rule, ...one }) => `  ${rule.name}: ${one.credited} excluded, ${one.hits} met`),
    ...findingsOf(rules).map(({ sentence }) => sentence),
    ...(read.header.unknown.length > 0 ? [`Columns that mean nothing here: ${read.header.unknown.join(', ')}.`] : []),
    ...problems.slice(0, TOLD).map(problemSentence),
    ...(problems.length > TOLD ? [`And ${problems.length - TOLD} more; --json lists them.`] : []),
  ].join('\n')
}

async function why(input: Input, args: Arguments): Promise<Outcome> {
  const given = args.flags.get('row')?.[0]
  if (given === undefined || !/^[1-9]\d{0,8}$/.test(given))
    throw new UsageError(`color why needs --row N, a row of the file${given === undefined ? '' : `; it was '${given}'`}.`)
  const { read, rules } = await openInput(input, args)
  return explainRow(read, rules, Number(given), input.path)
}
