import { NativeSelect, NumberInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Indicator } from '../../core/indicators/indicator.ts'
import { INDICATORS, indicatorNamed } from '../../core/indicators/table.ts'
import { isAllowed, type ParameterSpec, type ParameterValue } from '../../core/kit/define.ts'
import { LINE_COLORS } from '../ui/chart-colors.ts'
import { textOr, useText } from '../ui/text.ts'
import { Icon } from './chart-icons.tsx'
import { cssColor, shortName } from './chart-legend.tsx'
import css from './chart-panel.module.css'
import { type ChartIndicator, MOST_INDICATORS, newIndicator } from './chart-params.ts'

const titleOf = (name: string) => textOr(`indicator.${name}`, name)
const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** The list of indicators with those on the chart first, or the settings of one of them. */
export function IndicatorMenu({
  chosen,
  editing,
  onEdit,
  onChange,
}: {
  chosen: readonly ChartIndicator[]
  editing: string | null
  onEdit(id: string | null): void
  onChange(chosen: readonly ChartIndicator[]): void
}) {
  const edited = chosen.find(({ id }) => id === editing)
  if (edited) {
    return (
      <IndicatorSettings
        key={edited.id}
        chosen={edited}
        onBack={() => onEdit(null)}
        onChange={next => onChange(chosen.map(one => (one.id === next.id ? next : one)))}
        onRemove={() => {
          onChange(chosen.filter(({ id }) => id !== edited.id))
          onEdit(null)
        }}
      />
    )
  }
  return <IndicatorList chosen={chosen} onEdit={onEdit} onChange={onChange} />
}

