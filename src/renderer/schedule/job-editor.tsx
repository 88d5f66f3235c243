import { Button, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { JobDraft, JobKindView } from '../../contract/schedule.ts'
import { checkSchedule } from '../../core/schedule/schedule.ts'
import { IconButton } from '../ui/form.tsx'
import { textOr, useText } from '../ui/text.ts'
import { Count } from './count-field.tsx'
import css from './jobs.module.css'
import { RunsPreview } from './runs-preview.tsx'
import { ScheduleForm } from './schedule-form.tsx'
import { kindName } from './schedule-words.ts'

const PREVIEWED = 10

/** A draft that is being written, and of which job. */
export interface Editing {
  /** Null for a new job. */
  readonly id: string | null
  readonly revision: number
  readonly draft: JobDraft
}

/** Everything about a job that a person decides, with what it comes to beside it. */
export function JobEditor({
  editing,
  kinds,
  onSave,
  onClose,
}: {
  editing: Editing
  kinds: readonly JobKindView[]
  onSave(draft: JobDraft): Promise<void>
  onClose(): void
}) {
  const { t } = useText()
  const [draft, setDraft] = useState(editing.draft)
  const [isSaving, setSaving] = useState(false)
  const patch = (change: Partial<JobDraft>) => setDraft(before => ({ ...before, ...change }))
  const canSave = draft.name.trim() !== '' && checkSchedule(draft.schedule).ok && !isSaving
  const save = async () => {
    if (!canSave) return
    setSaving(true)
    await onSave(draft).finally(() => setSaving(false))
  }
  const title = editing.id === null ? t('schedule.editor.new') : t('schedule.editor.title', { name: editing.draft.name })
  return (
    <form
      className={css.side}
      aria-label={title}
      onSubmit={event => {
        event.preventDefault()
        void save()
      }}
      onKeyDown={event => event.key === 'Escape' && !event.defaultPrevented && onClose()}
    >
      <header>
        <h3>{title}</h3>
        <IconButton icon="close" label={t('schedule.close')} onClick={onClose} />
      </header>
      <TextInput
        size="xs"
        label={t('schedule.editor.name')}
        value={draft.name}
        maxLength={80}
        data-autofocus
        onChange={event => patch({ name: event.currentTarget.value })}
      />
      <KindFields draft={draft} kinds={kinds} patch={patch} />
      <ScheduleForm schedule={draft.schedule} onChange={schedule => patch({ schedule })} />
      <h4>{t('schedule.editor.preview')}</h4>
      <RunsPreview schedule={draft.schedule} count={PREVIEWED} />
      <CatchUpFields draft={draft} patch={patch} />
      <footer className={css.buttons}>
        <Button type="submit" size="compact-sm" disabled={!canSave}>
          {t('schedule.editor.save')}
        </Button>
        <Button size="compact-sm" variant="default" onClick={onClose}>
          {t('schedule.editor.cancel')}
        </Button>
      </footer>
    </form>
  )
}

interface Fields {
  readonly draft: JobDraft
  patch(change: Partial<JobDraft>): void
}

function KindFields({ draft, kinds, patch }: Fields & { kinds: readonly JobKindView[] }) {
  const { t } = useText()
  const kind = kinds.find(one => one.kind === draft.kind)
  return (
    <>
      <Select
        size="xs"
        label={t('schedule.editor.kind')}
        description={textOr(`schedule.about.${draft.kind}`, '')}
        value={draft.kind}
        allowDeselect={false}
        data={kinds.map(one => ({ value: one.kind, label: kindName(one.kind) }))}
        onChange={chosen => {
          const next = kinds.find(one => one.kind === chosen)
          if (next) patch({ kind: next.kind, params: {}, timeoutSeconds: next.usual.timeoutSeconds })
        }}
      />
      {kind?.params.map(({ name, spec }) => (
        <Parameter
          key={name}
          label={textOr(`schedule.param.${draft.kind}.${name}`, name)}
          choiceText={choice => textOr(`schedule.choice.${draft.kind}.${name}.${choice}`, choice)}
          spec={spec}
          value={draft.params[name] ?? spec.usual}
          onChange={value => patch({ params: { ...draft.params, [name]: value } })}
        />
      ))}
    </>
  )
}

function Parameter({
  label,
  choiceText,
  spec,
  value,
  onChange,
}: {
  label: string
  choiceText(choice: string): string
  spec: JobKindView['params'][number]['spec']
  value: string | number
  onChange(value: string | number): void
}) {
  if (spec.kind === 'choice')
    return (
      <Select
        size="xs"
        label={label}
        value={String(value)}
        allowDeselect={false}
        data={spec.choices.map(choice => ({ value: choice, label: choiceText(choice) }))}
        onChange={chosen => chosen !== null && onChange(chosen)}
      />
    )
  if (spec.kind === 'text')
    return (
      <TextInput
        size="xs"
        label={label}
        value={String(value)}
        maxLength={spec.longest}
        onChange={event => onChange(event.currentTarget.value)}
      />
    )
  return <Count label={label} value={Number(value)} from={spec.from} to={spec.to} onChange={onChange} />
}

const CATCH_UP = ['none', 'once', 'each'] as const

function CatchUpFields({ draft, patch }: Fields) {
  const { t } = useText()
  const { catchUp, retries } = draft
  return (
    <>
      <Select
        size="xs"
        label={t('schedule.editor.catchUp')}
        value={catchUp.policy}
        allowDeselect={false}
        data={CATCH_UP.map(value => ({ value, label: t(`schedule.editor.catchUp.${value}`) }))}
        onChange={chosen => {
          const policy = CATCH_UP.find(one => one === chosen)
          if (policy) patch({ catchUp: { policy, limit: policy === 'each' ? Math.max(catchUp.limit, 10) : catchUp.limit } })
        }}
      />
      <div className={css.pair}>
        {catchUp.policy === 'each' ? (
          <Count
            label={t('schedule.editor.limit')}
            value={catchUp.limit}
            from={1}
            to={1000}
            onChange={limit => patch({ catchUp: { ...catchUp, limit } })}
          />
        ) : null}
        <Count
          label={t('schedule.editor.retries')}
          value={retries.times}
          from={0}
          to={10}
          onChange={times => patch({ retries: { ...retries, times } })}
        />
        <Count
          label={t('schedule.editor.pause')}
          value={retries.seconds}
          from={1}
          to={3600}
          onChange={seconds => patch({ retries: { ...retries, seconds } })}
        />
        <Count
          label={t('schedule.editor.timeout')}
          value={Math.ceil(draft.timeoutSeconds / 60)}
          from={1}
          to={1440}
          onChange={minutes => patch({ timeoutSeconds: minutes * 60 })}
        />
      </div>
    </>
  )
}
