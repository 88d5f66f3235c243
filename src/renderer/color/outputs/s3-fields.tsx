import { Checkbox, TextInput } from '@mantine/core'
import type { S3Target } from '../../../contract/color-outputs.ts'
import { useText } from '../../ui/text.ts'
import css from './outputs.module.css'

/** Where a bucket is, and who puts files there. */
export function S3Fields({
  target,
  say,
  onChange,
}: {
  target: S3Target
  say(field: string): string | null
  onChange(next: S3Target): void
}) {
  const { t } = useText()
  const text = (field: 'endpoint' | 'region' | 'bucket' | 'prefix' | 'accessKeyId') => ({
    size: 'xs' as const,
    label: t(`outputs.form.${field}`),
    value: target[field],
    // A form that nobody filled in yet is not wrong yet.
    error: target[field] === '' ? null : say(field),
    spellCheck: false,
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => onChange({ ...target, [field]: event.currentTarget.value }),
  })
  return (
    <>
      <TextInput {...text('endpoint')} description={t('outputs.form.endpointHint')} />
      <div className={css.pair}>
        <TextInput {...text('bucket')} />
        <TextInput {...text('region')} />
      </div>
      <TextInput {...text('prefix')} />
      <Checkbox
        size="xs"
        label={t('outputs.form.pathStyle')}
        checked={target.pathStyle}
        onChange={event => onChange({ ...target, pathStyle: event.currentTarget.checked })}
      />
      <TextInput {...text('accessKeyId')} autoComplete="off" />
    </>
  )
}
