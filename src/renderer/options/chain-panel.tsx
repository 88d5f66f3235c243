import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { UnderlyingState } from '../../contract/options.ts'
import type { PanelProps } from '../panels.ts'
import { useFormat } from '../ui/format.ts'
import { Empty, Failure, Loading } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import css from './chain.module.css'
import { ChainBar } from './chain-bar.tsx'
import { type ChainSource, chosenColumns, sideColumns, strikeColumn, strikeDecimals } from './chain-columns.ts'
import { ChainFacts } from './chain-facts.tsx'
import { type ChainChoice, ChainGate, type OpenChain } from './chain-gate.tsx'
import { ChainGrid, type ChainGridHandle } from './chain-grid.tsx'
import { useChainLines } from './chain-lines.ts'
import { ChainMark } from './chain-mark.tsx'
import {
  type ChainTable,
  createChainTable,
  isFileChain,
  moneyOf,
  nearestStrike,
  RANGES,
  readRowKey,
  rowKey,
  type Side,
  type StrikeRange,
} from './chain-model.ts'
import { MomentBanner, MomentPicker } from './chain-moments.tsx'
import { ChainPicker } from './chain-picker.tsx'
import { useContract } from './chain-selection.ts'
import { ChainSheet } from './chain-sheet.tsx'
import { ExpiryTabs } from './chain-tabs.tsx'
import { expiryText, leftText, volChange, volText } from './chain-words.ts'
import { useAddToPayoff } from './payoff-link.ts'
import { useChain } from './use-chain.ts'

/** What a chain panel remembers. */
export interface ChainParams extends ChainChoice {
  readonly layout?: 'tabs' | 'stacked'
  readonly expiry?: string | null
  /** Expiries whose blocks are open where they are stacked; the nearest two until a person folded one. */
  readonly open?: readonly string[]
  readonly columns?: readonly string[]
  readonly range?: number | null
  readonly follows?: boolean
}

/** The options of one underlying: calls, strikes, puts, with volatilities and Greeks. */
export function Panel(props: PanelProps<ChainParams>) {
  const { params } = props
  const { t } = useText()
  return (
    <ChainGate panel={props} resets={{ at: null, expiry: null }} about={t('chain.about')} shape="rows">
      {open => <ChainDesk key={`${open.chain.key} ${params.at ?? ''}`} {...props} {...open} />}
    </ChainGate>
  )
}

type DeskProps = PanelProps<ChainParams> & OpenChain

