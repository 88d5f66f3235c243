import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { EpochMicros } from '../../../core/kit/time.ts'
import type { Journal, JournalEntry, JournalEvent } from '../../../platform/journal.ts'
import { fail } from '../../fail.ts'
import type { ConfigModule, ConfigValues } from './config-values.ts'

/** Something that is configured, as it stands. */
export interface ConfigEntity<M extends ConfigModule = ConfigModule> {
  readonly module: M
  readonly id: string
  readonly name: string
  /** Number of the journal entry that made it so. */
  readonly revision: number
  readonly value: ConfigValues[M]
  /** Who made it so. */
  readonly user: string
}

export type ConfigAction = 'created' | 'changed' | 'removed' | 'reverted'

/** One change of one entity; null where there was or is none. */
export interface ConfigChange {
  readonly entry: number
  readonly at: EpochMicros
  readonly user: string
  readonly module: ConfigModule
  readonly id: string
  readonly action: ConfigAction
  readonly before: { readonly name: string; readonly value: unknown } | null
  readonly after: { readonly name: string; readonly value: unknown } | null
  /** The entry that this one takes back. */
  readonly reverts: number | null
}

/** What is to be kept. Revision 0 makes it anew; else it is that of the entity as it was read. */
export interface ConfigDraft<M extends ConfigModule> {
  /** Null has one made. */
  readonly id: string | null
  readonly name: string
  readonly revision: number
  readonly value: ConfigValues[M]
}

/** A change taken back: the states it lies between, and that of now. */
export interface ConfigThreeWay {
  readonly change: ConfigChange
  readonly now: { readonly name: string; readonly value: unknown } | null
  /** It was changed again since. */
  readonly conflict: boolean
}

/** Everything of the color desk that is configured, as it stands in the journal; every change can be taken back by another one. */
export interface ConfigBook {
  list<M extends ConfigModule>(module: M): readonly ConfigEntity<M>[]
  find<M extends ConfigModule>(module: M, id: string): ConfigEntity<M> | null
  /** All or none, in one transaction. Fails: CONFIG_CHANGED, CONFIG_UNKNOWN, CONFIG_NAME_TAKEN. */
  save<M extends ConfigModule>(module: M, drafts: readonly ConfigDraft<M>[], user: string): readonly ConfigEntity<M>[]
  /** Fails: CONFIG_UNKNOWN. */
  remove(module: ConfigModule, ids: readonly string[], user: string): void
  /** Newest first. */
  changes(query: {
    readonly module?: ConfigModule | undefined
    readonly id?: string | undefined
    readonly before?: number | undefined
    readonly limit: number
  }): readonly ConfigChange[]
  /** All entities of a module as they were right after an entry. */
  at<M extends ConfigModule>(module: M, entry: number): readonly ConfigEntity<M>[]
  /** All entities of a module, or one of them, as they were right after an entry, as a new change. Fails: CONFIG_NAME_TAKEN. */
  rollback(module: ConfigModule, entry: number, id: string | null, user: string): void
  /** Fails: REVERT_IMPOSSIBLE where the entry is no change of the configuration. */
  look(entry: number): ConfigThreeWay
  /** Fails: REVERT_IMPOSSIBLE, CONFIG_NAME_TAKEN, and REVERT_CONFLICT unless anyway. Gives the new entry. */
  revert(entry: number, anyway: boolean, user: string): ConfigChange
  /** Hears of every change, after it is kept. */
  onChange(hear: (change: ConfigChange) => void): () => void
}

const KIND = 'color.config'

interface Body {
  readonly module: ConfigModule
  readonly id: string
  readonly action: ConfigAction
  readonly before: ConfigChange['before']
  readonly after: ConfigChange['after']
  readonly reverts: number | null
}

/** Names may not differ by case or space alone: people say them aloud. */
const plainName = (name: string) => name.normalize('NFC').trim().replaceAll(/\s+/g, ' ').toLowerCase()

type State = ReadonlyMap<string, ConfigEntity>
const keyOf = (module: ConfigModule, id: string) => `${module}/${id}`

function applied(state: Map<string, ConfigEntity>, { entry, user, module, id, after }: ConfigChange): void {
  const key = keyOf(module, id)
  if (after === null) state.delete(key)
  else state.set(key, { module, id, name: after.name, revision: entry, value: after.value as ConfigValues[ConfigModule], user })
}

function changeOf({ seq, at, user, body }: JournalEntry): ConfigChange {
  return { entry: seq, at, user, ...(body as Body) }
}

