import { Cron as Croner } from 'croner'
import { describe, expect, test } from 'vitest'
import { offsetAt, toLocal } from '../kit/calendar.ts'
import { createRandom } from '../kit/random.ts'
import { type EpochMicros, epochMicros, fromMillis, MICROS_PER_DAY, MICROS_PER_MINUTE, toMillis } from '../kit/time.ts'
import { type CronFault, parseCron, runsEveryHour } from './cron.ts'
import {
  type CheckedSchedule,
  checkSchedule,
  describeCron,
  fromWeekTimes,
  nextRuns,
  plannedAfter,
  runsBetween,
  type Schedule,
  scheduleSentence,
  toWeekTimes,
} from './schedule.ts'

type CronSchedule = Schedule & { readonly kind: 'cron' }

function planned(line: string, zone = 'UTC', rules: Partial<CronSchedule> = {}): CheckedSchedule {
  const found = checkSchedule({ kind: 'cron', line, zone, skipped: 'next', repeated: 'first', ...rules })
  if (!found.ok) throw new Error(scheduleSentence(found.error))
  return found.value
}
function faultOf(line: string): CronFault | null {
  const found = parseCron(line)
  return found.ok ? null : found.error
}
const instant = (iso: string): EpochMicros => fromMillis(Date.parse(iso))
const iso = (at: number): string => new Date(at / 1000).toISOString().slice(0, 16)
const runs = (checked: CheckedSchedule, from: string, count: number) =>
  nextRuns(checked, instant(from), count).map(({ at, mark }) => (mark === null ? iso(at) : `${iso(at)} ${mark}`))

describe('a cron line', () => {
  test.each([
    ['0 and 7 are Sunday', '0 9 * * 0', [0]],
    ['0 and 7 are Sunday', '0 9 * * 7', [0]],
    ['1-5 is Monday to Friday', '0 9 * * 1-5', [1, 2, 3, 4, 5]],
    ['5-7 reaches Sunday', '0 9 * * 5-7', [0, 5, 6]],
    ['names in any case', '0 9 * * Mon,WED,fri', [1, 3, 5]],
    ['names over the end of the week', '0 9 * * fri-mon', [0, 1, 5, 6]],
    ['a step from a star', '0 9 * * */2', [0, 2, 4, 6]],
    ['a step from a value', '0 9 * * 2/2', [2, 4, 6]],
  ])('weekdays: %s (%s)', (_, line, weekdays) => {
    const cron = parseCron(line)
    expect(cron.ok && cron.value.weekdays).toEqual(weekdays)
  })

  test('each weekday by number and by name runs on that day and no other', () => {
    const names = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
    for (const [number, name] of names.entries()) {
      for (const word of [String(number), name]) {
        const days = nextRuns(planned(`30 8 * * ${word}`, 'Europe/Madrid'), instant('2026-01-01T00:00Z'), 60)
        const seen = days.map(({ at }) => {
          const { year, month, day, hour, minute } = toLocal(at, 'Europe/Madrid')
          expect([hour, minute]).toEqual([8, 30])
          return new Date(Date.UTC(year, month - 1, day)).getUTCDay()
        })
        expect(new Set(seen)).toEqual(new Set([number]))
      }
    }
  })

  test.each([
    ['', { kind: 'count', found: 0 }],
    ['0 9 * *', { kind: 'count', found: 4 }],
    ['0 0 9 * * 1', { kind: 'count', found: 6 }],
    ['60 9 * * *', { kind: 'range', field: 'minute', piece: '60', from: 0, to: 59 }],
    ['0 24 * * *', { kind: 'range', field: 'hour', piece: '24', from: 0, to: 23 }],
    ['0 9 0 * *', { kind: 'range', field: 'day', piece: '0', from: 1, to: 31 }],
    ['0 9 * 13 *', { kind: 'range', field: 'month', piece: '13', from: 1, to: 12 }],
    ['0 9 * * 8', { kind: 'range', field: 'weekday', piece: '8', from: 0, to: 7 }],
    ['0 9 * * moon', { kind: 'piece', field: 'weekday', piece: 'moon' }],
    ['*/0 9 * * *', { kind: 'piece', field: 'minute', piece: '*/0' }],
    ['20-10 9 * * *', { kind: 'piece', field: 'minute', piece: '20-10' }],
    ['0 9, * * *', { kind: 'piece', field: 'hour', piece: '' }],
    ['@sometimes', { kind: 'macro', piece: '@sometimes' }],
    ['@reboot', { kind: 'macro', piece: '@reboot' }],
    ['0 0 31 2 *', { kind: 'never', piece: '31 2' }],
    ['0 0 30 feb *', { kind: 'never', piece: '30 feb' }],
    ['0 0 31 4,6,9,11 *', { kind: 'never', piece: '31 4,6,9,11' }],
  ])('%s is refused by name', (line, fault) => {
    expect(faultOf(line)).toEqual(fault)
  })

  test('a day that only leap years have is found, with its weekday too', () => {
    expect(runs(planned('0 0 29 2 *'), '2026-01-01T00:00Z', 2)).toEqual(['2028-02-29T00:00', '2032-02-29T00:00'])
    // A star with a step restricts without counting alone: only a 29 February that is a Sunday or Wednesday or Saturday fits.
    expect(runs(planned('0 0 29 2 */3'), '2026-01-01T00:00Z', 1)).toEqual(['2032-02-29T00:00'])
  })

  test('a day of the month or of the week counts where both are given', () => {
    expect(runs(planned('0 0 13 * 5'), '2026-02-01T00:00Z', 6)).toEqual([
      '2026-02-06T00:00',
      '2026-02-13T00:00',
      '2026-02-20T00:00',
      '2026-02-27T00:00',
      '2026-03-06T00:00',
      '2026-03-13T00:00',
    ])
  })

  test('macros are the lines they stand for', () => {
    expect(runs(planned('@daily', 'Asia/Karachi'), '2026-06-01T00:00Z', 2)).toEqual(['2026-06-01T19:00', '2026-06-02T19:00'])
    expect(runs(planned('@weekly'), '2026-06-01T00:00Z', 1)).toEqual(['2026-06-07T00:00'])
  })
})

