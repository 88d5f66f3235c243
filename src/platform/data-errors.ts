import { sentence } from '../contract/errors.ts'
import type { Fault } from './data-protocol.ts'
import { DiskFull } from './journal.ts'

/** The data process is not there right now; `reason` is a sentence. Nothing was acknowledged. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
  readonly reason: string
  constructor(reason: string) {
    super(sentence('STORE_UNAVAILABLE', { reason }))
    this.reason = reason
  }
}

/** DuckDB did not accept or not finish a statement. */
export class QueryRefused extends Error {
  override readonly name = 'QueryRefused'
  readonly reason: string
  readonly line: number | null
  constructor(reason: string, line: number | null) {
    super(reason)
    this.reason = reason
    this.line = line
  }
}

/** A person's statement would change something. `statement` is its kind, such as INSERT. */
export class QueryNotReadOnly extends Error {
  override readonly name = 'QueryNotReadOnly'
  readonly statement: string
  constructor(statement: string) {
    super(sentence('QUERY_NOT_READ_ONLY', { statement }))
    this.statement = statement
  }
}

/** A statement was stopped by who asked. */
export class QueryCancelled extends Error {
  override readonly name = 'QueryCancelled'
  constructor() {
    super(sentence('QUERY_CANCELLED', {}))
  }
}

/** What the host throws for a fault that the data process answered with. */
export function toError(fault: Fault, folder: string): Error {
  switch (fault.kind) {
    case 'refused':
      return new QueryRefused(fault.reason, fault.line)
    case 'not-read-only':
      return new QueryNotReadOnly(fault.statement)
    case 'cancelled':
      return new QueryCancelled()
    case 'disk-full':
      return new DiskFull(folder)
    case 'newer':
      return new StoreUnavailable(sentence('STORE_NEWER', fault))
    case 'edited':
      return new StoreUnavailable(sentence('STORE_EDITED', fault))
    default:
      return new StoreUnavailable(fault.reason)
  }
}
