import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshFolder, startHost } from './lanes.ts'

const scratch = mkdtempSync(join(tmpdir(), 'contango-closing-'))
const large = join(scratch, 'large.csv')
const ROWS = 3_000_000

beforeAll(() => {
  const file = openSync(large, 'w')
  writeSync(file, 'Time,Price\n')
  for (let from = 0; from < ROWS; from += 50_000) {
    let text = ''
    for (let k = from; k < from + 50_000; k++)
      text += `${new Date(1_000_000_000_000 + k * 60_000).toISOString()},${50 + (k % 100)}\n`
    writeSync(file, text)
  }
  closeSync(file)
}, 60_000)
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** A statement that no machine answers within the test. */
const ENDLESS = 'select count(*) from range(10000000000) a, range(1000) b where (a.range * b.range) % 7 = 3'

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test.each([
  ['while a file is read', 0.05],
  ['while its rows are stored', 0.81],
] as const)(
  'a host closes within two seconds %s and a query runs, and nothing is left half done',
  async (_, from) => {
    const folder = freshFolder()
    const { host } = await startHost({ folder })
    const { imports, jobs, lab, system } = host.services
    const { upload, mapping } = await imports.open(large)
    const { job } = await imports.start({ upload, series: 'large', mapping, dryRun: false, replace: false }, 'local')
    const report = imports.report(job).catch(fault => fault as { code?: string })
    const progress = () => jobs.list().find(({ id }) => id === job)?.progress ?? 0
    await expect.poll(progress, { timeout: 60_000, interval: 10 }).toBeGreaterThanOrEqual(from)
    const answer = lab.run({ query: 'endless', sql: ENDLESS, limit: 10 }).catch(fault => fault as { code?: string })
    await new Promise(done => setTimeout(done, 200))
    const { data } = await system.status.read()
    const started = performance.now()
    await host.close()
    expect(performance.now() - started).toBeLessThan(2000)
    expect(['QUERY_CANCELLED', 'STORE_UNAVAILABLE']).toContain(((await answer) as { code?: string }).code)
    const ended = await report
    expect(['QUERY_CANCELLED', 'STORE_UNAVAILABLE', undefined]).toContain((ended as { code?: string }).code)
    expect(isAlive(data.pid!)).toBe(false)
    expect(readdirSync(folder)).not.toContain('host.json')
    // Either the series is whole or it is not there: opened again, no half of it is found.
    const again = await startHost({ folder })
    expect(again.host.services.series.find('large')?.rows ?? null).toBe((ended as { accepted?: number }).accepted ?? null)
    const uploads = join(folder, 'uploads')
    expect(existsSync(uploads) ? readdirSync(uploads) : []).toEqual([])
    await again.end()
  },
  120_000,
)
