import { Button } from '@mantine/core'
import { useEffect, useMemo, useState } from 'react'
import type { BoardData } from '../../../contract/color-board.ts'
import type { FoundColor } from '../../../contract/color-search.ts'
import { COLOR_COLUMNS } from '../../../core/color/color-columns.ts'
import { useDesk } from '../../desk.tsx'
import { IconButton } from '../../ui/form.tsx'
import { useFormat } from '../../ui/format.ts'
import { Plot } from '../../ui/plot.tsx'
import { useText } from '../../ui/text.ts'
import { pricesScene } from '../board/prices-scene.ts'
import { Demo } from '../runs/run-details.tsx'
import css from './search.module.css'
import { EVERYTHING } from './use-search.ts'

/** One color with all that it says, and every price of its tranche over time. */
export function FoundSide({ color, onClose, onAll }: { color: FoundColor; onClose(): void; onAll(): void }) {
  const { t } = useText()
  const format = useFormat()
  const { cells, runNumber, processedAt } = color
  const prices = usePrices(cells.CUSIP ?? null)
  const scene = useMemo(() => (prices && prices.length > 0 ? pricesScene(prices, format, t) : null), [prices, format, t])
  return (
    <section
      className={css.side}
      aria-label={cells.CUSIP ?? ''}
      onKeyDown={event => event.key === 'Escape' && !event.defaultPrevented && onClose()}
    >
      <header>
        <h3>
          {cells.CUSIP} {color.isDemo ? <Demo /> : null}
        </h3>
        <IconButton icon="close" label={t('colorSearch.close')} onClick={onClose} />
      </header>
      <span>{t('colorSearch.inRun', { number: runNumber, time: format.instant(processedAt, 'dateSecond') })}</span>
      <Button size="compact-sm" variant="default" onClick={onAll}>
        {t('colorSearch.showAll')}
      </Button>
      {scene ? (
        <>
          <h4>{t('colorSearch.prices')}</h4>
          <div className={css.plot}>
            <Plot label={t('colorSearch.prices')} scene={scene} />
          </div>
        </>
      ) : null}
      <dl className={css.cells}>
        {COLOR_COLUMNS.filter(({ name }) => (cells[name] ?? null) !== null).map(({ name }) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{cells[name]}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function usePrices(cusip: string | null): BoardData['prices'] | null {
  const desk = useDesk()
  const [prices, setPrices] = useState<BoardData['prices'] | null>(null)
  useEffect(() => {
    if (cusip === null) return
    const stop = new AbortController()
    setPrices(null)
    desk.color.board.data({ query: { ...EVERYTHING, cusips: [cusip] }, parts: ['prices'] }, { signal: stop.signal }).then(
      data => setPrices(data.prices ?? []),
      // The row itself is shown without its history.
      () => undefined,
    )
    return () => stop.abort()
  }, [desk, cusip])
  return prices
}
