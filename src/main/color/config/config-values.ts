import type { MailConfig, OutputTarget } from '../../../contract/color-outputs.ts'
import type { RuleCase } from '../../../contract/color-rules.ts'
import type { BiasRanks } from '../../../core/color/bias-rank.ts'
import type { Condition, Rule } from '../../../core/rules/condition.ts'

/** What each module of the configuration keeps under an id. The name, the id and the revision are kept beside it. */
export interface ConfigValues {
  readonly rules: Omit<Rule, 'id' | 'name'> & { readonly cases: readonly RuleCase[] }
  readonly presets: { readonly when: Condition }
  /** One table, under the id `ranks`. */
  readonly ranks: Omit<BiasRanks, 'version'>
  readonly outputs: OutputTarget
  /** One form, under the id `mail`. */
  readonly mail: MailConfig
}

export type ConfigModule = keyof ConfigValues
