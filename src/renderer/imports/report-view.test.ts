import { expect, test } from 'vitest'
import { RULES } from '../../core/imports/rules.ts'
import { importsText } from '../ui/text/imports.ts'
import { csvOfProblems } from './problems-csv.ts'

test('a saved list of problems keeps quotation marks, commas and line breaks within their field', () => {
  const csv = csvOfProblems([
    { line: 7, column: 'Price', rule: 'number-unreadable', reason: 'this is not a number', text: 'a,"b"\nc' },
  ])
  expect(csv).toBe('line,column,rule,reason,text\r\n"7","Price","number-unreadable","this is not a number","a,""b""\nc"\r\n')
})

test('every rule that a row can break has a name in both languages', () => {
  for (const rule of Object.keys(RULES)) {
    expect(importsText.en).toHaveProperty([`import.rule.${rule}`])
    expect(importsText.es).toHaveProperty([`import.rule.${rule}`])
  }
})
