import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { SecretsState } from '../../contract/secrets.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Journal } from '../../platform/journal.ts'
import type { Log } from '../../platform/log.ts'
import { Secret } from '../../platform/secret.ts'
import { type SecretPlace, type SecretStore, SecretsClosed } from '../../platform/secrets.ts'
import { createSecretsFile, type OpenSecretsFile, openSecretsFile, secretsFileId } from '../../platform/secrets-file.ts'
import { fail } from '../fail.ts'
import type { HostBus } from '../topics.ts'
import { foldSecrets, type KeptPlace } from './secrets-fold.ts'

const FILE = 'secrets.sealed'
const MARK = '.mark'

export interface SecretsOptions {
  readonly folder: string
  readonly journal: Pick<Journal, 'append' | 'appendAll' | 'read'>
  readonly keychain: SecretStore
  readonly clock: Clock
  readonly log: Log
  readonly bus: HostBus
  /** Names that somebody in the host asks for, and who. */
  readonly wanted: readonly { readonly name: string; readonly by: string }[]
}

/** Secrets of the workspace: where they are kept, and whether that place can be trusted to be the same as before. */
export interface SecretsService {
  /** Looks whether the place is there and is the one that was used. */
  start(): Promise<void>
  /** True where a secret of that name was set; the place is not touched. */
  has(name: string): boolean
  /** Null where none was set. Fails: SECRETS_CLOSED. */
  get(name: string): Promise<Secret | null>
  /** Fails: SECRETS_CLOSED, SECRETS_NO_PLACE. */
  set(name: string, value: Secret, user: string): Promise<void>
  remove(name: string, user: string): Promise<void>
  /** Fails where it cannot be read: SECRET_UNKNOWN, SECRETS_CLOSED. */
  test(name: string): Promise<void>
  state(): Promise<SecretsState>
  open(passphrase: Secret, user: string): Promise<void>
  again(): Promise<void>
  move(to: SecretPlace, passphrase: Secret | null, user: string): Promise<void>
  startEmpty(to: SecretPlace, passphrase: Secret | null, user: string): Promise<void>
  close(): void
}

/**
 * Keeps secrets in one place and never changes it by itself.
 *
 * The journal says which place was used and the hash of a mark that lies there. A place that does not answer, is locked, or does not
 * have the mark is closed: nothing is read from it, written to it or made anew until a person says how to go on.
 */
