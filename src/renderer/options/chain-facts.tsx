import { type ReactNode, useEffect, useReducer } from 'react'
import type { ChainFrame, ExpirySummary } from '../../contract/options.ts'
import { ROW_STATUS } from '../../core/options/chain.ts'
import { nowMicros } from '../now.ts'
import { useFormat } from '../ui/format.ts'
import { useText } from '../ui/text.ts'
import css from './chain.module.css'
import { withoutVolatility } from './chain-model.ts'
import { modelText } from './chain-words.ts'

function Fact({ name, hint, tone, children }: { name: string; hint?: string | undefined; tone?: 'warn'; children: ReactNode }) {
  return (
    <span className={css.fact} title={hint} data-tone={tone}>
      <span>{name}</span> <b>{children}</b>
    </span>
  )
}

/** The underlying, the forward, the model and how much of the chain is there: one line under the bar. */
export function ChainFacts({
  frame,
  summary,
  isKept,
}: {
  frame: ChainFrame
  summary: ExpirySummary | undefined
  isKept: boolean
}) {
  const { t } = useText()
  const format = useFormat()
  const [, tick] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    const timer = setInterval(tick, 1000)
    return () => clearInterval(timer)
  }, [])
  const { spot, lines, byStatus } = frame
  const total = Object.values(byStatus).reduce((sum, count) => sum + count, 0)
  const without = withoutVolatility(byStatus)
  const missing = ROW_STATUS.filter(status => status !== 'OK' && byStatus[status])
    .map(status => `${format.whole(byStatus[status])} ${t(`chain.short.${status}`)}`)
    .join(' · ')
  const age = spot.time === null ? null : format.age(spot.time, isKept ? frame.asOf : nowMicros())
  const hasSpot = spot.bid !== null || spot.ask !== null
  const spotHint = !hasSpot ? t('chain.noSpot') : age === null ? t('chain.spotNoTime') : t('chain.spotHint', { age })
  return (
    <div className={css.facts}>
      <Fact name={t('chain.spot')} hint={spotHint}>
        {format.price(spot.bid, 0.01)} × {format.price(spot.ask, 0.01)}
        {age === null ? null : <span className={css.note}> {age}</span>}
      </Fact>
      {summary ? (
        <Fact name={t('chain.forward')} hint={t(`chain.forward.${summary.forwardSource}`, { pairs: summary.parityPairs })}>
          {format.number(summary.forward, 3)}
          {summary.parityResidual === null ? null : (
            <span className={css.note} title={t('chain.residualHint')}>
              {' '}
              ± {format.number(summary.parityResidual, 3)}
            </span>
          )}
        </Fact>
      ) : null}
      <Fact name={t('chain.model')} hint={t(`chain.modelHint.${frame.model}`)}>
        {modelText(frame, t)}
      </Fact>
      {lines ? (
        <Fact name={t('chain.lines')} hint={t('chain.linesHint', { streamed: lines.streamed, allowed: lines.allowed })}>
          {format.whole(lines.streamed)}/{format.whole(lines.allowed)}
          {lines.turnSeconds === null ? null : (
            <span className={css.note}> {t('chain.turn', { time: format.duration(lines.turnSeconds) })}</span>
          )}
        </Fact>
      ) : null}
      <Fact
        name={t('chain.priced')}
        hint={missing ? t('chain.pricedHint', { reasons: missing }) : t('chain.allPriced')}
        {...(without > total / 2 ? { tone: 'warn' as const } : {})}
      >
        {t('chain.pricedOf', { count: format.whole(total - without), total: format.whole(total) })}
      </Fact>
      {frame.isHalted ? <span className={css.halted}>{t('chain.halted')}</span> : null}
    </div>
  )
}
