import { useState } from 'react'
import type { IntakeState, WatchFolderState } from '../../../contract/color-intake.ts'
import { useDesk } from '../../desk.tsx'
import { useFormat } from '../../ui/format.ts'
import { notifyFault } from '../../ui/notice-fault.ts'
import { notify } from '../../ui/notice-store.ts'
import { Empty } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import { focusFirst } from './focus-first.ts'
import css from './intake.module.css'

type Draft = Pick<WatchFolderState, 'name' | 'path' | 'pattern' | 'enabled' | 'after' | 'revision'> & {
  readonly id: string | null
}

const NEW: Draft = { id: null, revision: 0, name: '', path: '', pattern: '*.xlsx; *.csv', enabled: true, after: 'move' }

/** Folders out of which files come by themselves. */
export function FoldersTab({
  state,
  mayWrite,
  onState,
}: {
  state: IntakeState
  mayWrite: boolean
  onState(state: IntakeState): void
}) {
  const { t } = useText()
  const desk = useDesk()
  const [draft, setDraft] = useState<Draft | null>(null)
  const { folders } = state
  const save = async (folder: Draft) => {
    try {
      onState(await desk.color.intake.saveFolder(folder))
      notify({ tone: 'good', text: t('colorIntake.saved', { name: folder.name }), key: 'color-intake' })
      setDraft(null)
    } catch (fault) {
      notifyFault(fault)
    }
  }
  const remove = async ({ id, name }: WatchFolderState) => {
    try {
      onState(await desk.color.intake.forget({ module: 'folders', id }))
      notify({ tone: 'good', text: t('colorIntake.gone', { name }), key: 'color-intake' })
    } catch (fault) {
      notifyFault(fault)
    }
  }
  const add = mayWrite ? { label: t('colorIntake.folder.add'), run: () => setDraft(NEW) } : undefined
  return (
    <div className={css.scroll}>
      {folders.length === 0 && !draft ? (
        <Empty title={t('colorIntake.tab.folders')} action={add}>
          {t('colorIntake.folder.none')}
        </Empty>
      ) : null}
      {folders.map(folder =>
        draft?.id === folder.id ? (
          <FolderForm key={folder.id} draft={draft} onDraft={setDraft} onSave={save} onLeave={() => setDraft(null)} />
        ) : (
          <FolderLine
            key={folder.id}
            folder={folder}
            mayWrite={mayWrite}
            onEdit={() => setDraft(folder)}
            onToggle={() => void save({ ...folder, enabled: !folder.enabled })}
            onRemove={() => void remove(folder)}
          />
        ),
      )}
      {draft?.id === null ? <FolderForm draft={draft} onDraft={setDraft} onSave={save} onLeave={() => setDraft(null)} /> : null}
      {folders.length > 0 && !draft && add ? (
        <p>
          <button type="button" className={css.secondary} onClick={add.run}>
            {add.label}
          </button>
        </p>
      ) : null}
    </div>
  )
}

function FolderLine({
  folder,
  mayWrite,
  onEdit,
  onToggle,
  onRemove,
}: {
  folder: WatchFolderState
  mayWrite: boolean
  onEdit(): void
  onToggle(): void
  onRemove(): void
}) {
  const { t } = useText()
  const format = useFormat()
  const { name, path, pattern, enabled, after, trouble, looked, taken, waiting } = folder
  return (
    <section className={css.card} aria-label={name}>
      <header className={css.sub}>
        <label className={css.toggle}>
          <input
            type="checkbox"
            checked={enabled}
            disabled={!mayWrite}
            onChange={onToggle}
            aria-label={`${t('colorIntake.folder.enabled')}: ${name}`}
          />
          <strong>{name}</strong>
        </label>
        <span className={css.quiet}>{t(enabled ? 'colorIntake.folder.on' : 'colorIntake.folder.off')}</span>
        <span className={css.quiet}>{t('colorIntake.folder.taken', { count: taken })}</span>
        {enabled && looked ? (
          <span className={css.quiet}>{t('colorIntake.folder.looked', { age: format.age(looked) })}</span>
        ) : null}
        <span className={css.space} />
        {mayWrite ? (
          <>
            <button type="button" className={css.link} onClick={onEdit}>
              {t('colorIntake.edit')}
            </button>
            <button type="button" className={css.link} onClick={onRemove}>
              {t('colorIntake.delete')}
            </button>
          </>
        ) : null}
      </header>
      <p className={css.line}>
        <code>{path}</code> · {pattern} · {t(`colorIntake.folder.${after}`)}
      </p>
      {trouble ? (
        <p className={css.note} data-tone="bad" role="alert">
          {trouble.kind === 'gone'
            ? t('colorIntake.folder.trouble.gone')
            : t('colorIntake.folder.trouble.unreadable', { detail: trouble.detail })}
        </p>
      ) : null}
      {waiting.map(({ file, kind, detail }) => (
        <p key={file} className={css.note}>
          <code>{file}</code>:{' '}
          {kind === 'unreadable' ? t('colorIntake.folder.waits.unreadable', { detail }) : t(`colorIntake.folder.waits.${kind}`)}
        </p>
      ))}
    </section>
  )
}

function FolderForm({
  draft,
  onDraft,
  onSave,
  onLeave,
}: {
  draft: Draft
  onDraft(draft: Draft): void
  onSave(draft: Draft): Promise<void>
  onLeave(): void
}) {
  const { t } = useText()
  const isReady = draft.name.trim() !== '' && draft.path.trim() !== '' && draft.pattern.trim() !== ''
  return (
    <form
      className={css.card}
      onSubmit={event => {
        event.preventDefault()
        if (isReady) void onSave(draft)
      }}
      onKeyDown={event => event.key === 'Escape' && onLeave()}
    >
      <div className={css.form}>
        <label className={css.field}>
          {t('colorIntake.folder.name')}
          <input
            ref={focusFirst}
            value={draft.name}
            maxLength={120}
            onChange={event => onDraft({ ...draft, name: event.currentTarget.value })}
          />
        </label>
        <label className={css.field} data-wide>
          {t('colorIntake.folder.path')}
          <input
            value={draft.path}
            maxLength={4096}
            spellCheck={false}
            onChange={event => onDraft({ ...draft, path: event.currentTarget.value })}
          />
        </label>
        <label className={css.field} title={t('colorIntake.folder.patternSays')}>
          {t('colorIntake.folder.pattern')}
          <input
            value={draft.pattern}
            maxLength={200}
            spellCheck={false}
            onChange={event => onDraft({ ...draft, pattern: event.currentTarget.value })}
          />
        </label>
        <label className={css.field}>
          {t('colorIntake.folder.after')}
          <select
            value={draft.after}
            onChange={event => onDraft({ ...draft, after: event.currentTarget.value as Draft['after'] })}
          >
            <option value="move">{t('colorIntake.folder.move')}</option>
            <option value="keep">{t('colorIntake.folder.keep')}</option>
          </select>
        </label>
      </div>
      <p className={css.quiet}>{t('colorIntake.folder.patternSays')}</p>
      <p className={css.buttons}>
        <button type="submit" className={css.primary} disabled={!isReady}>
          {t('colorIntake.save')}
        </button>
        <button type="button" className={css.secondary} onClick={onLeave}>
          {t('colorIntake.cancel')}
        </button>
      </p>
    </form>
  )
}
