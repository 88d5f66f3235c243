import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { freshFolder, run } from './command.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let folder: string
beforeAll(async () => {
  folder = freshFolder()
  await run('help')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const rules = (...words: readonly string[]) => run('color', ...words, '--data', folder)
const write = (name: string, value: unknown) => {
  writeFileSync(join(folder, name), JSON.stringify(value))
  return join(folder, name)
}
const TALK = { name: 'No talk', priority: 2, when: { kind: 'test', field: 'BIAS', operator: 'is', value: 'BWIC TALK' } }
const LOW = { name: 'Low', priority: 1, active: false, when: { kind: 'test', field: 'PX', operator: 'less', value: '5' } }

test('rules go into a workspace and out of it, change by name, and are tried on its history', async () => {
  expect(await rules('rules', 'list')).toMatchObject({ code: 0, out: 'There are no rules yet.\n' })
  const first = write('rules.json', { format: 'contango.rules', version: 1, rules: [TALK, LOW] })
  expect(await rules('rules', 'import', first)).toMatchObject({
    code: 0,
    out: '2 rules were added and 0 changed; the workspace has 2.\n',
  })
  // An id made by counting is another rule's here; the name is not.
  const second = write('more.json', [
    { ...LOW, name: 'Other', priority: 3 },
    { ...TALK, name: 'no TALK', priority: 7 },
  ])
  expect(JSON.parse((await rules('rules', 'import', second, '--json')).out)).toMatchObject({ added: 1, changed: 1, rules: 3 })
  const list = await rules('rules', 'list')
  expect(list.out.split('\n').slice(2)).toEqual([
    expect.stringMatching(/^ +1 +Low +off +0 +PX < 5$/),
    expect.stringMatching(/^ +3 +Other +off +0 +PX < 5$/),
    expect.stringMatching(/^ +7 +no TALK +on +0 +BIAS is 'BWIC TALK'$/),
    '',
  ])
  const out = join(folder, 'out.json')
  expect(await rules('rules', 'export', out)).toMatchObject({ code: 0, out: `${out}: 3 rules.\n` })
  expect((JSON.parse(readFileSync(out, 'utf8')) as { rules: unknown[] }).rules).toHaveLength(3)
  expect(await rules('rules', 'import', out)).toMatchObject({
    code: 0,
    out: expect.stringContaining('0 rules were added and 3 changed'),
  })
  const tried = JSON.parse((await rules('dry-run', '--rules', first, '--days', '30', '--json')).out)
  expect(tried).toMatchObject({ rows: 0, excludedThen: 0, byRule: [{ name: 'No talk', hits: 0, credited: 0 }] })
})

test('what cannot be used is refused, and nothing is changed', async () => {
  const bad = write('bad.json', [{ name: 'Bad', when: { kind: 'test', field: 'PX', operator: 'less', value: 'five' } }])
  expect(await rules('rules', 'import', bad)).toMatchObject({ code: 2, err: expect.stringContaining("rule 'Bad'") })
  expect(await rules('rules', 'import', join(folder, 'none.json'))).toMatchObject({
    code: 2,
    err: expect.stringContaining('ENOENT'),
  })
  expect(await rules('rules', 'publish')).toMatchObject({ code: 2, err: expect.stringContaining('list, export and import') })
  expect(await rules('dry-run')).toMatchObject({ code: 2, err: expect.stringContaining('--rules RULES.json') })
  expect(await rules('process', 'a.csv', 'b.csv')).toMatchObject({ code: 2, err: expect.stringContaining("'b.csv'") })
  expect(JSON.parse((await rules('rules', 'list', '--json')).out)).toHaveLength(3)
})
