import { type Config, checkSetting, environmentName, flagName, type Origin, type Setting } from '../../platform/config.ts'
import { fail } from '../fail.ts'
import type { SettingValue } from './workspace-fold.ts'

/** What the launch says about settings: their table, and the values that came from file, environment or flags. */
export type LaunchSettings = Pick<Config, 'entries' | 'origin'>

export interface SettingNow extends Setting {
  readonly value: SettingValue
  readonly origin: Origin | 'user'
}

/**
 * The value that holds: a flag or the environment pins it for this run, then what a person chose, then the file.
 *
 * A launch argument is the more deliberate of the two, and a choice made on screen is still there at the next start without it.
 */
export function effective(entry: Setting, launch: LaunchSettings, chosen: SettingValue | undefined): SettingNow {
  const given = launch.origin(entry.key)
  const pinned = given.origin === 'flag' || given.origin === 'environment'
  if (!pinned && chosen !== undefined && checkSetting(entry, chosen).ok) return { ...entry, value: chosen, origin: 'user' }
  return { ...entry, value: given.value, origin: given.origin }
}

/**
 * The value that a change would store, null for taking the setting back to its default.
 *
 * Fails: SETTING_INVALID when there is no such setting, the value is not one of it, or the launch pinned it.
 */
export function expectSettable(launch: LaunchSettings, key: string, value: SettingValue | null): SettingValue | null {
  const refuse = (reason: string): never => fail('SETTING_INVALID', { key, value: String(value), reason })
  const entry = launch.entries.find(one => one.key === key)
  if (!entry) return refuse('there is no setting of that name')
  const { origin } = launch.origin(key)
  if (origin === 'flag') return refuse(`${flagName(key)} sets it for this run; start without it`)
  if (origin === 'environment') return refuse(`${environmentName(key)} sets it for this run; start without it`)
  if (value === null) return null
  const checked = checkSetting(entry, value)
  return checked.ok ? checked.value : refuse(checked.reason)
}
