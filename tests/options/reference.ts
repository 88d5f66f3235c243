import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { OptionColumns } from '../../src/core/options/columns.ts'

const folder = join(process.env.CONTANGO_RECORDED ?? resolve(import.meta.dirname, '../../../shared/data'), 'reference')

/** Whether the tables of reference values lie on this machine. */
export const hasReference: boolean = existsSync(folder)
if (!hasReference)
  console.log(`no reference tables at ${folder}: tests that read them are skipped; CONTANGO_RECORDED names the folder above`)

export type Row = Readonly<Record<string, string>>

/** Rows of one table by the names in its header; lines that start with # are comments. */
export function readTable(name: string): Row[] {
  const lines = readFileSync(join(folder, name), 'utf8')
    .split(/\r?\n/)
    .filter(line => line !== '' && !line.startsWith('#'))
  const names = lines[0]!.split(',')
  return lines.slice(1).map(line => {
    const fields = line.split(',')
    return Object.fromEntries(names.map((name, k) => [name, fields[k] ?? '']))
  })
}

export function numbers(rows: readonly Row[], name: string): Float64Array {
  return Float64Array.from(rows, row => Number(row[name]))
}

export interface OptionRow {
  readonly spot: number
  readonly strike: number
  readonly tteYears: number
  readonly vol: number
  readonly rate: number
  readonly yieldRate: number
  readonly side: number
}

export function optionColumns(rows: readonly OptionRow[]): OptionColumns {
  const column = (name: keyof OptionRow) => Float64Array.from(rows, row => row[name])
  return {
    spot: column('spot'),
    strike: column('strike'),
    tteYears: column('tteYears'),
    vol: column('vol'),
    rate: column('rate'),
    yieldRate: column('yieldRate'),
    side: Int8Array.from(rows, row => row.side),
  }
}

/** Rows of QuantLib's own tables (type, spot, strike, q, r, t, vol) as options. */
export function quantlibOptions(rows: readonly Row[]): OptionRow[] {
  return rows.map(row => ({
    spot: Number(row.spot),
    strike: Number(row.strike),
    tteYears: row.days === undefined ? Number(row.t) : Number(row.days) / 365,
    vol: Number(row.vol),
    rate: Number(row.r),
    yieldRate: Number(row.q),
    side: row.type === 'call' ? 1 : -1,
  }))
}

/** A repeatable stream of numbers in [0, 1). */
export function stream(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Derivative by central differences of two widths, extrapolated (Richardson). */
export function slopeOf(f: (x: number) => number, x: number, h: number): number {
  const wide = (f(x + h) - f(x - h)) / (2 * h)
  const narrow = (f(x + h / 2) - f(x - h / 2)) / h
  return (4 * narrow - wide) / 3
}
