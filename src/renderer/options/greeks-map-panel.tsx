import { Menu } from '@mantine/core'
import { useMemo, useRef, useState } from 'react'
import type { ChainFrame } from '../../contract/options.ts'
import type { PanelProps } from '../panels.ts'
import { saveFile } from '../ui/download.ts'
import { type Format, useFormat } from '../ui/format.ts'
import { Icon } from '../ui/icons.tsx'
import type { PlotHandle } from '../ui/plot.tsx'
import { useText } from '../ui/text.ts'
import css from './chain.module.css'
import { ChainFrameView } from './chain-frame-view.tsx'
import { type ChainChoice, ChainGate, type OpenChain } from './chain-gate.tsx'
import { RANGES, type StrikeRange } from './chain-model.ts'
import { noSmileWords, statusWords } from './chain-reasons.ts'
import { useContract } from './chain-selection.ts'
import { expiryText, leftText, volChange, volText } from './chain-words.ts'
import { Choice } from './choice.tsx'
import { greeksMap, isSignedValue, MAP_SIDES, MAP_VALUES, type MapSide, type MapValue } from './greeks-map-model.ts'
import { HeatMap, type HeatTable } from './heat-map.tsx'
import { SaveActions } from './save-actions.tsx'
import { chainFileName } from './smile-csv.ts'
import { useChain } from './use-chain.ts'

/** What a Greeks map remembers. */
export interface GreeksMapParams extends ChainChoice {
  readonly value?: MapValue
  readonly side?: MapSide
  readonly range?: number | null
}

/** A map is looked at as a whole: so long a frame stands before the next is asked for. */
const REST_MS = 1200

/** A Greek, a count or a volatility over strikes and expiries, as colours. */
export function Panel(props: PanelProps<GreeksMapParams>) {
  const { params } = props
  const { t } = useText()
  return (
    <ChainGate panel={props} resets={{ at: null }} about={t('greeksMap.about')} shape="chart">
      {open => <MapDesk key={`${open.chain.key} ${params.at ?? ''}`} {...props} {...open} />}
    </ChainGate>
  )
}

type DeskProps = PanelProps<GreeksMapParams> & OpenChain

