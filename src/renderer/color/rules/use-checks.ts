import { useEffect, useRef, useState } from 'react'
import type { RuleFinding } from '../../../core/rules/checks.ts'
import type { Rule } from '../../../core/rules/condition.ts'

const AFTER_MS = 180
const NONE: readonly RuleFinding[] = []

/** What the static checks say of rules, a moment after the last edit. */
export function useChecks(rules: readonly Rule[]): readonly RuleFinding[] {
  const [findings, setFindings] = useState(NONE)
  const worker = useRef<Worker | null>(null)
  const turn = useRef(0)
  useEffect(() => {
    const made = new Worker(new URL('./checks-worker.ts', import.meta.url), { type: 'module' })
    made.onmessage = ({ data }: MessageEvent<{ turn: number; findings: readonly RuleFinding[] }>) => {
      // An answer to an older state would point at rows that are elsewhere by now.
      if (data.turn === turn.current) setFindings(data.findings)
    }
    worker.current = made
    return () => {
      made.terminate()
      worker.current = null
    }
  }, [])
  useEffect(() => {
    const asked = ++turn.current
    const timer = setTimeout(() => worker.current?.postMessage({ turn: asked, rules }), AFTER_MS)
    return () => clearTimeout(timer)
  }, [rules])
  return findings
}
