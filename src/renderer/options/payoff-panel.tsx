import { useEffect, useMemo, useRef, useState } from 'react'
import type { LegQuote, PositionFrame } from '../../contract/options-risk.ts'
import { useStream } from '../desk.tsx'
import type { PanelProps } from '../panels.ts'
import { saveText } from '../ui/download.ts'
import { HeaderActions, IconButton } from '../ui/form.tsx'
import { useFormat } from '../ui/format.ts'
import { Age } from '../ui/liveness.tsx'
import type { PlotHandle } from '../ui/plot.tsx'
import { Empty, Failure, Loading } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import chainCss from './chain.module.css'
import { type ChainChoice, ChainGate, type OpenChain } from './chain-gate.tsx'
import { ChainPicker } from './chain-picker.tsx'
import { Choice } from './choice.tsx'
import { AddLegs, useReady, usualExpiry } from './payoff-add.tsx'
import { PayoffChart } from './payoff-chart.tsx'
import { payoffCsv } from './payoff-csv.ts'
import { PayoffFigures } from './payoff-figures.tsx'
import { PayoffGrid, useScenarios } from './payoff-grid.tsx'
import { useLegHistory } from './payoff-history.ts'
import { PayoffLegs } from './payoff-legs.tsx'
import { gridAxes, legName, namedLegs, payoffPicture, payoffStretch, quotedLegs, type StoredLeg } from './payoff-model.ts'
import risk from './risk.module.css'
import { riskFileName, savePicture } from './risk-files.ts'
import { SaveActions } from './save-actions.tsx'

/** What a payoff panel remembers. */
export interface PayoffParams extends ChainChoice {
  readonly legs?: readonly StoredLeg[]
  readonly view?: 'chart' | 'map' | 'table'
  /** Points of volatility, and days from now. */
  readonly volShift?: number
  readonly daysAhead?: number
  readonly beta?: number
  readonly index?: number | null
  /** Number of the time in the scenario grid. */
  readonly time?: number
}

/** A position in options of one underlying: legs, payoff, scenarios. */
export function Panel(props: PanelProps<PayoffParams>) {
  const { t } = useText()
  return (
    <ChainGate panel={props} resets={{ legs: [] }} about={t('payoff.about')} shape="chart">
      {open => <PayoffDesk key={open.chain.key} {...props} {...open} />}
    </ChainGate>
  )
}

type DeskProps = PanelProps<PayoffParams> & OpenChain
const NO_LEGS: readonly StoredLeg[] = []

/** What the chain says of the legs, kept by contract: while others are asked for, the known ones stay. */
function usePosition(underlying: string, legs: readonly StoredLeg[]) {
  const [frame, setFrame] = useState<PositionFrame | null>(null)
  const [quotes, setQuotes] = useState<ReadonlyMap<string, LegQuote>>(new Map())
  const named = namedLegs(legs)
  const stream = useStream(
    `options.position ${underlying} ${named.map(legName).join()}`,
    (desk, signal) => desk.options.risk.position({ underlying, legs: named }, { signal }),
    next => {
      setFrame(next)
      setQuotes(
        before =>
          new Map([...before, ...named.flatMap((leg, k) => (next.quotes[k] ? [[legName(leg), next.quotes[k]] as const] : []))]),
      )
    },
  )
  return { frame, quotes, stream }
}

function PayoffDesk(props: DeskProps) {
  const { params, setParams, setTitle, actions, chain, chains, onPick } = props
  const { t } = useText()
  const legs = params.legs ?? NO_LEGS
  const put = (next: readonly StoredLeg[]) => setParams({ legs: next })
  const history = useLegHistory(legs, put)
  const { frame, quotes, stream } = usePosition(chain.key, legs)
  useEffect(() => setTitle(t('panel.options-payoff')), [setTitle, t])
  const isCut = stream.phase === 'waiting' || stream.phase === 'failed'
  const provenance = frame && isCut ? { ...frame.provenance, state: 'stale' as const } : frame?.provenance
  const onKeyDown = (event: React.KeyboardEvent) => {
    const isChord = (event.ctrlKey || event.metaKey) && !event.altKey
    const key = event.key.toLowerCase()
    // In a field the browser's own undo is meant.
    if (!isChord || (key !== 'z' && key !== 'y') || event.target instanceof HTMLInputElement) return
    event.preventDefault()
    if (key === 'y' || event.shiftKey) history.doAgain()
    else history.takeBack()
  }
  return (
    <section className={chainCss.panel} aria-label={t('panel.options-payoff')} onKeyDown={onKeyDown}>
      {provenance && provenance.state !== 'demo' ? (
        <HeaderActions into={actions}>
          <Age provenance={provenance} full />
        </HeaderActions>
      ) : null}
      <div className={`${chainCss.bar} ${risk.bar}`}>
        <ChainPicker chain={chain} chains={chains} onPick={onPick} />
        <span className={chainCss.space} />
        <IconButton icon="undo" label={t('payoff.undo')} disabled={history.undo === 0} onClick={history.takeBack} />
        <IconButton icon="redo" label={t('payoff.redo')} disabled={history.redo === 0} onClick={history.doAgain} />
        <Choice
          label={t('payoff.view')}
          value={params.view ?? 'chart'}
          options={(['chart', 'map', 'table'] as const).map(value => ({ value, label: t(`payoff.view.${value}`) }))}
          onChange={view => setParams({ view })}
        />
      </div>
      {!frame && isCut ? <Failure error={stream.error} retry={stream.retry} /> : null}
      {!frame && !isCut ? <Loading waitsFor={t('payoff.what', { symbol: chain.symbol })} /> : null}
      {frame ? <Position {...props} frame={frame} quotes={quotes} legs={legs} put={put} /> : null}
    </section>
  )
}

