import { NumberInput } from '@mantine/core'

/** A number in a range. */
export function Count({
  label,
  value,
  from,
  to,
  onChange,
}: {
  label: string
  value: number
  from: number
  to: number
  onChange(value: number): void
}) {
  return (
    <NumberInput
      size="xs"
      label={label}
      value={value}
      min={from}
      max={to}
      clampBehavior="strict"
      allowDecimal={false}
      onChange={typed => typed !== '' && Number.isFinite(Number(typed)) && onChange(Number(typed))}
    />
  )
}
