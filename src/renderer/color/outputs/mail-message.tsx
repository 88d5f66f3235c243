import { Checkbox, Select, Textarea, TextInput } from '@mantine/core'
import { useRef, useState } from 'react'
import { MAIL_PLACEHOLDERS } from '../../../core/color/output-template.ts'
import { useText } from '../../ui/text.ts'
import type { MailFields } from './mail-server.tsx'
import css from './outputs.module.css'
import { Placeholders } from './placeholders.tsx'

const FORMATS = ['xlsx', 'csv', 'parquet'] as const
const TEMPLATES = ['subject', 'text', 'html'] as const

/** Whom the mail goes to and what it says. */
export function MailMessage({ draft, patch, say }: MailFields) {
  const { t } = useText()
  const last = useRef<HTMLInputElement | HTMLTextAreaElement | null>(null)
  const subject = useRef<HTMLInputElement>(null)
  const template = (field: (typeof TEMPLATES)[number]) => ({
    size: 'xs' as const,
    name: field,
    label: t(`outputs.mail.${field}`),
    value: draft[field],
    error: say(field),
    onFocus: (event: React.FocusEvent<HTMLInputElement | HTMLTextAreaElement>) => {
      last.current = event.currentTarget
    },
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => patch({ [field]: event.currentTarget.value }),
  })
  const addresses = (list: 'to' | 'cc' | 'bcc') => (
    <Addresses
      label={t(`outputs.mail.${list}`)}
      value={draft[list]}
      error={say(list)}
      onChange={next => patch({ [list]: next })}
    />
  )
  return (
    <>
      <h4>{t('outputs.mail.message')}</h4>
      <TextInput
        size="xs"
        label={t('outputs.mail.from')}
        value={draft.from}
        error={say('from')}
        spellCheck={false}
        onChange={event => patch({ from: event.currentTarget.value })}
      />
      {addresses('to')}
      <div className={css.pair}>
        {addresses('cc')}
        {addresses('bcc')}
      </div>
      <TextInput ref={subject} {...template('subject')} />
      <Placeholders
        names={MAIL_PLACEHOLDERS}
        into={() => last.current ?? subject.current}
        onChange={(value, field) => {
          const name = TEMPLATES.find(one => one === field.name)
          if (name) patch({ [name]: value })
        }}
      />
      <Textarea {...template('text')} autosize minRows={5} maxRows={14} />
      <Textarea {...template('html')} autosize minRows={2} maxRows={14} spellCheck={false} />
      <h4>{t('outputs.mail.attach')}</h4>
      <div className={css.checks}>
        {(['attachOutput', 'attachExcluded', 'attachDifference'] as const).map(name => (
          <Checkbox
            key={name}
            size="xs"
            label={t(`outputs.mail.${name}`)}
            checked={draft[name]}
            onChange={event => patch({ [name]: event.currentTarget.checked })}
          />
        ))}
      </div>
      <div className={css.pair}>
        <Select
          size="xs"
          label={t('outputs.form.format')}
          value={draft.format}
          allowDeselect={false}
          data={[...FORMATS]}
          onChange={chosen => {
            const format = FORMATS.find(one => one === chosen)
            if (format) patch({ format })
          }}
        />
        <TextInput
          size="xs"
          label={t('outputs.form.zone')}
          value={draft.zone}
          error={say('zone')}
          spellCheck={false}
          onChange={event => patch({ zone: event.currentTarget.value })}
        />
      </div>
    </>
  )
}

/** Addresses as people paste them: commas, semicolons and line ends part them, and so they stay while one is being typed. */
function Addresses({
  label,
  value,
  error,
  onChange,
}: {
  label: string
  value: readonly string[]
  error: string | null
  onChange(next: string[]): void
}) {
  const { t } = useText()
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <TextInput
      size="xs"
      label={label}
      placeholder={t('outputs.mail.addresses')}
      value={typed ?? value.join(', ')}
      error={typed === null ? error : null}
      spellCheck={false}
      onChange={event => {
        setTyped(event.currentTarget.value)
        onChange(readAddresses(event.currentTarget.value))
      }}
      onBlur={() => setTyped(null)}
    />
  )
}

/** The addresses in a text that somebody typed or pasted. */
export function readAddresses(text: string): string[] {
  return text
    .split(/[,;\n]/)
    .map(one => one.trim())
    .filter(one => one !== '')
}
