import { useEffect, useRef, useState } from 'react'
import type { AlertCard, AlertRow } from '../../contract/options-alerts.ts'
import { useDesk } from '../desk.tsx'
import { Figure, Figures, IconButton } from '../ui/form.tsx'
import { type Format, useFormat } from '../ui/format.ts'
import { Failure, Loading } from '../ui/states.tsx'
import { type Translate, useText } from '../ui/text.ts'
import css from './anomaly.module.css'
import { useReplay } from './anomaly-actions.ts'
import { AlertButtons } from './anomaly-buttons.tsx'
import { AlertSmile } from './anomaly-smile.tsx'
import { contractText, detectorText, edgeText, legText, ruleText, subjectText, unitText } from './anomaly-words.ts'
import { volText } from './chain-words.ts'

interface CardProps {
  readonly alert: AlertRow
  readonly card: AlertCard
}

/** Everything that an alert says for itself, at the side of the list. */
export function AlertSheet({ alert, onClose }: { alert: AlertRow; onClose(): void }) {
  const { t } = useText()
  const format = useFormat()
  const desk = useDesk()
  const root = useRef<HTMLElement>(null)
  const [card, setCard] = useState<AlertCard | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  const [attempt, setAttempt] = useState(0)
  const { id } = alert
  // biome-ignore lint/correctness/useExhaustiveDependencies: a retry asks again
  useEffect(() => {
    let isLeft = false
    setCard(null)
    setFault(null)
    desk.options.alerts
      .get({ id })
      .then(answer => {
        if (!isLeft) setCard(answer.card)
      })
      .catch(error => {
        if (!isLeft) setFault(error)
      })
    return () => {
      isLeft = true
    }
  }, [desk, id, attempt])
  return (
    <aside
      ref={root}
      className={css.sheet}
      aria-label={t('alerts.card')}
      tabIndex={-1}
      data-alert={id}
      onKeyDown={event => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onClose()
      }}
    >
      <header className={css.sheetHead}>
        <div>
          <h3>{subjectText(alert, format)}</h3>
          <span className={css.chips}>
            <b data-kind={alert.kind} title={t(`alerts.kindHint.${alert.kind}`)}>
              {t(`alerts.kind.${alert.kind}`)}
            </b>
            <span>{detectorText(alert.detector)}</span>
            <span>{t(`alerts.direction.${alert.direction}`)}</span>
            <span data-severity={alert.severity}>{t(`alerts.severity.${alert.severity}`)}</span>
            <span data-state={alert.state}>{t(`alerts.state.${alert.state}`)}</span>
          </span>
        </div>
        <IconButton icon="close" label={t('alerts.close')} onClick={onClose} />
      </header>
      <AlertButtons alert={alert} />
      {fault ? <Failure error={fault} retry={() => setAttempt(before => before + 1)} /> : null}
      {!fault && !card ? <Loading shape="text" waitsFor={t('alerts.card')} /> : null}
      {card ? <CardBody alert={alert} card={card} /> : null}
    </aside>
  )
}

function CardBody({ alert, card }: CardProps) {
  const { t } = useText()
  const format = useFormat()
  const replay = useReplay()
  const finding = card.findings[0]!
  const ticks = alert.edge === null ? null : alert.edge / card.tickSize
  return (
    <>
      <section className={css.part} aria-label={t('alerts.why')}>
        <p className={css.lead}>{ruleText(alert.rule)}</p>
        {alert.others > 0 ? <p className={css.warn}>{t('alerts.others', { count: alert.others })}</p> : null}
        {alert.edge === null ? (
          <p className={css.quiet}>{t('alerts.noEdge')}</p>
        ) : (
          <p className={css.edge}>
            <strong>{t('alerts.edgeLine', { edge: edgeText(alert.edge, alert.multiplier, format) })}</strong>
            <span>
              {alert.edgeVol === null
                ? t('alerts.edgeTicksOnly', { ticks: format.number(ticks, 1) })
                : t('alerts.edgeTicks', { ticks: format.number(ticks, 1), vol: volText(alert.edgeVol, format) })}
            </span>
          </p>
        )}
        <Figures>
          <Figure name={t('alerts.value')}>{unitText(alert.value, alert.unit, format)}</Figure>
          <Figure name={t('alerts.baseline')}>{unitText(alert.baseline, alert.unit, format)}</Figure>
          <Figure name={t('alerts.threshold')}>{unitText(alert.threshold, alert.unit, format)}</Figure>
          <Figure name={t('alerts.strength')}>{format.number(finding.strength, 1)}</Figure>
          <Figure name={t('alerts.sample')}>{format.whole(alert.sampleSize)}</Figure>
          <Figure name={t('alerts.latency')}>
            {alert.latencySeconds === null
              ? t('alerts.noLatency')
              : t('alerts.latencyOf', { time: format.duration(alert.latencySeconds) })}
          </Figure>
          <Figure name={t('alerts.started')}>{format.instant(alert.startedAt, 'milli')}</Figure>
          <Figure name={t('alerts.raised')}>{format.instant(alert.raisedAt, 'milli')}</Figure>
          <Figure name={t('alerts.scans')}>{format.whole(card.scans)}</Figure>
        </Figures>
      </section>
      <section className={css.part} aria-label={t('alerts.fit')}>
        <h4>{t('alerts.fit')}</h4>
        <AlertSmile alert={alert} card={card} />
        <div className={css.buttons}>
          <button
            type="button"
            className={css.secondary}
            disabled={alert.snapshot === null}
            title={t('alerts.replayHint')}
            onClick={() => replay(alert, 'options-chain')}
          >
            {t('alerts.replay')}
          </button>
          <button
            type="button"
            className={css.secondary}
            disabled={alert.snapshot === null}
            onClick={() => replay(alert, 'options-smile')}
          >
            {t('alerts.replaySmile')}
          </button>
        </div>
        {alert.snapshot === null ? <p className={css.quiet}>{t('alerts.noReplay')}</p> : null}
      </section>
      <Quotes alert={alert} card={card} />
      <Findings alert={alert} card={card} />
    </>
  )
}

