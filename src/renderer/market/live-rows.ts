import { useCallback, useEffect, useMemo } from 'react'
import { useConnection, useDesk } from '../desk.tsx'
import { liveQuotes } from '../live.ts'
import { nowMicros } from '../now.ts'
import { everySecond } from '../second.ts'

/** Wishes for quotes while the panel is there, and tells the grid which rows to write again. */
export function useLiveRows(ids: readonly string[]) {
  const desk = useDesk()
  const { generation } = useConnection()
  const live = useMemo(() => liveQuotes(desk, nowMicros), [desk])
  useEffect(() => {
    const wish = live.subscribe(ids)
    return () => wish.close()
  }, [live, ids])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new connection opens the streams again at once
  useEffect(() => live.resume(), [live, generation])
  const onChanges = useCallback(
    (hear: (changed: ReadonlySet<string> | null) => void) => {
      const leave = live.onFrame(hear)
      const leaveAges = everySecond(() => hear(null)) // ages grow though nothing comes
      return () => {
        leave()
        leaveAges()
      }
    },
    [live],
  )
  return { live, onChanges }
}
