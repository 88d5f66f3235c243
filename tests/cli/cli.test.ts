import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { command, freshFolder, openWorkstation, project, run, watched } from './command.ts'

const RECORDED = process.env.CONTANGO_RECORDED ?? resolve(project, '../shared/data')
const WTI = join(RECORDED, 'prices', 'wti-daily.csv')
const isRecorded = existsSync(WTI)
if (!isRecorded)
  console.log(`no recorded prices at ${RECORDED}: the import of WTI is skipped; CONTANGO_RECORDED names the folder`)

// Every command is a process that opens two stores, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let folder: string
let files: string
beforeAll(async () => {
  // Builds what is stale, so that no test pays for it.
  await run('help')
}, 120_000)
beforeEach(() => {
  folder = freshFolder()
  files = freshFolder()
})
afterEach(() => {
  for (const each of [folder, files]) rmSync(each, { recursive: true, force: true })
})

function write(name: string, content: string): string {
  const path = join(files, name)
  writeFileSync(path, content)
  return path
}

const small = () => write('gas-daily.csv', 'Date,Price\n2020-01-02,1.5\n2020-01-03,oops\n2020-01-06,-2\n')
const json = (text: string) => JSON.parse(text) as never

describe('with the workspace closed', () => {
  test('a file becomes a series that SQL, the list and an export show', async () => {
    const imported = await run('import', small(), '--series', 'gas', '--json', '--data', folder)
    expect(imported.code).toBe(0)
    expect(json(imported.out)).toMatchObject({
      series: 'gas',
      read: 3,
      accepted: 2,
      refused: 1,
      flagged: 1,
      byRule: { 'number-unreadable': 1 },
    })
    const counted = await run('query', "select count(*) as n from series where name = 'gas'", '--json', '--data', folder)
    expect(json(counted.out)).toEqual([{ n: 2 }])
    expect(json((await run('series', '--json', '--data', folder)).out)).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'gas', rows: 2, source: 'file' })]),
    )
    const out = join(files, 'out.csv')
    expect(json((await run('export', 'gas', '--out', out, '--json', '--data', folder)).out)).toMatchObject({
      series: 'gas',
      rows: 2,
      format: 'csv',
      file: out,
    })
    expect(readFileSync(out, 'utf8').split('\n')).toHaveLength(4)
    expect(readdirSync(files).filter(name => name.endsWith('.part'))).toEqual([])
    const again = await run('import', out, '--series', 'copy', '--json', '--data', folder)
    expect(json(again.out)).toMatchObject({ accepted: 2, refused: 0 })
  })

  test('a dry run stores nothing, and replacing has to be asked for', async () => {
    const path = small()
    expect((await run('import', path, '--dry-run', '--data', folder)).out).toMatch(
      /^Dry run of gas: 3 rows read, 2 would be accepted, 1 refused/,
    )
    expect(
      json((await run('query', "select count(*) as n from series where name = 'gas'", '--json', '--data', folder)).out),
    ).toEqual([{ n: 0 }])
    expect((await run('import', path, '--data', folder)).code).toBe(0)
    const refused = await run('import', path, '--data', folder)
    expect(refused).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('A series named gas already exists, with 2 rows.'),
    })
    expect((await run('import', path, '--replace', '--data', folder)).code).toBe(0)
  })

  test('columns, zone and order can be named', async () => {
    const path = write('x.csv', 'when;a;b\n02/03/2020 10:00;1,5;7\n03/03/2020 10:00;2,5;8\n')
    const words = [
      'import',
      path,
      '--map',
      'when=time,b=value',
      '--date-order',
      'dmy',
      '--time-zone',
      'Europe/Madrid',
      '--unit',
      'EUR/MWh',
    ]
    const { code, err } = await run(...words, '--data', folder)
    expect([code, err]).toEqual([0, expect.any(String)])
    const { out } = await run(
      'query',
      "select time, value from series where name = 'x' order by time",
      '--json',
      '--data',
      folder,
    )
    expect(json(out)).toEqual([
      { time: '2020-03-02T09:00:00Z', value: 7 },
      { time: '2020-03-03T09:00:00Z', value: 8 },
    ])
  })

  test.runIf(isRecorded)('WTI has 10,226 rows', async () => {
    await run('import', WTI, '--series', 'wti', '--data', folder)
    const { out } = await run('query', "select count(*) as n from series where name = 'wti'", '--json', '--data', folder)
    expect(out).toBe('[{"n":10226}]\n')
  })

  test('the doctor finds a new workspace good, and a damaged journal bad with the way out', async () => {
    const good = await run('doctor', '--json', '--data', folder)
    expect(good.code).toBe(0)
    expect(json(good.out)).toMatchObject({
      checks: expect.arrayContaining([expect.objectContaining({ name: 'journal', state: 'good' })]),
    })
    const file = join(folder, 'journal.sqlite')
    const bytes = readFileSync(file)
    const at = bytes.lastIndexOf('vega-datasets')
    expect(at).toBeGreaterThan(0)
    bytes[at] = 0x56
    writeFileSync(file, bytes)
    const bad = await run('doctor', '--json', '--data', folder)
    expect(bad.code).toBe(1)
    expect(json(bad.out)).toMatchObject({ checks: [{ name: 'journal', state: 'bad' }] })
    expect((await run('series', '--data', folder)).err).toContain('--salvage')
    const saved = await run('doctor', '--salvage', '--json', '--data', folder)
    expect(saved.code).toBe(0)
    expect(existsSync((json(saved.out) as { damagedFile: string }).damagedFile)).toBe(true)
    expect((await run('doctor', '--data', folder)).code).toBe(0)
  })

  test('each setting is explained with where it came from', async () => {
    writeFileSync(join(folder, 'config.json'), '{"threads": 3}')
    const { out } = await run('config', 'explain', '--theme', 'light', '--json', '--data', folder)
    const { settings } = json(out) as { settings: { key: string; value: unknown; origin: string }[] }
    const found = (key: string) => settings.find(one => one.key === key)
    expect([found('threads'), found('theme'), found('language')]).toMatchObject([
      { value: 3, origin: 'file' },
      { value: 'light', origin: 'flag' },
      { origin: 'default' },
    ])
  })

  test('what fails says so in one sentence, in one JSON value, and in the exit code', async () => {
    const missing = await run('import', join(files, 'none.csv'), '--json', '--data', folder)
    expect(missing.code).toBe(1)
    expect(json(missing.out)).toMatchObject({ error: { code: 'FILE_UNREADABLE', data: { reason: 'there is no such file' } } })
    expect(missing.err).toMatch(/cannot be read: there is no such file\.\n$/)
    const written = await run('query', 'drop table bars', '--data', folder)
    expect(written).toMatchObject({ code: 1, out: '', err: expect.stringContaining('This console only reads, and DROP writes.') })
    expect((await run('export', 'nothing', '--out', join(files, 'x.csv'), '--data', folder)).err).toContain(
      'No series is named nothing.',
    )
    expect(existsSync(join(files, 'x.csv'))).toBe(false)
    const none = await run(
      'import',
      write('bad.csv', 'Date,Price\n2020-01-02,one\n2020-01-03,two\n'),
      '--map',
      'Price=value',
      '--data',
      folder,
    )
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('No row of bad.csv could be used')])
  })

  test('what is not understood is refused with what was probably meant', async () => {
    const said = async (...words: string[]) => {
      const { code, err } = await run(...words)
      expect(code).toBe(2)
      return err
    }
    expect(await said('imprt', 'x')).toContain('Did you mean import?')
    expect(await said('query', 'select 1', '--jsno')).toContain('Did you mean --json?')
    expect(await said('import', 'x.csv', '--kind', 'candles')).toContain('--kind is one of bars, values, ticks')
    expect(await said('query', 'select', '1')).toContain("does not know what to do with '1'")
    expect(await said('export', 'wti')).toContain('--out FILE')
    expect(await said('query')).toContain('query needs SQL')
    expect(await said('query', 'select 1', '--data')).toContain('--data needs a value')
    expect((await run('help', 'import')).out).toContain('--dry-run')
    expect(await said('--kind', 'bars', 'import', 'x.csv')).toContain('--kind stands behind its command')
  })

  test('flags of every command may stand before it, and --help anywhere shows help', async () => {
    const shown = async (...words: string[]) => {
      const { code, out } = await run(...words)
      expect([words, code]).toEqual([words, 0])
      return out
    }
    expect(await shown('--data', folder, '--help')).toContain('npx contango COMMAND [flags]')
    expect(await shown('--data', folder, 'help')).toContain('npx contango COMMAND [flags]')
    expect(await shown('--help', 'import')).toContain('--dry-run')
    expect(await shown('import', '--knd', 'bars', '-h')).toContain('--dry-run')
    expect(json(await shown('--data', folder, '--json', 'query', 'select 1 as n'))).toEqual([{ n: 1 }])
  })

  test('a reader that has enough closes the pipe, and that is no failure', async () => {
    const { child, ended } = command([
      'query',
      "select i, repeat('x', 50) as x from range(20000) t(i)",
      '--limit',
      '20000',
      '--data',
      folder,
    ])
    child.stdout?.once('data', () => child.stdout?.destroy())
    expect((await ended).code).toBe(0)
  })
})

