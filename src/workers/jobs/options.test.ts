import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { optionColumns } from '../../../tests/options/reference.ts'
import { readLayout } from '../../core/options/batch-columns.ts'
import { emptyGreeks, type GreekColumns, type OptionColumns } from '../../core/options/columns.ts'
import { priceEuropean } from '../../core/options/european.ts'
import { optionsJobs } from './options.ts'

const folder = mkdtempSync(join(tmpdir(), 'contango-options-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function shared<T extends OptionColumns | GreekColumns>(columns: T): T {
  const copy = (column: Float64Array | Int8Array) => {
    const memory = new SharedArrayBuffer(column.byteLength)
    const made = column instanceof Int8Array ? new Int8Array(memory) : new Float64Array(memory)
    made.set(column)
    return made
  }
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, copy(column)])) as unknown as T
}

test('a thread prices its rows of shared columns and no others', () => {
  const rows = Array.from({ length: 10 }, (_, k) => ({
    spot: 100,
    strike: 95 + k,
    tteYears: 1,
    vol: 0.2,
    rate: 0.05,
    yieldRate: 0,
    side: 1,
  }))
  const out = shared(emptyGreeks(10))
  expect(optionsJobs['options.greeks']({ options: shared(optionColumns(rows)), out, from: 3, to: 7 })).toBe(4)
  const want = priceEuropean(optionColumns(rows)).price
  for (let i = 0; i < 10; i++) expect(out.price[i]).toBeCloseTo(i >= 3 && i < 7 ? want[i]! : 0, 12)
})

test('a piece of a file is answered as bytes, its rows counted; a file that became shorter is an error', () => {
  const path = join(folder, 'some.csv')
  const header = 'S,K,days,vol,r,q,cp\n'
  const lines = '100,100,365,0.2,0,0,1\n100,100,0,0.2,0,0,1\n'
  writeFileSync(path, header + lines)
  const plan = { kind: 'price', layout: readLayout(header.trim(), 'price'), scheme: 'fast', isNormal: false } as const
  const { bytes, rows, byStatus } = optionsJobs['options.batch']({
    path,
    from: header.length,
    to: header.length + lines.length,
    plan,
  })
  expect([rows, byStatus]).toEqual([2, { OK: 1, EXPIRED: 1 }])
  // 100 (2 N(0.1) - 1), N(0.1) = 0.539827837277029.
  expect(Number(new TextDecoder().decode(bytes).split(',')[0])).toBeCloseTo(7.9655674554058, 10)
  expect(() => optionsJobs['options.batch']({ path, from: 0, to: 9999, plan })).toThrow('became shorter')
})
