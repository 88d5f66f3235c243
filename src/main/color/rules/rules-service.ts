import type { DryRun, KeptRule, Preset, RowWhy, RuleBook, RuleVersion } from '../../../contract/color-rules.ts'
import { ruleRowOfCells } from '../../../core/color/color-cells.ts'
import { COLOR_COLUMNS } from '../../../core/color/color-columns.ts'
import type { Rule } from '../../../core/rules/condition.ts'
import type { Clock } from '../../../platform/clock.ts'
import { conflate } from '../../../platform/conflate.ts'
import { fail } from '../../fail.ts'
import type { ConfigBook } from '../config/config-book.ts'
import { limitsInForce } from '../config/limits-in-force.ts'
import type { Cells, ColorLookup } from '../engine/color-lookup.ts'
import type { ColorDryRun } from '../engine/dry-run.ts'
import type { Entitled } from '../entitled.ts'
import { createRulesBook } from './rules-book.ts'
import { expectUsable } from './rules-check.ts'
import { whyOf } from './rules-why.ts'

const TOLD_PER_SECOND = 4
const MOST_VALUES = 50

/** Where a row stands that somebody asks about. */
export type AskedRow =
  | { readonly run: string; readonly rowId: string }
  | { readonly session: string; readonly rowId: string }
  | { readonly cells: Cells }

export interface RulesServiceOptions {
  readonly config: ConfigBook
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  readonly lookup: ColorLookup
  readonly dryRun: ColorDryRun
  /** Has something to try rules on before they are first tried. */
  readonly ready?: () => Promise<void>
  /** The cells of a row of an open session; null where it has none. Fails: SESSION_UNKNOWN. */
  readonly sessionRow?: (session: string, rowId: string) => Cells | null | Promise<Cells | null>
}

/** Exclusion rules and presets of the color desk. */
export interface RulesService {
  book(): RuleBook
  watch(signal?: AbortSignal): AsyncGenerator<RuleBook, void>
  /** Fails: CONFIG_INVALID, CONFIG_CHANGED, CONFIG_UNKNOWN, CONFIG_NAME_TAKEN, and RULE_CASES_FAILED unless anyway. */
  save(request: { readonly rules: readonly KeptRule[]; readonly anyway: boolean }, user: string): RuleBook
  /** Fails: CONFIG_UNKNOWN. */
  remove(ids: readonly string[], user: string): RuleBook
  history(query: { rule?: string | undefined; before?: number | undefined; limit: number }): RuleVersion[]
  at(version: number): KeptRule[]
  /** Fails: CONFIG_UNKNOWN, CONFIG_NAME_TAKEN. */
  rollback(version: number, rule: string | null, user: string): RuleBook
  /** Fails: CONFIG_INVALID, CONFIG_CHANGED, CONFIG_UNKNOWN, CONFIG_NAME_TAKEN. */
  savePreset(preset: Preset, user: string): RuleBook
  /** Fails: CONFIG_UNKNOWN. */
  removePreset(id: string, user: string): RuleBook
  /** Fails: ROW_UNKNOWN, SESSION_UNKNOWN, CONFIG_INVALID. */
  why(row: AskedRow, rules?: readonly Rule[], entitled?: Entitled): Promise<RowWhy>
  values(column: string, starts: string): Promise<{ value: string; rows: number }[]>
  /** Fails: CONFIG_INVALID. */
  dryRun(rules: readonly Rule[], days: number, signal?: AbortSignal, entitled?: Entitled): Promise<DryRun>
}

export function createRulesService({
  config,
  clock,
  lookup,
  dryRun,
  sessionRow,
  ready = async () => undefined,
}: RulesServiceOptions): RulesService {
  const book = createRulesBook(config)
  const cellsOf = async (row: AskedRow): Promise<Cells> => {
    if ('cells' in row) return row.cells
    const found = 'run' in row ? await lookup.row(row.run, row.rowId) : await sessionRow?.(row.session, row.rowId)
    return found ?? fail('ROW_UNKNOWN', { row: row.rowId })
  }
  const after = (): RuleBook => book.read()
  return {
    book: book.read,
    async *watch(signal = new AbortController().signal) {
      const { messages } = conflate<string>({
        subscribe: push =>
          config.onChange(({ module }) => {
            if (module === 'rules' || module === 'presets') push(module)
          }),
        snapshot: () => [],
        keyOf: module => module,
        everyMs: 1000 / TOLD_PER_SECOND,
        window: Number.POSITIVE_INFINITY,
        ...{ signal, clock },
      })
      for await (const _ of messages) yield book.read()
    },
    save({ rules, anyway }, user) {
      book.save(rules, anyway, user)
      return after()
    },
    remove(ids, user) {
      book.remove(ids, user)
      return after()
    },
    history: query => [...book.history(query)],
    at: version => [...book.at(version)],
    rollback(version, rule, user) {
      book.rollback(version, rule, user)
      return after()
    },
    savePreset(preset, user) {
      book.savePreset(preset, user)
      return after()
    },
    removePreset(id, user) {
      book.removePreset(id, user)
      return after()
    },
    async why(row, rules, entitled) {
      for (const rule of rules ?? []) expectUsable(rule)
      const cells = await cellsOf(row)
      // What one may not see is not there; cells that somebody sends are known already.
      if (entitled && !('cells' in row) && !entitled(cells.ASSET_CLASS ?? null)) fail('ROW_UNKNOWN', { row: row.rowId })
      // A row of a run keeps what its run found of it; the limits may have changed since.
      return whyOf('run' in row ? cells : ruleRowOfCells(cells, limitsInForce(config)), rules ?? book.rules())
    },
    async values(column, starts) {
      await ready()
      const known = COLOR_COLUMNS.find(({ name }) => name === column.toUpperCase())
      return known ? [...(await lookup.values(known.name, starts, MOST_VALUES))] : []
    },
    async dryRun(rules, days, signal, entitled = () => true) {
      for (const rule of rules) expectUsable(rule)
      await ready()
      const found = await dryRun({ rules, inForce: book.rules(), days, now: clock.now() }, signal)
      const own = (samples: DryRun['samplesAdded']) => samples.filter(({ cells }) => entitled(cells.ASSET_CLASS ?? null))
      return { ...found, samplesAdded: own(found.samplesAdded), samplesRemoved: own(found.samplesRemoved) }
    },
  }
}
