import type { JobDraft, JobRun } from '../../contract/schedule.ts'
import { CALENDARS } from '../../core/market/sessions.ts'
import { parseCron } from '../../core/schedule/cron.ts'
import { describeCron, type ScheduleFault, type ScheduleWords } from '../../core/schedule/schedule.ts'
import type { Format } from '../ui/format.ts'
import { type Language, type TextKey, type Translate, textOr } from '../ui/text.ts'

type Schedule = JobDraft['schedule']
const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', es: 'es-ES' }
/** A Sunday, in UTC: names of weekdays are those of the days after it. */
const SUNDAY = Date.UTC(2026, 0, 4)
const DAY_MS = 86_400_000

const formats = new Map<string, Intl.DateTimeFormat>()
function format(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options)
  const known = formats.get(key) ?? new Intl.DateTimeFormat(LOCALES[language], options)
  formats.set(key, known)
  return known
}

/** Short name of a weekday; 0 is Sunday. */
export function weekdayName(weekday: number, language: Language, weekdayStyle: 'short' | 'long' = 'short'): string {
  return format(language, { weekday: weekdayStyle, timeZone: 'UTC' }).format(SUNDAY + weekday * DAY_MS)
}

function monthName(month: number, language: Language): string {
  return format(language, { month: 'short', timeZone: 'UTC' }).format(Date.UTC(2026, month - 1, 15))
}

/** Weekday, date, time and offset of a run, as the clocks of a zone have them. */
export function runTime(at: number, zone: string, language: Language): { readonly day: string; readonly time: string } {
  const day = format(language, { weekday: 'short', day: '2-digit', month: 'short', year: 'numeric', timeZone: zone })
  const time = format(language, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'shortOffset',
    timeZone: zone,
  })
  return { day: day.format(at / 1000), time: time.format(at / 1000).replace(',', '') }
}

export function monthTitle(year: number, month: number, language: Language): string {
  return format(language, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(Date.UTC(year, month - 1, 15))
}

/** Minutes of a day as 18:30. */
export function clockText(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

/** The zone's city, which is what people call it by. */
export function zoneText(zone: string): string {
  return zone.split('/').at(-1)!.replaceAll('_', ' ')
}

/** 1,2,3,4,5 as Mon–Fri; runs of three and more are drawn together. */
function spans(values: readonly number[], name: (value: number) => string): string {
  const pieces: string[] = []
  for (let at = 0; at < values.length; ) {
    let end = at
    while (values[end + 1] === values[end]! + 1) end += 1
    if (end - at >= 2) pieces.push(`${name(values[at]!)}–${name(values[end]!)}`)
    else for (const value of values.slice(at, end + 1)) pieces.push(name(value))
    at = end + 1
  }
  return pieces.join(', ')
}

function whenWords({ times, everyMinutes, minutes, hours }: ScheduleWords, t: Translate): string {
  if (times) return t('schedule.words.at', { times: times.map(clockText).join(', ') })
  const rhythm =
    everyMinutes !== null
      ? t('schedule.words.every', { minutes: everyMinutes })
      : t('schedule.words.minutes', { minutes: spans(minutes, String) })
  if (!hours) return rhythm
  const [first, last] = [hours[0]!, hours.at(-1)!]
  const isSpan = hours.length === last - first + 1
  const between = { from: clockText(first * 60), to: clockText(last * 60 + 59) }
  return `${rhythm} ${isSpan ? t('schedule.words.between', between) : t('schedule.words.hours', { hours: spans(hours, String) })}`
}

function dayWords({ days, weekdays, eitherDay }: ScheduleWords, t: Translate, language: Language): string {
  // Weeks begin on Monday where they are read as a span.
  const order = weekdays ? [...weekdays].sort((a, b) => ((a + 6) % 7) - ((b + 6) % 7)).map(day => (day === 0 ? 7 : day)) : null
  const b = order ? spans(order, day => weekdayName(day % 7, language)) : null
  const a = days ? t('schedule.words.onDays', { days: spans(days, String) }) : null
  if (a && b) return t(eitherDay ? 'schedule.words.or' : 'schedule.words.and', { a, b })
  return a ?? b ?? t('schedule.words.everyDay')
}

/** When a job runs, as a person would say it. */
export function scheduleWords(schedule: Schedule, t: Translate, language: Language): string {
  if (schedule.kind === 'market') {
    const { at, minutes, calendar } = schedule
    const side = minutes === 0 ? 'at' : minutes > 0 ? 'after' : 'before'
    const values = { minutes: Math.abs(minutes), market: CALENDARS[calendar].title }
    return side === 'at' ? t(`schedule.words.market.${at}.at`, values) : t(`schedule.words.market.${at}.${side}`, values)
  }
  const cron = parseCron(schedule.line)
  if (!cron.ok) return schedule.line
  const words = describeCron(cron.value)
  const months = words.months
    ? t('schedule.words.months', { months: spans(words.months, month => monthName(month, language)) })
    : null
  const what = [dayWords(words, t, language), whenWords(words, t), months].filter(Boolean).join(', ')
  return t('schedule.words.zone', { what, zone: zoneText(schedule.zone) })
}

/** Why a schedule cannot be one, in the language of the page. */
export function scheduleFaultWords(fault: ScheduleFault, t: Translate): string {
  const values = 'field' in fault ? { ...fault, field: t(`schedule.field.${fault.field}`) } : fault
  return (t as (key: TextKey, values: object) => string)(`schedule.fault.${fault.kind}`, values)
}

/** What a run did: `12 stored · 3 new bars · file night.tar`. */
export function factWords(facts: JobRun['facts'], format: Pick<Format, 'whole' | 'bytes'>): string {
  return Object.entries(facts)
    .map(([name, value]) => {
      if (name === 'bytes' && typeof value === 'number') return format.bytes(value)
      const words = textOr(`schedule.fact.${name}`, name)
      return typeof value === 'number' ? `${format.whole(value)} ${words}` : `${words} ${value}`
    })
    .join(' · ')
}

/** Name of a kind of work. */
export function kindName(kind: string): string {
  return textOr(`schedule.kind.${kind}`, kind)
}

/** The zone of the machine, which is what a person means until they say another. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}
