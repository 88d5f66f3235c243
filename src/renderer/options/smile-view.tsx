import { useMemo, useRef, useState } from 'react'
import type { ChainFrame } from '../../contract/options.ts'
import { saveFile, saveText } from '../ui/download.ts'
import { useFormat } from '../ui/format.ts'
import { Plot, type PlotHandle } from '../ui/plot.tsx'
import { Empty } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import { ExpiryChips } from './chain-chips.tsx'
import { ChainFrameView } from './chain-frame-view.tsx'
import { useContract } from './chain-selection.ts'
import { expiryText, volText } from './chain-words.ts'
import { SaveActions } from './save-actions.tsx'
import css from './smile.module.css'
import { chainFileName, smileCsv } from './smile-csv.ts'
import { SmileFigures } from './smile-figures.tsx'
import { axisPlace, nearestPoint, type Smile, smileOf, steadyRange, usualStretch, volExtent } from './smile-model.ts'
import { SmileModes } from './smile-modes.tsx'
import type { SmileProps } from './smile-panel.tsx'
import { smileInk, smileScene } from './smile-scene.ts'
import { useChain } from './use-chain.ts'

/** More would only be a tangle. */
const MOST = 8

/** Smiles of some expiries on one picture. */
export function SmileView(props: SmileProps) {
  const { params, chain } = props
  const [known, setKnown] = useState<Known>(NOTHING)
  const chosen = useMemo(() => chosenExpiries(known, params.expiries), [known, params.expiries])
  const at = params.at ?? null
  const view = useChain({ underlying: chain.key, expiries: chosen, at }, frame => {
    const dates = frame.expiries.map(({ date }) => date)
    const fitted = frame.expiries.filter(({ smile }) => smile !== null).map(({ date }) => date)
    // What is shown at first is chosen once, and not again with each smile that comes or goes.
    setKnown(before => (before.dates.join() === dates.join() && before.fitted.length > 0 ? before : { dates, fitted }))
  })
  return (
    <ChainFrameView {...props} view={view} title="panel.options-smile" lead={<SmileModes {...props} />}>
      {frame => <Smiles {...props} frame={frame} chosen={chosen} />}
    </ChainFrameView>
  )
}

interface Known {
  readonly dates: readonly string[]
  readonly fitted: readonly string[]
}
const NOTHING: Known = { dates: [], fitted: [] }
/** The second smile at first: about a month off on a chain with weekly expiries. */
const SECOND = 7

/** The expiries that a person chose and that are still there, else the nearest with a smile and one a few weeks further. */
function chosenExpiries({ dates, fitted }: Known, stored: readonly string[] | undefined): readonly string[] {
  const kept = dates.filter(date => stored?.includes(date)).slice(0, MOST)
  if (kept.length > 0) return kept
  const good = fitted.length > 0 ? fitted : dates
  return [...new Set([good[0], good[Math.min(SECOND, good.length - 1)]])].filter(date => date !== undefined)
}

