import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import * as z from 'zod'
import type { EpochMicros } from '../../core/kit/time.ts'

export interface QueryRecord {
  readonly at: EpochMicros
  readonly sql: string
  readonly rows: number
  readonly seconds: number
  /** The sentence it failed with, null where it did not. */
  readonly failed: string | null
}

const record = z.object({
  at: z.number().int(),
  sql: z.string(),
  rows: z.number().int(),
  seconds: z.number(),
  failed: z.string().nullable(),
})

export const KEPT = 500

/**
 * The last statements of the SQL panel, one JSON line each in a small file.
 *
 * A file and not the journal: reading is no decision, and a person's tries must not fill the audit trail.
 */
export interface QueryHistory {
  add(one: QueryRecord): void
  newestFirst(): QueryRecord[]
}

export function openQueryHistory(file: string): QueryHistory {
  let kept = readLines(file)
  let lines = kept.length
  return {
    add(one) {
      kept.push(one)
      if (kept.length > KEPT) kept = kept.slice(-KEPT)
      if (++lines <= 2 * KEPT) return appendFileSync(file, `${JSON.stringify(one)}\n`, { mode: 0o600 })
      writeFileSync(`${file}.new`, kept.map(each => `${JSON.stringify(each)}\n`).join(''), { mode: 0o600 })
      renameSync(`${file}.new`, file)
      lines = kept.length
    },
    newestFirst: () => kept.toReversed(),
  }
}

/** A torn or strange line is left out: the history is a comfort, never a reason not to start. */
function readLines(file: string): QueryRecord[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return []
  }
  const found = text.split('\n').flatMap(line => {
    try {
      return [record.parse(JSON.parse(line)) as QueryRecord]
    } catch {
      return []
    }
  })
  return found.slice(-KEPT)
}
