import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createSetupService, type SetupService } from '../../src/main/color/setup/setup-service.ts'
import { colorsCsv, openIntake, type TestIntake } from './intake-kit.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let folder: string
let desk: TestIntake
let setup: SetupService
function open(): void {
  desk = openIntake(folder)
  setup = createSetupService(desk.config)
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-setup-'))
  open()
})
afterEach(async () => {
  await desk.close()
  rmSync(folder, { recursive: true, force: true })
})

const reasonOf = (work: () => unknown) => {
  try {
    work()
    return 'none'
  } catch (fault) {
    const { code, data } = fault as { code: string; data: { reason?: string } }
    return `${code} ${data.reason ?? ''}`.trim()
  }
}
const readNext = async (row: Readonly<Record<string, string>>) => {
  const preview = await desk.intake.preview({ upload: desk.send('quotes.csv', colorsCsv([row])) })
  return preview.problems.map(({ column, kind, outcome }) => `${column} ${kind} ${outcome}`)
}
const ranked = async (row: Readonly<Record<string, string>>) => {
  const upload = await desk.submit('quotes.csv', colorsCsv([row]))
  const { rows } = await desk.intake.rows(upload, 0, 1)
  return [rows[0]!.row.bias, rows[0]!.row.rank]
}

describe('a changed table of ranks', () => {
  test('ranks the next quotes that come in, also after a new start', async () => {
    const whisper = { BIAS: 'Whisper', RANK: '' }
    const { revision, types } = setup.show().ranks
    expect([revision, await ranked(whisper)]).toEqual([0, ['WHISPER', 99]])
    const changed = types.map(one => (one.type === 'BWIC TALK' ? { ...one, rank: 7, words: [...one.words, 'whisper'] } : one))
    const saved = setup.saveRanks({ revision, types: changed }, 'ann')
    expect(saved).toMatchObject({ user: 'ann', revision: desk.config.find('ranks', 'ranks')!.revision })
    expect(await ranked({ ...whisper, MESSAGE_ID: '1' })).toEqual(['BWIC TALK', 7])
    await desk.close()
    open()
    expect(setup.show().ranks).toEqual(saved)
    expect(await ranked({ ...whisper, MESSAGE_ID: '2' })).toEqual(['BWIC TALK', 7])
    desk.config.revert(saved.revision, false, 'bob')
    expect(setup.show().ranks).toMatchObject({ revision: 0, types })
    expect(await ranked({ ...whisper, MESSAGE_ID: '3' })).toEqual(['WHISPER', 99])
  })

  test('is refused where it could not rank, or was changed meanwhile', () => {
    const { revision, types } = setup.show().ranks
    const save = (next: typeof types, of = revision) => reasonOf(() => setup.saveRanks({ revision: of, types: next }, 'ann'))
    const one = (type: string, rank: number, ...words: string[]) => ({ type, rank, words })
    expect(save(types.filter(({ type }) => type !== 'OFFER'))).toContain('BID and OFFER')
    expect(save([...types, one(' bid ', 2)])).toBe(`CONFIG_INVALID line ${types.length + 1}: a quote type is there twice`)
    expect(save([...types, one('WHISPER', 2, 'buyer')])).toContain('one word means two things')
    expect(save([...types, one('WHISPER', 0)])).toContain('from 1 to 98')
    expect(save([...types, one('  ', 2)])).toContain('has no name')
    expect(desk.journal.head().seq).toBe(0)
    expect(save([...types, one('whisper', 8)])).toBe('none')
    expect(setup.show().ranks.types.at(-1)).toEqual(one('WHISPER', 8))
    expect(save([...types, one('RUMOUR', 9)])).toBe('CONFIG_CHANGED')
  })
})

