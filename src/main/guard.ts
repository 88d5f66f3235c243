import { randomBytes } from 'node:crypto'
import { implement, ORPCError, type RouterImplementerWithMiddlewares } from '@orpc/server'
import { ERRORS, type ErrorCode } from '../contract/errors.ts'
import { contract } from '../contract/index.ts'
import type { Policy, Right } from '../contract/procedure.ts'
import { StoreUnavailable } from '../platform/data-store.ts'
import { DiskFull, type Journal } from '../platform/journal.ts'
import type { Log } from '../platform/log.ts'
import type { Metrics } from '../platform/metrics.ts'
import { redact } from '../platform/redact.ts'
import type { Context } from './context.ts'
import { failure } from './fail.ts'
import type { User } from './user.ts'

/** What the guard writes into; part of the context of every call. */
export interface GuardParts {
  readonly journal: Pick<Journal, 'append'>
  readonly log: Log
  readonly metrics: Metrics
}

/** The context that the transports give: what handlers see, and what only the guard uses. */
export interface GuardedContext extends Context {
  readonly guard: GuardParts
}

/** An audit entry says what was asked for, not the whole layout that came with it. */
const LONGEST_AUDIT = 2000

/** Spelt out, since what the compiler infers of so many procedures is too long to be written into a declaration. */
type Guarded = Pick<RouterImplementerWithMiddlewares<typeof contract, GuardedContext, GuardedContext>, 'router'>

/** Stands before every procedure: refuses callers who lack what the contract says it needs, and records changes that were made. */
export const guarded: Guarded = implement(contract)
  .$context<GuardedContext>()
  .use(async ({ context, procedure, path, next }, input) => {
    const { needs, changes, audits } = procedure['~orpc'].meta as Policy
    const name = path.join('.')
    const { journal, metrics } = context.guard
    const timer = metrics.distribution('procedure_call_seconds', 'Seconds a procedure took to answer', { procedure: name })
    const started = performance.now()
    try {
      expectRight(context.user, needs)
      const result = await next()
      if (changes)
        journal.append({
          kind: 'audit',
          subject: name,
          user: context.user.name,
          body: { lane: context.lane, input: auditForm(input, audits) },
        })
      return isStream(result.output)
        ? { ...result, output: guardedStream(result.output, name, context.guard) as typeof result.output }
        : result
    } catch (fault) {
      throw toFailure(fault, name, context.guard)
    } finally {
      timer.observe((performance.now() - started) / 1000)
    }
  })

function expectRight(user: User, needs: Right | 'nobody'): void {
  if (needs !== 'nobody' && user.may.has(needs)) return
  const [domain = 'nobody', verb = 'use'] = needs.split(':')
  throw failure('FORBIDDEN', { verb, domain })
}

/** What the audit trail keeps of an input: the fields that the contract names, without secrets, cut where it is long. */
export function auditForm(input: unknown, fields?: readonly string[]): unknown {
  const clean = redact(fields ? only(input, fields) : input)
  const text = JSON.stringify(clean) ?? 'null'
  return text.length <= LONGEST_AUDIT ? clean : { shortened: text.slice(0, LONGEST_AUDIT) }
}

function only(input: unknown, fields: readonly string[]): unknown {
  if (typeof input !== 'object' || input === null) return input
  return Object.fromEntries(Object.entries(input).filter(([field]) => fields.includes(field)))
}

function isStream(value: unknown): value is AsyncGenerator<unknown, unknown, unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value
}

/** The same stream with its failures made fit for a caller; ending it ends the one beneath at once. */
async function* guardedStream(stream: AsyncGenerator<unknown, unknown, unknown>, name: string, parts: GuardParts) {
  try {
    return yield* stream
  } catch (fault) {
    throw toFailure(fault, name, parts)
  }
}

/** A failure of the catalogue for whatever was thrown; what nobody foresaw goes to the log under a reference. */
export function toFailure(fault: unknown, name: string, { log, metrics }: GuardParts): ORPCError<string, unknown> {
  const known = knownFailure(fault)
  const made = known ?? unforeseen(fault, name, log)
  metrics.counter('procedure_failures_total', 'Calls that failed', { procedure: name, code: made.code }).add()
  return made
}

function knownFailure(fault: unknown): ORPCError<string, unknown> | null {
  if (fault instanceof StoreUnavailable) return failure('STORE_UNAVAILABLE', { reason: fault.reason })
  if (fault instanceof DiskFull) return failure('DISK_FULL', { folder: fault.folder })
  const code = (fault as NodeJS.ErrnoException | null)?.code
  if (code === 'ENOSPC') return failure('DISK_FULL', { folder: String((fault as NodeJS.ErrnoException).path ?? '') })
  if (!(fault instanceof ORPCError)) return null
  if (fault.code === 'BAD_REQUEST' && !isFilled(fault)) return malformed(fault)
  return Object.hasOwn(ERRORS, fault.code as ErrorCode) ? fault : null
}

function isFilled(fault: ORPCError<string, unknown>): boolean {
  return typeof (fault.data as { reason?: unknown } | undefined)?.reason === 'string'
}

interface Issue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[]
}

/** What oRPC says of input that does not fit its schema, as one sentence that names the field. */
export function malformed(fault: ORPCError<string, unknown>): ORPCError<'BAD_REQUEST', { reason: string; field: string }> {
  const issues = (fault.data as { issues?: readonly Issue[] } | undefined)?.issues ?? []
  const described = issues.slice(0, 3).map(({ message, path }) => {
    const field = (path ?? []).map(part => String(typeof part === 'object' ? part.key : part)).join('.')
    return { field, text: field ? `${field}: ${message}` : message }
  })
  const reason =
    described.map(({ text }) => text.replace(/\.$/, '')).join('; ') || 'it is not in the form that the contract asks for'
  return failure('BAD_REQUEST', { reason, field: described[0]?.field ?? '' })
}

function unforeseen(fault: unknown, name: string, log: Log): ORPCError<string, unknown> {
  const reference = randomBytes(4).toString('hex')
  log.error('procedure.failed', { reference, procedure: name, fault })
  return failure('INTERNAL', { reference })
}
