import { useEffect, useId, useState } from 'react'
import type { GivenThresholds, ThresholdParameter, Thresholds } from '../../contract/options-alerts.ts'
import { useDesk } from '../desk.tsx'
import { useFormat } from '../ui/format.ts'
import { notifyFault } from '../ui/notice-fault.ts'
import { notify } from '../ui/notice-store.ts'
import { Failure, Loading } from '../ui/states.tsx'
import { textOr, useText } from '../ui/text.ts'
import css from './anomaly.module.css'
import { type Draft, draftOf, givenOf, isSame, usualDraft } from './anomaly-draft.ts'
import { detectorText } from './anomaly-words.ts'

type Preview = Awaited<ReturnType<ReturnType<typeof useDesk>['options']['alerts']['preview']>>

/** Every threshold, with old against new counts on kept moments before anything is saved. */
export function ThresholdsForm() {
  const { t } = useText()
  const desk = useDesk()
  const [held, setHeld] = useState<Thresholds | null>(null)
  const [draft, setDraft] = useState<Draft | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  const [attempt, setAttempt] = useState(0)
  const take = (thresholds: Thresholds) => {
    setHeld(thresholds)
    setDraft(draftOf(thresholds))
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: a retry asks again
  useEffect(() => {
    setFault(null)
    desk.options.alerts.thresholds().then(take, setFault)
  }, [desk, attempt])
  if (fault) return <Failure error={fault} retry={() => setAttempt(before => before + 1)} />
  if (!held || !draft) return <Loading waitsFor={t('alerts.view.thresholds')} />
  return <Form held={held} draft={draft} onDraft={setDraft} onSaved={take} />
}

interface FormProps {
  readonly held: Thresholds
  readonly draft: Draft
  onDraft(draft: Draft): void
  onSaved(thresholds: Thresholds): void
}

function Form({ held, draft, onDraft, onSaved }: FormProps) {
  const { t } = useText()
  const desk = useDesk()
  const [preview, setPreview] = useState<{ readonly of: Draft; readonly answer: Preview } | null>(null)
  const [isBusy, setBusy] = useState(false)
  const isChanged = !isSame(draft, draftOf(held))
  const isPreviewed = preview !== null && isSame(preview.of, draft)
  const given = (): GivenThresholds => givenOf(draft)
  const ask = async () => {
    setBusy(true)
    try {
      setPreview({ of: draft, answer: await desk.options.alerts.preview(given()) })
    } catch (error) {
      notifyFault(error)
    } finally {
      setBusy(false)
    }
  }
  const save = async () => {
    try {
      onSaved(await desk.options.alerts.setThresholds(given()))
      setPreview(null)
      notify({ tone: 'good', text: t('alerts.saved'), key: 'thresholds' })
    } catch (error) {
      notifyFault(error)
    }
  }
  return (
    <div className={css.form}>
      <div className={css.groups}>
        <fieldset>
          <legend title={t('alerts.gatesHint')}>{t('alerts.gates')}</legend>
          {held.gates.map(parameter => (
            <Parameter
              key={parameter.name}
              parameter={parameter}
              value={draft.gates[parameter.name]!}
              onChange={value => onDraft({ ...draft, gates: { ...draft.gates, [parameter.name]: value } })}
            />
          ))}
        </fieldset>
        {held.detectors.map(({ name, kind, params }) => {
          const one = draft.detectors[name]!
          const change = (part: Partial<typeof one>) =>
            onDraft({ ...draft, detectors: { ...draft.detectors, [name]: { ...one, ...part } } })
          return (
            <fieldset key={name} data-off={!one.on}>
              <legend title={t(`alerts.kindHint.${kind}`)}>
                <label>
                  <input type="checkbox" checked={one.on} onChange={event => change({ on: event.currentTarget.checked })} />
                  {detectorText(name)}
                </label>
              </legend>
              {params.map(parameter => (
                <Parameter
                  key={parameter.name}
                  parameter={parameter}
                  value={one.values[parameter.name]!}
                  onChange={value => change({ values: { ...one.values, [parameter.name]: value } })}
                />
              ))}
            </fieldset>
          )
        })}
      </div>
      <footer className={css.formFoot}>
        {preview && isPreviewed ? <Counts answer={preview.answer} /> : <p className={css.quiet}>{t('alerts.notPreviewed')}</p>}
        <div className={css.buttons}>
          <button type="button" className={css.secondary} disabled={isBusy} onClick={() => void ask()}>
            {isBusy ? t('alerts.previewing') : t('alerts.preview')}
          </button>
          <button type="button" className={css.primary} disabled={!isChanged || !isPreviewed} onClick={() => void save()}>
            {t('alerts.save')}
          </button>
          <button type="button" className={css.secondary} disabled={!isChanged} onClick={() => onDraft(draftOf(held))}>
            {t('alerts.discard')}
          </button>
          <button type="button" className={css.secondary} onClick={() => onDraft(usualDraft(held))}>
            {t('alerts.reset')}
          </button>
        </div>
      </footer>
    </div>
  )
}

function Parameter({
  parameter,
  value,
  onChange,
}: {
  parameter: ThresholdParameter
  value: number | string
  onChange(value: number | string): void
}) {
  const { t } = useText()
  const id = useId()
  const { name, from, to, step, usual } = parameter
  const isOut = typeof value === 'number' && !(value >= (from ?? value) && value <= (to ?? value))
  return (
    <div className={css.parameter} data-changed={value !== usual}>
      <label htmlFor={id}>{textOr(`alerts.param.${name}`, name)}</label>
      <input
        id={id}
        type="number"
        value={Number.isNaN(value) ? '' : value}
        min={from ?? undefined}
        max={to ?? undefined}
        step={step ?? undefined}
        aria-invalid={isOut || Number.isNaN(value)}
        title={`${t('alerts.range', { from: String(from), to: String(to) })} · ${t('alerts.usual', { value: String(usual) })}`}
        onChange={event => onChange(event.currentTarget.valueAsNumber)}
      />
    </div>
  )
}

function Counts({ answer }: { answer: Preview }) {
  const { t } = useText()
  const format = useFormat()
  const { moments, from, to, before, after } = answer
  if (moments === 0) return <p className={css.quiet}>{t('alerts.noMoments')}</p>
  const names = [...new Set([...Object.keys(before.byDetector), ...Object.keys(after.byDetector)])]
  return (
    <div className={css.counts} role="status">
      <p className={css.quiet}>
        {t('alerts.previewed', {
          count: moments,
          from: format.instant(from, 'dateMinute'),
          to: format.instant(to, 'dateMinute'),
        })}
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('alerts.col.detector')}</th>
            <th scope="col">{t('alerts.before')}</th>
            <th scope="col">{t('alerts.after')}</th>
          </tr>
        </thead>
        <tbody>
          {names.map(name => (
            <tr key={name}>
              <th scope="row">{detectorText(name)}</th>
              <td>{format.whole(before.byDetector[name] ?? 0)}</td>
              <td>{format.whole(after.byDetector[name] ?? 0)}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">{t('alerts.total')}</th>
            <td>{format.whole(before.total)}</td>
            <td>{format.whole(after.total)}</td>
          </tr>
        </tbody>
      </table>
    </div>
  )
}
