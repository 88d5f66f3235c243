import type { JobDraft, JobView } from '../../contract/schedule.ts'
import { epochMicros } from '../../core/kit/time.ts'
import { checkSchedule, type PlannedRun, plannedAfter } from '../../core/schedule/schedule.ts'
import { nowMicros } from '../now.ts'
import { Icon } from '../ui/icons.tsx'
import { useText } from '../ui/text.ts'
import css from './jobs.module.css'
import { runTime, scheduleFaultWords } from './schedule-words.ts'

/** The next planned runs of a schedule with what the clocks do to each, computed here by the host's own rules. */
export function RunsPreview({
  schedule,
  count,
  skip = null,
  settled,
}: {
  schedule: JobDraft['schedule']
  count: number
  skip?: JobView['skip']
  /** Planned times up to here are done. */
  settled?: number | undefined
}) {
  const { t, language } = useText()
  const checked = checkSchedule(schedule)
  if (!checked.ok)
    return (
      <p className={css.fault} role="alert">
        <Icon name="warning" size={12} />
        {scheduleFaultWords(checked.error, t)}
      </p>
    )
  const runs: PlannedRun[] = []
  for (const run of plannedAfter(checked.value, epochMicros(Math.max(nowMicros(), settled ?? 0)))) {
    runs.push(run)
    if (runs.length >= count) break
  }
  return (
    <ol className={css.preview}>
      {runs.map(run => {
        const { day, time } = runTime(run.at, checked.value.zone, language)
        const mark = skip?.at === run.at ? 'left-out' : run.mark
        return (
          <li key={run.at} data-mark={mark}>
            <span>{day}</span>
            <span>{time}</span>
            {mark ? <em>{t(`schedule.mark.${mark}`)}</em> : null}
          </li>
        )
      })}
    </ol>
  )
}
