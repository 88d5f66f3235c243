import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { SessionCommandWire, SessionRow, SessionView } from '../../../contract/color-sessions.ts'
import { USUAL_RANKS } from '../../../core/color/bias-rank.ts'
import { type ColorSession, commandSteps, createSession, type SessionSetup } from '../../../core/color/session.ts'
import type { SessionCommand, SessionEvent } from '../../../core/color/session-command.ts'
import type { Clock } from '../../../platform/clock.ts'
import { conflate } from '../../../platform/conflate.ts'
import type { Journal, JournalEntry, JournalEvent } from '../../../platform/journal.ts'
import { fail } from '../../fail.ts'
import type { User } from '../../user.ts'
import type { ConfigBook } from '../config/config-book.ts'
import { limitsInForce } from '../config/limits-in-force.ts'
import { entitledTo } from '../entitled.ts'
import type { WriteOrder } from '../files/write-color-file.ts'
import type { UploadsBuffer } from '../intake/uploads-buffer.ts'
import { expectUsable } from '../rules/rules-check.ts'
import type { ColorRuns } from '../runs/color-runs.ts'
import { inSlices } from './in-slices.ts'
import { type Asked, createAsking } from './session-asked.ts'
import {
  COMMAND,
  type CommandBody,
  type CommandEffect,
  changedPart,
  DISCARDED,
  entriesOf,
  filesOf,
  foldSession,
  OPENED,
  type OpenedBody,
  PUBLISHED,
  type PublishedBody,
  RESTORED,
  SESSION_KINDS,
  type SessionAfter,
  type SessionHead,
} from './session-entries.ts'
import { type ExportParts, exportSession } from './session-export.ts'
import { openSessionFiles } from './session-files.ts'
import { type SessionDeed, sessionHistory } from './session-history.ts'
import { afterOf, isListed, sessionView } from './session-list.ts'
import { createLiveSessions, hidesRows } from './session-live.ts'
import { publicationOf, runIdOf } from './session-publication.ts'
import { refuse } from './session-refusal.ts'
import { cellsOf, judgedRows, type RowsAsked, wireRows } from './session-rows.ts'

export interface SessionsParts extends ExportParts {
  readonly folder: string
  readonly journal: Pick<Journal, 'append' | 'appendAll' | 'read'>
  readonly clock: Clock
  readonly config: Pick<ConfigBook, 'list' | 'find'>
  readonly uploads: UploadsBuffer
  readonly runs: Pick<ColorRuns, 'publish' | 'find' | 'onChange'>
}

export interface RowsPage extends RowsAsked {
  readonly session: string
  readonly offset: number
  readonly limit: number
}

type Actor = Pick<User, 'name' | 'assetClasses'>

/** Manual sessions: rows at work, every command in the journal before it is answered. */
export interface SessionsService {
  /** Newest first. */
  list(alsoEnded: boolean): SessionView[]
  watch(signal?: AbortSignal): AsyncGenerator<{ sessions: SessionView[] }, void>
  /** Fails: BUFFER_UNKNOWN, UPLOADS_TAKEN. */
  open(asked: { readonly name: string; readonly uploads: readonly string[] | null }, actor: Actor): Promise<SessionView>
  run(
    asked: { readonly session: string; readonly revision: number | null; readonly command: SessionCommandWire },
    actor: Actor,
  ): Promise<CommandEffect & { readonly session: SessionView }>
  rows(asked: RowsPage, actor: Actor): Promise<{ revision: number; total: number; rows: SessionRow[] }>
  ids(asked: RowsAsked & { readonly session: string }, actor: Actor): Promise<string[]>
  /** The cells of one row, also of one that was left out. Fails: SESSION_UNKNOWN, ROW_UNKNOWN. */
  row(session: string, rowId: string, actor: Pick<User, 'assetClasses'>): Promise<SessionRow['cells']>
  export(session: string, format: WriteOrder['format'], actor: Actor, signal?: AbortSignal): ReturnType<typeof exportSession>
  publish(
    asked: { readonly session: string; readonly revision: number; readonly replaceToday: boolean },
    actor: Actor,
  ): Promise<{ session: SessionView; run: string; number: number }>
  discard(session: string, actor: Actor): Promise<void>
  restore(session: string, actor: Actor): Promise<SessionView>
  history(session: string, limit: number): SessionDeed[]
  /** Null for one that never was. */
  nameOf(session: string): string | null
  close(): void
}

const TOLD_PER_SECOND = 4

