import * as z from 'zod'
import { failures } from './errors.ts'
import { procedure } from './procedure.ts'
import { micros } from './wire.ts'

/** A backup that was made here: it was restored to a scratch folder and compared before it got its name. */
export const backupInfo = z.object({
  id: z.string(),
  file: z.string(),
  madeAt: micros,
  bytes: z.number(),
  files: z.number().int(),
  /** Newest journal entry that is in it. */
  journalSeq: z.number().int(),
  sealed: z.boolean(),
  why: z.enum(['person', 'schedule']),
  version: z.string(),
  /** When it was restored to scratch and compared last, and what was wrong where that failed. */
  checkedAt: micros,
  problem: z.string().nullable(),
  isThere: z.boolean(),
})
export type BackupInfo = z.infer<typeof backupInfo>

const read = { needs: 'backup:read', changes: false } as const
const tags = ['backup']
const passphrase = z.string().min(1).max(1000).nullable().default(null)
const staged = z.object({ file: z.string(), madeAt: micros }).nullable()

export const backupContract = {
  list: procedure
    .meta(read)
    .route({ method: 'GET', path: '/backups', summary: 'Backups that were made of this workspace, newest first', tags })
    .output(
      z.object({
        backups: z.array(backupInfo),
        folder: z.string(),
        keep: z.number().int(),
        /** Restore that the next start makes. */
        staged,
        /** Days since a backup was last restored by a person to try it; null while that never happened. */
        drillDays: z.number().nullable(),
      }),
    ),
  make: procedure
    .meta({ needs: 'backup:write', changes: true, audits: ['out'] })
    .route({
      method: 'POST',
      path: '/backups',
      summary: 'Make a backup of the whole workspace',
      description:
        'Starts a job; backup.result waits for its end. The file gets its name only after it was restored to scratch and every file compared. out is a path on this machine, else the folder of the settings is used.',
      tags,
    })
    .errors(failures('BACKUP_PLACE'))
    .input(z.object({ out: z.string().min(1).max(4096).nullable().default(null), passphrase }))
    .output(z.object({ job: z.string() })),
  result: procedure
    .meta(read)
    .route({ method: 'GET', path: '/backups/jobs/{job}', summary: 'Wait for a backup to be made', tags })
    .errors(failures('JOB_UNKNOWN', 'BACKUP_PLACE', 'BACKUP_DAMAGED', 'BACKUP_CUT_OFF', 'DISK_FULL'))
    .input(z.object({ job: z.string() }))
    .output(z.object({ backup: backupInfo })),
  check: procedure
    .meta({ needs: 'backup:write', changes: true, audits: ['id'] })
    .route({
      method: 'POST',
      path: '/backups/{id}/check',
      summary: 'Restore a backup to a scratch folder again and compare every file',
      tags,
    })
    .errors(
      failures(
        ...([
          'BACKUP_UNKNOWN',
          'BACKUP_DAMAGED',
          'BACKUP_CUT_OFF',
          'BACKUP_NOT_ONE',
          'BACKUP_PASSPHRASE',
          'BACKUP_SEALED',
        ] as const),
      ),
    )
    .input(z.object({ id: z.string().min(1).max(40), passphrase }))
    .output(z.object({ backup: backupInfo })),
  stage: procedure
    .meta({ needs: 'backup:write', changes: true, audits: ['file'] })
    .route({
      method: 'POST',
      path: '/backups/stage',
      summary: 'Restore a backup at the next start',
      description:
        'The backup is unpacked and compared now, beside the workspace; the next start takes it and sets what is here aside.',
      tags,
    })
    .errors(
      failures(
        ...([
          'FILE_UNREADABLE',
          'BACKUP_DAMAGED',
          'BACKUP_CUT_OFF',
          'BACKUP_NOT_ONE',
          'BACKUP_NEWER',
          'BACKUP_PASSPHRASE',
          'BACKUP_SEALED',
          'BACKUP_OTHER_WORKSPACE',
          'DISK_FULL',
        ] as const),
      ),
    )
    .input(z.object({ file: z.string().min(1).max(4096), passphrase, replaceOther: z.boolean().default(false) }))
    .output(z.object({ staged })),
  unstage: procedure
    .meta({ needs: 'backup:write', changes: true })
    .route({ method: 'DELETE', path: '/backups/stage', summary: 'Do not restore at the next start', tags })
    .output(z.object({})),
}
