import { type Ref, useMemo, useState } from 'react'
import { useFormat } from '../ui/format.ts'
import { Plot, type PlotHandle } from '../ui/plot.tsx'
import { useText } from '../ui/text.ts'
import chainCss from './chain.module.css'
import css from './payoff.module.css'
import type { PayoffPicture } from './payoff-model.ts'
import { lineAt, payoffScene } from './payoff-scene.ts'
import risk from './risk.module.css'
import { moneyText } from './risk-money.ts'

/** What the sliders stand at: points of volatility, and days from now. */
export interface ScenarioParams {
  readonly volShift?: number
  readonly daysAhead?: number
}

/** Profit over prices with the sliders of its scenario, and what it is under the cursor. */
export function PayoffChart({
  picture,
  params,
  setParams,
  isNow,
  onView,
  ref,
}: {
  picture: PayoffPicture
  params: ScenarioParams
  setParams(patch: ScenarioParams): void
  isNow: boolean
  onView(stretch: readonly [number, number] | null): void
  ref: Ref<PlotHandle>
}) {
  const { t } = useText()
  const format = useFormat()
  const [cursor, setCursor] = useState<number | null>(null)
  const scene = useMemo(() => payoffScene(picture, isNow, format, t), [picture, isNow, format, t])
  const read = (x: number) => {
    const part = (line: 'end' | 'now' | 'later') =>
      moneyText(lineAt(picture.end.spots, picture[line].profits, x), format, t, { signed: true })
    return { price: format.number(x, 2), end: part('end'), now: part('now'), later: part('later') }
  }
  return (
    <div className={css.grid}>
      <div className={css.stage}>
        <Plot
          ref={ref}
          label={t('payoff.label')}
          scene={scene}
          onCursor={next => setCursor(next?.x ?? null)}
          words={x => t('payoff.said', read(x))}
          onView={onView}
        />
      </div>
      <Sliders params={params} setParams={setParams} days={Number.isFinite(picture.days) ? picture.days : 30} isNow={isNow} />
      <PayoffReadout read={cursor === null ? null : read(cursor)} isNow={isNow} />
    </div>
  )
}

function Sliders({
  params: { volShift = 0, daysAhead = 0 },
  setParams,
  days,
  isNow,
}: {
  params: ScenarioParams
  setParams(patch: ScenarioParams): void
  days: number
  isNow: boolean
}) {
  const { t } = useText()
  const format = useFormat()
  const ahead = Math.min(daysAhead, days)
  return (
    <div className={css.sliders}>
      <Slider
        name={t('payoff.volShift')}
        from={-20}
        to={40}
        step={0.5}
        value={volShift}
        text={t('payoff.points', { count: format.change(volShift, 0.1) })}
        onChange={next => setParams({ volShift: next })}
      />
      <Slider
        name={t('payoff.ahead')}
        from={0}
        to={Math.max(0.1, Number(days.toFixed(2)))}
        step={days > 20 ? 1 : days > 2 ? 0.25 : 0.02}
        value={ahead}
        text={t('payoff.days', { count: format.number(ahead, days > 20 ? 0 : 2) })}
        onChange={next => setParams({ daysAhead: next })}
      />
      <button type="button" className={chainCss.button} disabled={isNow} onClick={() => setParams({ volShift: 0, daysAhead: 0 })}>
        {t('payoff.toNow')}
      </button>
    </div>
  )
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
