import { useCallback, useEffect, useState } from 'react'
import type { ColorRunWire, RunEntry } from '../../../contract/color-runs.ts'
import { useConnection, useDesk, useStream } from '../../desk.tsx'
import { FileDamaged, receiveFile } from '../../lab/export-file.ts'
import { useFormat } from '../../ui/format.ts'
import { notifyFault } from '../../ui/notice-fault.ts'
import { notify } from '../../ui/notice-store.ts'
import { useText } from '../../ui/text.ts'

/** Runs that the page knows at once: years of daily ones. */
const SHOWN = 1000

/** The history as the host has it, and whether invented colors are being made. */
export interface RunsKnown {
  readonly runs: readonly RunEntry[]
  readonly demo: 'none' | 'making' | 'there'
  /** Zone whose days the desk counts in. */
  readonly zone: string
  /** Grows with every change. */
  readonly change: number
}

/** The history, read again with every change and every connection. */
export function useRuns(): { readonly known: RunsKnown | null; readonly error: unknown; retry(): void } {
  const desk = useDesk()
  const { generation } = useConnection()
  const [known, setKnown] = useState<RunsKnown | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [change, setChange] = useState(0)
  const [turn, setTurn] = useState(0)
  useStream(
    'color-runs',
    (host, signal) => host.color.runs.watch(undefined, { signal }),
    told => setChange(told.change),
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of them asks again
  useEffect(() => {
    let isGone = false
    desk.color.runs.list({ limit: SHOWN }).then(
      ({ runs, demo, zone }) => {
        if (isGone) return
        setKnown({ runs, demo, zone, change })
        setError(null)
      },
      fault => {
        if (!isGone) setError(fault)
      },
    )
    return () => {
      isGone = true
    }
  }, [desk, generation, change, turn])
  return { known, error, retry: useCallback(() => setTurn(before => before + 1), []) }
}

export type ExportFormat = 'xlsx' | 'csv' | 'parquet'
export const EXPORT_FORMATS: readonly ExportFormat[] = ['xlsx', 'csv', 'parquet']

/** What a person can do to a run; faults are said at the side. */
export interface RunActions {
  remove(run: ColorRunWire): void
  restore(run: ColorRunWire): void
  save(run: ColorRunWire, format: ExportFormat): void
}

export function useRunActions(): RunActions {
  const desk = useDesk()
  const { t } = useText()
  const format = useFormat()
  const restore = (run: ColorRunWire) => void desk.color.runs.restoreOutput({ run: run.id }).catch(notifyFault)
  return {
    restore,
    remove(run) {
      desk.color.runs.deleteOutput({ run: run.id }).then(() => {
        const text = t('colorRuns.deleted', { number: run.number })
        notify({ tone: 'info', text, actions: [{ label: t('colorRuns.undo'), run: () => restore(run) }], seconds: 15 })
      }, notifyFault)
    },
    async save(run, form) {
      const file = `color-run-${run.number}${run.isDemo ? '-demo' : ''}.${form}`
      try {
        const pieces = await desk.color.runs.export({ run: run.id, format: form })
        const rows = await receiveFile(pieces, file, form, () => undefined)
        notify({ tone: 'good', text: t('colorRuns.exported', { rows: format.whole(rows), file }) })
      } catch (fault) {
        if (fault instanceof FileDamaged) notify({ tone: 'bad', text: t('colorRuns.damaged', { file }) })
        else notifyFault(fault)
      }
    },
  }
}
