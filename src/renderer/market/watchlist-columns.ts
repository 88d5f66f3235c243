import type { InstrumentWire } from '../../contract/market.ts'
import { LIVENESS, type Liveness } from '../../core/market/instrument.ts'
import type { LiveQuotes } from '../live.ts'
import type { QuoteNumber } from '../live-columns.ts'
import { nowMicros } from '../now.ts'
import { type Format, MISSING } from '../ui/format.ts'
import type { GridCell, GridColumn, Tone } from '../ui/grid-model.ts'
import { livenessWords } from '../ui/liveness.tsx'
import type { TextKey, Translate } from '../ui/text.ts'
import { marketZone, zoneName } from './zone.ts'

/** Where the cells of a watchlist take their values and words from. */
export interface WatchlistSource {
  readonly live: LiveQuotes
  instrument(id: string): InstrumentWire | undefined
  readonly t: Translate
  readonly format: Format
  /** The setting of that name. */
  readonly timeZone?: unknown
}

/** The letter beside a symbol; a live value has none, and words on hover say the rest. */
const BADGES: Readonly<Record<Liveness, string>> = {
  live: '',
  delayed: 'D',
  cached: 'C',
  imputed: 'I',
  demo: 'DEMO',
  stale: 'S',
  none: '',
}

/** Change on the day as a fraction; NaN where the previous close is missing, zero or negative, as crude oil's was once. */
export function changeFraction(last: number, previousClose: number): number {
  return previousClose > 0 ? (last - previousClose) / previousClose : Number.NaN
}

/** Why there is no number: the instrument is unknown, nothing came yet, or the source does not send this field. */
function whyMissing({ live, instrument, t }: WatchlistSource, id: string): string {
  if (live.isUnknown(id)) return t('watchlist.whyUnknown', { instrument: id })
  const source = instrument(id)?.source ?? t('watchlist.itsSource')
  const row = live.columns.row(id)
  if (row < 0) return t('watchlist.whyWaiting', { source })
  return live.state(id) === 'none' ? t('watchlist.whyNone', { source }) : t('watchlist.whyNotSent', { source })
}

function ageWords(source: WatchlistSource, id: string): string {
  const { live, instrument, t, format } = source
  const row = live.columns.row(id)
  const at = row < 0 ? Number.NaN : live.columns.number(row, 'eventTime')
  return livenessWords(
    { source: instrument(id)?.source ?? '', state: live.state(id), asOf: Number.isNaN(at) ? null : at, reason: null },
    t,
    format,
  )
}

