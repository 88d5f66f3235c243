import { useMemo, useState } from 'react'
import type { RunEntry } from '../../../contract/color-runs.ts'
import type { JobView } from '../../../contract/schedule.ts'
import { civilOf, dayIn, dayNumberOf, startOfDay, weekdayOf } from '../../../core/kit/calendar.ts'
import { epochMicros } from '../../../core/kit/time.ts'
import { checkSchedule, runsBetween } from '../../../core/schedule/schedule.ts'
import { nowMicros } from '../../now.ts'
import { monthTitle, weekdayName } from '../../schedule/schedule-words.ts'
import { useFormat } from '../../ui/format.ts'
import { useText } from '../../ui/text.ts'
import { type RunState, STATE_SIGNS, stateOf, stateWords } from './run-words.ts'
import css from './runs.module.css'

const WEEKS = 6
const SHOWN_A_DAY = 3
/** Planned runs of one job that are drawn. */
const PLANNED = 200

/** One run in the calendar, past or planned. */
interface Chip {
  readonly key: string
  readonly at: number
  readonly state: RunState
  readonly label: string
  readonly isDemo: boolean
  /** What a press opens. */
  readonly run: string | null
  readonly job: string | null
}

/** A month of runs by day, as the desk counts days: what was published, what failed, what is to come and what was left out. */
export function RunsCalendar({
  runs,
  jobs,
  zone,
  onChoose,
  onJob,
}: {
  runs: readonly RunEntry[]
  jobs: readonly JobView[]
  zone: string
  onChoose(run: string): void
  onJob(job: string): void
}) {
  const { t, language } = useText()
  const today = dayIn(nowMicros(), zone)
  const [shown, setShown] = useState(today)
  const { year, month } = civilOf(shown)
  const anchor = dayNumberOf(year, month, 1)
  // Weeks begin on Monday.
  const first = anchor - ((weekdayOf(anchor) + 6) % 7)
  const days = Array.from({ length: 7 * WEEKS }, (_, k) => first + k)
  const chips = useMemo(() => chipsByDay({ runs, jobs, zone, first, last: first + 7 * WEEKS - 1 }), [runs, jobs, zone, first])
  const step = (by: number) => setShown(dayNumberOf(year, month + by, 1))
  return (
    <div className={css.calendar}>
      <div className={css.calendarBar}>
        <button type="button" className={css.step} aria-label={t('colorRuns.earlier')} onClick={() => step(-1)}>
          ‹
        </button>
        <strong aria-live="polite">{monthTitle(year, month, language)}</strong>
        <button type="button" className={css.step} aria-label={t('colorRuns.later')} onClick={() => step(1)}>
          ›
        </button>
        <button type="button" className={css.step} onClick={() => setShown(today)}>
          {t('colorRuns.today')}
        </button>
        <span className={`${css.quiet} ${css.zone}`}>{zone}</span>
      </div>
      <div className={css.month}>
        {days.slice(0, 7).map(day => (
          <div key={day} className={css.weekday}>
            {weekdayName(weekdayOf(day), language)}
          </div>
        ))}
        {days.map(day => (
          <div
            key={day}
            className={css.day}
            data-today={day === today || undefined}
            data-other={civilOf(day).month !== month || undefined}
          >
            <span className={css.date}>{civilOf(day).day}</span>
            {(chips.get(day) ?? []).slice(0, SHOWN_A_DAY).map(chip => (
              <DayChip
                key={chip.key}
                chip={chip}
                zone={zone}
                onPress={() => (chip.run ? onChoose(chip.run) : onJob(chip.job!))}
              />
            ))}
            {(chips.get(day)?.length ?? 0) > SHOWN_A_DAY ? (
              <em>{t('colorRuns.more', { count: chips.get(day)!.length - SHOWN_A_DAY })}</em>
            ) : null}
          </div>
        ))}
      </div>
    </div>
  )
}

function DayChip({ chip, zone, onPress }: { chip: Chip; zone: string; onPress(): void }) {
  const { t } = useText()
  const format = useFormat()
  const { state, at, label, isDemo } = chip
  const words = stateWords(state, t)
  const title = [format.instant(at, 'dateMinute', zone), label, words, isDemo ? t('demo.word') : ''].filter(Boolean).join(' · ')
  return (
    <button type="button" className={css.chip} data-state={state} title={title} onClick={onPress}>
      <i className={css.sign} aria-hidden="true">
        {STATE_SIGNS[state]}
      </i>
      <span>
        {format.instant(at, 'minute', zone)} {isDemo ? `${t('demo.word')} ` : ''}
        {label || words}
      </span>
      <span className="visually-hidden">{words}</span>
    </button>
  )
}

function chipsByDay({
  runs,
  jobs,
  zone,
  first,
  last,
}: {
  runs: readonly RunEntry[]
  jobs: readonly JobView[]
  zone: string
  first: number
  last: number
}): ReadonlyMap<number, readonly Chip[]> {
  const [from, to] = [startOfDay(first, zone), startOfDay(last + 1, zone)]
  const past = runs.map((entry): Chip => {
    const label = entry.run ? `#${entry.run.number}` : ''
    return {
      key: entry.id,
      at: entry.at,
      state: stateOf(entry),
      label,
      isDemo: entry.run?.isDemo ?? false,
      run: entry.id,
      job: null,
    }
  })
  const now = nowMicros()
  const coming = jobs.flatMap(job => {
    const checked = job.enabled ? checkSchedule(job.schedule) : null
    if (!checked?.ok || to <= now) return []
    return runsBetween(checked.value, epochMicros(Math.max(now, from - 1)), epochMicros(to - 1), PLANNED).map(({ at }): Chip => {
      const state = job.skip?.at === at ? 'skipped' : 'planned'
      return { key: `${job.id} ${at}`, at, state, label: job.name, isDemo: false, run: null, job: job.id }
    })
  })
  const byDay = new Map<number, Chip[]>()
  for (const chip of [...past, ...coming].filter(({ at }) => at >= from && at < to).sort((a, b) => a.at - b.at)) {
    const day = dayIn(chip.at, zone)
    byDay.set(day, [...(byDay.get(day) ?? []), chip])
  }
  return byDay
}
