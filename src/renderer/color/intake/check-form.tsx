import { useCallback, useMemo, useRef, useState } from 'react'
import type { IntakeCheckWire } from '../../../contract/color-intake.ts'
import { testsOf } from '../../../core/rules/condition.ts'
import { historyOf, redone, stepped, undone } from '../../../core/rules/edit-history.ts'
import { conditionOf, treeLines, treeOf } from '../../../core/rules/tree-edit.ts'
import { useDesk } from '../../desk.tsx'
import { useText } from '../../ui/text.ts'
import { cellProblem } from '../rules/rule-words.ts'
import { TreeTools } from '../rules/tree-tools.tsx'
import { type RowFinding, type TreeHandle, TreeView } from '../rules/tree-view.tsx'
import { focusFirst } from './focus-first.ts'
import css from './intake.module.css'

export type CheckDraft = Omit<IntakeCheckWire, 'id'> & { readonly id: string | null }

/** A check while it is written: a condition as in the rules, what happens to a row that meets it, and what is said. */
export function CheckForm({
  draft,
  onSave,
  onLeave,
}: {
  draft: CheckDraft
  onSave(draft: CheckDraft): Promise<void>
  onLeave(): void
}) {
  const { t } = useText()
  const desk = useDesk()
  const tree = useRef<TreeHandle>(null)
  const [name, setName] = useState(draft.name)
  const [outcome, setOutcome] = useState(draft.outcome)
  const [message, setMessage] = useState(draft.message)
  const [history, setHistory] = useState(() => historyOf(treeOf(draft.when)))
  const when = useMemo(() => conditionOf(history.present.root), [history])
  const findings = useMemo(() => {
    const found = new Map<number, RowFinding>()
    for (const { node } of treeLines(history.present, new Set())) {
      const problem = node.kind === 'test' ? cellProblem(node.test, t) : null
      if (problem) found.set(node.id, { text: problem.text, isBlocking: true })
    }
    return found
  }, [history, t])
  const load = useCallback(
    (column: string, starts: string) => desk.color.rules.values({ column, starts }).then(({ values }) => values),
    [desk],
  )
  const isReady = name.trim() !== '' && testsOf(when).length > 0 && findings.size === 0
  return (
    <form
      className={css.card}
      onSubmit={event => {
        event.preventDefault()
        if (isReady) void onSave({ ...draft, name, outcome, message, when })
      }}
    >
      <div className={css.form}>
        <label className={css.field} data-wide>
          {t('colorIntake.check.name')}
          <input ref={focusFirst} value={name} maxLength={120} onChange={event => setName(event.currentTarget.value)} />
        </label>
        <label className={css.field}>
          {t('colorIntake.check.outcome')}
          <select value={outcome} onChange={event => setOutcome(event.currentTarget.value as CheckDraft['outcome'])}>
            <option value="quarantine">{t('colorIntake.check.quarantine')}</option>
            <option value="mark">{t('colorIntake.check.mark')}</option>
          </select>
        </label>
        <label className={css.field} data-wide>
          {t('colorIntake.check.message')}
          <input value={message} maxLength={300} onChange={event => setMessage(event.currentTarget.value)} />
        </label>
      </div>
      <TreeTools
        canUndo={history.past.length > 0}
        canRedo={history.future.length > 0}
        onWish={wished => tree.current?.wish(wished)}
      />
      <div className={css.tree}>
        <TreeView
          handle={tree}
          label={t('colorIntake.check.when')}
          tree={history.present}
          canEdit
          findings={findings}
          answers={null}
          load={load}
          onEdit={(next, about) => setHistory(before => stepped(before, next, about))}
          onUndo={() => setHistory(undone)}
          onRedo={() => setHistory(redone)}
          onLeave={onLeave}
          onCopied={() => undefined}
          readPasted={() => null}
        />
      </div>
      <p className={css.buttons}>
        <button type="submit" className={css.primary} disabled={!isReady}>
          {t('colorIntake.save')}
        </button>
        <button type="button" className={css.secondary} onClick={onLeave}>
          {t('colorIntake.cancel')}
        </button>
        {isReady ? null : <span className={css.quiet}>{t('colorIntake.check.unsaid')}</span>}
      </p>
    </form>
  )
}
