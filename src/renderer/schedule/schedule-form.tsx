import { SegmentedControl, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { JobDraft } from '../../contract/schedule.ts'
import { CALENDARS, type CalendarKey } from '../../core/market/sessions.ts'
import { parseCron } from '../../core/schedule/cron.ts'
import { fromWeekTimes, MARKET_MINUTES, toWeekTimes, type WeekTimes } from '../../core/schedule/schedule.ts'
import { IconButton } from '../ui/form.tsx'
import { useText } from '../ui/text.ts'
import { Count } from './count-field.tsx'
import css from './jobs.module.css'
import { clockText, ownZone, weekdayName } from './schedule-words.ts'

type Schedule = JobDraft['schedule']
type CronSchedule = Extract<Schedule, { kind: 'cron' }>
type Mode = 'week' | 'cron' | 'market'

/** Weeks begin on Monday. */
const WEEK = [1, 2, 3, 4, 5, 6, 0]
const WORKDAYS: WeekTimes = { weekdays: [1, 2, 3, 4, 5], times: [18 * 60] }

function weekOf(schedule: Schedule): WeekTimes | null {
  const cron = schedule.kind === 'cron' ? parseCron(schedule.line) : null
  return cron?.ok ? toWeekTimes(cron.value) : null
}

/** When a job runs: days and times, a cron line, or the hours of a market. */
export function ScheduleForm({ schedule, onChange }: { schedule: Schedule; onChange(next: Schedule): void }) {
  const { t } = useText()
  const [mode, setMode] = useState<Mode>(schedule.kind === 'market' ? 'market' : weekOf(schedule) ? 'week' : 'cron')
  const choose = (next: Mode) => {
    setMode(next)
    if (next === 'market' && schedule.kind !== 'market') onChange({ kind: 'market', calendar: 'nyse', at: 'close', minutes: 30 })
    if (next !== 'market' && schedule.kind === 'market')
      onChange({ kind: 'cron', line: fromWeekTimes(WORKDAYS), zone: ownZone(), skipped: 'next', repeated: 'first' })
  }
  return (
    <fieldset className={css.when}>
      <legend>{t('schedule.editor.when')}</legend>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={t('schedule.editor.when')}
        value={mode}
        data={(['week', 'cron', 'market'] as const).map(value => ({ value, label: t(`schedule.editor.${value}`) }))}
        onChange={value => choose(value as Mode)}
      />
      {schedule.kind === 'market' ? (
        <MarketFields schedule={schedule} onChange={onChange} />
      ) : (
        <>
          {mode === 'week' ? <WeekFields schedule={schedule} onChange={onChange} /> : null}
          {mode === 'cron' ? (
            <TextInput
              size="xs"
              label={t('schedule.editor.line')}
              description={t('schedule.editor.lineAbout')}
              value={schedule.line}
              className={css.line ?? ''}
              spellCheck={false}
              maxLength={400}
              onChange={event => onChange({ ...schedule, line: event.currentTarget.value })}
            />
          ) : null}
          <ZoneFields schedule={schedule} onChange={onChange} />
        </>
      )}
    </fieldset>
  )
}

function MarketFields({
  schedule,
  onChange,
}: {
  schedule: Extract<Schedule, { kind: 'market' }>
  onChange(next: Schedule): void
}) {
  const { t } = useText()
  return (
    <div className={css.pair}>
      <Select
        size="xs"
        label={t('schedule.editor.calendar')}
        value={schedule.calendar}
        allowDeselect={false}
        data={Object.values(CALENDARS).map(({ key, title }) => ({ value: key, label: title }))}
        onChange={value => value && onChange({ ...schedule, calendar: value as CalendarKey })}
      />
      <Select
        size="xs"
        label={t('schedule.editor.anchor')}
        value={schedule.at}
        allowDeselect={false}
        data={[
          { value: 'open', label: t('schedule.editor.open') },
          { value: 'close', label: t('schedule.editor.closeOf') },
        ]}
        onChange={value => value && onChange({ ...schedule, at: value === 'open' ? 'open' : 'close' })}
      />
      <Count
        label={t('schedule.editor.minutes')}
        value={schedule.minutes}
        from={-MARKET_MINUTES}
        to={MARKET_MINUTES}
        onChange={minutes => onChange({ ...schedule, minutes })}
      />
    </div>
  )
}

function WeekFields({ schedule, onChange }: { schedule: CronSchedule; onChange(next: Schedule): void }) {
  const { t, language } = useText()
  const found = weekOf(schedule)
  const [held, setHeld] = useState<WeekTimes>(found ?? WORKDAYS)
  const [fault, setFault] = useState<'times' | 'days' | null>(null)
  const change = (next: WeekTimes) => {
    setHeld(next)
    try {
      onChange({ ...schedule, line: fromWeekTimes(next) })
      setFault(null)
    } catch {
      setFault(next.weekdays.length === 0 || next.times.length === 0 ? 'days' : 'times')
    }
  }
  const toggle = (day: number) =>
    change({
      ...held,
      weekdays: held.weekdays.includes(day) ? held.weekdays.filter(one => one !== day) : [...held.weekdays, day],
    })
  return (
    <>
      {!found && !fault ? <p className={css.quiet}>{t('schedule.editor.notWeek')}</p> : null}
      <fieldset className={css.days}>
        <legend>{t('schedule.editor.days')}</legend>
        {WEEK.map(day => (
          <button
            key={day}
            type="button"
            className={css.dayButton}
            aria-pressed={held.weekdays.includes(day)}
            title={weekdayName(day, language, 'long')}
            onClick={() => toggle(day)}
          >
            {weekdayName(day, language)}
          </button>
        ))}
      </fieldset>
      <Times held={held} onChange={times => change({ ...held, times })} />
      {fault ? (
        <p className={css.fault} role="alert">
          {t(`schedule.fault.${fault}`)}
        </p>
      ) : null}
    </>
  )
}

function Times({ held, onChange }: { held: WeekTimes; onChange(times: readonly number[]): void }) {
  const { t } = useText()
  const read = (text: string) => {
    const [hour = Number.NaN, minute = Number.NaN] = text.split(':').map(Number)
    return hour * 60 + minute
  }
  return (
    <div className={css.times}>
      {held.times.map((time, k) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a time keeps its field while it is typed
        <span key={k} className={css.timeField}>
          <TextInput
            size="xs"
            type="time"
            aria-label={t('schedule.editor.time')}
            value={clockText(time)}
            onChange={event => {
              const typed = read(event.currentTarget.value)
              if (Number.isInteger(typed)) onChange(held.times.map((one, at) => (at === k ? typed : one)))
            }}
          />
          {held.times.length > 1 ? (
            <IconButton
              icon="close"
              label={t('schedule.editor.removeTime', { time: clockText(time) })}
              onClick={() => onChange(held.times.filter((_, at) => at !== k))}
            />
          ) : null}
        </span>
      ))}
      {held.times.length < 6 ? (
        <IconButton
          icon="plus"
          label={t('schedule.editor.addTime')}
          onClick={() => onChange([...held.times, ((held.times.at(-1) ?? 0) + 60) % 1440])}
        />
      ) : null}
    </div>
  )
}

