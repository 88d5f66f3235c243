import { useEffect, useReducer } from 'react'
import type { PanelProps } from '../../panels.ts'
import { useJobs } from '../../schedule/use-jobs.ts'
import { Failure, Loading } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import { RunsDesk, type RunsParams } from './runs-desk.tsx'
import { useRuns } from './use-runs.ts'

/** Runs of the color desk: history, calendar, output, and running now. */
export function Panel({ params, setParams, setTitle }: PanelProps<RunsParams>) {
  const { t } = useText()
  const { known, error, retry } = useRuns()
  const { list } = useJobs()
  useEffect(() => setTitle(t('panel.color-runs')), [setTitle, t])
  // The countdown moves on between two changes.
  const [, tick] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    const timer = setInterval(tick, 5000)
    return () => clearInterval(timer)
  }, [])
  if (!known) return error ? <Failure error={error} retry={retry} /> : <Loading waitsFor={t('colorRuns.wait')} />
  return <RunsDesk known={known} jobs={list} params={params} setParams={setParams} />
}
