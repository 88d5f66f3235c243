import { expect, test } from 'vitest'
import { faultOf } from './duck-faults.ts'

test('a refused statement is told in the words of DuckDB, without those of the binding, with its line', () => {
  const thrown = new Error('Failed to extract statements: Parser Error: syntax error at or near "form"\n\nLINE 2: form series')
  expect(faultOf(thrown)).toEqual({
    kind: 'refused',
    reason: 'Parser Error: syntax error at or near "form"\n\nLINE 2: form series',
    line: 2,
  })
})

test('a full disk is no refusal', () => {
  expect(faultOf(new Error('IO Error: Could not write file: No space left on device'))).toEqual({ kind: 'disk-full' })
})
