import { useEffect, useRef } from 'react'
import type { ChainFrame } from '../../contract/options.ts'
import { nowMicros } from '../now.ts'
import { IconButton } from '../ui/form.tsx'
import { useFormat } from '../ui/format.ts'
import { useText } from '../ui/text.ts'
import css from './chain.module.css'
import { CHAIN_COLUMNS, type ChainSource, sideColumns } from './chain-columns.ts'
import { type ChainTable, numberAt, readRowKey, type Side } from './chain-model.ts'
import { noSmileWords, statusWords } from './chain-reasons.ts'
import { expiryText, leftText, modelText, volText } from './chain-words.ts'

const SIDES: readonly Side[] = ['call', 'put']

/** Everything about one strike at the side, so that the rows keep their place. */
export function ChainSheet({
  row,
  frame,
  table,
  source,
  onPayoff,
  onClose,
}: {
  row: string
  frame: ChainFrame
  table: ChainTable
  source: ChainSource
  onPayoff(side: Side): void
  onClose(): void
}) {
  const { t } = useText()
  const format = useFormat()
  const root = useRef<HTMLElement>(null)
  useEffect(() => root.current?.focus(), [])
  const place = table.place(row)
  const { expiry, strike } = readRowKey(row)
  const summary = frame.expiries.find(({ date }) => date === expiry)
  const sides = { call: sideColumns(source, 'call', CHAIN_COLUMNS), put: sideColumns(source, 'put', CHAIN_COLUMNS) }
  const cellOf = (side: Side, column: string) => sides[side].find(({ key }) => key === `${side}-${column}`)?.cell(row)
  const reasonOf = (side: Side) => (place ? statusWords(place.block[side], place.at, t) : t('chain.why.notListed'))
  const ageOf = (side: Side) => {
    const at = place ? numberAt(place.block[side].quoteTime, place.at) : Number.NaN
    return Number.isNaN(at) ? t('chain.why.noTime') : format.age(at, source.isKept ? frame.asOf : nowMicros())
  }
  return (
    <aside
      ref={root}
      className={css.sheet}
      aria-label={t('chain.sheet')}
      tabIndex={-1}
      onKeyDown={event => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onClose()
      }}
    >
      <header className={css.sheetHead}>
        <div>
          <h3>
            {frame.symbol} {format.number(strike, strike % 1 === 0 ? 0 : 2)}
          </h3>
          <span className={css.note}>
            {expiryText(expiry, frame.asOf, format)}
            {summary ? ` · ${leftText(summary, frame.asOf, format, t)}` : ''}
          </span>
        </div>
        <IconButton icon="close" label={t('chain.closeSheet')} onClick={onClose} />
      </header>
      <table className={css.sheetTable}>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">{t('chain.figure')}</span>
            </th>
            <th scope="col">{t('chain.call')}</th>
            <th scope="col">{t('chain.put')}</th>
          </tr>
        </thead>
        <tbody>
          {CHAIN_COLUMNS.filter(column => column !== 'status' && column !== 'age').map(column => (
            <tr key={column}>
              <th scope="row" title={t(`chain.hint.${column}`)}>
                {t(`chain.col.${column}`)}
              </th>
              {SIDES.map(side => {
                const cell = cellOf(side, column)
                return (
                  <td key={side} title={cell?.hint} data-tone={cell?.tone}>
                    {cell?.text}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <dl className={css.sheetFacts}>
        {SIDES.map(side => (
          <div key={side}>
            <dt>
              {t(`chain.${side}`)}: {t('chain.quoteAge')} {ageOf(side)}
            </dt>
            <dd>{reasonOf(side) ?? t('chain.status.OK')}</dd>
          </div>
        ))}
        <div>
          <dt>
            {t('chain.model')}: {modelText(frame, t)}
          </dt>
          <dd>{t(`chain.modelHint.${frame.model}`)}</dd>
        </div>
        {summary ? (
          <div>
            <dt>
              {t('chain.forward')}: {format.number(summary.forward, 3)}
            </dt>
            <dd>
              {t(`chain.forward.${summary.forwardSource}`, { pairs: summary.parityPairs })}
              {summary.rate === null
                ? ''
                : ` ${t('chain.rateYield', { rate: format.percent(summary.rate), yield: format.percent(summary.yieldRate) })}`}
            </dd>
          </div>
        ) : null}
        {summary ? (
          <div>
            <dt>
              {t('chain.smile')}: {volText(summary.atmVol, format)}
            </dt>
            <dd>
              {noSmileWords(summary, t) ?? t('chain.fitWords', { used: summary.used, error: volText(summary.fitError, format) })}
            </dd>
          </div>
        ) : null}
      </dl>
      <footer className={css.sheetFoot}>
        <button type="button" className={css.secondary} onClick={() => onPayoff('call')}>
          {t('chain.payoffCall')}
        </button>
        <button type="button" className={css.secondary} onClick={() => onPayoff('put')}>
          {t('chain.payoffPut')}
        </button>
      </footer>
    </aside>
  )
}
