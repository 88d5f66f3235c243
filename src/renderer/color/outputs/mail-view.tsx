import { Button } from '@mantine/core'
import { useRef, useState } from 'react'
import type { MailConfig, OutputsView } from '../../../contract/color-outputs.ts'
import { mailProblems } from '../../../core/color/output-check.ts'
import { useDesk } from '../../desk.tsx'
import { useText } from '../../ui/text.ts'
import { MailMessage } from './mail-message.tsx'
import { MailPreview } from './mail-preview.tsx'
import { MailServer } from './mail-server.tsx'
import css from './outputs.module.css'
import { ownZone, problemText } from './target-drafts.ts'
import { TestButton } from './test-button.tsx'
import { useOutputActions, useOutputRights } from './use-outputs.ts'

/** The mail about runs: its form, and beside it what it would say of the last run. */
export function MailView({ view }: { view: OutputsView }) {
  const { revision, mail, hasPassword } = view.mail
  const [base, setBase] = useState({ revision, mail })
  const { t } = useText()
  const desk = useDesk()
  const actions = useOutputActions()
  const { maySetUp, mayWork } = useOutputRights()
  // The days of a form that nobody saved yet are those of this machine.
  const [draft, setDraft] = useState<MailConfig>(revision === 0 ? { ...mail, zone: ownZone() } : mail)
  const [secret, setSecret] = useState('')
  const [isSaving, setSaving] = useState(false)
  const isChanged = JSON.stringify(draft) !== JSON.stringify(base.mail) || secret !== ''
  const form = useRef<HTMLFormElement>(null)
  // Somebody else saved it meanwhile, and nothing is being written here: theirs is shown.
  if (revision !== base.revision && !isChanged && !isSaving) {
    setBase({ revision, mail })
    setDraft(mail)
  }
  const problems = mailProblems(draft)
  const say = (field: string) => problemText(problems, field, t)
  const patch = (change: Partial<MailConfig>) => setDraft(before => ({ ...before, ...change }))
  const canSave = maySetUp && isChanged && problems.length === 0 && !isSaving
  const save = async () => {
    if (!canSave) return
    setSaving(true)
    const saved = await actions.saveMail({ revision: base.revision, mail: draft }, secret)
    if (saved !== null) {
      setBase({ revision: saved, mail: draft })
      setSecret('')
    }
    setSaving(false)
  }
  return (
    <div className={css.mail}>
      <form
        ref={form}
        className={css.mailForm}
        aria-label={t('outputs.view.mail')}
        autoComplete="off"
        onSubmit={event => {
          event.preventDefault()
          void save()
        }}
      >
        <fieldset className={css.fields} disabled={!maySetUp}>
          <MailServer {...{ draft, patch, say, secret }} hasPassword={hasPassword} mayChange={maySetUp} onSecret={setSecret} />
          <TestButton
            kind="mail"
            disabled={!maySetUp || draft.host === ''}
            run={() => desk.color.outputs.testMail({ mail: draft, secret: secret || null })}
          />
          <MailMessage {...{ draft, patch, say }} />
        </fieldset>
        <footer className={css.buttons}>
          <Button type="submit" size="compact-sm" disabled={!canSave}>
            {t('outputs.save')}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            disabled={!isChanged || isSaving}
            onClick={() => {
              setDraft(base.mail)
              setSecret('')
            }}
          >
            {t('outputs.mail.revert')}
          </Button>
          {isChanged ? <span className={css.quiet}>{t('outputs.mail.unsaved')}</span> : null}
        </footer>
      </form>
      <MailPreview
        draft={draft}
        isChanged={isChanged}
        maySend={mayWork && view.mail.revision > 0}
        runs={view.deliveries.length}
      />
    </div>
  )
}
