import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { GammaFrame } from '../../contract/options-risk.ts'
import { GAMMA_CONVENTIONS, type GammaConvention } from '../../core/options/gamma-exposure.ts'
import { useDesk, useStream } from '../desk.tsx'
import type { PanelProps } from '../panels.ts'
import { saveText } from '../ui/download.ts'
import { HeaderActions } from '../ui/form.tsx'
import { useFormat } from '../ui/format.ts'
import { Age } from '../ui/liveness.tsx'
import { Plot, type PlotHandle } from '../ui/plot.tsx'
import { Empty, Failure, Loading } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import chainCss from './chain.module.css'
import { type ChainChoice, ChainGate, type OpenChain } from './chain-gate.tsx'
import { MomentPicker } from './chain-moments.tsx'
import { ChainPicker } from './chain-picker.tsx'
import { expiryText } from './chain-words.ts'
import { Choice } from './choice.tsx'
import { GammaByExpiry, GammaFigures, GammaSays } from './gamma-facts.tsx'
import { gammaScene, gammaStretch, profileAt } from './gamma-scene.ts'
import css from './risk.module.css'
import { csvOf, originOf, riskFileName, savePicture } from './risk-files.ts'
import { moneyText } from './risk-money.ts'
import { SaveActions } from './save-actions.tsx'

/** What a gamma panel remembers. */
export interface GammaParams extends ChainChoice {
  readonly convention?: GammaConvention
  /** `all`, `today`, or the date of one. */
  readonly expiries?: string
  readonly addsVolume?: boolean
}

/** Gamma exposure of one underlying: by strike, by expiry and over prices. */
export function Panel(props: PanelProps<GammaParams>) {
  const { params } = props
  const { t } = useText()
  return (
    <ChainGate panel={props} resets={{ at: null }} about={t('gamma.about')} shape="chart">
      {open => <GammaDesk key={`${open.chain.key} ${params.at ?? ''}`} {...props} {...open} />}
    </ChainGate>
  )
}

type DeskProps = PanelProps<GammaParams> & OpenChain

