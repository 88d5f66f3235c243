import { useMemo, useState } from 'react'
import type { RuleCase } from '../../../contract/color-rules.ts'
import { COLOR_FIELDS } from '../../../core/color/color-columns.ts'
import { testsOf } from '../../../core/rules/condition.ts'
import { type CaseVerdicts, judgeCases } from '../../../core/rules/rule-cases.ts'
import { conditionOf } from '../../../core/rules/tree-edit.ts'
import { IconButton } from '../../ui/form.tsx'
import { useFormat } from '../../ui/format.ts'
import { Empty } from '../../ui/states.tsx'
import { useText } from '../../ui/text.ts'
import { cellsTitle, RowCells } from './row-cells.tsx'
import { ruleWords, sentenceOf } from './rule-words.ts'
import css from './rules.module.css'
import type { Editing } from './use-editing.ts'

/** What the rule as it stands says of its cases. */
export function verdictsOf({ state }: Editing): CaseVerdicts {
  const rows = state.cases.map(({ cells }) => cells)
  return judgeCases(conditionOf(state.tree.root), rows, COLOR_FIELDS)
}

export function failingCases(cases: readonly RuleCase[], { excluded }: CaseVerdicts): number {
  return cases.filter(({ excluded: wanted }, k) => excluded[k] !== wanted).length
}

/** Rows that the rule is tried with at every letter, and how much of it they try. */
export function CasesTab({
  editing,
  canEdit,
  onWhy,
}: {
  editing: Editing
  canEdit: boolean
  onWhy(cells: RuleCase['cells']): void
}) {
  const { t } = useText()
  const format = useFormat()
  const { cases, tree } = editing.state
  const verdicts = useMemo(() => verdictsOf(editing), [editing])
  const words = useMemo(() => ruleWords(t), [t])
  const tests = useMemo(() => testsOf(conditionOf(tree.root)), [tree])
  const put = (next: readonly RuleCase[], about: string | null = null) => editing.edit({ cases: next }, about)
  const add = () =>
    put([
      ...cases,
      { id: crypto.randomUUID(), name: t('colorRules.caseName', { count: cases.length + 1 }), cells: {}, excluded: true },
    ])
  if (cases.length === 0)
    return (
      <Empty title={t('colorRules.casesEmpty')} action={canEdit ? { label: t('colorRules.newCase'), run: add } : undefined}>
        {t('colorRules.casesAbout')}
      </Empty>
    )
  const failing = failingCases(cases, verdicts)
  const share = verdicts.tests === 0 ? null : 1 - verdicts.unmet.length / verdicts.tests
  return (
    <div className={css.stack}>
      <div className={css.verdict} data-out={failing > 0}>
        <strong>
          {failing > 0 ? t('colorRules.failing', { count: failing }) : t('colorRules.passing', { count: cases.length })}
        </strong>
        {share === null ? null : (
          <span className={css.quiet}>{t('colorRules.coverage', { share: format.percent(share, { decimals: 0 }) })}</span>
        )}
        {canEdit ? (
          <span className={css.buttons}>
            <button type="button" className={css.secondary} onClick={add}>
              {t('colorRules.newCase')}
            </button>
          </span>
        ) : null}
      </div>
      {cases.map((one, k) => (
        <CaseRow
          key={one.id}
          one={one}
          said={verdicts.excluded[k] ?? null}
          used={new Set(tests.map(({ field }) => field))}
          canEdit={canEdit}
          onCase={(next, about) =>
            put(
              cases.map(known => (known.id === one.id ? next : known)),
              about,
            )
          }
          onRemove={() => put(cases.filter(({ id }) => id !== one.id))}
          onWhy={() => onWhy(one.cells)}
        />
      ))}
      {verdicts.unmet.length > 0 ? (
        <>
          <h4 className={css.title}>{t('colorRules.unmet')}</h4>
          <ul className={css.plainList}>
            {verdicts.unmet.map(k => (
              <li key={k}>{tests[k] ? sentenceOf(tests[k], words) : ''}</li>
            ))}
          </ul>
        </>
      ) : null}
    </div>
  )
}

function CaseRow({
  one,
  said,
  used,
  canEdit,
  onCase,
  onRemove,
  onWhy,
}: {
  one: RuleCase
  said: boolean | null
  used: ReadonlySet<string>
  canEdit: boolean
  onCase(next: RuleCase, about: string | null): void
  onRemove(): void
  onWhy(): void
}) {
  const { t } = useText()
  const [isOpen, setOpen] = useState(Object.keys(one.cells).length === 0)
  const passes = said === one.excluded
  return (
    <div className={css.case}>
      <div className={css.caseHead}>
        <span
          className={css.sign}
          data-met={said === null ? undefined : passes}
          title={t(passes ? 'colorRules.passes' : 'colorRules.fails')}
        >
          {said === null ? '?' : passes ? '✓' : '✗'}
        </span>
        <input
          aria-label={t('colorRules.caseNameLabel')}
          value={one.name}
          maxLength={120}
          readOnly={!canEdit}
          onChange={event => onCase({ ...one, name: event.currentTarget.value }, `case name ${one.id}`)}
        />
        <select
          aria-label={t('colorRules.caseWants')}
          disabled={!canEdit}
          value={one.excluded ? 'out' : 'in'}
          onChange={event => onCase({ ...one, excluded: event.currentTarget.value === 'out' }, null)}
        >
          <option value="out">{t('colorRules.mustExclude')}</option>
          <option value="in">{t('colorRules.mustKeep')}</option>
        </select>
        <button type="button" className={css.link} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t('colorRules.theRow')}
        </button>
        <button type="button" className={css.link} onClick={onWhy}>
          {t('colorRules.why')}
        </button>
        {canEdit ? <IconButton icon="close" label={t('colorRules.removeCase')} onClick={onRemove} /> : null}
      </div>
      {passes ? null : (
        <p className={css.caseSays}>
          {said === null ? t('colorRules.caseUnusable') : t(said ? 'colorRules.caseExcluded' : 'colorRules.caseKept')}
        </p>
      )}
      {isOpen ? (
        <RowCells
          cells={one.cells}
          used={used}
          canEdit={canEdit}
          onCells={cells => onCase({ ...one, cells: { ...cells } }, `case cells ${one.id}`)}
        />
      ) : (
        <p className={css.quiet}>{cellsTitle(one.cells)}</p>
      )}
    </div>
  )
}
