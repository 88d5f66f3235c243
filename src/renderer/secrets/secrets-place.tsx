import { Button, PasswordInput } from '@mantine/core'
import { useState } from 'react'
import type { SecretsState } from '../../contract/secrets.ts'
import { Icon } from '../ui/icons.tsx'
import { type Translate, useText } from '../ui/text.ts'
import css from './secrets.module.css'
import type { Secrets } from './use-secrets.ts'

const SHORTEST_PASSPHRASE = 8

/** Where the secrets are kept, and what can be done where that place is closed. Nothing here happens by itself. */
export function SecretsPlace({ state, secrets }: { state: SecretsState; secrets: Secrets }) {
  const { t } = useText()
  if (state.phase === 'empty') return <EmptyPlace state={state} secrets={secrets} />
  if (state.phase === 'closed') return <ClosedPlace state={state} secrets={secrets} />
  return (
    <div className={css.place}>
      <p>
        <Icon name="check" size={12} />
        {state.place === 'file' ? t('secrets.place.file', { file: state.file ?? '' }) : t('secrets.place.keychain')}
      </p>
      <Move state={state} secrets={secrets} />
    </div>
  )
}

function EmptyPlace({ state, secrets }: { state: SecretsState; secrets: Secrets }) {
  const { t } = useText()
  if (state.hasKeychain) return <p className={css.quiet}>{t('secrets.empty.keychain')}</p>
  return (
    <div className={css.place}>
      <p>
        <Icon name="warning" size={12} />
        {t('secrets.empty.none')}
      </p>
      <Passphrase
        label={t('secrets.passphraseNew')}
        action={t('secrets.makeFile')}
        isBusy={secrets.isBusy}
        onSend={passphrase => secrets.run(all => all.open({ passphrase }))}
      />
      {state.detail ? <p className={css.quiet}>{state.detail}</p> : null}
    </div>
  )
}

function problemText({ problem, place }: SecretsState, t: Translate): string {
  if (problem === null) return ''
  if (problem !== 'locked') return t(`secrets.problem.${problem}`)
  return t(place === 'file' ? 'secrets.problem.locked.file' : 'secrets.problem.locked.keychain')
}

function ClosedPlace({ state, secrets }: { state: SecretsState; secrets: Secrets }) {
  const { t } = useText()
  const [isEmptying, setEmptying] = useState(false)
  const takesPassphrase = state.place === 'file' && (state.problem === 'locked' || state.problem === 'passphrase')
  return (
    <div className={css.place} data-tone="warn" role="alert">
      <p>
        <Icon name="warning" size={12} />
        {problemText(state, t)}
      </p>
      {state.detail ? <p className={css.quiet}>{state.detail}</p> : null}
      {takesPassphrase ? (
        <Passphrase
          label={t('secrets.passphrase')}
          action={t('secrets.unlock')}
          isBusy={secrets.isBusy}
          onSend={passphrase => secrets.run(all => all.open({ passphrase }))}
        />
      ) : (
        <div className={css.buttons}>
          <Button size="compact-sm" disabled={secrets.isBusy} onClick={() => void secrets.run(all => all.again())}>
            {t('secrets.again')}
          </Button>
        </div>
      )}
      {isEmptying ? (
        <StartEmpty state={state} secrets={secrets} onCancel={() => setEmptying(false)} />
      ) : (
        <button type="button" className={css.plain} onClick={() => setEmptying(true)}>
          {t('secrets.startEmpty')}
        </button>
      )}
    </div>
  )
}

function StartEmpty({ state, secrets, onCancel }: { state: SecretsState; secrets: Secrets; onCancel(): void }) {
  const { t } = useText()
  return (
    <>
      <p>{t('secrets.startEmptyAbout', { count: state.names.length })}</p>
      {state.hasKeychain ? (
        <div className={css.buttons}>
          <Button
            size="compact-sm"
            variant="default"
            disabled={secrets.isBusy}
            onClick={() => void secrets.run(all => all.startEmpty({ to: 'keychain' }))}
          >
            {t('secrets.startEmpty.keychain')}
          </Button>
        </div>
      ) : null}
      <Passphrase
        label={t('secrets.passphraseNew')}
        action={t('secrets.startEmpty.file')}
        isBusy={secrets.isBusy}
        onSend={passphrase => secrets.run(all => all.startEmpty({ to: 'file', passphrase }))}
      />
      <div className={css.buttons}>
        <Button size="compact-sm" variant="default" onClick={onCancel}>
          {t('secrets.cancel')}
        </Button>
      </div>
    </>
  )
}

function Move({ state, secrets }: { state: SecretsState; secrets: Secrets }) {
  const { t } = useText()
  const [isMoving, setMoving] = useState(false)
  if (state.place === 'file')
    return state.hasKeychain ? (
      <button
        type="button"
        className={css.plain}
        disabled={secrets.isBusy}
        onClick={() => void secrets.run(all => all.move({ to: 'keychain' }))}
      >
        {t('secrets.moveToKeychain')}
      </button>
    ) : null
  if (!isMoving)
    return (
      <button type="button" className={css.plain} onClick={() => setMoving(true)}>
        {t('secrets.moveToFile')}
      </button>
    )
  return (
    <Passphrase
      label={t('secrets.passphraseNew')}
      action={t('secrets.makeFile')}
      isBusy={secrets.isBusy}
      onSend={passphrase => secrets.run(all => all.move({ to: 'file', passphrase }))}
    />
  )
}

function Passphrase({
  label,
  action,
  isBusy,
  onSend,
}: {
  label: string
  action: string
  isBusy: boolean
  onSend(passphrase: string): Promise<boolean>
}) {
  const [typed, setTyped] = useState('')
  return (
    <form
      className={css.form}
      onSubmit={event => {
        event.preventDefault()
        if (typed.length < SHORTEST_PASSPHRASE || isBusy) return
        setTyped('')
        void onSend(typed)
      }}
    >
      <PasswordInput
        size="xs"
        aria-label={label}
        placeholder={label}
        value={typed}
        autoComplete="off"
        onChange={event => setTyped(event.currentTarget.value)}
      />
      <Button type="submit" size="compact-sm" disabled={typed.length < SHORTEST_PASSPHRASE || isBusy}>
        {action}
      </Button>
    </form>
  )
}
