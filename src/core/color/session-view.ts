import { finished, type Steps } from '../kit/steps.ts'
import { fieldOf } from '../rules/evaluate.ts'
import { comparable } from '../rules/field.ts'
import { ROW_FIELDS, ruleRowUnder } from './color-fields.ts'
import type { ColorRow } from './color-row.ts'
import type { PlacedColor } from './lineage.ts'
import type { ColorSession } from './session.ts'
import type { LeftOut, SessionContents, SessionSort } from './session-patch.ts'
import { problemsOfHeld } from './session-problems.ts'

/** A session in numbers. Parents and children are its working rows, and so are valid, marked and errors. */
export interface SessionStatistics {
  /** All rows that came in, also those left out. */
  readonly total: number
  readonly working: number
  readonly parents: number
  readonly children: number
  readonly uniqueCusips: number
  /** Rows without any problem. */
  readonly valid: number
  /** Rows that go out though something about them is odd. */
  readonly marked: number
  /** Rows that cannot be converted into output. */
  readonly errors: number
  readonly excluded: number
  readonly deleted: number
  /** Rows that each rule took out, by its id. */
  readonly byRule: ReadonlyMap<string, number>
}

type Standing = 'valid' | 'marked' | 'errors'

function standingOf(row: ColorRow, limits: ColorSession['limits']): Standing {
  const problems = problemsOfHeld(row, limits)
  return problems.length === 0 ? 'valid' : problems.some(({ blocks }) => blocks) ? 'errors' : 'marked'
}

const ROWS_PER_STEP = 256
type Numbered = Pick<ColorSession, 'rows' | 'groups' | 'limits'>

/** The numbers of a session. */
export function sessionStatistics(session: Numbered): SessionStatistics {
  return finished(statisticsSteps(session))
}

/** The same with places to pause at. */
export function* statisticsSteps({ rows, groups, limits }: Numbered): Steps<SessionStatistics> {
  const counts = { valid: 0, marked: 0, errors: 0, excluded: 0, deleted: 0 }
  const byRule = new Map<string, number>()
  let seen = 0
  for (const { row, leftOut } of rows.values()) {
    if (++seen % ROWS_PER_STEP === 0) yield
    if (leftOut?.kind === 'deleted') counts.deleted += 1
    else if (leftOut) {
      counts.excluded += 1
      byRule.set(leftOut.ruleId, (byRule.get(leftOut.ruleId) ?? 0) + 1)
    } else counts[standingOf(row, limits)] += 1
  }
  let placed = 0
  for (const group of groups.values()) placed += group.length
  // Every group has one parent.
  const working = { working: placed, parents: groups.size, children: placed - groups.size, uniqueCusips: groups.size }
  return { total: rows.size, ...working, ...counts, byRule }
}

/** A row that is not in the output, and why. */
export interface LeftOutColor {
  readonly row: ColorRow
  readonly why: LeftOut
}

/** The rows that rules excluded or somebody deleted, in order of receipt. */
export function leftOutColors({ rows }: SessionContents): readonly LeftOutColor[] {
  const out = [...rows.values()].flatMap(({ row, leftOut }) => (leftOut ? [{ row, why: leftOut }] : []))
  return out.sort((a, b) => a.row.received - b.row.received)
}

/**
 * The working rows as they are shown: groups by a column of their parent, else by sector and CUSIP; children under their parent.
 *
 * A missing value comes last in either order.
 */
export function shownColors({ groups, settings, limits }: Shown): readonly PlacedColor[] {
  const usual = [...groups.values()].sort(bySectorAndCusip)
  return (settings.sort ? sorted(usual, settings.sort, limits) : usual).flat()
}

type Group = readonly PlacedColor[]
type Shown = Pick<ColorSession, 'groups' | 'settings' | 'limits'>

const parentOf = (group: Group) => (group[0] as PlacedColor).row

function bySectorAndCusip(a: Group, b: Group): number {
  const [first, second] = [parentOf(a), parentOf(b)]
  if (first.sector !== second.sector) return first.sector < second.sector ? -1 : 1
  return first.cusip < second.cusip ? -1 : 1
}

function sorted(groups: readonly Group[], { field, order }: SessionSort, limits: Shown['limits']): readonly Group[] {
  const known = fieldOf(ROW_FIELDS, field)
  if (!known) return groups
  const keyed = groups.map(group => ({ group, value: comparable(known.type, ruleRowUnder(parentOf(group), limits)[known.name]) }))
  // Stable, so that equal groups stay by sector and CUSIP.
  keyed.sort((a, b) => {
    if (a.value === b.value) return 0
    if (a.value === null || b.value === null) return a.value === null ? 1 : -1
    return a.value < b.value === (order === 'rising') ? -1 : 1
  })
  return keyed.map(({ group }) => group)
}
