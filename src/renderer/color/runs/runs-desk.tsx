import { useMemo, useRef, useState } from 'react'
import type { ColorRunWire, RunEntry } from '../../../contract/color-runs.ts'
import type { JobDraft, JobList } from '../../../contract/schedule.ts'
import { draftOf, newDraft } from '../../schedule/job-draft.ts'
import { type Editing, JobEditor } from '../../schedule/job-editor.tsx'
import { useJobActions } from '../../schedule/use-jobs.ts'
import type { GridHandle, GridLayout } from '../../ui/grid.tsx'
import { Icon } from '../../ui/icons.tsx'
import { useText } from '../../ui/text.ts'
import { RunDetails } from './run-details.tsx'
import { RunDifference } from './run-diff.tsx'
import { RunNow } from './run-now.tsx'
import { RunOutput } from './run-output.tsx'
import css from './runs.module.css'
import { RunsBar } from './runs-bar.tsx'
import { RunsCalendar } from './runs-calendar.tsx'
import { RunsHistory } from './runs-history.tsx'
import { useDeliveries } from './use-deliveries.ts'
import type { RunsKnown } from './use-runs.ts'

/** What a panel of runs remembers. */
export interface RunsParams {
  readonly view?: 'history' | 'calendar'
  /** Run whose sheet is open. */
  readonly run?: string | null
  /** Run whose output or difference stands in place of the history. */
  readonly shown?: { readonly run: string; readonly as: 'output' | 'difference' } | null
  readonly layout?: GridLayout
  readonly outputLayout?: GridLayout
}

type Side = { readonly kind: 'now' } | { readonly kind: 'job'; readonly editing: Editing }

export const COLOR_RUN = 'color.run'

export function RunsDesk({
  known,
  jobs,
  params,
  setParams,
}: {
  known: RunsKnown
  /** Null until the scheduler answered. */
  jobs: JobList | null
  params: RunsParams
  setParams(patch: Partial<RunsParams>): void
}) {
  const { t } = useText()
  const [side, setSide] = useState<Side | null>(null)
  const grid = useRef<GridHandle>(null)
  const { save } = useJobActions()
  const deliveries = useDeliveries()
  const byId = useMemo(() => new Map(known.runs.map(entry => [entry.id, entry])), [known.runs])
  const own = useMemo(() => (jobs?.jobs ?? []).filter(job => job.kind === COLOR_RUN), [jobs])
  const kinds = (jobs?.kinds ?? []).filter(({ kind }) => kind === COLOR_RUN)
  const chosen = byId.get(params.run ?? '') ?? null
  const shown = params.shown ? (byId.get(params.shown.run)?.run ?? null) : null

  const choose = (run: string | null) => {
    setSide(null)
    setParams({ run })
    if (run === null) grid.current?.focus()
  }
  const show = (run: ColorRunWire, as: 'output' | 'difference') => {
    setSide(null)
    setParams({ run: null, shown: { run: run.id, as } })
  }
  const back = () => {
    const run = params.shown?.run ?? null
    setParams({ shown: null, run })
  }
  const newJob = () => kinds[0] && setSide({ kind: 'job', editing: { id: null, revision: 0, draft: newDraft(kinds[0]) } })
  const editJob = (id: string) => {
    const job = own.find(one => one.id === id)
    if (job) setSide({ kind: 'job', editing: { id, revision: job.revision, draft: draftOf(job) } })
  }
  const saveJob = async ({ id, revision }: Editing, draft: JobDraft) => {
    if (await save(id, revision, draft)) setSide(null)
  }
  if (shown && params.shown)
    return params.shown.as === 'output' ? (
      <RunOutput
        run={shown}
        layout={params.outputLayout ?? {}}
        onLayout={patch => setParams({ outputLayout: { ...params.outputLayout, ...patch } })}
        onBack={back}
        onDifference={() => show(shown, 'difference')}
      />
    ) : (
      <RunDifference run={shown} onBack={back} onOutput={() => show(shown, 'output')} />
    )
  return (
    <div className={css.panel}>
      <RunsBar
        jobs={own}
        view={params.view ?? 'history'}
        canEdit={kinds.length > 0}
        onView={view => setParams({ view })}
        onRun={() => setSide({ kind: 'now' })}
        onNewJob={newJob}
        onEditJob={editJob}
      />
      {jobs && !jobs.isRunning ? <Warning text={t('colorRuns.notRunning')} /> : null}
      <div className={css.body} data-side={side || chosen ? true : undefined}>
        <div className={css.main}>
          {params.view === 'calendar' ? (
            <RunsCalendar runs={known.runs} jobs={own} zone={known.zone} onChoose={choose} onJob={editJob} />
          ) : (
            <RunsHistory
              known={known}
              find={id => byId.get(id)}
              deliveries={deliveries}
              chosen={chosen?.id ?? null}
              layout={params.layout ?? {}}
              onLayout={patch => setParams({ layout: { ...params.layout, ...patch } })}
              onChoose={choose}
              onRun={() => setSide({ kind: 'now' })}
              handle={grid}
            />
          )}
        </div>
        <SideSheet
          {...{ side, chosen, known, jobs: own, kinds, deliveries }}
          onClose={() => (side ? setSide(null) : choose(null))}
          onSaveJob={saveJob}
          onShow={show}
          onStarted={run => {
            setSide(null)
            setParams({ run, view: 'history' })
          }}
        />
      </div>
    </div>
  )
}

function Warning({ text }: { text: string }) {
  return (
    <p className={css.warning}>
      <Icon name="warning" size={12} />
      {text}
    </p>
  )
}

function SideSheet({
  side,
  chosen,
  known,
  jobs,
  kinds,
  deliveries,
  onClose,
  onSaveJob,
  onShow,
  onStarted,
}: {
  side: Side | null
  chosen: RunEntry | null
  known: RunsKnown
  jobs: JobList['jobs']
  kinds: JobList['kinds']
  deliveries: ReturnType<typeof useDeliveries>
  onClose(): void
  onSaveJob(editing: Editing, draft: JobDraft): Promise<void>
  onShow(run: ColorRunWire, as: 'output' | 'difference'): void
  onStarted(run: string): void
}) {
  if (side?.kind === 'now') return <RunNow known={known} jobs={jobs} onClose={onClose} onStarted={onStarted} />
  if (side?.kind === 'job') {
    const { editing } = side
    return (
      <JobEditor
        key={`${editing.id} ${editing.revision}`}
        editing={editing}
        kinds={kinds}
        onSave={draft => onSaveJob(editing, draft)}
        onClose={onClose}
      />
    )
  }
  if (!chosen) return null
  return (
    <RunDetails
      key={chosen.id}
      entry={chosen}
      runs={known.runs}
      change={known.change}
      deliveries={deliveries(chosen.id)}
      onClose={onClose}
      onShow={onShow}
    />
  )
}
