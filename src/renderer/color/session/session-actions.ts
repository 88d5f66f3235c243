import { ORPCError } from '@orpc/client'
import { useMemo } from 'react'
import type { ConditionWire } from '../../../contract/color.ts'
import type { SessionCommandWire } from '../../../contract/color-sessions.ts'
import type { PxDirection } from '../../../core/color/order.ts'
import type { GridSort } from '../../ui/grid-model.ts'
import { notify } from '../../ui/notice-store.ts'
import { useText } from '../../ui/text.ts'
import type { CommandDone, CommandQueue } from './command-queue.ts'
import { tellSession } from './session-fault.ts'

/** What a person does to a session as a whole or to rows of it; null where it was not done, which is said at the side. */
export interface SessionActions {
  run(command: SessionCommandWire): Promise<CommandDone | null>
  remove(rowIds: readonly string[]): Promise<CommandDone | null>
  bringBack(rowIds: readonly string[]): Promise<CommandDone | null>
  removeWhere(when: ConditionWire): Promise<CommandDone | null>
  undo(): void
  redo(): void
  turnPrices(direction: PxDirection): void
  sort(sort: GridSort | null): void
}

const isMoved = (fault: unknown) => fault instanceof ORPCError && fault.code === 'SESSION_MOVED'

export function useSessionActions(queue: CommandQueue): SessionActions {
  const { t } = useText()
  return useMemo(() => {
    async function run(command: SessionCommandWire): Promise<CommandDone | null> {
      try {
        return await queue.run(command)
      } catch (fault) {
        const { sentence, details } = tellSession(fault)
        const again = { label: t('colorSession.again'), run: () => void run(command) }
        notify({
          tone: 'warn',
          text: sentence,
          details,
          key: 'color-session-refused',
          ...(isMoved(fault) ? { actions: [again] } : {}),
        })
        return null
      }
    }
    return {
      run,
      remove: rowIds => run({ kind: 'delete', rowIds: [...rowIds] }),
      bringBack: rowIds => run({ kind: 'bring-back', rowIds: [...rowIds] }),
      removeWhere: when => run({ kind: 'delete-where', when }),
      undo: () => void run({ kind: 'undo' }),
      redo: () => void run({ kind: 'redo' }),
      turnPrices: direction => void run({ kind: 'direction', direction }),
      sort: sort =>
        void run({
          kind: 'sort',
          sort: sort ? { field: sort.column, order: sort.direction === 'up' ? 'rising' : 'falling' } : null,
        }),
    }
  }, [queue, t])
}