/** Large enough that a signal reaches the import while it runs. */
function large(): string {
  const rows = Array.from({ length: 1_500_000 }, (_, k) => `${1_400_000_000 + k * 60},${(k % 977) / 8}\n`)
  return write('large.csv', `timestamp,value\n${rows.join('')}`)
}

const countLarge = async () =>
  (
    json((await run('query', "select count(*) as n from series where name = 'large'", '--json', '--data', folder)).out) as {
      n: number
    }[]
  )[0]?.n

describe('interrupted', () => {
  test('Ctrl-C cancels an import: nothing of it is left', async () => {
    const { child, ended } = command(['import', large(), '--data', folder])
    await whenThere(() => existsSync(join(folder, 'uploads')))
    await pause(700)
    child.kill('SIGINT')
    expect((await ended).code).toBe(130)
    expect(await countLarge()).toBe(0)
  }, 60_000)

  test('kill -9 at any moment of a replacing import leaves the old series or the new one', async () => {
    const path = large()
    await run('import', write('first.csv', 'Date,Price\n2020-01-02,1\n2020-01-03,2\n'), '--series', 'large', '--data', folder)
    for (const delay of [300, 900, 1500, 2200]) {
      const { child, ended } = command(['import', path, '--replace', '--data', folder])
      await pause(delay)
      child.kill('SIGKILL')
      await ended
      expect([2, 1_500_000]).toContain(await countLarge())
    }
    expect((await run('import', path, '--replace', '--data', folder)).code).toBe(0)
    expect(await countLarge()).toBe(1_500_000)
  }, 120_000)
})

