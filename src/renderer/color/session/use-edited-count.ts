import { useEffect, useState } from 'react'
import type { SessionView } from '../../../contract/color-sessions.ts'
import { useDesk } from '../../desk.tsx'

/** How many rows were edited, read once commands rest for a moment; null until it is known. */
export function useEditedCount({ id, revision }: SessionView): number | null {
  const desk = useDesk()
  const [count, setCount] = useState<number | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each revision may have another count
  useEffect(() => {
    let isGone = false
    const timer = setTimeout(() => {
      desk.color.sessions.rows({ session: id, view: 'edited', text: '', offset: 0, limit: 1 }).then(
        ({ total }) => !isGone && setCount(total),
        () => undefined, // the view itself says what is the matter
      )
    }, 150)
    return () => {
      isGone = true
      clearTimeout(timer)
    }
  }, [desk, id, revision])
  return count
}
