import type { Recovery } from '../../contract/system.ts'
import type { RestoredFrom } from '../backup/restore.ts'
import type { Run } from './last-run.ts'

export interface RecoveryParts {
  readonly before: Run | null
  readonly restored: RestoredFrom | null
  readonly count: () => Promise<Recovery['kept']>
  readonly lossWindowSeconds: number
}

/** The report of this start until a person has read it; null where the run before was closed and nothing was restored. */
export function createRecovery({ before, restored, count, lossWindowSeconds }: RecoveryParts) {
  let isRead = false
  return {
    async report(): Promise<Recovery | null> {
      if (isRead || (!before && !restored)) return null
      return {
        why: restored ? 'restored' : 'not-closed',
        endedAt: before?.seenAt ?? null,
        backup: restored && { file: restored.file, madeAt: restored.madeAt },
        kept: await count(),
        interrupted: [...(before?.jobs ?? [])],
        lossWindowSeconds: restored ? 0 : lossWindowSeconds,
      }
    },
    acknowledge() {
      isRead = true
    },
  }
}

export type RecoveryService = ReturnType<typeof createRecovery>
