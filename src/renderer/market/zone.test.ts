import { expect, test } from 'vitest'
import { createFormat } from '../ui/format.ts'
import { marketZone, zoneName } from './zone.ts'

test('a time of a market is written in its own zone only where the setting says so', () => {
  expect(marketZone('nyse', 'exchange')).toBe('America/New_York')
  expect(marketZone('nyse', 'Europe/Madrid')).toBeUndefined()
  expect(marketZone(undefined, 'exchange')).toBeUndefined()
})

test('a trade at 18:45:05 in New York is written so on a machine in UTC', () => {
  const at = Date.UTC(2026, 10, 21, 23, 45, 5) * 1000
  const format = createFormat('en', 'UTC')
  expect(format.instant(at, 'second', marketZone('nyse', 'exchange'))).toBe('18:45:05')
  expect(format.instant(at, 'second', marketZone('nyse', 'UTC'))).toBe('23:45:05')
})

test('the head of a column of times names their zone', () => {
  expect(zoneName('nyse', 'exchange')).toBe('America/New_York')
  expect(zoneName('nyse', 'Asia/Tokyo')).toBe('Asia/Tokyo')
  expect(zoneName(undefined, 'exchange')).toBeNull()
  expect(zoneName('nyse', 'local')).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone)
})
