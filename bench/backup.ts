import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeBackup } from '../src/main/backup/backup-write.ts'
import { restoreBackup } from '../src/main/backup/restore.ts'
import { systemClock } from '../src/platform/clock.ts'
import { openJournal } from '../src/platform/journal.ts'

const MEGABYTES = 1000
const FILES = 20

/** Backup of 1 GB with its comparison, sealed and not, and the restore; against the bare copy of the same files. */
export async function run(): Promise<object[]> {
  const clock = systemClock()
  const root = mkdtempSync(join(tmpdir(), 'contango-bench-'))
  const folder = join(root, 'workspace')
  const quiet = { clock, signal: new AbortController().signal, progress: () => {} }
  const timed = async (work: () => Promise<unknown>) => {
    const started = clock.monotonic()
    await work()
    return clock.monotonic() - started
  }
  try {
    mkdirSync(join(folder, 'segments'), { recursive: true })
    const journal = openJournal({ file: join(folder, 'journal.sqlite'), clock })
    journal.append({ kind: 'setting.set', subject: 'theme', user: 'local', body: { value: 'dark' } })
    const names = Array.from({ length: FILES }, (_, k) => join(folder, 'segments', `${k}.parquet`))
    for (const name of names) writeFileSync(name, randomBytes((MEGABYTES / FILES) * 1e6))
    mkdirSync(join(root, 'copies'))
    const copySeconds = await timed(async () => {
      for (const [k, name] of names.entries()) await copyFile(name, join(root, 'copies', `${k}`))
    })
    rmSync(join(root, 'copies'), { recursive: true })
    const write = (out: string, passphrase: string | null) => () =>
      writeBackup({ ...quiet, folder, journal, out: join(root, out), passphrase, version: 'bench' })
    const plainSeconds = await timed(write('plain.tar', null))
    const sealedSeconds = await timed(write('sealed', 'correct horse'))
    journal.close()
    const bytes = statSync(join(root, 'plain.tar')).size
    rmSync(join(root, 'sealed'))
    const restoreSeconds = await timed(() =>
      restoreBackup({ ...quiet, folder, file: join(root, 'plain.tar'), passphrase: null, replaceOther: false }),
    )
    return [
      {
        bench: 'backup',
        value: plainSeconds,
        unit: 's for 1 GB, restored to scratch and compared',
        peer: 'the bare copy of the same files',
        peerValue: copySeconds,
        ratio: copySeconds / plainSeconds,
        limit: 30,
        within: plainSeconds < 30 && sealedSeconds < 30,
        ...{ bytes, sealedSeconds, restoreSeconds },
      },
    ]
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
