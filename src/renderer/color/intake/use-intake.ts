import { useCallback, useEffect, useRef, useState } from 'react'
import type { IntakePreview, IntakeReading, IntakeState, UploadWire } from '../../../contract/color-intake.ts'
import type { JobState } from '../../../contract/system.ts'
import { useConnection, useDesk, useHello, useStream } from '../../desk.tsx'
import { sendFile } from '../../imports/upload.ts'

/** Uploads, folders, checks and mappings as they stand, and again with every change by anybody. */
export function useIntakeState() {
  const [state, setState] = useState<IntakeState | null>(null)
  const take = useCallback((next: IntakeState) => setState(next), [])
  const stream = useStream('color:intake', (desk, signal) => desk.color.intake.watch(undefined, { signal }), take)
  return { state, stream, take }
}

/** Whether this person may take rows in and decide about them. */
export function useMayIntake(): boolean {
  return useHello()?.mayWrite.includes('color') ?? false
}

/** Where a file on its way in stands. */
export type IntakeStep =
  | { readonly at: 'idle' }
  | { readonly at: 'sending'; readonly file: string; readonly bytes: number; readonly sent: number }
  | { readonly at: 'reading'; readonly file: string }
  | { readonly at: 'looking'; readonly preview: IntakePreview; readonly reading: IntakeReading; readonly isReading: boolean }
  | { readonly at: 'keeping'; readonly file: string; readonly job: string }
  | { readonly at: 'failed'; readonly error: unknown; readonly before: (IntakeStep & { readonly at: 'looking' }) | null }

/** What a panel keeps, so that a reload of the page finds its file again. */
export type KeptReading = Pick<IntakeReading, 'sheet' | 'mapping' | 'dayOrder'> & { readonly upload?: string | null }

const codeOf = (error: unknown) => (error as { code?: unknown } | null)?.code

/** One file from being dropped to standing in the buffer. */
export function useIntake(kept: KeptReading, keep: (next: KeptReading) => void, onKept: (upload: UploadWire) => void) {
  const desk = useDesk()
  const { phase: line } = useConnection()
  const [step, setStep] = useState<IntakeStep>({ at: 'idle' })
  const [job, setJob] = useState<JobState | null>(null)
  const stop = useRef<AbortController | null>(null)
  const watched = step.at === 'keeping' ? step.job : null
  useStream(
    watched === null ? null : `jobs:${watched}`,
    (client, signal) => client.system.jobs(undefined, { signal }),
    ({ jobs }) => setJob(jobs.find(({ id }) => id === watched) ?? null),
  )
  const begin = useCallback(() => {
    stop.current?.abort()
    stop.current = new AbortController()
    return stop.current.signal
  }, [])

  const look = useCallback(
    async (reading: IntakeReading, before: (IntakeStep & { at: 'looking' }) | null) => {
      const signal = begin()
      if (before) setStep({ ...before, reading, isReading: true })
      try {
        const preview = await desk.color.intake.preview(reading, { signal })
        keep(reading)
        setStep({ at: 'looking', preview, reading, isReading: false })
      } catch (error) {
        if (signal.aborted) return
        if (codeOf(error) === 'UPLOAD_UNKNOWN') {
          keep({ upload: null })
          if (!before) return setStep({ at: 'idle' })
        }
        setStep({ at: 'failed', error, before })
      }
    },
    [begin, desk, keep],
  )
  const send = useCallback(
    async (file: File) => {
      const signal = begin()
      setStep({ at: 'sending', file: file.name, bytes: file.size, sent: 0 })
      try {
        const upload = await sendFile(desk, file, signal, sent =>
          setStep({ at: 'sending', file: file.name, bytes: file.size, sent }),
        )
        setStep({ at: 'reading', file: file.name })
        await look({ upload }, null)
      } catch (error) {
        if (!signal.aborted) setStep({ at: 'failed', error, before: null })
      }
    },
    [begin, desk, look],
  )
  const tryDemo = useCallback(
    async (name: string) => {
      const signal = begin()
      setStep({ at: 'reading', file: name })
      try {
        const { upload } = await desk.color.runs.demoFile(undefined, { signal })
        await look({ upload }, null)
      } catch (error) {
        if (!signal.aborted) setStep({ at: 'failed', error, before: null })
      }
    },
    [begin, desk, look],
  )
  const paste = useCallback(
    async (text: string, name: string) => {
      const signal = begin()
      setStep({ at: 'reading', file: name })
      try {
        const { upload } = await desk.color.intake.paste({ text, name }, { signal })
        await look({ upload }, null)
      } catch (error) {
        if (!signal.aborted) setStep({ at: 'failed', error, before: null })
      }
    },
    [begin, desk, look],
  )
  const leave = useCallback(() => {
    stop.current?.abort()
    keep({ upload: null })
    setStep({ at: 'idle' })
  }, [keep])
  const submit = async (before: IntakeStep & { at: 'looking' }) => {
    try {
      const { job: id } = await desk.color.intake.submit(before.reading)
      setJob(null)
      setStep({ at: 'keeping', file: before.preview.file, job: id })
      const { upload } = await desk.color.intake.report({ job: id })
      keep({ upload: null })
      setStep({ at: 'idle' })
      onKept(upload)
    } catch (error) {
      if (codeOf(error) === 'QUERY_CANCELLED') setStep(before)
      else setStep({ at: 'failed', error, before })
    }
  }
  const cancel = () => {
    if (step.at !== 'keeping') return leave()
    void desk.system.cancelJob({ job: step.job }).catch(() => {}) // an ended job needs no cancelling
  }

  // Once, when the panel opens with a file of before: the page was loaded again.
  const first = useRef<KeptReading | null>(kept)
  useEffect(() => {
    const before = first.current
    if (line !== 'open' || !before) return
    first.current = null
    const { upload, sheet, mapping, dayOrder } = before
    if (!upload) return
    setStep({ at: 'reading', file: '…' })
    void look({ upload, ...(sheet ? { sheet } : {}), ...(mapping ? { mapping } : {}), ...(dayOrder ? { dayOrder } : {}) }, null)
  }, [line, look])
  useEffect(() => () => stop.current?.abort(), [])
  return {
    step,
    job: step.at === 'keeping' && job?.id === step.job ? job : null,
    ...{ send, paste, tryDemo, look, submit, cancel, leave },
    back: (before: IntakeStep & { at: 'looking' }) => setStep({ ...before, isReading: false }),
  }
}
