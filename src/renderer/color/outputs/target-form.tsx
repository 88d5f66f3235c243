import { Button, Checkbox, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import type { OutputTarget } from '../../../contract/color-outputs.ts'
import { useDesk } from '../../desk.tsx'
import { IconButton } from '../../ui/form.tsx'
import { useText } from '../../ui/text.ts'
import { DatabaseFields } from './database-fields.tsx'
import { FilesFields } from './files-fields.tsx'
import css from './outputs.module.css'
import { S3Fields } from './s3-fields.tsx'
import { SecretField } from './secret-field.tsx'
import { draftProblems, problemText } from './target-drafts.ts'
import { TestButton } from './test-button.tsx'
import { type TargetDraft, useOutputActions, useOutputRights } from './use-outputs.ts'

/** Everything about a target that a person decides; Ctrl+Enter saves, Esc closes. */
export function TargetForm({
  draft: begun,
  hasSecret,
  onSaved,
  onClose,
}: {
  draft: TargetDraft
  hasSecret: boolean
  onSaved(id: string): void
  onClose(): void
}) {
  const { t } = useText()
  const desk = useDesk()
  const actions = useOutputActions()
  const { maySetUp } = useOutputRights()
  const [draft, setDraft] = useState(begun)
  const [secret, setSecret] = useState('')
  const [isSaving, setSaving] = useState(false)
  const name = useRef<HTMLInputElement>(null)
  const isNew = draft.id === null
  useEffect(() => {
    if (isNew) name.current?.select()
  }, [isNew])
  const { target } = draft
  const problems = draftProblems(draft)
  const say = (field: string) => problemText(problems, field, t)
  const change = (next: OutputTarget) => setDraft(before => ({ ...before, target: next }))
  const needsSecret = target.kind === 's3' || (target.kind === 'database' && target.place.engine === 'postgres')
  const canSave = maySetUp && draft.name.trim() !== '' && problems.length === 0 && !isSaving
  const save = async () => {
    if (!canSave) return
    setSaving(true)
    const saved = await actions.save(draft, secret).finally(() => setSaving(false))
    if (saved) onSaved(saved.id)
  }
  const remove = async () => {
    if (draft.id !== null && (await actions.remove({ id: draft.id, name: begun.name }))) onClose()
  }
  const title = draft.id === null ? t('outputs.form.new') : begun.name
  return (
    <form
      className={css.side}
      aria-label={title}
      autoComplete="off"
      onSubmit={event => {
        event.preventDefault()
        void save()
      }}
      onKeyDown={event => event.key === 'Escape' && !event.defaultPrevented && onClose()}
    >
      <header>
        <h3>{title}</h3>
        <IconButton icon="close" label={t('outputs.close')} onClick={onClose} />
      </header>
      <fieldset className={css.fields} disabled={!maySetUp}>
        <TextInput
          ref={name}
          size="xs"
          label={t('outputs.form.name')}
          value={draft.name}
          maxLength={80}
          onChange={event => setDraft({ ...draft, name: event.currentTarget.value })}
        />
        {target.kind === 'folder' ? (
          <TextInput
            size="xs"
            label={t('outputs.form.path')}
            description={t('outputs.form.pathHint')}
            value={target.path}
            error={target.path === '' ? null : say('path')}
            spellCheck={false}
            onChange={event => change({ ...target, path: event.currentTarget.value })}
          />
        ) : null}
        {target.kind === 's3' ? <S3Fields target={target} say={say} onChange={change} /> : null}
        {target.kind === 'database' ? <DatabaseFields target={target} say={say} onChange={change} /> : null}
        {needsSecret ? (
          <SecretField
            label={t(target.kind === 's3' ? 'outputs.form.secretKey' : 'outputs.form.password')}
            isKept={draft.id !== null && hasSecret}
            value={secret}
            disabled={!maySetUp}
            onChange={setSecret}
          />
        ) : null}
        {target.kind === 'database' ? null : <FilesFields target={target} say={say} onChange={change} />}
        <Terms target={target} onChange={change} />
      </fieldset>
      <TestButton
        kind={target.kind}
        disabled={!maySetUp || problems.length > 0}
        run={() => desk.color.outputs.test({ id: draft.id, target, secret: secret || null })}
      />
      <footer className={css.buttons}>
        <Button type="submit" size="compact-sm" disabled={!canSave}>
          {t('outputs.save')}
        </Button>
        <Button size="compact-sm" variant="default" onClick={onClose}>
          {t('outputs.cancel')}
        </Button>
        {draft.id !== null && maySetUp ? (
          <Button size="compact-sm" variant="subtle" color="red" className={css.right ?? ''} onClick={() => void remove()}>
            {t('outputs.remove')}
          </Button>
        ) : null}
      </footer>
    </form>
  )
}

function Terms({ target, onChange }: { target: OutputTarget; onChange(next: OutputTarget): void }) {
  const { t } = useText()
  const files = target.kind === 'database' ? [] : (['attachExcluded', 'attachDifference'] as const)
  return (
    <div className={css.checks}>
      {(['enabled', 'onAutomated', 'onManual', ...files] as const).map(name => (
        <Checkbox
          key={name}
          size="xs"
          label={t(`outputs.form.${name}`)}
          checked={target[name]}
          onChange={event => onChange({ ...target, [name]: event.currentTarget.checked })}
        />
      ))}
    </div>
  )
}
