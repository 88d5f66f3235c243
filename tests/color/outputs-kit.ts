import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { FolderTarget, MailConfig, OutputTarget } from '../../src/contract/color-outputs.ts'
import type { ColorRow } from '../../src/core/color/color-row.ts'
import { type PlacedColor, placeColors } from '../../src/core/color/lineage.ts'
import { type RunStamp, writeColors } from '../../src/core/color/write-colors.ts'
import { type EpochMicros, fromMillis } from '../../src/core/kit/time.ts'
import { openConfigBook } from '../../src/main/color/config/config-book.ts'
import { USUAL_MAIL } from '../../src/main/color/outputs/mail-usual.ts'
import type { OutputRuns } from '../../src/main/color/outputs/output-files.ts'
import { createOutputsService, type OutputsOptions } from '../../src/main/color/outputs/outputs-service.ts'
import type { ColorRun } from '../../src/main/color/runs/color-runs.ts'
import type { Notice } from '../../src/main/notices.ts'
import { type ManualClock, manualClock } from '../../src/platform/clock.ts'
import { openJournal } from '../../src/platform/journal.ts'
import { silentLog } from '../../src/platform/log.ts'
import { Secret } from '../../src/platform/secret.ts'

const usual: ColorRow = {
  ...{ rowId: 'x', messageId: '90071992547409931', ticker: 'ACME 2020-1 A', sector: 'CLO 2.0', cusip: '037833100' },
  ...{ date: '2026-11-20', priceLevel: null, bid: null, ask: null, px: null, source: 'DEALER A', bias: 'BID', rank: 3 },
  ...{ covPrice: null, confidence: 5, date1: '2026-11-20', received: 0, securityName: null, bwicCover: null, assetClass: null },
}

/** Somebody who may see every asset class. */
export const ANN = { name: 'ann' } as const

/** A color with a bid. */
export function bid(rowId: string, price: string, over: Partial<ColorRow> = {}): ColorRow {
  return { ...usual, rowId, bid: price, px: price, ...over }
}

/** Runs in memory, as the desk has them. */
export interface TrialRuns extends OutputRuns {
  add(rows: readonly ColorRow[], over: Partial<ColorRun>): ColorRun
  change(id: string, over: Partial<ColorRun>): void
}

export function trialRuns(): TrialRuns {
  const runs: ColorRun[] = []
  const rows = new Map<string, readonly PlacedColor[]>()
  const hearers = new Set<(run: ColorRun) => void>()
  return {
    list: () => [...runs].reverse(),
    find: id => runs.find(run => run.id === id) ?? null,
    rows: async id => rows.get(id)!,
    excluded: async () => [],
    onChange(hear) {
      hearers.add(hear)
      return () => void hearers.delete(hear)
    },
    add(given, over) {
      const placed = placeColors(given, 'highest')
      const parents = placed.filter(({ parentRowId }) => parentRowId === null).length
      const run: ColorRun = {
        ...{ id: `run-${runs.length + 1}`, number: runs.length + 1, kind: 'manual', user: 'ann', direction: 'highest' },
        ...{ received: given.length + 2, quarantined: 0, repeats: 0, excluded: 2, rules: [], ignoredRules: false },
        ...{ uploads: ['u1'], session: null, job: null, replaceToday: false, isDemo: false },
        ...{ at: instant('2026-11-20T14:05:00Z'), day: '2026-11-20', seconds: 1.25, rows: placed.length, parents },
        ...{ children: placed.length - parents, cusips: parents, sha256: '', deleted: null, targets: [], ...over },
      }
      runs.push(run)
      rows.set(run.id, placed)
      for (const hear of hearers) hear(run)
      return run
    },
    change(id, over) {
      const at = runs.findIndex(run => run.id === id)
      runs[at] = { ...runs[at]!, ...over }
      for (const hear of hearers) hear(runs[at]!)
    },
  }
}

export function instant(iso: string): EpochMicros {
  return fromMillis(Date.parse(iso))
}

export const USUAL_FOLDER: Omit<FolderTarget, 'path'> = {
  ...{ kind: 'folder', enabled: true, onAutomated: true, onManual: true, attachExcluded: false, attachDifference: false },
  ...{ format: 'csv', fileName: 'colors-{{date}}-{{number}}', perSector: false, zone: 'America/New_York' },
}

/** The output as CSV, without the threads of the real writer. */
async function writeCsv(file: string, placed: readonly PlacedColor[], stamp: RunStamp): Promise<void> {
  await writeFile(file, [...writeColors(placed, stamp)].join(''))
}

