import { dateOfDay, dayNumberOf } from '../kit/calendar.ts'
import type { IsoDate } from '../kit/time.ts'
import { nthWeekday } from './holidays.ts'
import { addTradingDays, CALENDARS, isTradingDay } from './sessions.ts'

/** Letters of the delivery months January to December. */
export const MONTH_CODES = 'FGHJKMNQUVXZ'

/** A delivery month; months count from 1. */
export interface ContractMonth {
  readonly year: number
  readonly month: number
}

/** What is fixed about the contracts of one root. */
export interface ContractRoot {
  readonly root: string
  readonly name: string
  readonly unit: string
  readonly tickSize: number
  readonly multiplier: number
  readonly calendar: 'cme-energy' | 'cme-equity'
  /** Months of the year that are listed. */
  readonly months: readonly number[]
  /** Day on which a contract is last traded, as days since 1970-01-01. */
  readonly lastTradeDay: (contract: ContractMonth) => number
}

const EVERY_MONTH = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const
const FRIDAY = 5

/**
 * Futures whose contracts can be named and dated.
 *
 * Source: CME Rulebook chapters 200 (CL), 220 (NG) and 358 (ES).
 */
export const CONTRACT_ROOTS = {
  CL: {
    root: 'CL',
    name: 'WTI crude oil',
    unit: 'USD/bbl',
    tickSize: 0.01,
    multiplier: 1000,
    calendar: 'cme-energy',
    months: EVERY_MONTH,
    lastTradeDay: crudeLastTradeDay,
  },
  NG: {
    root: 'NG',
    name: 'Henry Hub natural gas',
    unit: 'USD/MMBtu',
    tickSize: 0.001,
    multiplier: 10_000,
    calendar: 'cme-energy',
    months: EVERY_MONTH,
    lastTradeDay: gasLastTradeDay,
  },
  ES: {
    root: 'ES',
    name: 'E-mini S&P 500',
    unit: 'index points',
    tickSize: 0.25,
    multiplier: 50,
    calendar: 'cme-equity',
    months: [3, 6, 9, 12],
    lastTradeDay: equityLastTradeDay,
  },
} as const satisfies Record<string, ContractRoot>

export type RootName = keyof typeof CONTRACT_ROOTS

/** A contract with its last trade date. */
export interface Contract extends ContractMonth {
  readonly root: RootName
  /** As `CLZ26`. */
  readonly symbol: string
  readonly lastTradeDate: IsoDate
}

/**
 * Symbol of a contract: root, month letter, two digits of the year, as CLZ26.
 *
 * Fails: RangeError when the month is not 1 to 12.
 */
export function contractSymbol(root: string, { year, month }: ContractMonth): string {
  const code = MONTH_CODES[month - 1]
  if (!code) throw new RangeError(`a contract month is 1 to 12, was ${month}`)
  return `${root}${code}${String(year % 100).padStart(2, '0')}`
}

/**
 * The contract that a symbol such as CLZ26 names, null where it names none of the roots here.
 *
 * Two-digit years are read as 2000 to 2099.
 */
export function parseContract(symbol: string): Contract | null {
  const match = /^([A-Z]{2})([FGHJKMNQUVXZ])(\d{2})$/.exec(symbol)
  if (!match || !Object.hasOwn(CONTRACT_ROOTS, match[1]!)) return null
  const root = match[1] as RootName
  const month = MONTH_CODES.indexOf(match[2]!) + 1
  const year = 2000 + Number(match[3])
  const months: readonly number[] = CONTRACT_ROOTS[root].months
  return months.includes(month) ? contractOf(root, { year, month }) : null
}

/** A contract of a root by its delivery month. */
export function contractOf(root: RootName, { year, month }: ContractMonth): Contract {
  const lastTradeDate = dateOfDay(CONTRACT_ROOTS[root].lastTradeDay({ year, month }))
  return { root, year, month, symbol: contractSymbol(root, { year, month }), lastTradeDate }
}

/** Delivery month as 2026-12. */
export function contractMonthText({ year, month }: ContractMonth): string {
  return `${year}-${String(month).padStart(2, '0')}`
}

/** The first `count` listed contracts of a root that still trade on a date, nearest first. */
export function strip(root: RootName, from: IsoDate, count: number): Contract[] {
  const months: readonly number[] = CONTRACT_ROOTS[root].months
  const contracts: Contract[] = []
  let year = Number(from.slice(0, 4))
  let month = Number(from.slice(5, 7))
  while (contracts.length < count) {
    if (months.includes(month)) {
      const contract = contractOf(root, { year, month })
      if (contract.lastTradeDate >= from) contracts.push(contract)
    }
    year += month === 12 ? 1 : 0
    month = (month % 12) + 1
  }
  return contracts
}

/**
 * Expiry of American options on CL (LO): three business days before the future's last trade date.
 *
 * Source: CME Rulebook chapter 310.
 */
export function crudeOptionExpiry(contract: ContractMonth): IsoDate {
  return dateOfDay(addTradingDays(crudeLastTradeDay(contract), -3, CALENDARS['cme-energy']))
}

/**
 * Expiry of American options on NG (ON): the business day before the future's last trade date.
 *
 * Source: CME Rulebook chapter 370.
 */
export function gasOptionExpiry(contract: ContractMonth): IsoDate {
  return dateOfDay(addTradingDays(gasLastTradeDay(contract), -1, CALENDARS['cme-energy']))
}

/** Three business days before the 25th of the month before delivery; four where the 25th is not a business day. */
function crudeLastTradeDay({ year, month }: ContractMonth): number {
  const calendar = CALENDARS['cme-energy']
  const anchor = dayNumberOf(year, month - 1, 25)
  return addTradingDays(anchor, isTradingDay(anchor, calendar) ? -3 : -4, calendar)
}

/** Third-last business day of the month before delivery. */
function gasLastTradeDay({ year, month }: ContractMonth): number {
  return addTradingDays(dayNumberOf(year, month, 1), -3, CALENDARS['cme-energy'])
}

/** Third Friday of the contract month, or the business day before where that is a holiday. */
function equityLastTradeDay({ year, month }: ContractMonth): number {
  const calendar = CALENDARS['cme-equity']
  const friday = nthWeekday(year, month, FRIDAY, 3)
  return isTradingDay(friday, calendar) ? friday : addTradingDays(friday, -1, calendar)
}
