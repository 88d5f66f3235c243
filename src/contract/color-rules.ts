import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import type { Trace } from '../core/rules/evaluate.ts'
import { colorCells, columnName, condition, conditionTest, isoDate, rule } from './color.ts'
import { failures } from './errors.ts'
import { procedure } from './procedure.ts'
import { micros } from './wire.ts'

/** A row that stands beside a rule and says what the rule must do with it. */
export const ruleCase = z.object({
  id: z.string().min(1).max(80),
  name: z.string().trim().min(1).max(120),
  cells: colorCells,
  excluded: z.boolean().describe('What the rule must say of the row'),
})
export type RuleCase = z.infer<typeof ruleCase>

/** A rule as it is kept: with its cases. */
export const keptRule = z.object({ ...rule.shape, cases: z.array(ruleCase).max(500), revision: z.number().int() })
export type KeptRule = z.infer<typeof keptRule>

/** Named conditions to select, filter or export by; nothing is excluded by them alone. */
export const preset = z.object({
  id: z.string().min(1).max(80),
  name: z.string().trim().min(1).max(120),
  when: condition,
  revision: z.number().int(),
})
export type Preset = z.infer<typeof preset>

const ruleBook = z.object({
  /** By priority, then id: the order in which they are credited. */
  rules: z.array(keptRule),
  presets: z.array(preset),
  /** Number of the newest change; every state of the rules that ever was has one. */
  version: z.number().int(),
})
export type RuleBook = z.infer<typeof ruleBook>

const version = z.object({
  version: z.number().int(),
  at: micros,
  user: z.string(),
  action: z.enum(['created', 'changed', 'removed', 'reverted']),
  rule: z.string(),
  name: z.string(),
  before: keptRule.nullable(),
  after: keptRule.nullable(),
})
export type RuleVersion = z.infer<typeof version>

const trace: z.ZodType<Trace> = z.lazy(() =>
  z.union([
    z.object({ kind: z.enum(['all', 'any', 'not']), met: z.boolean(), of: z.array(trace) }),
    z.object({ kind: z.literal('test'), met: z.boolean(), test: conditionTest, actual: z.string().nullable() }),
  ]),
)
const why = z.object({
  cells: colorCells,
  excludedBy: z.string().nullable(),
  rules: z.array(z.object({ rule: z.string(), name: z.string(), active: z.boolean(), met: z.boolean(), trace })),
})
export type RowWhy = z.infer<typeof why>

const sample = z.object({ rowId: z.string(), run: z.string(), rule: z.string().nullable(), cells: colorCells })

/** What rules would have done to the colors of some days, beside what the rules in force do. */
export const dryRun = z.object({
  from: isoDate,
  to: isoDate,
  rows: z.number().int(),
  cusips: z.number().int(),
  excludedNow: z.number().int(),
  excludedThen: z.number().int(),
  /** Rows that the change takes out, and rows that it brings back. */
  removed: z.number().int(),
  added: z.number().int(),
  /** Colors carry no size, so what a change weighs is counted in tranches: those with another parent, without any row, with one again. */
  parentsChanged: z.number().int(),
  cusipsLost: z.number().int(),
  cusipsGained: z.number().int(),
  byRule: z.array(z.object({ rule: z.string(), name: z.string(), hits: z.number().int(), credited: z.number().int() })),
  byDay: z.array(z.object({ day: isoDate, rows: z.number().int(), removed: z.number().int(), added: z.number().int() })),
  bySector: z.array(z.object({ sector: z.string(), rows: z.number().int(), removed: z.number().int(), added: z.number().int() })),
  /** Up to 200 of each. */
  samplesRemoved: z.array(sample),
  samplesAdded: z.array(sample),
  seconds: z.number(),
})
export type DryRun = z.infer<typeof dryRun>

const read = { needs: 'color:read', changes: false } as const
const write = { needs: 'color:write', changes: true } as const
const tags = ['color']
const changed = z.object({ book: ruleBook })

