import { expect, test } from 'vitest'
import { RULES } from '../../core/imports/rules.ts'
import { importsText } from '../ui/text/imports.ts'
import { needsTimeframe } from './mapping-form.tsx'

test('bars without a timeframe wait for a person, values and ticks do not', () => {
  expect(needsTimeframe({ kind: 'bars', timeframe: null })).toBe(true)
  expect(needsTimeframe({ kind: 'bars', timeframe: '1d' })).toBe(false)
  expect(needsTimeframe({ kind: 'values', timeframe: null })).toBe(false)
})

test('every rule that a row can break has a name in both languages', () => {
  for (const rule of Object.keys(RULES)) {
    expect(importsText.en).toHaveProperty([`import.rule.${rule}`])
    expect(importsText.es).toHaveProperty([`import.rule.${rule}`])
  }
})
