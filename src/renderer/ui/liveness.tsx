import { useEffect, useReducer } from 'react'
import type { Provenance } from '../../contract/wire.ts'
import type { Liveness } from '../../core/market/instrument.ts'
import { everySecond } from '../second.ts'
import { type Format, MISSING, useFormat } from './format.ts'
import css from './liveness.module.css'
import { reasonWords, type Translate, useText } from './text.ts'

/** The mark of each state beside a number: a letter, so that it does not rest on colour; live has none. */
const MARKS: Readonly<Record<Liveness, string>> = {
  live: '',
  delayed: 'D',
  cached: 'C',
  imputed: 'I',
  demo: 'DEMO',
  stale: 'S',
  none: MISSING,
}

/** State, source, age and reason of a value in words: the title of a cell or of a mark. */
export function livenessWords(provenance: Provenance, t: Translate, format: Format): string {
  const state = t(`live.${provenance.state}`)
  const words = [
    provenance.source ? t('live.detail', { state, source: provenance.source }) : state,
    provenance.asOf === null ? t('live.never') : t('live.age', { age: format.age(provenance.asOf) }),
  ]
  if (provenance.reason) words.push(reasonWords(provenance.reason))
  return words.join(' · ')
}

/**
 * The mark beside a value: what state it is in and how old it is.
 *
 * `full` writes the state in words with the age, for headers; without it only the letter stands there.
 */
export function Age({ provenance, full = false }: { provenance: Provenance; full?: boolean }) {
  const { t } = useText()
  const format = useFormat()
  const [, tick] = useReducer((n: number) => n + 1, 0)
  useEffect(() => everySecond(tick), [])
  const words = livenessWords(provenance, t, format)
  const state = t(`live.${provenance.state}`)
  if (!full && provenance.state === 'live') return <span className="visually-hidden">{words}</span>
  const showAge = full && provenance.asOf !== null && provenance.state !== 'live' && provenance.state !== 'demo'
  return (
    <span className={css.mark} data-state={provenance.state} data-full={full} title={words}>
      <span aria-hidden="true">{full ? state : MARKS[provenance.state]}</span>
      {showAge ? <span className={css.age}>{format.age(provenance.asOf)}</span> : null}
      <span className="visually-hidden">{words}</span>
    </span>
  )
}