/** Columns of a watchlist, in their usual order. A row is the id of an instrument. */
export function watchlistColumns(source: WatchlistSource): GridColumn[] {
  const { live, instrument, t, format } = source
  const value = (id: string, name: QuoteNumber) => {
    const row = live.columns.row(id)
    return row < 0 ? Number.NaN : live.columns.number(row, name)
  }
  const tick = (id: string) => instrument(id)?.tickSize ?? 0.01
  const isOld = (id: string) => live.state(id) === 'stale'
  /** A number with its age on hover where it is old, and the reason where it is missing. */
  const cell = (id: string, number: number, text: string, tone: Tone = 'plain'): GridCell =>
    Number.isNaN(number)
      ? { text: MISSING, tone: 'dim', hint: whyMissing(source, id), number }
      : { text, tone, number, ...(isOld(id) ? { hint: ageWords(source, id) } : {}) }
  const toneOf = (number: number): Tone => (number > 0 ? 'up' : number < 0 ? 'down' : 'plain')
  const head = (key: string) => ({ title: t(`watchlist.col.${key}` as TextKey & `watchlist.col.${string}`) })

  const number = (key: QuoteNumber, width: number, usual: boolean, write: (n: number, id: string) => string): GridColumn => ({
    key,
    ...head(key),
    width,
    align: 'end',
    usual,
    flashes: key === 'bid' || key === 'ask' || key === 'last',
    cell: id => {
      const n = value(id, key)
      return cell(id, n, write(n, id))
    },
    sort: id => value(id, key),
  })
  const derived = (
    key: string,
    width: number,
    usual: boolean,
    of: (id: string) => number,
    write: (n: number, id: string) => string,
    isSigned = false,
  ): GridColumn => ({
    key,
    ...head(key),
    width,
    align: 'end',
    usual,
    cell: id => {
      const n = of(id)
      return cell(id, n, write(n, id), isSigned ? toneOf(n) : 'plain')
    },
    sort: of,
  })
  const words = (key: string, width: number, of: (id: string) => string): GridColumn => ({
    key,
    ...head(key),
    width,
    align: 'start',
    usual: false,
    cell: id => ({ text: of(id), tone: 'quiet', hint: of(id) }),
    sort: of,
  })
  // Below a second an age says nothing but that the value is fresh, and its digits would never rest.
  const ageText = (at: number) => (nowMicros() - at < 1e6 ? t('watchlist.fresh') : format.age(at))
  // Written with every tick: the words of a state are looked up once, and only an old value needs its age in them.
  const stateWords = new Map<Liveness, string>(LIVENESS.map(state => [state, t(`live.${state}`)]))
  const symbolWords = (id: string) => {
    if (live.isUnknown(id)) return whyMissing(source, id)
    return isOld(id) ? ageWords(source, id) : (stateWords.get(live.state(id)) ?? '')
  }
  const zoned = zoneName(undefined, source.timeZone)
  const price = (n: number, id: string) => format.price(n, tick(id))
  const change = (id: string) => value(id, 'last') - value(id, 'previousClose')
  const percent = (id: string) => changeFraction(value(id, 'last'), value(id, 'previousClose'))

  return [
    {
      key: 'symbol',
      ...head('symbol'),
      width: 100,
      align: 'start',
      usual: true,
      pinned: true,
      cell: id => ({
        text: instrument(id)?.symbol ?? id,
        tone: live.isUnknown(id) ? 'bad' : 'strong',
        hint: `${instrument(id)?.name ?? id} · ${symbolWords(id)}`,
      }),
      sort: id => instrument(id)?.symbol ?? id,
      draw: (element, id) => drawBadge(element, live.state(id)),
    },
    words('name', 168, id => instrument(id)?.name ?? ''),
    number('last', 82, true, price),
    derived('change', 70, true, change, (n, id) => format.change(n, tick(id)), true),
    {
      ...derived('changePercent', 72, true, percent, n => format.percent(n, { signed: true }), true),
      cell: id => {
        const n = percent(id)
        const base = value(id, 'previousClose')
        if (base <= 0) return { text: MISSING, tone: 'dim', hint: t('watchlist.whyNotPercent'), number: n }
        return cell(id, n, format.percent(n, { signed: true }), toneOf(n))
      },
    },
    number('bid', 82, true, price),
    number('ask', 82, true, price),
    number('bidSize', 64, false, n => format.volume(n)),
    number('askSize', 64, false, n => format.volume(n)),
    derived('spread', 64, false, id => value(id, 'ask') - value(id, 'bid'), price),
    number('volume', 76, true, n => format.volume(n)),
    {
      key: 'range',
      ...head('range'),
      hint: t('watchlist.rangeHint'),
      width: 84,
      align: 'start',
      usual: true,
      cell: id => ({ text: '', hint: rangeWords(source, id, price) }),
      draw: (element, id) => drawRange(element, value(id, 'low'), value(id, 'high'), value(id, 'last'), value(id, 'open')),
      sort: id => (value(id, 'last') - value(id, 'low')) / (value(id, 'high') - value(id, 'low')),
    },
    number('open', 76, false, price),
    number('high', 76, false, price),
    number('low', 76, false, price),
    number('previousClose', 82, false, price),
    {
      ...derived(
        'time',
        92,
        false,
        id => value(id, 'eventTime'),
        n => format.instant(n, 'second'),
      ),
      hint: zoned === null ? t('watchlist.zoneEach') : t('watchlist.zoneHint', { zone: zoned }),
      cell: id => {
        const at = value(id, 'eventTime')
        return cell(id, at, format.instant(at, 'second', marketZone(instrument(id)?.calendar, source.timeZone)), 'quiet')
      },
    },
    {
      key: 'age',
      ...head('age'),
      width: 62,
      align: 'end',
      usual: true,
      cell: id => cell(id, value(id, 'eventTime'), ageText(value(id, 'eventTime')), 'quiet'),
      sort: id => -value(id, 'eventTime'),
    },
    words('state', 76, id => t(`live.${live.state(id)}`)),
    words('source', 76, id => instrument(id)?.source ?? ''),
    words('venue', 70, id => instrument(id)?.venue ?? ''),
    words('unit', 80, id => instrument(id)?.unit ?? ''),
  ]
}

function rangeWords(source: WatchlistSource, id: string, price: (n: number, id: string) => string): string {
  const row = source.live.columns.row(id)
  if (row < 0 || Number.isNaN(source.live.columns.number(row, 'low'))) return whyMissing(source, id)
  const { low, high, last } = source.live.columns.read(row)
  return source.t('watchlist.rangeWords', { low: price(low, id), high: price(high, id), last: price(last, id) })
}

function drawBadge(element: HTMLElement, state: Liveness): void {
  const badge = BADGES[state]
  if (element.dataset.badge === badge) return
  element.dataset.badge = badge
  element.dataset.state = state
}

/** Where the last price stands between the low and the high of the day; the thicker part runs from the open to the last. */
function drawRange(element: HTMLElement, low: number, high: number, last: number, open: number): void {
  const span = high - low
  const has = span > 0 && !Number.isNaN(last)
  const place = (at: number) => `${(100 * Math.min(1, Math.max(0, (at - low) / span))).toFixed(1)}%`
  const drawn = has ? `${place(Number.isNaN(open) ? last : open)} ${place(last)}` : ''
  if (element.dataset.range === drawn) return
  element.dataset.range = drawn
  if (!has) return
  const from = Number.isNaN(open) ? last : open
  element.style.setProperty('--last', place(last))
  element.style.setProperty('--from', place(Math.min(from, last)))
  element.style.setProperty('--to', place(Math.max(from, last)))
  element.dataset.way = last >= from ? 'up' : 'down'
}
