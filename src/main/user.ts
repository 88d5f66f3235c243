import { DOMAIN_RIGHTS, type Right } from '../contract/procedure.ts'

export interface User {
  readonly name: string
  readonly may: ReadonlySet<Right>
  /** Asset classes whose colors the user may see; all of them where it is null or absent. */
  readonly assetClasses?: readonly string[] | null
}

/** How a caller came in, for system.hello and the audit. */
export type Lane = 'electron' | 'browser' | 'cli'

/** The one user there is for now: whoever sits at this machine, with every right. */
export function localUser(): User {
  return { name: 'local', may: new Set(DOMAIN_RIGHTS.flatMap((domain): Right[] => [`${domain}:read`, `${domain}:write`])) }
}
