import { useEffect, useMemo, useRef, useState } from 'react'
import type { FlowFrame } from '../../contract/options-risk.ts'
import { useStream } from '../desk.tsx'
import type { PanelProps } from '../panels.ts'
import { saveText } from '../ui/download.ts'
import { HeaderActions } from '../ui/form.tsx'
import { type Format, useFormat } from '../ui/format.ts'
import { Age } from '../ui/liveness.tsx'
import { Plot, type PlotHandle } from '../ui/plot.tsx'
import { Empty, Failure, Loading } from '../ui/states.tsx'
import { type Translate, useText } from '../ui/text.ts'
import chainCss from './chain.module.css'
import { type ChainChoice, ChainGate, type OpenChain } from './chain-gate.tsx'
import { isFileChain } from './chain-model.ts'
import { ChainPicker } from './chain-picker.tsx'
import { chooseContract } from './chain-selection.ts'
import { expiryText } from './chain-words.ts'
import { Choice } from './choice.tsx'
import { FLOW_WINDOWS, type FlowView, type FlowWindow, pointAt, shownPoints, withFrame } from './flow-model.ts'
import { flowScene } from './flow-scene.ts'
import { One } from './gamma-facts.tsx'
import css from './risk.module.css'
import { csvOf, originOf, riskFileName, savePicture } from './risk-files.ts'
import { moneyText, toneOf } from './risk-money.ts'
import { SaveActions } from './save-actions.tsx'

/** What a flow panel remembers. */
export interface FlowParams extends ChainChoice {
  readonly split?: 'all' | 'today'
  readonly window?: FlowWindow
}

/** Signed premium of one underlying's options since the session began to be watched. */
export function Panel(props: PanelProps<FlowParams>) {
  const { t } = useText()
  return (
    <ChainGate panel={props} resets={{}} about={t('flow.about')} shape="chart">
      {open => <FlowDesk key={open.chain.key} {...props} {...open} />}
    </ChainGate>
  )
}

type DeskProps = PanelProps<FlowParams> & OpenChain

function FlowDesk({ params, setParams, setTitle, actions, chain, chains, onPick }: DeskProps) {
  const { t } = useText()
  const [view, setView] = useState<FlowView | null>(null)
  const stream = useStream(
    `options.flow ${chain.key}`,
    (desk, signal) => desk.options.risk.flow({ underlying: chain.key }, { signal }),
    frame => setView(before => withFrame(before, frame)),
  )
  useEffect(() => setTitle(t('panel.options-flow')), [setTitle, t])
  const isCut = stream.phase === 'waiting' || stream.phase === 'failed'
  const provenance = view && isCut ? { ...view.frame.provenance, state: 'stale' as const } : view?.frame.provenance
  const isFile = isFileChain(chain.key)
  return (
    <section className={chainCss.panel} aria-label={t('panel.options-flow')}>
      {provenance && provenance.state !== 'demo' ? (
        <HeaderActions into={actions}>
          <Age provenance={provenance} full />
        </HeaderActions>
      ) : null}
      <div className={`${chainCss.bar} ${css.bar}`}>
        <ChainPicker chain={chain} chains={chains} onPick={onPick} />
        <span className={chainCss.space} />
        <Choice
          label={t('flow.window')}
          value={params.window ?? 'all'}
          options={(Object.keys(FLOW_WINDOWS) as FlowWindow[]).map(value => ({ value, label: t(`flow.window.${value}`) }))}
          onChange={window => setParams({ window })}
        />
        <Choice
          label={t('flow.split')}
          value={params.split ?? 'all'}
          options={[
            { value: 'all', label: t('flow.all') },
            { value: 'today', label: t('flow.onlyToday') },
          ]}
          onChange={split => setParams({ split })}
        />
      </div>
      {isFile ? <Empty title={t('flow.fileTitle')}>{t('flow.file')}</Empty> : null}
      {!isFile && !view && isCut ? <Failure error={stream.error} retry={stream.retry} /> : null}
      {!isFile && !view && !isCut ? <Loading waitsFor={t('flow.what', { symbol: chain.symbol })} shape="chart" /> : null}
      {!isFile && view ? (
        <Flow
          view={view}
          actions={actions}
          isToday={params.split === 'today'}
          window={params.window ?? 'all'}
          chain={chain.key}
        />
      ) : null}
    </section>
  )
}

