import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import type { Provenance } from '../../contract/wire.ts'
import { QUALITY, type QualityFlag } from '../../core/market/instrument.ts'
import { useDesk, useSetting, useStream } from '../desk.tsx'
import type { PanelProps } from '../panels.ts'
import { type Format, useFormat } from '../ui/format.ts'
import { Grid, type GridColumn, type GridHandle, type GridLayout } from '../ui/grid.tsx'
import { Icon } from '../ui/icons.tsx'
import { Age } from '../ui/liveness.tsx'
import { notify } from '../ui/notice-store.ts'
import { Empty, Failure, Loading } from '../ui/states.tsx'
import { type Translate, useText } from '../ui/text.ts'
import { symbolText } from '../workspace/symbol-text.ts'
import { useInstruments } from './instruments.ts'
import css from './tape.module.css'
import { EMPTY_TAPE, type Tape, tallyOf, withTrades } from './tape-model.ts'
import { marketZone, zoneName } from './zone.ts'

/** What a tape panel remembers. */
export interface TapeParams {
  /** Smallest size shown. */
  readonly minimum?: number
  readonly grid?: GridLayout
}

const BACKFILL = 500
const NOBODY: readonly string[] = []

/** Marks of a doubtful trade in words. */
function marksOf(quality: number, t: Translate): string {
  return (Object.keys(QUALITY) as QualityFlag[])
    .filter(flag => quality & QUALITY[flag])
    .map(flag => t(`quality.${flag}`))
    .join(', ')
}

/** What the columns need to know of the instrument. */
interface Traded {
  readonly tick: number
  readonly multiplier: number
  readonly zone: string | undefined
  readonly zoneName: string | null
}

function tapeColumns(
  tape: { current: Tape },
  { tick, multiplier, zone, zoneName: named }: Traded,
  t: Translate,
  format: Format,
): GridColumn[] {
  // The trades are sorted by their number and nearly without holes, so the place is found by halving.
  const find = (row: string) => {
    const { trades } = tape.current
    let low = 0
    let high = trades.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (trades[middle]!.seq < Number(row)) low = middle + 1
      else high = middle
    }
    return trades[low]
  }
  const tone = { buy: 'up', sell: 'down', unknown: 'plain' } as const
  const sign = { buy: '▲', sell: '▼', unknown: '' } as const
  const side = (row: string) => find(row)?.aggressor ?? 'unknown'
  return [
    {
      key: 'time',
      title: t('tape.col.time'),
      ...(named === null ? {} : { hint: t('tape.zoneHint', { zone: named }) }),
      width: 98,
      align: 'center',
      usual: true,
      cell: row => ({
        text: format.instant(find(row)?.time, 'milli', zone),
        tone: 'quiet',
        hint: format.instant(find(row)?.time, 'dateSecond', zone),
      }),
    },
    {
      key: 'price',
      title: t('tape.col.price'),
      width: 84,
      align: 'end',
      usual: true,
      cell: row => {
        const marks = marksOf(find(row)?.quality ?? 0, t)
        const text = format.price(find(row)?.price, tick)
        return marks ? { text: `⚠ ${text}`, tone: 'warn', hint: t('tape.doubtful', { marks }) } : { text, tone: tone[side(row)] }
      },
    },
    {
      key: 'size',
      title: t('tape.col.size'),
      width: 64,
      align: 'end',
      usual: true,
      cell: row => ({ text: format.volume(find(row)?.size) }),
    },
    {
      key: 'side',
      title: t('tape.col.side'),
      width: 84,
      align: 'start',
      usual: true,
      cell: row => {
        const known = side(row)
        return known === 'unknown'
          ? { text: t('tape.unknown'), tone: 'dim', hint: t('tape.unknownHint') }
          : { text: `${sign[known]} ${t(`tape.${known}`)}`, tone: tone[known] }
      },
    },
    {
      key: 'value',
      title: t('tape.col.value'),
      width: 92,
      align: 'end',
      usual: false,
      cell: row => {
        const trade = find(row)
        return { text: format.volume(trade ? trade.price * trade.size * multiplier : null), tone: 'quiet' }
      },
    },
    {
      key: 'marks',
      title: t('tape.col.marks'),
      width: 110,
      align: 'start',
      usual: false,
      cell: row => ({ text: marksOf(find(row)?.quality ?? 0, t), tone: 'warn' }),
    },
  ]
}

