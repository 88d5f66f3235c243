import { hash as digest } from 'node:crypto'
import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { sentence } from '../contract/errors.ts'
import { type EpochMicros, epochMicros } from '../core/kit/time.ts'
import type { Clock } from './clock.ts'
import { copyDatabase } from './journal-copy.ts'

/** Something that a person decided or that must not be lost. `subject` is what it is about, `user` who did it. */
export interface JournalEvent {
  readonly kind: string
  readonly subject: string
  readonly user: string
  /** Plain JSON data. */
  readonly body: unknown
}

/** An event in its place: `hash` covers every field and the hash before it, so that no entry can change unseen. */
export interface JournalEntry extends JournalEvent {
  readonly seq: number
  readonly at: EpochMicros
  readonly previous: string
  readonly hash: string
}

/** Which entries are wanted; all conditions hold together. */
export interface JournalQuery {
  readonly after?: number
  readonly before?: number
  readonly kinds?: readonly string[]
  readonly subject?: string
  readonly limit?: number
  readonly newestFirst?: boolean
}

export type JournalVerdict = { readonly ok: true } | { readonly ok: false; readonly seq: number; readonly reason: string }

/** The record of decisions: append-only and hash-chained, one writer. An append returns after the disk has it. */
export interface Journal {
  append(event: JournalEvent): JournalEntry
  /** All of them or none. */
  appendAll(events: readonly JournalEvent[]): readonly JournalEntry[]
  /** Entries in order of their number, whatever the clock said. */
  read(query: JournalQuery): JournalEntry[]
  head(): { readonly seq: number; readonly hash: string }
  verify(): JournalVerdict
  onAppend(hear: (entry: JournalEntry) => void): () => void
  /** A whole copy in another file while this one goes on; gives the newest entry that the copy has. Fails: DiskFull. */
  copyTo(file: string): Promise<{ readonly seq: number; readonly hash: string }>
  close(): void
}

/** The journal cannot be trusted from entry `seq` on; `salvageJournal` is the way out. */
export class JournalCorrupt extends Error {
  override readonly name = 'JournalCorrupt'
  readonly file: string
  readonly seq: number
  readonly reason: string
  constructor(file: string, seq: number, reason: string) {
    super(sentence('JOURNAL_CORRUPT', { file, seq, reason }))
    this.file = file
    this.seq = seq
    this.reason = reason
  }
}

/** Nothing was written, because the disk is full. */
export class DiskFull extends Error {
  override readonly name = 'DiskFull'
  readonly folder: string
  constructor(folder: string) {
    super(sentence('DISK_FULL', { folder }))
    this.folder = folder
  }
}

/** Another process holds the journal open. */
export class JournalBusy extends Error {
  override readonly name = 'JournalBusy'
  constructor(file: string) {
    super(sentence('JOURNAL_BUSY', { file }))
  }
}

/** Hash before the first entry. */
export const GENESIS = '0'.repeat(64)

const SCHEMA = `
  create table if not exists journal (
    seq integer primary key, at integer not null, kind text not null, subject text not null, user text not null,
    body text not null, previous text not null, hash text not null) strict;
  create index if not exists journal_kind on journal (kind, seq);
  create index if not exists journal_subject on journal (subject, seq);
  create trigger if not exists journal_no_update before update on journal
    begin select raise(abort, 'the journal is append-only'); end;
  create trigger if not exists journal_no_delete before delete on journal
    begin select raise(abort, 'the journal is append-only'); end;`

const INSERT = 'insert into journal (seq, at, kind, subject, user, body, previous, hash) values (?, ?, ?, ?, ?, ?, ?, ?)'

/** A row as SQLite keeps it: the body is still the text that was hashed. */
interface Row {
  readonly seq: number
  readonly at: number
  readonly kind: string
  readonly subject: string
  readonly user: string
  readonly body: string
  readonly previous: string
  readonly hash: string
}

/**
 * JSON with the keys of every object in order, so that equal data has equal text.
 *
 * Fails: RangeError for a number that JSON cannot write.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`a journal body cannot hold ${value}`)
  if (Array.isArray(value)) return `[${value.map(item => canonicalJson(item ?? null)).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined)
    fields.sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`
  }
  return JSON.stringify(value ?? null)
}

// Keys in alphabetical order by hand: this is canonicalJson of the row with its body, but verifying 10⁶ rows needs no parse.
function hashOf(row: Omit<Row, 'hash'>): string {
  return digest(
    'sha256',
    `{"at":${row.at},"body":${row.body},"kind":${JSON.stringify(row.kind)},"previous":"${row.previous}","seq":${row.seq},` +
      `"subject":${JSON.stringify(row.subject)},"user":${JSON.stringify(row.user)}}`,
  )
}

function toEntry(row: Row): JournalEntry {
  return { ...row, at: epochMicros(row.at), body: JSON.parse(row.body) }
}

/** The result code of SQLite without its extension bits, or null for any other failure. */
function sqliteCode(fault: unknown): number | null {
  const code = fault instanceof Error && 'errcode' in fault ? fault.errcode : null
  return typeof code === 'number' ? code & 0xff : null
}

