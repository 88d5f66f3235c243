import { Checkbox, NumberInput, Select, TextInput } from '@mantine/core'
import type { MailConfig } from '../../../contract/color-outputs.ts'
import { useText } from '../../ui/text.ts'
import css from './outputs.module.css'
import { SecretField } from './secret-field.tsx'

const ENCRYPTIONS = ['starttls', 'tls', 'none'] as const
const PORTS = { starttls: 587, tls: 465, none: 25 } as const

/** What the form of the mail is given. */
export interface MailFields {
  readonly draft: MailConfig
  patch(change: Partial<MailConfig>): void
  say(field: string): string | null
}

/** The mail server and how it is logged in to. */
export function MailServer({
  draft,
  patch,
  say,
  secret,
  hasPassword,
  mayChange,
  onSecret,
}: MailFields & { secret: string; hasPassword: boolean; mayChange: boolean; onSecret(value: string): void }) {
  const { t } = useText()
  return (
    <>
      <Checkbox
        size="xs"
        label={t('outputs.mail.enabled')}
        checked={draft.enabled}
        onChange={event => patch({ enabled: event.currentTarget.checked })}
      />
      <div className={css.checks}>
        {(['onAutomated', 'onManual'] as const).map(name => (
          <Checkbox
            key={name}
            size="xs"
            label={t(`outputs.form.${name}`)}
            checked={draft[name]}
            onChange={event => patch({ [name]: event.currentTarget.checked })}
          />
        ))}
      </div>
      <h4>{t('outputs.mail.server')}</h4>
      <div className={css.pair}>
        <TextInput
          size="xs"
          label={t('outputs.form.host')}
          value={draft.host}
          error={say('host')}
          spellCheck={false}
          onChange={event => patch({ host: event.currentTarget.value.trim() })}
        />
        <NumberInput
          size="xs"
          label={t('outputs.form.port')}
          value={draft.port}
          min={1}
          max={65_535}
          allowDecimal={false}
          thousandSeparator={false}
          onChange={port => Number(port) > 0 && patch({ port: Number(port) })}
        />
      </div>
      <div className={css.pair}>
        <Select
          size="xs"
          label={t('outputs.form.encryption')}
          value={draft.encryption}
          error={say('encryption')}
          allowDeselect={false}
          data={ENCRYPTIONS.map(value => ({ value, label: t(`outputs.encryption.${value}`) }))}
          onChange={chosen => {
            const encryption = ENCRYPTIONS.find(one => one === chosen)
            if (!encryption) return
            // A port that somebody chose on purpose stays.
            const isUsual = Object.values(PORTS).some(port => port === draft.port)
            patch({ encryption, ...(isUsual ? { port: PORTS[encryption] } : {}) })
          }}
        />
        <Checkbox
          size="xs"
          className={css.beside ?? ''}
          label={t('outputs.mail.checkCertificate')}
          checked={draft.checkCertificate}
          disabled={draft.encryption === 'none'}
          onChange={event => patch({ checkCertificate: event.currentTarget.checked })}
        />
      </div>
      <div className={css.pair} data-end={true}>
        <TextInput
          size="xs"
          label={t('outputs.form.user')}
          value={draft.user}
          spellCheck={false}
          autoComplete="off"
          onChange={event => patch({ user: event.currentTarget.value.trim() })}
        />
        <SecretField
          label={t('outputs.form.password')}
          isKept={hasPassword}
          value={secret}
          disabled={!mayChange}
          onChange={onSecret}
        />
      </div>
    </>
  )
}
