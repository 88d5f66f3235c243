import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as z from 'zod'
import { type ColorQuery, colorQuery } from '../../../contract/color-search.ts'
import type { EpochMicros } from '../../../core/kit/time.ts'

/** A search that somebody made. */
export interface SearchRecord {
  readonly at: EpochMicros
  readonly user: string
  readonly query: ColorQuery
  readonly total: number
}

/** Of each user. */
const KEPT = 50
/** Lines that the file may have before it is written anew. */
const MOST_LINES = 2000

const record = z.object({ at: z.number().int(), user: z.string(), query: colorQuery, total: z.number().int() })

/** The last searches of each user, one JSON line each: a comfort and no decision, so a file and not the journal. */
export interface SearchHistory {
  add(one: SearchRecord): void
  newestFirst(user: string): readonly SearchRecord[]
}

export function openSearchHistory(file: string): SearchHistory {
  let kept = readLines(file)
  let lines = kept.length
  return {
    add(one) {
      const asked = JSON.stringify(one.query)
      // The same search again moves up: the list is there to choose from.
      kept = kept.filter(known => known.user !== one.user || JSON.stringify(known.query) !== asked)
      kept.push(one)
      const own = kept.filter(known => known.user === one.user)
      if (own.length > KEPT) kept = kept.filter(known => known !== own[0])
      mkdirSync(dirname(file), { recursive: true })
      if (++lines <= MOST_LINES) return appendFileSync(file, `${JSON.stringify(one)}\n`, { mode: 0o600 })
      writeFileSync(`${file}.new`, kept.map(each => `${JSON.stringify(each)}\n`).join(''), { mode: 0o600 })
      renameSync(`${file}.new`, file)
      lines = kept.length
    },
    newestFirst: user => kept.filter(known => known.user === user).toReversed(),
  }
}

/** A torn or strange line is left out. */
function readLines(file: string): SearchRecord[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return []
  }
  const last = new Map<string, SearchRecord>()
  for (const line of text.split('\n')) {
    try {
      const one = record.parse(JSON.parse(line)) as SearchRecord
      const key = `${one.user} ${JSON.stringify(one.query)}`
      last.delete(key)
      last.set(key, one)
    } catch {
      // Left out.
    }
  }
  return [...last.values()]
}
