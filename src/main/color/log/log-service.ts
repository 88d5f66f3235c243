import { isDeepStrictEqual } from 'node:util'
import { COLOR_MODULES, type ColorLogEntry, type ColorModule, SETUP_MODULES, type ThreeWay } from '../../../contract/color-log.ts'
import type { Clock } from '../../../platform/clock.ts'
import { conflate } from '../../../platform/conflate.ts'
import type { Journal } from '../../../platform/journal.ts'
import { fail } from '../../fail.ts'
import type { ScheduleService } from '../../schedule/schedule-service.ts'
import type { User } from '../../user.ts'
import type { ConfigBook } from '../config/config-book.ts'
import type { ConfigModule } from '../config/config-values.ts'
import { type JobChanges, openJobChanges, REVERTED } from './job-changes.ts'
import { fieldChanges, type LogChange, type LogState, stateText } from './log-changes.ts'
import { type NameOf, WORK_MODULES, workKinds, workLine } from './work-lines.ts'

export interface ColorLogParts {
  readonly journal: Pick<Journal, 'append' | 'read' | 'onAppend'>
  readonly config: ConfigBook
  readonly clock: Clock
  /** What a run, session or upload is called; null where that is not known. */
  readonly nameOf: NameOf
}

export interface LogQuery {
  readonly module?: ColorLogEntry['module'] | undefined
  readonly subject?: string | undefined
  /** Part of the name or of the user, in letters of either case. */
  readonly text?: string | undefined
  readonly before?: number | undefined
  readonly limit: number
}

type Actor = Pick<User, 'name' | 'may'>
type Scheduler = Pick<ScheduleService, 'list' | 'save' | 'remove' | 'restore'>

/** Everything that was changed or done on the color desk, and the way back of what is configured. */
export interface ColorLogService {
  /** Newest first. */
  list(query: LogQuery, actor: Actor): ColorLogEntry[]
  recent(each: number, actor: Actor): { module: string; entries: ColorLogEntry[] }[]
  watch(signal?: AbortSignal): AsyncGenerator<{ entry: number }, void>
  /** Fails: REVERT_IMPOSSIBLE. */
  look(entry: number, actor: Actor): ThreeWay
  /** Fails: REVERT_IMPOSSIBLE, REVERT_CONFLICT unless anyway, CONFIG_NAME_TAKEN, FORBIDDEN, JOB_BUSY, SCHEDULE_INVALID. */
  revert(asked: { readonly entry: number; readonly anyway: boolean }, actor: Actor, schedule: Scheduler): { entry: number }
  close(): void
}

const TOLD_PER_SECOND = 4
/** How many changes are looked through at a time for those that fit a text. */
const PAGE = 500
const CONFIG = 'color.config'
const KINDS = new Set([CONFIG, 'schedule.saved', 'schedule.removed', 'schedule.restored', REVERTED, ...workKinds(undefined)])

