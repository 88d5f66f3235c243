import { ROW_FIELDS, ruleRowUnder } from '../../../core/color/color-fields.ts'
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
  const tally = yield* tallyOf(rulesApplied, session, rules)
  return {
    ...{ id: runIdOf(id), kind: 'manual', user: asked.user, rows, out, direction, limits: session.limits },
    ...{ received: rows.length + excluded + repeats + quarantined, quarantined, repeats, excluded },
    ...{ rules: tally, ignoredRules: false, uploads: used, session: id, job: null },
    ...{ replaceToday: asked.replaceToday, isDemo: false },
  }
}

/** For each rule the rows that it meets as they are now, and those that it took out. */
function* tallyOf(
  applied: readonly string[],
  { rows, limits }: ColorSession,
  rules: SessionHead['rules'],
): Steps<readonly RuleUse[]> {
  const tally = applied.map(id => {
    const rule = rules.get(id)
    const meets = rule ? compileCondition(rule.when, ROW_FIELDS) : () => false
    return { id, name: rule?.name ?? id, revision: rule?.revision ?? 0, meets, hits: 0, credited: 0 }
  })
  let seen = 0
  for (const { row, leftOut } of rows.values()) {
    if (++seen % ROWS_PER_STEP === 0) yield
    if (tally.length === 0) break
    const cells = ruleRowUnder(row, limits)
    for (const one of tally) {
      if (one.meets(cells)) one.hits += 1
      if (leftOut?.kind === 'rule' && leftOut.ruleId === one.id) one.credited += 1
    }
  }
  return tally.map(({ meets: _, ...use }) => use)
}
