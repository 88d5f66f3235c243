import { join } from 'node:path'
import type { ColorRow } from '../../src/core/color/color-row.ts'
import { generateColors } from '../../src/core/color/generator.ts'
import { type ConfigBook, openConfigBook } from '../../src/main/color/config/config-book.ts'
import type { WriteOrder } from '../../src/main/color/files/write-color-file.ts'
import type { ColorUpload, UploadsBuffer } from '../../src/main/color/intake/uploads-buffer.ts'
import type { ColorRun, ColorRuns, Publication } from '../../src/main/color/runs/color-runs.ts'
import { createSessionsService, type SessionsService } from '../../src/main/color/sessions/sessions-service.ts'
import { fail } from '../../src/main/fail.ts'
import { type Clock, systemClock } from '../../src/platform/clock.ts'
import { type Journal, openJournal } from '../../src/platform/journal.ts'
import { colorFilesJobs } from '../../src/workers/jobs/color-files.ts'

/** Rows of an upload that waits; the same name and seed give the same rows in another process. */
export interface Waiting {
  readonly id: string
  readonly rows: readonly ColorRow[]
}

export function waiting(id: string, rows: number, seed = 1): Waiting {
  const plan = { seed, rows, until: '2026-11-20', days: 1, tranches: Math.max(40, Math.ceil(rows / 6)) }
  return { id, rows: [...generateColors(plan)] }
}

/** A color desk over a real journal on disk, with the smallest buffer and runs that keep their promises: both are folds over the journal. */
export interface TestDesk {
  readonly journal: Journal
  readonly config: ConfigBook
  readonly uploads: UploadsBuffer
  readonly runs: Pick<ColorRuns, 'publish' | 'find' | 'onChange' | 'list'>
  readonly sessions: SessionsService
  close(): void
}

export interface DeskOptions {
  readonly folder: string
  readonly held: readonly Waiting[]
  readonly clock?: Clock
  /** Called after a run stands, before its publisher hears of it. */
  readonly afterRun?: () => void
}

export function openDesk({ folder, held, clock = systemClock(), afterRun }: DeskOptions): TestDesk {
  const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  const config = openConfigBook(journal)
  const list = () => journal.read({ kinds: ['color.run.published'], newestFirst: true }).map(({ body }) => body as ColorRun)
  const find = (id: string) => list().find(run => run.id === id) ?? null
  const uploads = bufferOf(held, list)
  const hearers = new Set<(run: ColorRun) => void>()
  const publish = async (publication: Publication): Promise<ColorRun> => {
    const there = find(publication.id)
    if (there) return there
    uploads.expectWaiting(publication.uploads)
    const { rows, out: _, limits: __, ...rest } = publication
    const run = { ...rest, number: list().length + 1, at: clock.now(), rows: rows.length } as unknown as ColorRun
    journal.append({ kind: 'color.run.published', subject: run.id, user: run.user, body: run })
    afterRun?.()
    for (const hear of hearers) hear(run)
    return run
  }
  const onChange = (hear: (run: ColorRun) => void) => {
    hearers.add(hear)
    return () => void hearers.delete(hear)
  }
  const runs = { publish, find, list, onChange }
  // The job of the thread that writes, in this one: what is tested here is what goes into it.
  const write = async ({ file, format, rows, stamp }: WriteOrder) => {
    if (format === 'parquet') throw new RangeError('that takes the store')
    colorFilesJobs['color.write']({ file, partial: `${file}.part`, format, rows, stamp })
  }
  const sessions = createSessionsService({ folder, journal, clock, config, uploads, runs, write })
  return {
    ...{ journal, config, uploads, runs, sessions },
    close() {
      sessions.close()
      journal.close()
    },
  }
}

function bufferOf(held: readonly Waiting[], runs: () => readonly ColorRun[]): UploadsBuffer {
  const uploadOf = ({ id, rows }: Waiting): ColorUpload => {
    const run = runs().find(one => one.uploads.includes(id)) ?? null
    return {
      ...{ id, name: `${id}.csv`, from: 'file', at: 0 as ColorUpload['at'], user: 'local', sha256: '' },
      ...{ status: run ? 'published' : 'pending', read: rows.length, rows: rows.length, quarantined: 0, repeats: 0 },
      run: run?.id ?? null,
    }
  }
  const find = (id: string) => {
    const one = held.find(upload => upload.id === id)
    return one ? uploadOf(one) : null
  }
  return {
    find,
    waiting: () => held.map(uploadOf).filter(({ status }) => status === 'pending'),
    rows: async id => held.find(upload => upload.id === id)?.rows ?? fail('BUFFER_UNKNOWN', { upload: id }),
    expectWaiting(ids) {
      for (const id of ids) if (!find(id)) fail('BUFFER_UNKNOWN', { upload: id })
      const taken = ids.flatMap(id => (find(id)?.status === 'published' ? [id] : []))
      const run = runs().find(one => one.uploads.includes(taken[0] as string))
      if (taken.length > 0) fail('UPLOADS_TAKEN', { names: taken.join(', '), by: run?.user ?? '' })
    },
    onChange: () => () => undefined,
  }
}