type PositionProps = DeskProps & {
  readonly frame: PositionFrame
  readonly quotes: ReadonlyMap<string, LegQuote>
  readonly legs: readonly StoredLeg[]
  put(legs: readonly StoredLeg[]): void
}

/** Curves and figures of the legs, over a stretch of prices that holds still while the market moves within it. */
function usePicture({ params, frame, quotes, legs }: PositionProps, stretch: readonly [number, number] | null) {
  const quoted = useMemo(() => quotedLegs(legs, quotes, frame), [legs, quotes, frame])
  const volShift = (params.volShift ?? 0) / 100
  const daysAhead = params.daysAhead ?? 0
  const known = quoted.flatMap(({ leg }) => leg ?? [])
  const natural = frame.spot !== null && known.length > 0 ? payoffStretch(known, frame.spot) : null
  const steady = useSteady(natural)
  const shown = stretch ?? steady
  const picture = useMemo(
    () => payoffPicture(quoted, frame.spot, { volShift, daysAhead }, shown),
    [quoted, frame.spot, volShift, daysAhead, shown],
  )
  return { quoted, picture, scenario: { volShift, daysAhead }, isNow: volShift === 0 && daysAhead === 0 }
}

function Position(props: PositionProps) {
  const { params, setParams, actions, frame, legs, put } = props
  const { t } = useText()
  const format = useFormat()
  const plot = useRef<PlotHandle>(null)
  const makeReady = useReady(props.chain.key, put)
  const [stretch, setStretch] = useState<readonly [number, number] | null>(null)
  const { quoted, picture, scenario, isNow } = usePicture(props, stretch)
  const view = params.view ?? 'chart'
  const spots = picture?.end.spots
  const axes = useSteadyAxes(spots ? [spots[0]!, spots.at(-1)!] : [0, 1], picture?.days ?? 30)
  const scenarios = useScenarios(picture?.legs ?? [], axes, picture !== null && view !== 'chart')
  const save = (kind: 'png' | 'csv') => {
    if (!picture) return
    const file = riskFileName({ symbol: frame.symbol, at: frame.asOf, provenance: frame.provenance }, 'payoff', kind)
    if (kind === 'csv')
      return saveText(file, payoffCsv(frame, quoted, picture, scenario, view === 'chart' ? null : scenarios.found))
    const words = legs.map(leg => `${leg.quantity > 0 ? '+' : '−'}${Math.abs(leg.quantity)} ${legName(leg)}`).join(', ')
    const origin = `${format.instant(frame.asOf, 'dateSecond')} · ${t(`live.${frame.provenance.state}`)}`
    savePicture(plot.current, [`${frame.symbol} · ${words}`, origin], file)
  }
  const empty = legs.length === 0
  return (
    <>
      {picture && view === 'chart' ? (
        <SaveActions actions={actions} onPicture={() => save('png')} onCsv={() => save('csv')} />
      ) : null}
      {picture && view !== 'chart' ? (
        <HeaderActions into={actions}>
          <IconButton icon="table" label={t('chain.saveCsv')} onClick={() => save('csv')} />
        </HeaderActions>
      ) : null}
      <AddLegs
        chain={props.chain.key}
        frame={frame}
        legs={legs}
        put={put}
        left={picture?.left ?? quoted.filter(({ leg }) => !leg).length}
      />
      {empty ? null : <PayoffLegs legs={quoted} frame={frame} put={put} />}
      {picture ? (
        <div className={risk.body}>
          {view === 'chart' ? (
            <PayoffChart ref={plot} picture={picture} params={params} setParams={setParams} isNow={isNow} onView={setStretch} />
          ) : (
            <PayoffGrid
              scenarios={scenarios.found}
              error={scenarios.error}
              view={view}
              time={params.time ?? 0}
              spot={picture.spot}
              onTime={time => setParams({ time })}
            />
          )}
          <PayoffFigures
            picture={picture}
            isNow={isNow || view !== 'chart'}
            symbol={frame.symbol}
            weight={{ beta: params.beta ?? 1, index: params.index ?? null }}
            onWeight={({ beta, index }) => setParams({ beta, index })}
          />
        </div>
      ) : (
        <Empty
          title={empty ? t('payoff.emptyTitle') : t('payoff.noNumbersTitle')}
          action={empty ? { label: t('payoff.makeStraddle'), run: () => makeReady('straddle', usualExpiry(frame)) } : undefined}
        >
          {empty ? t('payoff.empty') : t('payoff.noNumbers')}
        </Empty>
      )}
    </>
  )
}

/** A stretch that stays until the one that is wanted has left it by a twentieth. */
function useSteady(wanted: readonly [number, number] | null): readonly [number, number] | null {
  const held = useRef<readonly [number, number] | null>(null)
  if (wanted === null) held.current = null
  else if (held.current === null || !isNear(held.current, wanted)) held.current = wanted
  return held.current
}

function isNear([from, to]: readonly [number, number], [least, most]: readonly [number, number]): boolean {
  const slack = 0.05 * (most - least)
  return Math.abs(from - least) < slack && Math.abs(to - most) < slack
}

/** Axes of the grid that hold still while the spot wanders within them. */
function useSteadyAxes([from, to]: readonly [number, number], days: number) {
  const held = useRef<{ from: number; to: number; days: number; axes: ReturnType<typeof gridAxes> } | null>(null)
  const before = held.current
  const slack = 0.05 * (to - from)
  const isSteady =
    before !== null &&
    Math.abs(before.from - from) < slack &&
    Math.abs(before.to - to) < slack &&
    Math.abs(before.days - days) < 0.02 * days + 0.001
  if (!isSteady) held.current = { from, to, days, axes: gridAxes([from, to], days) }
  return held.current!.axes
}
