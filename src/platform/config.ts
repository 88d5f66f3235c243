import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

export type SettingValue = string | number | boolean
export type Origin = 'default' | 'file' | 'environment' | 'flag'

/** One setting: its form, its usual value and where it is shown. */
export interface Setting {
  readonly key: string
  readonly group: string
  readonly kind: 'choice' | 'number' | 'text' | 'switch'
  readonly usual: SettingValue
  readonly choices: readonly string[]
  readonly from: number | null
  readonly to: number | null
  /** The running host keeps the old value until it is started again. */
  readonly needsRestart: boolean
}

type Extra = Partial<Pick<Setting, 'needsRestart'>>
const base = { choices: [], from: null, to: null, needsRestart: false } as const

function choice<K extends string>(key: K, group: string, choices: readonly string[], extra: Extra = {}) {
  return { ...base, ...extra, key, group, kind: 'choice', usual: choices[0] as string, choices } as const
}
function whole<K extends string>(key: K, group: string, range: { usual: number; from: number; to: number }, extra: Extra = {}) {
  return { ...base, ...extra, key, group, kind: 'number', ...range } as const
}
function flag<K extends string>(key: K, group: string, usual: boolean, extra: Extra = {}) {
  return { ...base, ...extra, key, group, kind: 'switch', usual } as const
}

function words<K extends string>(key: K, group: string, extra: Extra = {}) {
  return { ...base, ...extra, key, group, kind: 'text', usual: '' } as const
}

/** Every setting there is; the Settings panel, `contango config explain` and the checks are derived from it. */
export const SETTINGS = [
  choice('theme', 'look', ['dark', 'light', 'system']),
  choice('language', 'look', ['system', 'en', 'es']),
  // Blue and orange first: the pair that colour-blind people can tell apart.
  choice('palette', 'look', ['blue-orange', 'green-red', 'red-green']),
  choice('density', 'look', ['compact', 'comfortable']),
  flag('flash', 'look', true),
  choice('motion', 'look', ['system', 'full', 'reduced']),
  whole('zoom', 'look', { usual: 100, from: 80, to: 150 }),
  choice('timeZone', 'charts', [
    'exchange',
    'local',
    'UTC',
    'America/New_York',
    'America/Chicago',
    'Europe/London',
    'Europe/Madrid',
    'Europe/Berlin',
    'Asia/Singapore',
    'Asia/Tokyo',
  ]),
  choice('chartStyle', 'charts', ['candles', 'bars', 'line', 'area']),
  flag('rest', 'access', false),
  whole('seed', 'demo', { usual: 20260105, from: 0, to: 4_294_967_295 }, { needsRestart: true }),
  whole('threads', 'host', { usual: 2, from: 1, to: 16 }, { needsRestart: true }),
  whole('storeMemoryMb', 'host', { usual: 2048, from: 256, to: 65_536 }, { needsRestart: true }),
  whole('ticksKeepDays', 'host', { usual: 30, from: 1, to: 3650 }, { needsRestart: true }),
  // Basis points: used where neither quotes nor a curve tell a rate.
  whole('optionsRateBp', 'options', { usual: 400, from: -200, to: 2500 }),
  whole('optionsStaleSeconds', 'options', { usual: 0, from: 0, to: 86_400 }),
  whole('optionsLines', 'options', { usual: 2000, from: 0, to: 100_000 }),
  choice('alertNotices', 'options', ['high', 'medium', 'all', 'none']),
  whole('optionsSnapshotMinutes', 'options', { usual: 5, from: 0, to: 1440 }),
  whole('optionsSnapshotDays', 'options', { usual: 60, from: 1, to: 3650 }, { needsRestart: true }),
  words('updateFeed', 'updates'),
  choice('updateChannel', 'updates', ['latest', 'beta']),
  flag('updateCheck', 'updates', true),
  words('backupFolder', 'backup'),
  whole('backupKeep', 'backup', { usual: 10, from: 1, to: 1000 }),
  whole('querySeconds', 'host', { usual: 60, from: 1, to: 3600 }),
  choice('logLevel', 'host', ['info', 'debug', 'warn', 'error']),
] as const satisfies readonly Setting[]