export function createSessionsService(parts: SessionsParts): SessionsService {
  const { journal, clock, config, uploads, runs } = parts
  const heads = new Map<string, SessionHead>()
  const files = openSessionFiles(join(parts.folder, 'color', 'sessions'), foldAll(journal, heads), clock)
  const asking = createAsking({ files, uploads, config, clock })
  const live = createLiveSessions({ journal, asking, clock, limits: () => limitsInForce(config) })
  const listeners = new Set<(id: string) => void>()
  const lines = new Map<string, Promise<unknown>>()
  const tell = (id: string) => {
    for (const hear of listeners) hear(id)
  }
  const write = (events: readonly JournalEvent[]): readonly JournalEntry[] => {
    const entries = journal.appendAll(events)
    for (const entry of entries) foldSession(heads, entry)
    tell(events[0]!.subject)
    return entries
  }
  /** A kill between the run and the entry of its session: the run stands, so the session is published. */
  const settle = (head: SessionHead) => {
    const run = head.ended === null ? runs.find(runIdOf(head.id)) : null
    if (!run) return
    const body: PublishedBody = { run: run.id, number: run.number }
    write([{ kind: PUBLISHED, subject: head.id, user: run.user, body }])
    live.forget(head.id)
  }
  const known = (id: string) => heads.get(id) ?? fail('SESSION_UNKNOWN', { session: id })
  const viewOf = (head: SessionHead) => sessionView(head, parts, clock.now())
  /** One thing at a time in each session. */
  const inLine = async <T>(id: string, work: (head: SessionHead) => Promise<T>): Promise<T> => {
    const head = known(id)
    const before = lines.get(id) ?? Promise.resolve()
    const done = before.then(() => {
      settle(head)
      return work(head)
    })
    const settled = done.then(
      () => undefined,
      () => undefined,
    )
    lines.set(id, settled)
    void settled.then(() => lines.get(id) === settled && lines.delete(id))
    return done
  }
  const expectOpen = ({ ended }: SessionHead) => {
    if (ended !== null) refuse({ kind: ended === 'published' ? 'saved' : 'discarded' })
  }
  const expectRevision = (head: SessionHead, revision: number | null) => {
    if (revision !== null && revision !== head.revision) fail('SESSION_MOVED', { session: head.name || head.id })
  }
  /** Fails: SESSION_REFUSED naming uploads that somebody took out of the buffer: what was removed on purpose is not published. */
  const expectThere = ({ settings }: ColorSession) => {
    const used = new Set(settings.imports.flatMap(entry => entry.uploads))
    const gone = [...used].filter(upload => (uploads.find(upload)?.status ?? 'removed') === 'removed')
    const names = gone.map(upload => uploads.find(upload)?.name ?? upload).join(', ')
    if (gone.length > 0) refuse({ kind: 'upload-removed', names })
  }
  const rowsOf = async (asked: RowsAsked & { readonly session: string }, actor: Actor) => {
    const head = known(asked.session)
    const session = await live.of(head)
    const { revision } = head
    return { session, revision, found: await live.rows(session, checked(asked), entitledTo(actor), whose(actor)) }
  }
  const list = (alsoEnded: boolean) => {
    for (const head of heads.values()) settle(head)
    const listed = [...heads.values()].filter(head => isListed(head, alsoEnded, clock.now()))
    return listed.sort((a, b) => b.opened - a.opened).map(viewOf)
  }
  const stops = [uploads.onChange(() => tell('uploads')), runs.onChange(() => tell('runs'))]

  return {
    list,
    async *watch(signal = new AbortController().signal) {
      const { messages } = conflate<string>({
        subscribe: push => {
          listeners.add(push)
          return () => void listeners.delete(push)
        },
        snapshot: () => [],
        keyOf: id => id,
        everyMs: 1000 / TOLD_PER_SECOND,
        window: Number.POSITIVE_INFINITY,
        ...{ signal, clock },
      })
      for await (const _ of messages) yield { sessions: list(false) }
    },
    async open({ name, uploads: named }, actor) {
      const setup = setupOf(config)
      const empty = createSession(setup)
      const id = `session-${randomUUID()}`
      const isEmpty = named === null ? uploads.waiting().length === 0 : named.length === 0
      const asked = isEmpty ? null : await asking.whole(empty, { kind: 'import', uploads: named ? [...named] : null }, () => true)
      const begun = await inSlices(afterOf(empty), clock)
      const done = asked && (await performed(empty, begun, asked))
      const called = name || namesOf(asked?.command)
      const body: OpenedBody = { name: called, setup, after: begun }
      write([{ kind: OPENED, subject: id, user: actor.name, body }, ...(done ? [done.event(id, 1, actor.name)] : [])])
      live.set(id, done?.session ?? empty)
      return viewOf(known(id))
    },
    run: ({ session: id, revision, command: wire }, actor) =>
      inLine(id, async head => {
        expectOpen(head)
        expectRevision(head, revision)
        const session = await live.of(head)
        const asked = await asking.whole(session, wire, entitledTo(actor))
        const done = asked && (await performed(session, head.after, asked))
        if (!done) return { session: viewOf(head), rows: 0, cusips: 0, same: 0 }
        if (done.session !== session) {
          write([done.event(id, head.revision + 1, actor.name)])
          live.set(id, done.session)
        }
        return { session: viewOf(head), ...done.effect }
      }),
    async rows(asked, actor) {
      const { session, revision, found } = await rowsOf(asked, actor)
      const { offset, limit } = asked
      return { revision, total: found.length, rows: wireRows(session, found.slice(offset, offset + limit)) }
    },
    ids: async (asked, actor) => (await rowsOf(asked, actor)).found.map(({ row }) => row.rowId),
    async row(id, rowId, actor) {
      const { rows, limits } = await live.of(known(id))
      const row = rows.get(rowId)?.row
      return row && entitledTo(actor)(row.assetClass) ? cellsOf(row, limits) : fail('ROW_UNKNOWN', { row: rowId })
    },
    async *export(id, format, actor, signal) {
      const { session, found } = await rowsOf({ session: id, view: 'working', text: '' }, actor)
      const rows = await inSlices(judgedRows(session, found), clock)
      yield* exportSession(parts, { file: files.scratch(`export.${format}`), rows, format }, signal)
    },
    publish: ({ session: id, revision, replaceToday }, actor) =>
      inLine(id, async head => {
        if (head.run) return { session: viewOf(head), ...head.run }
        expectOpen(head)
        expectRevision(head, revision)
        const session = await live.of(head)
        if (hidesRows(session, entitledTo(actor))) refuse({ kind: 'not-entitled' })
        const next = await inSlices(commandSteps(session, { kind: 'publish', runId: runIdOf(id) }), clock)
        if (!next.ok) return refuse(next.error)
        expectThere(session)
        const asked = { user: actor.name, replaceToday }
        const run = await runs.publish(await inSlices(publicationOf(head, session, uploads, asked), clock))
        const body: PublishedBody = { run: run.id, number: run.number }
        // Whoever heard of the run may have settled the session already.
        if (known(id).ended === null) write([{ kind: PUBLISHED, subject: id, user: actor.name, body }])
        live.set(id, next.value.session)
        return { session: viewOf(head), ...body }
      }),
    discard: (id, actor) =>
      inLine(id, async head => {
        if (head.ended === 'discarded') return
        expectOpen(head)
        write([{ kind: DISCARDED, subject: id, user: actor.name, body: {} }])
        live.forget(id)
      }),
    restore: (id, actor) =>
      inLine(id, async head => {
        if (head.ended === 'discarded') write([{ kind: RESTORED, subject: id, user: actor.name, body: {} }])
        return viewOf(head)
      }),
    history: (id, limit) => sessionHistory(journal, known(id).id, limit),
    nameOf: id => heads.get(id)?.name || null,
    close() {
      for (const stop of stops) stop()
    },
  }

  /** What a command comes to, and the entry that says so; its files are on disk then. Fails: SESSION_REFUSED. */
  async function performed(session: ColorSession, before: SessionAfter, asked: Asked) {
    const next = await inSlices(commandSteps(session, asked.command), clock)
    if (!next.ok) return refuse(next.error)
    const effect = effectOf(next.value.events)
    if (next.value.session === session) return { session, effect, event: neverKept }
    const after = changedPart(before, await inSlices(afterOf(next.value.session), clock))
    const command = await asked.keep()
    const event = (subject: string, revision: number, user: string): JournalEvent => {
      const body: CommandBody = { revision, command, effect, after }
      return { kind: COMMAND, subject, user, body }
    }
    return { session: next.value.session, effect, event }
  }
}