const [BUSY, CORRUPT, FULL, NOT_A_DATABASE] = [5, 11, 13, 26]

function translated(fault: unknown, file: string, seq: number): unknown {
  const code = sqliteCode(fault)
  const full = fault instanceof Error && 'code' in fault && fault.code === 'ENOSPC'
  if (code === FULL || full) return new DiskFull(dirname(file))
  if (code === CORRUPT || code === NOT_A_DATABASE) return new JournalCorrupt(file, seq, (fault as Error).message)
  if (code === BUSY) return new JournalBusy(file)
  return fault
}

type Cells = readonly [number, number, string, string, string, string, string, string]

/** Walks the chain from the start and says where it first breaks. Rows come as arrays: for 10⁶ of them that halves the time. */
function verifyRows(db: DatabaseSync): JournalVerdict & { readonly head: { readonly seq: number; readonly hash: string } } {
  let head = { seq: 0, hash: GENESIS }
  const broken = (reason: string) => ({ ok: false, seq: head.seq + 1, reason, head }) as const
  try {
    const rows = db.prepare('select seq, at, kind, subject, user, body, previous, hash from journal order by seq')
    rows.setReturnArrays(true)
    for (const cells of rows.iterate()) {
      const [seq, at, kind, subject, user, body, previous, hash] = cells as unknown as Cells
      if (seq !== head.seq + 1) return broken(`entry ${head.seq + 1} is missing`)
      if (previous !== head.hash) return broken('it does not follow from the entry before it')
      if (hash !== hashOf({ seq, at, kind, subject, user, body, previous })) return broken('its content does not match its hash')
      head = { seq, hash }
    }
  } catch (fault) {
    return broken(fault instanceof Error ? fault.message : String(fault))
  }
  return { ok: true, head }
}

const HEAD_BYTES = 96

/**
 * The number and hash of the newest entry, in a small file beside the journal.
 *
 * SQLite takes a damaged write-ahead log for a shorter one, and entries that were acknowledged would be gone without a word.
 * This mark is written after each commit, so a journal that ends before it has lost something.
 */
function openMark(file: string) {
  const path = `${file}-head`
  let fd: number | null = null
  return {
    read(): { seq: number; hash: string } | null {
      let text = ''
      try {
        text = readFileSync(path, 'utf8')
      } catch {
        return null
      }
      const found = /^(\d{1,15}) ([0-9a-f]{64})/.exec(text)
      return found ? { seq: Number(found[1]), hash: found[2]! } : null
    },
    write(head: { readonly seq: number; readonly hash: string }) {
      try {
        fd ??= openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600) // never truncated: a kill must not empty it
        writeSync(fd, `${head.seq} ${head.hash}`.padEnd(HEAD_BYTES - 1).concat('\n'), 0)
      } catch {
        // The mark only guards; where it cannot be written (disk full) the entry itself is safe and the old mark still true.
      }
    },
    close() {
      if (fd !== null) closeSync(fd)
      fd = null
    },
  }
}

function openDatabase(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: 1000 })
  try {
    db.exec('pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full')
    db.exec(SCHEMA)
    return db
  } catch (fault) {
    db.close()
    throw fault
  }
}

function matching(query: JournalQuery): { sql: string; values: SQLInputValue[] } {
  const where: string[] = []
  const values: SQLInputValue[] = []
  const add = (condition: string, ...value: SQLInputValue[]) => {
    where.push(condition)
    values.push(...value)
  }
  if (query.after !== undefined) add('seq > ?', query.after)
  if (query.before !== undefined) add('seq < ?', query.before)
  if (query.kinds) add(`kind in (${query.kinds.map(() => '?').join(', ')})`, ...query.kinds)
  if (query.subject !== undefined) add('subject = ?', query.subject)
  const filter = where.length ? `where ${where.join(' and ')}` : ''
  values.push(query.limit ?? -1)
  return { sql: `select * from journal ${filter} order by seq ${query.newestFirst ? 'desc' : 'asc'} limit ?`, values }
}

/**
 * Opens the journal, checks its whole chain (10⁶ entries take about 3 s) and takes it for this process alone.
 *
 * Fails: JournalCorrupt where a byte, an entry or the end is not what was written; JournalBusy where another process has it;
 * DiskFull where it cannot be made.
 */