export type SettingKey = (typeof SETTINGS)[number]['key']
type KindOf<K extends SettingKey> = Extract<(typeof SETTINGS)[number], { key: K }>['kind']
/** The type of a setting's value, from its kind. */
export type ValueOf<K extends SettingKey> = KindOf<K> extends 'number' ? number : KindOf<K> extends 'switch' ? boolean : string

/** A setting with the value that the launch gives it, and where that came from. */
export interface ExplainedSetting {
  readonly setting: Setting
  readonly value: SettingValue
  readonly origin: Origin
}

/** Why a configuration cannot be used, with where the wrong value stood. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid'
}

/** The setting of that key, null where there is none. */
export function settingOf(key: string): Setting | null {
  return SETTINGS.find(setting => setting.key === key) ?? null
}

export type Checked = { readonly ok: true; readonly value: SettingValue } | { readonly ok: false; readonly reason: string }

/** The value in the setting's own type, or the reason why it cannot be that; text from a file or a flag is read. */
export function checkSetting(setting: Setting, value: unknown): Checked {
  const no = (reason: string): Checked => ({ ok: false, reason })
  switch (setting.kind) {
    case 'switch': {
      const yes = value === true || value === 'true' || value === 'on' || value === '1'
      const off = value === false || value === 'false' || value === 'off' || value === '0'
      return yes || off ? { ok: true, value: yes } : no('it is either on or off')
    }
    case 'number': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
      const [from, to] = [setting.from ?? -Infinity, setting.to ?? Infinity]
      if (typeof number !== 'number' || !Number.isInteger(number)) return no('it is a whole number')
      return number >= from && number <= to ? { ok: true, value: number } : no(`it lies between ${from} and ${to}`)
    }
    case 'choice':
      return typeof value === 'string' && setting.choices.includes(value)
        ? { ok: true, value }
        : no(`it is one of ${setting.choices.join(', ')}`)
    case 'text':
      return typeof value === 'string' ? { ok: true, value } : no('it is text')
  }
}

/** What the launch says about every setting, each with where it came from; frozen. A person's choices are the workspace's. */
export interface Config {
  readonly folder: string
  readonly entries: readonly Setting[]
  get<K extends SettingKey>(key: K): ValueOf<K>
  /** Fails: RangeError when no setting has that key. */
  origin(key: string): { readonly value: SettingValue; readonly origin: Origin }
  explain(): readonly ExplainedSetting[]
}

function createConfig(folder: string, values: ReadonlyMap<string, { value: SettingValue; origin: Origin }>): Config {
  return Object.freeze({
    folder,
    entries: SETTINGS,
    get: <K extends SettingKey>(key: K) => expectValue(values.get(key), key).value as ValueOf<K>,
    origin: (key: string) => expectValue(values.get(key), key),
    explain: () => SETTINGS.map(setting => ({ setting, ...expectValue(values.get(setting.key), setting.key) })),
  })
}

function expectValue<T>(value: T | undefined, key: string): T {
  if (value === undefined) throw new RangeError(`no setting is named '${key}'`)
  return value
}

const dashed = (key: string) => key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)

/** `timeZone` is CONTANGO_TIME_ZONE in the environment. */
export function environmentName(key: string): string {
  return `CONTANGO_${dashed(key).replaceAll('-', '_').toUpperCase()}`
}

/** `timeZone` is --time-zone among the flags. */
export function flagName(key: string): string {
  return `--${dashed(key)}`
}

function readFile(folder: string): Record<string, unknown> {
  const file = join(folder, 'config.json')
  let content: string
  try {
    content = readFileSync(file, 'utf8')
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw new ConfigInvalid(`${file} cannot be read: ${(fault as Error).message}`)
  }
  try {
    const parsed: unknown = JSON.parse(content)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>
  } catch (fault) {
    throw new ConfigInvalid(`${file} is not JSON: ${(fault as Error).message}`)
  }
  throw new ConfigInvalid(`${file} must hold one JSON object`)
}