export function createSecretsService(options: SecretsOptions): SecretsService {
  const { folder, journal, keychain, clock, log, bus } = options
  const path = join(folder, FILE)
  const truth = foldSecrets(journal)
  let store: SecretStore | null = null
  let sealed: OpenSecretsFile | null = null
  let problem: SecretsClosed | null = null
  let hasKeychain: boolean | null = null
  let line: Promise<unknown> = Promise.resolve()

  const inLine = <T>(run: () => Promise<T>): Promise<T> => {
    const result = line.then(run)
    line = result.catch(() => undefined)
    return result
  }
  const closed = (fault: unknown): SecretsClosed => {
    if (!(fault instanceof SecretsClosed)) throw fault
    return fault
  }
  const shut = (fault: SecretsClosed) => {
    store = null
    problem = fault
    log.warn('secrets.closed', { place: truth.kept?.place ?? null, problem: fault.problem, detail: fault.detail })
    bus.emit('secrets', {})
  }
  const ready = (opened: SecretStore) => {
    store = opened
    problem = null
    bus.emit('secrets', {})
  }
  const refuse = (): never => {
    const found = problem ?? new SecretsClosed('slow')
    return fail('SECRETS_CLOSED', { place: truth.kept?.place ?? 'keychain', problem: found.problem })
  }
  const expectStore = (): SecretStore => store ?? refuse()
  /** Runs on the store; a place that closes meanwhile is shut. */
  const using = async <T>(run: (store: SecretStore) => Promise<T>): Promise<T> => {
    try {
      return await run(expectStore())
    } catch (fault) {
      if (!(fault instanceof SecretsClosed)) throw fault
      shut(fault)
      return refuse()
    }
  }

  /** Opens the place that the journal names, where it is still the same. */
  const look = async (): Promise<void> => {
    const { kept } = truth
    if (!kept) return
    try {
      if (kept.place === 'file') await lookAtFile(path, kept, sealed)
      else await expectMark(keychain, kept)
      ready(kept.place === 'file' ? sealed! : keychain)
    } catch (fault) {
      shut(closed(fault))
    }
  }
  const adopt = async (place: SecretPlace, opened: SecretStore, how: { id: string; isEmptied: boolean; user: string }) => {
    const mark = randomBytes(24).toString('base64url')
    const kept: KeptPlace = { place, id: how.id, markHash: hashOf(mark) }
    await opened.write(accountOf(kept, MARK), new Secret(mark))
    await expectMark(opened, kept)
    return { kept, event: { kind: 'secrets.place', subject: place, user: how.user, body: { ...kept, isEmptied: how.isEmptied } } }
  }
  /** The other place, empty and ready to be written to. Fails: SECRETS_NO_PLACE. */
  const prepare = async (to: SecretPlace, passphrase: Secret | null): Promise<{ store: SecretStore; id: string }> => {
    const id = randomUUID()
    if (to === 'keychain') return { store: keychain, id }
    if (!passphrase) return fail('SECRETS_NO_PLACE', { reason: 'a passphrase is needed' })
    if ((await secretsFileId(path).catch(() => '')) !== null) await rename(path, join(folder, `secrets-aside-${clock.now()}`))
    sealed = await createSecretsFile(path, id, passphrase)
    return { store: sealed, id }
  }
  const begin = async (to: SecretPlace, passphrase: Secret | null, isEmptied: boolean, user: string): Promise<void> => {
    const prepared = await prepare(to, passphrase)
    try {
      const { kept, event } = await adopt(to, prepared.store, { id: prepared.id, isEmptied, user })
      journal.append(event)
      truth.kept = kept
      if (isEmptied) truth.names.clear()
      hasKeychain = to === 'keychain' ? true : hasKeychain
      ready(prepared.store)
    } catch (fault) {
      const { problem: why, detail } = closed(fault)
      if (to === 'keychain') hasKeychain = false
      fail('SECRETS_NO_PLACE', { reason: detail || why })
    }
  }

  const moveAll = async (to: SecretPlace, passphrase: Secret | null, user: string): Promise<void> => {
    const from = expectStore()
    const before = truth.kept!
    if (before.place === to) return
    const values = new Map<string, Secret>()
    for (const name of truth.names.keys()) values.set(name, await using(one => expectValue(one, before, name)))
    const prepared = await prepare(to, passphrase)
    try {
      const { kept, event } = await adopt(to, prepared.store, { id: prepared.id, isEmptied: false, user })
      for (const [name, value] of values) {
        await prepared.store.write(accountOf(kept, name), value)
        const back = await prepared.store.read(accountOf(kept, name))
        if (back?.reveal() !== value.reveal()) throw new SecretsClosed('damaged', name)
      }
      journal.append(event)
      truth.kept = kept
      ready(prepared.store)
    } catch (fault) {
      const { problem: why, detail } = closed(fault)
      return fail('SECRETS_NO_PLACE', { reason: detail || why })
    }
    // Only now, and what cannot be erased is left: a copy too many is better than none.
    for (const name of [...values.keys(), MARK]) await from.erase(accountOf(before, name)).catch(() => false)
    if (before.place === 'file') await rename(path, join(folder, `secrets-aside-${clock.now()}`)).catch(() => undefined)
  }

  return {
    start: () => inLine(look),
    has: name => truth.names.has(name),
    get: name => inLine(async () => (truth.names.has(name) ? await using(one => expectValue(one, truth.kept!, name)) : null)),
    set: (name, value, user) =>
      inLine(async () => {
        if (!truth.kept) await begin('keychain', null, true, user)
        await using(one => one.write(accountOf(truth.kept!, name), value))
        const entry = journal.append({ kind: 'secrets.set', subject: name, user, body: { place: truth.kept!.place } })
        truth.names.set(name, { setAt: entry.at, user })
        bus.emit('secrets', {})
      }),
    remove: (name, user) =>
      inLine(async () => {
        if (!truth.names.has(name)) fail('SECRET_UNKNOWN', { name })
        await using(one => one.erase(accountOf(truth.kept!, name)))
        journal.append({ kind: 'secrets.removed', subject: name, user, body: {} })
        truth.names.delete(name)
        bus.emit('secrets', {})
      }),
    test: name =>
      inLine(async () => {
        if (!truth.names.has(name)) fail('SECRET_UNKNOWN', { name })
        await using(one => expectValue(one, truth.kept!, name))
      }),
    state: () =>
      inLine(async () => {
        hasKeychain ??= truth.kept?.place === 'keychain' && !problem ? true : await answers(keychain)
        return {
          phase: !truth.kept ? 'empty' : store ? 'ready' : 'closed',
          place: truth.kept?.place ?? null,
          problem: problem?.problem ?? null,
          detail: problem?.detail || null,
          file: truth.kept?.place === 'file' ? path : null,
          hasKeychain,
          names: [...truth.names].map(([name, { setAt, user }]) => ({ name, setAt, user })).sort(byName),
          wanted: [...options.wanted],
        } satisfies SecretsState
      }),
    open: (passphrase, user) =>
      inLine(async () => {
        if (!truth.kept) return await begin('file', passphrase, true, user)
        if (truth.kept.place !== 'file') return fail('SECRETS_NO_PLACE', { reason: 'they are kept in the keychain' })
        try {
          sealed = await openSecretsFile(path, passphrase)
          await expectMark(sealed, truth.kept)
          ready(sealed)
        } catch (fault) {
          sealed = null
          shut(closed(fault))
          refuse()
        }
      }),
    again: () =>
      inLine(async () => {
        hasKeychain = null
        await look()
      }),
    move: (to, passphrase, user) => inLine(() => moveAll(to, passphrase, user)),
    startEmpty: (to, passphrase, user) => inLine(() => begin(to, passphrase, true, user)),
    close: () => sealed?.close(),
  }
}