/** Fails: CONFIG_NAME_TAKEN where two entities of a module would bear one name. */
function expectNamesFree(state: State, bodies: readonly Body[]): void {
  const names = new Map<string, string>()
  const changed = new Map(bodies.map(body => [keyOf(body.module, body.id), body]))
  for (const [key, { module, name }] of state) {
    const after = changed.get(key)
    const now = after ? after.after?.name : name
    if (now !== undefined) names.set(`${module}/${plainName(now)}`, key)
  }
  for (const [key, { module, after }] of changed) {
    if (!after) continue
    const place = `${module}/${plainName(after.name)}`
    const other = names.get(place)
    if (other !== undefined && other !== key) fail('CONFIG_NAME_TAKEN', { name: after.name })
    names.set(place, key)
  }
}

/** Reads the configuration of the color desk and keeps it. */
export function openConfigBook(journal: Pick<Journal, 'read' | 'appendAll'>): ConfigBook {
  const all: ConfigChange[] = journal.read({ kinds: [KIND] }).map(changeOf)
  const state = new Map<string, ConfigEntity>()
  for (const change of all) applied(state, change)
  const listeners = new Set<(change: ConfigChange) => void>()

  const listOf = <M extends ConfigModule>(from: State, module: M) =>
    [...from.values()].filter((entity): entity is ConfigEntity<M> => entity.module === module)
  const write = (bodies: readonly Body[], user: string): readonly ConfigChange[] => {
    const changed = bodies.filter(({ before, after }) => !isDeepStrictEqual(before, after))
    expectNamesFree(state, changed)
    const events = changed.map((body): JournalEvent => ({ kind: KIND, subject: keyOf(body.module, body.id), user, body }))
    const changes = journal.appendAll(events).map(changeOf)
    for (const change of changes) {
      all.push(change)
      applied(state, change)
    }
    for (const change of changes) for (const hear of listeners) hear(change)
    return changes
  }
  const standing = (module: ConfigModule, id: string) => {
    const now = state.get(keyOf(module, id))
    return now ? { name: now.name, value: now.value } : null
  }
  const stateAt = (entry: number): State => {
    const then = new Map<string, ConfigEntity>()
    for (const change of all) if (change.entry <= entry) applied(then, change)
    return then
  }
  const find = <M extends ConfigModule>(module: M, id: string) => (state.get(keyOf(module, id)) as ConfigEntity<M>) ?? null
  const look = (entry: number): ConfigThreeWay => {
    const change = all.find(known => known.entry === entry)
    if (!change) return fail('REVERT_IMPOSSIBLE', { reason: 'it configured nothing' })
    const now = standing(change.module, change.id)
    return { change, now, conflict: !isDeepStrictEqual(now, change.after) }
  }
  return {
    list: module => listOf(state, module),
    find,
    look,
    save(module, drafts, user) {
      const ids = drafts.map(({ id }) => id ?? randomUUID())
      const bodies = drafts.map(({ name, revision, value }, k): Body => {
        const id = ids[k]!
        const now = state.get(keyOf(module, id))
        if (!now && revision !== 0) fail('CONFIG_UNKNOWN', { module, id })
        if (now && now.revision !== revision) fail('CONFIG_CHANGED', { name: now.name, user: now.user })
        const after = { name: name.trim(), value }
        return { module, id, action: now ? 'changed' : 'created', before: standing(module, id), after, reverts: null }
      })
      write(bodies, user)
      return ids.map(id => find(module, id)!)
    },
    remove(module, ids, user) {
      const bodies = ids.map((id): Body => {
        const before = standing(module, id) ?? fail('CONFIG_UNKNOWN', { module, id })
        return { module, id, action: 'removed', before, after: null, reverts: null }
      })
      write(bodies, user)
    },
    changes: ({ module, id, before = Number.POSITIVE_INFINITY, limit }) => {
      const found: ConfigChange[] = []
      for (let k = all.length - 1; k >= 0 && found.length < limit; k--) {
        const change = all[k]!
        if (change.entry >= before || (module && change.module !== module) || (id && change.id !== id)) continue
        found.push(change)
      }
      return found
    },
    at: (module, entry) => listOf(stateAt(entry), module),
    rollback(module, entry, id, user) {
      const then = stateAt(entry)
      const ids = new Set([...listOf(then, module), ...listOf(state, module)].map(entity => entity.id))
      const wanted = id === null ? [...ids] : [id]
      const bodies = wanted.map((each): Body => {
        const old = then.get(keyOf(module, each))
        const after = old ? { name: old.name, value: old.value } : null
        return { module, id: each, action: 'reverted', before: standing(module, each), after, reverts: null }
      })
      write(bodies, user)
    },
    revert(entry, anyway, user) {
      const { change, now, conflict } = look(entry)
      if (isDeepStrictEqual(now, change.before)) fail('REVERT_IMPOSSIBLE', { reason: 'it is already so' })
      if (conflict && !anyway) fail('REVERT_CONFLICT', { name: (change.after ?? change.before)!.name })
      const { module, id, before } = change
      const [done] = write([{ module, id, action: 'reverted', before: now, after: before, reverts: entry }], user)
      return done!
    },
    onChange(hear) {
      listeners.add(hear)
      return () => void listeners.delete(hear)
    },
  }
}
