import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { freshFolder, run } from './command.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

let files: string
beforeAll(async () => {
  files = freshFolder()
  await run('help')
})
afterAll(() => rmSync(files, { recursive: true, force: true }))

const at = (name: string) => join(files, name)
function write(name: string, lines: readonly string[]): string {
  writeFileSync(at(name), lines.join('\n'))
  return at(name)
}

describe('options in files', () => {
  test('rows of many pieces come back in order, the bad one in its place', async () => {
    const rows = Array.from({ length: 120_000 }, (_, k) => (k === 70_001 ? 'oops' : `100,${50 + k / 1000},365,0.2,0.05,0.01,-1`))
    const { code, out } = await run(
      'options',
      'price',
      write('in.csv', ['# made here', 'S,K,days,vol,r,q,cp', ...rows]),
      '--out',
      at('out.csv'),
      '--json',
    )
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ kind: 'price', rows: 120_000, byStatus: { OK: 119_999, NOT_A_NUMBER: 1 } })
    const lines = readFileSync(at('out.csv'), 'utf8').trimEnd().split('\n')
    expect(lines[0]).toBe('value,delta,gamma,vega,theta,rho,status,model,reason')
    expect(lines).toHaveLength(120_001)
    expect(lines[70_002]).toBe(",,,,,,NOT_A_NUMBER,,spot is 'oops'")
    const values = lines.slice(1).map(line => line.split(',')[0]!)
    // A put rises with its strike, so that one row out of order would be seen.
    for (let k = 1; k < 120_000; k++)
      if (k !== 70_001 && k !== 70_002) expect(Number(values[k]) > Number(values[k - 1])).toBe(true)
  })
  test('a row that cannot be read is told by its line and by the name that the file gives its column', async () => {
    const rows = Array.from({ length: 60_000 }, (_, k) =>
      k === 59_990 ? '100,abc,365,0.2,0.05,0.01,-1' : '100,90,365,0.2,0.05,0.01,-1',
    )
    const file = write('named.csv', ['# two comments', '# first', 'Spot,Strike,days,vol,r,q,cp', '', ...rows])
    const { out } = await run('options', 'price', file, '--out', at('named-out.csv'))
    expect(out).toContain("The first that cannot be read is line 59995, column Strike: 'abc'.")
  })
  test.each([
    ['PK\u0003\u0004', 'it is a spreadsheet or an archive; save the sheet as CSV'],
    ['S,K\0', 'it is no plain text; save it as CSV'],
  ])('what is no text is refused by what it is: %j', async (bytes, sentence) => {
    const { code, err } = await run('options', 'price', write('odd.csv', [bytes]), '--out', at('odd-out.csv'))
    expect(code).toBe(2)
    expect(err).toContain(sentence)
  })
  test('American options, with the scheme that was asked for', async () => {
    const file = write('american.csv', ['S,K,days,vol,r,q,cp', '100,100,365,0.25,0.05,0.05,-1'])
    const { code, out } = await run('options', 'american', file, '--out', at('a.csv'), '--scheme', 'fast')
    expect(code).toBe(0)
    expect(out).toContain('1 rows (OK 1). Scheme fast.')
    expect(Number(readFileSync(at('a.csv'), 'utf8').split('\n')[1]!.split(',')[0])).toBeCloseTo(9.5694, 3)
  })
  test.each([
    [['options', 'value', 'x.csv', '--out', 'y.csv'], "options is followed by price, iv, american or chain; it was 'value'."],
    [['options', 'iv', 'x.csv'], 'options iv needs a file and where to'],
    [['options', 'iv', 'no-such-file.csv', '--out', 'y.csv'], 'cannot be read (ENOENT)'],
  ])('%j is refused with a sentence', async (words, sentence) => {
    const { code, err } = await run(...words)
    expect(code).toBe(2)
    expect(err).toContain(sentence)
  })
  test('a file without names for its columns leaves nothing behind', async () => {
    const { code, err } = await run('options', 'price', write('bare.csv', ['1,2,3']), '--out', at('none.csv'))
    expect(code).not.toBe(0)
    expect(err).toContain('The first line must name the columns')
    expect(() => readFileSync(at('none.csv'))).toThrow('ENOENT')
  })
})
