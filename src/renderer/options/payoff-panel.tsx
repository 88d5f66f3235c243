import { useEffect, useMemo, useRef, useState } from 'react'
import type { UnderlyingState } from '../../contract/options.ts'
import type { LegQuote, PositionFrame } from '../../contract/options-risk.ts'
import { useStream } from '../desk.tsx'
import type { PanelProps } from '../panels.ts'
import { saveText } from '../ui/download.ts'
import { HeaderActions, IconButton } from '../ui/form.tsx'
import { useFormat } from '../ui/format.ts'
import { Age } from '../ui/liveness.tsx'
import { Plot, type PlotHandle } from '../ui/plot.tsx'
import { Empty, Failure, Loading } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import chainCss from './chain.module.css'
import { type ChainChoice, ChainGate, type OpenChain } from './chain-gate.tsx'
import { isFileChain } from './chain-model.ts'
import { ChainPicker } from './chain-picker.tsx'
import { Choice } from './choice.tsx'
import css from './payoff.module.css'
import { AddLegs, useReady, usualExpiry } from './payoff-add.tsx'
import { payoffCsv } from './payoff-csv.ts'
import { PayoffFigures } from './payoff-figures.tsx'
import { PayoffGrid, useScenarios } from './payoff-grid.tsx'
import { useLegHistory } from './payoff-history.ts'
import { PayoffLegs } from './payoff-legs.tsx'
import { gridAxes, legName, namedLegs, payoffPicture, quotedLegs, type StoredLeg } from './payoff-model.ts'
import { lineAt, payoffScene } from './payoff-scene.ts'
import risk from './risk.module.css'
import { riskFileName, savePicture } from './risk-files.ts'
import { moneyText } from './risk-money.ts'
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
  const { params, setParams, subject, setSubject } = props
  const { t } = useText()
  const pick = (chain: UnderlyingState) => {
    if (isFileChain(chain.key)) return setParams({ chain: chain.key, legs: [] })
    setParams({ chain: null, legs: [] })
    setSubject(chain.key)
  }
  return (
    <ChainGate subject={subject} pinned={params.chain ?? null} about={t('payoff.about')} shape="chart" onPick={pick}>
      {open => <PayoffDesk key={open.chain.key} {...props} {...open} onPick={pick} />}
    </ChainGate>
  )
}

type DeskProps = PanelProps<PayoffParams> & OpenChain & { onPick(chain: UnderlyingState): void }
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

