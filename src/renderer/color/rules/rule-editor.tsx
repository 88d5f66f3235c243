import { type KeyboardEvent, type Ref, useCallback, useImperativeHandle, useMemo, useRef } from 'react'
import { COLOR_FIELDS } from '../../../core/color/color-columns.ts'
import type { RuleFinding } from '../../../core/rules/checks.ts'
import type { Condition, Rule } from '../../../core/rules/condition.ts'
import { readRulesFile } from '../../../core/rules/rules-file.ts'
import { nodeAt } from '../../../core/rules/tree-edit.ts'
import { notify } from '../../ui/notice-store.ts'
import { useText } from '../../ui/text.ts'
import type { LoadValues } from './cell-editor.tsx'
import { fileProblemText, findingText, isBlocking } from './rule-words.ts'
import css from './rules.module.css'
import { SaveBar, type SaveDoubt } from './save-bar.tsx'
import { Sentence } from './sentence.tsx'
import type { TreeWish } from './tree-cursor.ts'
import type { Answer } from './tree-row.tsx'
import { TreeLegend, TreeTools } from './tree-tools.tsx'
import { type RowFinding, type TreeHandle, TreeView } from './tree-view.tsx'
import type { Editing } from './use-editing.ts'

export interface EditorHandle {
  focusTree(): void
  focusName(): void
}

