import { SegmentedControl } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { JobRun, JobView } from '../../contract/schedule.ts'
import { civilOf, dayIn, dayNumberOf, startOfDay, weekdayOf } from '../../core/kit/calendar.ts'
import { epochMicros } from '../../core/kit/time.ts'
import { checkSchedule, runsBetween } from '../../core/schedule/schedule.ts'
import { nowMicros } from '../now.ts'
import { useFormat } from '../ui/format.ts'
import { useText } from '../ui/text.ts'
import css from './job-calendar.module.css'
import { monthTitle, ownZone, weekdayName } from './schedule-words.ts'
import { historyMark, useHistory } from './use-jobs.ts'

/** Past runs that are looked at, and planned ones of one job in what is shown. */
const HISTORY = 500
const PLANNED = 400
const SHOWN_A_DAY = { week: 14, month: 4 } as const
const DAYS = { week: 7, month: 42 } as const

/** One run in the calendar, past or planned. */
interface Mark {
  readonly key: string
  readonly at: number
  readonly job: JobView
  readonly outcome: JobRun['outcome'] | 'planned'
  /** Last of several that are drawn as one; the same as `at` for one alone. */
  readonly until: number
  readonly count: number
}

/** More runs of one job than this on one day are drawn as one, so that a busy job hides no other. */
const APART = 2

type Span = 'week' | 'month'

/** Past and coming runs of all jobs by day, in the machine's zone. */
export function JobCalendar({ jobs, onChoose }: { jobs: readonly JobView[]; onChoose(job: string): void }) {
  const { t, language } = useText()
  const zone = ownZone()
  const today = dayIn(nowMicros(), zone)
  const [span, setSpan] = useState<Span>('month')
  const [shown, setShown] = useState(today)
  const runs = useHistory(null, HISTORY, historyMark(jobs))
  const { year, month } = civilOf(shown)
  const anchor = span === 'week' ? shown : dayNumberOf(year, month, 1)
  // Weeks begin on Monday.
  const first = anchor - ((weekdayOf(anchor) + 6) % 7)
  const last = first + DAYS[span] - 1
  const days = Array.from({ length: DAYS[span] }, (_, k) => first + k)
  const marks = useMemo(() => marksByDay(jobs, runs ?? [], first, last, zone), [jobs, runs, first, last, zone])
  const step = (by: number) => setShown(span === 'week' ? shown + 7 * by : dayNumberOf(year, month + by, 1))
  return (
    <div className={css.calendar}>
      <div className={css.calendarBar}>
        <Step label={t('schedule.earlier')} text="‹" onClick={() => step(-1)} />
        <strong aria-live="polite">{monthTitle(year, month, language)}</strong>
        <Step label={t('schedule.later')} text="›" onClick={() => step(1)} />
        <button type="button" className={`${css.plain} ${css.todayButton}`} onClick={() => setShown(today)}>
          {t('schedule.today')}
        </button>
        <SegmentedControl
          size="xs"
          aria-label={t('schedule.calendar')}
          value={span}
          data={(['week', 'month'] as const).map(value => ({ value, label: t(`schedule.${value}`) }))}
          onChange={value => setSpan(value as Span)}
        />
      </div>
      <div className={css.grid} data-span={span}>
        {days.slice(0, 7).map(day => (
          <div key={day} className={css.weekday}>
            {weekdayName(weekdayOf(day), language)}
          </div>
        ))}
        {days.map(day => (
          <Day
            key={day}
            day={day}
            isToday={day === today}
            isOther={span === 'month' && civilOf(day).month !== month}
            marks={marks.get(day) ?? []}
            most={SHOWN_A_DAY[span]}
            onChoose={onChoose}
          />
        ))}
      </div>
    </div>
  )
}

function Step({ label, text, onClick }: { label: string; text: string; onClick(): void }) {
  return (
    <button type="button" className={css.plain} aria-label={label} title={label} onClick={onClick}>
      <span aria-hidden="true">{text}</span>
    </button>
  )
}

function Day({
  day,
  isToday,
  isOther,
  marks,
  most,
  onChoose,
}: {
  day: number
  isToday: boolean
  isOther: boolean
  marks: readonly Mark[]
  most: number
  onChoose(job: string): void
}) {
  const { t } = useText()
  const format = useFormat()
  const zone = ownZone()
  return (
    <div className={css.day} data-today={isToday || undefined} data-other={isOther || undefined}>
      <span>{civilOf(day).day}</span>
      {marks.slice(0, most).map(({ key, at, job, outcome, until, count }) => (
        <button
          key={key}
          type="button"
          className={css.mark}
          data-outcome={outcome}
          title={t('schedule.runsOf', {
            outcome: t(`schedule.outcome.${outcome}`),
            name: job.name,
            time: format.instant(at, 'dateMinute', zone),
          })}
          onClick={() => onChoose(job.id)}
        >
          <i aria-hidden="true" />
          <span className={css.markText}>
            {count === 1
              ? `${format.instant(at, 'minute', zone)} ${job.name}`
              : t('schedule.several', {
                  from: format.instant(at, 'minute', zone),
                  to: format.instant(until, 'minute', zone),
                  ...{ name: job.name, count },
                })}
          </span>
        </button>
      ))}
      {marks.length > most ? <em>{t('schedule.moreRuns', { count: marks.length - most })}</em> : null}
    </div>
  )
}

function marksByDay(
  jobs: readonly JobView[],
  runs: readonly JobRun[],
  firstDay: number,
  lastDay: number,
  zone: string,
): ReadonlyMap<number, readonly Mark[]> {
  const [from, to] = [startOfDay(firstDay, zone), startOfDay(lastDay + 1, zone)]
  const now = nowMicros()
  const byId = new Map(jobs.map(job => [job.id, job]))
  const marks: Mark[] = []
  for (const run of runs) {
    const job = byId.get(run.job)
    if (!job) continue
    const times = run.dues.length > 0 ? run.dues : [run.started]
    for (const at of times) marks.push({ key: `${run.id} ${at}`, at, job, outcome: run.outcome, until: at, count: 1 })
  }
  for (const job of jobs) {
    const checked = job.enabled ? checkSchedule(job.schedule) : null
    if (!checked?.ok) continue
    const after = epochMicros(Math.max(now, from - 1))
    for (const { at } of runsBetween(checked.value, after, epochMicros(to - 1), PLANNED))
      marks.push({ key: `${job.id} ${at}`, at, job, outcome: job.skip?.at === at ? 'skipped' : 'planned', until: at, count: 1 })
  }
  const days = new Map<number, Mark[]>()
  for (const mark of marks.filter(one => one.at >= from && one.at < to).sort((a, b) => a.at - b.at)) {
    const day = dayIn(mark.at, zone)
    const held = days.get(day)
    if (held) held.push(mark)
    else days.set(day, [mark])
  }
  return new Map([...days].map(([day, own]) => [day, drawnTogether(own)]))
}

/** Runs of a day in order of time, those of a busy job as one. */
function drawnTogether(marks: readonly Mark[]): Mark[] {
  const groups = new Map<string, Mark[]>()
  for (const mark of marks) {
    const key = `${mark.job.id} ${mark.outcome}`
    groups.set(key, [...(groups.get(key) ?? []), mark])
  }
  return [...groups.values()]
    .flatMap(group => (group.length <= APART ? group : [{ ...group[0]!, until: group.at(-1)!.at, count: group.length }]))
    .sort((a, b) => a.at - b.at)
}
