import { toScreenGreeks, toScreenSecondGreeks } from '../../core/options/screen-units.ts'
import { nowMicros } from '../now.ts'
import { type Format, MISSING } from '../ui/format.ts'
import type { GridCell, GridColumn, Tone } from '../ui/grid-model.ts'
import type { PlainKey, Translate } from '../ui/text.ts'
import { type ChainTable, edgeOf, midOf, numberAt, type RowPlace, readRowKey, type Side, statusOf } from './chain-model.ts'
import { type ChainNumber, statusWords, whyMissing, whyMissingOf } from './chain-reasons.ts'

/** Where the cells of a chain take their values and words from. */
export interface ChainSource {
  readonly table: ChainTable
  readonly t: Translate
  readonly format: Format
  readonly tickSize: number
  /** Shows a kept moment: ages are counted to that moment and not to now. */
  readonly isKept: boolean
}

/** Every column that a side can show, from the strike outwards; the first eleven unless chosen otherwise. */
export const CHAIN_COLUMNS = [
  'bid',
  'ask',
  'vol',
  'delta',
  'price',
  'edge',
  'volume',
  'openInterest',
  'gamma',
  'vega',
  'theta',
  'bidSize',
  'askSize',
  'mid',
  'last',
  'bidVol',
  'askVol',
  'fitVol',
  'residual',
  'rho',
  'vanna',
  'volga',
  'charm',
  'age',
  'status',
] as const
export type ChainColumn = (typeof CHAIN_COLUMNS)[number]
export const USUAL_COLUMNS: readonly ChainColumn[] = CHAIN_COLUMNS.slice(0, 11)

/** Pairs that stand with the bid at the left on both sides of the strike. */
const PAIRS: readonly (readonly [ChainColumn, ChainColumn])[] = [
  ['bid', 'ask'],
  ['bidSize', 'askSize'],
  ['bidVol', 'askVol'],
]

/** The columns of the calls from left to right: those of the puts turned round, but the bid stays left of the ask. */
export function mirrored(columns: readonly ChainColumn[]): ChainColumn[] {
  const turned = columns.toReversed()
  for (const [left, right] of PAIRS) {
    const at = turned.indexOf(right)
    if (at >= 0 && turned[at + 1] === left) turned.splice(at, 2, left, right)
  }
  return turned
}

/** The columns that a person chose, in the usual order; unknown ones are passed over. */
export function chosenColumns(stored: readonly string[] | undefined): readonly ChainColumn[] {
  const chosen = CHAIN_COLUMNS.filter(column => stored?.includes(column))
  return chosen.length > 0 ? chosen : USUAL_COLUMNS
}

interface Written {
  readonly width: number
  /** The number shown, NaN where it is missing. */
  value(place: RowPlace, side: Side): number
  write(value: number, source: ChainSource): string
  /** What it is made of, to say why it is missing. */
  readonly from: readonly ChainNumber[]
  readonly flashes?: boolean
  tone?(value: number): Tone
  /** A bar behind the number, as long as the number is large among its expiry. */
  readonly bar?: boolean
}

const plain = (name: ChainNumber, width: number, write: Written['write'], rest: Partial<Written> = {}): Written => ({
  width,
  value: (place, side) => numberAt(place.block[side][name], place.at),
  write,
  from: [name],
  ...rest,
})
const price: Written['write'] = (value, { format, tickSize }) => format.price(value, tickSize)
const whole: Written['write'] = (value, { format }) => format.volume(value)
const points: Written['write'] = (value, { format }) => format.number(value * 100, 2)
const digits =
  (count: number): Written['write'] =>
  (value, { format }) =>
    format.number(value, count)

/** A Greek of a contract in screen units. */
function greek(place: RowPlace, side: Side, name: keyof ReturnType<typeof toScreenGreeks>): number {
  const columns = place.block[side]
  const at = place.at
  return toScreenGreeks({
    price: numberAt(columns.price, at),
    delta: numberAt(columns.delta, at),
    gamma: numberAt(columns.gamma, at),
    vega: numberAt(columns.vega, at),
    theta: numberAt(columns.theta, at),
    rho: numberAt(columns.rho, at),
  })[name]
}
function second(place: RowPlace, side: Side, name: keyof ReturnType<typeof toScreenSecondGreeks>): number {
  const columns = place.block[side]
  return toScreenSecondGreeks({
    vanna: numberAt(columns.vanna, place.at),
    volga: numberAt(columns.volga, place.at),
    charm: numberAt(columns.charm, place.at),
  })[name]
}

