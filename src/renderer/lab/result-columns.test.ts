import { describe, expect, test } from 'vitest'
import type { QueryResult } from '../../contract/lab.ts'
import { createFormat } from '../ui/format.ts'
import { isNumeric, isTimelike, microsOf, numberOf, resultColumns } from './result-columns.ts'

const result: QueryResult = {
  query: 'q',
  columns: [
    { name: 'time', type: 'TIMESTAMP' },
    { name: 'n', type: 'BIGINT' },
    { name: 'n', type: 'DECIMAL(18,3)' },
  ],
  rows: [
    ['2020-04-20T18:30:00Z', 10226, '-37.630'],
    [null, null, null],
  ],
  truncated: false,
  seconds: 0.1,
}

describe('columns of a result', () => {
  const columns = resultColumns(result, createFormat('en', 'UTC'))
  test('two columns of one name are told apart', () => {
    expect(columns.map(({ key }) => key)).toEqual(['time', 'n', 'n#1'])
  })
  test('an instant says its zone in the head and not in each cell', () => {
    expect(columns[0]!.title).toBe('time (UTC)')
    expect(columns[0]!.cell('0').text).toBe('2020-04-20 18:30:00')
  })
  test('a missing value is an em dash that says NULL, is copied as nothing and sorts last', () => {
    expect(columns[1]!.cell('1')).toEqual({ text: '—', tone: 'dim', hint: 'NULL' })
    expect(columns[1]!.copy!('1')).toBe('')
    expect(columns[1]!.sort!('1')).toBeNaN()
  })
  test('a number is shown grouped and copied bare', () => {
    expect(columns[1]!.cell('0').text).toBe('10,226')
    expect(columns[1]!.copy!('0')).toBe('10226')
  })
})

describe('cells as values', () => {
  test('a date is its midnight in UTC and an instant keeps its second', () => {
    expect(microsOf('1970-01-02')).toBe(86_400_000_000)
    expect(microsOf('1970-01-01T00:00:01Z')).toBe(1_000_000)
    expect(microsOf(5)).toBeNaN()
  })
  test('a decimal that came as text is a number, an empty text is none', () => {
    expect(numberOf('-37.630')).toBe(-37.63)
    expect(numberOf('')).toBeNaN()
    expect(numberOf(null)).toBeNaN()
  })
  test.each(['BIGINT', 'UBIGINT', 'INTEGER', 'UINTEGER', 'TINYINT', 'DOUBLE', 'DECIMAL(18,3)', 'HUGEINT'])(
    '%s is a number',
    type => void expect(isNumeric(type)).toBe(true),
  )
  test.each(['VARCHAR', 'TIMESTAMP', 'INTERVAL', 'POINT', 'INTEGER[]'])(
    '%s is no number',
    type => void expect(isNumeric(type)).toBe(false),
  )
  test('dates and instants are times', () => {
    expect(['DATE', 'TIMESTAMP', 'TIMESTAMP WITH TIME ZONE', 'TIME'].map(isTimelike)).toEqual([true, true, true, false])
  })
})