export function openJournal({ file, clock }: { readonly file: string; readonly clock: Clock }): Journal {
  const mark = openMark(file)
  let db: DatabaseSync
  try {
    db = openDatabase(file)
  } catch (fault) {
    throw translated(fault, file, 1)
  }
  const verdict = verifyRows(db)
  const marked = mark.read()
  let problem = verdict.ok ? null : new JournalCorrupt(file, verdict.seq, verdict.reason)
  if (!problem && marked && marked.seq > verdict.head.seq)
    problem = new JournalCorrupt(
      file,
      verdict.head.seq + 1,
      `entries ${verdict.head.seq + 1} to ${marked.seq} are missing at its end`,
    )
  if (problem) {
    db.close()
    throw problem
  }
  mark.write(verdict.head)
  return journalOn(db, { file, clock, mark, head: verdict.head })
}

interface Opened {
  readonly file: string
  readonly clock: Clock
  readonly mark: ReturnType<typeof openMark>
  readonly head: { readonly seq: number; readonly hash: string }
}

function journalOn(db: DatabaseSync, opened: Opened): Journal {
  const { file, clock, mark } = opened
  const listeners = new Set<(entry: JournalEntry) => void>()
  const insert = db.prepare(INSERT)
  let head = opened.head
  const chain = (events: readonly JournalEvent[]): Row[] => {
    let last = head
    return events.map(event => {
      const { kind, subject, user } = event
      const unsealed = {
        seq: last.seq + 1,
        at: clock.now(),
        kind,
        subject,
        user,
        body: canonicalJson(event.body),
        previous: last.hash,
      }
      const row = { ...unsealed, hash: hashOf(unsealed) }
      last = row
      return row
    })
  }
  const write = (rows: readonly Row[]) => {
    try {
      db.exec('begin immediate')
      for (const r of rows) insert.run(r.seq, r.at, r.kind, r.subject, r.user, r.body, r.previous, r.hash)
      db.exec('commit')
    } catch (fault) {
      if (db.isTransaction) db.exec('rollback')
      throw translated(fault, file, head.seq + 1)
    }
  }
  const appendAll = (events: readonly JournalEvent[]): readonly JournalEntry[] => {
    if (events.length === 0) return []
    const rows = chain(events)
    write(rows)
    head = { seq: rows.at(-1)!.seq, hash: rows.at(-1)!.hash }
    mark.write(head)
    const entries = rows.map(toEntry)
    for (const entry of entries) for (const hear of listeners) hear(entry)
    return entries
  }
  return {
    appendAll,
    append: event => appendAll([event])[0]!,
    read(query) {
      const { sql, values } = matching(query)
      try {
        return db
          .prepare(sql)
          .all(...values)
          .map(row => toEntry(row as unknown as Row))
      } catch (fault) {
        throw translated(fault, file, head.seq)
      }
    },
    head: () => head,
    verify() {
      const verdict = verifyRows(db)
      if (!verdict.ok) return { ok: false, seq: verdict.seq, reason: verdict.reason }
      if (verdict.head.seq === head.seq) return { ok: true }
      return { ok: false, seq: verdict.head.seq + 1, reason: `entries after ${verdict.head.seq} are missing at its end` }
    },
    onAppend(hear) {
      listeners.add(hear)
      return () => void listeners.delete(hear)
    },
    copyTo: to => copyDatabase(db, to).catch(fault => Promise.reject(translated(fault, to, 1))),
    close() {
      db.close()
      mark.close()
    },
  }
}

/** The rows of a damaged file up to the first that cannot be trusted. */
function* goodPrefix(file: string): Generator<Row> {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    let head = { seq: 0, hash: GENESIS }
    // By number and not in one scan: a damaged index or page then costs the rows behind it, not the query.
    const one = db.prepare('select * from journal where seq = ?')
    for (;;) {
      const row = one.get(head.seq + 1) as Row | undefined
      if (!row || row.previous !== head.hash || row.hash !== hashOf(row)) return
      yield row
      head = row
    }
  } catch {
    // The end of what can be read is the end of what is kept.
  } finally {
    db.close()
  }
}

/** Copies every good entry from the start of a damaged journal into a new file. The damaged one is not touched. */
export function copyGoodPrefix(from: string, to: string): { readonly seq: number; readonly hash: string } {
  const db = openDatabase(to)
  let head = { seq: 0, hash: GENESIS }
  const insert = db.prepare(INSERT)
  db.exec('begin immediate')
  for (const r of goodPrefix(from)) {
    insert.run(r.seq, r.at, r.kind, r.subject, r.user, r.body, r.previous, r.hash)
    head = { seq: r.seq, hash: r.hash }
  }
  db.exec('commit')
  db.close()
  const mark = openMark(to)
  mark.write(head)
  mark.close()
  return head
}
