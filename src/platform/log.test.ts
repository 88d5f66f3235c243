import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { manualClock } from './clock.ts'
import { createLog } from './log.ts'

const folder = mkdtempSync(join(tmpdir(), 'contango-log-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const linesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))

describe('the log', () => {
  test('an entry is one JSON line with its event, level, instant and fields', () => {
    const log = createLog({ folder: join(folder, 'lines'), clock: manualClock() })
    log.warn('feed.gap', { source: 'demo', from: 3, to: 9 })
    log.close()
    expect(linesOf(join(folder, 'lines', 'contango.log'))).toEqual([
      { level: 'warn', at: 1_700_000_000_000_000, seq: 1, fields: { source: 'demo', from: 3, to: 9 }, event: 'feed.gap' },
    ])
  })

  test('secrets are blotted out in names, in addresses and deep inside', () => {
    const log = createLog({ folder: join(folder, 'secrets'), clock: manualClock() })
    log.info('request', {
      token: 'abc123',
      headers: { Authorization: 'Bearer abc123', cookie: 'B=abc123', accept: '*/*' },
      url: 'https://query1.example.com/v8?symbol=CL%3DF&crumb=abc123&range=1d',
      page: 'http://127.0.0.1:4000/#token=abc123',
      fault: new Error('refused for Bearer abc123', { cause: { apiKey: 'abc123' } }),
      nested: [{ deep: { password: 'abc123', attempts: 3 } }],
    })
    log.close()
    const text = readFileSync(join(folder, 'secrets', 'contango.log'), 'utf8')
    expect(text).not.toContain('abc123')
    const [entry] = log.recent(1)
    expect(JSON.stringify(entry)).not.toContain('abc123')
    expect(entry?.fields).toMatchObject({
      token: '•••',
      headers: { Authorization: '•••', cookie: '•••', accept: '*/*' },
      url: 'https://query1.example.com/v8?symbol=CL%3DF&crumb=•••&range=1d',
      nested: [{ deep: { password: '•••', attempts: 3 } }],
    })
  })

  test('what JSON cannot say is said in words, and a circle ends', () => {
    const log = createLog({ folder: join(folder, 'odd'), clock: manualClock() })
    const circle: Record<string, unknown> = {}
    circle.self = circle
    log.info('odd', {
      nan: Number.NaN,
      big: 12n,
      column: new Float64Array(4),
      circle,
      list: Array.from({ length: 300 }, () => 1),
    })
    expect(log.recent(1)[0]?.fields).toMatchObject({ nan: 'NaN', big: '12', column: 'Float64Array(32 bytes)' })
    expect(log.recent(1)[0]?.fields.list).toHaveLength(101)
    log.close()
  })

  test('files are set aside when full, and the oldest goes', () => {
    const place = join(folder, 'rotated')
    const log = createLog({ folder: place, clock: manualClock(), maxBytes: 2000, keep: 3 })
    for (let k = 0; k < 200; k++) log.info('tick', { k })
    log.close()
    expect(readdirSync(place).sort()).toEqual(['contango.log', 'contango.log.1', 'contango.log.2', 'contango.log.3'])
    for (const name of readdirSync(place)) expect(statSync(join(place, name)).size).toBeLessThanOrEqual(2000)
    expect(linesOf(join(place, 'contango.log')).at(-1).fields).toEqual({ k: 199 })
  })

  test('the newest entries are kept for whoever watches, and listeners hear each', () => {
    const log = createLog({ folder: join(folder, 'ring'), clock: manualClock(), ring: 10 })
    const heard: number[] = []
    const stop = log.onEntry(entry => heard.push(entry.seq))
    for (let k = 0; k < 40; k++) log.info('tick', { k })
    stop()
    log.info('unheard')
    expect(heard).toHaveLength(40)
    expect(log.recent(100).map(entry => entry.seq)).toEqual([32, 33, 34, 35, 36, 37, 38, 39, 40, 41])
    expect(log.recent(0)).toEqual([])
    log.close()
  })

  test('below its level nothing is recorded, and the level can be changed', () => {
    const log = createLog({ folder: join(folder, 'level'), clock: manualClock(), level: 'warn' })
    log.info('quiet')
    log.setLevel('debug')
    log.debug('loud')
    expect(log.recent(10).map(entry => entry.event)).toEqual(['loud'])
    log.close()
  })

  test('a folder that cannot be written costs the lines and nothing else', () => {
    const log = createLog({ folder: join(folder, 'lines', 'contango.log', 'below-a-file'), clock: manualClock() })
    log.error('lost')
    expect(log.lost()).toBe(1)
    expect(log.recent(1)[0]?.event).toBe('lost')
    log.close()
  })
})
