import { useMemo, useRef, useState } from 'react'
import type { KeptRule, RuleBook } from '../../../contract/color-rules.ts'
import { COLOR_FIELDS } from '../../../core/color/color-columns.ts'
import { type RulesFile, readRulesFile, writeRulesFile } from '../../../core/rules/rules-file.ts'
import { saveText } from '../../ui/download.ts'
import { IconButton } from '../../ui/form.tsx'
import { useText } from '../../ui/text.ts'
import { plainRule } from './draft.ts'
import { fileProblemText } from './rule-words.ts'
import css from './rules.module.css'

/** A file that was read and waits for a word. */
export interface ReadFile extends RulesFile {
  readonly name: string
}

/** Larger than any file that people write; reading it would hold the page. */
const MOST_BYTES = 8_000_000

/** Buttons that take RULES.json in and give it out. */
export function FileTools({ book, canEdit, onFile }: { book: RuleBook; canEdit: boolean; onFile(file: ReadFile): void }) {
  const { t } = useText()
  const field = useRef<HTMLInputElement>(null)
  const read = async (file: File) => {
    const text = file.size > MOST_BYTES ? '' : await file.text()
    onFile({ name: file.name, ...readRulesFile(text.replace(/^\uFEFF/, ''), COLOR_FIELDS) })
  }
  return (
    <>
      <IconButton icon="import" label={t('colorRules.import')} disabled={!canEdit} onClick={() => field.current?.click()} />
      <span className={css.flipped}>
        <IconButton
          icon="import"
          label={t('colorRules.export')}
          disabled={book.rules.length === 0}
          onClick={() => saveText('RULES.json', writeRulesFile(book.rules.map(plainRule)))}
        />
      </span>
      <input
        ref={field}
        type="file"
        hidden
        accept=".json,application/json"
        aria-label={t('colorRules.import')}
        onChange={event => {
          const file = event.currentTarget.files?.[0]
          event.currentTarget.value = ''
          if (file) void read(file)
        }}
      />
    </>
  )
}

const plainName = (name: string) => name.normalize('NFC').trim().replaceAll(/\s+/g, ' ').toLowerCase()

/**
 * The rules of a file as they would be kept, as the command line takes them: one of the same name is changed and keeps its cases, and
 * all others are new, with an id of their own where theirs is taken.
 */
export function rulesOfFile(file: RulesFile, book: RuleBook, newId: () => string): readonly KeptRule[] {
  const ids = new Set(book.rules.map(({ id }) => id))
  const byName = new Map(book.rules.map(rule => [plainName(rule.name), rule]))
  return file.rules.map(rule => {
    const kept = byName.get(plainName(rule.name))
    const priority = Math.min(1_000_000, Math.max(1, Math.round(rule.priority)))
    const id = kept?.id ?? (ids.has(rule.id) ? newId() : rule.id)
    return { ...rule, id, priority, cases: kept?.cases ?? [], revision: kept?.revision ?? 0 }
  })
}

const SHOWN = 200

/** What a file would do, or all that is wrong with it and where. */
export function FileReport({
  file,
  book,
  onTake,
  onClose,
}: {
  file: ReadFile
  book: RuleBook
  onTake(rules: readonly KeptRule[]): Promise<void>
  onClose(): void
}) {
  const { t } = useText()
  const [isBusy, setBusy] = useState(false)
  const rules = useMemo(() => rulesOfFile(file, book, () => crypto.randomUUID()), [file, book])
  const replaced = rules.filter(({ revision }) => revision > 0)
  const isBad = file.problems.length > 0
  return (
    <section className={css.doubts} aria-label={file.name} role={isBad ? 'alert' : undefined}>
      <p>
        {isBad
          ? t('colorRules.fileRefused', { file: file.name, count: file.problems.length })
          : t('colorRules.fileHolds', {
              file: file.name,
              count: rules.length,
              made: rules.length - replaced.length,
              changed: replaced.length,
            })}
      </p>
      {isBad ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
        <ul className={css.problems} tabIndex={0}>
          {file.problems.slice(0, SHOWN).map((problem, k) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: one place may have two problems
            <li key={k}>{fileProblemText(problem, t)}</li>
          ))}
        </ul>
      ) : (
        <ul className={css.problems}>
          {replaced.map(({ id, name }) => (
            <li key={id}>{t('colorRules.fileReplaces', { name })}</li>
          ))}
        </ul>
      )}
      <div className={css.buttons}>
        <button type="button" className={css.secondary} onClick={onClose}>
          {t(isBad ? 'colorRules.close' : 'colorRules.cancel')}
        </button>
        {isBad || rules.length === 0 ? null : (
          <button
            type="button"
            className={css.primary}
            disabled={isBusy}
            onClick={() => {
              setBusy(true)
              void onTake(rules).then(() => setBusy(false))
            }}
          >
            {t('colorRules.takeFile')}
          </button>
        )}
      </div>
    </section>
  )
}
