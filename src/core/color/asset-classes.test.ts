import { describe, expect, test } from 'vitest'
import { type AssetClass, classProblems, hiddenByClass, hiddenInAll } from './asset-classes.ts'

const clo: AssetClass = {
  ...{ name: 'CLO', hiddenColumns: ['BWIC_COVER', 'DATE_1'] },
  subs: [{ name: 'CLO Equity', hiddenColumns: ['RANK', 'DATE_1'] }],
}
const abs: AssetClass = { name: 'Euro ABS', hiddenColumns: ['DATE_1', 'RANK'], subs: [] }
const hidden = hiddenByClass([clo, abs])
const inAll = (...classes: (string | null)[]) => [...hiddenInAll(hidden, classes)]

describe('columns hidden for classes', () => {
  test('of a part are those of its main class and its own, each once', () => {
    expect(inAll('CLO')).toEqual(['BWIC_COVER', 'DATE_1'])
    expect(inAll('CLO Equity')).toEqual(['BWIC_COVER', 'DATE_1', 'RANK'])
  })

  test('of several classes are those that all of them hide', () => {
    expect(inAll('CLO', 'Euro ABS')).toEqual(['DATE_1'])
    expect(inAll('CLO Equity', 'Euro ABS')).toEqual(['DATE_1', 'RANK'])
    expect(inAll(' clo ', 'CLO')).toEqual(['BWIC_COVER', 'DATE_1'])
    expect(inAll('clo  equity')).toContain('RANK')
  })

  test('are none where a class is unknown or missing, or no class is chosen', () => {
    expect([inAll(), inAll('CLO', 'RMBS'), inAll('CLO', null), inAll('RMBS'), inAll(null)]).toEqual([[], [], [], [], []])
  })

  test('never are those that a row cannot be read without', () => {
    const all = [{ assetClass: 'CLO', columns: ['CUSIP', 'PX', 'ASK'] }]
    expect([...hiddenInAll(all, ['CLO'])]).toEqual(['ASK'])
  })
})

describe('a class that is set up', () => {
  const problems = (change: Partial<AssetClass>, others = [abs]) =>
    classProblems({ ...clo, ...change }, others).map(({ line, kind }) => `${line} ${kind}`)
  const sub = (name: string, ...hiddenColumns: string[]) => ({ name, hiddenColumns })

  test('has a name that no other class or part has, whatever its case and space', () => {
    expect(problems({})).toEqual([])
    expect(problems({ name: ' euro  abs' })).toEqual(['0 class-twice'])
    expect(problems({ name: ' ' })).toEqual(['0 class-missing'])
    expect(problems({ subs: [sub('EURO ABS'), sub('clo'), sub('US'), sub('us')] })).toEqual([
      ...['1 class-twice', '2 class-twice', '4 class-twice'],
    ])
    expect(problems({ name: 'clo equity', subs: [] }, [clo])).toEqual(['0 class-twice'])
  })

  test('hides columns that there are, and neither CUSIP nor PX', () => {
    expect(problems({ hiddenColumns: ['CUSIP'], subs: [sub('US', 'PX', 'COLOUR')] })).toEqual([
      ...['0 column-needed', '1 column-needed', '1 column-unknown'],
    ])
  })
})
