import { useEffect, useMemo, useRef, useState } from 'react'
import type { ChainFrame } from '../../contract/options.ts'
import { useDesk } from '../desk.tsx'
import type { PanelProps } from '../panels.ts'
import { saveFile } from '../ui/download.ts'
import { useFormat } from '../ui/format.ts'
import { Plot, type PlotHandle } from '../ui/plot.tsx'
import { extentOf } from '../ui/plot-scale.ts'
import { Empty, Failure, Loading } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import { ChainFrameView } from './chain-frame-view.tsx'
import { type ChainChoice, ChainGate, type OpenChain } from './chain-gate.tsx'
import { expiryText } from './chain-words.ts'
import { Choice } from './choice.tsx'
import { SaveActions } from './save-actions.tsx'
import css from './smile.module.css'
import { chainFileName } from './smile-csv.ts'
import { steadyRange } from './smile-model.ts'
import { TermFigures } from './term-figures.tsx'
import { dayPlace, type TermPoint, termPoints } from './term-model.ts'
import { historyScene, paneCount, type TermHistory, termScene } from './term-scene.ts'
import { useChain } from './use-chain.ts'
import { useHeight } from './use-height.ts'

/** What a term structure panel remembers. */
export interface TermParams extends ChainChoice {
  readonly mode?: 'term' | 'history'
  /** Expiry whose history is shown. */
  readonly expiry?: string | null
}

/** Term structures move slowly: so long a frame stands before the next is asked for. */
const REST_MS = 1500
/** A kept moment may come every few minutes. */
const HISTORY_MS = 30_000

/** Volatility, wings and forwards by expiry, and what one expiry said over the kept moments. */
export function Panel(props: PanelProps<TermParams>) {
  const { params } = props
  const { t } = useText()
  return (
    <ChainGate panel={props} resets={{ at: null }} about={t('term.about')} shape="chart">
      {open => <TermDesk key={`${open.chain.key} ${params.at ?? ''}`} {...props} {...open} />}
    </ChainGate>
  )
}

type DeskProps = PanelProps<TermParams> & OpenChain

function TermDesk(props: DeskProps) {
  const { params, setParams, chain } = props
  const { t } = useText()
  const [dates, setDates] = useState<readonly string[]>([])
  const view = useChain({ underlying: chain.key, expiries: dates, at: params.at ?? null, restMs: REST_MS }, frame => {
    const next = frame.expiries.map(({ date }) => date)
    setDates(before => (before.join() === next.join() ? before : next))
  })
  const mode = params.mode ?? 'term'
  const lead = (
    <Choice
      label={t('smile.mode')}
      value={mode}
      options={(['term', 'history'] as const).map(value => ({
        value,
        label: t(`term.mode.${value}`),
        hint: t(`term.modeHint.${value}`),
      }))}
      onChange={next => setParams({ mode: next })}
    />
  )
  return (
    <ChainFrameView {...props} view={view} title="panel.options-term" lead={lead}>
      {frame => <Term {...props} frame={frame} mode={mode} />}
    </ChainFrameView>
  )
}

type Range = readonly [number, number]
interface Ranges {
  readonly x: Range
  readonly vol: Range
  readonly wing: Range
  readonly forward: Range
}