function ChainDesk({ params, setParams, setTitle, actions, chain, chains, onPick }: DeskProps) {
  const { t } = useText()
  const [table] = useState(createChainTable)
  const [version, setVersion] = useState(0)
  const [sheet, setSheet] = useState<string | null>(null)
  const [hearers] = useState(() => new Set<() => void>())
  const grid = useRef<ChainGridHandle>(null)
  const at = params.at ?? null
  const layout = params.layout ?? 'tabs'
  const [dates, setDates] = useState<readonly string[]>([])
  const expiry = dates.find(date => date === params.expiry) ?? dates[0] ?? null
  const open = useOpenExpiries(layout, expiry, dates, params.open)
  const [inView, setInView] = useState<readonly string[]>([])
  const wanted = useWanted(table, version, open, layout === 'stacked' && at === null && inView.length > 0 ? inView : open)
  const view = useChain({ underlying: chain.key, expiries: wanted, at }, frame => {
    if (table.take(frame, open)) setVersion(before => before + 1)
    const next = frame.expiries.map(({ date }) => date)
    setDates(before => (before.join() === next.join() ? before : next))
    for (const hear of hearers) hear()
  })
  const { frame, snapshot } = view
  const onChanges = useCallback(
    (hear: () => void) => {
      hearers.add(hear)
      return () => void hearers.delete(hear)
    },
    [hearers],
  )
  useEffect(
    () => setTitle(params.chain ? `${chain.symbol} · ${t('panel.options-chain')}` : t('panel.options-chain')),
    [setTitle, t, params.chain, chain.symbol],
  )
  const toExpiry = (date: string) => setParams({ expiry: date })
  const step = (by: 1 | -1) => {
    const next = dates[dates.indexOf(expiry ?? '') + by]
    if (next) toExpiry(next)
  }
  const fold = (date: string) => setParams({ open: open.includes(date) ? open.filter(other => other !== date) : [...open, date] })

  const lead = (
    <>
      <ChainPicker chain={chain} chains={chains} onPick={onPick} />
      <MomentPicker underlying={chain.key} symbol={chain.symbol} asOf={chain.asOf} at={at} onPick={id => setParams({ at: id })} />
    </>
  )
  const range = RANGES.find(known => known === params.range) ?? (params.range === null ? null : 20)
  const columns = useMemo(() => chosenColumns(params.columns), [params.columns])
  const isKept = at !== null || isFileChain(chain.key)
  const summary = frame?.expiries.find(({ date }) => date === expiry)
  return (
    <section className={css.panel} aria-label={t('panel.options-chain')}>
      <ChainMark view={view} actions={actions} />
      <ChainBar
        lead={lead}
        layout={layout}
        range={range}
        follows={params.follows !== false}
        columns={columns}
        onLayout={next => setParams({ layout: next })}
        onRange={next => setParams({ range: next })}
        onFollows={follows => setParams({ follows })}
        onColumns={next => setParams({ columns: next ?? [] })}
      />
      {snapshot ? <MomentBanner snapshot={snapshot} onBack={() => setParams({ at: null })} /> : null}
      {frame ? <ChainFacts frame={frame} summary={layout === 'tabs' ? summary : undefined} isKept={isKept} /> : null}
      {frame && layout === 'tabs' && frame.expiries.length > 0 ? (
        <ExpiryTabs frame={frame} expiry={expiry} onExpiry={toExpiry} />
      ) : null}
      {!frame && view.error ? <Failure error={view.error} retry={view.retry} /> : null}
      {!frame && !view.error ? <Loading waitsFor={t('chain.what', { symbol: chain.symbol })} /> : null}
      {frame && dates.length === 0 ? <Empty title={t('chain.noExpiriesTitle')}>{t('chain.noExpiries')}</Empty> : null}
      {frame && dates.length > 0 ? (
        <ChainRows
          {...{ chain, frame, table, version, layout, expiry, open, columns, range, sheet, onChanges, grid }}
          follows={params.follows !== false}
          isKept={isKept}
          onSheet={setSheet}
          onExpiry={step}
          onFold={fold}
          onView={dates => setInView(before => (before.join() === dates.join() ? before : dates))}
        />
      ) : null}
    </section>
  )
}

/** Expiries whose rows are read: the one of the tab, or the open blocks. The array stays the same while its dates do. */
function useOpenExpiries(
  layout: 'tabs' | 'stacked',
  expiry: string | null,
  dates: readonly string[],
  chosen: readonly string[] | undefined,
): readonly string[] {
  const stacked = chosen ? dates.filter(date => chosen.includes(date)) : dates.slice(0, 2)
  const names = (layout === 'tabs' ? (expiry === null ? [] : [expiry]) : stacked).join()
  return useMemo(() => (names === '' ? [] : names.split(',')), [names])
}

/** Of many open blocks only those in view are read live: a whole chain four times a second would keep host and page busy. */
function useWanted(table: ChainTable, version: number, open: readonly string[], inView: readonly string[]): readonly string[] {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a block is read once in any case, to know its strikes
  return useMemo(
    () => open.filter(date => inView.includes(date) || table.strikes(date).length === 0),
    [table, version, open, inView],
  )
}

interface RowsProps {
  readonly chain: UnderlyingState
  readonly frame: NonNullable<ReturnType<ChainTable['frame']>>
  readonly table: ChainTable
  readonly version: number
  readonly layout: 'tabs' | 'stacked'
  readonly expiry: string | null
  readonly open: readonly string[]
  readonly columns: ReturnType<typeof chosenColumns>
  readonly range: StrikeRange
  readonly follows: boolean
  readonly isKept: boolean
  readonly sheet: string | null
  readonly grid: React.RefObject<ChainGridHandle | null>
  onChanges(hear: () => void): () => void
  onSheet(row: string | null): void
  onExpiry(by: 1 | -1): void
  onFold(date: string): void
  onView(dates: readonly string[]): void
}

