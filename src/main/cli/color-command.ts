import { resolve } from 'node:path'
import { COLOR_FIELDS } from '../../core/color/color-columns.ts'
import type { ColorProblem } from '../../core/color/color-problems.ts'
import { PX_DIRECTIONS, type PxDirection } from '../../core/color/order.ts'
import { type ColorsProcessed, processColors } from '../../core/color/process.ts'
import { checkRules } from '../../core/rules/checks.ts'
import type { Rule } from '../../core/rules/condition.ts'
import { type Arguments, UsageError } from './arguments.ts'
import { bytesOf, rulesOf, sha256 } from './color-files.ts'
import { type ColorTools, formatOf, OUTPUT_FORMATS, type Quotes, readQuotes, writeInvented, writeOutput } from './color-quotes.ts'
import { explainRow } from './color-why.ts'
import { FINDING_WORDS, noteSentence, problemSentence } from './color-words.ts'
import type { Outcome } from './command-context.ts'

/** Entries of each list in the JSON; counts count them all. */
const LISTED = 1000
const TOLD = 20
/** Share of rows with a fault in a file that is to have some. */
const DIRTY_SHARE = 0.05

/** Checks, excludes, ranks and groups the colors of a file, or says why rules meet one row. No host is asked, and nothing is kept. */
export async function runColor(args: Arguments, tools: ColorTools): Promise<Outcome> {
  const [word, given, surplus] = args.given
  if (surplus !== undefined) throw new UsageError(`color ${word} does not know what to do with '${surplus}'.`)
  if (word === 'generate') return await generate(args, tools)
  if (word !== 'process' && word !== 'why')
    throw new UsageError(
      `color is followed by generate, process, why, rules or dry-run${word === undefined ? '' : `; it was '${word}'`}.`,
    )
  const rules = args.flags.get('rules')?.[0]
  if (given === undefined || rules === undefined)
    throw new UsageError(
      `color ${word} needs a file and rules: npx contango color ${word} FILE.xlsx --rules RULES.json ${word === 'why' ? '--row N' : '--out FILE.xlsx'}`,
    )
  const input = { path: resolve(given), rulesPath: resolve(rules) }
  return word === 'why' ? await why(input, args, tools) : await processFile(input, args, tools)
}

/** A day on which the invented colors end where none is named: a seed gives the same file today and in a year. */
const USUAL_END = '2026-11-20'
const ROWS_A_DAY = 1800

/** Writes invented dealer colors in the form of a file that comes in. */
async function generate({ flags }: Arguments, tools: ColorTools): Promise<Outcome> {
  const out = flags.get('out')?.[0]
  const whole = (name: string, usual: number, most: number) => {
    const value = Number(flags.get(name)?.[0] ?? usual)
    if (!Number.isInteger(value) || value < 1 || value > most)
      throw new UsageError(`--${name} is a whole number from 1 to ${most}.`)
    return value
  }
  if (out === undefined)
    throw new UsageError('color generate needs --out FILE.xlsx: npx contango color generate --rows N --seed S --out FILE.xlsx')
  const format = formatOf(out, ['xlsx', 'csv'])
  if (format === null) throw new UsageError(`--out ends in .xlsx or .csv; it was '${out}'.`)
  const rows = whole('rows', ROWS_A_DAY, 10_000_000)
  const seed = whole('seed', 1, 4_294_967_295)
  const plan = { seed, rows, until: USUAL_END, days: Math.ceil(rows / ROWS_A_DAY), dirty: flags.has('dirty') ? DIRTY_SHARE : 0 }
  const target = resolve(out)
  const hash = await writeInvented(tools, { file: target, format, plan })
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
  readonly quotes: Quotes
  readonly rules: readonly Rule[]
  readonly hashes: { readonly input: string; readonly rules: string }
}