function neverKept(): never {
  throw new RangeError('a command that changes nothing is not kept')
}

/** What a session begins with: the tables as they stand. They go into the journal with it, so that it stays what it was. */
function setupOf(config: Pick<ConfigBook, 'find'>): SessionSetup {
  const ranks = config.find('ranks', 'ranks')
  return {
    ranks: ranks ? { ...ranks.value, version: ranks.revision } : USUAL_RANKS,
    limits: limitsInForce(config),
    direction: 'highest',
  }
}

/** The list of sessions as the journal has it; gives the files that it names. */
function foldAll(journal: Pick<Journal, 'read'>, heads: Map<string, SessionHead>): ReadonlySet<string> {
  const named = new Set<string>()
  for (const entry of entriesOf(journal, { kinds: SESSION_KINDS })) {
    foldSession(heads, entry)
    if (entry.kind === COMMAND) for (const file of filesOf((entry.body as CommandBody).command)) named.add(file)
  }
  return named
}

function effectOf(events: readonly SessionEvent[]): CommandEffect {
  const count = (kind: SessionEvent['kind']) => events.filter(event => event.kind === kind).length
  const cusips = events.reduce((sum, event) => sum + (event.kind === 'regrouped' ? event.cusips.length : 0), 0)
  return { rows: count('row'), cusips, same: count('same-row') }
}

/** Fails: CONFIG_INVALID for a condition that cannot be used. */
function checked(asked: RowsAsked): RowsAsked {
  if (asked.when) expectUsable({ name: '', when: asked.when })
  return asked
}

const whose = ({ assetClasses }: Actor) => JSON.stringify(assetClasses ?? null)

const LONGEST_NAME = 120

function namesOf(command: SessionCommand | undefined): string {
  if (command?.kind !== 'import') return ''
  const names = command.parts.map(({ name }) => name).join(', ')
  return names.length <= LONGEST_NAME ? names : `${names.slice(0, LONGEST_NAME - 1)}…`
}
