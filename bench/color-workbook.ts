import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { streamXlsxRows, writeXlsxStream } from 'hucre/xlsx'
import { COLOR_COLUMNS, RUN_COLUMNS } from '../src/core/color/color-columns.ts'
import { generateColors } from '../src/core/color/generator.ts'
import { placeColors } from '../src/core/color/lineage.ts'
import { outputCells } from '../src/core/color/write-colors.ts'
import { writeColorFile } from '../src/main/color/files/write-color-file.ts'
import { systemClock } from '../src/platform/clock.ts'
import { WorkerPool } from '../src/platform/worker-pool.ts'
import type { Jobs } from '../src/workers/jobs.ts'

const ROWS = 100_000
const WRITE_LIMIT = 5
const MEMORY_LIMIT = 800
const READ_LIMIT = 3
const MIB = 1 << 20

/** A workbook of 100,000 rows as runs write it, and one read with all checks as the intake does; against hucre on the same cells. */
export async function run(): Promise<object[]> {
  const clock = systemClock()
  const folder = mkdtempSync(join(tmpdir(), 'contango-bench-'))
  const pool = new WorkerPool<Jobs>(new URL('../src/workers/entry.ts', import.meta.url), 1)
  const timed = async <T>(work: () => Promise<T>) => {
    const from = clock.monotonic()
    const value = await work()
    return { value, seconds: clock.monotonic() - from }
  }
  try {
    const plan = { seed: 1, rows: ROWS, until: '2026-11-20', days: 56 }
    const rows = placeColors([...generateColors(plan)], 'highest')
    const stamp = { runId: 'bench', processedAt: '2026-11-20T10:00:00.000Z', processingType: 'MANUAL', number: 1 } as const
    const file = join(folder, 'output.xlsx')
    const parts = { pool, store: { copyFiles: () => Promise.reject(new Error('no Parquet here')) } }
    const written = await timed(() => writeColorFile(parts, { file, format: 'xlsx', rows, stamp }))
    const writeMemory = process.resourceUsage().maxRSS / 1024
    const again = await writeColorFile(parts, { file: join(folder, 'again.xlsx'), format: 'xlsx', rows, stamp })
    const quotes = join(folder, 'quotes.xlsx')
    await pool.run('color.generate', { file: quotes, partial: `${quotes}.part`, format: 'xlsx', plan })
    const read = await timed(() => pool.run('color.read', { path: quotes }))
    if (read.value.result.kind !== 'read') throw new Error('the workbook cannot be read')
    const peerWrite = await timed(() => peerWrites(rows, stamp, join(folder, 'peer.xlsx')))
    const peerRead = await timed(() => peerReads(quotes))
    return [
      {
        bench: 'color-workbook-read',
        value: read.seconds,
        unit: `s for ${ROWS} rows read, checked and handed to the host`,
        peer: 'hucre 1.0.0 going through the same cells, nothing checked',
        peerValue: peerRead.seconds,
        ratio: peerRead.seconds / read.seconds,
        limit: READ_LIMIT,
        within: read.seconds < READ_LIMIT,
        ...{ rows: read.value.result.read, bytes: read.value.bytes },
      },
      {
        bench: 'color-workbook',
        value: written.seconds,
        unit: `s for ${ROWS} rows of ${COLOR_COLUMNS.length + RUN_COLUMNS.length} columns, in a thread, forced to disk`,
        peer: 'hucre 1.0.0 with the same cells, without styles, groups and a second sheet',
        peerValue: peerWrite.seconds,
        ratio: peerWrite.seconds / written.seconds,
        limit: WRITE_LIMIT,
        within: written.seconds < WRITE_LIMIT && writeMemory < MEMORY_LIMIT && again.sha256 === written.value.sha256,
        ...{ bytes: written.value.bytes, memoryMb: writeMemory, memoryLimitMb: MEMORY_LIMIT },
        sameBytesTwice: again.sha256 === written.value.sha256,
        peerMb: statSync(join(folder, 'peer.xlsx')).size / MIB,
      },
    ]
  } finally {
    await pool.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function peerWrites(...[rows, stamp, file]: [...Parameters<typeof outputCells>, string]): Promise<void> {
  const names = [...COLOR_COLUMNS.map(({ name }) => name), ...RUN_COLUMNS]
  const numbers = new Set<string>(
    COLOR_COLUMNS.flatMap(({ name, type }) => (type === 'decimal' || type === 'integer' ? [name] : [])),
  )
  const dates = new Set<string>(['DATE', 'DATE_1', 'PROCESSED_AT'])
  function* lines() {
    for (const cells of outputCells(rows, stamp))
      yield names.map(name => {
        const text = cells[name]
        return text === null ? null : numbers.has(name) ? Number(text) : dates.has(name) ? new Date(text) : text
      })
  }
  const sink = await open(file, 'w')
  for await (const piece of writeXlsxStream(lines(), { name: 'Colors', columns: names.map(header => ({ header, key: header })) }))
    await sink.write(piece)
  await sink.sync()
  await sink.close()
}

async function peerReads(file: string): Promise<number> {
  let cells = 0
  for await (const row of streamXlsxRows(readFileSync(file))) cells += row.values.length
  return cells
}