async function whenThere(isThere: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400 && !isThere(); tries++) await pause(25)
}

describe('with the workstation open', () => {
  let workstation: Awaited<ReturnType<typeof openWorkstation>>
  let shared: string
  beforeAll(async () => {
    shared = freshFolder()
    workstation = await openWorkstation(shared)
  }, 60_000)
  afterAll(async () => {
    await workstation.end()
    rmSync(shared, { recursive: true, force: true })
  })

  test('settings are explained as a start from here would have them, not as the open one was started', async () => {
    const { out } = await run('config', 'explain', '--theme', 'light', '--json', '--data', shared)
    const { settings } = json(out) as { settings: { key: string; value: unknown; origin: string }[] }
    expect(settings.find(one => one.key === 'theme')).toMatchObject({ value: 'light', origin: 'flag' })
    expect(settings.find(one => one.key === 'zoom')).toMatchObject({ value: 100, origin: 'default' })
  })

  test('the same commands talk to it and give the same answers', async () => {
    const path = small()
    const open = await run('import', path, '--series', 'gas', '--json', '--data', shared)
    const closed = await run('import', path, '--series', 'gas', '--json', '--data', folder)
    const plain = (text: string) => ({ ...(json(text) as object), seconds: 0 })
    expect(open.code).toBe(0)
    expect(plain(open.out)).toEqual(plain(closed.out))
    const query = ['query', "select time, value, quality from series where name = 'gas' order by 1", '--json', '--data'] as const
    expect((await run(...query, shared)).out).toBe((await run(...query, folder)).out)
    const out = join(files, 'gas.parquet')
    expect(json((await run('export', 'gas', '--out', out, '--json', '--data', shared)).out)).toMatchObject({
      format: 'parquet',
      rows: 2,
    })
    expect(readFileSync(out).subarray(0, 4).toString()).toBe('PAR1')
    expect((await run('doctor', '--data', shared)).code).toBe(0)
    expect((await run('import', path, '--series', 'gas', '--data', shared)).err).toContain('already exists')
  })

  test('many commands at once all get their answer', async () => {
    const all = await Promise.all([1, 2, 3, 4].map(k => run('query', `select ${k} as k`, '--json', '--data', shared)))
    expect(all.map(({ out }) => json(out))).toEqual([1, 2, 3, 4].map(k => [{ k }]))
  })
})

test('two commands on one closed workspace wait for each other', async () => {
  const both = await Promise.all(['a', 'b'].map(name => run('import', small(), '--series', name, '--json', '--data', folder)))
  expect(both.map(({ code }) => code)).toEqual([0, 0])
}, 60_000)

test('npx finds the command from the root of the project', async () => {
  const npx = spawn('npx', ['--no', 'contango', 'help'], {
    cwd: project,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  })
  const { code, out } = await watched(npx).ended
  expect([code, out.split('\n')[0]]).toEqual([0, 'npx contango COMMAND [flags]'])
}, 60_000)
