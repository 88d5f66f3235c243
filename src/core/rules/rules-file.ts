import type { Condition, Rule } from './condition.ts'
import { fieldOf } from './evaluate.ts'
import type { RuleField } from './field.ts'
import { type FlatLink, readFlat } from './flat.ts'
import { operatorOf } from './operators.ts'

/** What is wrong in a file of rules, and where: `rules[2].when.of[0].value`. */
export interface RulesFileProblem {
  readonly path: string
  readonly kind:
    | 'not-json'
    | 'not-rules'
    | 'newer'
    | 'missing'
    | 'wrong-type'
    | 'too-deep'
    | 'same-id'
    | 'unknown-field'
    | 'operator-does-not-fit'
  readonly found: string
}

/** The rules of a file, or all that is wrong with it. */
export interface RulesFile {
  readonly rules: readonly Rule[]
  readonly problems: readonly RulesFileProblem[]
}

const FORMAT = 'contango.rules'
const VERSION = 1
/** Deeper than anybody builds by hand; a file from elsewhere must not exhaust the stack. */
const DEEPEST = 64

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Reads rules out of the text of a file: `{"format":"contango.rules","version":1,"rules":[…]}`, or the list alone.
 *
 * A rule may have `conditions`, the flat chain of older systems, instead of `when`. Nothing is guessed: what is not understood is a
 * problem with its place.
 */
export function readRulesFile(text: string, fields: readonly RuleField[]): RulesFile {
  let whole: unknown
  try {
    whole = JSON.parse(text)
  } catch (fault) {
    return { rules: [], problems: [{ path: '', kind: 'not-json', found: (fault as Error).message }] }
  }
  const problems: RulesFileProblem[] = []
  const list = Array.isArray(whole) ? whole : isObject(whole) ? whole.rules : undefined
  if (!Array.isArray(list)) return { rules: [], problems: [{ path: '', kind: 'not-rules', found: typeof whole }] }
  if (isObject(whole)) {
    if (whole.format !== undefined && whole.format !== FORMAT)
      return { rules: [], problems: [{ path: 'format', kind: 'not-rules', found: String(whole.format) }] }
    if (typeof whole.version === 'number' && whole.version > VERSION)
      return { rules: [], problems: [{ path: 'version', kind: 'newer', found: String(whole.version) }] }
  }
  const rules = list.flatMap((entry, at) => readRule(entry, `rules[${at}]`, at, { fields, problems }))
  const ids = new Set<string>()
  for (const [at, { id }] of rules.entries()) {
    if (ids.has(id)) problems.push({ path: `rules[${at}].id`, kind: 'same-id', found: id })
    ids.add(id)
  }
  return { rules: problems.length > 0 ? [] : rules, problems }
}