function MapDesk(props: DeskProps) {
  const { params, setParams, chain } = props
  const { t } = useText()
  const [dates, setDates] = useState<readonly string[]>([])
  const view = useChain({ underlying: chain.key, expiries: dates, at: params.at ?? null, restMs: REST_MS }, frame => {
    const next = frame.expiries.map(({ date }) => date)
    setDates(before => (before.join() === next.join() ? before : next))
  })
  const value = MAP_VALUES.find(known => known === params.value) ?? 'gamma'
  const side = MAP_SIDES.find(known => known === params.side) ?? 'both'
  const range = RANGES.find(known => known === params.range) ?? (params.range === null ? null : 10)
  const lead = (
    <>
      <Menu>
        <Menu.Target>
          <button type="button" className={css.button} title={t('greeksMap.value')}>
            {t(`greeksMap.${value}`)}
            <Icon name="down" size={11} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {MAP_VALUES.map(known => (
            <Menu.RadioItem
              key={known}
              value={known}
              checked={known === value}
              closeMenuOnClick
              checkIcon={<Icon name="check" size={12} />}
              onChange={() => setParams({ value: known })}
            >
              {t(`greeksMap.${known}`)}
            </Menu.RadioItem>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Choice
        label={t('greeksMap.side')}
        value={side}
        options={MAP_SIDES.map(known => ({
          value: known,
          label: t(`greeksMap.side.${known}`),
          ...(known === 'both' ? { hint: t('greeksMap.bothHint') } : {}),
        }))}
        onChange={next => setParams({ side: next })}
      />
      <Choice
        label={t('chain.range')}
        value={range ?? 0}
        options={RANGES.map(count => ({ value: count ?? 0, label: count === null ? t('chain.allStrikes') : `±${count}` }))}
        onChange={count => setParams({ range: count === 0 ? null : count })}
      />
    </>
  )
  return (
    <ChainFrameView {...props} view={view} title="panel.options-greeks-map" lead={lead}>
      {frame => <MapView {...props} {...{ frame, value, side, range }} />}
    </ChainFrameView>
  )
}

function valueText(value: MapValue, number: number, format: Format): string {
  if (value === 'vol') return volText(number, format, 1)
  if (value === 'residual') return volChange(number, format)
  if (value === 'openInterest' || value === 'volume') return format.volume(number)
  if (value === 'edge') return format.change(number, 0.001)
  if (value === 'delta' || value === 'vega' || value === 'theta') return format.number(number, 2)
  return format.number(number, Math.abs(number) < 0.01 ? 4 : 3)
}

type ViewProps = DeskProps & { frame: ChainFrame; value: MapValue; side: MapSide; range: StrikeRange }

function MapView({ chain, actions, frame, value, side, range }: ViewProps) {
  const { t } = useText()
  const format = useFormat()
  const plot = useRef<PlotHandle>(null)
  const [, choose] = useContract(chain.key)
  const map = useMemo(() => greeksMap(frame, value, side, range), [frame, value, side, range])
  const table = useMemo<HeatTable>(
    () => ({
      columns: frame.expiries.map(({ date }) => expiryText(date, frame.asOf, format)),
      rows: map.strikes.map(
        (strike, row) => `${row === map.money ? '▸ ' : ''}${format.number(strike, strike % 1 === 0 ? 0 : 1)}`,
      ),
      columnTitle: t('smile.expiry'),
      value: (column, row) => map.values[row * map.dates.length + column] ?? Number.NaN,
      text: number => valueText(value, number, format),
      isRepeated: (column, row) => map.listed[row * map.dates.length + column] !== map.strikes[row],
      isSigned: isSignedValue(value, side),
    }),
    [map, frame, value, side, format, t],
  )
  const words = (column: number, row: number) => {
    const summary = frame.expiries[column]
    const wanted = map.strikes[row]
    if (!summary || wanted === undefined) return ''
    const cell = row * map.dates.length + column
    const strike = Number.isNaN(map.listed[cell]!) ? wanted : map.listed[cell]!
    const shown = map.sides[cell] ?? null
    const right = shown === null ? '' : ` ${t(`chain.${shown}`)}`
    const where = `${expiryText(summary.date, frame.asOf, format)} · ${leftText(summary, frame.asOf, format, t)} · ${format.number(strike, strike % 1 === 0 ? 0 : 1)}${right}`
    const number = map.values[cell] ?? Number.NaN
    if (!Number.isNaN(number)) return `${where}: ${t(`greeksMap.${value}`)} ${valueText(value, number, format)}`
    const block = frame.blocks.find(({ expiry }) => expiry === summary.date)
    const at = block?.strike.indexOf(strike) ?? -1
    const why = block && shown && at >= 0 ? statusWords(block[shown], at, t) : t('chain.why.notListed')
    return `${where}: ${why ?? noSmileWords(summary, t) ?? t('chain.why.noAnswer')}`
  }
  const save = (kind: 'png' | 'csv') => {
    const name = chainFileName(frame, `map-${value}`, kind)
    if (kind === 'csv') return saveFile(name, [mapCsv(frame, map, value, side)], 'text/csv')
    const lines = [
      `${frame.symbol} · ${t(`greeksMap.${value}`)} · ${t(`greeksMap.side.${side}`)}`,
      `${format.instant(frame.asOf, 'dateSecond')} · ${t(`live.${frame.provenance.state}`)}`,
    ]
    plot.current?.picture(lines).toBlob(blob => blob && saveFile(name, [blob], 'image/png'))
  }
  return (
    <>
      <SaveActions actions={actions} onPicture={() => save('png')} onCsv={() => save('csv')} />
      <HeatMap
        ref={plot}
        label={t('greeksMap.label', { value: t(`greeksMap.${value}`), symbol: frame.symbol })}
        table={table}
        idle={t(`greeksMap.hint.${value}`)}
        words={words}
        onChoose={(column, row) => {
          const shown = map.sides[row * map.dates.length + column]
          const expiry = map.dates[column]
          const strike = map.listed[row * map.dates.length + column] ?? Number.NaN
          if (shown && expiry !== undefined && !Number.isNaN(strike)) choose({ expiry, strike, side: shown })
        }}
      />
    </>
  )
}

/** The map as CSV, a row a cell; source and state stand in every row. */
function mapCsv(frame: ChainFrame, map: ReturnType<typeof greeksMap>, value: MapValue, side: MapSide): string {
  const at = new Date(frame.asOf / 1000).toISOString()
  const lines = map.strikes.flatMap((strike, row) =>
    map.dates.map((date, column) => {
      const isListed = map.listed[row * map.dates.length + column] === strike
      const number = isListed ? map.values[row * map.dates.length + column]! : Number.NaN
      const shown = map.sides[row * map.dates.length + column] ?? ''
      return [
        at,
        frame.symbol,
        date,
        strike,
        side === 'both' ? `both (${shown})` : side,
        value,
        Number.isNaN(number) ? '' : number,
        frame.provenance.source,
        frame.provenance.state,
      ].join()
    }),
  )
  return `${['as_of,symbol,expiry,strike,side,figure,value,source,state', ...lines].join('\n')}\n`
}
