import { ok, type Result, refused } from '../kit/result.ts'
import type { Steps } from '../kit/steps.ts'
import { testsOf } from '../rules/condition.ts'
import { compileRules, fieldOf, problemOf } from '../rules/evaluate.ts'
import type { BiasRanks } from './bias-rank.ts'
import { ROW_FIELDS, ruleRowUnder } from './color-fields.ts'
import type { ColorRow } from './color-row.ts'
import { problemsOfColor } from './row-problems.ts'
import { USUAL_LIMITS } from './sector-limits.ts'
import type { RowReport, SessionCommand, SessionEvent, SessionRefusal } from './session-command.ts'
import { editColor } from './session-edit.ts'
import { takeIn } from './session-intake.ts'
import {
  type HeldColor,
  type LeftOut,
  type RowChange,
  type SessionContents,
  type SessionPatch,
  type SessionSort,
  settingChange,
} from './session-patch.ts'

/** What a command comes to. */
export interface Decision {
  readonly patch: SessionPatch
  /** Worth telling, though it changes nothing. */
  readonly remarks: readonly SessionEvent[]
}

const ROWS_PER_STEP = 256

type Decided = Result<Decision, SessionRefusal>
type CommandOf<K extends SessionCommand['kind']> = Extract<SessionCommand, { readonly kind: K }>

const decided = (patch: SessionPatch, remarks: readonly SessionEvent[] = []): Decided => ok({ patch, remarks })

/** What a command changes in a session, or why it cannot be done; undo and redo are none of its business. */
export function* decide(
  contents: SessionContents,
  command: Exclude<SessionCommand, { readonly kind: 'undo' | 'redo' }>,
  ranks: BiasRanks,
): Steps<Decided> {
  const { settings } = contents
  switch (command.kind) {
    case 'import':
      return yield* decideImport(contents, command, ranks)
    case 'drop-uploads':
      return decideDrop(contents, command.uploads)
    case 'add':
      return yield* decideAdd(contents, command, ranks)
    case 'edit':
      return decideEdit(contents, command, ranks)
    case 'delete':
      return leave(contents, command.rowIds, held => (held.leftOut?.kind === 'deleted' ? held.leftOut : { kind: 'deleted' }))
    case 'bring-back':
      return leave(contents, command.rowIds, () => null)
    case 'apply-rules':
      return yield* decideRules(contents, command)
    case 'direction':
      return decided(settings.direction === command.direction ? [] : [settingChange(settings, 'direction', command.direction)])
    case 'sort':
      if (command.sort && !fieldOf(ROW_FIELDS, command.sort.field))
        return refused({ kind: 'unknown-field', field: command.sort.field })
      return decided(isSameSort(settings.sort, command.sort) ? [] : [settingChange(settings, 'sort', command.sort)])
    case 'note':
      return decideNote(contents, command)
    case 'publish':
      return yield* decidePublish(contents, command.runId)
  }
}

const isSameSort = (a: SessionSort | null, b: SessionSort | null) => a?.field === b?.field && a?.order === b?.order

/** Rows come in with the first command that brings one; until then a session is new. */
function opened({ settings }: SessionContents, changes: readonly RowChange[]): SessionPatch {
  return settings.status === 'new' && changes.length > 0 ? [...changes, settingChange(settings, 'status', 'preview')] : changes
}

function* decideImport(contents: SessionContents, { parts }: CommandOf<'import'>, ranks: BiasRanks): Steps<Decided> {
  const { changes, same, sameOf } = yield* takeIn(parts, contents.rows, ranks)
  const { imports } = contents.settings
  const entries = parts.map(({ name, upload, rows }, k) => ({
    ...{ name, uploads: upload === null ? [] : [upload], rows: rows.length, same: sameOf[k] as number },
  }))
  return decided([...opened(contents, changes), settingChange(contents.settings, 'imports', [...imports, ...entries])], same)
}

function decideDrop({ rows, settings }: SessionContents, uploads: readonly string[]): Decided {
  const dropped = new Set(uploads)
  const there = new Set(settings.imports.flatMap(entry => entry.uploads))
  const unknown = uploads.find(upload => !there.has(upload))
  if (unknown !== undefined) return refused({ kind: 'unknown-upload', upload: unknown })
  const changes = [...rows].flatMap(([rowId, held]): RowChange[] => {
    const left = held.uploads.filter(upload => !dropped.has(upload))
    if (left.length === held.uploads.length) return []
    return [{ kind: 'row', rowId, before: held, after: left.length > 0 ? { ...held, uploads: left } : null }]
  })
  const imports = settings.imports.filter(entry => !entry.uploads.some(upload => dropped.has(upload)))
  return decided([...changes, settingChange(settings, 'imports', imports)])
}