function ZoneFields({ schedule, onChange }: { schedule: CronSchedule; onChange(next: Schedule): void }) {
  const { t } = useText()
  const zones = [...new Set(['UTC', ownZone(), schedule.zone, ...Intl.supportedValuesOf('timeZone')])]
  return (
    <>
      <Select
        size="xs"
        label={t('schedule.editor.zone')}
        value={schedule.zone}
        searchable
        allowDeselect={false}
        limit={80}
        data={zones}
        onChange={zone => zone && onChange({ ...schedule, zone })}
      />
      <div className={css.pair}>
        <Select
          size="xs"
          label={t('schedule.editor.skipped')}
          value={schedule.skipped}
          allowDeselect={false}
          data={(['next', 'skip'] as const).map(value => ({ value, label: t(`schedule.editor.skipped.${value}`) }))}
          onChange={value => value && onChange({ ...schedule, skipped: value as CronSchedule['skipped'] })}
        />
        <Select
          size="xs"
          label={t('schedule.editor.repeated')}
          value={schedule.repeated}
          allowDeselect={false}
          data={(['first', 'second', 'both'] as const).map(value => ({ value, label: t(`schedule.editor.repeated.${value}`) }))}
          onChange={value => value && onChange({ ...schedule, repeated: value as CronSchedule['repeated'] })}
        />
      </div>
    </>
  )
}
