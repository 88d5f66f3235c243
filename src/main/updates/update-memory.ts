import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import * as z from 'zod'

const stored = z.object({ installation: z.uuid(), newest: z.number().nonnegative() })

/** What this installation remembers of feeds: a random name for staged releases, and how new the newest manifest was. */
export interface UpdateMemory {
  readonly installation: string
  /** Epoch microseconds of the newest manifest that was believed; 0 before the first. */
  newest(): number
  remember(date: number): void
}

/** Kept in a file of its own in the workspace folder: losing it costs nothing but the memory of replays. */
export function openUpdateMemory(file: string): UpdateMemory {
  const read = () => {
    try {
      return stored.parse(JSON.parse(readFileSync(file, 'utf8')))
    } catch {
      return { installation: randomUUID(), newest: 0 }
    }
  }
  let now = read()
  return {
    installation: now.installation,
    newest: () => now.newest,
    remember(date) {
      now = { ...now, newest: Math.max(now.newest, date) }
      writeFileSync(`${file}.new`, `${JSON.stringify(now)}\n`, { mode: 0o600 })
      renameSync(`${file}.new`, file)
    },
  }
}