describe('asset classes', () => {
  const clo = {
    name: ' CLO ',
    hiddenColumns: ['BWIC_COVER', 'BWIC_COVER'],
    subs: [{ name: 'CLO Equity', hiddenColumns: ['RANK'] }],
  }
  const abs = { name: 'Euro ABS', hiddenColumns: ['DATE_1'], subs: [] }

  test('are kept, shown and read with what each hides, also after a new start, and taken back', async () => {
    expect([setup.show().classes, setup.classes()]).toEqual([[], { classes: [], hidden: [] }])
    setup.saveClass({ id: null, revision: 0, ...abs }, 'ann')
    const saved = setup.saveClass({ id: null, revision: 0, ...clo }, 'ann')
    expect(saved).toMatchObject({ name: 'CLO', hiddenColumns: ['BWIC_COVER'], user: 'ann' })
    await desk.close()
    open()
    expect(setup.show().classes.map(({ name }) => name)).toEqual(['CLO', 'Euro ABS'])
    expect(setup.classes().hidden).toEqual([
      { assetClass: 'CLO', columns: ['BWIC_COVER'] },
      { assetClass: 'CLO Equity', columns: ['BWIC_COVER', 'RANK'] },
      { assetClass: 'Euro ABS', columns: ['DATE_1'] },
    ])
    const bare = setup.saveClass({ ...saved, hiddenColumns: [] }, 'bob')
    expect(setup.classes().hidden[1]).toEqual({ assetClass: 'CLO Equity', columns: ['RANK'] })
    desk.config.revert(bare.revision, false, 'ann')
    const back = setup.show().classes[0]!
    expect(back).toEqual({ ...saved, revision: back.revision, user: 'ann' })
  })

  test('are removed, and come back by the log', () => {
    const { id, revision } = setup.saveClass({ id: null, revision: 0, ...clo }, 'ann')
    const changed = setup.saveClass({ id, revision, ...clo, subs: [] }, 'bob')
    expect(reasonOf(() => setup.removeClass({ id, revision }, 'ann'))).toBe('CONFIG_CHANGED')
    const { entry } = setup.removeClass({ id, revision: changed.revision }, 'ann')
    expect(setup.show().classes).toEqual([])
    expect(reasonOf(() => setup.removeClass({ id, revision: changed.revision }, 'ann'))).toBe('CONFIG_UNKNOWN')
    desk.config.revert(entry, false, 'ann')
    expect(setup.show().classes).toMatchObject([{ id, name: 'CLO', subs: [] }])
  })

  test('are refused where one is there twice, hides what it may not, or was changed meanwhile', () => {
    const kept = setup.saveClass({ id: null, revision: 0, ...clo }, 'ann')
    const { seq } = desk.journal.head()
    const save = (draft: Partial<typeof abs>) =>
      reasonOf(() => setup.saveClass({ id: null, revision: 0, ...abs, ...draft }, 'ann'))
    expect(save({ name: 'clo equity' })).toBe('CONFIG_INVALID line 1: this asset class is in the tree already')
    expect(save({ hiddenColumns: ['PX'] })).toContain('CUSIP and PX are never hidden')
    expect(save({ hiddenColumns: ['COLOUR'] })).toContain('no such column')
    expect(desk.journal.head().seq).toBe(seq)
    const renamed = setup.saveClass({ ...kept, name: 'US CLO' }, 'bob')
    expect(renamed.revision).toBeGreaterThan(kept.revision)
    expect(reasonOf(() => setup.saveClass({ ...kept, name: 'CLO' }, 'ann'))).toBe('CONFIG_CHANGED')
  })
})

describe('changed limits', () => {
  test('judge the next prices that come in, the first word that fits', async () => {
    const row = { SECTOR: 'CLO 2.0 mezz', PRICE_LEVEL: '106', BID: '106', PX: '106' }
    expect(await readNext(row)).toEqual(['BID price-out-of-bounds quarantine', 'PX price-out-of-bounds quarantine'])
    const { revision, sectors } = setup.show().limits
    const wide = { word: ' CLO 2.0 ', bounds: { lowest: '1', highest: '110' }, tolerancePercent: '1.5' }
    setup.saveLimits({ revision, sectors: [wide, ...sectors] }, 'ann')
    expect(setup.show().limits.sectors[0]).toEqual({ ...wide, word: 'clo 2.0' })
    expect(await readNext(row)).toEqual([])
  })

  test('are refused where they are none or could never count', () => {
    const { sectors } = setup.show().limits
    const save = (word: string, lowest: string, highest: string, tolerancePercent = '2') => {
      const limit = { word, bounds: { lowest, highest }, tolerancePercent }
      return reasonOf(() => setup.saveLimits({ revision: 0, sectors: [...sectors, limit] }, 'ann'))
    }
    expect(save('mezzanine', '1', '2')).toContain('never count')
    expect(save('abs', '1', 'x')).toContain('two numbers')
    expect(save('abs', '3', '2')).toContain('above the highest')
    expect(save('abs', '1', '2', '-1')).toContain('from 0')
    expect(save('', '1', '2')).toContain('no word')
    expect(desk.journal.head().seq).toBe(0)
  })
})
