import { useEffect, useRef, useState } from 'react'
import { useDesk } from '../desk.tsx'
import { notifyFault } from '../ui/notice-fault.ts'
import { notify } from '../ui/notice-store.ts'
import { useText } from '../ui/text.ts'
import { type ExportFormat, FileDamaged, receiveFile } from './export-file.ts'
import type { RunState } from './result-view.tsx'

/** Rows that a screen is given; an export holds them all. */
const LIMIT = 2000
const NONE: RunState = { phase: 'none' }

function lineOf(error: unknown): number | null {
  const { data } = (error ?? {}) as { data?: { line?: unknown } }
  return typeof data?.line === 'number' ? data.line : null
}

/** Statements under way and their results, by tab; one statement a tab at a time. */
export function useRuns(onEnd: () => void) {
  const desk = useDesk()
  const { t } = useText()
  const [runs, setRuns] = useState<ReadonlyMap<string, RunState>>(new Map())
  const [exported, setExported] = useState<{ query: string; rows: number } | null>(null)
  const latest = useRef(runs)
  latest.current = runs
  const put = (tab: string, state: RunState) => setRuns(before => new Map(before).set(tab, state))

  async function run(tab: string, sql: string, firstLine: number): Promise<void> {
    const before = latest.current.get(tab) ?? NONE
    if (before.phase === 'running' || sql.trim() === '') return
    const query = crypto.randomUUID()
    put(tab, { phase: 'running', query, isCancelling: false, before: before.phase === 'done' ? before.result : null })
    try {
      put(tab, { phase: 'done', result: await desk.lab.run({ query, sql, limit: LIMIT }), sql })
    } catch (error) {
      const line = lineOf(error)
      put(tab, { phase: 'failed', error, line: line === null ? null : line + firstLine - 1 })
    }
    onEnd()
  }
  function cancel(tab: string): boolean {
    const state = latest.current.get(tab)
    if (state?.phase !== 'running') return false
    put(tab, { ...state, isCancelling: true })
    desk.lab.cancel({ query: state.query }).catch(notifyFault)
    return true
  }
  async function exportAll(sql: string, format: ExportFormat, name: string): Promise<void> {
    const query = crypto.randomUUID()
    const file = `${name}.${format}`
    setExported({ query, rows: 0 })
    try {
      const pieces = await desk.lab.export({ query, sql, format })
      const count = await receiveFile(pieces, file, format, rows => setExported({ query, rows }))
      notify({ tone: 'good', text: t('sql.exported', { count, file }) })
    } catch (fault) {
      if (fault instanceof FileDamaged) notify({ tone: 'bad', text: t('sql.exportBroken') })
      else notifyFault(fault)
    } finally {
      setExported(null)
    }
  }
  function cancelExport(): void {
    if (exported) desk.lab.cancel({ query: exported.query }).catch(notifyFault)
  }
  // A panel that is closed leaves no statement running behind it.
  useEffect(
    () => () => {
      for (const state of latest.current.values())
        if (state.phase === 'running') void desk.lab.cancel({ query: state.query }).catch(() => {})
    },
    [desk],
  )
  return { of: (tab: string) => runs.get(tab) ?? NONE, run, cancel, exportAll, exported, cancelExport }
}
