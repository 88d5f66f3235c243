import { expect, test, vi } from 'vitest'
import { problem, RULES } from '../../core/imports/rules.ts'
import { importsText } from '../ui/text/imports.ts'
import { setLanguage, translate } from '../ui/text.ts'
import { needsTimeframe } from './mapping-form.tsx'
import { rowReason } from './row-reason.ts'

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

test('every rule has its reason in both languages, with the values of the row', () => {
  for (const [rule, { sentence }] of Object.entries(RULES)) {
    expect(importsText.en).toHaveProperty([`import.reason.${rule}`], sentence)
    expect(importsText.es).toHaveProperty([`import.reason.${rule}`])
  }
  vi.stubGlobal('document', { documentElement: {} })
  const { rule, reason } = problem('high-below-low', { line: 2 }, { high: 1.5, low: 2 })
  expect(rowReason(rule, reason, translate)).toBe(reason)
  setLanguage('es')
  expect(rowReason(rule, reason, translate)).toBe('el máximo 1.5 es menor que el mínimo 2')
  expect(rowReason(rule, 'something else', translate)).toBe('something else')
  setLanguage('en')
})
