import { describe, expect, test } from 'vitest'
import { createColorGenerator, generateColors } from './generator.ts'
import { qualityOf, qualityOfFile } from './quality.ts'

const PLAN = { seed: 11, rows: 2_240, until: '2026-11-20', days: 5 }

describe('the quality of rows', () => {
  test('is 100 without problems, and every point that is lost is explained', () => {
    expect(qualityOf(50, new Map())).toEqual({ rows: 50, score: 100, parts: [] })
    const quality = qualityOf(
      200,
      new Map([
        ['same-row', 10],
        ['unreadable', 20],
        ['bad-cusip', 0],
        ['no-price', 8],
      ] as const),
    )
    expect(quality).toEqual({
      rows: 200,
      score: 87,
      parts: [
        { kind: 'unreadable', rows: 20, lost: 10 },
        { kind: 'no-price', rows: 8, lost: 2 },
        { kind: 'same-row', rows: 10, lost: 1 },
      ],
    })
  })

  test('is never below nothing, and there is none without rows', () => {
    expect(
      qualityOf(
        2,
        new Map([
          ['unreadable', 2],
          ['bad-cusip', 2],
        ] as const),
      ).score,
    ).toBe(0)
    expect(qualityOf(0, new Map())).toEqual({ rows: 0, score: null, parts: [] })
    expect(() => qualityOf(2, new Map([['missing', 3]] as const))).toThrow('3 of 2 rows have missing')
  })

  test('of a clean file is 100 for every source, and falls with the share of dirty rows', () => {
    const clean = qualityOfFile([...generateColors(PLAN)], new Set())
    expect(clean.file.score).toBe(100)
    expect(clean.bySource.size).toBe(12)
    expect([...clean.bySource.values()].every(one => one.score === 100)).toBe(true)
    expect([...clean.bySource.values()].reduce((sum, one) => sum + one.rows, 0)).toBe(PLAN.rows)
    const scores = [0.05, 0.2, 0.6].map(
      dirty => qualityOfFile([...generateColors({ ...PLAN, dirty })], new Set()).file.score as number,
    )
    expect(scores[0]!).toBeGreaterThan(scores[1]! + 2)
    expect(scores[1]!).toBeGreaterThan(scores[2]! + 5)
  })

  test('blames the source that sends the bad rows, counting a row once for a kind', () => {
    const rows = createColorGenerator(PLAN).block(0).rows
    const culprit = rows[0]!.source
    const spoilt = rows.map(row => (row.source === culprit ? { ...row, bid: '1,5', ask: '2,5', px: '1,5' } : row))
    const { file, bySource } = qualityOfFile(spoilt, new Set([rows.find(row => row.source !== culprit)!.rowId]))
    expect(bySource.get(culprit)).toMatchObject({ score: 0, parts: [{ kind: 'unreadable', lost: 100 }] })
    const others = [...bySource].filter(([name]) => name !== culprit).map(([, one]) => one)
    expect(others.filter(one => one.score === 100)).toHaveLength(others.length - 1)
    expect(file.parts.map(part => part.kind)).toEqual(['unreadable', 'same-row'])
  })
})
