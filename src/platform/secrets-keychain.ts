import type { Clock } from './clock.ts'
import { Secret } from './secret.ts'
import { type SecretProblem, type SecretStore, SecretsClosed } from './secrets.ts'

/** The part of the keyring library that is used; a test may give another. */
export interface KeyringEntry {
  getPassword(): Promise<string | null | undefined>
  setPassword(value: string): Promise<void>
  deletePassword(): Promise<boolean>
}
export type OpenEntry = (service: string, account: string) => KeyringEntry

const SERVICE = 'Contango'
/** A keychain that shows a prompt waits for a person; nobody is kept waiting longer than this. */
const PATIENCE_SECONDS = 20

/**
 * The library of the operating system's keychain.
 *
 * On Linux it is pinned to the Secret Service: left to itself the library falls back to the kernel's keyring without a word,
 * and that one forgets at logout. Its keytar-compatible module cannot be pinned, so its own interface is used.
 */
export async function systemKeyring(): Promise<OpenEntry> {
  const { AsyncEntry } = await import('@napi-rs/keyring')
  return (service, account) => new AsyncEntry(service, account, { linux: { store: 'secret-service' } })
}

/**
 * The keychain as a store: one call at a time, each with an end.
 *
 * The library works on a thread of its own, so the host goes on meanwhile. A call that hangs keeps that thread; no second one is begun
 * until it has ended, so at most one thread can ever be held up.
 */
export function openKeychain({
  load = systemKeyring,
  clock,
  patienceSeconds = PATIENCE_SECONDS,
}: {
  readonly load?: () => Promise<OpenEntry>
  readonly clock: Clock
  readonly patienceSeconds?: number
}): SecretStore {
  let open: Promise<OpenEntry> | null = null
  let line: Promise<unknown> = Promise.resolve()
  let isHanging = false

  const call = async <T>(account: string, run: (entry: KeyringEntry) => Promise<T>): Promise<T> => {
    if (isHanging) throw new SecretsClosed('slow')
    open ??= load()
    const work = open.then(entry => run(entry(SERVICE, account)))
    const limit = new AbortController()
    const late = clock.sleep(patienceSeconds, limit.signal).then(
      () => {
        isHanging = true
        void work.catch(() => undefined).finally(() => (isHanging = false))
        throw new SecretsClosed('slow', `no answer within ${patienceSeconds} s`)
      },
      () => new Promise<never>(() => undefined),
    )
    try {
      return await Promise.race([work, late])
    } catch (fault) {
      throw understood(fault)
    } finally {
      limit.abort()
    }
  }
  const inLine = <T>(account: string, run: (entry: KeyringEntry) => Promise<T>): Promise<T> => {
    const result = line.then(() => call(account, run))
    line = result.catch(() => undefined)
    return result
  }
  return {
    read: account =>
      inLine(account, async entry => {
        const value = await entry.getPassword()
        return value === null || value === undefined ? null : new Secret(value)
      }),
    write: (account, value) => inLine(account, entry => entry.setPassword(value.reveal())),
    erase: account => inLine(account, entry => entry.deletePassword()),
  }
}

const PROBLEMS: readonly (readonly [RegExp, SecretProblem])[] = [
  [/prompt was dismissed|is ?locked|interaction is not allowed|user canceled|authorization|denied/i, 'locked'],
]

/** What the library says, as one of our problems. Its texts name services and stores, never values. */
function understood(fault: unknown): SecretsClosed {
  if (fault instanceof SecretsClosed) return fault
  const detail = fault instanceof Error ? fault.message.slice(0, 200) : String(fault)
  const known = PROBLEMS.find(([pattern]) => pattern.test(detail))
  return new SecretsClosed(known?.[1] ?? 'absent', detail)
}