describe('clock changes', () => {
  const zones = [
    // Zone, the night whose 02:30 is not there, the night whose 02:30 (01:30 in New York) comes twice.
    { zone: 'America/New_York', before: '2026-03-08T00:00-05:00', moved: '2026-03-08T07:00', line: '30 2 * * *' },
    { zone: 'Europe/Berlin', before: '2026-03-29T00:00+01:00', moved: '2026-03-29T01:00', line: '30 2 * * *' },
    { zone: 'Australia/Sydney', before: '2026-10-04T00:00+10:00', moved: '2026-10-03T16:00', line: '30 2 * * *' },
  ]
  test.each(zones)(
    '$zone: a skipped time runs at the first instant after it, or is dropped on demand',
    ({ zone, before, moved, line }) => {
      const [first, second] = nextRuns(planned(line, zone), instant(before), 2)
      expect([iso(first!.at), first!.mark, second!.mark]).toEqual([moved, 'moved', null])
      const skipping = planned(line, zone, { skipped: 'skip' })
      const [only] = nextRuns(skipping, instant(before), 1)
      expect(only).toEqual({ at: second!.at, mark: null })
      const [dropped] = plannedAfter(skipping, instant(before))
      expect(dropped).toEqual({ at: first!.at, mark: 'dropped' })
    },
  )

  test.each([
    {
      zone: 'America/New_York',
      from: '2026-11-01T00:00-04:00',
      line: '30 1 * * *',
      first: '2026-11-01T05:30',
      second: '2026-11-01T06:30',
    },
    {
      zone: 'Europe/Berlin',
      from: '2026-10-25T00:00+02:00',
      line: '30 2 * * *',
      first: '2026-10-25T00:30',
      second: '2026-10-25T01:30',
    },
    {
      zone: 'Australia/Sydney',
      from: '2026-04-05T00:00+11:00',
      line: '30 2 * * *',
      first: '2026-04-04T15:30',
      second: '2026-04-04T16:30',
    },
  ])(
    '$zone: a repeated time runs once, at its first, second or both instants as asked',
    ({ zone, from, line, first, second }) => {
      expect(runs(planned(line, zone), from, 1)).toEqual([`${first} first`])
      expect(runs(planned(line, zone, { repeated: 'second' }), from, 1)).toEqual([`${second} second`])
      expect(runs(planned(line, zone, { repeated: 'both' }), from, 2)).toEqual([`${first} first`, `${second} second`])
      const day = runsBetween(planned(line, zone), instant(from), epochMicros(instant(from) + MICROS_PER_DAY), 10)
      expect(day).toHaveLength(1)
    },
  )

  test('several skipped times become one run, and a run that is there already is not doubled', () => {
    const night = '2026-03-08T00:00-05:00'
    expect(runs(planned('0,20,40 2 * * *', 'America/New_York'), night, 2)).toEqual(['2026-03-08T07:00 moved', '2026-03-09T06:00'])
    expect(runs(planned('0 2,3 * * *', 'America/New_York'), night, 2)).toHaveLength(2)
    expect(runs(planned('0 2,3 * * *', 'America/New_York'), night, 2).map(run => run.slice(0, 16))).toEqual([
      '2026-03-08T07:00',
      '2026-03-09T06:00',
    ])
  })

  test('a line for every hour runs by elapsed time through both changes', () => {
    for (const [zone, day] of [
      ['America/New_York', '2026-03-08T00:00-05:00'],
      ['America/New_York', '2026-11-01T00:00-04:00'],
      ['Australia/Lord_Howe', '2026-04-04T00:00+11:00'],
    ] as const) {
      const found = nextRuns(planned('*/15 * * * *', zone), instant(day), 96)
      for (let k = 1; k < found.length; k += 1) expect(found[k]!.at - found[k - 1]!.at).toBe(15 * MICROS_PER_MINUTE)
    }
  })

  test('a midnight that is skipped moves to the first instant of the day', () => {
    // Cairo goes from 00:00 to 01:00 on the last Friday of April.
    expect(runs(planned('0 0 * * *', 'Africa/Cairo'), '2026-04-23T12:00+02:00', 2)).toEqual([
      '2026-04-23T22:00 moved',
      '2026-04-24T21:00',
    ])
  })
})

