import { Switch } from '@mantine/core'
import { type KeyboardEvent, useRef } from 'react'
import type { JobView } from '../../contract/schedule.ts'
import { nowMicros } from '../now.ts'
import { type Format, useFormat } from '../ui/format.ts'
import { type Translate, useText } from '../ui/text.ts'
import css from './jobs.module.css'
import { kindName, scheduleWords } from './schedule-words.ts'
import type { JobActions } from './use-jobs.ts'

/** The jobs as a table; the arrows go through them, Enter opens one. */
export function JobTable({
  jobs,
  chosen,
  onChoose,
  actions,
}: {
  jobs: readonly JobView[]
  chosen: string | null
  onChoose(job: string): void
  actions: JobActions
}) {
  const { t } = useText()
  const body = useRef<HTMLTableSectionElement>(null)
  const step = (event: KeyboardEvent) => {
    const buttons = [...(body.current?.querySelectorAll<HTMLButtonElement>('button[data-job]') ?? [])]
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key]
    if (at < 0 || to === undefined) return
    event.preventDefault()
    buttons[Math.max(0, Math.min(buttons.length - 1, to))]?.focus()
  }
  return (
    <table className={css.table} aria-label={t('panel.jobs')}>
      <thead>
        <tr>
          <th scope="col">{t('schedule.col.name')}</th>
          <th scope="col">{t('schedule.col.when')}</th>
          <th scope="col">{t('schedule.col.next')}</th>
          <th scope="col">{t('schedule.col.last')}</th>
          <th scope="col" className={css.onOff}>
            {t('schedule.col.on')}
          </th>
        </tr>
      </thead>
      <tbody ref={body} onKeyDown={step}>
        {jobs.map(job => (
          <Row key={job.id} job={job} isChosen={job.id === chosen} onChoose={onChoose} actions={actions} />
        ))}
      </tbody>
    </table>
  )
}

function Row({
  job,
  isChosen,
  onChoose,
  actions,
}: {
  job: JobView
  isChosen: boolean
  onChoose(job: string): void
  actions: JobActions
}) {
  const { t, language } = useText()
  const format = useFormat()
  const when = scheduleWords(job.schedule, t, language)
  return (
    <tr data-chosen={isChosen || undefined} data-off={!job.enabled || undefined} onClick={() => onChoose(job.id)}>
      <th scope="row">
        <button type="button" className={css.name} data-job={job.id} aria-expanded={isChosen} onClick={() => onChoose(job.id)}>
          {job.name}
        </button>
        <span>{kindName(job.kind)}</span>
      </th>
      <td title={when}>{when}</td>
      <td>
        <NextRun job={job} t={t} format={format} />
      </td>
      <td>
        <LastRun job={job} t={t} format={format} />
      </td>
      <td className={css.onOff}>
        <Switch
          size="xs"
          checked={job.enabled}
          aria-label={t(job.enabled ? 'schedule.turnOff' : 'schedule.turnOn', { name: job.name })}
          onClick={event => event.stopPropagation()}
          onChange={event => actions.enable(job, event.currentTarget.checked)}
        />
      </td>
    </tr>
  )
}

function NextRun({ job, t, format }: { job: JobView; t: Translate; format: Format }) {
  if (!job.enabled) return <span className={css.quiet}>{t('schedule.off')}</span>
  if (job.next === null) return <span className={css.quiet}>{t('schedule.never')}</span>
  return (
    <>
      {format.instant(job.next, 'dateMinute')}
      <span className={css.under}>
        {job.skip
          ? t('schedule.skipped', { time: format.instant(job.skip.at, 'dateMinute'), user: job.skip.user })
          : t('schedule.in', { time: format.duration(Math.max(0, job.next - nowMicros()) / 1e6) })}
      </span>
    </>
  )
}

function LastRun({ job, t, format }: { job: JobView; t: Translate; format: Format }) {
  if (job.running)
    return (
      <>
        <Outcome outcome="running" t={t} />
        <span className={css.under}>{format.age(job.running.started)}</span>
      </>
    )
  if (!job.last) return <span className={css.quiet}>{t('schedule.notYet')}</span>
  return (
    <>
      <Outcome outcome={job.last.outcome} t={t} />
      <span className={css.under} title={format.instant(job.last.started, 'dateSecond')}>
        {t('schedule.ago', { time: format.age(job.last.ended ?? job.last.started) })}
      </span>
    </>
  )
}

/** How a run ended, as a word with a mark of its own shape. */
export function Outcome({ outcome, t }: { outcome: NonNullable<JobView['last']>['outcome'] | 'planned'; t: Translate }) {
  return (
    <span className={css.outcome} data-outcome={outcome}>
      <i aria-hidden="true" />
      {t(`schedule.outcome.${outcome}`)}
    </span>
  )
}
