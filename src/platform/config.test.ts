import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import {
  ConfigInvalid,
  checkSetting,
  defaultFolder,
  environmentName,
  flagName,
  loadConfig,
  readLaunch,
  SETTINGS,
  settingOf,
} from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'contango-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const withFile = (text: string) => writeFileSync(join(folder, 'config.json'), text)

describe('the configuration', () => {
  test('flags win over the environment, the environment over the file, the file over the usual value', () => {
    withFile('{"theme": "light", "density": "comfortable", "language": "es"}')
    const config = loadConfig({
      argv: ['--theme', 'system'],
      env: { CONTANGO_THEME: 'dark', CONTANGO_DENSITY: 'compact' },
      folder,
    })
    expect(config.origin('theme')).toEqual({ value: 'system', origin: 'flag' })
    expect(config.origin('density')).toEqual({ value: 'compact', origin: 'environment' })
    expect(config.origin('language')).toEqual({ value: 'es', origin: 'file' })
    expect(config.origin('rest')).toEqual({ value: false, origin: 'default' })
    expect(config.explain()).toHaveLength(SETTINGS.length)
  })

  test.each([
    ['{', /not JSON/],
    ['[]', /one JSON object/],
    ['{"colour": 1}', /'colour', and no setting/],
    ['{"threads": 0}', /threads cannot be 0: it lies between 1 and 16/],
    ['{"rest": "perhaps"}', /either on or off/],
    ['{"theme": "pink"}', /one of dark, light, system/],
  ])('config.json with %s is refused with where and why', (text, reason) => {
    withFile(text)
    expect(() => loadConfig({ argv: [], env: {}, folder })).toThrow(ConfigInvalid)
    expect(() => loadConfig({ argv: [], env: {}, folder })).toThrow(reason)
  })

  test('a switch may stand alone among the flags, and every setting can be given in three ways', () => {
    withFile('{}')
    expect(loadConfig({ argv: ['--rest', '--demo'], env: {}, folder }).get('rest')).toBe(true)
    expect(loadConfig({ argv: ['--threads=4'], env: {}, folder }).get('threads')).toBe(4)
    expect([environmentName('timeZone'), flagName('timeZone')]).toEqual(['CONTANGO_TIME_ZONE', '--time-zone'])
    expect(() => loadConfig({ argv: ['--threads', 'many'], env: {}, folder })).toThrow(
      /--threads cannot be "many": it is a whole number/,
    )
  })

  test('every usual value is one that the setting allows', () => {
    for (const setting of SETTINGS) expect([setting.key, checkSetting(setting, setting.usual).ok]).toEqual([setting.key, true])
    expect(settingOf('nothing')).toBeNull()
  })

  test('it cannot be changed after the start', () => {
    const config = loadConfig({ argv: [], env: {}, folder })
    expect(() => Object.assign(config, { folder: 'elsewhere' })).toThrow(TypeError)
  })

  test('a launch names its folder and port, and refuses what it does not know', () => {
    expect(readLaunch(['--data', folder, '--port', '4711', '--demo'], {})).toEqual({ folder, port: 4711, demo: true })
    expect(readLaunch([], { CONTANGO_DATA: folder, CONTANGO_PORT: '5' })).toEqual({ folder, port: 5, demo: false })
    expect(() => readLaunch(['--port', '70000'], {})).toThrow(/from 0 to 65535/)
    expect(() => readLaunch(['--data'], {})).toThrow(/--data needs a value/)
    expect(() => readLaunch(['--data', '--demo'], {})).toThrow(/--data needs a value/)
    expect(() => readLaunch(['--nonsense'], {})).toThrow(/--nonsense is no flag/)
  })

  test('without a folder it is the user-data folder of the system', () => {
    expect(defaultFolder('linux', {}, '/home/ana')).toBe('/home/ana/.local/share/contango')
    expect(defaultFolder('linux', { XDG_DATA_HOME: '/data' }, '/home/ana')).toBe('/data/contango')
    expect(defaultFolder('darwin', {}, '/Users/ana')).toBe('/Users/ana/Library/Application Support/Contango')
    expect(defaultFolder('win32', { APPDATA: 'C:/Roaming' }, 'C:/Users/ana')).toMatch(/Contango$/)
  })
})
