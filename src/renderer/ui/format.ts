import { useMemo } from 'react'
import { createStore, useStore } from 'zustand'
import { nowMicros } from '../now.ts'
import { type Language, useText } from './text.ts'

/** What stands where a number is missing; the reason goes into the cell's title. */
export const MISSING = '—'
const MINUS = '\u2212'

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-US', es: 'es-ES' }

const numbers = new Map<string, Intl.NumberFormat>()
const dates = new Map<string, Intl.DateTimeFormat>()
/** Options by their number of decimals, the same object each time. */
const FIXED: Intl.NumberFormatOptions[] = []

function numberFormat(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options)
  const known = numbers.get(key)
  if (known) return known
  // 'always', since Spanish leaves 1234 without its separator and columns would not line up.
  const format = new Intl.NumberFormat(locale, { useGrouping: 'always', ...options } as Intl.NumberFormatOptions)
  numbers.set(key, format)
  return format
}

function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options)
  const known = dates.get(key)
  if (known) return known
  const format = new Intl.DateTimeFormat(locale, options)
  dates.set(key, format)
  return format
}

const decimalsOf = new Map<number, number>()

/**
 * Decimals with which prices of that tick size are written: 0.01 gives 2, 0.25 gives 2, 0.03125 gives 5, 1 gives 0.
 *
 * Range: at most 10; a tick size that is not a positive number gives 2.
 */
export function decimals(tickSize: number): number {
  const known = decimalsOf.get(tickSize)
  if (known !== undefined) return known
  let count = 0
  if (!(tickSize > 0)) count = 2
  else
    while (count < 10 && Math.abs(Math.round(tickSize * 10 ** count) - tickSize * 10 ** count) > 1e-6 * 10 ** count * tickSize)
      count++
  decimalsOf.set(tickSize, count)
  return count
}

/** How precisely an instant is written. */
export type InstantStyle = 'date' | 'minute' | 'second' | 'milli' | 'dateMinute' | 'dateSecond' | 'monthDay'

const INSTANTS: Readonly<Record<InstantStyle, Intl.DateTimeFormatOptions>> = {
  date: { year: 'numeric', month: '2-digit', day: '2-digit' },
  monthDay: { month: 'short', day: 'numeric' },
  minute: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  second: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  milli: { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' },
  dateMinute: { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  dateSecond: {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  },
}

const BYTES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

type Number0 = number | null | undefined
const isMissing = (value: Number0): value is null | undefined => value === null || value === undefined || !Number.isFinite(value)

/** Numbers, instants and ages as text in one language; formatters are kept, so a call costs about a microsecond. */
export interface Format {
  readonly locale: string
  /** Decimals by tick size, real minus sign, an em dash where missing. */
  price(value: Number0, tickSize: number): string
  /** As price, with a plus sign for what is above zero. */
  change(value: Number0, tickSize: number): string
  /** 0.0123 as 1.23 %; signed where asked. */
  percent(fraction: Number0, options?: { decimals?: number; signed?: boolean }): string
  /** Fixed decimals. */
  number(value: Number0, digits?: number): string
  whole(value: Number0): string
  /** Short where long: 12.3 M. */
  volume(value: Number0): string
  bytes(value: Number0): string
  /** Seconds as 40 µs, 1.2 ms, 340 ms, 2.1 s. */
  duration(seconds: Number0): string
  /** Instant in epoch microseconds, in that zone or the one set for the page. */
  instant(at: Number0, style: InstantStyle, zone?: string): string
  /** How long ago, short: 0.4 s, 12 s, 3 min, 2 h, 5 d. */
  age(at: Number0, now?: number): string
}

/** The formatter of a language; `zone` is IANA or undefined for the machine's own. */
export function createFormat(language: Language, zone?: string): Format {
  const locale = LOCALES[language]
  // Found by the options themselves: writing them out as a key took longer than formatting the number.
  const made = new WeakMap<Intl.NumberFormatOptions, Intl.NumberFormat>()
  const put = (value: Number0, options: Intl.NumberFormatOptions): string => {
    if (isMissing(value)) return MISSING
    let format = made.get(options)
    if (!format) {
      // -0.001 with two decimals would be written -0.00: negative zero is not a direction.
      format = numberFormat(locale, { signDisplay: 'negative', ...options })
      made.set(options, format)
    }
    return format.format(value).replace('-', MINUS)
  }
  const fixed = (digits: number): Intl.NumberFormatOptions => {
    FIXED[digits] ??= { minimumFractionDigits: digits, maximumFractionDigits: digits }
    return FIXED[digits]
  }
  const unit = (value: number, name: string, digits = 0) =>
    put(value, { style: 'unit', unit: name, unitDisplay: 'narrow', ...fixed(digits) }).replace(/^(\S*\d)(\p{L}+)$/u, '$1\u202f$2')
  const span = (seconds: number): string => {
    if (seconds > 0 && seconds < 0.000_0995) return `${put(seconds * 1e6, fixed(0))}\u202fµs`
    if (seconds < 0.0995) return `${put(seconds * 1000, fixed(1))}\u202fms`
    if (seconds < 0.9995) return `${put(seconds * 1000, fixed(0))}\u202fms`
    if (seconds < 10) return unit(seconds, 'second', 1)
    if (seconds < 90) return unit(seconds, 'second')
    if (seconds < 5400) return `${put(seconds / 60, fixed(0))}\u202fmin`
    if (seconds < 172_800) return unit(seconds / 3600, 'hour')
    return unit(seconds / 86_400, 'day')
  }
  return {
    locale,
    price: (value, tickSize) => put(value, fixed(decimals(tickSize))),
    change: (value, tickSize) => put(value, { ...fixed(decimals(tickSize)), signDisplay: 'exceptZero' }),
    percent: (fraction, { decimals: digits = 2, signed = false } = {}) =>
      put(fraction, { style: 'percent', ...fixed(digits), ...(signed ? { signDisplay: 'exceptZero' } : {}) }),
    number: (value, digits = 2) => put(value, fixed(digits)),
    whole: value => put(value, fixed(0)),
    volume: value =>
      isMissing(value) || Math.abs(value) < 100_000
        ? put(value, { maximumFractionDigits: 0 })
        : put(value, { notation: 'compact', maximumSignificantDigits: 4 }),
    bytes(value) {
      if (isMissing(value)) return MISSING
      let power = 0
      while (value >= 1000 * 1000 ** power && power < BYTES.length - 1) power++
      return put(value / 1000 ** power, { style: 'unit', unit: BYTES[power]!, unitDisplay: 'short', maximumSignificantDigits: 3 })
    },
    duration: seconds => (isMissing(seconds) ? MISSING : span(seconds)),
    instant(at, style, other) {
      if (isMissing(at)) return MISSING
      const timeZone = other ?? zone
      return dateFormat(locale, { ...INSTANTS[style], ...(timeZone ? { timeZone } : {}) }).format(at / 1000)
    },
    age: (at, now = nowMicros()) => (isMissing(at) ? MISSING : span(Math.max(0, now - at) / 1e6)),
  }
}

const pageZone = createStore<{ zone: string | undefined }>(() => ({ zone: undefined }))

/** Sets the zone in which instants are written where a caller names none; undefined is the machine's own. */
export function setPageZone(zone: string | undefined): void {
  pageZone.setState({ zone })
}

/** The formatter of the page's language and zone. */
export function useFormat(): Format {
  const { language } = useText()
  const zone = useStore(pageZone, state => state.zone)
  return useMemo(() => createFormat(language, zone), [language, zone])
}