const WRITTEN: Readonly<Record<Exclude<ChainColumn, 'age' | 'status' | 'edge'>, Written>> = {
  bid: plain('bid', 62, price, { flashes: true }),
  ask: plain('ask', 62, price, { flashes: true }),
  bidSize: plain('bidSize', 54, whole),
  askSize: plain('askSize', 54, whole),
  last: plain('last', 62, price),
  volume: plain('volume', 66, whole, { bar: true }),
  openInterest: plain('openInterest', 70, whole, { bar: true }),
  mid: {
    width: 62,
    value: ({ block, at }, side) => midOf(block[side], at),
    write: (value, { format, tickSize }) => format.price(value, tickSize / 2),
    from: ['bid', 'ask'],
  },
  vol: plain('vol', 54, points),
  bidVol: plain('bidVol', 58, points),
  askVol: plain('askVol', 58, points),
  fitVol: plain('fitVol', 54, points),
  residual: {
    width: 58,
    value: ({ block, at }, side) => numberAt(block[side].vol, at) - numberAt(block[side].fitVol, at),
    write: (value, { format }) => format.change(value * 100, 0.01),
    from: ['vol', 'fitVol'],
  },
  price: plain('price', 64, (value, { format, tickSize }) => format.price(value, tickSize / 10)),
  delta: { width: 54, value: (place, side) => greek(place, side, 'delta'), write: digits(3), from: ['delta'] },
  gamma: { width: 58, value: (place, side) => greek(place, side, 'gamma'), write: digits(4), from: ['gamma'] },
  vega: { width: 56, value: (place, side) => greek(place, side, 'vegaPerPoint'), write: digits(3), from: ['vega'] },
  theta: { width: 58, value: (place, side) => greek(place, side, 'thetaPerDay'), write: digits(3), from: ['theta'] },
  rho: { width: 62, value: (place, side) => greek(place, side, 'rhoPerBasisPoint'), write: digits(4), from: ['rho'] },
  vanna: { width: 62, value: (place, side) => second(place, side, 'vannaPerPoint'), write: digits(4), from: ['vanna'] },
  volga: { width: 62, value: (place, side) => second(place, side, 'volgaPerPoint'), write: digits(4), from: ['volga'] },
  charm: { width: 62, value: (place, side) => second(place, side, 'charmPerDay'), write: digits(4), from: ['charm'] },
}

/** A shorter bar would only be a speck. */
const LEAST_BAR = 0.06

/** The largest number of a column among both sides of its expiry, for the bars. */
function largest({ block }: RowPlace, name: 'volume' | 'openInterest'): number {
  let most = 0
  for (const column of [block.call[name], block.put[name]])
    for (const value of column) if (value !== null && value > most) most = value
  return most
}

/** Columns of one side, from left to right. The row of a key that is gone is drawn empty until the grid forgets it. */
export function sideColumns(source: ChainSource, side: Side, chosen: readonly ChainColumn[]): GridColumn[] {
  const { table, t } = source
  const order = side === 'call' ? mirrored(chosen) : chosen
  const most = new WeakMap<object, number>()
  const within = (row: string, write: (place: RowPlace) => GridCell): GridCell => {
    const place = table.place(row)
    return place ? write(place) : { text: '' }
  }
  const base = (column: ChainColumn, width: number) => ({
    key: `${side}-${column}`,
    title: t(`chain.col.${column}` satisfies PlainKey),
    hint: t(`chain.hint.${column}` satisfies PlainKey),
    width,
    align: 'end' as const,
    usual: true,
  })
  const bars = (name: 'volume' | 'openInterest') => (element: HTMLElement, row: string) => {
    const place = table.place(row)
    if (!place) return
    const columns = place.block[side][name]
    const top = most.get(columns) ?? largest(place, name)
    most.set(columns, top)
    const share = top > 0 ? Math.max(0, columns[place.at] ?? 0) / top : 0
    const next = share >= LEAST_BAR ? share.toFixed(2) : ''
    if (element.dataset.share === next) return
    element.dataset.share = next
    element.style.setProperty('--share', next || '0')
  }
  const written = (column: keyof typeof WRITTEN): GridColumn => {
    const kind = WRITTEN[column]
    return {
      ...base(column, kind.width),
      flashes: kind.flashes ?? false,
      cell: row =>
        within(row, place => {
          const number = kind.value(place, side)
          if (Number.isNaN(number)) return { text: MISSING, tone: 'dim', hint: whyMissingOf(place, side, kind.from, t), number }
          return {
            text: kind.write(number, source),
            tone: toneOf(place, side, column),
            number,
            ...doubt(source, place, side, column),
          }
        }),
      ...(kind.bar ? { draw: bars(column as 'volume' | 'openInterest') } : {}),
    }
  }
  return order.map((column): GridColumn => {
    if (column === 'edge') return { ...base('edge', 72), cell: row => within(row, place => edgeCell(source, place, side)) }
    if (column === 'age') return { ...base('age', 52), cell: row => within(row, place => ageCell(source, place, side)) }
    if (column === 'status')
      return { ...base('status', 104), align: 'start', cell: row => within(row, place => statusCell(source, place, side)) }
    return written(column)
  })
}

