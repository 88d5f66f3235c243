import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { command, freshFolder, openWorkstation, run } from './command.ts'

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 })

let folder: string
let files: string
beforeAll(async () => {
  await run('help')
})
beforeEach(() => {
  folder = freshFolder()
  files = freshFolder()
})
afterEach(() => {
  for (const each of [folder, files]) rmSync(each, { recursive: true, force: true })
})

const json = (text: string) => JSON.parse(text) as { [key: string]: unknown }

async function importSeries(name: string, price: number): Promise<void> {
  const path = join(files, `${name}.csv`)
  writeFileSync(path, `Date,Price\n2020-01-02,${price}\n2020-01-03,${price + 1}\n`)
  expect((await run('import', path, '--series', name, '--replace', '--data', folder)).code).toBe(0)
}

async function exported(name: string): Promise<string> {
  const out = join(files, `${name}-out.csv`)
  const { code, err } = await run('export', name, '--out', out, '--data', folder)
  return code === 0 ? readFileSync(out, 'utf8') : err
}

describe('the drill on the command line', () => {
  test('back up, change, restore: exports are equal', async () => {
    await importSeries('gas', 2)
    await importSeries('oil', 70)
    const before = [await exported('gas'), await exported('oil')]
    const file = join(files, 'kept.tar')
    const made = await run('backup', '--out', file, '--json', '--data', folder)
    expect([made.code, made.err]).toEqual([0, ''])
    expect(json(made.out)).toMatchObject({ file, sealed: false, problem: null, isThere: true })

    await importSeries('gas', 99)
    await importSeries('new', 1)
    expect(await exported('gas')).not.toBe(before[0])

    const restored = await run('restore', file, '--data', folder)
    expect([restored.code, restored.out]).toEqual([0, expect.stringMatching(/each compared\. What was there is in .*aside-/)])
    expect([await exported('gas'), await exported('oil')]).toEqual(before)
    expect(await exported('new')).toMatch('No series is named new')
    expect(readdirSync(folder).some(name => name.startsWith('aside-'))).toBe(true)
  })

  test('a sealed backup opens with its passphrase on standard input only', async () => {
    await importSeries('gas', 2)
    const file = join(files, 'kept.sealed')
    const withInput = (text: string, ...words: string[]) => {
      const { child, ended } = command(words, 'pipe')
      child.stdin?.end(text)
      return ended
    }
    expect((await withInput('open sesame\n', 'backup', '--out', file, '--encrypt', '--data', folder)).code).toBe(0)
    expect(readFileSync(file).includes('segments/')).toBe(false)
    expect((await run('restore', file, '--data', folder)).err).toMatch('is encrypted')
    expect((await withInput('wrong\n', 'restore', file, '--encrypted', '--data', folder)).err).toMatch('passphrase does not open')
    expect((await withInput('', 'restore', file, '--encrypted', '--data', folder)).code).toBe(2)
    expect((await withInput('open sesame\n', 'restore', file, '--encrypted', '--data', folder)).code).toBe(0)
  })

  test('a workspace that is open is backed up, but not restored into', async () => {
    const open = await openWorkstation(folder)
    try {
      const file = join(files, 'kept.tar')
      expect((await run('backup', '--out', file, '--data', folder)).out).toMatch('restored to scratch and compared')
      const refused = await run('restore', file, '--data', folder)
      expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/is open\. Close Contango/)])
      const elsewhere = join(files, 'elsewhere')
      expect((await run('restore', file, '--data', elsewhere)).code).toBe(0)
      expect(existsSync(join(elsewhere, 'journal.sqlite'))).toBe(true)
    } finally {
      await open.end()
    }
  })

  test('a command neither tells of a crash of the workstation nor wipes away that there was one', async () => {
    const mark = JSON.stringify({ version: '0.1.0', startedAt: 1, seenAt: 2, jobs: [] })
    await run('series', '--data', folder)
    expect(existsSync(join(folder, 'run.json'))).toBe(false)
    writeFileSync(join(folder, 'run.json'), mark)
    expect((await run('series', '--data', folder)).code).toBe(0)
    expect(readFileSync(join(folder, 'run.json'), 'utf8')).toBe(mark)
  })

  test('a place that cannot be written, and a file that is no backup, have their sentences', async () => {
    writeFileSync(join(files, 'file'), 'hello')
    const nowhere = await run('backup', '--out', join(files, 'file', 'x.tar'), '--data', folder)
    expect([nowhere.code, nowhere.err]).toEqual([1, expect.stringMatching(/^Backups cannot be written to /)])
    expect((await run('restore', join(files, 'file'), '--data', folder)).err).toMatch(
      /is not a backup of Contango|ends too early/,
    )
    expect((await run('restore', join(files, 'none'), '--data', folder)).err).toMatch('there is no such file')
    expect((await run('restore', '--data', folder)).code).toBe(2)
  })
})
