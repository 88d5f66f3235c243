import { useState } from 'react'
import { TIMEFRAMES, type Timeframe } from '../../core/market/bars.ts'
import { Empty, Failure, Loading } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import type { useChartBars } from './chart-data.ts'
import css from './chart-panel.module.css'
import { SymbolSearch } from './chart-search.tsx'

/** What covers the chart while there is nothing to draw on it. */
export function Cover({
  bars,
  subject,
  timeframe,
  onSubject,
  onTimeframe,
}: {
  bars: ReturnType<typeof useChartBars>
  subject: string | null
  timeframe: Timeframe
  onSubject(id: string): void
  onTimeframe(timeframe: Timeframe): void
}) {
  const { t } = useText()
  const [isChoosing, setChoosing] = useState(false)
  const { table } = bars
  const longer =
    TIMEFRAMES[TIMEFRAMES.indexOf(timeframe) < TIMEFRAMES.indexOf('1d') ? TIMEFRAMES.indexOf('1d') : TIMEFRAMES.length - 1]!
  if (bars.phase === 'idle') {
    return (
      <div className={css.cover}>
        <Empty
          title={t('chart.noSymbol')}
          action={isChoosing ? undefined : { label: t('chart.choose'), run: () => setChoosing(true) }}
        >
          {isChoosing ? <SymbolSearch label={t('chart.choose')} onPick={({ id }) => onSubject(id)} /> : t('chart.noSymbolWords')}
        </Empty>
      </div>
    )
  }
  if (bars.phase === 'loading') {
    return (
      <div className={css.cover} data-over={table !== null}>
        <Loading shape="chart" waitsFor={t('chart.waitsBars', { symbol: subject ?? '', timeframe })} onCancel={bars.cancel} />
      </div>
    )
  }
  if (bars.phase === 'failed') {
    return (
      <div className={css.cover}>
        <Failure error={bars.error} retry={bars.retry} />
      </div>
    )
  }
  if (bars.phase === 'cancelled') {
    return (
      <div className={css.cover}>
        <Empty title={t('chart.cancelled')} action={{ label: t('state.retry'), run: bars.retry }} />
      </div>
    )
  }
  if (table?.count !== 0) return null
  return (
    <div className={css.cover}>
      <Empty
        title={t('chart.noBars', { symbol: table.instrument.symbol, timeframe })}
        action={
          longer === timeframe ? undefined : { label: t('chart.longer', { timeframe: longer }), run: () => onTimeframe(longer) }
        }
      >
        {t('chart.noBarsWords')}
      </Empty>
    </div>
  )
}