function IndicatorList({
  chosen,
  onEdit,
  onChange,
}: {
  chosen: readonly ChartIndicator[]
  onEdit(id: string): void
  onChange(chosen: readonly ChartIndicator[]): void
}) {
  const { t } = useText()
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const wanted = plain(text.trim())
  const matches = INDICATORS.filter(({ name }) =>
    plain(`${titleOf(name)} ${textOr(`indicator.${name}.short`, name)} ${name}`).includes(wanted),
  )
  const isFull = chosen.length >= MOST_INDICATORS
  const add = (indicator: Indicator | undefined) => {
    if (indicator && !isFull) onChange([...chosen, newIndicator(indicator.name, chosen)])
  }
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'ArrowDown') setActive(at => Math.min(at + 1, matches.length - 1))
    else if (event.key === 'ArrowUp') setActive(at => Math.max(at - 1, 0))
    else if (event.key === 'Enter') add(matches[active])
    else return
    event.preventDefault()
  }
  return (
    <div className={css.menu}>
      <TextInput
        data-autofocus
        size="xs"
        aria-label={t('chart.indicator.find')}
        placeholder={t('chart.indicator.find')}
        value={text}
        onChange={event => {
          setText(event.currentTarget.value)
          setActive(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div className={css.list}>
        {chosen.length > 0 && wanted === '' ? (
          <>
            <div className={css.heading}>{t('chart.indicator.on')}</div>
            {chosen.map(one => (
              <div key={one.id} style={{ display: 'flex', alignItems: 'center' }}>
                <button type="button" className={`${css.row} ${css.grow}`} onClick={() => onEdit(one.id)}>
                  <span className={css.swatch} style={{ background: cssColor(one.colors[0]!) }} />
                  <span className={css.grow}>{shortName({ chosen: one })}</span>
                  <Icon name="gear" />
                </button>
                <button
                  type="button"
                  className={css.tool}
                  aria-label={t('chart.indicator.remove', { name: shortName({ chosen: one }) })}
                  title={t('chart.indicator.remove', { name: shortName({ chosen: one }) })}
                  onClick={() => onChange(chosen.filter(({ id }) => id !== one.id))}
                >
                  <Icon name="close" />
                </button>
              </div>
            ))}
            <div className={css.heading}>{t('chart.indicator.all')}</div>
          </>
        ) : null}
        {matches.map((indicator, k) => (
          <button
            key={indicator.name}
            type="button"
            className={css.row}
            data-active={k === active}
            disabled={isFull}
            aria-label={t('chart.indicator.add', { name: titleOf(indicator.name) })}
            onClick={() => add(indicator)}
          >
            <span className={css.grow}>{titleOf(indicator.name)}</span>
            <span className={css.quiet}>{textOr(`indicator.${indicator.name}.short`, indicator.name)}</span>
          </button>
        ))}
        {matches.length === 0 ? <p className={css.note}>{t('chart.indicator.none', { text })}</p> : null}
      </div>
      {isFull ? <p className={css.note}>{t('chart.indicator.most', { most: MOST_INDICATORS })}</p> : null}
    </div>
  )
}

function IndicatorSettings({
  chosen,
  onBack,
  onChange,
  onRemove,
}: {
  chosen: ChartIndicator
  onBack(): void
  onChange(next: ChartIndicator): void
  onRemove(): void
}) {
  const { t } = useText()
  const indicator = indicatorNamed(chosen.name)
  if (!indicator) return null
  const setValue = (name: string, value: ParameterValue) => onChange({ ...chosen, values: { ...chosen.values, [name]: value } })
  const setColor = (k: number, color: string) =>
    onChange({ ...chosen, colors: chosen.colors.map((before, i) => (i === k ? color : before)) })
  return (
    <div className={css.menu}>
      <div style={{ display: 'flex', alignItems: 'center', gap: 4 }}>
        <button
          type="button"
          className={css.tool}
          aria-label={t('chart.indicator.back')}
          title={t('chart.indicator.back')}
          onClick={onBack}
        >
          <Icon name="back" />
        </button>
        <strong className={css.grow}>{titleOf(chosen.name)}</strong>
      </div>
      <div className={css.form}>
        {Object.entries(indicator.params).map(([name, spec]) => (
          <Parameter key={name} name={name} spec={spec} value={chosen.values[name]!} onChange={value => setValue(name, value)} />
        ))}
        {indicator.outputs.map((output, k) =>
          // Bars have the colours of their side of zero.
          output.draw === 'histogram' ? null : (
            <ColorChoice
              key={output.name}
              label={textOr(`output.${output.name}`, output.name)}
              value={chosen.colors[k]!}
              onChange={color => setColor(k, color)}
            />
          ),
        )}
      </div>
      <p className={css.note}>{t('chart.indicator.source', { source: indicator.source })}</p>
      <div style={{ display: 'flex', justifyContent: 'space-between' }}>
        <button type="button" className={css.button} onClick={() => onChange({ ...chosen, values: indicator.values() })}>
          {t('chart.indicator.usual')}
        </button>
        <button type="button" className={css.button} onClick={onRemove}>
          {t('chart.indicator.remove', { name: textOr(`indicator.${chosen.name}.short`, chosen.name) })}
        </button>
      </div>
    </div>
  )
}

/** One parameter. A value that the spec refuses stays in the field, marked, and the chart keeps the last good one. */
function Parameter({
  name,
  spec,
  value,
  onChange,
}: {
  name: string
  spec: ParameterSpec
  value: ParameterValue
  onChange(value: ParameterValue): void
}) {
  const { t } = useText()
  const [draft, setDraft] = useState<ParameterValue | null>(null)
  const label = textOr(`parameter.${name}`, name)
  const id = `parameter-${name}`
  if (spec.kind === 'choice') {
    return (
      <>
        <label htmlFor={id}>{label}</label>
        <NativeSelect
          id={id}
          size="xs"
          value={value}
          data={spec.choices.map(choice => ({ value: choice, label: textOr(`choice.${choice}`, choice) }))}
          onChange={event => onChange(event.currentTarget.value)}
        />
      </>
    )
  }
  const isBad = draft !== null && !isAllowed(spec, draft)
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <NumberInput
        id={id}
        size="xs"
        value={draft ?? value}
        step={spec.kind === 'number' ? spec.step : 1}
        allowDecimal={spec.kind === 'number'}
        error={isBad ? t('chart.indicator.range', { from: spec.from, to: spec.to }) : undefined}
        onChange={next => {
          const number = typeof next === 'string' && next.trim() !== '' ? Number(next) : next
          setDraft(number)
          if (isAllowed(spec, number)) onChange(number)
        }}
        onBlur={() => setDraft(null)}
      />
    </>
  )
}

function ColorChoice({ label, value, onChange }: { label: string; value: string; onChange(color: string): void }) {
  const { t } = useText()
  return (
    <>
      <span>{label}</span>
      <div className={css.swatches} role="radiogroup" aria-label={t('chart.indicator.color', { name: label })}>
        {LINE_COLORS.map((color, k) => (
          // biome-ignore lint/a11y/useSemanticElements: a swatch is a button that says whether it is the chosen one
          <button
            key={color}
            type="button"
            role="radio"
            aria-checked={color === value}
            aria-label={t('chart.color', { number: k + 1 })}
            className={css.color}
            style={{ background: cssColor(color) }}
            onClick={() => onChange(color)}
          />
        ))}
        <input
          type="color"
          className={css.color}
          aria-label={t('chart.custom')}
          title={t('chart.custom')}
          value={value.startsWith('#') ? value : '#888888'}
          onChange={event => onChange(event.currentTarget.value)}
        />
      </div>
    </>
  )
}
