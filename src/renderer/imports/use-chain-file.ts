import { useCallback, useState } from 'react'
import type { ChainFilePreview, ChainFileReport, ChainMapping } from '../../contract/options-files.ts'
import type { JobState } from '../../contract/system.ts'
import { useDesk, useStream } from '../desk.tsx'

/** Where the import of a chain stands. */
export type ChainStep =
  | { readonly at: 'choosing'; readonly preview: ChainFilePreview; readonly isReading: boolean }
  | { readonly at: 'working'; readonly preview: ChainFilePreview; readonly job: string }
  | { readonly at: 'done'; readonly report: ChainFileReport }
  | { readonly at: 'failed'; readonly preview: ChainFilePreview; readonly error: unknown }

/** One import of a chain, from the first preview to its report. */
export function useChainFile(first: ChainFilePreview, onStored: () => void) {
  const desk = useDesk()
  const [step, setStep] = useState<ChainStep>({ at: 'choosing', preview: first, isReading: false })
  const [job, setJob] = useState<JobState | null>(null)
  const watched = step.at === 'working' ? step.job : null

  useStream(
    watched === null ? null : `jobs:${watched}`,
    (client, signal) => client.system.jobs(undefined, { signal }),
    ({ jobs }) => {
      const mine = jobs.find(({ id }) => id === watched)
      if (mine) setJob(mine)
    },
  )

  /** Reads the file again with what a person decided; what is not given is guessed. */
  const again = useCallback(
    async (preview: ChainFilePreview, mapping: Partial<ChainMapping>) => {
      setStep({ at: 'choosing', preview: { ...preview, mapping: { ...preview.mapping, ...mapping } }, isReading: true })
      try {
        const { chain } = await desk.options.files.preview({ upload: preview.upload, mapping, isMeant: true })
        setStep({ at: 'choosing', preview: chain ?? preview, isReading: false })
      } catch (error) {
        setStep({ at: 'failed', preview, error })
      }
    },
    [desk],
  )
  const start = async (preview: ChainFilePreview, choice: { readonly name: string; readonly replace: boolean }) => {
    try {
      setJob(null)
      const { upload, mapping } = preview
      const { job: id } = await desk.options.files.start({ upload, mapping, ...choice })
      setStep({ at: 'working', preview, job: id })
      const report = await desk.options.files.report({ job: id })
      setStep({ at: 'done', report })
      onStored()
    } catch (error) {
      const isCancelled = (error as { code?: unknown } | null)?.code === 'QUERY_CANCELLED'
      setStep(isCancelled ? { at: 'choosing', preview, isReading: false } : { at: 'failed', preview, error })
    }
  }
  return {
    step,
    job: step.at === 'working' && job?.id === step.job ? job : null,
    again,
    start,
    back: (preview: ChainFilePreview) => setStep({ at: 'choosing', preview, isReading: false }),
    cancel() {
      if (step.at === 'working') void desk.system.cancelJob({ job: step.job }).catch(() => {}) // an ended job needs no cancelling
    },
  }
}