/** Trades as they come: kept outside of React, shown once a frame, held while paused or while one reads further down. */
function useTape(subject: string | null, isHeld: () => boolean) {
  const desk = useDesk()
  const received = useRef<Tape>(EMPTY_TAPE)
  const [shown, setShown] = useState<Tape>(EMPTY_TAPE)
  const [waiting, setWaiting] = useState(0)
  const [provenance, setProvenance] = useState<Provenance | null>(null)
  const frame = useRef(0)
  const held = useRef(isHeld)
  held.current = isHeld
  const show = useRef(() => {
    setShown(received.current)
    setWaiting(0)
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another instrument has another tape
  useEffect(() => {
    received.current = EMPTY_TAPE
    show.current()
    setProvenance(null)
    return () => cancelAnimationFrame(frame.current)
  }, [subject])
  const stream = useStream(
    subject === null ? null : `trades:${subject}`,
    (client, signal) => client.market.trades({ instrument: subject ?? '', backfill: BACKFILL }, { signal }),
    update => {
      received.current = withTrades(received.current, update.trades, update.skipped)
      setProvenance(update.provenance)
      cancelAnimationFrame(frame.current)
      frame.current = requestAnimationFrame(() => {
        if (held.current()) setWaiting(countAfter(received.current, shownSeq.current))
        else show.current()
        void desk.market.acknowledge({ stream: update.stream, seq: update.seq }).catch(() => {})
      })
    },
  )
  const shownSeq = useRef(Number.NEGATIVE_INFINITY)
  shownSeq.current = shown.trades.at(-1)?.seq ?? Number.NEGATIVE_INFINITY
  return { shown, waiting, provenance, stream, show: show.current }
}

function countAfter({ trades }: Tape, seq: number): number {
  let count = 0
  while (count < trades.length && trades[trades.length - 1 - count]!.seq > seq) count++
  return count
}

/** Time and sales of one instrument, newest first. */
export function Panel({ params, setParams, subject, actions }: PanelProps<TapeParams>) {
  const { t } = useText()
  const format = useFormat()
  const grid = useRef<GridHandle>(null)
  const [isPaused, setPaused] = useState(false)
  const [timeZone] = useSetting('timeZone')
  const ids = useMemo(() => (subject === null ? NOBODY : [subject]), [subject])
  const { book, version } = useInstruments(ids)
  const { shown, waiting, provenance, stream, show } = useTape(subject, () => isPaused || grid.current?.isAtTop() === false)
  const held = useRef(shown)
  held.current = shown
  const minimum = params.minimum ?? 0

  const trades = useMemo(() => shown.trades.filter(({ size }) => size >= minimum), [shown, minimum])
  const rows = useMemo(() => trades.map(({ seq }) => String(seq)).reverse(), [trades])
  const tally = useMemo(() => tallyOf(trades), [trades])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tick size may become known later
  const columns = useMemo(() => {
    const instrument = subject === null ? undefined : book.get(subject)
    const zone = marketZone(instrument?.calendar, timeZone)
    const traded = {
      tick: instrument?.tickSize ?? 0.01,
      multiplier: instrument?.multiplier ?? 1,
      zone,
      zoneName: zoneName(instrument?.calendar, timeZone),
    }
    return tapeColumns(held, traded, t, format)
  }, [book, version, subject, timeZone, t, format])

  if (subject === null) return <Empty title={t('tape.noSymbolTitle')}>{t('tape.noSymbol')}</Empty>
  const symbol = symbolText(subject)
  if (stream.phase === 'failed' || (stream.error && provenance === null))
    return <Failure error={stream.error} retry={stream.retry} />
  if (provenance === null) return <Loading waitsFor={t('tape.what', { symbol })} />
  const goOn = () => {
    setPaused(false)
    grid.current?.goToTop()
    show()
  }
  return (
    <div className={css.panel}>
      {actions && provenance.state !== 'demo' ? createPortal(<Age provenance={provenance} full />, actions) : null}
      <div className={css.bar}>
        <button
          type="button"
          className={css.button}
          aria-pressed={isPaused}
          title={isPaused ? t('tape.resume') : t('tape.pause')}
          onClick={() => (isPaused ? goOn() : setPaused(true))}
        >
          <Icon name={isPaused ? 'play' : 'pause'} size={12} />
        </button>
        <label className={css.minimum} title={t('tape.minimumHint')}>
          {t('tape.minimum')}
          <input
            type="number"
            min={0}
            step={1}
            value={minimum === 0 ? '' : minimum}
            placeholder="0"
            onChange={event => setParams({ minimum: Math.max(0, Number(event.currentTarget.value) || 0) })}
          />
        </label>
        <span className={css.space} />
        <Sum label={t('tape.volume')} hint={t('tape.sumsHint', { count: tally.count })}>
          {format.volume(tally.volume)}
        </Sum>
        <Sum label={t('tape.vwap')} hint={t('tape.sumsHint', { count: tally.count })}>
          {format.price(tally.vwap, book.get(subject)?.tickSize ?? 0.01)}
        </Sum>
        <Sum label={t('tape.bought')} hint={t('tape.boughtHint')}>
          {format.percent(tally.boughtShare, { decimals: 0 })}
        </Sum>
      </div>
      <div className={css.body}>
        <Grid
          handle={grid}
          label={t('tape.grid', { symbol })}
          rows={rows}
          columns={columns}
          layout={params.grid ?? {}}
          onLayout={patch => setParams({ grid: { ...params.grid, ...patch } })}
          onCopied={count => notify({ tone: 'info', text: t('tape.copied', { count }), key: 'copied' })}
        >
          <NoTrades
            symbol={symbol}
            kept={shown.trades.length}
            minimum={format.whole(minimum)}
            onAll={() => setParams({ minimum: 0 })}
          />
        </Grid>
        {shown.skipped > 0 ? (
          <output className={css.skipped} title={t('tape.skipped', { count: shown.skipped })}>
            {t('tape.leftOut', { count: format.whole(shown.skipped) })}
          </output>
        ) : null}
        {waiting > 0 ? (
          <button type="button" className={css.waiting} onClick={goOn}>
            ↑ {t('tape.waiting', { count: waiting })}
          </button>
        ) : null}
      </div>
    </div>
  )
}

function NoTrades({ symbol, kept, minimum, onAll }: { symbol: string; kept: number; minimum: string; onAll(): void }) {
  const { t } = useText()
  if (kept === 0) return <Empty title={t('tape.noTradesTitle')}>{t('tape.noTrades', { symbol })}</Empty>
  return (
    <Empty title={t('tape.noTradesTitle')} action={{ label: t('tape.allSizes'), run: onAll }}>
      {t('tape.noneSoLarge', { count: kept, size: minimum })}
    </Empty>
  )
}

function Sum({ label, hint, children }: { label: string; hint: string; children: ReactNode }) {
  return (
    <span className={css.sum} title={hint}>
      <span>{label}</span> <b>{children}</b>
    </span>
  )
}