/** A quote that cannot be believed is dimmed; the reason is in its hint. */
function toneOf(place: RowPlace, side: Side, column: ChainColumn): Tone {
  const status = statusOf(place.block[side], place.at)
  if (column === 'bid' || column === 'ask') {
    if (status === 'CROSSED') return 'warn'
    return status === 'STALE' || status === 'HALTED' || status === 'EXPIRED' || status === 'NO_QUOTE' ? 'dim' : 'plain'
  }
  if (column === 'vol') return status === 'OK' || status === 'LOCKED' ? 'plain' : 'dim'
  return column === 'delta' ? 'plain' : 'quiet'
}

function doubt(source: ChainSource, place: RowPlace, side: Side, column: ChainColumn): { hint?: string } {
  if (column !== 'bid' && column !== 'ask' && column !== 'vol') return {}
  const words = statusWords(place.block[side], place.at, source.t)
  return words ? { hint: words } : {}
}

function edgeCell({ t, format, tickSize }: ChainSource, place: RowPlace, side: Side): GridCell {
  const { edge, way } = edgeOf(place.block[side], place.at)
  if (Number.isNaN(edge))
    return {
      text: MISSING,
      tone: 'dim',
      hint: whyMissingOf(place, side, ['price', way === 'buy' ? 'ask' : 'bid'], t),
      number: edge,
    }
  const text = format.change(edge, tickSize / 10)
  // Below zero it is the cost of trading, which is the usual case and not worth a colour.
  if (!(edge > 0)) return { text, tone: 'dim', number: edge, hint: t('chain.edgeNone') }
  const hint = t(way === 'buy' ? 'chain.edgeBuy' : 'chain.edgeSell', { edge: format.price(edge, tickSize / 10) })
  return { text: `${text} ${t(`chain.edge.${way}`)}`, tone: way === 'buy' ? 'up' : 'down', number: edge, hint }
}

function ageCell({ t, format, isKept, table }: ChainSource, place: RowPlace, side: Side): GridCell {
  const at = numberAt(place.block[side].quoteTime, place.at)
  if (Number.isNaN(at)) return { text: MISSING, tone: 'dim', hint: whyMissing(place, side, 'quoteTime', t) ?? '' }
  const until = isKept ? (table.frame()?.asOf ?? at) : nowMicros()
  const isOld = statusOf(place.block[side], place.at) === 'STALE'
  return { text: format.age(at, until), tone: isOld ? 'warn' : 'quiet', hint: format.instant(at, 'dateSecond') }
}

function statusCell({ t }: ChainSource, place: RowPlace, side: Side): GridCell {
  const status = statusOf(place.block[side], place.at)
  if (status === null) return { text: MISSING, tone: 'dim', hint: t('chain.why.notListed') }
  return {
    text: t(`chain.short.${status}`),
    tone: status === 'OK' ? 'dim' : status === 'CROSSED' || status === 'STALE' || status === 'HALTED' ? 'warn' : 'quiet',
    hint: statusWords(place.block[side], place.at, t) ?? t('chain.status.OK'),
  }
}

/** The column in the middle. */
export function strikeColumn({ t, format }: ChainSource, width: number, decimals: number): GridColumn {
  return {
    key: 'strike',
    title: t('chain.col.strike'),
    width,
    align: 'center',
    usual: true,
    pinned: true,
    cell: row => ({ text: format.number(readRowKey(row).strike, decimals), tone: 'strong' }),
  }
}

/** Decimals with which the strikes of a chain are written: as many as the finest of them needs, three at most. */
export function strikeDecimals(strikes: readonly number[]): number {
  let most = 0
  for (const strike of strikes) while (most < 3 && Math.abs(strike * 10 ** most - Math.round(strike * 10 ** most)) > 1e-6) most++
  return most
}