/** The rows with the sheet beside them. */
function ChainRows(props: RowsProps) {
  const { chain, frame, table, version, columns, range, layout, expiry, open, sheet, onSheet } = props
  const { t } = useText()
  const format = useFormat()
  const [contract, choose] = useContract(chain.key)
  const addToPayoff = useAddToPayoff(chain.key)
  const year = new Date(frame.asOf / 1000).getUTCFullYear()
  // biome-ignore lint/correctness/useExhaustiveDependencies: of the instant only its year is written
  const nameOf = useCallback((date: string) => expiryText(date, frame.asOf, format), [year, format])
  const { lines, moneyLine } = useChainLines({
    frame,
    table,
    version,
    layout,
    expiry,
    open,
    range,
    follows: props.follows,
    nameOf,
  })
  const source = useMemo<ChainSource>(
    () => ({ table, t, format, tickSize: frame.tickSize, isKept: props.isKept }),
    [table, t, format, frame.tickSize, props.isKept],
  )
  const decimals = useDecimals(table, open, version)
  const all = useMemo(
    () => [
      ...sideColumns(source, 'call', columns),
      strikeColumn(source, 72 + decimals * 6, decimals),
      ...sideColumns(source, 'put', columns),
    ],
    [source, columns, decimals],
  )
  const rowMark = useCallback((row: string) => markOf(table, row), [table])
  const dateOf = new Map(frame.expiries.map(({ date }) => [nameOf(date), date]))
  const heads = useSlow(frame, HEADS_MS)
  const groupWords = useCallback(
    (name: string) => {
      const summary = heads.expiries.find(({ date }) => nameOf(date) === name)
      if (!summary) return ''
      return t('chain.block', {
        left: leftText(summary, heads.asOf, format, t),
        atm: volText(summary.atmVol, format),
        reversal: volChange(summary.riskReversal25, format),
        forward: format.number(summary.forward, 2),
        count: format.whole(summary.contracts),
      })
    },
    [heads, nameOf, format, t],
  )
  const select = (row: string, side: Side) => choose({ ...readRowKey(row), side })
  const current = contract ? rowKey(contract.expiry, contract.strike) : null
  const shownSheet = sheet !== null && table.place(sheet) ? sheet : null
  // A contract chosen in another panel is shown here, where its expiry is open.
  const here = useRef(current)
  useEffect(() => {
    if (current !== null && current !== here.current) props.grid.current?.goTo(current, contract?.side)
    here.current = current
  }, [current, contract?.side, props.grid])
  return (
    <div className={css.body}>
      <div className={css.main}>
        <ChainGrid
          handle={props.grid}
          label={t('chain.grid', { symbol: chain.symbol })}
          lines={lines}
          columns={all}
          middle={columns.length}
          rowMark={rowMark}
          groupWords={groupWords}
          onChanges={props.onChanges}
          current={current}
          moneyLine={moneyLine}
          follows={props.follows}
          onActive={(row, side) => {
            here.current = row
            select(row, side)
            if (sheet !== null) onSheet(row)
          }}
          onOpen={(row, side) => {
            here.current = row
            select(row, side)
            onSheet(row)
          }}
          onPayoff={(row, side) => addToPayoff({ ...readRowKey(row), side })}
          onExpiry={props.onExpiry}
          onView={props.onView}
          onFold={name => props.onFold(dateOf.get(name) ?? name)}
          onLeave={() => {
            onSheet(null)
            return sheet !== null
          }}
        />
      </div>
      {shownSheet ? (
        <ChainSheet
          row={shownSheet}
          frame={frame}
          table={table}
          source={source}
          onPayoff={side => addToPayoff({ ...readRowKey(shownSheet), side })}
          onClose={() => {
            onSheet(null)
            props.grid.current?.focus()
          }}
        />
      ) : null}
    </div>
  )
}

/** Heads of blocks are drawn anew so often: each time costs a writing of all rows in view. */
const HEADS_MS = 2000

/** A value that follows another one at most so often. */
function useSlow<T>(value: T, everyMs: number): T {
  const [shown, setShown] = useState(value)
  const latest = useRef(value)
  latest.current = value
  useEffect(() => {
    const timer = setInterval(() => setShown(latest.current), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return shown
}

function useDecimals(table: ChainTable, open: readonly string[], version: number): number {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the table is read anew when its rows changed
  return useMemo(() => strikeDecimals(open.flatMap(date => table.strikes(date))), [table, open, version])
}

/** Where a row stands to the money: on it, or which of its sides is in the money. */
function markOf(table: ChainTable, row: string): string | null {
  const place = table.place(row)
  const frame = table.frame()
  if (!place || !frame) return null
  const money = moneyOf(frame, place.summary)
  if (money === null) return null
  const { strike } = readRowKey(row)
  const strikes = place.block.strike
  const isAtm = strikes[nearestStrike(strikes, money)] === strike
  const side = strike < money ? 'below' : 'above'
  return isAtm ? `atm ${side}` : side
}
