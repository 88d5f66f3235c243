import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { systemClock } from '../../platform/clock.ts'
import { lockWorkspace, WorkspaceOpen } from '../../platform/lock.ts'
import { restoreBackup } from '../backup/restore.ts'
import { fail } from '../fail.ts'
import type { Arguments } from './arguments.ts'
import { askSecret } from './ask-secret.ts'
import type { CommandContext, Outcome } from './command-context.ts'

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`

/** Makes a backup through the host of the workspace, open or not. */
export async function runBackup({ flags }: Arguments, { client, signal }: CommandContext): Promise<Outcome> {
  const out = flags.get('out')?.[0]
  const passphrase = flags.has('encrypt') ? await askSecret('Passphrase of the backup') : null
  const { job } = await client.backup.make({ out: out === undefined ? null : resolve(out), passphrase }, { signal })
  const cancel = () => void client.system.cancelJob({ job }).catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  const { backup } = await client.backup.result({ job }, { signal })
  const { file, files, bytes, sealed, journalSeq } = backup
  return {
    json: backup,
    text: `${file}: ${files} files, ${megabytes(bytes)}${sealed ? ', encrypted' : ''}, restored to scratch and compared, up to journal entry ${journalSeq}.`,
    code: 0,
  }
}

/** Puts a backup in the place of a workspace that nobody has open. */
export async function runRestore(
  { given, flags }: Arguments,
  { folder, signal }: { readonly folder: string; readonly signal: AbortSignal },
): Promise<Outcome> {
  const file = resolve(String(given[0]))
  const passphrase = flags.has('encrypted') ? await askSecret('Passphrase of the backup') : null
  const clock = systemClock()
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = take()
  try {
    const options = { folder, file, passphrase, replaceOther: flags.has('replace-other'), clock, signal, progress: () => {} }
    const { heading, files, bytes, aside } = await restoreBackup(options)
    const from = new Date(heading.madeAt / 1000).toISOString().slice(0, 19)
    const before = aside === null ? '' : ` What was there is in ${aside}.`
    return {
      json: { folder, file, files, bytes, aside, madeAt: heading.madeAt, journal: heading.journal, version: heading.version },
      text: `${folder} is as it was at ${from}Z: ${files} files, ${megabytes(bytes)}, each compared.${before}`,
      code: 0,
    }
  } finally {
    lock.release()
  }

  function take() {
    try {
      return lockWorkspace(folder, clock)
    } catch (fault) {
      if (fault instanceof WorkspaceOpen) return fail('WORKSPACE_IN_USE', { folder })
      throw fault
    }
  }
}