describe('croner as an oracle', () => {
  const { uniform } = createRandom(20_261_122)
  const whole = (from: number, to: number) => from + Math.floor(uniform() * (to - from + 1))
  const field = (from: number, to: number): string => {
    const value = () => whole(from, to)
    const range = () => {
      const [a, b] = [value(), value()].sort((x, y) => x - y) as [number, number]
      return a === b ? String(a) : `${a}-${b}`
    }
    switch (whole(0, 7)) {
      case 0:
      case 1:
        return '*'
      case 2:
        return `*/${whole(2, Math.max(2, to - from))}`
      case 3:
        return range()
      case 4: {
        const [a, b] = [whole(from, to - 1), to]
        return `${a}-${b}/${whole(1, 7)}`
      }
      case 5:
        return `${value()},${range()},${value()}`
      default:
        return String(value())
    }
  }
  const randomLine = () => `${field(0, 59)} ${field(0, 23)} ${field(1, 31)} ${field(1, 12)} ${field(0, 6)}`
  const zones = ['America/New_York', 'Europe/Berlin', 'Europe/Madrid', 'Asia/Karachi', 'Australia/Sydney', 'UTC']

  /** Within 30 hours of a clock change in the zone. */
  function isNearChange(at: number, zone: string): boolean {
    const reach = 1.25 * MICROS_PER_DAY
    return offsetAt(at - reach, zone) !== offsetAt(at + reach, zone)
  }

  test('5,000 random lines in six zones: equal runs wherever the clocks do not change', () => {
    let compared = 0
    let refusedByBoth = 0
    for (let k = 0; k < 5000; k += 1) {
      const zone = zones[k % zones.length]!
      const line = randomLine()
      const from = fromMillis(Date.UTC(2026, whole(0, 11), whole(1, 28), whole(0, 23), whole(0, 59)))
      const parsed = parseCron(line)
      const oracle = new Croner(line, { timezone: zone, mode: '5-part', paused: true })
      if (!parsed.ok) {
        expect([line, parsed.error.kind, oracle.nextRun(new Date(toMillis(from)))]).toEqual([line, 'never', null])
        refusedByBoth += 1
        continue
      }
      // Where only one of the two day fields begins with a star the two agree; a stepped star with a plain field is Vixie's AND here.
      const [, , day, , weekday] = line.split(' ')
      const isAnd = (day!.startsWith('*') && day !== '*') || (weekday!.startsWith('*') && weekday !== '*')
      if (isAnd && day !== '*' && weekday !== '*') continue
      const ours = nextRuns(planned(line, zone), from, 5)
      const theirs = oracle.nextRuns(5, new Date(toMillis(from))).map(date => fromMillis(date.getTime()))
      if (ours.some(run => isNearChange(run.at, zone)) || theirs.some(at => isNearChange(at, zone))) continue
      expect([line, zone, iso(from), ours.map(({ at }) => iso(at))]).toEqual([line, zone, iso(from), theirs.map(iso)])
      compared += ours.length
    }
    expect(compared).toBeGreaterThan(10_000)
    expect(refusedByBoth).toBeGreaterThan(0)
  })

  test('through clock changes croner differs only where our rule says so', () => {
    const differences = new Map<string, number>()
    const nights = ['2026-03-07', '2026-03-28', '2026-04-04', '2026-10-03', '2026-10-24', '2026-10-31']
    for (let k = 0; k < 3000; k += 1) {
      const zone = zones[k % 5]!
      const line = `${whole(0, 59)} ${[whole(0, 4), '*', `${whole(0, 2)}-${whole(3, 6)}`][k % 3]} * * *`
      const from = instant(`${nights[whole(0, 5)]}T00:00Z`)
      const to = epochMicros(from + 3 * MICROS_PER_DAY)
      const ours = runsBetween(planned(line, zone), from, to, 100)
      const theirs: number[] = []
      const oracle = new Croner(line, { timezone: zone, mode: '5-part', paused: true })
      for (let at = oracle.nextRun(new Date(toMillis(from))); at && fromMillis(at.getTime()) <= to; at = oracle.nextRun(at))
        theirs.push(fromMillis(at.getTime()))
      const [mine, other] = [new Set<number>(ours.map(run => run.at)), new Set(theirs)]
      const cron = parseCron(line)
      for (const run of ours) {
        if (other.has(run.at)) continue
        // A moved run stands at the change itself; croner puts it an hour after the time that was asked for.
        expect([line, zone, iso(run.at), run.mark]).toEqual([line, zone, iso(run.at), 'moved'])
        differences.set('moved', (differences.get('moved') ?? 0) + 1)
      }
      for (const at of theirs) {
        if (mine.has(at)) continue
        const near = ours.some(run => run.mark === 'moved' && Math.abs(run.at - at) < 60 * MICROS_PER_MINUTE)
        const again = ours.some(run => run.mark === 'first' && at - run.at === 60 * MICROS_PER_MINUTE)
        const isSkippedHour = cron.ok && runsEveryHour(cron.value)
        expect([line, zone, iso(at), near || again || isSkippedHour]).toEqual([line, zone, iso(at), true])
        differences.set(
          near ? 'moved' : again ? 'repeated' : 'hourly',
          (differences.get(near ? 'moved' : again ? 'repeated' : 'hourly') ?? 0) + 1,
        )
      }
    }
    expect(differences.get('moved')).toBeGreaterThan(10)
  })
})