/** Folders and servers of one test, all gone after it. */
export function createTrial(
  over: Partial<OutputsOptions> = {},
  places: { folder?: string; out?: string; runs?: TrialRuns } = {},
) {
  const folder = places.folder ?? mkdtempSync(join(tmpdir(), 'contango-outputs-'))
  const out = places.out ?? mkdtempSync(join(tmpdir(), 'contango-out-'))
  const clock: ManualClock = manualClock(instant('2026-11-20T14:06:00Z'))
  const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  const runs = places.runs ?? trialRuns()
  const secrets = new Map<string, Secret>()
  const notices: Notice[] = []
  const config = openConfigBook(journal)
  const open = () =>
    createOutputsService({
      ...{ folder, config, runs, journal, clock, log: silentLog, setting: () => 'en' },
      store: {
        openSegment: () => Promise.reject(new Error('no store')),
        queryFiles: () => Promise.reject(new Error('no store')),
      },
      write: (file, _format, rows, stamp) => writeCsv(file, rows, stamp),
      secrets: {
        get: async name => secrets.get(name) ?? null,
        has: name => secrets.has(name),
        set: async (name, value) => void secrets.set(name, value),
      },
      bus: {
        emit: (topic, value) => {
          if (topic === 'notices') notices.push(value as Notice)
        },
      },
      ...over,
    })
  const trial = {
    ...{ folder, out, clock, journal, runs, secrets, notices, config },
    outputs: open(),
    /** As after a start of the host. */
    async again() {
      await trial.outputs.close()
      trial.outputs = open()
      trial.outputs.start()
    },
    target: (target: OutputTarget, name = 'Desk', id: string | null = null) =>
      trial.outputs.save({ id, name, revision: 0, target }, 'ann').id,
    mail: (mail: Partial<MailConfig>) =>
      trial.outputs.saveMail({ revision: trial.outputs.view().mail.revision, mail: { ...USUAL_MAIL, ...mail } }, 'ann'),
    secret: (name: string, value: string) => secrets.set(name, new Secret(value)),
    /** Newest delivery of a target. */
    delivery: (target: string) => trial.outputs.view().deliveries.find(one => one.target === target)!,
    async close() {
      await trial.outputs.close()
      journal.close()
      for (const path of [folder, out]) rmSync(path, { recursive: true, force: true })
    },
  }
  trial.outputs.start()
  return trial
}
export type Trial = ReturnType<typeof createTrial>

/** A message as a real server took it. */
export interface TakenMail {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
  readonly isEncrypted: boolean
  readonly user: string | null
}

/** A real mail server on loopback. */
export async function startSmtp(options: SMTPServerOptions = {}): Promise<{
  readonly port: number
  readonly taken: TakenMail[]
  stop(): Promise<void>
}> {
  const taken: TakenMail[] = []
  const server = new SMTPServer({
    ...{ logger: false, closeTimeout: 100, authOptional: true },
    onAuth(auth, _session, done) {
      const isRight = auth.username === 'desk' && auth.password === 'right horse'
      done(isRight ? null : new Error('the password is wrong'), isRight ? { user: auth.username } : undefined)
    },
    onData(stream, session, done) {
      let raw = ''
      stream.on('data', piece => {
        raw += piece
      })
      stream.on('end', () => {
        const { envelope, secure, user } = session
        const to = envelope.rcptTo.map(({ address }) => address)
        const from = envelope.mailFrom ? envelope.mailFrom.address : ''
        taken.push({ from, to, raw, isEncrypted: secure, user: user === undefined ? null : String(user) })
        done(null, 'taken')
      })
    },
    ...options,
  })
  server.on('error', () => undefined)
  const listening = server.listen(0, '127.0.0.1')
  await new Promise(done => listening.once('listening', done))
  const { port } = listening.address() as { port: number }
  return { port, taken, stop: () => new Promise(done => server.close(() => done())) }
}

/** Mail to a server on this machine. */
export function mailTo(port: number, over: Partial<MailConfig> = {}): Partial<MailConfig> {
  return {
    ...{ enabled: true, host: '127.0.0.1', port, encryption: 'starttls', checkCertificate: false },
    ...{ from: 'Desk <desk@firm.example>', to: ['pm@firm.example'], format: 'csv', zone: 'America/New_York', ...over },
  }
}

/** Waits for a state that comes by itself, with the clock of the trial standing still. */
export async function until<T>(look: () => T | undefined | null | false): Promise<T> {
  for (let k = 0; k < 3000; k++) {
    const found = look()
    if (found) return found
    await new Promise(done => setTimeout(done, 5))
  }
  throw new Error(`it did not come: ${look}`)
}
