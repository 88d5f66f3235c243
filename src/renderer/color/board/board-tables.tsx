import type { BoardData } from '../../../contract/color-board.ts'
import { useFormat } from '../../ui/format.ts'
import { useText } from '../../ui/text.ts'
import css from './board.module.css'

/** Dealers with how far their prices are from the evaluated ones; a press opens the rows. */
export function DealersTable({ dealers, onOpen }: { dealers: BoardData['dealers']; onOpen(source: string): void }) {
  const { t } = useText()
  const format = useFormat()
  const widest = Math.max(0.01, ...dealers.map(({ mean }) => Math.abs(mean)))
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th>{t('colorBoard.col.source')}</th>
          <th data-number="">{t('colorBoard.col.n')}</th>
          <th data-number="">{t('colorBoard.col.mean')}</th>
          <th data-number="">{t('colorBoard.col.error')}</th>
          <th />
          <th data-number="">{t('colorBoard.col.above')}</th>
        </tr>
      </thead>
      <tbody>
        {dealers.map(({ source, n, mean, error, above }) => (
          <tr key={source}>
            <td>
              <button type="button" onClick={() => onOpen(source)}>
                {source}
              </button>
            </td>
            <td data-number="">{format.whole(n)}</td>
            <td data-number="" data-side={mean < 0 ? 'down' : 'up'}>
              {mean > 0 ? '+' : ''}
              {format.number(mean, 2)}
            </td>
            <td data-number="">{error === null ? '—' : format.number(error, 2)}</td>
            <td className={css.track}>
              <i
                data-side={mean < 0 ? 'down' : 'up'}
                style={{ [mean < 0 ? 'right' : 'left']: '50%', width: `${(Math.abs(mean) / widest) * 50}%` }}
              />
            </td>
            <td data-number="">{format.percent(above, { decimals: 0 })}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Tranches without a color for long; a press opens all that there is of one. */
export function StaleTable({ stale, onOpen }: { stale: BoardData['stale']; onOpen(cusip: string): void }) {
  const { t } = useText()
  const format = useFormat()
  return (
    <table className={css.table}>
      <thead>
        <tr>
          <th>{t('colorBoard.col.cusip')}</th>
          <th>{t('colorBoard.col.ticker')}</th>
          <th>{t('colorBoard.col.last')}</th>
          <th data-number="">{t('colorBoard.col.age')}</th>
          <th data-number="">{t('colorBoard.col.px')}</th>
        </tr>
      </thead>
      <tbody>
        {stale.map(({ cusip, ticker, last, days, px }) => (
          <tr key={cusip}>
            <td>
              <button type="button" onClick={() => onOpen(cusip)}>
                {cusip}
              </button>
            </td>
            <td>{ticker}</td>
            <td>{last}</td>
            <td data-number="">{format.whole(days)}</td>
            <td data-number="">{px === null ? '—' : format.number(px, 2)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