function Term({ params, setParams, chain, actions, frame, mode }: DeskProps & { frame: ChainFrame; mode: 'term' | 'history' }) {
  const { t } = useText()
  const format = useFormat()
  const plot = useRef<PlotHandle>(null)
  const [cursor, setCursor] = useState<number | null>(null)
  const [stretch, setStretch] = useState<Range | null>(null)
  const term = useMemo(() => termPoints(frame), [frame])
  const chosen = term.find(({ summary }) => summary.date === params.expiry)?.summary.date ?? term[0]?.summary.date ?? null
  const ranges = useTermRanges(term, stretch)
  const stage = useRef<HTMLDivElement>(null)
  const panes = paneCount(useHeight(stage))
  const scene = useMemo(() => termScene(term, ranges, panes, chosen, format, t), [term, ranges, panes, chosen, format, t])
  const nearest = (x: number) =>
    term.reduce<TermPoint | null>(
      (best, point) => (best === null || Math.abs(dayPlace(point.days) - x) < Math.abs(dayPlace(best.days) - x) ? point : best),
      null,
    )
  const words = (x: number) => {
    const point = nearest(x)
    if (!point) return ''
    return t('term.said', { expiry: expiryText(point.summary.date, frame.asOf, format), vol: format.number(point.atm * 100, 2) })
  }
  const save = (kind: 'png' | 'csv') => {
    const name = chainFileName(frame, 'term', kind)
    if (kind === 'csv') return saveFile(name, [termCsv(frame, term)], 'text/csv')
    const lines = [
      `${frame.symbol} · ${t('panel.options-term')}`,
      `${format.instant(frame.asOf, 'dateSecond')} · ${t(`live.${frame.provenance.state}`)}`,
    ]
    plot.current?.picture(lines).toBlob(blob => blob && saveFile(name, [blob], 'image/png'))
  }
  const pointed = cursor === null ? null : (nearest(cursor)?.summary.date ?? null)
  const choose = (date: string) => setParams({ expiry: date })
  return (
    <>
      <SaveActions actions={actions} onPicture={() => save('png')} onCsv={() => save('csv')} />
      <div className={css.stage} ref={stage}>
        {mode === 'history' && chosen !== null ? (
          <History key={chosen} {...{ frame, plot, panes }} underlying={chain.key} expiry={chosen} />
        ) : (
          <Plot
            ref={plot}
            label={t('term.label', { symbol: frame.symbol })}
            scene={scene}
            onCursor={next => setCursor(next?.x ?? null)}
            words={words}
            onChoose={x => {
              const point = nearest(x)
              if (point) choose(point.summary.date)
            }}
            onView={setStretch}
          />
        )}
      </div>
      <TermFigures term={term} asOf={frame.asOf} chosen={chosen} pointed={pointed} onChoose={choose} />
    </>
  )
}

function useTermRanges(term: readonly TermPoint[], stretch: Range | null): Ranges {
  const held = useRef<Ranges | null>(null)
  return useMemo(() => {
    const before = held.current
    const extent = (fallback: Range, ...columns: (readonly number[])[]) => extentOf(...columns) ?? fallback
    const of = (value: (point: TermPoint) => number) => term.map(value)
    const places = term.map(({ days }) => dayPlace(days))
    const all = extent([0, 1], places)
    const vols = extent(
      [0.1, 0.3],
      of(p => p.atm),
      of(p => p.forwardVol),
      of(p => p.band.bid),
      of(p => p.band.ask),
    )
    const wings = extent(
      [-0.05, 0.05],
      of(p => p.reversal),
      of(p => p.butterfly),
      [0],
    )
    const forwards = extent(
      [0, 1],
      of(p => p.forward),
    )
    const next: Ranges = {
      x: stretch ?? [Math.max(0, all[0] - 0.4), all[1] * 1.02 + 0.2],
      vol: steadyRange(before?.vol ?? null, roomAbove(vols), 0.08),
      wing: steadyRange(before?.wing ?? null, roomAbove(wings), 0.08),
      forward: steadyRange(before?.forward ?? null, roomAbove(forwards), 0.08),
    }
    held.current = next
    return next
  }, [term, stretch])
}

/** The name of a pane stands at its top; the lines leave it room. */
function roomAbove([from, to]: Range): Range {
  return [from, to + 0.22 * (to - from)]
}

