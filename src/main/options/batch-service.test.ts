import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createBus } from '../../platform/bus.ts'
import { systemClock } from '../../platform/clock.ts'
import { silentLog } from '../../platform/log.ts'
import { WorkerPool } from '../../platform/worker-pool.ts'
import type { Jobs } from '../../workers/jobs.ts'
import { fail } from '../fail.ts'
import { createJobs, type JobsService } from '../system/jobs-service.ts'
import type { Topics } from '../topics.ts'
import { type BatchService, createBatchService } from './batch-service.ts'

vi.setConfig({ testTimeout: 60_000 })

const clock = systemClock()
let folder: string
let pool: WorkerPool<Jobs>
let jobs: JobsService
let batch: BatchService
const path = (name: string) => join(folder, name)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contango-batch-'))
  pool = new WorkerPool<Jobs>(new URL('../../workers/entry.ts', import.meta.url), 2)
  jobs = createJobs({ clock, bus: createBus<Topics>({ onFault: () => {} }), log: silentLog })
  batch = createBatchService({
    ...{ folder, clock, pool, jobs },
    uploaded: id =>
      id.startsWith('no ')
        ? fail('UPLOAD_UNKNOWN', { upload: id })
        : { id, file: basename(id), path: id, bytes: 0, isOurs: true, received: 0 },
  })
})
afterEach(async () => {
  await jobs.close()
  await pool.close()
  rmSync(folder, { recursive: true, force: true })
})

function write(name: string, lines: readonly string[] | Uint8Array): string {
  writeFileSync(path(name), lines instanceof Uint8Array ? lines : `${lines.join('\n')}\n`)
  return path(name)
}

const HEADER = 'Spot,Strike,days,vol,r,q,type,note'
const row = (k: number) => `100,${80 + (k % 40)},90,0.25,0.04,0.01,${k % 2 ? 'call' : 'put'},x`

describe('a file of options', () => {
  test('is shown with the columns that are recognised and what each kind of work lacks', async () => {
    const file = write('book.csv', ['# made by hand', HEADER, ...Array.from({ length: 250 }, (_, k) => row(k))])
    const preview = await batch.preview(file)
    expect(preview.columns.map(({ field }) => field)).toEqual([
      'spot',
      'strike',
      'days',
      'vol',
      'rate',
      'yieldRate',
      'side',
      null,
    ])
    expect(preview).toMatchObject({
      suggested: 'price',
      missing: { price: [], american: [], iv: ['price'] },
      suggestedScheme: 'precise',
    })
    expect(preview.rows).toHaveLength(100)
    expect(preview.rows[0]).toEqual(['100', '80', '90', '0.25', '0.04', '0.01', 'put', 'x'])
    expect(preview.about).toBeGreaterThan(240)
    expect(preview.about).toBeLessThan(260)
  })
  test('comes back answered, row by row, with what could not be read by line and column', async () => {
    const rows = Array.from({ length: 90_000 }, (_, k) => (k === 80_000 ? '100,abc,90,0.25,0.04,0.01,call,x' : row(k)))
    const { job } = await batch.start({ upload: write('big.csv', [HEADER, ...rows]), kind: 'price', model: 'usual' })
    const report = await batch.result(job)
    expect(report).toMatchObject({ rows: 90_000, byStatus: { OK: 89_999, NOT_A_NUMBER: 1 }, unread: 1, scheme: null })
    expect(report.problems).toEqual([{ line: 80_002, column: 'Strike', text: 'abc' }])
    expect(report.first[1]).toMatchObject({ input: ['100', '81', '90', '0.25', '0.04', '0.01', 'call', 'x'] })
    expect(Number(report.first[1]!.answer[0])).toBeCloseTo(20.0, 0)
    const pieces = []
    for await (const piece of await batch.download(job)) pieces.push(piece)
    const lines = Buffer.concat(pieces.map(({ base64 }) => Buffer.from(base64, 'base64')))
      .toString()
      .trimEnd()
      .split('\n')
    expect(lines).toHaveLength(90_001)
    expect(lines[80_001]).toBe(",,,,,,NOT_A_NUMBER,,strike is 'abc'")
    expect(pieces.at(-1)).toMatchObject({ done: true, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
  })
  test('can be cancelled, and leaves nothing behind', async () => {
    const file = write('slow.csv', [HEADER, ...Array.from({ length: 60_000 }, (_, k) => row(k))])
    const { job } = await batch.start({ upload: file, kind: 'american', scheme: 'precise', model: 'usual' })
    setTimeout(() => jobs.cancel(job), 300)
    await expect(batch.result(job)).rejects.toMatchObject({ code: 'QUERY_CANCELLED' })
    expect(jobs.list()[0]).toMatchObject({ phase: 'cancelled' })
    expect(readdirSync(path('uploads'))).toEqual([])
  })
  test.each([
    ['empty.csv', [], 'FILE_EMPTY', 'has no rows'],
    [
      'sheet.xlsx',
      Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0),
      'FILE_UNREADABLE',
      'it is a spreadsheet or an archive; save the sheet as CSV',
    ],
    ['utf16.csv', Uint8Array.of(0xff, 0xfe, 0x53, 0), 'FILE_UNREADABLE', 'it is text in UTF-16; save it as CSV in UTF-8'],
  ] as const)('that is none is refused by what it is: %s', async (name, content, code, words) =>
    expect(batch.preview(write(name, content))).rejects.toMatchObject({ code, message: expect.stringContaining(words) }),
  )
  test('without its columns is refused before any work, with their names', async () => {
    const file = write('bare.csv', ['K,vol', '100,0.2'])
    await expect(batch.start({ upload: file, kind: 'price', model: 'usual' })).rejects.toMatchObject({
      code: 'BATCH_COLUMNS',
      data: { file: 'bare.csv', missing: 'S/F, days/T, cp, r' },
    })
    await expect(batch.result('none')).rejects.toMatchObject({ code: 'JOB_UNKNOWN' })
    await expect(batch.preview('no upload')).rejects.toMatchObject({ code: 'UPLOAD_UNKNOWN' })
  })
})