function* decideAdd(contents: SessionContents, { row }: CommandOf<'add'>, ranks: BiasRanks): Steps<Decided> {
  const { changes, same } = yield* takeIn([{ name: '', upload: null, rows: [row] }], contents.rows, ranks)
  if (same.length > 0) return refused({ kind: 'same-row', rowId: same[0]!.as })
  const report = yield* cannotConvert(changes.flatMap(({ after }) => (after ? [after.row] : [])))
  return report.length > 0 ? refused({ kind: 'cannot-convert', rows: report }) : decided(opened(contents, changes))
}

function decideEdit({ rows }: SessionContents, { rowId, field, text }: CommandOf<'edit'>, ranks: BiasRanks): Decided {
  const held = rows.get(rowId)
  if (!held) return refused({ kind: 'unknown-row', rowId })
  const edited = editColor(held.row, field, text, ranks)
  if (!edited.ok) return edited
  const row = edited.value
  const isSame = Object.entries(row).every(([key, value]) => held.row[key as keyof ColorRow] === value)
  return decided(isSame ? [] : [{ kind: 'row', rowId, before: held, after: { ...held, row } }])
}

/** Takes rows out of the working set, or back into it. */
function leave({ rows }: SessionContents, rowIds: readonly string[], why: (held: HeldColor) => LeftOut | null): Decided {
  const unknown = rowIds.find(rowId => !rows.has(rowId))
  if (unknown !== undefined) return refused({ kind: 'unknown-row', rowId: unknown })
  const changes = [...new Set(rowIds)].flatMap((rowId): RowChange[] => {
    const held = rows.get(rowId) as HeldColor
    const leftOut = why(held)
    return leftOut === held.leftOut ? [] : [{ kind: 'row', rowId, before: held, after: { ...held, leftOut } }]
  })
  return decided(changes)
}

function* decideRules(
  { rows, settings }: SessionContents,
  { rules, limits = USUAL_LIMITS }: CommandOf<'apply-rules'>,
): Steps<Decided> {
  for (const { id, when } of rules)
    for (const test of testsOf(when)) {
      const problem = problemOf(test, ROW_FIELDS)
      // A range that is empty excludes nothing and harms nobody; the checks of the editor tell of it.
      if (problem && problem !== 'between-reversed')
        return refused({ kind: 'rule-unusable', ruleId: id, field: test.field, problem })
    }
  const excludedBy = compileRules(
    rules.map(rule => ({ ...rule, active: true })),
    ROW_FIELDS,
  )
  const changes: RowChange[] = []
  let judged = 0
  for (const held of rows.values()) {
    if (++judged % ROWS_PER_STEP === 0) yield
    const ruleId = held.leftOut ? null : excludedBy(ruleRowUnder(held.row, limits))
    if (ruleId === null) continue
    changes.push({ kind: 'row', rowId: held.row.rowId, before: held, after: { ...held, leftOut: { kind: 'rule', ruleId } } })
  }
  const applied = [...new Set([...settings.rulesApplied, ...rules.map(({ id }) => id)])]
  const isNews = applied.length > settings.rulesApplied.length
  return decided(isNews ? [...changes, settingChange(settings, 'rulesApplied', applied)] : changes)
}

function decideNote({ rows, settings }: SessionContents, { text, rowId }: CommandOf<'note'>): Decided {
  if (text.trim() === '') return refused({ kind: 'empty-note' })
  if (rowId !== null && !rows.has(rowId)) return refused({ kind: 'unknown-row', rowId })
  return decided([settingChange(settings, 'notes', [...settings.notes, { text: text.trim(), rowId }])])
}

/** Every row of the working set goes out, or none does. */
function* decidePublish({ groups, settings }: SessionContents, runId: string): Steps<Decided> {
  if (groups.size === 0) return refused({ kind: 'nothing-to-publish' })
  const report = yield* cannotConvert([...groups.values()].flat().map(({ row }) => row))
  if (report.length > 0) return refused({ kind: 'cannot-convert', rows: report })
  return decided([settingChange(settings, 'status', 'saved'), settingChange(settings, 'runId', runId)])
}

function* cannotConvert(rows: readonly ColorRow[]): Steps<readonly RowReport[]> {
  const reports: RowReport[] = []
  for (const [at, row] of rows.entries()) {
    if (at % ROWS_PER_STEP === ROWS_PER_STEP - 1) yield
    const problems = problemsOfColor(row).filter(({ blocks }) => blocks)
    if (problems.length > 0) reports.push({ rowId: row.rowId, problems })
  }
  return reports
}