export function createColorLog({ journal, config, clock, nameOf }: ColorLogParts): ColorLogService {
  const jobs = openJobChanges(journal)
  const lines = createLines(config, jobs)

  const configured = ({ module, subject, before, limit }: LogQuery): readonly LogChange[] => {
    if (module !== undefined && !isConfigured(module)) return []
    const kept =
      module === 'jobs' ? [] : config.changes({ module: module as ConfigModule | undefined, id: subject, before, limit })
    if (module !== undefined && module !== 'jobs') return kept
    const planned: LogChange[] = []
    for (const change of jobs.all().toReversed())
      if (planned.length < limit && (before === undefined || change.entry < before) && (!subject || change.id === subject))
        planned.push(change)
    return [...kept, ...planned]
  }
  const worked = ({ module, subject, before, limit }: LogQuery) => {
    const kinds = workKinds(module)
    if (kinds.length === 0) return []
    const query = { kinds, limit, newestFirst: true, ...(before === undefined ? {} : { before }) }
    return journal.read(subject === undefined ? query : { ...query, subject })
  }
  /** The next lines, whatever they say, without the cost of what a line says of others. */
  const page = (query: LogQuery, actor: Actor): readonly Found[] => {
    const found = [
      ...configured(query).map((change): Found => {
        const { entry, user, id, before, after } = change
        return { entry, said: `${(after ?? before)?.name ?? id} ${user}`, line: () => lines.line(change, actor) }
      }),
      ...worked(query).map((kept): Found => {
        const line = workLine(kept, nameOf)
        return { entry: line.entry, said: `${line.name} ${line.user}`, line: () => line }
      }),
    ]
    return found.sort((a, b) => b.entry - a.entry).slice(0, query.limit)
  }
  const list = (query: LogQuery, actor: Actor): ColorLogEntry[] => {
    const sought = query.text?.trim().toLowerCase() ?? ''
    if (sought === '') return page(query, actor).map(({ line }) => line())
    const fitting: Found[] = []
    for (let { before } = query; ; ) {
      const next = page({ ...query, before, limit: PAGE }, actor)
      fitting.push(...next.filter(({ said }) => said.toLowerCase().includes(sought)))
      before = next.at(-1)?.entry
      if (next.length < PAGE || fitting.length >= query.limit) return fitting.slice(0, query.limit).map(({ line }) => line())
    }
  }
  const expectChange = (entry: number): LogChange =>
    lines.find(entry) ?? fail('REVERT_IMPOSSIBLE', { reason: 'it configured nothing' })

  return {
    list,
    recent: (each, actor) =>
      [...COLOR_MODULES, ...WORK_MODULES].map(module => ({ module, entries: list({ module, limit: each }, actor) })),
    async *watch(signal = new AbortController().signal) {
      let newest = list({ limit: 1 }, NOBODY)[0]?.entry ?? 0
      const { messages } = conflate<number>({
        subscribe: push =>
          journal.onAppend(({ kind, seq }) => {
            if (!KINDS.has(kind)) return
            newest = seq
            push(seq)
          }),
        snapshot: () => [],
        keyOf: () => 'entry',
        everyMs: 1000 / TOLD_PER_SECOND,
        window: Number.POSITIVE_INFINITY,
        ...{ signal, clock },
      })
      for await (const _ of messages) yield { entry: newest }
    },
    look(entry, actor) {
      const change = expectChange(entry)
      const now = lines.now(change)
      return {
        entry: lines.line(change, actor),
        ...{ before: stateText(change.before), after: stateText(change.after), now: stateText(now) },
        conflict: !isDeepStrictEqual(now, change.after),
      }
    },
    revert({ entry, anyway }, actor, schedule) {
      const change = expectChange(entry)
      if (!mayRevert(actor, change.module)) fail('FORBIDDEN', { verb: 'write', domain: rightOf(change.module) })
      if (change.module !== 'jobs') return { entry: config.revert(entry, anyway, actor.name).entry }
      const now = lines.now(change)
      if (isDeepStrictEqual(now, change.before)) fail('REVERT_IMPOSSIBLE', { reason: 'it is already so' })
      const isConflict = !isDeepStrictEqual(now, change.after)
      if (isConflict && !anyway) fail('REVERT_CONFLICT', { name: (change.after ?? change.before)!.name })
      return { entry: jobs.revert(change, schedule, actor.name) }
    },
    close: () => jobs.close(),
  }
}

interface Found {
  readonly entry: number
  readonly said: string
  line(): ColorLogEntry
}

const NOBODY: Actor = { name: '', may: new Set() }
const isConfigured = (module: string) => (COLOR_MODULES as readonly string[]).includes(module)
const rightOf = (module: ColorModule) => (SETUP_MODULES.includes(module) ? 'color-setup' : 'color')
const mayRevert = ({ may }: Actor, module: ColorModule) => may.has('color:write') && may.has(`${rightOf(module)}:write`)

/** Changes as lines of the log, with what became of them since. */
function createLines(config: ConfigBook, jobs: Pick<JobChanges, 'all' | 'now'>) {
  const find = (entry: number): LogChange | null => {
    const kept = config.changes({ before: entry + 1, limit: 1 })[0]
    return kept?.entry === entry ? kept : (jobs.all().find(change => change.entry === entry) ?? null)
  }
  const now = ({ module, id }: LogChange): LogState => {
    if (module === 'jobs') return jobs.now(id)
    const entity = config.find(module as ConfigModule, id)
    return entity && { name: entity.name, value: entity.value }
  }
  /** The newest entry that took another one back and was not taken back itself. */
  const revertedBy = ({ entry, module, id }: LogChange): number | null => {
    const of: readonly LogChange[] =
      module === 'jobs'
        ? jobs
            .all()
            .filter(change => change.id === id)
            .toReversed()
        : config.changes({ module: module as ConfigModule, id, limit: Number.POSITIVE_INFINITY })
    const taken = new Set<number>()
    for (const change of of) {
      if (change.reverts === null || taken.has(change.entry)) continue
      if (change.reverts === entry) return change.entry
      taken.add(change.reverts)
    }
    return null
  }
  return {
    find,
    now,
    line(change: LogChange, actor: Actor): ColorLogEntry {
      const { entry, at, user, module, id, action, before, after, reverts } = change
      return {
        ...{ entry, at, user, module, action, subject: id, name: (after ?? before)?.name ?? id },
        changes: fieldChanges(before, after),
        canRevert: mayRevert(actor, module) && !isDeepStrictEqual(now(change), before),
        ...{ revertedBy: revertedBy(change), reverts },
      }
    },
  }
}
