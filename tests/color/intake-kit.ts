import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ConfigBook, openConfigBook } from '../../src/main/color/config/config-book.ts'
import { createIntakeDesk, type IntakeDesk } from '../../src/main/color/intake/intake-desk.ts'
import { createIntakeService, type IntakeService } from '../../src/main/color/intake/intake-service.ts'
import { type KeptUploads, openKeptUploads } from '../../src/main/color/intake/uploads-kept.ts'
import { createWatchFolders, type WatchFolders } from '../../src/main/color/intake/watch-folders.ts'
import { fail } from '../../src/main/fail.ts'
import type { Upload } from '../../src/main/imports/uploads.ts'
import type { Notice } from '../../src/main/notices.ts'
import { createJobs } from '../../src/main/system/jobs-service.ts'
import type { Topics } from '../../src/main/topics.ts'
import { createBus } from '../../src/platform/bus.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { type Journal, openJournal } from '../../src/platform/journal.ts'
import { silentLog } from '../../src/platform/log.ts'
import { WorkerPool } from '../../src/platform/worker-pool.ts'
import type { Jobs } from '../../src/workers/jobs.ts'

/** The intake over a real journal, real files and real threads. */
export interface TestIntake {
  readonly journal: Journal
  readonly config: ConfigBook
  readonly kept: KeptUploads
  readonly intake: IntakeService
  readonly folders: WatchFolders
  readonly desk: IntakeDesk
  readonly notices: readonly Notice[]
  /** A file that was sent; gives its upload. */
  send(file: string, content: string | Uint8Array): string
  /** The same, and put into the buffer. */
  submit(file: string, content: string | Uint8Array, reading?: Record<string, unknown>): Promise<string>
  close(): Promise<void>
}

export function openIntake(folder: string): TestIntake {
  const clock = systemClock()
  const log = silentLog
  const bus = createBus<Topics>({ onFault: () => undefined })
  const notices: Notice[] = []
  bus.on('notices', notice => notices.push(notice))
  const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  const config = openConfigBook(journal)
  const pool = new WorkerPool<Jobs>(new URL('../../src/workers/entry.ts', import.meta.url), 1)
  const jobs = createJobs({ clock, bus, log })
  const sent = new Map<string, Upload>()
  const uploaded = (id: string) => sent.get(id) ?? fail('UPLOAD_UNKNOWN', { upload: id })
  const kept = openKeptUploads({ folder, journal, log })
  const intake = createIntakeService({ folder, config, pool, jobs, clock, log, kept, uploaded })
  // Looks are asked for: a test says when time has passed.
  const folders = createWatchFolders({ config, kept, intake, clock, bus, log, every: 3600, setting: () => 'en' })
  const desk = createIntakeDesk({ config, intake, folders })
  const send: TestIntake['send'] = (file, content) => {
    const id = `sent-${sent.size + 1}`
    mkdirSync(join(folder, 'uploads'), { recursive: true })
    const path = join(folder, 'uploads', id)
    writeFileSync(path, content)
    sent.set(id, { id, file, path, bytes: content.length, isOurs: true, received: content.length })
    return id
  }
  return {
    ...{ journal, config, kept, intake, folders, desk, notices, send },
    async submit(file, content, reading = {}) {
      const { job } = intake.submit({ upload: send(file, content), ...reading }, 'ann')
      return (await intake.report(job)).upload.id
    },
    async close() {
      await folders.close()
      await jobs.close()
      await pool.close()
      kept.close()
      journal.close()
    },
  }
}

const NAMES = ['MESSAGE_ID', 'TICKER', 'SECTOR', 'CUSIP', 'DATE', 'PRICE_LEVEL', 'BID', 'ASK', 'PX', 'SOURCE', 'BIAS', 'RANK']
const USUAL: Readonly<Record<string, string>> = {
  MESSAGE_ID: '90071992547409931',
  TICKER: 'SHELF 2021-1 B',
  SECTOR: 'CLO 2.0 mezz',
  CUSIP: '037833100',
  DATE: '2026-11-20',
  PRICE_LEVEL: '98.75',
  BID: '98.75',
  PX: '98.75',
  SOURCE: 'DEALER A',
  BIAS: 'BID',
  RANK: '3',
}

/** A file of rows that differ from the usual one as given, under names that may be called otherwise. */
export function colorsCsv(
  rows: readonly Readonly<Record<string, string>>[],
  called: Readonly<Record<string, string>> = {},
  delimiter = ',',
): string {
  const lines = rows.map((row, k) =>
    NAMES.map(name => row[name] ?? (name === 'MESSAGE_ID' ? `${90_071_992_547_409_931n + BigInt(k)}` : USUAL[name]) ?? '').join(
      delimiter,
    ),
  )
  return [NAMES.map(name => called[name] ?? name).join(delimiter), ...lines].join('\n')
}
