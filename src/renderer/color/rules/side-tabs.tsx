import type { Rule } from '../../../core/rules/condition.ts'
import { type PlainKey, useText } from '../../ui/text.ts'
import { CasesTab, failingCases, verdictsOf } from './cases-tab.tsx'
import { DryRunTab } from './dry-run-tab.tsx'
import type { Cells } from './row-cells.tsx'
import css from './rules.module.css'
import type { useDryRun } from './use-dry-run.ts'
import type { Editing } from './use-editing.ts'
import { VersionsTab } from './versions-tab.tsx'
import { type useWhyCells, type WhyRow, WhyTab } from './why-tab.tsx'

export type SideName = 'dry' | 'why' | 'cases' | 'versions'

const SIDES: readonly (readonly [name: SideName, title: PlainKey])[] = [
  ['dry', 'colorRules.dryRun'],
  ['why', 'colorRules.why'],
  ['cases', 'colorRules.cases'],
  ['versions', 'colorRules.versions'],
]

/** What stands beside the tree: the dry run, why, cases and versions. */
export function SideTabs({
  side,
  onSide,
  editing,
  rules,
  version,
  canEdit,
  dry,
  days,
  isStale,
  onDays,
  onDryRun,
  onSave,
  why,
  known,
  onWhy,
  onChoose,
  onKeep,
  onBack,
}: {
  side: SideName
  onSide(side: SideName): void
  editing: Editing | null
  rules: readonly Rule[]
  version: number
  canEdit: boolean
  dry: ReturnType<typeof useDryRun>
  days: number
  isStale: boolean
  onDays(days: number): void
  onDryRun(): void
  /** Null while there is nothing to save that was seen. */
  onSave: (() => void) | null
  why: WhyRow | null
  known: ReturnType<typeof useWhyCells>
  onWhy(row: WhyRow | null): void
  onChoose(rule: string): void
  onKeep(cells: Cells, excluded: boolean): void
  onBack(version: number, rule: string | null, text: string): void
}) {
  const { t } = useText()
  const isRule = editing?.draft.of === 'rule'
  const failing = editing ? failingCases(editing.state.cases, verdictsOf(editing)) : 0
  const keep = (cells: Cells) => onKeep(cells, answerOf(editing, cells))
  return (
    <aside className={css.side} aria-label={t('colorRules.side')}>
      <div className={css.sides} role="tablist" aria-label={t('colorRules.side')}>
        {SIDES.map(([name, title]) => (
          <button key={name} type="button" role="tab" aria-selected={name === side} onClick={() => onSide(name)}>
            {t(title)}
            {name === 'cases' && editing && editing.state.cases.length > 0 ? (
              <span className={css.caseCount} data-bad={failing > 0 || undefined}>
                {failing > 0 ? `✗ ${failing}` : `✓ ${editing.state.cases.length}`}
              </span>
            ) : null}
          </button>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <div className={css.sideBody} role="tabpanel" tabIndex={0} aria-label={t(SIDES.find(([name]) => name === side)![1])}>
        {side === 'dry' ? (
          <DryRunTab
            run={dry}
            days={days}
            isStale={isStale}
            canRun={isRule || editing === null}
            canKeep={canEdit && isRule}
            onDays={onDays}
            onRun={onDryRun}
            onSave={onSave}
            onCancel={dry.cancel}
            onWhy={cells => onWhy({ cells })}
            onKeep={onKeep}
          />
        ) : null}
        {side === 'why' ? (
          <WhyTab
            row={why}
            known={known}
            rules={rules}
            chosen={isRule ? editing.draft.id : null}
            canEdit={canEdit}
            onRow={onWhy}
            onChoose={onChoose}
            onKeep={keep}
          />
        ) : null}
        {side === 'cases' ? (
          isRule ? (
            <CasesTab key={editing.draft.id} editing={editing} canEdit={canEdit} onWhy={cells => onWhy({ cells })} />
          ) : (
            <p className={css.quiet}>{t('colorRules.casesOfRules')}</p>
          )
        ) : null}
        {side === 'versions' ? (
          <VersionsTab
            key={editing?.draft.id ?? ''}
            rule={isRule ? editing.draft.id : null}
            version={version}
            canEdit={canEdit}
            onBack={onBack}
          />
        ) : null}
      </div>
    </aside>
  )
}

/** What the rule says of a row now, which a case of it then holds it to. */
function answerOf(editing: Editing | null, cells: Cells): boolean {
  if (!editing) return true
  const probe: Editing = {
    ...editing,
    state: { ...editing.state, cases: [{ id: '', name: '', cells: { ...cells }, excluded: true }] },
  }
  return verdictsOf(probe).excluded[0] ?? true
}
