import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { importsJobs } from './imports.ts'

const MEGABYTES = 200
let folder: string
let path: string
let rows = 0

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-large-'))
  path = join(folder, 'large.csv')
  const file = openSync(path, 'w')
  for (let bytes = writeSync(file, 'time,open,high,low,close,volume\n'); bytes < MEGABYTES * 1e6; ) {
    let text = ''
    for (let k = 0; k < 10_000; k++, rows++) {
      const price = 50 + ((rows * 7919) % 1009) / 20
      // Every tenth pair of rows changes places, so that no run is in order and all of them must be merged.
      const minute = rows % 20 === 0 ? rows + 1 : rows % 20 === 1 ? rows - 1 : rows
      text += `${new Date(minute * 60_000).toISOString().slice(0, 19)},${price},${price + 1},${price - 1},${price},${rows % 5000}\n`
    }
    bytes += writeSync(file, text)
  }
  closeSync(file)
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('200 MB of bars are read in bounded memory', () => {
  const sample = importsJobs['imports.sample']({ path, file: 'large.csv', fixed: {} })
  if (sample.kind !== 'table') throw new Error(`the sample is ${sample.kind}`)
  const before = process.memoryUsage().rss
  let peak = before
  const started = process.cpuUsage()
  const parsed = importsJobs['imports.parse'](
    {
      path,
      mapping: sample.mapping,
      jsonShape: null,
      bomBytes: 0,
      now: Date.UTC(2100, 0) * 1000,
      folder,
      lineOffset: 0,
      keepRows: true,
    },
    () => {
      peak = Math.max(peak, process.memoryUsage().rss)
    },
  )
  // Seconds of the processor, not of the wall: the machine may be busy with others.
  const { user, system } = process.cpuUsage(started)
  const seconds = (user + system) / 1e6
  const growth = (peak - before) / 1e6
  const speed = statSync(path).size / 1e6 / seconds
  console.log(`${rows} rows, ${speed.toFixed(0)} MB/s, ${growth.toFixed(0)} MB more memory at most`)
  expect(parsed).toMatchObject({ read: rows, accepted: rows, refused: 0 })
  expect(parsed.byRule['out-of-order']).toBeGreaterThan(rows / 25)
  expect(growth).toBeLessThan(300)
  expect(speed).toBeGreaterThan(10)
}, 300_000)
