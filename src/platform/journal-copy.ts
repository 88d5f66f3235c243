import { rmSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'

/**
 * Copies an open journal into a file of its own, a stretch of pages at a time beside the appends.
 *
 * Gives the newest entry that the copy has: what is appended meanwhile may be in it.
 */
export async function copyDatabase(db: DatabaseSync, file: string): Promise<{ readonly seq: number; readonly hash: string }> {
  rmSync(file, { force: true })
  await backup(db, file, { rate: 1000 })
  const copy = new DatabaseSync(file)
  try {
    // One file and nothing beside it, so that it can be carried away.
    copy.exec('pragma journal_mode = delete')
    const last = copy.prepare('select seq, hash from journal order by seq desc limit 1').get()
    return last ? { seq: Number(last.seq), hash: String(last.hash) } : { seq: 0, hash: '0'.repeat(64) }
  } finally {
    copy.close()
  }
}