/** The chosen rule: its name, what it says in words, its tree, and what the checks say of it. */
export function RuleEditor({
  editing,
  rules,
  findings,
  answers,
  canEdit,
  doubts,
  load,
  isBusy,
  onDryRun,
  onSave,
  onForgetDoubts,
  onLeave,
  handle,
}: {
  editing: Editing
  rules: readonly Rule[]
  /** Of this rule alone. */
  findings: readonly RuleFinding[]
  answers: ReadonlyMap<number, Answer> | null
  canEdit: boolean
  /** What stands against saving, once it was asked for; null where nobody asked. */
  doubts: readonly SaveDoubt[] | null
  load: LoadValues
  isBusy: boolean
  onDryRun(): void
  onSave(anyway: boolean): void
  onForgetDoubts(): void
  onLeave(): void
  handle: Ref<EditorHandle>
}) {
  const { t } = useText()
  const name = useRef<HTMLInputElement>(null)
  const tree = useRef<TreeHandle>(null)
  const { state, draft } = editing
  useImperativeHandle(handle, () => ({
    focusTree: () => tree.current?.focus(),
    focusName: () => {
      name.current?.focus()
      name.current?.select()
    },
  }))
  const told = useFindings(editing, findings, rules)
  const rowFindings = useMemo(() => new Map(told.filter(({ node }) => node !== null).map(one => [one.node!, one])), [told])
  const blocked = findings.some(isBlocking)
  const wish = useCallback((wished: TreeWish) => tree.current?.wish(wished), [])
  const press = (event: KeyboardEvent) => {
    const isMod = event.ctrlKey || event.metaKey
    const key = event.key.toLowerCase()
    if (isMod && key === 'enter' && draft.of === 'rule') onDryRun()
    else if (isMod && key === 's' && canEdit) onSave(false)
    else if (isMod && (key === 'z' || key === 'y') && event.target !== name.current) {
      if (key === 'y' || event.shiftKey) editing.redo()
      else editing.undo()
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  const readPasted = (text: string): Condition | null => {
    const { condition, problem } = pasted(text, t)
    if (problem) notify({ tone: 'warn', text: t('colorRules.pasteRefused', { problem }), key: 'color-rules-paste' })
    return condition
  }
  return (
    <section className={css.editor} aria-label={state.name} onKeyDown={press}>
      <header className={css.head}>
        <input
          ref={name}
          className={css.name}
          aria-label={t('colorRules.name')}
          placeholder={t('colorRules.name')}
          maxLength={120}
          readOnly={!canEdit}
          value={state.name}
          onChange={event => editing.edit({ name: event.currentTarget.value }, 'name')}
          onKeyDown={event => {
            if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return
            event.preventDefault()
            tree.current?.focus()
          }}
        />
        <span className={css.standing} data-dirty={editing.isDirty || undefined}>
          {t(draft.base === null ? 'colorRules.neverSaved' : editing.isDirty ? 'colorRules.unsaved' : 'colorRules.saved')}
        </span>
        {draft.of === 'rule' ? (
          <button
            type="button"
            className={css.secondary}
            title={`${t('colorRules.dryRunHint')} (Ctrl Enter)`}
            disabled={isBusy || blocked}
            onClick={onDryRun}
          >
            {t('colorRules.dryRun')}
          </button>
        ) : null}
        {canEdit ? (
          <>
            <button type="button" className={css.secondary} disabled={!editing.isDirty} onClick={editing.discard}>
              {t('colorRules.discard')}
            </button>
            <button
              type="button"
              className={css.primary}
              title="Ctrl S"
              disabled={!editing.isDirty || blocked}
              onClick={() => onSave(false)}
            >
              {t('colorRules.save')}
            </button>
          </>
        ) : null}
      </header>
      <Sentence editing={editing} />
      <SaveBar editing={editing} doubts={doubts} onDryRun={onDryRun} onSave={() => onSave(true)} onForget={onForgetDoubts} />
      {canEdit ? <TreeTools canUndo={editing.canUndo} canRedo={editing.canRedo} onWish={wish} /> : null}
      <TreeView
        key={draft.id}
        handle={tree}
        label={t('colorRules.treeOf', { name: state.name })}
        tree={state.tree}
        canEdit={canEdit}
        findings={rowFindings}
        answers={answers}
        load={load}
        onEdit={(next, about) => editing.edit({ tree: next }, about)}
        onUndo={editing.undo}
        onRedo={editing.redo}
        onLeave={onLeave}
        onCopied={() => notify({ tone: 'info', text: t('colorRules.copied'), key: 'color-rules-paste', seconds: 3 })}
        readPasted={readPasted}
      />
      <Findings told={told} onGo={node => tree.current?.goTo(node)} />
      <TreeLegend canEdit={canEdit} />
    </section>
  )
}

interface ToldFinding extends RowFinding {
  readonly key: string
  /** Row that it is about; null for the rule as a whole. */
  readonly node: number | null
}

function useFindings(editing: Editing, findings: readonly RuleFinding[], rules: readonly Rule[]): readonly ToldFinding[] {
  const { t } = useText()
  const { tree } = editing.state
  return useMemo(
    () =>
      findings.map((finding, k) => {
        const node = nodeAt(tree, finding.path)
        const text = findingText(finding, node.kind === 'test' ? node.test : null, rules, t)
        const isWhole = finding.path.length === 0 && node.kind !== 'test'
        return { key: `${finding.kind} ${k}`, node: isWhole ? null : node.id, text, isBlocking: isBlocking(finding) }
      }),
    [findings, tree, rules, t],
  )
}

function Findings({ told, onGo }: { told: readonly ToldFinding[]; onGo(node: number): void }) {
  const { t } = useText()
  return (
    <ul className={css.findings} aria-label={t('colorRules.findings')} aria-live="polite">
      {told.length === 0 ? <li className={css.quiet}>{t('colorRules.noFindings')}</li> : null}
      {told.map(({ key, node, text, isBlocking: blocks }) => (
        <li key={key} data-blocking={blocks || undefined}>
          {node === null ? (
            text
          ) : (
            <button type="button" onClick={() => onGo(node)} title={t('colorRules.goTo')}>
              {text}
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}

/** A condition out of pasted text: one of ours alone, or that of the first rule of a file. */
function pasted(text: string, t: ReturnType<typeof useText>['t']): { condition: Condition | null; problem: string | null } {
  let whole: unknown
  try {
    whole = JSON.parse(text)
  } catch {
    return { condition: null, problem: t('colorRules.pasteNoJson') }
  }
  const isCondition = typeof whole === 'object' && whole !== null && 'kind' in whole
  const { rules, problems } = readRulesFile(isCondition ? JSON.stringify([{ name: 'pasted', when: whole }]) : text, COLOR_FIELDS)
  const [first] = problems
  if (first) return { condition: null, problem: fileProblemText(first, t) }
  return { condition: rules[0]?.when ?? null, problem: rules[0] ? null : t('colorRules.pasteNoJson') }
}