export const colorRulesContract = {
  list: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/rules', summary: 'Exclusion rules and presets of the color desk', tags })
    .output(ruleBook),
  watch: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/rules/watch', summary: 'Rules and presets, again with every change', tags })
    .output(eventIterator(ruleBook)),
  save: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/color/rules',
      summary: 'Save rules',
      description:
        'All of them or none. Revision 0 makes a rule; else it is that of the rule as it was read. A rule whose cases fail is not saved unless anyway is true.',
      tags,
    })
    .errors(failures('CONFIG_CHANGED', 'CONFIG_NAME_TAKEN', 'CONFIG_INVALID', 'CONFIG_UNKNOWN', 'RULE_CASES_FAILED'))
    .input(z.object({ rules: z.array(keptRule).min(1).max(500), anyway: z.boolean().default(false) }))
    .output(changed),
  remove: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/rules/remove', summary: 'Remove rules; the log brings them back', tags })
    .errors(failures('CONFIG_UNKNOWN'))
    .input(z.object({ rules: z.array(z.string()).min(1).max(500) }))
    .output(changed),
  history: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/rules/history', summary: 'Versions of the rules, newest first', tags })
    .input(
      z.object({
        rule: z.string().optional(),
        before: z.coerce.number().int().optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
    )
    .output(z.object({ versions: z.array(version) })),
  at: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/rules/versions/{version}', summary: 'All rules as they were at a version', tags })
    .input(z.object({ version: z.coerce.number().int() }))
    .output(z.object({ rules: z.array(keptRule) })),
  rollback: procedure
    .meta(write)
    .route({
      method: 'POST',
      path: '/color/rules/rollback',
      summary: 'All rules as they were at a version, as a new change',
      tags,
    })
    .errors(failures('CONFIG_UNKNOWN', 'CONFIG_NAME_TAKEN'))
    .input(z.object({ version: z.number().int(), rule: z.string().nullable().describe('Only this rule; null for all') }))
    .output(changed),
  dryRun: procedure
    .meta(read)
    .route({
      method: 'POST',
      path: '/color/rules/dry-run',
      summary: 'What rules would do to the colors of the last days',
      description: 'Compares the given rules, which need not be saved, with those in force.',
      tags,
    })
    .errors(failures('CONFIG_INVALID'))
    .input(z.object({ rules: z.array(rule).max(500), days: z.number().int().min(1).max(3660).default(90) }))
    .output(dryRun),
  why: procedure
    .meta(read)
    .route({ method: 'POST', path: '/color/rules/why', summary: 'Why rules keep or exclude a row, condition by condition', tags })
    .errors(failures('ROW_UNKNOWN', 'CONFIG_INVALID'))
    .input(
      z.object({
        /** A row of a run, a row of a session, or the cells themselves. */
        row: z.union([
          z.object({ run: z.string(), rowId: z.string() }),
          z.object({ session: z.string(), rowId: z.string() }),
          z.object({ cells: colorCells }),
        ]),
        /** Rules that need not be saved; those in force without it. */
        rules: z.array(rule).max(500).optional(),
      }),
    )
    .output(why),
  /** Values that stand in a column, to choose from while typing. */
  values: procedure
    .meta(read)
    .route({ method: 'GET', path: '/color/rules/values', summary: 'Values of a column, the most frequent first', tags })
    .input(z.object({ column: columnName, starts: z.string().max(100).default('') }))
    .output(z.object({ values: z.array(z.object({ value: z.string(), rows: z.number().int() })).max(50) })),
  savePreset: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/presets', summary: 'Save a preset', tags })
    .errors(failures('CONFIG_CHANGED', 'CONFIG_NAME_TAKEN', 'CONFIG_INVALID', 'CONFIG_UNKNOWN'))
    .input(z.object({ preset }))
    .output(changed),
  removePreset: procedure
    .meta(write)
    .route({ method: 'POST', path: '/color/presets/remove', summary: 'Remove a preset', tags })
    .errors(failures('CONFIG_UNKNOWN'))
    .input(z.object({ preset: z.string() }))
    .output(changed),
}