function Flow({
  view,
  actions,
  isToday,
  window,
  chain,
}: {
  view: FlowView
  actions: HTMLElement | null
  isToday: boolean
  window: FlowWindow
  chain: string
}) {
  const { t } = useText()
  const format = useFormat()
  const plot = useRef<PlotHandle>(null)
  const [cursor, setCursor] = useState<number | null>(null)
  const { frame, points } = view
  const shown = useMemo(() => shownPoints(points, window), [points, window])
  const scene = useMemo(() => flowScene(shown, frame, isToday, format, t), [shown, frame, isToday, format, t])
  const k = cursor === null ? points.time.length - 1 : pointAt(points.time, cursor)
  const save = (kind: 'png' | 'csv') => {
    const name = riskFileName(frame, 'flow', kind)
    if (kind === 'csv') return saveText(name, flowCsv(view))
    const coverage = `${t('flow.coverage')} ${format.percent(frame.coverage, { decimals: 1 })}`
    const origin = `${format.instant(frame.at, 'dateSecond')} · ${t(`live.${frame.provenance.state}`)}`
    savePicture(plot.current, [`${frame.symbol} · ${t('panel.options-flow')} · ${coverage}`, origin], name)
  }
  const says = (x: number) => {
    const at = pointAt(points.time, x)
    const part = (column: readonly number[]) => moneyText(column[at] ?? null, format, t, { signed: true })
    return t('flow.said', {
      time: format.instant(x, 'second'),
      ...{ calls: part(points.calls), puts: part(points.puts), net: part(points.net) },
    })
  }
  return (
    <>
      <SaveActions actions={actions} onPicture={() => save('png')} onCsv={() => save('csv')} />
      <div className={css.says}>
        <span>{t('flow.says', { time: format.instant(frame.since, 'minute') })}</span>
      </div>
      <FlowFigures frame={frame} points={points} at={k} format={format} t={t} />
      <div className={css.body}>
        <div className={css.stage}>
          <Plot
            ref={plot}
            label={t('flow.label', { symbol: frame.symbol })}
            scene={scene}
            onCursor={next => setCursor(next?.x ?? null)}
            words={says}
          />
          {frame.premium === 0 ? (
            <div className={css.cover}>
              <Empty title={t('flow.noneTitle')}>{t('flow.none')}</Empty>
            </div>
          ) : null}
        </div>
        <Largest frame={frame} chain={chain} />
      </div>
      <div className={css.readout}>
        <span>{format.instant(cursor ?? frame.at, 'second')}</span>
        <span>
          <i className={css.key} data-line="true" style={{ background: 'var(--up)' }} />
          {t('flow.callPremium')}
        </span>
        <span>
          <i className={css.key} data-line="true" style={{ background: 'var(--down)' }} />
          {t('flow.putPremium')}
        </span>
        <span>
          <i className={css.key} data-line="true" style={{ background: 'var(--text-1)' }} />
          {t('flow.netPremium')}
        </span>
        <span>
          <i className={css.key} data-line="true" style={{ background: 'var(--text-3)' }} />
          {t('flow.underlying')} <b>{format.number(points.spot[k] ?? null, 2)}</b>
        </span>
        <span>
          <i className={css.key} data-line="true" style={{ background: 'var(--accent)' }} />
          {t('flow.hedgeNet')}
        </span>
      </div>
    </>
  )
}

function FlowFigures({
  frame,
  points,
  at,
  format,
  t,
}: {
  frame: FlowFrame
  points: FlowFrame['points']
  /** Index of the point that is read. */
  at: number
  format: Format
  t: Translate
}) {
  const signed = (value: number | undefined) => moneyText(value ?? null, format, t, { signed: true })
  const tone = (value: number | undefined) => (
    <span className={css.tone} data-tone={toneOf(value ?? null)}>
      {signed(value)}
    </span>
  )
  const { quote, tick, none } = frame.contracts
  const count = (contracts: number | undefined) => format.whole(contracts ?? 0)
  const hedge = at < 0 ? undefined : points.hedgeCalls[at]! + points.hedgePuts[at]!
  return (
    <dl className={css.figures}>
      <One name={`${t('flow.netPremium')} · USD`} lead>
        {tone(points.net[at])}
      </One>
      <One name={t('flow.today')}>{signed(points.netToday[at])}</One>
      <One name={t('flow.callPremium')}>{signed(points.calls[at])}</One>
      <One name={t('flow.putPremium')}>{signed(points.puts[at])}</One>
      <One name={t('flow.hedgeNet')}>{tone(hedge)}</One>
      <One
        name={t('flow.coverage')}
        title={t('flow.coverageHint', {
          classified: moneyText(frame.classified, format, t),
          premium: moneyText(frame.premium, format, t),
          ...{ quote: count(quote), tick: count(tick), none: count(none) },
        })}
      >
        {format.percent(frame.coverage, { decimals: 1 })}
      </One>
    </dl>
  )
}

function Largest({ frame, chain }: { frame: FlowFrame; chain: string }) {
  const { t } = useText()
  const format = useFormat()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reached by the keyboard
    <section className={css.side} data-wide="true" tabIndex={0} aria-label={t('flow.largest')}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{t('flow.largest')}</th>
            <th scope="col">{t('flow.signed')}</th>
            <th scope="col">{t('flow.bought')}</th>
            <th scope="col">{t('flow.sold')}</th>
          </tr>
        </thead>
        <tbody>
          {frame.largest.map(one => (
            <tr key={`${one.expiry} ${one.strike} ${one.kind}`}>
              <th scope="row">
                <button
                  type="button"
                  className={css.choose}
                  onClick={() => chooseContract(chain, { expiry: one.expiry, strike: one.strike, side: one.kind })}
                >
                  {expiryText(one.expiry, frame.at, format)} {format.number(one.strike, one.strike % 1 === 0 ? 0 : 2)}{' '}
                  {t(`flow.${one.kind}`)}
                </button>
              </th>
              <td data-tone={toneOf(one.signedPremium)}>{moneyText(one.signedPremium, format, t, { signed: true })}</td>
              <td>{format.volume(one.bought)}</td>
              <td>{format.volume(one.sold)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function flowCsv({ frame, points }: FlowView): string {
  const names = ['calls', 'puts', 'net', 'netToday', 'hedgeCalls', 'hedgePuts', 'hedgeToday', 'spot'] as const
  const head = [
    'time',
    'symbol',
    'call_premium',
    'put_premium',
    'net_premium',
    'net_premium_0dte',
    'hedge_calls',
    'hedge_puts',
    'hedge_0dte',
    'spot',
  ]
  return csvOf(
    [...head, 'unit', 'source', 'state'],
    points.time.map((time, k) => [
      new Date(time / 1000).toISOString(),
      frame.symbol,
      ...names.map(name => points[name][k]!),
      'USD since the session began to be watched',
      ...originOf(frame.provenance),
    ]),
  )
}