function Quotes({ card, alert }: CardProps) {
  const { t } = useText()
  const format = useFormat()
  const tick = (price: number | null) => format.price(price, card.tickSize)
  const { spot } = card
  const spotWords = { bid: format.number(spot.bid, 2), ask: format.number(spot.ask, 2) }
  return (
    <section className={css.part} aria-label={t('alerts.quotes')}>
      <h4>{t('alerts.quotes')}</h4>
      {card.quotes.length > 0 ? (
        <table className={css.quotes}>
          <thead>
            <tr>
              {(['quoteContract', 'quoteBid', 'quoteAsk', 'quoteSize', 'quoteModel', 'quoteAge'] as const).map(name => (
                <th key={name} scope="col">
                  {t(`alerts.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {card.quotes.map(quote => (
              <tr
                key={`${quote.expiry} ${quote.strike} ${quote.side}`}
                data-suspect={quote.strike === alert.strike && quote.side === alert.side && quote.expiry === alert.expiry}
              >
                <th scope="row">{contractText(quote, card.asOf, format)}</th>
                <td>{tick(quote.bid)}</td>
                <td>{tick(quote.ask)}</td>
                <td>
                  {format.whole(quote.bidSize)}×{format.whole(quote.askSize)}
                </td>
                <td>{format.number(quote.price, 3)}</td>
                <td title={quote.ageSeconds === null ? t('alerts.noAge') : undefined}>{format.duration(quote.ageSeconds)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      <p className={css.quiet}>{spotText(spot, spotWords, format, t)}</p>
    </section>
  )
}

function spotText(spot: AlertCard['spot'], words: { bid: string; ask: string }, format: Format, t: Translate): string {
  if (spot.bid === null || spot.ask === null) return t('alerts.noSpot')
  if (spot.ageSeconds === null) return t('alerts.quotesSpotNoAge', words)
  return t('alerts.quotesSpot', { ...words, age: format.duration(spot.ageSeconds) })
}

/** Rules shown before the rest is only counted: one bad quote breaks many in the same way. */
const SHOWN = 5

function Findings({ alert, card }: CardProps) {
  const { t } = useText()
  const format = useFormat()
  const { perContract, perShare } = card.costs
  const more = alert.findings - Math.min(SHOWN, card.findings.length)
  return (
    <section className={css.part} aria-label={t('alerts.findings')}>
      <h4>{t('alerts.findings')}</h4>
      <ol className={css.findings}>
        {card.findings.slice(0, SHOWN).map((finding, k) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the findings of a card never change their order
          <li key={k}>
            <b data-kind={finding.kind}>{detectorText(finding.detector)}</b>{' '}
            {finding.edge === null
              ? unitText(finding.value, finding.unit, format)
              : edgeText(finding.edge, alert.multiplier, format)}
            {finding.legs.length > 0 ? (
              <ul>
                {finding.legs.map(leg => {
                  const text = legText(leg, card.asOf, format, t)
                  return <li key={text}>{text}</li>
                })}
              </ul>
            ) : null}
          </li>
        ))}
      </ol>
      {more > 0 ? <p className={css.quiet}>{t('alerts.more', { count: more })}</p> : null}
      <p className={css.quiet}>
        {t('alerts.costs', { contract: format.number(perContract, 2), share: format.number(perShare, 3) })}
        {alert.isDemo ? ` · ${t('alerts.demo')}` : ''}
      </p>
    </section>
  )
}
