import type { Secret } from './secret.ts'

/** Where secrets can be kept: the keychain of the operating system, or a sealed file of the workspace. */
export const SECRET_PLACES = ['keychain', 'file'] as const
export type SecretPlace = (typeof SECRET_PLACES)[number]

/** Why a place does not give what it holds. */
export type SecretProblem =
  /** There is no keychain, or its library is not there. */
  | 'absent'
  | 'locked'
  /** It answers, and does not hold what was put into it: another user's, another machine's, or emptied. */
  | 'swapped'
  /** It did not answer in time, as when it waits for a person. */
  | 'slow'
  | 'passphrase'
  | 'damaged'
  /** The file is gone. */
  | 'missing'

/** A place cannot be used now; `detail` is what the system said. Values never stand in it. */
export class SecretsClosed extends Error {
  override readonly name = 'SecretsClosed'
  readonly problem: SecretProblem
  readonly detail: string
  constructor(problem: SecretProblem, detail = '') {
    super(`the secrets cannot be read: ${problem}${detail ? ` (${detail})` : ''}`)
    this.problem = problem
    this.detail = detail
  }
}

/** A place that holds secrets under names of its own. Every call may fail with SecretsClosed. */
export interface SecretStore {
  read(account: string): Promise<Secret | null>
  /** Resolves once it will survive the process. */
  write(account: string, value: Secret): Promise<void>
  /** True where there was one. */
  erase(account: string): Promise<boolean>
}
