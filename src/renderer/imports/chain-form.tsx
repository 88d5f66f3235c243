import type { ChainFilePreview, ChainMapping } from '../../contract/options-files.ts'
import { SETTLEMENTS } from '../../core/options/expiry-time.ts'
import { useFormat } from '../ui/format.ts'
import { useText } from '../ui/text.ts'
import css from './imports.module.css'
import { Choice, DELIMITERS, ENCODINGS, Field, ORDERS, zones } from './mapping-form.tsx'

/** The name becomes part of the chain's key. */
export const CHAIN_NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._:=^-]{0,34}$/u

const SCALES = ['1', '0.01', '0.001'] as const

/** What a chain file is and how it is read: each guess can be put right. */
export function ChainForm({
  preview,
  name,
  onName,
  onMapping,
  onForm,
}: {
  preview: ChainFilePreview
  name: string
  onName(name: string): void
  /** A change that leaves the columns as they are. */
  onMapping(patch: Partial<ChainMapping>): void
  /** A change after which the columns are guessed anew. */
  onForm(patch: Partial<ChainMapping>): void
}) {
  const { t } = useText()
  const { mapping } = preview
  return (
    <div className={css.form}>
      <Field label={t('chainFile.name')} hint={CHAIN_NAME.test(name) ? undefined : t('chainFile.nameWrong')}>
        <input
          value={name}
          maxLength={35}
          spellCheck={false}
          aria-invalid={!CHAIN_NAME.test(name)}
          onChange={event => onName(event.currentTarget.value)}
        />
      </Field>
      <Underlying preview={preview} onMapping={onMapping} />
      {preview.moments.length > 1 ? <Moment preview={preview} onMapping={onMapping} /> : null}
      <Field label={t('chainFile.exercise')}>
        <Choice
          value={mapping.exercise}
          of={['american', 'european'] as const}
          word={one => t(`chainFile.exercise.${one}`)}
          onChange={exercise => onMapping({ exercise })}
        />
      </Field>
      <Field label={t('chainFile.settlement')}>
        <Choice
          value={mapping.settlement}
          of={SETTLEMENTS}
          word={one => t(`chainFile.settlement.${one}`)}
          onChange={settlement => onMapping({ settlement, isOnFuture: settlement === 'energy-settlement' })}
        />
      </Field>
      <Field label={t('chainFile.multiplier')}>
        <Committed
          text={String(mapping.multiplier)}
          onCommit={text => Number(text) > 0 && onMapping({ multiplier: Number(text) })}
        />
      </Field>
      <Field label={t('chainFile.strikeScale')}>
        <Choice
          value={SCALES.find(scale => Number(scale) === mapping.strikeScale) ?? '1'}
          of={SCALES}
          word={scale => t(`chainFile.strikeScale.${scale}`)}
          onChange={scale => onMapping({ strikeScale: Number(scale) })}
        />
      </Field>
      <Field label={t('chainFile.times')}>
        <Choice
          value={mapping.times}
          of={['moments', 'rows'] as const}
          word={one => t(`chainFile.times.${one}`)}
          onChange={times => onMapping({ times, moment: null })}
        />
      </Field>
      <Field label={t('import.zone')}>
        <Committed text={mapping.timeZone} list="chain-zones" onCommit={timeZone => onMapping({ timeZone, moment: null })} />
        <datalist id="chain-zones">
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
          onChange={dateOrder => onMapping({ dateOrder, moment: null })}
        />
      </Field>
      <TextForm mapping={mapping} onForm={onForm} />
    </div>
  )
}

function Underlying({ preview, onMapping }: { preview: ChainFilePreview; onMapping(patch: Partial<ChainMapping>): void }) {
  const { t } = useText()
  const format = useFormat()
  const { mapping, underlyings } = preview
  if (underlyings.length < 2)
    return (
      <Field label={t('chainFile.underlying')}>
        <Committed
          text={mapping.underlying}
          placeholder={t('chainFile.underlyingHint')}
          onCommit={text => onMapping({ underlying: text.trim().toUpperCase().slice(0, 20) })}
        />
      </Field>
    )
  const rowsOf = new Map(underlyings.map(({ value, rows }) => [value, rows]))
  return (
    <Field label={t('chainFile.underlying')}>
      <Choice
        value={mapping.underlying}
        of={underlyings.map(({ value }) => value)}
        word={symbol => t('chainFile.symbolRows', { symbol, rows: format.whole(rowsOf.get(symbol) ?? 0) })}
        onChange={underlying => onMapping({ underlying, moment: null })}
      />
    </Field>
  )
}

function Moment({ preview, onMapping }: { preview: ChainFilePreview; onMapping(patch: Partial<ChainMapping>): void }) {
  const { t } = useText()
  const format = useFormat()
  const { mapping, moments } = preview
  const rowsOf = new Map(moments.map(({ value, rows }) => [String(value), rows]))
  const word = (at: string) =>
    at === 'newest'
      ? t('chainFile.newest')
      : t('chainFile.momentRows', {
          at: format.instant(Number(at), 'dateMinute', mapping.timeZone),
          rows: format.whole(rowsOf.get(at) ?? 0),
        })
  return (
    <Field label={t('chainFile.moment')}>
      <Choice
        value={mapping.moment === null ? 'newest' : String(mapping.moment)}
        of={['newest', ...moments.map(({ value }) => String(value)).reverse()]}
        word={word}
        onChange={at => onMapping({ moment: at === 'newest' ? null : Number(at) })}
      />
    </Field>
  )
}

function TextForm({ mapping, onForm }: { mapping: ChainMapping; onForm(patch: Partial<ChainMapping>): void }) {
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
        <Choice value={mapping.encoding} of={ENCODINGS} word={one => one} onChange={encoding => onForm({ encoding })} />
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

/** A text that counts when it is left or Enter is pressed: the file is read anew for it, and not for each letter. */
function Committed({
  text,
  onCommit,
  ...rest
}: {
  text: string
  onCommit(text: string): void
  placeholder?: string
  list?: string
}) {
  const commit = (next: string) => {
    if (next !== text) onCommit(next)
  }
  return (
    <input
      key={text}
      defaultValue={text}
      spellCheck={false}
      {...rest}
      onBlur={event => commit(event.currentTarget.value)}
      onKeyDown={event => {
        if (event.key === 'Enter') commit(event.currentTarget.value)
      }}
    />
  )
}