/** The newest frame of what was asked for; the one before stays while another is on its way. */
function useGamma(
  underlying: string,
  at: string | null,
  { convention = 'naive', expiries = 'all', addsVolume = false }: GammaParams,
) {
  const desk = useDesk()
  const [frame, setFrame] = useState<GammaFrame | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  const [turn, setTurn] = useState(0)
  const contracts = addsVolume ? 'plus-volume' : 'open-interest'
  const wish = `${convention} ${expiries} ${contracts}`
  const stream = useStream(
    at === null ? `options.gamma ${underlying} ${wish}` : null,
    (client, signal) => client.options.risk.gamma({ underlying, convention, expiries, contracts }, { signal }),
    setFrame,
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: a kept moment is asked for anew on a retry
  useEffect(() => {
    if (at === null) return
    let isLeft = false
    setFault(null)
    desk.options.risk
      .gammaOf({ id: at, convention, expiries, contracts })
      .then(next => !isLeft && setFrame(next))
      .catch(error => !isLeft && setFault(error))
    return () => {
      isLeft = true
    }
  }, [desk, at, convention, expiries, contracts, turn])
  const retry = useCallback(() => setTurn(before => before + 1), [])
  const isCut = at === null && (stream.phase === 'waiting' || stream.phase === 'failed')
  return {
    frame,
    isCut,
    error: at === null ? (isCut ? stream.error : null) : fault,
    retry: at === null ? stream.retry : retry,
  }
}

function GammaDesk({ params, setParams, setTitle, actions, chain, chains, onPick }: DeskProps) {
  const { t } = useText()
  const at = params.at ?? null
  const { frame, isCut, error, retry } = useGamma(chain.key, at, params)
  useEffect(() => setTitle(t('panel.options-gamma')), [setTitle, t])
  const provenance = frame && isCut ? { ...frame.provenance, state: 'stale' as const } : frame?.provenance
  return (
    <section className={chainCss.panel} aria-label={t('panel.options-gamma')}>
      {provenance && provenance.state !== 'demo' ? (
        <HeaderActions into={actions}>
          <Age provenance={provenance} full />
        </HeaderActions>
      ) : null}
      <div className={`${chainCss.bar} ${css.bar}`}>
        <ChainPicker chain={chain} chains={chains} onPick={onPick} />
        <MomentPicker underlying={chain.key} symbol={chain.symbol} at={at} onPick={id => setParams({ at: id })} />
        <span className={chainCss.space} />
        <label className={css.check} title={t('gamma.addVolumeHint')}>
          <input
            type="checkbox"
            checked={params.addsVolume === true}
            onChange={event => setParams({ addsVolume: event.currentTarget.checked })}
          />
          {t('gamma.addVolume')}
        </label>
        <ExpiryChoice frame={frame} value={params.expiries ?? 'all'} onChange={expiries => setParams({ expiries })} />
        <Choice
          label={t('gamma.convention')}
          value={params.convention ?? 'naive'}
          options={GAMMA_CONVENTIONS.map(value => ({ value, label: t(`gamma.${value}`), hint: t(`gamma.${value}Hint`) }))}
          onChange={convention => setParams({ convention })}
        />
      </div>
      {!frame && error ? <Failure error={error} retry={retry} /> : null}
      {!frame && !error ? <Loading waitsFor={t('gamma.what', { symbol: chain.symbol })} shape="chart" /> : null}
      {frame ? (
        <Gamma frame={frame} actions={actions} onExpiry={expiries => setParams({ expiries })} chosen={params.expiries ?? 'all'} />
      ) : null}
    </section>
  )
}

function ExpiryChoice({ frame, value, onChange }: { frame: GammaFrame | null; value: string; onChange(value: string): void }) {
  const { t } = useText()
  const format = useFormat()
  const dates = frame?.byExpiry.map(({ date }) => date) ?? []
  const isKnown = value === 'all' || value === 'today' || dates.includes(value)
  return (
    <select
      className={css.select}
      aria-label={t('gamma.expiries')}
      value={value}
      onChange={event => onChange(event.currentTarget.value)}
    >
      <option value="all">{t('gamma.all')}</option>
      <option value="today">{t('gamma.onlyToday')}</option>
      {isKnown ? null : <option value={value}>{value}</option>}
      {dates.map(date => (
        <option key={date} value={date}>
          {expiryText(date, frame!.asOf, format)}
        </option>
      ))}
    </select>
  )
}

/** Ranges stay while what is in view fits, so that the picture does not breathe with every tick. */
function useSteadyStretch(frame: GammaFrame, name: string): readonly [number, number] {
  const held = useRef<{ name: string; stretch: readonly [number, number] } | null>(null)
  const [from, to] = gammaStretch(frame)
  const before = held.current
  const slack = 0.15 * (to - from)
  const fits =
    before?.name === name &&
    before.stretch[0] <= from + slack * 0.4 &&
    before.stretch[0] >= from - slack &&
    before.stretch[1] >= to - slack * 0.4 &&
    before.stretch[1] <= to + slack
  if (!fits) held.current = { name, stretch: [from, to] }
  return held.current!.stretch
}

function Gamma({
  frame,
  actions,
  chosen,
  onExpiry,
}: {
  frame: GammaFrame
  actions: HTMLElement | null
  chosen: string
  onExpiry(expiries: string): void
}) {
  const { t } = useText()
  const format = useFormat()
  const plot = useRef<PlotHandle>(null)
  const [cursor, setCursor] = useState<number | null>(null)
  const stretch = useSteadyStretch(frame, `${frame.underlying} ${chosen}`)
  const scene = useMemo(() => gammaScene(frame, stretch, format, t), [frame, stretch, format, t])
  const read = (strike: number) => {
    const k = frame.byStrike.strike.indexOf(strike)
    const part = (column: readonly number[]) => moneyText(k < 0 ? 0 : column[k]!, format, t, { signed: true })
    const { calls, puts, net } = frame.byStrike
    return {
      strike: format.number(strike, strike % 1 === 0 ? 0 : 2),
      ...{ calls: part(calls), puts: part(puts), net: part(net) },
      total: moneyText(profileAt(frame.profile, strike), format, t, { signed: true }),
    }
  }
  const save = (kind: 'png' | 'csv') => {
    const name = riskFileName({ ...frame, at: frame.asOf }, 'gamma', kind)
    if (kind === 'csv') return saveText(name, gammaCsv(frame))
    const says = frame.convention === 'naive' ? t('gamma.saysNaive') : t('gamma.saysFlow')
    savePicture(
      plot.current,
      [
        `${frame.symbol} · ${t('panel.options-gamma')} · ${t('gamma.unit')} · ${format.instant(frame.asOf, 'dateSecond')} · ${t(`live.${frame.provenance.state}`)}`,
        `${t('gamma.signConvention')}: ${says} · ${t('gamma.oi')} ${t('gamma.oiOf', { date: frame.openInterestOf })}`,
      ],
      name,
    )
  }
  const isBlank = frame.counted === 0
  const noFlow = isBlank && frame.convention === 'flow-signed' && frame.left.noSign > 0
  const shown = cursor === null ? null : read(cursor)
  return (
    <>
      <SaveActions actions={actions} onPicture={() => save('png')} onCsv={() => save('csv')} />
      <GammaSays frame={frame} />
      <GammaFigures frame={frame} />
      <div className={css.body}>
        <div className={css.stage}>
          <Plot
            ref={plot}
            label={t('gamma.label', { symbol: frame.symbol })}
            scene={scene}
            onCursor={next => setCursor(next?.x ?? null)}
            words={strike => t('gamma.said', read(strike))}
          />
          {isBlank ? (
            <div className={css.cover}>
              {noFlow ? (
                <Empty title={t('gamma.noFlowTitle')}>{t('gamma.noFlow')}</Empty>
              ) : (
                <Empty title={t('gamma.noneTitle')}>{frame.spot === null ? t('gamma.noSpot') : t('gamma.none')}</Empty>
              )}
            </div>
          ) : null}
        </div>
        <GammaByExpiry frame={frame} chosen={chosen} onExpiry={onExpiry} />
      </div>
      <div className={css.readout}>
        {shown ? (
          <>
            <span>
              {t('risk.strike')} <b>{shown.strike}</b>
            </span>
            <span>
              <i className={css.key} style={{ background: 'var(--up)' }} />
              {t('risk.calls')} <b>{shown.calls}</b>
            </span>
            <span>
              <i className={css.key} style={{ background: 'var(--down)' }} />
              {t('risk.puts')} <b>{shown.puts}</b>
            </span>
            <span>
              {t('risk.net')} <b>{shown.net}</b>
            </span>
            <span>
              {t('gamma.total')} {t('gamma.at', { price: shown.strike })}: <b>{shown.total}</b>
            </span>
          </>
        ) : (
          <>
            <span>
              <i className={css.key} style={{ background: 'var(--up)' }} />
              {t('risk.calls')}
            </span>
            <span>
              <i className={css.key} style={{ background: 'var(--down)' }} />
              {t('risk.puts')}
            </span>
            <span>• {t('risk.net')}</span>
            <span>
              <i className={css.key} data-line="true" style={{ background: 'var(--text-1)' }} />
              {t('gamma.total')}
            </span>
            {frame.byExpiry.some(({ isToday }) => isToday) ? (
              <span>
                <i className={css.key} data-line="true" style={{ background: 'var(--accent)' }} />
                {t('gamma.todayLine')}
              </span>
            ) : null}
          </>
        )}
      </div>
    </>
  )
}

/** By strike, then the profile; every row says its unit and convention, so that it can stand alone. */
function gammaCsv(frame: GammaFrame): string {
  const at = new Date(frame.asOf / 1000).toISOString()
  const { byStrike, profile } = frame
  const said = [frame.convention, frame.openInterestOf, frame.addsVolume ? 'yes' : 'no', ...originOf(frame.provenance)]
  const head = [
    'as_of',
    'symbol',
    'what',
    'price',
    'calls',
    'puts',
    'net',
    'unit',
    'convention',
    'open_interest_of',
    'adds_volume',
    'source',
    'state',
  ]
  const unit = 'USD per 1 % move'
  return csvOf(head, [
    ...byStrike.strike.map((strike, k) => [
      ...[at, frame.symbol, 'strike', strike, byStrike.calls[k]!, byStrike.puts[k]!, byStrike.net[k]!],
      unit,
      ...said,
    ]),
    ...profile.spots.map((spot, k) => [at, frame.symbol, 'profile', spot, null, null, profile.total[k]!, unit, ...said]),
  ])
}
