import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { ChainFilePreview, ChainFileReport, ChainMapping as WireMapping } from '../../contract/options-files.ts'
import { suggestName } from '../../core/imports/guess.ts'
import { epochMicros } from '../../core/kit/time.ts'
import type { ChainReading } from '../../core/options/read-chain/chain-of-rows.ts'
import type { ChainMapping } from '../../core/options/read-chain/mapping.ts'
import { CHAIN_RULES } from '../../core/options/read-chain/rules.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import type { WorkerPool } from '../../platform/worker-pool.ts'
import type { Jobs } from '../../workers/jobs.ts'
import { fail } from '../fail.ts'
import { translated } from '../imports/faults.ts'
import type { Upload } from '../imports/uploads.ts'
import type { JobHandle, JobsService } from '../system/jobs-service.ts'
import type { ChainFiles } from './chain-files.ts'
import { type ChainFileRequest, expectUsable, readChainFile } from './read-chain-file.ts'

/** What an import of a chain is started with. */
export interface StartChainImport {
  readonly upload: string
  readonly name: string
  readonly mapping: ChainMapping
  readonly replace: boolean
}

/** Files of option quotes into chains: what a file holds, and the import itself as a job. */
export interface ChainImports {
  /** Null where the file is text that is no chain. Fails: UPLOAD_UNKNOWN, FILE_UNREADABLE, FILE_EMPTY. */
  preview(upload: string, mapping?: Partial<ChainMapping>, isMeant?: boolean): Promise<ChainFilePreview | null>
  /** Fails: UPLOAD_UNKNOWN, FILE_UNREADABLE, MAPPING_INVALID, SERIES_EXISTS. */
  start(order: StartChainImport, user: string): { job: string }
  /** Waits for the job. Fails: JOB_UNKNOWN, or with what the job failed with. */
  report(job: string): Promise<ChainFileReport>
  remove: ChainFiles['remove']
  restore: ChainFiles['restore']
}

export interface ChainImportsParts {
  /** The workspace folder. */
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
  readonly pool: Pick<WorkerPool<Jobs>, 'run'>
  readonly jobs: Pick<JobsService, 'start' | 'result'>
  /** A file that was sent. Fails: UPLOAD_UNKNOWN, FILE_UNREADABLE. */
  readonly uploaded: (id: string) => Upload
  readonly files: ChainFiles
}

/** Longest name of which `file:NAME` fits into the key of a chain. */
const LONGEST_NAME = 35
/** Not the form of a series' file: what no series names is tidied away at the start. */
const RAW = /^chain-[0-9a-f]{64}(\.[a-z0-9]{1,8})?$/
const READING_SHARE = 0.7

