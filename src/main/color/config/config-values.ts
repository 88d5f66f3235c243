import type { WatchFolder } from '../../../contract/color-intake.ts'
import type { MailConfig, OutputTarget } from '../../../contract/color-outputs.ts'
import type { RuleCase } from '../../../contract/color-rules.ts'
import type { ColorQuery } from '../../../contract/color-search.ts'
import type { SourceQuery } from '../../../contract/color-sources.ts'
import type { AssetClass } from '../../../core/color/asset-classes.ts'
import type { BiasRanks } from '../../../core/color/bias-rank.ts'
import type { IntakeCheck } from '../../../core/color/intake-checks.ts'
import type { LearnedMapping } from '../../../core/color/learned-mapping.ts'
import type { SectorLimit } from '../../../core/color/sector-limits.ts'
import type { Condition, Rule } from '../../../core/rules/condition.ts'

/** What each module of the configuration keeps under an id. The name, the id and the revision are kept beside it. */
export interface ConfigValues {
  readonly rules: Omit<Rule, 'id' | 'name'> & { readonly cases: readonly RuleCase[] }
  readonly presets: { readonly when: Condition }
  /** One table, under the id `ranks`. */
  readonly ranks: Omit<BiasRanks, 'version'>
  /** One table, under the id `limits`. */
  readonly limits: { readonly sectors: readonly SectorLimit[] }
  /** One main class, whose name is that of the entity. */
  readonly classes: Omit<AssetClass, 'name'>
  /** What the columns of a layout were corrected to. */
  readonly mappings: LearnedMapping & { readonly names: readonly string[] }
  /** Conditions that rows are asked on intake. */
  readonly checks: Omit<IntakeCheck, 'name'> & { readonly active: boolean }
  readonly folders: Pick<WatchFolder, 'path' | 'pattern' | 'enabled' | 'after'>
  readonly outputs: OutputTarget
  /** One form, under the id `mail`. */
  readonly mail: MailConfig
  readonly sources: SourceQuery
  readonly searches: { readonly query: ColorQuery }
}

export type ConfigModule = keyof ConfigValues
