import { useEffect, useState } from 'react'
import { calendarOf, momentOf, nextClose, nextOpen } from '../../core/market/sessions.ts'
import { useHello } from '../desk.tsx'
import { nowMicros } from '../now.ts'
import { everySecond } from '../second.ts'
import { type Format, useFormat } from '../ui/format.ts'
import { type Translate, useText } from '../ui/text.ts'
import css from './clocks.module.css'

const CLOCKS = [
  { short: 'NYSE', city: 'city.newYork', calendar: 'nyse' },
  { short: 'NYMEX', city: 'city.newYork', calendar: 'cme-energy' },
  { short: 'CME', city: 'city.chicago', calendar: 'cme-equity' },
] as const

const CITY_ZONE = { 'city.newYork': 'America/New_York', 'city.chicago': 'America/Chicago' } as const

function describe(clock: (typeof CLOCKS)[number], now: ReturnType<typeof nowMicros>, format: Format, t: Translate) {
  const calendar = calendarOf(clock.calendar)
  const zone = CITY_ZONE[clock.city]
  const { phase } = momentOf(now, calendar)
  const border = phase === 'closed' ? nextOpen(now, calendar) : nextClose(now, calendar)
  const isToday = format.instant(border, 'date', zone) === format.instant(now, 'date', zone)
  const time = format.instant(border, isToday ? 'minute' : 'dateMinute', zone)
  const next = phase === 'closed' ? t('clock.opens', { time }) : t('clock.closes', { time })
  const city = t(clock.city)
  return { phase, zone, detail: `${calendar.title}. ${t('clock.detail', { city, zone, state: t(`session.${phase}`), next })}` }
}

/** The time at the exchanges and whether they trade: regular, extended hours or closed. */
export function ExchangeClocks() {
  const { t } = useText()
  const format = useFormat()
  const isKnown = useHello() !== null
  const [now, setNow] = useState(nowMicros)
  useEffect(() => everySecond(() => setNow(nowMicros())), [])
  if (!isKnown) return <div className={css.clocks} />
  const short = { regular: t('session.openShort'), extended: t('session.extendedShort'), closed: t('session.closedShort') }
  return (
    <ul className={css.clocks} aria-label={t('clock.area')}>
      {CLOCKS.map(clock => {
        const { phase, zone, detail } = describe(clock, now, format, t)
        return (
          <li key={clock.short} className={css.clock} data-phase={phase} title={detail}>
            <i className={css.dot} aria-hidden="true" />
            <span className={css.name}>{clock.short}</span>
            <time className={css.time}>{format.instant(now, 'minute', zone)}</time>
            <span className={css.state}>{short[phase]}</span>
          </li>
        )
      })}
    </ul>
  )
}
