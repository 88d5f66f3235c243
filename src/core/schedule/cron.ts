import { ok, type Result, refused } from '../kit/result.ts'

/** The five fields of a line, in their order. */
export const CRON_FIELDS = ['minute', 'hour', 'day', 'month', 'weekday'] as const
export type CronField = (typeof CRON_FIELDS)[number]

/** A cron line that was understood: the values of each field in ascending order. */
export interface Cron {
  /** As it was written, a macro included. */
  readonly text: string
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  /** Days of the month. */
  readonly days: readonly number[]
  /** 1 is January. */
  readonly months: readonly number[]
  /** 0 is Sunday. */
  readonly weekdays: readonly number[]
  /** Days of month and week are both restricted, so that a day of either counts; otherwise it must be in both lists. */
  readonly eitherDay: boolean
}

/** Why a line cannot be a schedule, in the words of the field and the piece at fault. */
export type CronFault =
  | { readonly kind: 'count'; readonly found: number }
  | { readonly kind: 'macro'; readonly piece: string }
  | { readonly kind: 'piece'; readonly field: CronField; readonly piece: string }
  | { readonly kind: 'range'; readonly field: CronField; readonly piece: string; readonly from: number; readonly to: number }
  | { readonly kind: 'never'; readonly piece: string }

const RANGES: Readonly<Record<CronField, readonly [from: number, to: number]>> = {
  minute: [0, 59],
  hour: [0, 23],
  day: [1, 31],
  month: [1, 12],
  // 7 is Sunday too; it becomes 0.
  weekday: [0, 7],
}

const MONTH_NAMES = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAY_NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const NAMES: Partial<Record<CronField, ReadonlyMap<string, number>>> = {
  month: new Map(MONTH_NAMES.map((name, k) => [name, k + 1])),
  weekday: new Map(WEEKDAY_NAMES.map((name, k) => [name, k])),
}

const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

/** Longest line that is looked at. */
const LONGEST = 400
const LONGEST_MONTHS: readonly number[] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * A line of five fields (minute, hour, day of month, month, day of week) or a macro such as `@daily`.
 *
 * Lists `1,15`, ranges `1-5`, steps `0-30/10` and `5/15` (from 5 to the end), names of months and weekdays in any case, 0 and 7 for Sunday. A
 * range of weekdays may go over Sunday when it is written with names or 7: `fri-mon`, `5-7`. Where day of month and day of week are
 * both restricted a day that fits either counts; a field that begins with a star is not restricted, so such a step must fit too.
 * Fails: a fault naming the field and piece; also for a line that no date can ever fit, such as 31 February.
 * Source: P. Vixie, crontab(5) and cron's entry.c, for lists, ranges, steps and the either-day rule.
 */
export function parseCron(text: string): Result<Cron, CronFault> {
  const line = text.trim().toLowerCase()
  if (line.startsWith('@') && !Object.hasOwn(MACROS, line)) return refused({ kind: 'macro', piece: line.slice(0, LONGEST) })
  const fields = (MACROS[line] ?? line).split(/\s+/)
  if (fields.length !== CRON_FIELDS.length || line === '' || line.length > LONGEST)
    return refused({ kind: 'count', found: line === '' ? 0 : fields.length })
  const values: number[][] = []
  for (const [k, field] of CRON_FIELDS.entries()) {
    const found = parseField(fields[k]!, field)
    if (!found.ok) return found
    values.push(found.value)
  }
  const [minutes = [], hours = [], days = [], months = [], weekdays = []] = values
  const eitherDay = !fields[2]!.startsWith('*') && !fields[4]!.startsWith('*')
  const cron: Cron = { text: text.trim(), minutes, hours, days, months, weekdays, eitherDay }
  return fitsSomeDate(cron) ? ok(cron) : refused({ kind: 'never', piece: `${fields[2]} ${fields[3]}` })
}

/** The sentence of a fault for programs and logs; the page has its own words. */
export function cronSentence(fault: CronFault): string {
  switch (fault.kind) {
    case 'count':
      return `a cron line has five fields (minute, hour, day, month, weekday), this one has ${fault.found}`
    case 'macro':
      return `'${fault.piece}' is none of ${Object.keys(MACROS).join(', ')}`
    case 'piece':
      return `the ${fault.field} field cannot hold '${fault.piece}'`
    case 'range':
      return `the ${fault.field} field goes from ${fault.from} to ${fault.to}, was '${fault.piece}'`
    case 'never':
      return `no date ever fits '${fault.piece}', so it would never run`
  }
}

/** A line whose hour is left open runs by elapsed time: clock changes neither take a run away nor double one. */
export function runsEveryHour(cron: Cron): boolean {
  return cron.hours.length === 24
}

function parseField(text: string, field: CronField): Result<number[], CronFault> {
  const found = new Set<number>()
  for (const piece of text.split(',')) {
    const values = parsePiece(piece, field)
    if (!values.ok) return values
    for (const value of values.value) found.add(field === 'weekday' ? value % 7 : value)
  }
  return ok([...found].sort((a, b) => a - b))
}

function parsePiece(piece: string, field: CronField): Result<number[], CronFault> {
  const [lowest, highest] = RANGES[field]
  const match = /^(?:(\*)|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/(\d{1,4}))?$/.exec(piece)
  if (!match) return refused({ kind: 'piece', field, piece })
  const [, star, first, last, every] = match
  const step = every === undefined ? 1 : Number(every)
  const from = star ? lowest : valueNamed(first!, field)
  // A weekday star ends on Saturday, or Sunday would be counted as a step of its own.
  const end = field === 'weekday' ? 6 : highest
  const to = star || (last === undefined && every !== undefined) ? end : last === undefined ? from : valueNamed(last, field)
  if (from === null || to === null || step === 0) return refused({ kind: 'piece', field, piece })
  if (from < lowest || from > highest || to < lowest || to > highest)
    return refused({ kind: 'range', field, piece, from: lowest, to: highest })
  // Friday to Monday goes over the end of the week; nothing else wraps.
  const until = to < from && field === 'weekday' && /[a-z]/.test(piece) ? to + 7 : to
  if (until < from) return refused({ kind: 'piece', field, piece })
  const values: number[] = []
  for (let value = from; value <= until; value += step) values.push(value)
  return ok(values)
}

function valueNamed(text: string, field: CronField): number | null {
  if (/^\d+$/.test(text)) return text.length > 4 ? null : Number(text)
  return NAMES[field]?.get(text) ?? null
}

/** With a weekday that counts alone every line fits; else some month must have one of the days. */
function fitsSomeDate({ days, months, eitherDay }: Cron): boolean {
  return eitherDay || months.some(month => days[0]! <= LONGEST_MONTHS[month - 1]!)
}
