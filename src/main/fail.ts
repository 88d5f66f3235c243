import { ORPCError } from '@orpc/server'
import { ERRORS, type ErrorCode, type ErrorData, sentence } from '../contract/errors.ts'

/** A failure of the catalogue as it goes to the caller: code, status, filled sentence and data. */
export function failure<C extends ErrorCode>(code: C, data: ErrorData<C>): ORPCError<C, ErrorData<C>> {
  return new ORPCError(code, { status: ERRORS[code].status, message: sentence(code, data), data })
}

/** Ends the call with a failure of the catalogue. */
export function fail<C extends ErrorCode>(code: C, data: ErrorData<C>): never {
  throw failure(code, data)
}