/** Flags as `--key value` or `--key=value`; a switch may stand alone. Flags that are no settings are left to others. */
function readFlags(argv: readonly string[]): Map<string, string> {
  const found = new Map<string, string>()
  for (let i = 0; i < argv.length; i++) {
    const [name = '', inline] = (argv[i] ?? '').split(/=(.*)/s)
    const setting = SETTINGS.find(candidate => flagName(candidate.key) === name)
    if (!setting) continue
    const next = argv[i + 1]
    const alone = setting.kind === 'switch' && (next === undefined || next.startsWith('--'))
    found.set(setting.key, inline ?? (alone ? 'true' : (next ?? '')))
  }
  return found
}

/**
 * The configuration of a launch: usual values < config.json < CONTANGO_* < flags.
 *
 * Fails: ConfigInvalid when the file is no JSON object, or any of the three names a value that a setting cannot have.
 */
export function loadConfig({
  argv,
  env,
  folder,
}: {
  argv: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  folder: string
}): Config {
  const file = readFile(folder)
  const flags = readFlags(argv)
  for (const key of Object.keys(file))
    if (!settingOf(key)) throw new ConfigInvalid(`config.json names '${key}', and no setting is named so`)
  const values = new Map<string, { value: SettingValue; origin: Origin }>()
  for (const setting of SETTINGS) {
    values.set(setting.key, { value: setting.usual, origin: 'default' })
    const offers: readonly (readonly [Origin, string, unknown])[] = [
      ['file', `config.json, ${setting.key}`, file[setting.key]],
      ['environment', environmentName(setting.key), env[environmentName(setting.key)]],
      ['flag', flagName(setting.key), flags.get(setting.key)],
    ]
    for (const [origin, place, offered] of offers) {
      if (offered === undefined) continue
      const checked = checkSetting(setting, offered)
      if (!checked.ok) throw new ConfigInvalid(`${place} cannot be ${JSON.stringify(offered)}: ${checked.reason}`)
      values.set(setting.key, { value: checked.value, origin })
    }
  }
  return createConfig(folder, values)
}

/** The environment of this process; the only place that reads it. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env
}

/** Where a workspace lives when nobody says so: the user-data folder of the operating system. */
export function defaultFolder(
  platform: NodeJS.Platform = process.platform,
  env: Readonly<Record<string, string | undefined>> = environment(),
  home: string = homedir(),
): string {
  if (platform === 'win32') return join(env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Contango')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Contango')
  return join(env.XDG_DATA_HOME ?? join(home, '.local', 'share'), 'contango')
}

/** Flags that are no settings; the first two are the launcher's own. */
const LAUNCH_FLAGS = ['--browser', '--no-open', '--data', '--port', '--demo']

function expectKnown(argv: readonly string[]): void {
  const known = new Set([...LAUNCH_FLAGS, ...SETTINGS.map(setting => flagName(setting.key))])
  for (const word of argv) {
    const name = word.split('=', 1)[0] ?? ''
    if (word.startsWith('--') && !known.has(name))
      throw new ConfigInvalid(`${name} is no flag of Contango; npm start -- --help lists them`)
  }
}

/** What a start was asked to open, and how. */
export interface Launch {
  readonly folder: string
  readonly port: number
  readonly demo: boolean
}

/**
 * What a start was asked to do by `--data DIR`, `--port N` and `--demo`.
 *
 * Fails: ConfigInvalid when a flag is unknown or lacks its value, or the port is no port.
 */
export function readLaunch(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Launch {
  expectKnown(argv)
  const value = (name: string): string | undefined => {
    const at = argv.findIndex(word => word === name || word.startsWith(`${name}=`))
    if (at < 0) return undefined
    const found = argv[at]?.includes('=') ? argv[at]?.slice(name.length + 1) : argv[at + 1]
    if (!found || found.startsWith('--')) throw new ConfigInvalid(`${name} needs a value after it`)
    return found
  }
  const port = Number(value('--port') ?? env.CONTANGO_PORT ?? 0)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new ConfigInvalid('--port must be a number from 0 to 65535')
  const folder = value('--data') ?? env.CONTANGO_DATA
  return { folder: folder ? resolve(folder) : defaultFolder(process.platform, env), port, demo: argv.includes('--demo') }
}
