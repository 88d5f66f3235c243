import { describe, expect, it } from 'vitest'
import type { LogEntry } from '../../contract/system.ts'
import { fieldsText, keepNewest, matchesLog } from './log-lines.ts'

const entry = (seq: number, part: Partial<LogEntry> = {}): LogEntry => ({
  seq,
  at: seq,
  level: 'info',
  event: 'feed.gap',
  fields: { instrument: 'CLZ26.DEMO', missing: 3 },
  ...part,
})

describe('the lines of the log', () => {
  it('stand there once, though a new connection sends the recent ones again', () => {
    const before = [entry(1), entry(2), entry(3)]
    expect(keepNewest(before, [entry(2), entry(3), entry(4)]).map(line => line.seq)).toEqual([1, 2, 3, 4])
    expect(keepNewest(before, [entry(2), entry(3)])).toBe(before)
  })

  it('begin anew when the host was started again', () => {
    expect(keepNewest([entry(800), entry(801)], [entry(1), entry(2)]).map(line => line.seq)).toEqual([1, 2])
  })

  it('are the newest 5,000', () => {
    const many = Array.from({ length: 6000 }, (_, index) => entry(index + 1))
    const kept = keepNewest([], many)
    expect([kept.length, kept.at(-1)?.seq]).toEqual([5000, 6000])
  })

  it('are found by level and by what they say', () => {
    expect(fieldsText(entry(1))).toBe('instrument=CLZ26.DEMO  missing=3')
    expect(matchesLog(entry(1), 'info', 'clz26')).toBe(true)
    expect(matchesLog(entry(1), 'warn', '')).toBe(false)
    expect(matchesLog(entry(1, { level: 'error' }), 'warn', 'missing=4')).toBe(false)
  })
})