describe('a market schedule', () => {
  const around = (calendar: 'nyse' | 'cme-energy', at: 'open' | 'close', minutes: number): CheckedSchedule => {
    const found = checkSchedule({ kind: 'market', calendar, at, minutes })
    if (!found.ok) throw new Error(scheduleSentence(found.error))
    return found.value
  }
  test('half an hour after the close of NYSE, on trading days only and earlier on a half day', () => {
    expect(runs(around('nyse', 'close', 30), '2026-11-24T22:00Z', 4)).toEqual([
      '2026-11-25T21:30',
      '2026-11-27T18:30 half-day',
      '2026-11-30T21:30',
      '2026-12-01T21:30',
    ])
  })
  test('it follows New York through its clock changes', () => {
    expect(runs(around('nyse', 'open', -15), '2026-03-06T00:00Z', 2)).toEqual(['2026-03-06T14:15', '2026-03-09T13:15'])
  })
  test('a calendar, zone or distance that is none is refused', () => {
    const fault = (schedule: Schedule) => {
      const found = checkSchedule(schedule)
      return found.ok ? null : found.error.kind
    }
    expect(fault({ kind: 'market', calendar: 'moon' as never, at: 'open', minutes: 0 })).toBe('calendar')
    expect(fault({ kind: 'market', calendar: 'nyse', at: 'open', minutes: 721 })).toBe('minutes')
    expect(fault({ kind: 'cron', line: '@daily', zone: 'Mars/Base', skipped: 'next', repeated: 'first' })).toBe('zone')
  })
})

describe('words and the plain editor', () => {
  test('weekdays and times make a line and come back', () => {
    for (const [plan, line] of [
      [{ weekdays: [1, 2, 3, 4, 5], times: [18 * 60 + 30] }, '30 18 * * 1-5'],
      [{ weekdays: [0, 1, 2, 3, 4, 5, 6], times: [0, 720] }, '0 0,12 * * *'],
      [{ weekdays: [6], times: [60, 90] }, '0,30 1 * * 6'],
    ] as const) {
      expect(fromWeekTimes(plan)).toBe(line)
      const cron = parseCron(line)
      expect(cron.ok && toWeekTimes(cron.value)).toEqual(plan)
    }
    expect(() => fromWeekTimes({ weekdays: [1], times: [61, 122] })).toThrow(RangeError)
    expect(() => fromWeekTimes({ weekdays: [], times: [61] })).toThrow(RangeError)
  })
  test('what the plain editor cannot say stays a line', () => {
    for (const line of ['0 9 1 * *', '0 9 * 1 *', '*/5 * * * *', '0,30 1,2 * * *']) {
      const cron = parseCron(line)
      expect([line, cron.ok && toWeekTimes(cron.value)]).toEqual([line, null])
    }
  })
  test('a rhythm is described as one', () => {
    const words = (line: string) => {
      const cron = parseCron(line)
      if (!cron.ok) throw new Error(line)
      const { times, everyMinutes } = describeCron(cron.value)
      return { times, everyMinutes }
    }
    expect(words('*/15 * * * *')).toEqual({ times: null, everyMinutes: 15 })
    expect(words('0 9,17 * * *')).toEqual({ times: [540, 1020], everyMinutes: null })
    expect(words('*/15 9-16 * * *')).toEqual({ times: null, everyMinutes: 15 })
  })
})