function Position(props: PositionProps) {
  const { params, setParams, actions, frame, quotes, legs, put } = props
  const { t } = useText()
  const format = useFormat()
  const plot = useRef<PlotHandle>(null)
  const makeReady = useReady(props.chain.key, put)
  const [stretch, setStretch] = useState<readonly [number, number] | null>(null)
  const [cursor, setCursor] = useState<number | null>(null)
  const quoted = useMemo(() => quotedLegs(legs, quotes, frame), [legs, quotes, frame])
  const volShift = (params.volShift ?? 0) / 100
  const wanted = params.daysAhead ?? 0
  const picture = useMemo(
    () => payoffPicture(quoted, frame.spot, { volShift, daysAhead: wanted }, stretch),
    [quoted, frame.spot, volShift, wanted, stretch],
  )
  const isNow = volShift === 0 && wanted === 0
  const view = params.view ?? 'chart'
  const spots = picture?.end.spots
  const axes = useSteadyAxes(spots ? [spots[0]!, spots.at(-1)!] : [0, 1], picture?.days ?? 30)
  const scenarios = useScenarios(picture?.legs ?? [], axes, picture !== null && view !== 'chart')
  const scene = useMemo(() => (picture ? payoffScene(picture, isNow, format, t) : null), [picture, isNow, format, t])
  const days = picture && Number.isFinite(picture.days) ? picture.days : 30
  const name = { symbol: frame.symbol, at: frame.asOf, provenance: frame.provenance }
  const save = (kind: 'png' | 'csv') => {
    if (!picture) return
    const file = riskFileName(name, 'payoff', kind)
    if (kind === 'csv')
      return saveText(
        file,
        payoffCsv(frame, quoted, picture, { volShift, daysAhead: wanted }, view === 'chart' ? null : scenarios.found),
      )
    const words = legs.map(leg => `${leg.quantity > 0 ? '+' : '−'}${Math.abs(leg.quantity)} ${legName(leg)}`).join(', ')
    savePicture(
      plot.current,
      [`${frame.symbol} · ${words}`, `${format.instant(frame.asOf, 'dateSecond')} · ${t(`live.${frame.provenance.state}`)}`],
      file,
    )
  }
  const read = (x: number) => {
    const part = (line: 'end' | 'now' | 'later') =>
      picture ? moneyText(lineAt(picture.end.spots, picture[line].profits, x), format, t, { signed: true }) : ''
    return { price: format.number(x, 2), end: part('end'), now: part('now'), later: part('later') }
  }
  return (
    <>
      {view === 'chart' && picture ? (
        <SaveActions actions={actions} onPicture={() => save('png')} onCsv={() => save('csv')} />
      ) : null}
      {view !== 'chart' && picture ? (
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
      {legs.length > 0 ? <PayoffLegs legs={quoted} frame={frame} put={put} /> : null}
      {picture && scene ? (
        <>
          <div className={risk.body}>
            {view === 'chart' ? (
              <div className={risk.stage}>
                <Plot
                  ref={plot}
                  label={t('payoff.label')}
                  scene={scene}
                  onCursor={next => setCursor(next?.x ?? null)}
                  words={x => t('payoff.said', read(x))}
                  onView={setStretch}
                />
              </div>
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
          {view === 'chart' ? (
            <>
              <div className={css.sliders}>
                <Slider
                  name={t('payoff.volShift')}
                  from={-20}
                  to={40}
                  step={0.5}
                  value={params.volShift ?? 0}
                  text={t('payoff.points', { count: format.change(params.volShift ?? 0, 0.1) })}
                  onChange={next => setParams({ volShift: next })}
                />
                <Slider
                  name={t('payoff.ahead')}
                  from={0}
                  to={Math.max(0.1, Number(days.toFixed(2)))}
                  step={days > 20 ? 1 : days > 2 ? 0.25 : 0.02}
                  value={Math.min(wanted, days)}
                  text={t('payoff.days', { count: format.number(Math.min(wanted, days), days > 20 ? 0 : 2) })}
                  onChange={next => setParams({ daysAhead: next })}
                />
                <button
                  type="button"
                  className={chainCss.button}
                  disabled={isNow}
                  onClick={() => setParams({ volShift: 0, daysAhead: 0 })}
                >
                  {t('payoff.toNow')}
                </button>
              </div>
              <PayoffReadout read={cursor === null ? null : read(cursor)} isNow={isNow} />
            </>
          ) : null}
        </>
      ) : (
        <Empty
          title={legs.length === 0 ? t('payoff.emptyTitle') : t('payoff.noNumbersTitle')}
          action={
            legs.length === 0
              ? { label: t('payoff.makeStraddle'), run: () => makeReady('straddle', usualExpiry(frame)) }
              : undefined
          }
        >
          {legs.length === 0 ? t('payoff.empty') : t('payoff.noNumbers')}
        </Empty>
      )}
    </>
  )
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

function Slider({
  name,
  from,
  to,
  step,
  value,
  text,
  onChange,
}: {
  name: string
  from: number
  to: number
  step: number
  value: number
  text: string
  onChange(value: number): void
}) {
  return (
    <label>
      {name}
      <input
        type="range"
        min={from}
        max={to}
        step={step}
        value={value}
        onChange={event => onChange(Number(event.currentTarget.value))}
      />
      <output>{text}</output>
    </label>
  )
}

function PayoffReadout({
  read,
  isNow,
}: {
  read: Readonly<Record<'price' | 'end' | 'now' | 'later', string>> | null
  isNow: boolean
}) {
  const { t } = useText()
  const lines = [['end', '--text-1'], ['now', '--accent'], ...(isNow ? [] : [['later', '--link-b'] as const])] as const
  return (
    <div className={risk.readout}>
      <span>
        {t('payoff.price')} <b>{read?.price ?? '—'}</b>
      </span>
      {lines.map(([line, ink]) => (
        <span key={line}>
          <i className={risk.key} data-line="true" style={{ background: `var(${ink})` }} />
          {t(`payoff.line.${line}`)} <b>{read?.[line] ?? ''}</b>
        </span>
      ))}
    </div>
  )
}