/** One expiry over the kept moments. */
function History({
  underlying,
  expiry,
  frame,
  plot,
  panes,
}: {
  underlying: string
  expiry: string
  frame: ChainFrame
  plot: React.RefObject<PlotHandle | null>
  panes: 1 | 2 | 3
}) {
  const { t } = useText()
  const format = useFormat()
  const desk = useDesk()
  const [history, setHistory] = useState<TermHistory | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  const [attempt, setAttempt] = useState(0)
  const [stretch, setStretch] = useState<Range | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a retry asks again
  useEffect(() => {
    let isLeft = false
    const number = (value: number | null) => value ?? Number.NaN
    const read = () =>
      desk.options.history({ underlying, expiry }).then(
        ({ time, atmVol, riskReversal25, butterfly25, forward }) => {
          if (isLeft) return
          setFault(null)
          setHistory({
            time,
            atm: atmVol.map(number),
            reversal: riskReversal25.map(number),
            butterfly: butterfly25.map(number),
            forward: forward.map(number),
          })
        },
        error => {
          if (!isLeft) setFault(error)
        },
      )
    void read()
    const timer = setInterval(() => void read(), HISTORY_MS)
    return () => {
      isLeft = true
      clearInterval(timer)
    }
  }, [desk, underlying, expiry, attempt])
  const scene = useMemo(() => {
    if (!history || history.time.length === 0) return null
    const extent = (fallback: Range, ...columns: (readonly number[])[]) =>
      steadyRange(null, roomAbove(extentOf(...columns) ?? fallback), 0.08)
    const [from, to] = extentOf(history.time) ?? [0, 1]
    const ranges: Ranges = {
      x: stretch ?? (to > from ? [from, to] : [from - 60e6, to + 60e6]),
      vol: extent([0.1, 0.3], history.atm),
      wing: extent([-0.05, 0.05], history.reversal, history.butterfly, [0]),
      forward: extent([0, 1], history.forward),
    }
    return historyScene(history, ranges, panes, format, t)
  }, [history, stretch, panes, format, t])
  const name = expiryText(expiry, frame.asOf, format)
  if (fault && !history) return <Failure error={fault} retry={() => setAttempt(before => before + 1)} />
  if (!history) return <Loading waitsFor={t('term.whatHistory', { expiry: name })} shape="chart" />
  const keep = () => void desk.options.keep({ underlying }).then(() => setAttempt(before => before + 1), setFault)
  if (!scene)
    return (
      <Empty title={t('term.noHistoryTitle', { expiry: name })} action={{ label: t('chain.keepNow'), run: keep }}>
        {t('term.noHistory')}
      </Empty>
    )
  const words = (x: number) => {
    const at = history.time.reduce((best, time, k) => (Math.abs(time - x) < Math.abs(history.time[best]! - x) ? k : best), 0)
    return t('term.said', {
      expiry: format.instant(history.time[at], 'dateMinute'),
      vol: format.number(history.atm[at]! * 100, 2),
    })
  }
  return <Plot ref={plot} label={t('term.historyLabel', { expiry: name })} scene={scene} words={words} onView={setStretch} />
}

/** The term structure as CSV; volatilities are fractions per √year, rates continuously compounded. */
function termCsv(frame: ChainFrame, term: readonly TermPoint[]): string {
  const cell = (value: number | null) => (value !== null && Number.isFinite(value) ? String(value) : '')
  const at = new Date(frame.asOf / 1000).toISOString()
  const lines = term.map(point =>
    [
      at,
      frame.symbol,
      point.summary.date,
      cell(point.days),
      cell(point.atm),
      cell(point.band.bid),
      cell(point.band.ask),
      cell(point.forwardVol),
      cell(point.reversal),
      cell(point.butterfly),
      cell(point.forward),
      cell(point.summary.rate),
      cell(point.summary.yieldRate),
      frame.provenance.source,
      frame.provenance.state,
    ].join(),
  )
  const head =
    'as_of,symbol,expiry,days,atm_vol,atm_bid_vol,atm_ask_vol,forward_vol,risk_reversal_25,butterfly_25,forward,rate,yield,source,state'
  return `${[head, ...lines].join('\n')}\n`
}
