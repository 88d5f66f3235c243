import { useCallback, useEffect, useRef, useState } from 'react'
import type { StoredLeg } from './payoff-model.ts'

const DEEPEST = 100

/** Legs that can be taken back; changes from elsewhere, as from the chain panel, count as steps too. */
export function useLegHistory(legs: readonly StoredLeg[], put: (legs: readonly StoredLeg[]) => void) {
  const past = useRef<(readonly StoredLeg[])[]>([])
  const future = useRef<(readonly StoredLeg[])[]>([])
  const known = useRef(legs)
  const [depth, setDepth] = useState({ undo: 0, redo: 0 })
  const told = useCallback(() => setDepth({ undo: past.current.length, redo: future.current.length }), [])
  useEffect(() => {
    if (JSON.stringify(known.current) === JSON.stringify(legs)) return
    past.current = [...past.current.slice(-DEEPEST), known.current]
    future.current = []
    known.current = legs
    told()
  }, [legs, told])
  const step = (from: { current: (readonly StoredLeg[])[] }, to: { current: (readonly StoredLeg[])[] }) => {
    const next = from.current.at(-1)
    if (!next) return
    from.current = from.current.slice(0, -1)
    to.current = [...to.current, known.current]
    known.current = next
    put(next)
    told()
  }
  return { ...depth, takeBack: () => step(past, future), doAgain: () => step(future, past) }
}
