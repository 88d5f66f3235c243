import { choice } from '../../core/kit/define.ts'
import { defineJobKind, type JobKind } from '../schedule/job-kind.ts'
import type { SecretsService } from '../secrets/secrets-service.ts'
import type { BackupService } from './backup-service.ts'

/** Name of the secret that scheduled backups are sealed with. */
export const BACKUP_PASSPHRASE = 'backup.passphrase'

/** Who a scheduled backup is made by, in the journal. */
const USER = 'schedule'

/** A backup by the clock; sealed where a person asked for it and keeps the passphrase among the secrets. */
export function backupJob({
  backup,
  secrets,
}: {
  readonly backup: Pick<BackupService, 'makeNow'>
  readonly secrets: Pick<SecretsService, 'get'>
}): JobKind {
  return defineJobKind({
    kind: 'backup',
    params: { encryption: choice(['none', 'passphrase'], 'none') },
    usual: {
      schedule: { kind: 'cron', line: '0 2 * * *', zone: 'UTC', skipped: 'next', repeated: 'first' },
      // A machine that was off makes one backup, not one for each night.
      catchUp: { policy: 'once', limit: 1 },
      retries: { times: 1, seconds: 300 },
      timeoutSeconds: 7200,
    },
    async run(handle, { encryption }) {
      const passphrase = encryption === 'passphrase' ? await secrets.get(BACKUP_PASSPHRASE) : null
      if (encryption === 'passphrase' && !passphrase)
        throw new Error(
          `There is no secret ${BACKUP_PASSPHRASE}. Set it in Settings > Secrets, or make backups without encryption.`,
        )
      const made = await backup.makeNow(
        { out: null, passphrase: passphrase?.reveal() ?? null, why: 'schedule', user: USER },
        handle,
      )
      return { file: made.file, bytes: made.bytes, files: made.files }
    },
  })
}