export function createChainImports(parts: ChainImportsParts): ChainImports {
  const { folder, clock, log, pool, jobs, uploaded, files } = parts
  const place = join(folder, 'raw')
  const ours = new Set<string>()
  void tidy(place, files.raws()).catch(fault => log.warn('chain.raw-tidy', { fault }))

  const hashOf = (upload: Upload): Promise<string> =>
    pool.run('imports.hash', upload.path).catch(fault => {
      throw translated(fault, upload.file, folder)
    })
  const read = (upload: Upload, how: Omit<ChainFileRequest, 'file'>, handle?: JobHandle) =>
    readChainFile(pool, {
      ...{ ...how, file: upload.file },
      ...(handle ? { signal: handle.signal, onProgress: (done: number) => handle.progress(READING_SHARE * done) } : {}),
    }).catch(fault => {
      throw translated(fault, upload.file, folder)
    })

  const run = async (order: StartChainImport, upload: Upload, user: string, handle: JobHandle): Promise<ChainFileReport> => {
    const started = clock.monotonic()
    // The archived bytes are those that are read, whoever may be writing the file meanwhile.
    const raw = await archive(place, upload).catch(fault => {
      throw translated(fault, upload.file, folder)
    })
    const own = join(place, raw.file)
    const sha256 = await pool.run('imports.hash', own)
    const kept = { file: `chain-${sha256}${raw.extension}`, sha256 }
    try {
      const found = await read(upload, { path: own, mapping: order.mapping }, handle)
      const chain = found?.reading.chain
      if (!found || !chain) return fail('MAPPING_INVALID', { reason: 'no row of the file can be read with it' })
      await rename(own, join(place, kept.file))
      const { name, replace } = order
      const underlying = await files.add(chain, { name, file: upload.file, replace, user, raw: kept })
      handle.progress(1)
      log.info('chain.imported', { underlying, read: found.reading.read, refused: found.reading.refused })
      return {
        ...{ underlying, name, file: upload.file, sha256, asOf: chain.asOf, expiries: chain.expiries.length },
        ...{ ...countsOf(found.reading), seconds: clock.monotonic() - started },
      }
    } finally {
      await rm(own, { force: true })
    }
  }

  return {
    async preview(id, mapping = {}, isMeant = false) {
      const upload = uploaded(id)
      const [found, sha256] = await Promise.all([read(upload, { path: upload.path, mapping, isMeant }), hashOf(upload)])
      if (!found) return null
      const { reading, rows, confidence, notes, trouble } = found
      const { chain, moments, underlyings } = reading
      const maybe = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : null)
      return {
        ...{ upload: id, file: upload.file, bytes: upload.bytes },
        mapping: { ...reading.mapping, columns: reading.mapping.columns.map(column => ({ ...column })) } as WireMapping,
        confidence: [...confidence],
        rows: rows.map(row => [...row]),
        notes: [...notes],
        trouble,
        suggestedName: nameFor(upload.file),
        sameAs: files.sameAs(sha256),
        ...countsOf(reading),
        moments: moments.map(one => ({ ...one })),
        underlyings: underlyings.slice(0, 100).map(one => ({ ...one })),
        expiries: chain?.expiries.length ?? 0,
        asOf: chain ? epochMicros(chain.asOf) : null,
        spot: { bid: maybe(chain?.spotBid), ask: maybe(chain?.spotAsk) },
      }
    },
    start(order, user) {
      const upload = uploaded(order.upload)
      expectUsable(order.mapping)
      const key = `file:${order.name}`
      if (files.has(key) && !order.replace) return fail('SERIES_EXISTS', { series: order.name, rows: files.state(key).contracts })
      const started = jobs.start({ kind: 'import', subject: order.name, run: handle => run(order, upload, user, handle) })
      // Who waits for the report hears of a failure; without a waiter it stands in the list of jobs.
      started.done.catch(() => undefined)
      ours.add(started.id)
      return { job: started.id }
    },
    async report(job) {
      if (!ours.has(job)) return fail('JOB_UNKNOWN', { job })
      return (await jobs.result(job)) as ChainFileReport
    },
    remove: files.remove,
    restore: files.restore,
  }
}

function countsOf({ read, accepted, refused, flagged, byRule, problems }: ChainReading) {
  return {
    ...{ read, accepted, refused, flagged, byRule: { ...byRule } },
    problems: problems.map(problem => ({ ...problem, outcome: CHAIN_RULES[problem.rule] })),
  }
}

function nameFor(file: string): string {
  return suggestName(file.replace(/\.gz$/i, '')).replaceAll('/', '-').slice(0, LONGEST_NAME).trim()
}

/** Copies a file beside the archived ones; it gets its name there once it was read. */
async function archive(place: string, upload: Upload): Promise<{ file: string; extension: string }> {
  await mkdir(place, { recursive: true, mode: 0o700 })
  const extension = /^\.[a-z0-9]{1,8}$/.test(extname(upload.file).toLowerCase()) ? extname(upload.file).toLowerCase() : ''
  const file = `chain-${upload.id.replaceAll(/[^\w-]/g, '_')}-${process.pid}.part`
  await copyFile(upload.path, join(place, file))
  return { file, extension }
}

/** Removes what no entry names: what a kill left behind between the copy and the entry. */
async function tidy(place: string, named: ReadonlySet<string>): Promise<void> {
  const found = await stat(place).then(
    () => readdir(place),
    () => [],
  )
  for (const file of found) if (RAW.test(file) && !named.has(file)) await rm(join(place, file), { force: true })
}
