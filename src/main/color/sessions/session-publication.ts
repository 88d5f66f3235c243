import { ROW_FIELDS, ruleRowOf } from '../../../core/color/color-fields.ts'
import type { ColorSession } from '../../../core/color/session.ts'
import { leftOutColors, shownColors } from '../../../core/color/session-view.ts'
import type { Steps } from '../../../core/kit/steps.ts'
import { compileCondition } from '../../../core/rules/evaluate.ts'
import type { UploadsBuffer } from '../intake/uploads-buffer.ts'
import type { Publication, RuleUse } from '../runs/color-runs.ts'
import type { SessionHead } from './session-entries.ts'

/** The run of a session; a session has one, however often it is asked for. */
export function runIdOf(session: string): string {
  return `run-of-${session}`
}

const ROWS_PER_STEP = 128

/** What a session publishes: its working rows, and where those that came with them went. */
export function* publicationOf(
  { id, rules }: SessionHead,
  session: ColorSession,
  uploads: Pick<UploadsBuffer, 'find'>,
  asked: { readonly user: string; readonly replaceToday: boolean },
): Steps<Publication> {
  const { imports, direction, rulesApplied } = session.settings
  const used = [...new Set(imports.flatMap(entry => entry.uploads))]
  const known = used.flatMap(upload => uploads.find(upload) ?? [])
  const total = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0)
  const rows = shownColors(session).map(({ row }) => row)
  const quarantined = total(known.map(one => one.quarantined))
  const repeats = total(known.map(one => one.repeats)) + total(imports.map(({ same }) => same))
  const excluded = session.rows.size - rows.length
  const out = leftOutColors(session).flatMap(({ row, why }) => (why.kind === 'rule' ? [{ row, rule: why.ruleId }] : []))
  const tally: RuleUse[] = []
  for (const ruleId of rulesApplied) tally.push(yield* ruleUse(ruleId, session, rules))
  return {
    ...{ id: runIdOf(id), kind: 'manual', user: asked.user, rows, out, direction },
    ...{ received: rows.length + excluded + repeats + quarantined, quarantined, repeats, excluded },
    ...{ rules: tally, ignoredRules: false, uploads: used, session: id, job: null },
    ...{ replaceToday: asked.replaceToday, isDemo: false },
  }
}

/** Rows that a rule meets as they are now, and those that it took out. */
function* ruleUse(ruleId: string, { rows }: ColorSession, rules: SessionHead['rules']): Steps<RuleUse> {
  const rule = rules.get(ruleId)
  if (!rule) return { id: ruleId, name: ruleId, revision: 0, hits: 0, credited: 0 }
  const meets = compileCondition(rule.when, ROW_FIELDS)
  const count = { hits: 0, credited: 0 }
  let seen = 0
  for (const { row, leftOut } of rows.values()) {
    if (++seen % ROWS_PER_STEP === 0) yield
    if (meets(ruleRowOf(row))) count.hits += 1
    if (leftOut?.kind === 'rule' && leftOut.ruleId === ruleId) count.credited += 1
  }
  return { id: ruleId, name: rule.name, revision: rule.revision, ...count }
}