const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1)

/** Several workspaces share a keychain, so each has names of its own there. */
function accountOf({ id }: Pick<KeptPlace, 'id'>, name: string): string {
  return `${id}/${name}`
}

function hashOf(mark: string): string {
  return createHash('sha256').update(mark).digest('hex')
}

/** Fails: SecretsClosed where the place answers and is not the one that was used. */
async function expectMark(store: SecretStore, kept: KeptPlace): Promise<void> {
  const mark = await store.read(accountOf(kept, MARK))
  if (!mark || hashOf(mark.reveal()) !== kept.markHash) throw new SecretsClosed('swapped')
}

async function expectValue(store: SecretStore, kept: KeptPlace, name: string): Promise<Secret> {
  const value = await store.read(accountOf(kept, name))
  if (!value) throw new SecretsClosed('swapped', name)
  return value
}

async function lookAtFile(path: string, kept: KeptPlace, sealed: OpenSecretsFile | null): Promise<void> {
  const id = await secretsFileId(path)
  if (id === null) throw new SecretsClosed('missing')
  if (id !== kept.id) throw new SecretsClosed('swapped')
  if (!sealed) throw new SecretsClosed('locked')
  await expectMark(sealed, kept)
}

/** Whether there is a keychain at all: a name that nobody uses is asked for. */
async function answers(keychain: SecretStore): Promise<boolean> {
  try {
    await keychain.read('probe')
    return true
  } catch (fault) {
    return fault instanceof SecretsClosed && fault.problem === 'locked'
  }
}
