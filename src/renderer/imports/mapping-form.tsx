import type { ReactNode } from 'react'
import type { Mapping } from '../../contract/imports.ts'
import { TIMEFRAMES } from '../../core/market/bars.ts'
import { useText } from '../ui/text.ts'
import css from './imports.module.css'

const KINDS = ['bars', 'values', 'ticks'] as const
export const ORDERS = ['ymd', 'dmy', 'mdy', 'epoch-s', 'epoch-ms', 'epoch-us'] as const
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const
export const DELIMITERS = [',', ';', '\t', '|', ' '] as const

/** Fields whose change means that the file has to be read anew. */
export const FORM_FIELDS = ['encoding', 'delimiter', 'decimal', 'headerRows'] as const
type FormField = (typeof FORM_FIELDS)[number]

/** The name may hold what the contract allows. */
export const SERIES_NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._:=^/-]{0,99}$/u

/** Bars whose distance could not be guessed: the host refuses them, so a person has to choose first. */
export function needsTimeframe({ kind, timeframe }: Pick<Mapping, 'kind' | 'timeframe'>): boolean {
  return kind === 'bars' && timeframe === null
}

/** Time zones by name, the one without a place first. */
export function zones(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone')]
}

/** How the file is read and what the series is: each guess can be put right. */
export function MappingForm({
  mapping,
  name,
  onName,
  onMapping,
  onForm,
}: {
  mapping: Mapping
  name: string
  onName(name: string): void
  onMapping(patch: Partial<Mapping>): void
  onForm(patch: Partial<Pick<Mapping, FormField>>): void
}) {
  const { t } = useText()
  return (
    <div className={css.form}>
      <Field label={t('import.name')} hint={SERIES_NAME.test(name) ? undefined : t('import.nameWrong')}>
        <input
          value={name}
          maxLength={100}
          spellCheck={false}
          aria-invalid={!SERIES_NAME.test(name)}
          onChange={event => onName(event.currentTarget.value)}
        />
      </Field>
      <Field label={t('import.kind')}>
        <Choice value={mapping.kind} of={KINDS} word={kind => t(`import.kind.${kind}`)} onChange={kind => onMapping({ kind })} />
      </Field>
      {mapping.kind === 'ticks' ? null : (
        <Field label={t('import.timeframe')} hint={needsTimeframe(mapping) ? t('import.timeframeNeeded') : undefined}>
          <Choice
            value={mapping.timeframe ?? ''}
            of={mapping.kind === 'values' ? (['', ...TIMEFRAMES] as const) : TIMEFRAMES}
            word={timeframe => timeframe || t('import.noTimeframe')}
            onChange={timeframe => onMapping({ timeframe: timeframe === '' ? null : timeframe })}
          />
        </Field>
      )}
      <Field label={t('import.unit')}>
        <input
          value={mapping.unit}
          maxLength={40}
          placeholder="USD/bbl"
          onChange={event => onMapping({ unit: event.currentTarget.value })}
        />
      </Field>
      <Field label={t('import.zone')}>
        <input
          value={mapping.timeZone}
          list="import-zones"
          spellCheck={false}
          onChange={event => onMapping({ timeZone: event.currentTarget.value })}
        />
        <datalist id="import-zones">
          {zones().map(zone => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </Field>
      <Field label={t('import.dateOrder')}>
        <Choice
          value={mapping.dateOrder}
          of={ORDERS}
          word={order => t(`import.order.${order}`)}
          onChange={dateOrder => onMapping({ dateOrder })}
        />
      </Field>
      {mapping.format === 'csv' ? <CsvForm mapping={mapping} onForm={onForm} /> : null}
    </div>
  )
}

function CsvForm({ mapping, onForm }: { mapping: Mapping; onForm(patch: Partial<Pick<Mapping, FormField>>): void }) {
  const { t } = useText()
  const word = (delimiter: string) => (delimiter === '\t' ? t('import.tab') : delimiter === ' ' ? t('import.space') : delimiter)
  return (
    <>
      <Field label={t('import.delimiter')}>
        <Choice value={mapping.delimiter} of={DELIMITERS} word={word} onChange={delimiter => onForm({ delimiter })} />
      </Field>
      <Field label={t('import.decimal')}>
        <Choice value={mapping.decimal} of={['.', ','] as const} word={sign => sign} onChange={decimal => onForm({ decimal })} />
      </Field>
      <Field label={t('import.encoding')}>
        <Choice value={mapping.encoding} of={ENCODINGS} word={name => name} onChange={encoding => onForm({ encoding })} />
      </Field>
      <Field label={t('import.headerRows')}>
        <input
          type="number"
          min={0}
          max={50}
          value={mapping.headerRows}
          onChange={event =>
            onForm({ headerRows: Math.min(50, Math.max(0, Math.round(Number(event.currentTarget.value) || 0))) })
          }
        />
      </Field>
    </>
  )
}

/** A labelled field of a form, with what is wrong in it. */
export function Field({ label, hint, children }: { label: string; hint?: string | undefined; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is its child
    <label className={css.field}>
      <span>{label}</span>
      {children}
      {hint ? <small role="alert">{hint}</small> : null}
    </label>
  )
}

/** A choice of a few words; a value outside of them is shown as it is. */
export function Choice<T extends string>({
  value,
  of,
  word,
  label,
  onChange,
}: {
  value: T | ''
  of: readonly T[]
  word(value: T): string
  label?: string
  onChange(value: T): void
}) {
  return (
    <select value={value} aria-label={label} onChange={event => onChange(event.currentTarget.value as T)}>
      {of.includes(value as T) ? null : <option value={value}>{value}</option>}
      {of.map(one => (
        <option key={one} value={one}>
          {word(one)}
        </option>
      ))}
    </select>
  )
}
