import { expect, test } from 'vitest'
import { instrumentId } from '../kit/ids.ts'
import { fromMillis, MICROS_PER_DAY } from '../kit/time.ts'
import { QUALITY } from '../market/instrument.ts'
import { createTickChecks } from '../market/quality.ts'
import { demoTicks } from './market.ts'

const seed = 20_261_121
const from = fromMillis(Date.parse('2026-11-02T05:00:00Z'))

test.each([
  ['CLF27.DEMO', 0.01, 3],
  ['SPY.DEMO', 0.01, 1],
  ['NGX28.DEMO', 0.001, 14],
])('the checks of ingest mark what is planted in %s and next to nothing else', (id, tickSize, days) => {
  const { quotes, trades, bad } = demoTicks({ seed, instrument: instrumentId(id), from, to: from + days * MICROS_PER_DAY })
  const planted = new Map(bad.map(({ seq, kind }) => [seq, kind]))
  const records = [...quotes, ...trades].sort((a, b) => a.seq - b.seq)
  const checks = createTickChecks()
  const row = checks.add({ tickSize })
  const missed: string[] = []
  let falseMarks = 0
  for (const record of records) {
    const kind = planted.get(record.seq)
    const marks =
      'price' in record
        ? checks.trade(row, record.price, record.size, record.eventTime, record.seq)
        : checks.quote(row, record.bid, record.ask, record.bidSize, record.askSize, record.eventTime, record.seq)
    if (kind && (marks & QUALITY[kind]) === 0) missed.push(`${kind} ${record.seq}`)
    if (!kind && marks !== 0) falseMarks += 1
  }
  expect(bad.length).toBeGreaterThan(0)
  expect(missed).toEqual([])
  expect(falseMarks / records.length).toBeLessThan(1e-5)
})
