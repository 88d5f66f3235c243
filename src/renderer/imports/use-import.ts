import { useCallback, useEffect, useRef, useState } from 'react'
import type { ImportPreview, ImportReport, Mapping } from '../../contract/imports.ts'
import type { ChainFilePreview } from '../../contract/options-files.ts'
import type { JobState } from '../../contract/system.ts'
import { useConnection, useDesk, useStream } from '../desk.tsx'
import { sendFile } from './upload.ts'

/** Where the import stands. */
export type ImportStep =
  | { readonly at: 'idle' }
  | { readonly at: 'sending'; readonly file: string; readonly bytes: number; readonly sent: number }
  | { readonly at: 'reading'; readonly file: string }
  | { readonly at: 'choosing'; readonly preview: ImportPreview; readonly isReading: boolean }
  /** The file is one of option quotes; its import goes its own way. */
  | { readonly at: 'chain'; readonly preview: ChainFilePreview }
  | { readonly at: 'working'; readonly preview: ImportPreview | null; readonly job: string; readonly dryRun: boolean }
  | { readonly at: 'done'; readonly report: ImportReport; readonly job: string }
  | { readonly at: 'failed'; readonly error: unknown; readonly preview: ImportPreview | null }

/** What a panel keeps, so that a reload of the page finds its upload or its job again. */
export interface Kept {
  readonly upload?: string | null
  readonly job?: string | null
}

export interface StartChoice {
  readonly series: string
  readonly mapping: Mapping
  readonly dryRun: boolean
  readonly replace: boolean
}

const codeOf = (error: unknown) => (error as { code?: unknown } | null)?.code

/** One import from the file to its report. */
export function useImport(kept: Kept, keep: (next: Kept) => void, onStored: () => void) {
  const desk = useDesk()
  const { phase: line } = useConnection()
  const [step, setStep] = useState<ImportStep>({ at: 'idle' })
  const [trial, setTrial] = useState<{ readonly report: ImportReport; readonly job: string } | null>(null)
  const [job, setJob] = useState<JobState | null>(null)
  const stop = useRef<AbortController | null>(null)
  const stored = useRef(onStored)
  stored.current = onStored
  const watched = step.at === 'working' ? step.job : null

  useStream(
    watched === null ? null : `jobs:${watched}`,
    (client, signal) => client.system.jobs(undefined, { signal }),
    ({ jobs }) => {
      const mine = jobs.find(({ id }) => id === watched)
      if (mine) setJob(mine)
    },
  )

  const read = useCallback(
    async (upload: string, mapping: Partial<Mapping> | undefined, before: ImportPreview | null) => {
      if (before) setStep({ at: 'choosing', preview: before, isReading: true })
      try {
        const preview = await desk.imports.preview({ upload, ...(mapping ? { mapping } : {}) })
        setStep({ at: 'choosing', preview, isReading: false })
      } catch (error) {
        if (codeOf(error) === 'UPLOAD_UNKNOWN') keep({ upload: null, job: null })
        setStep({ at: 'failed', error, preview: before })
      }
    },
    [desk, keep],
  )
  /** A file of option quotes is one whatever else it could be; what it is not is read as a series. */
  const look = useCallback(
    async (upload: string, isMeant = false) => {
      try {
        const { chain } = await desk.options.files.preview({ upload, isMeant })
        if (chain) return setStep({ at: 'chain', preview: chain })
      } catch (error) {
        if (isMeant) return setStep({ at: 'failed', error, preview: null })
        // What is wrong with the file is said by the preview of a series, which reads more kinds.
      }
      await read(upload, undefined, null)
    },
    [desk, read],
  )
  const send = useCallback(
    async (file: File) => {
      stop.current?.abort()
      const ending = new AbortController()
      stop.current = ending
      setTrial(null)
      setStep({ at: 'sending', file: file.name, bytes: file.size, sent: 0 })
      try {
        const upload = await sendFile(desk, file, ending.signal, sent =>
          setStep({ at: 'sending', file: file.name, bytes: file.size, sent }),
        )
        keep({ upload, job: null })
        setStep({ at: 'reading', file: file.name })
        await look(upload)
      } catch (error) {
        if (ending.signal.aborted) setStep({ at: 'idle' })
        else setStep({ at: 'failed', error, preview: null })
      }
    },
    [desk, keep, look],
  )
  const wait = useCallback(
    async (id: string, dryRun: boolean, preview: ImportPreview | null) => {
      setJob(null)
      setStep({ at: 'working', preview, job: id, dryRun })
      try {
        const report = await desk.imports.report({ job: id })
        keep({ upload: preview?.upload ?? null, job: null })
        if (report.dryRun && preview) {
          setTrial({ report, job: id })
          setStep({ at: 'choosing', preview, isReading: false })
        } else {
          setStep({ at: 'done', report, job: id })
          stored.current()
        }
      } catch (error) {
        keep({ upload: preview?.upload ?? null, job: null })
        if (codeOf(error) === 'QUERY_CANCELLED' && preview) setStep({ at: 'choosing', preview, isReading: false })
        else if (codeOf(error) === 'JOB_UNKNOWN') setStep({ at: 'idle' })
        else setStep({ at: 'failed', error, preview })
      }
    },
    [desk, keep],
  )
  const start = async (preview: ImportPreview, choice: StartChoice) => {
    try {
      const { job: id } = await desk.imports.start({ upload: preview.upload, ...choice })
      keep({ upload: preview.upload, job: id })
      await wait(id, choice.dryRun, { ...preview, mapping: choice.mapping, suggestedName: choice.series })
    } catch (error) {
      setStep({ at: 'failed', error, preview: { ...preview, mapping: choice.mapping, suggestedName: choice.series } })
    }
  }
  const cancel = () => {
    stop.current?.abort()
    if (step.at === 'working') void desk.system.cancelJob({ job: step.job }).catch(() => {}) // an ended job needs no cancelling
  }
  const reset = () => {
    keep({ upload: null, job: null })
    setTrial(null)
    setStep({ at: 'idle' })
  }

  // Once, when the panel opens with an upload or a job of before: the page was loaded again.
  const first = useRef(kept)
  useEffect(() => {
    const { upload, job: running } = first.current
    if (line !== 'open') return
    first.current = {}
    if (running) void wait(running, false, null)
    else if (upload) void look(upload)
  }, [line, wait, look])
  useEffect(() => () => stop.current?.abort(), [])
  return {
    step,
    trial,
    job: step.at === 'working' && job?.id === step.job ? job : null,
    send,
    start,
    cancel,
    reset,
    /** Guesses again with what the person decided about the file's form. */
    again: (preview: ImportPreview, mapping: Partial<Mapping>) => {
      setTrial(null)
      return read(preview.upload, mapping, preview)
    },
    asSeries(upload: string, file: string) {
      setStep({ at: 'reading', file })
      return read(upload, undefined, null)
    },
    asChain(upload: string, file: string) {
      setStep({ at: 'reading', file })
      return look(upload, true)
    },
    /** What is stored needs no preview after a reload. */
    forget: () => keep({ upload: null, job: null }),
    back: (preview: ImportPreview) => setStep({ at: 'choosing', preview, isReading: false }),
  }
}
