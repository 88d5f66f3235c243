import { useCallback, useEffect, useRef, useState } from 'react'
import type { BatchPreview, BatchReport } from '../../contract/options-risk.ts'
import type { JobState } from '../../contract/system.ts'
import type { AmericanSchemeName } from '../../core/options/american-scheme.ts'
import type { BatchKind } from '../../core/options/batch-columns.ts'
import { useConnection, useDesk, useStream } from '../desk.tsx'
import { sendFile } from '../imports/upload.ts'

/** Where the work on a file stands. */
export type BatchStep =
  | { readonly at: 'idle' }
  | { readonly at: 'sending'; readonly file: string; readonly bytes: number; readonly sent: number }
  | { readonly at: 'reading'; readonly file: string }
  | { readonly at: 'choosing'; readonly preview: BatchPreview }
  | { readonly at: 'working'; readonly preview: BatchPreview | null; readonly job: string }
  | { readonly at: 'done'; readonly report: BatchReport; readonly job: string; readonly preview: BatchPreview | null }
  | { readonly at: 'failed'; readonly error: unknown; readonly preview: BatchPreview | null }

/** What a panel keeps, so that a reload of the page finds its upload or its job again. */
export interface KeptBatch {
  readonly upload?: string | null
  readonly job?: string | null
}

export interface BatchChoice {
  readonly kind: BatchKind
  readonly scheme: AmericanSchemeName
  readonly model: 'usual' | 'bachelier' | 'american'
}

const codeOf = (error: unknown) => (error as { code?: unknown } | null)?.code

/** One file of options from the drop to its answers. */
export function useBatch(kept: KeptBatch, keep: (next: KeptBatch) => void) {
  const desk = useDesk()
  const { phase: line } = useConnection()
  const [step, setStep] = useState<BatchStep>({ at: 'idle' })
  const [job, setJob] = useState<JobState | null>(null)
  const stop = useRef<AbortController | null>(null)
  const watched = step.at === 'working' ? step.job : null

  useStream(
    watched === null ? null : `jobs:${watched}`,
    (client, signal) => client.system.jobs(undefined, { signal }),
    ({ jobs }) => setJob(before => jobs.find(({ id }) => id === watched) ?? before),
  )

  const read = useCallback(
    async (upload: string) => {
      try {
        setStep({ at: 'choosing', preview: await desk.options.risk.batchPreview({ upload }) })
      } catch (error) {
        keep({ upload: null, job: null })
        // A file of before a restart is no longer held, which is nobody's fault.
        if (codeOf(error) === 'UPLOAD_UNKNOWN') setStep({ at: 'idle' })
        else setStep({ at: 'failed', error, preview: null })
      }
    },
    [desk, keep],
  )
  const send = useCallback(
    async (file: File) => {
      stop.current?.abort()
      const ending = new AbortController()
      stop.current = ending
      const told = (sent: number) => setStep({ at: 'sending', file: file.name, bytes: file.size, sent })
      told(0)
      try {
        const upload = await sendFile(desk, file, ending.signal, told)
        keep({ upload, job: null })
        setStep({ at: 'reading', file: file.name })
        await read(upload)
      } catch (error) {
        if (ending.signal.aborted) setStep({ at: 'idle' })
        else setStep({ at: 'failed', error, preview: null })
      }
    },
    [desk, keep, read],
  )
  const wait = useCallback(
    async (id: string, preview: BatchPreview | null) => {
      setJob(null)
      setStep({ at: 'working', preview, job: id })
      try {
        setStep({ at: 'done', report: await desk.options.risk.batchResult({ job: id }), job: id, preview })
      } catch (error) {
        keep({ upload: preview?.upload ?? null, job: null })
        if (codeOf(error) === 'QUERY_CANCELLED' && preview) setStep({ at: 'choosing', preview })
        else if (codeOf(error) === 'JOB_UNKNOWN' || codeOf(error) === 'QUERY_CANCELLED') setStep({ at: 'idle' })
        else setStep({ at: 'failed', error, preview })
      }
    },
    [desk, keep],
  )
  const start = async (preview: BatchPreview, { kind, scheme, model }: BatchChoice) => {
    try {
      const { job: id } = await desk.options.risk.batchStart({ upload: preview.upload, kind, scheme, model })
      keep({ upload: preview.upload, job: id })
      await wait(id, preview)
    } catch (error) {
      setStep({ at: 'failed', error, preview })
    }
  }
  const cancel = () => {
    stop.current?.abort()
    if (step.at === 'working') void desk.system.cancelJob({ job: step.job }).catch(() => {}) // an ended job needs no cancelling
  }
  const reset = () => {
    keep({ upload: null, job: null })
    setStep({ at: 'idle' })
  }

  // Once, when the panel opens with an upload or a job of before: the page was loaded again.
  const first = useRef(kept)
  useEffect(() => {
    const { upload, job: running } = first.current
    if (line !== 'open') return
    first.current = {}
    if (running) void wait(running, null)
    else if (upload) void read(upload)
  }, [line, wait, read])
  useEffect(() => () => stop.current?.abort(), [])
  return {
    step,
    job: step.at === 'working' && job?.id === step.job ? job : null,
    send,
    start,
    cancel,
    reset,
    back: (preview: BatchPreview) => setStep({ at: 'choosing', preview }),
  }
}
