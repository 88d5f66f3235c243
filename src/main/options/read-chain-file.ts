import { isTimeZone } from '../../core/kit/calendar.ts'
import type { ChainReading } from '../../core/options/read-chain/chain-of-rows.ts'
import { type ChainMapping, type ChainMappingTrouble, chainMappingTrouble } from '../../core/options/read-chain/mapping.ts'
import type { ChainNote } from '../../core/options/read-chain/rules.ts'
import type { WorkerPool } from '../../platform/worker-pool.ts'
import type { Jobs } from '../../workers/jobs.ts'
import { fail } from '../fail.ts'

/** A file of option quotes as it was understood. */
export interface ChainFileRead {
  readonly reading: ChainReading
  /** First records of data, as text. */
  readonly rows: readonly (readonly string[])[]
  /** How sure each column is, 0 to 1. */
  readonly confidence: readonly number[]
  readonly notes: readonly ChainNote[]
  /** Why no chain can be made with the mapping; null where it can. */
  readonly trouble: ChainMappingTrouble | null
}

export interface ChainFileRequest {
  readonly path: string
  /** The name that a person knows it by. */
  readonly file: string
  readonly mapping?: Partial<ChainMapping>
  /** A person says that it is a chain, whatever its columns are called. */
  readonly isMeant?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (fraction: number) => void
}

/**
 * The chain in a file, guessed as far as the mapping does not say; null where the file is text that is no chain.
 *
 * Fails: FILE_EMPTY, FILE_UNREADABLE.
 */
export async function readChainFile(
  pool: Pick<WorkerPool<Jobs>, 'run'>,
  { path, file, mapping = {}, isMeant = false, signal, onProgress }: ChainFileRequest,
): Promise<ChainFileRead | null> {
  const watched = { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) }
  const found = await pool.run('options.readChain', { path, fixed: mapping, isMeant }, watched)
  if (found.kind === 'empty') return fail('FILE_EMPTY', { file })
  if (found.kind === 'unreadable') return fail('FILE_UNREADABLE', { file, reason: found.reason })
  if (found.kind === 'other') return null
  const { guess, reading, rows } = found
  const notes = [...guess.notes, ...reading.notes]
  const trouble = chainMappingTrouble(reading.mapping, isTimeZone)
  return { reading, rows, confidence: guess.confidence, notes, trouble }
}

/** Fails: MAPPING_INVALID where no chain can be made with a mapping. */
export function expectUsable(mapping: ChainMapping): void {
  const trouble = chainMappingTrouble(mapping, isTimeZone)
  if (trouble) fail('MAPPING_INVALID', { reason: TROUBLES[trouble] })
}

/** Why rows cannot be made with a mapping, in the words of the error's sentence. */
const TROUBLES: Readonly<Record<ChainMappingTrouble, string>> = {
  'two-columns': 'two columns have the same meaning',
  'no-zone': 'there is no time zone of that name',
  'bad-delimiter': 'the delimiter is one character, and not the decimal sign',
  'no-contract': 'no column is the contract, and expiry and strike are not both there',
  'no-side': 'no column says call or put',
  'no-quotes': 'no column is a bid, an ask or a last price',
  'bad-terms': 'multiplier and scale of the strike are above zero',
}
