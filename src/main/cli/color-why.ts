import { COLOR_FIELDS } from '../../core/color/color-columns.ts'
import { ruleRowOf } from '../../core/color/color-fields.ts'
import type { ReadColor } from '../../core/color/read-color.ts'
import type { ColorsRead } from '../../core/color/read-colors.ts'
import { inOrder, type Rule } from '../../core/rules/condition.ts'
import { describeCondition } from '../../core/rules/describe.ts'
import { explain, type Trace } from '../../core/rules/evaluate.ts'
import { UsageError } from './arguments.ts'
import { problemSentence, RULE_WORDS } from './color-words.ts'
import type { Outcome } from './command-context.ts'

interface Explained {
  readonly rule: Rule
  readonly trace: Trace
}

/** What every rule says of one row: met or not, part by part, with the values that were compared. */
export function explainRow(read: ColorsRead, rules: readonly Rule[], fileRow: number, path: string): Outcome {
  const set = read.quarantine.find(one => one.fileRow === fileRow)
  if (set) {
    const problems = set.problems.map(problem => ({ ...problem, sentence: problemSentence(problem) }))
    return {
      json: { file: path, row: fileRow, state: 'quarantined', excludedBy: null, problems, values: null, rules: [] },
      text: [`Row ${fileRow} is quarantined: rules do not see it.`, ...problems.map(({ sentence }) => sentence)].join('\n'),
      code: 0,
    }
  }
  const repeat = read.repeats.find(one => one.fileRow === fileRow)
  const color = read.colors.find(one => one.fileRow === (repeat?.of ?? fileRow))
  if (!color) throw new UsageError(noSuchRow(read, fileRow, path))
  const values = ruleRowOf(color.row)
  const explained = inOrder(rules).map(rule => ({ rule, trace: explain(rule.when, values, COLOR_FIELDS) }))
  const first = explained.find(({ rule, trace }) => rule.active && trace.met)?.rule ?? null
  const state = repeat ? 'repeat' : first ? 'excluded' : 'kept'
  return {
    json: {
      file: path,
      row: fileRow,
      state,
      repeats: repeat?.of ?? null,
      excludedBy: first && { id: first.id, name: first.name },
      problems: read.marks.filter(({ row }) => row === fileRow).map(one => ({ ...one, sentence: problemSentence(one) })),
      values,
      rules: explained.map(({ rule: { id, name, priority, active }, trace }) => ({
        id,
        name,
        priority,
        active,
        met: trace.met,
        credited: id === first?.id,
        trace,
      })),
    },
    text: asText({ fileRow, color, first, explained, repeats: repeat?.of ?? null }),
    code: 0,
  }
}

function noSuchRow({ header }: ColorsRead, fileRow: number, path: string): string {
  if (fileRow <= header.row)
    return `Row ${fileRow} of ${path} holds no color: the names of the columns stand in row ${header.row}.`
  return `${path} has no color in row ${fileRow}: the row is blank, or the file ends before it.`
}

function asText(answer: {
  readonly fileRow: number
  readonly color: ReadColor
  readonly first: Rule | null
  readonly explained: readonly Explained[]
  readonly repeats: number | null
}): string {
  const { fileRow, color, first, explained, repeats } = answer
  const { cusip, bias, px, source, date } = color.row
  const fate = first ? `excluded by '${first.name}'` : 'kept'
  const known = repeats === null ? '' : ` repeats row ${repeats}, which`
  return [
    `Row ${fileRow}${known} is ${fate}: ${cusip}, ${bias} ${px ?? 'without a price'} of ${source} on ${date}.`,
    ...explained.flatMap(({ rule, trace }) => [
      `${rule.name} (priority ${rule.priority}${rule.active ? '' : ', off'}): ${trace.met ? 'met' : 'not met'}`,
      ...lines(trace, 1),
    ]),
    ...(explained.length === 0 ? ['There are no rules.'] : []),
  ].join('\n')
}

const GROUP_WORDS = { all: 'all of', any: 'any of', not: 'not' } as const

function lines(trace: Trace, depth: number): readonly string[] {
  const indent = '  '.repeat(depth)
  const answer = trace.met ? 'met' : 'not met'
  if (trace.kind !== 'test')
    return [`${indent}${GROUP_WORDS[trace.kind]}: ${answer}`, ...trace.of.flatMap(one => lines(one, depth + 1))]
  const actual = trace.actual === null ? 'there is no value' : `it is '${trace.actual}'`
  return [`${indent}${describeCondition(trace.test, RULE_WORDS)}: ${answer}, ${actual}`]
}
