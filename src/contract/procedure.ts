import { oc } from '@orpc/contract'
import { failures } from './errors.ts'

export const DOMAIN_RIGHTS = [
  'market',
  'sources',
  'imports',
  'options',
  /** Looking at colors; working with them: intake, rules, sessions, runs. */
  'color',
  /** What an administrator of the color desk decides: ranks, limits, asset classes, sources, where output goes. */
  'color-setup',
  'workspace',
  'lab',
  'schedule',
  'secrets',
  'backup',
  'system',
  'updates',
] as const
export type Right = `${(typeof DOMAIN_RIGHTS)[number]}:${'read' | 'write'}`

/** What a caller must hold, and whether the call changes something and so is written to the audit trail. */
export interface Policy {
  readonly needs: Right | 'nobody'
  readonly changes: boolean
  /** The fields of the input that the audit trail shows; all of them without it. */
  readonly audits?: readonly string[]
}

/**
 * Start of every procedure; without a policy of its own a procedure is closed to everyone.
 *
 * Each can fail in the ways that the guard and the transports know, so these are declared here once; so that the document of
 * the REST interface has them, with those that only its door knows.
 */
export const procedure = oc
  .$meta<Policy>({ needs: 'nobody', changes: false })
  .errors(failures('BAD_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'REST_OFF', 'STORE_UNAVAILABLE', 'DISK_FULL', 'INTERNAL'))
