import { Button, Menu, SegmentedControl } from '@mantine/core'
import { useEffect, useReducer, useState } from 'react'
import type { JobDraft, JobKindView, JobList, JobView } from '../../contract/schedule.ts'
import type { PanelProps } from '../panels.ts'
import { Icon } from '../ui/icons.tsx'
import { Empty, Failure, Loading } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import { JobCalendar } from './job-calendar.tsx'
import { JobDetails } from './job-details.tsx'
import { draftOf, newDraft } from './job-draft.ts'
import { type Editing, JobEditor } from './job-editor.tsx'
import { JobTable } from './job-list.tsx'
import css from './jobs.module.css'
import { kindName } from './schedule-words.ts'
import { useJobActions, useJobs } from './use-jobs.ts'

interface Params {
  readonly view?: 'list' | 'calendar'
  readonly job?: string | null
}

/** Jobs that run by the clock: when they run next, what became of each run, and the form that makes them. */
export function Panel({ params, setParams }: PanelProps<Params>) {
  const { t } = useText()
  const { list, stream } = useJobs()
  // Countdowns and ages move on between two changes.
  const [, tick] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    const timer = setInterval(tick, 5000)
    return () => clearInterval(timer)
  }, [])
  if (stream.phase === 'failed') return <Failure error={stream.error} retry={stream.retry} />
  if (!list)
    return stream.error ? <Failure error={stream.error} retry={stream.retry} /> : <Loading waitsFor={t('schedule.wait')} />
  return <Jobs list={list} params={params} setParams={setParams} />
}

function Jobs({ list, params, setParams }: { list: JobList; params: Params; setParams(patch: Partial<Params>): void }) {
  const { t } = useText()
  const actions = useJobActions()
  const [editing, setEditing] = useState<Editing | null>(null)
  const { jobs, kinds } = list
  const chosen = jobs.find(job => job.id === params.job) ?? null
  const begin = (kind: JobKindView) => setEditing({ id: null, revision: 0, draft: newDraft(kind) })
  const choose = (job: string) => {
    setEditing(null)
    setParams({ job })
  }
  const save = async ({ id, revision }: Editing, draft: JobDraft) => {
    const saved = await actions.save(id, revision, draft)
    if (!saved) return
    setEditing(null)
    setParams({ job: saved.id })
  }
  const view = params.view ?? 'list'
  return (
    <div className={css.panel}>
      <Bar view={view} onView={next => setParams({ view: next })} kinds={kinds} onNew={begin} />
      {list.isRunning ? null : (
        <p className={css.notice}>
          <Icon name="warning" size={12} />
          {t('schedule.notRunning')}
        </p>
      )}
      <div className={css.body} data-side={editing || chosen ? true : undefined}>
        <div className={css.main}>
          <Main jobs={jobs} kinds={kinds} view={view} chosen={chosen} onChoose={choose} onNew={begin} actions={actions} />
        </div>
        {editing ? (
          <JobEditor
            key={`${editing.id} ${editing.revision}`}
            editing={editing}
            kinds={kinds}
            onSave={draft => save(editing, draft)}
            onClose={() => setEditing(null)}
          />
        ) : chosen ? (
          <JobDetails
            key={chosen.id}
            job={chosen}
            actions={actions}
            onEdit={() => setEditing({ id: chosen.id, revision: chosen.revision, draft: draftOf(chosen) })}
            onDuplicate={() => {
              const copy = { ...draftOf(chosen), name: t('schedule.copyOf', { name: chosen.name }).slice(0, 80) }
              setEditing({ id: null, revision: 0, draft: copy })
            }}
            onClose={() => setParams({ job: null })}
          />
        ) : null}
      </div>
    </div>
  )
}

function Main({
  jobs,
  kinds,
  view,
  chosen,
  onChoose,
  onNew,
  actions,
}: {
  jobs: readonly JobView[]
  kinds: readonly JobKindView[]
  view: 'list' | 'calendar'
  chosen: JobView | null
  onChoose(job: string): void
  onNew(kind: JobKindView): void
  actions: ReturnType<typeof useJobActions>
}) {
  const { t } = useText()
  const [first] = kinds
  if (jobs.length === 0)
    return (
      <Empty
        title={t('schedule.empty')}
        action={first ? { label: t('schedule.emptyAdd', { name: kindName(first.kind) }), run: () => onNew(first) } : undefined}
      >
        {t('schedule.emptyAbout')}
      </Empty>
    )
  if (view === 'calendar') return <JobCalendar jobs={jobs} onChoose={onChoose} />
  return <JobTable jobs={jobs} chosen={chosen?.id ?? null} onChoose={onChoose} actions={actions} />
}

function Bar({
  view,
  onView,
  kinds,
  onNew,
}: {
  view: 'list' | 'calendar'
  onView(view: 'list' | 'calendar'): void
  kinds: readonly JobKindView[]
  onNew(kind: JobKindView): void
}) {
  const { t } = useText()
  return (
    <div className={css.bar}>
      <SegmentedControl
        size="xs"
        aria-label={t('panel.jobs')}
        value={view}
        data={(['list', 'calendar'] as const).map(value => ({ value, label: t(`schedule.${value}`) }))}
        onChange={value => onView(value === 'calendar' ? 'calendar' : 'list')}
      />
      <Menu position="bottom-start" withinPortal>
        <Menu.Target>
          <Button size="compact-sm" leftSection={<Icon name="plus" size={12} />}>
            {t('schedule.new')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {kinds.map(kind => (
            <Menu.Item key={kind.kind} onClick={() => onNew(kind)}>
              {kindName(kind.kind)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}
