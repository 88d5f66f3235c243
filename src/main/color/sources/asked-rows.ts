import { ORPCError } from '@orpc/server'
import type { SourceQuery } from '../../../contract/color-sources.ts'
import type { Secret } from '../../../platform/secret.ts'
import { failure } from '../../fail.ts'
import { detailOf } from '../outputs/output-faults.ts'

/** What a query gave, as text: names of columns, and rows; null is nothing. */
export interface AskedRows {
  readonly header: readonly string[]
  readonly rows: readonly (readonly (string | null)[])[]
}

/** How a query is asked. */
export interface AskTerms {
  /** Null where the place needs none, or none is kept. */
  readonly secret: Secret | null
  /** One row more than this is asked for, so that more of them are noticed. */
  readonly most: number
  readonly signal: AbortSignal
}

/** Somewhere that queries are asked: it answers with all rows up to one more than `most`. */
export type AskPlace<E extends SourceQuery['place']['engine']> = (
  query: Omit<SourceQuery, 'place'> & { readonly place: Extract<SourceQuery['place'], { readonly engine: E }> },
  terms: AskTerms,
) => Promise<AskedRows>

/** A query without what people end it with. It is put into another one, so that nothing but a query can stand there. */
export function plainQuery(sql: string): string {
  return sql.replace(/[\s;]+$/, '')
}

/** How a place is called in sentences. */
export function placeWords(place: SourceQuery['place']): string {
  switch (place.engine) {
    case 'workspace':
      return 'the store of this workspace'
    case 'duckdb':
      return place.path
    case 'postgres':
      return `${place.host}:${place.port}/${place.database}`
    case 'oracle':
      return `${place.host}:${place.port}/${place.service}`
  }
}

const LINE_CODES = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'ETIMEDOUT'],
])

/** What went wrong at the other end, as a failure of the catalogue. */
export function askFailure(
  fault: unknown,
  { place, seconds }: Pick<SourceQuery, 'place' | 'seconds'>,
  signal: AbortSignal,
): unknown {
  if (signal.aborted) return failure('QUERY_CANCELLED', {})
  if (fault instanceof ORPCError) return fault
  const { code = '' } = (fault ?? {}) as { code?: string }
  const words = placeWords(place)
  const said = detailOf(fault)
  if (/timeout|timed out|statement timeout/i.test(said) || code === '57014')
    return failure('COLOR_SOURCE_SLOW', { place: words, seconds })
  if (LINE_CODES.has(code) || /terminated unexpectedly/.test(said))
    return failure('COLOR_SOURCE_UNREACHABLE', { place: words, detail: code || said })
  return failure('COLOR_SOURCE_REFUSED', { place: words, detail: said })
}
