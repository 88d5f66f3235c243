import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'

// A process that backs up or restores and is killed by itself at the given rename or after the given time.
const [what, folder, file, at] = process.argv.slice(2) as [string, string, string, string]
const kill = () => process.kill(process.pid, 'SIGKILL')

if (at.startsWith('rename:')) {
  let left = Number(at.slice('rename:'.length))
  const { renameSync } = fs
  fs.renameSync = (from, to) => {
    if (left-- === 0) kill()
    renameSync(from, to)
  }
  syncBuiltinESMExports()
} else setTimeout(kill, Number(at))

const { systemClock } = await import('../../src/platform/clock.ts')
const { openJournal } = await import('../../src/platform/journal.ts')
const { writeBackup } = await import('../../src/main/backup/backup-write.ts')
const { restoreBackup } = await import('../../src/main/backup/restore.ts')
const clock = systemClock()
const common = { folder, passphrase: null, clock, signal: new AbortController().signal, progress: () => {} }
if (what === 'backup') {
  const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
  await writeBackup({ ...common, journal, out: file, version: '1' })
} else await restoreBackup({ ...common, file, replaceOther: false })
process.exit(0)
