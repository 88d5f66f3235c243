import type { KeptRule, Preset, RuleBook, RuleVersion } from '../../../contract/color-rules.ts'
import { inOrder, type Rule } from '../../../core/rules/condition.ts'
import { fail } from '../../fail.ts'
import type { ConfigBook, ConfigChange, ConfigEntity } from '../config/config-book.ts'
import type { ConfigValues } from '../config/config-values.ts'
import { limitsInForce } from '../config/limits-in-force.ts'
import { expectCasesPass, expectUsable } from './rules-check.ts'

/** Rules and presets as they are configured. */
export interface RulesBook {
  read(): RuleBook
  /** By priority, then id; those that are off too. */
  rules(): readonly KeptRule[]
  /** Fails: CONFIG_INVALID, CONFIG_CHANGED, CONFIG_UNKNOWN, CONFIG_NAME_TAKEN, and RULE_CASES_FAILED unless anyway. */
  save(rules: readonly KeptRule[], anyway: boolean, user: string): void
  /** Fails: CONFIG_UNKNOWN. */
  remove(ids: readonly string[], user: string): void
  /** Newest first. */
  history(query: {
    readonly rule?: string | undefined
    readonly before?: number | undefined
    readonly limit: number
  }): readonly RuleVersion[]
  at(version: number): readonly KeptRule[]
  /** Fails: CONFIG_UNKNOWN for a rule that never was, CONFIG_NAME_TAKEN. */
  rollback(version: number, rule: string | null, user: string): void
  /** Fails: CONFIG_INVALID, CONFIG_CHANGED, CONFIG_UNKNOWN, CONFIG_NAME_TAKEN. */
  savePreset(preset: Preset, user: string): void
  /** Fails: CONFIG_UNKNOWN. */
  removePreset(id: string, user: string): void
}

type RuleValue = ConfigValues['rules']

function keptRule({ id, name, revision, value }: Pick<ConfigEntity<'rules'>, 'id' | 'name' | 'revision' | 'value'>): KeptRule {
  const { priority, active, when, cases } = value
  return { id, name, priority, active, when, cases: [...cases], revision }
}

const ordered = (rules: readonly KeptRule[]): KeptRule[] => inOrder(rules as readonly Rule[]) as KeptRule[]

/** The part of the configuration that is rules and presets. */
export function createRulesBook(config: ConfigBook): RulesBook {
  const rules = () => ordered(config.list('rules').map(keptRule))
  const presets = (): Preset[] =>
    config
      .list('presets')
      .map(({ id, name, revision, value }) => ({ id, name, when: value.when, revision }))
      .sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))
  const newest = () =>
    Math.max(0, ...(['rules', 'presets'] as const).flatMap(module => config.changes({ module, limit: 1 }).map(one => one.entry)))
  return {
    read: () => ({ rules: rules(), presets: presets(), version: newest() }),
    rules,
    save(drafts, anyway, user) {
      const ids = new Set(drafts.map(({ id }) => id))
      if (ids.size < drafts.length) fail('CONFIG_INVALID', { reason: 'one rule stands twice in what is to be saved' })
      for (const draft of drafts) expectUsable(draft)
      if (!anyway) expectCasesPass(drafts, limitsInForce(config))
      config.save(
        'rules',
        drafts.map(({ id, name, revision, priority, active, when, cases }) => ({
          ...{ id, name, revision },
          value: { priority, active, when, cases },
        })),
        user,
      )
    },
    remove: (ids, user) => config.remove('rules', [...new Set(ids)], user),
    history: ({ rule, before, limit }) =>
      config.changes({ module: 'rules', id: rule, before, limit }).map(change => versionOf(change, config)),
    at: version => ordered(config.at('rules', version).map(keptRule)),
    rollback(version, rule, user) {
      if (rule !== null && config.changes({ module: 'rules', id: rule, limit: 1 }).length === 0)
        fail('CONFIG_UNKNOWN', { module: 'rules', id: rule })
      config.rollback('rules', version, rule, user)
    },
    savePreset({ id, name, revision, when }, user) {
      expectUsable({ name, when })
      config.save('presets', [{ id, name, revision, value: { when } }], user)
    },
    removePreset: (id, user) => config.remove('presets', [id], user),
  }
}

function versionOf(change: ConfigChange, config: ConfigBook): RuleVersion {
  const { entry, at, user, action, id, before, after } = change
  const [older] = before ? config.changes({ module: 'rules', id, before: entry, limit: 1 }) : []
  const state = (side: ConfigChange['after'], revision: number) =>
    side && keptRule({ id, name: side.name, revision, value: side.value as RuleValue })
  return {
    ...{ version: entry, at, user, action, rule: id },
    name: (after ?? before)?.name ?? id,
    before: state(before, older?.entry ?? 0),
    after: state(after, entry),
  }
}
