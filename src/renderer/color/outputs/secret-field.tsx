import { PasswordInput } from '@mantine/core'
import { useText } from '../../ui/text.ts'

/** A secret on its way in: what is kept is never shown, so that no mask can be stored back. */
export function SecretField({
  label,
  isKept,
  value,
  disabled,
  onChange,
}: {
  label: string
  isKept: boolean
  value: string
  disabled: boolean
  onChange(value: string): void
}) {
  const { t } = useText()
  return (
    <PasswordInput
      size="xs"
      label={label}
      description={t('outputs.secret.hint')}
      placeholder={t(isKept ? 'outputs.secret.kept' : 'outputs.secret.missing')}
      value={value}
      autoComplete="new-password"
      disabled={disabled}
      onChange={event => onChange(event.currentTarget.value)}
    />
  )
}
