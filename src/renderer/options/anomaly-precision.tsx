import { useEffect, useState } from 'react'
import type { PrecisionRow } from '../../contract/options-alerts.ts'
import { useDesk } from '../desk.tsx'
import { MISSING, useFormat } from '../ui/format.ts'
import { Failure, Loading } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import css from './anomaly.module.css'
import { detectorText } from './anomaly-words.ts'
import type { Alerts } from './use-alerts.ts'

const DAYS = 30
const USUAL_BUDGET = 20

interface Answer {
  readonly detectors: readonly PrecisionRow[]
  readonly days: number
}

/** How often each detector was right: by marks, and against what the demo market planted. */
export function PrecisionTable({ alerts }: { alerts: Alerts | null }) {
  const { t } = useText()
  const format = useFormat()
  const desk = useDesk()
  const [budget, setBudget] = useState(USUAL_BUDGET)
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  const [attempt, setAttempt] = useState(0)
  // A mark or a new alert changes the figures, so they are asked for again.
  const turn = alerts === null ? 0 : [...alerts.values()].reduce((sum, { mark }) => sum + (mark === null ? 1 : 3), 0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a retry and new marks ask again
  useEffect(() => {
    let isLeft = false
    setFault(null)
    desk.options.alerts.precision({ days: DAYS, budget }).then(
      next => {
        if (!isLeft) setAnswer(next)
      },
      error => {
        if (!isLeft) setFault(error)
      },
    )
    return () => {
      isLeft = true
    }
  }, [desk, budget, attempt, turn])
  if (fault) return <Failure error={fault} retry={() => setAttempt(before => before + 1)} />
  if (!answer) return <Loading waitsFor={t('alerts.precisionWhat')} />
  return (
    <div className={css.form}>
      <p className={css.quiet}>{t('alerts.precisionWords', { span: format.duration(answer.days * 86_400) })}</p>
      <label className={css.budget}>
        {t('alerts.budget')}
        <input
          type="number"
          min={0.1}
          max={10_000}
          value={budget}
          onChange={event => {
            const next = event.currentTarget.valueAsNumber
            if (next >= 0.1 && next <= 10_000) setBudget(next)
          }}
        />
      </label>
      <Table answer={answer} />
    </div>
  )
}

function Table({ answer }: { answer: Answer }) {
  const { t } = useText()
  const format = useFormat()
  const share = (part: number, whole: number) =>
    whole === 0 ? MISSING : t('alerts.of', { part: format.whole(part), whole: format.whole(whole) })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={css.scroll} tabIndex={0} aria-label={t('alerts.precision')}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{t('alerts.col.detector')}</th>
            <th scope="col">{t('alerts.precisionRaised')}</th>
            <th scope="col">{t('alerts.precisionPerDay')}</th>
            <th scope="col">{t('alerts.precisionMarks')}</th>
            <th scope="col">{t('alerts.precisionShare')}</th>
            <th scope="col" title={t('alerts.precisionDemoHint')}>
              {t('alerts.precisionDemo')}
            </th>
            <th scope="col" title={t('alerts.precisionRecallHint')}>
              {t('alerts.precisionRecall')}
            </th>
            <th scope="col">{t('alerts.calibration')}</th>
          </tr>
        </thead>
        <tbody>
          {answer.detectors.map(row => (
            <tr key={row.detector} data-empty={row.raised === 0}>
              <th scope="row" title={t(`alerts.kindHint.${row.kind}`)}>
                {detectorText(row.detector)}
              </th>
              <td>{format.whole(row.raised)}</td>
              <td>{format.number(row.perDay, 1)}</td>
              <td>
                {format.whole(row.markedTrue)} / {format.whole(row.markedFalse)}
              </td>
              <td>{format.percent(row.precision, { decimals: 0 })}</td>
              <td>{row.demo ? share(row.demo.matched, row.demo.raised) : MISSING}</td>
              <td>{row.demo ? share(row.demo.found, row.demo.planted) : MISSING}</td>
              <td>
                {row.raised === 0 || answer.days < 1
                  ? MISSING
                  : row.calibration === null
                    ? t('alerts.within')
                    : t('alerts.calibrationOf', { factor: format.number(row.calibration, 2) })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
