import { useMemo } from 'react'
import { useText } from '../../ui/text.ts'
import { ruleWords } from './rule-words.ts'
import css from './rules.module.css'
import { SentenceDiff } from './sentence-diff.tsx'
import type { Editing } from './use-editing.ts'

/** Something that a person should have seen before saving. */
export type SaveDoubt = { readonly kind: 'unseen' } | { readonly kind: 'cases'; readonly failing: number }

/** What stands between a draft and its saving: another person's change, an unseen dry run, a case that fails. */
export function SaveBar({
  editing,
  doubts,
  onDryRun,
  onSave,
  onForget,
}: {
  editing: Editing
  doubts: readonly SaveDoubt[] | null
  onDryRun(): void
  onSave(): void
  onForget(): void
}) {
  const { t } = useText()
  const words = useMemo(() => ruleWords(t), [t])
  const { kept } = editing
  if (editing.isConflict && kept)
    return (
      <div className={css.doubts} role="alert">
        <p>{t('colorRules.conflict')}</p>
        <SentenceDiff before={editing.draft.base} after={kept} words={words} />
        <div className={css.buttons}>
          <button type="button" className={css.secondary} onClick={editing.discard}>
            {t('colorRules.takeTheirs')}
          </button>
          <button type="button" className={css.primary} onClick={editing.keepMine}>
            {t('colorRules.keepMine')}
          </button>
        </div>
      </div>
    )
  if (!doubts || doubts.length === 0) return null
  const isUnseen = doubts.some(({ kind }) => kind === 'unseen')
  return (
    <div className={css.doubts} role="alert">
      {doubts.map(doubt => (
        <p key={doubt.kind}>
          {doubt.kind === 'unseen' ? t('colorRules.unseen') : t('colorRules.casesFail', { count: doubt.failing })}
        </p>
      ))}
      <div className={css.buttons}>
        <button type="button" className={css.secondary} onClick={onForget}>
          {t('colorRules.cancel')}
        </button>
        <button type="button" className={css.secondary} onClick={onSave}>
          {t('colorRules.saveAnyway')}
        </button>
        {isUnseen ? (
          // biome-ignore lint/a11y/noAutofocus: the key that asked for saving goes on with what is asked back
          <button type="button" className={css.primary} autoFocus onClick={onDryRun}>
            {t('colorRules.dryRun')}
          </button>
        ) : null}
      </div>
    </div>
  )
}
