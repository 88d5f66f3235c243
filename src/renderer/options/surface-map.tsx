import { useMemo, useRef, useState } from 'react'
import type { ChainFrame } from '../../contract/options.ts'
import { saveFile } from '../ui/download.ts'
import { useFormat } from '../ui/format.ts'
import type { PlotHandle } from '../ui/plot.tsx'
import { useText } from '../ui/text.ts'
import { ChainFrameView } from './chain-frame-view.tsx'
import { noSmileWords } from './chain-reasons.ts'
import { useContract } from './chain-selection.ts'
import { expiryText, leftText, volChange, volText } from './chain-words.ts'
import { HeatMap, type HeatTable } from './heat-map.tsx'
import { SaveActions } from './save-actions.tsx'
import { chainFileName, smileCsv } from './smile-csv.ts'
import { deltaText, smileOf } from './smile-model.ts'
import { SmileModes } from './smile-modes.tsx'
import type { SmileProps } from './smile-panel.tsx'
import { type SurfaceGrid, surfaceGrid } from './surface-grid.ts'
import { useChain } from './use-chain.ts'

/** A surface is looked at, not traded on: so long a frame stands before the next is asked for. */
const REST_MS = 1500

/** The whole surface as colours: expiries under each other, moneyness across. */
export function SurfaceMap(props: SmileProps) {
  const { params, chain } = props
  const [dates, setDates] = useState<readonly string[]>([])
  const view = useChain({ underlying: chain.key, expiries: dates, at: params.at ?? null, restMs: REST_MS }, frame => {
    const next = frame.expiries.map(({ date }) => date)
    setDates(before => (before.join() === next.join() ? before : next))
  })
  return (
    <ChainFrameView {...props} view={view} title="panel.options-smile" lead={<SmileModes {...props} />}>
      {frame => <Surface {...props} frame={frame} />}
    </ChainFrameView>
  )
}

function Surface({ params, chain, axis, frame, actions }: SmileProps & { frame: ChainFrame }) {
  const { t } = useText()
  const format = useFormat()
  const plot = useRef<PlotHandle>(null)
  const [, choose] = useContract(chain.key)
  const shows = params.shows ?? 'fit'
  const grid = useMemo(() => surfaceGrid(frame, axis, shows), [frame, axis, shows])
  const columnText = (column: number) => {
    const place = grid.columns[column]!
    if (axis === 'delta') return deltaText(place)
    return axis === 'strike' ? format.number(place, place % 1 === 0 ? 0 : 1) : format.change(place, 0.01)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: the texts of the columns follow the grid
  const table = useMemo<HeatTable>(
    () => ({
      columns: grid.columns.map((_, column) => columnText(column)),
      rows: frame.expiries.map(({ date }) => expiryText(date, frame.asOf, format)),
      columnTitle: t(`smile.axis.${axis}`),
      value: (column, row) => grid.values[row * grid.columns.length + column] ?? Number.NaN,
      text: value => (shows === 'residual' ? volChange(value, format) : volText(value, format, 1)),
      isSigned: shows === 'residual',
    }),
    [grid, frame, axis, shows, format, t],
  )
  const words = (column: number, row: number) => cellWords(grid, column, row)
  function cellWords({ columns, values, quotes, strikes }: SurfaceGrid, column: number, row: number): string {
    const summary = frame.expiries[row]!
    const at = row * columns.length + column
    const value = values[at] ?? Number.NaN
    const where = `${expiryText(summary.date, frame.asOf, format)} · ${leftText(summary, frame.asOf, format, t)} · ${columnText(column)} · ${t('smile.near', { strike: format.number(strikes[at], 1) })}`
    if (Number.isNaN(value)) return `${where}: ${noSmileWords(summary, t) ?? t('smile.noQuotesHere')}`
    return `${where}: ${table.text(value)} · ${t('smile.quotesHere', { count: format.whole(quotes[at]) })}`
  }
  const save = (kind: 'png' | 'csv') => {
    const name = chainFileName(frame, 'surface', kind)
    if (kind === 'csv') {
      const smiles = frame.expiries.map(summary => smileOf(frame, summary, axis, 'otm'))
      return saveFile(name, [smileCsv(frame, smiles)], 'text/csv')
    }
    const lines = [
      `${frame.symbol} · ${t(`smile.showsHint.${shows}`)}`,
      `${format.instant(frame.asOf, 'dateSecond')} · ${t(`live.${frame.provenance.state}`)}`,
    ]
    plot.current?.picture(lines).toBlob(blob => blob && saveFile(name, [blob], 'image/png'))
  }
  return (
    <>
      <SaveActions actions={actions} onPicture={() => save('png')} onCsv={() => save('csv')} />
      <HeatMap
        ref={plot}
        label={t('smile.mapLabel', { symbol: frame.symbol })}
        table={table}
        idle={t(`smile.showsHint.${shows}`)}
        words={words}
        onChoose={(column, row) => {
          const strike = grid.nearest[row * grid.columns.length + column] ?? Number.NaN
          const summary = frame.expiries[row]!
          if (!Number.isNaN(strike))
            choose({ expiry: summary.date, strike, side: strike < (summary.forward ?? 0) ? 'put' : 'call' })
        }}
      />
    </>
  )
}
