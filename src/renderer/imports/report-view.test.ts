import { expect, test } from 'vitest'
import { RULES } from '../../core/imports/rules.ts'
import { importsText } from '../ui/text/imports.ts'

test('every rule that a row can break has a name in both languages', () => {
  for (const rule of Object.keys(RULES)) {
    expect(importsText.en).toHaveProperty([`import.rule.${rule}`])
    expect(importsText.es).toHaveProperty([`import.rule.${rule}`])
  }
})