async function openInput({ path, rulesPath }: Input, { flags }: Arguments, tools: ColorTools): Promise<Opened> {
  const ruleBytes = await bytesOf(rulesPath)
  const rules = rulesOf(rulesPath, ruleBytes)
  const dayOrder = flags.get('date-order')?.[0] as 'dmy' | 'mdy' | undefined
  const quotes = await readQuotes(tools, path, { dayOrder, sheet: flags.get('sheet')?.[0] })
  return { quotes, rules, hashes: { input: quotes.sha256, rules: sha256(ruleBytes) } }
}

async function processFile(input: Input, args: Arguments, tools: ColorTools): Promise<Outcome> {
  const out = args.flags.get('out')?.[0]
  if (out === undefined) throw new UsageError('color process needs --out FILE.xlsx, FILE.csv or FILE.parquet.')
  const target = resolve(out)
  if (target === input.path || target === input.rulesPath)
    throw new UsageError('--out must be another file than those that are read.')
  const format = formatOf(target, OUTPUT_FORMATS)
  if (format === null) throw new UsageError(`--out ends in .xlsx, .csv or .parquet; it was '${out}'.`)
  const opened = await openInput(input, args, tools)
  tools.signal.throwIfAborted()
  const direction = PX_DIRECTIONS.find(one => one === args.flags.get('direction')?.[0]) ?? 'highest'
  const done = processColors(opened.quotes.read, opened.rules, direction)
  const stamp = { runId: runIdOf(opened, direction), processedAt: '', processingType: 'MANUAL', direction } as const
  const output = await writeOutput(tools, { file: target, format, rows: done.placed, stamp })
  const answer = { input, target, runId: stamp.runId, opened, done, output }
  return { json: asJson(answer), text: asText(answer), code: 0 }
}

/** The same input, rules and direction are the same run: an id that a repetition gives again. */
function runIdOf({ hashes, quotes: { read, sheet } }: Opened, direction: PxDirection): string {
  const orders = JSON.stringify(read.dates)
  const parts = [hashes.input, hashes.rules, direction, String(read.rankTable), orders, ...(sheet === null ? [] : [sheet])]
  return sha256(parts.join('\n')).slice(0, 32)
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

function asJson({ input, target, runId, opened: { quotes, rules, hashes }, done, output }: Answer): unknown {
  const { read, format, sheet, sheets, notes } = quotes
  const { header, quarantine, marks, repeats } = read
  return {
    file: input.path,
    rules: input.rulesPath,
    out: target,
    format,
    sheet,
    sheets,
    notes: notes.map(note => ({ ...note, sentence: noteSentence(note) })),
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

function asText({ target, opened: { quotes, rules }, done }: Answer): string {
  const { read, notes } = quotes
  const { counts } = done
  const problems = [...read.quarantine.flatMap(one => one.problems), ...read.marks]
  const credited = done.tally.filter(one => one.credited > 0)
  return [
    `${target}: ${counts.placed} rows, ${counts.parents} parents and ${counts.children} children, prices ${done.direction} first.`,
    `Of ${counts.read} rows ${counts.quarantined} are quarantined, ${counts.repeats} repeat another, ${counts.excluded} are excluded by rules.`,
    ...credited.map(({ rule, ...one }) => `  ${rule.name}: ${one.credited} excluded, ${one.hits} met`),
    ...notes.map(noteSentence),
    ...findingsOf(rules).map(({ sentence }) => sentence),
    ...(read.header.unknown.length > 0 ? [`Columns that mean nothing here: ${read.header.unknown.join(', ')}.`] : []),
    ...problems.slice(0, TOLD).map(problemSentence),
    ...(problems.length > TOLD ? [`And ${problems.length - TOLD} more; --json lists them.`] : []),
  ].join('\n')
}

async function why(input: Input, args: Arguments, tools: ColorTools): Promise<Outcome> {
  const given = args.flags.get('row')?.[0]
  if (given === undefined || !/^[1-9]\d{0,8}$/.test(given))
    throw new UsageError(`color why needs --row N, a row of the file${given === undefined ? '' : `; it was '${given}'`}.`)
  const { quotes, rules } = await openInput(input, args, tools)
  return explainRow(quotes.read, rules, Number(given), input.path)
}
