import { useEffect, useRef } from 'react'
import type { ChainFrame } from '../../contract/options.ts'
import { useFormat } from '../ui/format.ts'
import { useText } from '../ui/text.ts'
import css from './chain.module.css'
import { noSmileWords } from './chain-reasons.ts'
import { expiryText, leftText, volText } from './chain-words.ts'

/** The expiries of a chain as tabs, each with its days, volatility at the money and forward. */
export function ExpiryTabs({
  frame,
  expiry,
  onExpiry,
}: {
  frame: ChainFrame
  expiry: string | null
  onExpiry(date: string): void
}) {
  const { t } = useText()
  const format = useFormat()
  const strip = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const tab = strip.current?.querySelector<HTMLElement>(`[data-expiry="${expiry}"]`)
    tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [expiry])
  const step = (event: React.KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const at = frame.expiries.findIndex(({ date }) => date === expiry) + by
    const next = frame.expiries[at]
    if (by === 0 || !next) return
    event.preventDefault()
    onExpiry(next.date)
    strip.current?.querySelector<HTMLElement>(`[data-expiry="${next.date}"]`)?.focus()
  }
  return (
    <div
      ref={strip}
      className={css.tabs}
      role="tablist"
      aria-label={t('chain.expiries')}
      onKeyDown={step}
      onWheel={event => {
        if (strip.current && event.deltaX === 0) strip.current.scrollLeft += event.deltaY
      }}
    >
      {frame.expiries.map(summary => (
        <button
          key={summary.date}
          type="button"
          role="tab"
          data-expiry={summary.date}
          aria-selected={summary.date === expiry}
          tabIndex={summary.date === expiry ? 0 : -1}
          className={css.tab}
          title={noSmileWords(summary, t) ?? summary.date}
          onClick={() => onExpiry(summary.date)}
        >
          <span className={css.tabDate}>
            {expiryText(summary.date, frame.asOf, format)}
            <span className={css.note}>{leftText(summary, frame.asOf, format, t)}</span>
          </span>
          <span className={css.tabFigures}>
            <span title={t('chain.atmHint')}>{volText(summary.atmVol, format, 1)}</span>
            <span title={t('chain.forwardHint')}>{format.number(summary.forward, 2)}</span>
          </span>
        </button>
      ))}
    </div>
  )
}
