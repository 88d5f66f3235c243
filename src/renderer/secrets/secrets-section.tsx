import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { SecretsState } from '../../contract/secrets.ts'
import { useDesk } from '../desk.tsx'
import { IconButton } from '../ui/form.tsx'
import { useFormat } from '../ui/format.ts'
import { notifyFault } from '../ui/notice-fault.ts'
import { notify } from '../ui/notice-store.ts'
import { Failure, Loading } from '../ui/states.tsx'
import { useText } from '../ui/text.ts'
import css from './secrets.module.css'
import { SecretsPlace } from './secrets-place.tsx'
import { type Secrets, useSecrets } from './use-secrets.ts'

/** Secrets in Settings: where they are kept, their names, and the fields through which values go in. */
export function SecretsSection() {
  const { t } = useText()
  const secrets = useSecrets()
  const { state, error, reload } = secrets
  return (
    <section className={css.section} aria-label={t('secrets.title')} data-setting="secrets">
      <h3>{t('secrets.title')}</h3>
      <p className={css.quiet}>{t('secrets.about')}</p>
      {!state && error ? <Failure error={error} retry={reload} /> : null}
      {!state && !error ? <Loading shape="text" waitsFor={t('secrets.wait')} /> : null}
      {state ? (
        <>
          <SecretsPlace state={state} secrets={secrets} />
          <Names state={state} secrets={secrets} />
        </>
      ) : null}
    </section>
  )
}

interface Line {
  readonly name: string
  readonly setAt: number | null
  readonly user: string
  readonly by: string
}

function linesOf({ names, wanted }: SecretsState): Line[] {
  const byOf = (name: string) =>
    wanted
      .filter(one => one.name === name)
      .map(one => one.by)
      .join(', ')
  const set = names.map(({ name, setAt, user }) => ({ name, setAt, user, by: byOf(name) }))
  const missing = [...new Set(wanted.map(one => one.name))]
    .filter(name => !names.some(one => one.name === name))
    .map(name => ({ name, setAt: null, user: '', by: byOf(name) }))
  return [...set, ...missing].sort((a, b) => a.name.localeCompare(b.name))
}

function Names({ state, secrets }: { state: SecretsState; secrets: Secrets }) {
  const [replacing, setReplacing] = useState<string | null>(null)
  const isOpen = state.phase === 'ready' || (state.phase === 'empty' && state.hasKeychain === true)
  return (
    <>
      <ul className={css.names}>
        {linesOf(state).map(line => (
          <Name key={line.name} {...{ line, secrets, isOpen }} onReplace={() => setReplacing(line.name)} />
        ))}
      </ul>
      {isOpen ? <SetForm key={replacing} name={replacing} secrets={secrets} onDone={() => setReplacing(null)} /> : null}
    </>
  )
}

function Name({ line, secrets, isOpen, onReplace }: { line: Line; secrets: Secrets; isOpen: boolean; onReplace(): void }) {
  const desk = useDesk()
  const { t } = useText()
  const format = useFormat()
  const { name, setAt, user, by } = line
  const test = () =>
    desk.secrets.test({ name }).then(
      () => notify({ tone: 'good', text: t('secrets.tested', { name }) }),
      fault => {
        notifyFault(fault)
        secrets.reload()
      },
    )
  const remove = async () => {
    if (await secrets.run(all => all.remove({ name }))) notify({ tone: 'info', text: t('secrets.removed', { name }) })
  }
  const about = [
    setAt === null ? t('secrets.notSet') : t('secrets.setAt', { time: format.instant(setAt, 'dateMinute'), user }),
    by ? t('secrets.wantedBy', { by }) : null,
  ]
  return (
    <li>
      <code>{name}</code>
      <span className={css.quiet}>{about.filter(Boolean).join(' · ')}</span>
      <span className={css.buttons}>
        {setAt === null ? null : (
          <IconButton icon="check" label={t('secrets.test', { name })} disabled={!isOpen} onClick={() => void test()} />
        )}
        <IconButton icon="settings" label={t('secrets.replaceOf', { name })} disabled={!isOpen} onClick={onReplace} />
        {setAt === null ? null : (
          <IconButton icon="close" label={t('secrets.remove', { name })} disabled={!isOpen} onClick={() => void remove()} />
        )}
      </span>
    </li>
  )
}

/** The value is in this field until it is sent, and nowhere else in the page. */
function SetForm({ name, secrets, onDone }: { name: string | null; secrets: Secrets; onDone(): void }) {
  const { t } = useText()
  const [typed, setTyped] = useState(name ?? '')
  const [value, setValue] = useState('')
  const isFit = /^[a-z0-9]+([.-][a-z0-9]+)*$/.test(typed) && value !== ''
  const send = async () => {
    if (!isFit) return
    const done = await secrets.run(all => all.set({ name: typed, value }))
    if (!done) return
    notify({ tone: 'good', text: t('secrets.saved', { name: typed }) })
    setTyped('')
    setValue('')
    onDone()
  }
  return (
    <form
      className={css.form}
      autoComplete="off"
      onSubmit={event => {
        event.preventDefault()
        void send()
      }}
    >
      <TextInput
        size="xs"
        aria-label={t('secrets.name')}
        placeholder={t('secrets.name')}
        value={typed}
        readOnly={name !== null}
        spellCheck={false}
        onChange={event => setTyped(event.currentTarget.value)}
      />
      <PasswordInput
        size="xs"
        aria-label={t('secrets.value')}
        placeholder={t('secrets.value')}
        value={value}
        autoComplete="new-password"
        data-autofocus={name !== null || undefined}
        onChange={event => setValue(event.currentTarget.value)}
      />
      <Button type="submit" size="compact-sm" disabled={!isFit || secrets.isBusy}>
        {t(name === null ? 'secrets.set' : 'secrets.replace')}
      </Button>
      {name === null ? null : (
        <Button size="compact-sm" variant="default" onClick={onDone}>
          {t('secrets.cancel')}
        </Button>
      )}
    </form>
  )
}
