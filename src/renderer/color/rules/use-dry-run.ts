import { useCallback, useRef, useState } from 'react'
import type { DryRun } from '../../../contract/color-rules.ts'
import type { Rule } from '../../../core/rules/condition.ts'
import { useDesk } from '../../desk.tsx'

/** The newest dry run, and of what: what was seen may be saved without a question. */
export interface DryRunState {
  readonly result: DryRun | null
  readonly error: unknown
  readonly isBusy: boolean
  /** What the result is about, as `signatureOf` writes it. */
  readonly of: string | null
}

/** What decides which rows rules take: their conditions, order and being on, not their names. */
export function signatureOf(rules: readonly Rule[]): string {
  return JSON.stringify(rules.map(({ id, priority, active, when }) => [id, priority, active, when]))
}

export function useDryRun() {
  const desk = useDesk()
  const [state, setState] = useState<DryRunState>({ result: null, error: null, isBusy: false, of: null })
  const stop = useRef<AbortController | null>(null)
  const run = useCallback(
    async (rules: readonly Rule[], days: number) => {
      stop.current?.abort()
      const ending = new AbortController()
      stop.current = ending
      setState(before => ({ ...before, isBusy: true, error: null }))
      try {
        const result = await desk.color.rules.dryRun({ rules: [...rules], days }, { signal: ending.signal })
        setState({ result, error: null, isBusy: false, of: signatureOf(rules) })
      } catch (error) {
        if (stop.current === ending)
          setState(before => ({ ...before, isBusy: false, error: ending.signal.aborted ? null : error }))
      }
    },
    [desk],
  )
  const cancel = useCallback(() => stop.current?.abort(), [])
  return { ...state, run, cancel }
}
