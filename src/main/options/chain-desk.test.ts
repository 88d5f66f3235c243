import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { NOON } from '../../../tests/options/chain-kit.ts'
import { fairChain } from '../../../tests/options/fair-chain.ts'
import { analyseChain } from '../../core/options/analyse-chain.ts'
import { type ManualClock, manualClock } from '../../platform/clock.ts'
import { type Journal, openJournal } from '../../platform/journal.ts'
import { silentLog } from '../../platform/log.ts'
import { createMetrics } from '../../platform/metrics.ts'
import { type ChainDesk, createChainDesk } from './chain-desk.ts'
import type { ChainFeed } from './chain-feed.ts'

const FAIR = fairChain({ hours: [6] })
let folder = ''
let journal: Journal
let clock: ManualClock
beforeEach(() => {
  clock = manualClock(NOON)
  folder = mkdtempSync(join(tmpdir(), 'contango-desk-'))
  journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
})
afterEach(() => {
  journal.close()
  rmSync(folder, { recursive: true })
})

/** A venue that lists QQQ after a second, refuses ZZZ, and never answers for anything else. */
const venue: ChainFeed = {
  ...{ name: 'venue', gives: 'delayed', lines: 0, pollSize: 100, pollEverySeconds: 5, staleSeconds: 1800 },
  ...{ underlyings: ['SPY'], findsAny: true },
  open({ sink, clock: time }) {
    const contracts = [...FAIR.strike].map((strike, row) => ({
      ...{ key: `${row}`, expiry: FAIR.expiries[0]!.date, settlesAt: FAIR.expiries[0]!.settlesAt, strike },
      side: FAIR.side[row] as 1 | -1,
    }))
    const listing = { exercise: 'american', multiplier: 100, tickSize: 0.01, contracts } as const
    return {
      follow(underlying) {
        if (underlying === 'ZZZ') sink.phase(underlying, 'failed', 'it knows no options on ZZZ')
        if (underlying === 'QQQ') time.after(1, () => sink.listing({ underlying, ...listing }))
      },
      unfollow() {},
      stream() {},
      poll() {},
      close: async () => {},
    }
  },
}

/** A desk over that venue; what is kept and what came from files is not asked for here. */
function open(): ChainDesk {
  const unused = () => {
    throw new Error('this test asks for no kept moment')
  }
  return createChainDesk({
    ...{ feeds: [venue], clock, log: silentLog, metrics: createMetrics(), journal, cacheFolder: folder, fetch, seed: 1 },
    ...{ isEnabled: () => true, refused: () => {}, staleSeconds: () => 0, mostLines: () => 100, nameOf: () => null },
    analyse: async (chain, staleSeconds) => analyseChain(chain, { usualRate: 0, staleSeconds, scheme: 'fast' }),
    ...{ isQuoting: () => true, snapshotMinutes: () => 0, announce: () => {} },
    snapshots: { keep: unused, open: unused, info: unused, list: unused, history: unused } as never,
    files: { has: () => false, states: () => [] } as never,
  })
}
const keys = (desk: ChainDesk) => desk.underlyings().map(({ key }) => key)
/** Lets time pass until the answer is there. */
async function waited<T>(answer: Promise<T>, seconds: number): Promise<T> {
  for (let k = 0; k < seconds * 10; k++) {
    for (let turn = 0; turn < 5; turn++) await Promise.resolve()
    clock.advance(0.1)
  }
  return answer
}

test('an underlying that the venue lists is added, and is there after a restart', async () => {
  const desk = open()
  const added = await waited(desk.add('venue', 'qqq', 'local'), 3)
  expect(added).toMatchObject({ key: 'QQQ.VENUE', symbol: 'QQQ', contracts: FAIR.strike.length })
  await desk.close()
  const again = open()
  expect(keys(again)).toEqual(['SPY.VENUE', 'QQQ.VENUE'])
  await again.close()
})

test('one that the venue does not know is refused with its words, and not listed', async () => {
  const desk = open()
  const failed = expect(desk.add('venue', 'ZZZ', 'local')).rejects.toMatchObject({
    code: 'SOURCE_FAILED',
    data: { source: 'venue', reason: 'it knows no options on ZZZ' },
  })
  await waited(Promise.resolve(), 2)
  await failed
  expect(keys(desk)).toEqual(['SPY.VENUE'])
  expect(journal.read({ kinds: ['options.add'] })).toEqual([])
  await desk.close()
})

test('one that the venue never answers for is given up after a while', async () => {
  const desk = open()
  const failed = expect(desk.add('venue', 'SILENT', 'local')).rejects.toMatchObject({ code: 'UNDERLYING_UNKNOWN' })
  await waited(Promise.resolve(), 21)
  await failed
  expect(keys(desk)).toEqual(['SPY.VENUE'])
  await desk.close()
})

test('who hears of a pass and throws keeps nobody else from hearing', async () => {
  const desk = open()
  const heard: string[] = []
  desk.onAnalysed(() => {
    throw new Error('a listener of no worth')
  })
  desk.onAnalysed(({ key }) => void heard.push(key))
  await waited(desk.add('venue', 'QQQ', 'local'), 3)
  const undo = desk.follow('QQQ.VENUE')
  await waited(Promise.resolve(), 3)
  expect(heard).toContain('QQQ.VENUE')
  expect(() => desk.follow('NOPE')).toThrowError(expect.objectContaining({ code: 'UNDERLYING_UNKNOWN' }))
  undo()
  await desk.close()
})
