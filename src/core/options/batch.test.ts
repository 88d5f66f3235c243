import { describe, expect, test } from 'vitest'
import { answerBatch, batchHeader } from './batch.ts'
import { type BatchKind, readLayout } from './batch-columns.ts'

function answer(kind: BatchKind, header: string, lines: readonly string[], isNormal = false, isAmerican = false) {
  const { text, rows, byStatus } = answerBatch(lines, {
    kind,
    layout: readLayout(header, kind),
    scheme: 'accurate',
    isNormal,
    isAmerican,
  })
  const names = batchHeader(kind).split(',')
  const table = text
    .split('\n')
    .slice(0, -1)
    .map(line => Object.fromEntries(line.split(',').map((field, k) => [names[k] ?? 'more', field])))
  return { table, rows, byStatus }
}

describe('options in a file', () => {
  // The first row of the 113-bit table.
  test('a European price has every digit', () => {
    const { table } = answer('price', 'S,K,days,vol,r,q,cp', [
      '41.937538626992634,38.579999999999998,228,0.31022602689388945,0.043893843322823103,0.026981518621682934,1',
    ])
    expect(Number(table[0]!.value)).toBeCloseTo(5.9704756963111087, 14)
    expect(Number(table[0]!.theta)).toBeCloseTo(-3.0622944594621755, 12)
    expect(table[0]).toMatchObject({ status: 'OK', model: 'black-scholes-merton', reason: '' })
    expect(String(Number(table[0]!.vega))).toBe(table[0]!.vega)
  })
  test('an implied volatility of the same table comes back', () => {
    const { table } = answer('iv', 'F,K,T,price,cp,vol', [
      '129.33725865171374,233.04285387035497,0.39178082191780822,0.00036258561606922999,1,0.24427600652704184',
    ])
    expect(Math.abs(Number(table[0]!.vol) / 0.24427600652704184 - 1)).toBeLessThan(1e-13)
  })
  test('other names, other orders, other signs between, calls in words', () => {
    const { table } = answer('american', 'type;spot;strike;days;vol;r;q', [
      'put;100;100;365;0.25;0.05;0.05',
      '"CALL";100;100;365;0.25;0.05;0.05',
    ])
    expect(Number(table[0]!.value)).toBeCloseTo(9.56944, 4)
    expect(Number(table[1]!.value)).toBeCloseTo(Number(table[0]!.value), 10)
  })
  test('a forward below zero goes to Bachelier and says so', () => {
    const { table } = answer('price', 'F,K,T,vol,r,cp', ['70,70,0.25,0.35,0.05,1', '-20,10,1,20,0,-1'])
    expect(table.map(row => row.model)).toEqual(['black-76', 'bachelier'])
    expect(Number(table[0]!.value)).toBeCloseTo(4.820183574, 9)
    expect(Number(table[1]!.value)).toBeCloseTo(30.586, 3)
    expect(Number(answer('price', 'F,K,T,vol,r,cp', ['70,70,0.25,24.5,0.05,1'], true).table[0]!.value)).toBeCloseTo(
      4.826335113,
      9,
    )
  })
  test('no row is lost: each bad one has a status and a reason, the good ones are as without it', () => {
    const good = '100,110,365,0.2,0.05,0,1'
    const { table, rows, byStatus } = answer('price', 'S,K,days,vol,r,q,cp', [
      '# a comment is no row',
      good,
      '100,abc,365,0.2,0.05,0,1',
      '',
      '100,110,365',
      '100,110,365,0.2,0.05,0,straddle',
      '100,110,365,-0.2,0.05,0,1',
      '90,110,0,0.2,0.05,0,-1',
      good,
    ])
    expect(rows).toBe(7)
    expect(byStatus).toEqual({ OK: 2, NOT_A_NUMBER: 3, NOT_POSITIVE: 1, EXPIRED: 1 })
    expect(table.map(row => row.reason)).toEqual([
      '',
      "strike is 'abc'",
      "vol is ''",
      "side is 'straddle'",
      'spot or strike or vol is below zero',
      'no time is left: the intrinsic value',
      '',
    ])
    expect(table[0]).toEqual(table[6])
    expect(table[1]).toMatchObject({ value: '', rho: '' })
    expect(table[5]).toMatchObject({ value: '20', delta: '-1' })
  })
  test('prices without a volatility say why', () => {
    const { table } = answer('iv', 'S,K,days,r,q,cp,price', [
      '100,90,365,0,0,1,9',
      '100,90,365,0,0,1,100',
      '100,90,0,0,0,1,11',
      '100,90,365,0,0,1,12',
    ])
    expect(table.map(row => row.status)).toEqual(['BELOW_INTRINSIC', 'ABOVE_MAXIMUM', 'EXPIRED', 'OK'])
    expect(table.slice(0, 3).map(row => row.vol)).toEqual(['', '', ''])
    expect(table[0]!.reason).toContain('below the discounted intrinsic value')
  })
  test('American prices are inverted by the American model', () => {
    const lines = ['90,100,365,0.08,0,-1,11.2', '80,100,365,0.08,0,-1,20', '90,100,365,0.08,0,-1,x']
    const { table } = answer('iv', 'S,K,days,r,q,cp,price', lines, false, true)
    const back = answer('american', 'S,K,days,r,q,cp,vol', [`90,100,365,0.08,0,-1,${table[0]!.vol}`]).table[0]!
    expect(Number(back.value)).toBeCloseTo(11.2, 8)
    expect(table[0]).toMatchObject({ status: 'OK', model: 'american' })
    expect(table[1]).toMatchObject({ vol: '', status: 'NO_TIME_VALUE' })
    expect(table[2]).toMatchObject({ vol: '', status: 'NOT_A_NUMBER', reason: "price is 'x'" })
  })
  test('an American option to be exercised is worth exactly that', () => {
    const { table } = answer('american', 'S,K,days,vol,r,q,cp', ['50,100,365,0.2,0.05,0,-1', '100,100,365,x,0.05,0,-1'])
    expect(table[0]).toMatchObject({ value: '50', delta: '-1', vega: '0', status: 'OK', reason: 'to be exercised now' })
    expect(table[1]).toMatchObject({ value: '', status: 'NOT_A_NUMBER', reason: "vol is 'x'" })
  })
})

test('a header that lacks columns is answered with their names', () => {
  expect(() => readLayout('S,K,days,r,q', 'price')).toThrow('it has no cp (1 for a call, -1 for a put), no vol')
  expect(() => readLayout('100,110,365,0.2,0.05,0,1', 'price')).toThrow('must name the columns')
  expect(() => readLayout('F,K,T,cp', 'iv')).toThrow('no price')
})
