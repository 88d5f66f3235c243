import type { BoardData } from '../../../contract/color-board.ts'
import { useFormat } from '../../ui/format.ts'
import { Plot } from '../../ui/plot.tsx'
import type { PlotScene } from '../../ui/plot-model.ts'
import { useText } from '../../ui/text.ts'
import css from './board.module.css'
import type { Card, Drill } from './board-panel.tsx'
import { countsScene, coverScene, dntScene, runTimesScene, SHARE_BIASES, shareScene, twoWayScene } from './board-scenes.ts'
import { DealersTable, StaleTable } from './board-tables.tsx'
import { dayNumber, dayOf } from './day-axis.ts'
import { pricesScene } from './prices-scene.ts'
import { VolumeMap } from './volume-map.tsx'

const WEEK = 6

/** The last day of the month that begins on a day. */
function monthEnd(first: string): string {
  const next = new Date(`${first}T00:00:00Z`)
  next.setUTCMonth(next.getUTCMonth() + 1)
  return dayOf(dayNumber(next.toISOString().slice(0, 10)) - 1)
}

/** What a card draws; a press on it opens the rows that it is made of. */
export function CardBody({ card, data, onOpen }: { card: Card; data: Partial<BoardData>; onOpen: Drill }) {
  const { t } = useText()
  const format = useFormat()
  const values = data[card]
  if (!values || values.length === 0)
    return <p className={css.none}>{t(card === 'prices' ? 'colorBoard.pricesHint' : 'colorBoard.nothing')}</p>
  if (card === 'dealers') return <DealersTable dealers={data.dealers!} onOpen={source => onOpen({ sources: [source] })} />
  if (card === 'stale') return <StaleTable stale={data.stale!} onOpen={cusip => onOpen({ text: cusip })} />
  if (card === 'volume')
    return <VolumeMap volume={data.volume!} onOpen={(sector, from, to) => onOpen({ sectors: [sector], from, to })} />
  const month = (at: number) => onOpen({ from: nearest(data.counts ?? [], at), to: monthEnd(nearest(data.counts ?? [], at)) })
  const week = (at: number, biases: string[]) => onOpen({ from: dayOf(at), to: dayOf(at + WEEK), biases })
  const drawn = (scene: PlotScene, onChoose?: (at: number) => void) => (
    <div className={css.plot}>
      <Plot label={t(`colorBoard.${card}`)} scene={scene} {...(onChoose ? { onChoose } : {})} />
    </div>
  )
  switch (card) {
    case 'counts':
      return drawn(countsScene(data.counts!, format, t), month)
    case 'share':
      return (
        <>
          {drawn(shareScene(data.share!, format), month)}
          <ShareLegend />
        </>
      )
    case 'coverToTalk':
      return drawn(coverScene(data.coverToTalk!, format, t), at => week(at, ['BWIC COVER', 'BWIC TALK']))
    case 'dnt':
      return drawn(dntScene(data.dnt!, format, t), at => week(at, ['DNT', 'DNT BEST']))
    case 'twoWay':
      return drawn(twoWayScene(data.twoWay!, format, t), at => week(at, ['BID', 'OFFER']))
    case 'prices':
      return drawn(pricesScene(data.prices!, format, t), at => onOpen({ from: dayOf(at), to: dayOf(at) }))
    case 'runTimes':
      return drawn(runTimesScene(data.runTimes!, format))
  }
}

function nearest(counts: BoardData['counts'], at: number): string {
  const months = counts.map(({ month }) => month)
  return months.reduce(
    (best, month) => (Math.abs(dayNumber(month) - at) < Math.abs(dayNumber(best) - at) ? month : best),
    months[0]!,
  )
}

function ShareLegend() {
  const { t } = useText()
  return (
    <div className={css.legend}>
      {SHARE_BIASES.map(({ bias, ink }) => (
        <span key={bias}>
          <i style={{ background: `var(${ink})` }} />
          {bias || t('colorBoard.share.other')}
        </span>
      ))}
    </div>
  )
}