/** The text of a file of rules; reading it gives the same rules. */
export function writeRulesFile(rules: readonly Rule[]): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, rules }, null, 2)}\n`
}

interface Reading {
  readonly fields: readonly RuleField[]
  readonly problems: RulesFileProblem[]
}

function readRule(entry: unknown, path: string, at: number, reading: Reading): Rule[] {
  const { problems } = reading
  if (!isObject(entry)) {
    problems.push({ path, kind: 'wrong-type', found: typeof entry })
    return []
  }
  const before = problems.length
  const name = textAt(entry, 'name', path, problems)
  const id = entry.id === undefined ? `rule-${at + 1}` : String(entry.id)
  const priority = entry.priority === undefined ? at + 1 : entry.priority
  const active = entry.active ?? entry.is_active ?? true
  if (typeof priority !== 'number' || !Number.isFinite(priority))
    problems.push({ path: `${path}.priority`, kind: 'wrong-type', found: String(priority) })
  if (typeof active !== 'boolean') problems.push({ path: `${path}.active`, kind: 'wrong-type', found: String(active) })
  const when =
    entry.when === undefined && Array.isArray(entry.conditions)
      ? readChain(entry.conditions, `${path}.conditions`, reading)
      : readCondition(entry.when, `${path}.when`, 0, reading)
  return problems.length > before || !when
    ? []
    : [{ id, name: name as string, priority: priority as number, active: active as boolean, when }]
}

function textAt(entry: Json, key: string, path: string, problems: RulesFileProblem[]): string | null {
  const value = entry[key]
  if (typeof value === 'string' && value.trim() !== '') return value
  problems.push({ path: `${path}.${key}`, kind: value === undefined ? 'missing' : 'wrong-type', found: String(value ?? '') })
  return null
}

/** Numbers are taken in their written form: 1e21 would come out as another text than was written. */
function operandAt(entry: Json, key: string, path: string, problems: RulesFileProblem[]): string | null {
  const value = entry[key]
  if (typeof value === 'number' && Number.isFinite(value) && !/e/i.test(String(value))) return String(value)
  return textAt(entry, key, path, problems)
}

function readChain(links: readonly unknown[], path: string, { fields, problems }: Reading): Condition | null {
  const before = problems.length
  const read = links.flatMap((link, at): FlatLink[] => {
    const place = `${path}[${at}]`
    if (!isObject(link)) {
      problems.push({ path: place, kind: 'wrong-type', found: typeof link })
      return []
    }
    const type = link.type ?? (at === 0 ? 'where' : 'and')
    if (type !== 'where' && type !== 'and' && type !== 'or')
      problems.push({ path: `${place}.type`, kind: 'wrong-type', found: String(type) })
    const column = textAt(link, 'column', place, problems)
    const operator = textAt(link, 'operator', place, problems)
    const value = operandAt(link, 'value', place, problems)
    const value2 = link.value2 === undefined || link.value2 === null ? null : operandAt(link, 'value2', place, problems)
    if (column === null || operator === null || value === null) return []
    return [{ type: type as FlatLink['type'], column, operator, value, ...(value2 === null ? {} : { value2 }) }]
  })
  if (problems.length > before) return null
  const { condition, problems: found } = readFlat(read, fields)
  for (const { link, kind } of found) {
    const key = kind === 'unknown-field' ? 'column' : 'operator'
    problems.push({ path: `${path}[${link}].${key}`, kind, found: read[link]![key] })
  }
  return condition ?? { kind: 'any', of: [] }
}

function readCondition(entry: unknown, path: string, depth: number, reading: Reading): Condition | null {
  const { problems, fields } = reading
  if (!isObject(entry)) {
    problems.push({ path, kind: entry === undefined ? 'missing' : 'wrong-type', found: entry === undefined ? '' : typeof entry })
    return null
  }
  if (depth > DEEPEST) {
    problems.push({ path, kind: 'too-deep', found: String(depth) })
    return null
  }
  if (entry.kind === 'all' || entry.kind === 'any') {
    if (!Array.isArray(entry.of)) {
      problems.push({ path: `${path}.of`, kind: entry.of === undefined ? 'missing' : 'wrong-type', found: typeof entry.of })
      return null
    }
    const of = entry.of.map((part, at) => readCondition(part, `${path}.of[${at}]`, depth + 1, reading))
    return of.includes(null) ? null : { kind: entry.kind, of: of as Condition[] }
  }
  if (entry.kind === 'not') {
    const of = readCondition(entry.of, `${path}.of`, depth + 1, reading)
    return of && { kind: 'not', of }
  }
  if (entry.kind !== 'test') {
    problems.push({
      path: `${path}.kind`,
      kind: entry.kind === undefined ? 'missing' : 'wrong-type',
      found: String(entry.kind ?? ''),
    })
    return null
  }
  return readTest(entry, path, { fields, problems })
}

function readTest(entry: Json, path: string, { fields, problems }: Reading): Condition | null {
  const name = textAt(entry, 'field', path, problems)
  const operator = operatorOf(String(entry.operator))
  if (!operator) problems.push({ path: `${path}.operator`, kind: 'operator-does-not-fit', found: String(entry.operator ?? '') })
  const value = operandAt(entry, 'value', path, problems)
  const value2 = operator?.operands === 2 ? operandAt(entry, 'value2', path, problems) : null
  const field = name === null ? null : fieldOf(fields, name)
  if (name !== null && !field) problems.push({ path: `${path}.field`, kind: 'unknown-field', found: name })
  if (!field || !operator || value === null || (operator.operands === 2 && value2 === null)) return null
  return { kind: 'test', field: field.name, operator: operator.name, value, ...(value2 === null ? {} : { value2 }) }
}