function Smiles({
  params,
  setParams,
  chain,
  axis,
  frame,
  chosen,
  actions,
}: SmileProps & { frame: ChainFrame; chosen: readonly string[] }) {
  const { t } = useText()
  const format = useFormat()
  const [cursor, setCursor] = useState<number | null>(null)
  const [stretch, setStretch] = useState<readonly [number, number] | null>(null)
  const [contract, choose] = useContract(chain.key)
  const plot = useRef<PlotHandle>(null)
  const quotes = params.quotes ?? 'otm'
  const smiles = useMemo(
    () => frame.expiries.filter(({ date }) => chosen.includes(date)).map(summary => smileOf(frame, summary, axis, quotes)),
    [frame, chosen, axis, quotes],
  )
  const ranges = useRanges(smiles, axis, stretch, `${axis} ${chosen.join()}`)
  const at = contract && smiles.find(({ summary }) => summary.date === contract.expiry)
  const marked = at ? axisPlace(axis, contract.strike, at.summary) : null
  const scene = useMemo(
    () =>
      smileScene(
        smiles,
        axis,
        ranges,
        marked !== null && contract
          ? { x: marked, label: format.number(contract.strike, contract.strike % 1 === 0 ? 0 : 2) }
          : null,
        format,
        t,
      ),
    [smiles, axis, ranges, marked, contract, format, t],
  )
  const words = (x: number) =>
    smiles
      .map(smile => {
        const point = nearestPoint(smile, x)
        const name = expiryText(smile.summary.date, frame.asOf, format)
        return point ? t('smile.said', { expiry: name, strike: point.strike, vol: volText(point.vol, format) }) : name
      })
      .join('. ')
  const select = (x: number, y: number) => {
    const found = pointAt(smiles, x, y / 100)
    if (found) choose({ expiry: found.smile.summary.date, strike: found.point.strike, side: found.point.side })
  }
  const flip = (date: string) => {
    const next = chosen.includes(date) ? chosen.filter(other => other !== date) : [...chosen, date].slice(-MOST)
    if (next.length > 0) setParams({ expiries: next })
  }
  const save = (kind: 'png' | 'csv') => {
    const name = chainFileName(frame, 'smile', kind)
    if (kind === 'csv') return saveText(name, smileCsv(frame, smiles))
    const lines = [
      `${frame.symbol} · ${smiles.map(({ summary }) => summary.date).join(', ')}`,
      `${format.instant(frame.asOf, 'dateSecond')} · ${t(`live.${frame.provenance.state}`)}`,
    ]
    plot.current?.picture(lines).toBlob(blob => blob && saveFile(name, [blob], 'image/png'))
  }
  const isBlank = smiles.every(({ points, lineX }) => points.length === 0 && lineX.length === 0)
  return (
    <>
      <SaveActions actions={actions} onPicture={() => save('png')} onCsv={() => save('csv')} />
      <ExpiryChips
        frame={frame}
        chosen={chosen}
        inkOf={date => smileInk(smiles.findIndex(({ summary }) => summary.date === date))}
        onFlip={flip}
      />
      <div className={css.stage}>
        <Plot
          ref={plot}
          label={t('smile.label', { symbol: frame.symbol })}
          scene={scene}
          onCursor={next => setCursor(next?.x ?? null)}
          words={words}
          onChoose={select}
          onView={setStretch}
        />
        {isBlank ? (
          <div className={css.cover}>
            <Empty title={t('smile.noneTitle')}>{t('smile.noneWords')}</Empty>
          </div>
        ) : null}
      </div>
      <SmileFigures smiles={smiles} asOf={frame.asOf} cursor={cursor} />
    </>
  )
}

/** Ranges that hold still while the market moves within them. */
function useRanges(smiles: readonly Smile[], axis: SmileProps['axis'], stretch: readonly [number, number] | null, name: string) {
  const held = useRef<{ name: string; x: readonly [number, number]; y: readonly [number, number] } | null>(null)
  const before = held.current?.name === name ? held.current : null
  const x = stretch ?? steadyRange(before?.x ?? null, usualStretch(smiles, axis), axis === 'delta' ? 0 : 0.02)
  const y = steadyRange(before?.y ?? null, volExtent(smiles, x) ?? [0.1, 0.3])
  if (!before || before.x !== x || before.y !== y) held.current = { name, x, y }
  return useMemo(() => ({ x, y }), [x, y])
}

/** The quote nearest to a place of the picture, of all smiles; distances are counted in volatility among those at that strike. */
function pointAt(smiles: readonly Smile[], x: number, vol: number) {
  let best: { smile: Smile; point: NonNullable<ReturnType<typeof nearestPoint>> } | null = null
  for (const smile of smiles) {
    const point = nearestPoint(smile, x)
    if (point && (best === null || Math.abs(point.vol - vol) < Math.abs(best.point.vol - vol))) best = { smile, point }
  }
  return best
}
